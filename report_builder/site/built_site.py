"""What must hold of a built site beyond MkDocs's own strict checks of links and anchors.

Every page is HTML, exists in both languages, shows no Markdown as text, and takes nothing from
another host.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

# attributes whose address a browser fetches by itself
FETCHED = {
    "link": "href",
    "script": "src",
    "img": "src",
    "source": "src",
    "iframe": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "use": "href",
}
STATED = {"canonical", "alternate"}  # <link rel>: an address that is stated, not fetched
MARKDOWN = re.compile(
    r"\s*(```|~~~|!!! |\?\?\?\+? )"
)  # of a block whose lines are indented wrongly
FOREIGN_CSS = re.compile(r"""(?:url\(|@import)\s*['"]?\s*((?:https?:)?//[^'")\s]+)""")
FOREIGN_CODE = re.compile(r"""(?:from|import|import\()\s*['"]((?:https?:)?//[^'"]+)""")


def problems(site: Path, languages: tuple[str, ...]) -> Iterator[str]:
    """A line for everything wrong with the site, whose first language lies at the root, each
    further one in its folder.
    """
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    for name in sorted(files):
        if name.endswith(".html"):
            text = (site / name).read_text(encoding="utf-8").lstrip()
            if not text.startswith("<"):
                yield f"{name}: is not HTML; it starts with {text[:20]!r}"
                continue
            tree = LexborHTMLParser(text)
            foreign = _foreign(tree)
            for paragraph in tree.css("article p"):
                if MARKDOWN.match(words := paragraph.text()):
                    yield (
                        f"{name}: shows Markdown as text: {' '.join(words.split())[:40]!r}; indent "
                        "the lines of that block as those around it"
                    )
        elif name.endswith(".css"):
            foreign = iter(FOREIGN_CSS.findall((site / name).read_text(encoding="utf-8")))
        else:
            continue
        yield from (f"{name}: takes {url} from another host" for url in foreign)
    yield from _untranslated(files, languages)


def _foreign(tree: LexborHTMLParser) -> Iterator[str]:
    """Every address at another host that a browser would fetch for this page."""
    for tag, attribute in FETCHED.items():
        for node in tree.css(f"{tag}[{attribute}]"):
            if tag == "link" and STATED & set((node.attributes.get("rel") or "").split()):
                continue
            parts = urlsplit((node.attributes[attribute] or "").strip())
            if parts.netloc or parts.scheme in ("http", "https", "ftp"):
                yield parts.geturl()
    for node in tree.css("style"):
        yield from FOREIGN_CSS.findall(node.text() or "")
    for node in tree.css("[style*='//']"):
        yield from FOREIGN_CSS.findall(node.attributes["style"] or "")
    for node in tree.css("script:not([src])"):
        yield from FOREIGN_CODE.findall(node.text() or "")


def _untranslated(files: set[str], languages: tuple[str, ...]) -> Iterator[str]:
    """Pages, figures and their data that one language has and another has not."""
    default, *others = languages
    translated = {name for name in files if name.endswith(".html") or "figures/" in name}
    first = {name for name in translated if name.partition("/")[0] not in others} - {"404.html"}
    for other in others:
        second = {
            name.removeprefix(f"{other}/") for name in translated if name.startswith(f"{other}/")
        }
        yield from (f"{name}: is there in {default} only" for name in sorted(first - second))
        yield from (f"{other}/{name}: is there in {other} only" for name in sorted(second - first))
