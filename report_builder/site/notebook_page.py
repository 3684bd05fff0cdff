"""A notebook's page in the same HTML as every other page.

What mkdocs-jupyter converts comes with JupyterLab's styles (half a megabyte), scripts and
controls, and some of it from other hosts. Kept are the cells: text, code, output.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from typing import Any, Literal, NamedTuple
from urllib.parse import urljoin

from markdown.extensions.toc import nest_toc_tokens, slugify_unicode, unique
from markupsafe import Markup
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from selectolax.lexbor import LexborHTMLParser, LexborNode

from report_builder.pages.templating import fill
from report_builder.site import mathml

TEXT = ".jp-MarkdownCell .jp-RenderedMarkdown"
CODE = ".jp-InputArea-editor .highlight-ipynb"
OUTPUT = ".jp-OutputArea-output"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
log = logging.getLogger("mkdocs.xo_report")


class Cell(NamedTuple):
    """A part of the page: a cell's text or code, or one output of it."""

    kind: Literal["text", "code", "output", "error"]
    html: Markup


@dataclass
class NotebookPage:
    """The converted notebook, with its headings as Python-Markdown nests them for a table of
    contents.
    """

    html: str
    headings: list[Any]
    anchors: set[str]
    summary: str  # the first paragraph, without markup


def convert(html: str, link: Callable[[str], str], language: str, file: str) -> NotebookPage:
    """The page of the HTML that mkdocs-jupyter made of a notebook, which is offered as `file`.

    `link` turns the address of a link to another source file into that of its page.
    Raises ValueError on a formula that cannot be converted.
    """
    tree = LexborHTMLParser(html)
    cells: list[Cell] = []
    headings: list[Any] = []
    anchors: set[str] = set()
    summary, download = "", str(fill("notebook_download.html", language, file=file))
    for node in tree.css(f"{TEXT}, {CODE}, {OUTPUT}"):
        classes = (node.attributes.get("class") or "").split()
        if "highlight-ipynb" in classes:
            code = node.css_first("pre", default=node).inner_html or ""
            cells.append(Cell("code", Markup(code.removeprefix("<span></span>"))))
        elif "jp-OutputArea-output" in classes:
            cells.append(_output(node))
        else:
            for element in node.css(", ".join(HEADINGS)):
                headings.append(_heading(tree, element, anchors))
            for element in node.css("a[href]:not(.headerlink)"):
                element.attrs["href"] = link(element.attributes["href"] or "")
            first = node.css_first("p")
            summary = summary or (" ".join(first.text().split()) if first else "")
            text = mathml.in_notebook(node.inner_html or "")
            if download and "</h1>" in text:
                text, download = text.replace("</h1>", f"</h1>\n{download}", 1), ""
            cells.append(Cell("text", Markup(text)))
    filled = fill("notebook.html", language, cells=cells)
    return NotebookPage(filled, nest_toc_tokens(headings), anchors, summary)


def _heading(tree: LexborHTMLParser, element: LexborNode, anchors: set[str]) -> dict[str, Any]:
    """Gives the heading an anchor like those of other pages, which is added to `anchors`."""
    for pilcrow in element.css("a.anchor-link"):
        pilcrow.decompose()
    name = element.text().strip()
    anchor = unique(slugify_unicode(name, "-"), anchors)  # adds it
    element.attrs["id"] = anchor
    permalink = tree.create_node("a")
    permalink.attrs["class"], permalink.attrs["href"] = "headerlink", f"#{anchor}"
    permalink.insert_child("\N{PILCROW SIGN}")
    element.insert_child(permalink)
    return {"level": HEADINGS.index(element.tag or "") + 1, "id": anchor, "name": name}


def _output(node: LexborNode) -> Cell:
    is_error = "stderr" in (node.attributes.get("data-mime-type") or "")
    html = Markup((node.inner_html or "").strip())
    return Cell("error" if is_error else "output", html)


# Links of a notebook, which MkDocs leaves as they are written


def page_address(link: str, page: Page, files: Files) -> str:
    """The address, from the page on, of the page that a link to a source leads to; any other link
    as it is.
    """
    path, mark, anchor = link.partition("#")
    if "://" in path or not path.endswith((".md", ".ipynb")):
        return link
    target = _target(path, page, files)
    if target is None:
        log.warning("%s: the link '%s' leads to no page", page.file.src_uri, link)
        return link
    if anchor:  # MkDocs checks it when all pages are converted
        page.links_to_anchors = page.links_to_anchors or {}
        page.links_to_anchors.setdefault(target, {})[anchor] = link
    return get_relative_url(target.url, page.url) + mark + anchor


def full_address(link: str, page: Page, files: Files, site_url: str | None) -> str:
    """For a link that is read away from the site; empty where the site's address is not known or
    the link leads nowhere.
    """
    path, mark, anchor = link.partition("#")
    target = _target(path, page, files)
    return urljoin(site_url, target.url) + mark + anchor if target and site_url else ""


def _target(path: str, page: Page, files: Files) -> File | None:
    return files.get_file_from_path(normpath(join(dirname(page.file.src_uri), path)))
