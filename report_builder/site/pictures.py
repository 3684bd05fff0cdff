"""Pictures in HTML that a page's author wrote, which MkDocs leaves as it stands."""

from __future__ import annotations

import logging
import re
from posixpath import dirname, join, normpath
from urllib.parse import unquote, urlsplit

from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url

# A comment, which is skipped, or a tag with the address of what it shows.
_SHOWN = re.compile(
    r"<!--.*?-->|"
    r"(?P<tag><(?:img|source|video|audio|embed|iframe)\b[^<>]*?\s(?:src|poster)=)"
    r"(?P<quote>[\"'])(?P<address>.*?)(?P=quote)",
    re.DOTALL,
)
log = logging.getLogger("mkdocs.xo_report")


def in_page(html: str, page: Page, files: Files) -> str:
    """The page's HTML, each address of a picture that is written from the source's folder on, as a
    Markdown link is, given from the page on; a warning for each that leads nowhere.
    """
    sources = {file.src_uri: file.url for file in files}
    published = {file.dest_uri for file in files}

    def found(shown: re.Match[str]) -> str:
        if not shown["tag"]:
            return shown[0]
        return f"{shown['tag']}{shown['quote']}{address(shown['address'])}{shown['quote']}"

    def address(written: str) -> str:
        parts = urlsplit(written)
        if parts.scheme or parts.netloc or not parts.path:
            return written
        path = unquote(parts.path)
        if normpath(join(page.url, path)) in published:
            return written
        source = normpath(join(dirname(page.file.src_uri), path))
        if source in sources and not path.startswith("/"):
            return get_relative_url(sources[source], page.url)
        log.warning(
            "%s: the picture '%s' is not there; it lies beside the page or in docs/assets, and its "
            "address is given from the page's source on",
            page.file.src_uri,
            written,
        )
        return written

    return _SHOWN.sub(found, html)
