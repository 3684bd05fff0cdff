"""What must hold of a built site: every page is a page, stands in both languages, and links to what is there.

Links are checked in the finished HTML, so that those of the theme, of notebooks and of raw HTML count as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

# attributes that a browser fetches by itself, and those that a reader follows
FETCHED = {"link": "href", "script": "src", "img": "src", "source": "src", "iframe": "src", "video": "src",
           "audio": "src", "embed": "src", "object": "data", "use": "href"}
FOLLOWED = {"a": "href"}
NAMES_ONLY = {"canonical", "alternate"}  # <link rel>: an address that is stated, not fetched
FOREIGN_CSS = re.compile(r"""(?:url\(|@import)\s*['"]?\s*((?:https?:)?//[^'")\s]+)""")
FOREIGN_CODE = re.compile(r"""(?:from|import|import\()\s*['"]((?:https?:)?//[^'"]+)""")


@dataclass
class _Page:
    anchors: set[str]
    links: list[tuple[str, bool]]  # address, whether it is fetched


def problems(site: Path, languages: tuple[str, ...], base: str = "/") -> Iterator[str]:
    """Everything wrong with the site, a line each. `base` is the path below which it is served, for its 404 page.

    The first language lies at the root, each further one in a folder of its name.
    """
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    pages: dict[str, _Page] = {}
    for name in sorted(files):
        if name.endswith(".html"):
            text = (site / name).read_text(encoding="utf-8")
            if not text.lstrip().startswith("<"):
                yield f"{name}: is not HTML; it starts with {text.lstrip()[:20]!r}"
                continue
            tree = LexborHTMLParser(text)
            pages[name] = _read(tree)
            yield from (f"{name}: takes {url} from another host" for url in _foreign(tree, pages[name]))
        elif name.endswith(".css"):
            found = FOREIGN_CSS.findall((site / name).read_text(encoding="utf-8"))
            yield from (f"{name}: takes {url} from another host" for url in found)
    for name, page in pages.items():
        yield from _broken(name, page, pages, files, base)
    yield from _untranslated(files, languages)


def _read(tree: LexborHTMLParser) -> _Page:
    anchors = {node.attributes["id"] or "" for node in tree.css("[id]")}
    anchors |= {node.attributes["name"] or "" for node in tree.css("a[name]")}
    links = []
    for tag, attribute in (FETCHED | FOLLOWED).items():
        for node in tree.css(f"{tag}[{attribute}]"):
            rel = set((node.attributes.get("rel") or "").split()) if tag == "link" else set()
            links.append(((node.attributes[attribute] or "").strip(), tag in FETCHED and not rel & NAMES_ONLY))
    return _Page(anchors, links)


def _foreign(tree: LexborHTMLParser, page: _Page) -> Iterator[str]:
    yield from (url for url, fetched in page.links if fetched and (urlsplit(url).netloc or _is_remote(url)))
    for node in tree.css("style"):
        yield from FOREIGN_CSS.findall(node.text() or "")
    for node in tree.css("[style*='//']"):
        yield from FOREIGN_CSS.findall(node.attributes["style"] or "")
    for node in tree.css("script:not([src])"):
        yield from FOREIGN_CODE.findall(node.text() or "")


def _is_remote(url: str) -> bool:
    return urlsplit(url).scheme in ("http", "https", "ftp")


def _broken(name: str, page: _Page, pages: dict[str, _Page], files: set[str], base: str) -> Iterator[str]:
    for url, fetched in dict.fromkeys(page.links):
        parts = urlsplit(url)
        if parts.scheme or parts.netloc:
            continue
        path = unquote(parts.path)
        if path.startswith("/"):
            if name != "404.html" or not path.startswith(base):  # only that page may be shown at any address
                yield f"{name}: the link {url!r} is not relative, so it breaks below a sub-path"
                continue
            path = path.removeprefix(base)
            target = normpath(path) if path else "."
        else:
            target = normpath(join(dirname(name), path)) if path else name
        if target not in files:
            if path and not path.endswith("/") and target != ".":
                yield f"{name}: the link {url!r} leads to no file"
                continue
            target = normpath(join(target, "index.html"))
        if target not in files:
            yield f"{name}: the link {url!r} leads to no page"
        elif parts.fragment and not fetched and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"{name}: the link {url!r} leads to a page without that anchor"


def _untranslated(files: set[str], languages: tuple[str, ...]) -> Iterator[str]:
    """Pages, figures and their data that one language has and another has not."""
    default, *others = languages
    for other in others:
        theirs = {name.removeprefix(f"{other}/") for name in files if name.startswith(f"{other}/") and _speaks(name)}
        ours = {name for name in files if name.partition("/")[0] not in others and _speaks(name)} - {"404.html"}
        yield from (f"{name}: is there in {default} only" for name in sorted(ours - theirs))
        yield from (f"{other}/{name}: is there in {other} only" for name in sorted(theirs - ours))


def _speaks(name: str) -> bool:
    return name.endswith(".html") or "figures/" in name
