"""The pages of a built site as the chapters of one document: what only a site can do is taken out,
links between pages become links within the document, and pictures lie in it.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from mimetypes import guess_type
from pathlib import Path
from posixpath import join, normpath
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from report_builder.text import Text

HOME = "home"  # the chapter of the home page, whose path is empty
LEFT_OUT = (
    "script, style, link, template, a.headerlink, .xo-download, .xo-filtered, [src$='#only-dark'], "
    "a.xo-zoom:has([src$='#only-dark']), p:has(> a.md-button)"
)
ON_THE_SITE = Text("在网站上，这里可以动手操作。", "On the site this is interactive.")
_HEADING = re.compile(r"<(/?)h([1-6])\b")  # a "<" of text is written "&lt;"
_SVG = re.compile(r"<svg\b[^>]*?viewBox=\"([^\"]+)\"[^>]*>(.*)</svg>", re.DOTALL)
_SVG_STYLE = re.compile(r"<defs>\s*<style\b.*?</style>\s*</defs>", re.DOTALL)
_SVG_ID = re.compile(r' id="([^"]*)"')
_SVG_USE = re.compile(r'(href="#|url\(#)([^")]*)')


@dataclass
class Entry:
    """A line of the navigation: a page, or what stands above several."""

    title: str
    page: str | None  # path below the language's folder, "" for the home page; None: only a title
    depth: int  # 0 at the top
    entries: list[Entry] = field(default_factory=list)

    @property
    def anchor(self) -> str:
        """Where it begins in the document."""
        return f"part:{self.title}" if self.page is None else self.page or HOME

    def walk(self) -> Iterator[Entry]:
        """Itself and all below it, in reading order."""
        yield self
        for entry in self.entries:
            yield from entry.walk()


class Chapters:
    """The pages of one language; `root` is its folder in the site."""

    def __init__(self, root: Path, language: str) -> None:
        self.root, self.language = root, language
        self.home = self._parse("")
        navigation = self.home.css_first("nav.md-nav--primary > ul")
        name = self.home.css_first("nav.md-nav--primary > label")
        assert navigation and name, "the home page has no navigation"
        self.title = _words(name)  # of the site
        self.entries = list(_entries(navigation, 0))
        pages = [
            each.page for entry in self.entries for each in entry.walk() if each.page is not None
        ]
        self._articles = {page: self._article(page) for page in pages}
        self._anchors = {
            page: {node.attributes["id"] for node in article.css("[id]")}
            for page, article in self._articles.items()
        }
        self._pictures: list[str] = []

    def content(self, entry: Entry) -> str:
        """The HTML of a chapter, its headings as deep as the navigation has it."""
        assert entry.page is not None
        article = self._articles[entry.page]
        for node in article.css("[id]"):
            node.attrs["id"] = f"{entry.anchor}:{node.attributes['id']}"
        for link in article.css("a[href]"):
            self._point(link, entry.page)
        first = len(self._pictures)
        for image in article.css("img"):
            self._pictures.append(self._picture(image, entry.page, len(self._pictures)))
            image.replace_with(_place(len(self._pictures) - 1))
        html = article.inner_html or ""
        for number in range(first, len(self._pictures)):
            html = html.replace(_place(number), self._pictures[number])
        return _HEADING.sub(
            lambda found: f"<{found[1]}h{min(6, int(found[2]) + entry.depth)}", html
        ).strip()

    def _parse(self, page: str) -> LexborHTMLParser:
        return LexborHTMLParser((self.root / page / "index.html").read_text(encoding="utf-8"))

    def _article(self, page: str) -> LexborNode:
        """What a page says, without what only a site can do with it."""
        article = (self.home if page == "" else self._parse(page)).css_first("article")
        assert article, f"the page '{page}' has no article"
        for figure in article.css("figure details.origin"):  # the command alone stays
            command = figure.css_first(".highlight code")
            if command:
                code = f'<p class="command"><code>{escape(command.text().strip())}</code></p>'
                figure.insert_before(_parsed(code))
            figure.decompose()
        for widget in article.css(".xo-interactive"):
            for child in list(widget.iter()):
                if "xo-still" not in (child.attributes.get("class") or ""):
                    child.decompose()
            note = f'<p class="interactive">{ON_THE_SITE[self.language]}</p>'
            widget.insert_child(_parsed(note))
        for node in article.css(LEFT_OUT):
            node.decompose()
        for zoom in article.css("a.xo-zoom"):
            zoom.unwrap()
        for node in article.css("details"):
            node.attrs["open"] = ""
        for node in article.css("[tabindex]"):
            del node.attrs["tabindex"]
        return article

    def _point(self, link: LexborNode, page: str) -> None:
        """Has a link lead into the document, or away from the site; else its words stay alone."""
        address = urlsplit(link.attributes["href"] or "")
        if address.scheme in ("http", "https", "mailto"):
            return
        path = normpath(join("/", page, unquote(address.path))).lstrip("/")
        target = path.removesuffix("index.html").rstrip("/") if address.path else page
        if address.scheme or address.netloc or target not in self._articles:
            link.unwrap()
            return
        fragment = unquote(address.fragment)
        found = f":{fragment}" if fragment in self._anchors[target] else ""
        link.attrs["href"] = f"#{target or HOME}{found}"

    def _picture(self, image: LexborNode, page: str, number: int) -> str:
        """The HTML of a picture that lies in the document: a drawing as it is, another as data."""
        attributes = {name: image.attributes.get(name) or "" for name in ("alt", "width", "height")}
        size = "".join(
            f' {name}="{escape(attributes[name])}"'
            for name in ("width", "height")
            if attributes[name]
        )
        alt, source = escape(attributes["alt"]), image.attributes.get("src") or ""
        if not source.startswith("data:"):
            path = unquote(urlsplit(source).path)
            content = (self.root / normpath(join(page or ".", path))).read_bytes()
            # only what our own figures are: anything else might hold a script
            if re.search(r"\bfigures/[^/]+\.svg$", path) and (
                drawing := _SVG.search(content.decode())
            ):
                body = _own_ids(_SVG_STYLE.sub("", drawing[2]), f"f{number}-")
                return (
                    f'<svg viewBox="{drawing[1]}"{size} role="img" aria-label="{alt}">{body}</svg>'
                )
            kind = guess_type(path)[0] or "application/octet-stream"
            source = f"data:{kind};base64,{b64encode(content).decode()}"
        return f'<img alt="{alt}"{size} src="{escape(source)}">'


def _entries(items: LexborNode, depth: int) -> Iterator[Entry]:
    """The lines of one list of the navigation."""
    for item in items.iter():
        parts = {_part(node): node for node in item.iter()}
        named = parts.get("page") or parts.get("titled page") or parts["title"]
        name = named.css_first("a.md-nav__link") or named
        address = name.attributes.get("href")
        page = None if address is None else unquote(normpath(urlsplit(address).path))
        below = parts["below"].css_first("ul") if "below" in parts else None
        yield Entry(
            _words(name),
            "" if page == "." else page,
            depth,
            list(_entries(below, depth + 1)) if below else [],
        )


def _part(node: LexborNode) -> str:
    """What a child of an item of the navigation is."""
    if node.tag == "nav":  # the page's own headings, or the pages below
        own = "md-nav--secondary" in (node.attributes.get("class") or "")
        return "headings" if own else "below"
    return {"a": "page", "div": "titled page", "label": "title"}.get(node.tag or "", "")


def _words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _parsed(html: str) -> LexborNode:
    node = LexborHTMLParser(html).css_first("body > *")
    assert node
    return node


def _place(number: int) -> str:
    """Stands for a picture while the rest is put together: no page has such characters."""
    return f"\ue000{number}\ue001"


def _own_ids(drawing: str, prefix: str) -> str:
    """A drawing whose names are its own, for many to lie in one document."""
    used = {found[2] for found in _SVG_USE.finditer(drawing)}
    drawing = _SVG_ID.sub(
        lambda found: f' id="{prefix}{found[1]}"' if found[1] in used else "", drawing
    )
    return _SVG_USE.sub(lambda found: f"{found[1]}{prefix}{found[2]}", drawing)
