"""A notebook's page in the same HTML as every other page.

What mkdocs-jupyter converts comes with JupyterLab's styles (half a megabyte), scripts and
controls, and some of it from other hosts. Kept are the cells: text, code, output.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any
from urllib.parse import urljoin

from markdown.extensions.toc import nest_toc_tokens, slugify_unicode, unique
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from mkdocs.utils import get_relative_url
from selectolax.lexbor import LexborHTMLParser, LexborNode

from report_builder.site import mathml

TEXT = ".jp-MarkdownCell .jp-RenderedMarkdown"
CODE = ".jp-InputArea-editor .highlight-ipynb"
OUTPUT = ".jp-OutputArea-output"
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
log = logging.getLogger("mkdocs.xo_report")


@dataclass
class NotebookPage:
    """The converted notebook: its HTML, and its headings as Python-Markdown nests them for a table
    of contents.
    """

    html: str
    headings: list[dict[str, Any]]
    anchors: set[str]
    summary: str  # the first paragraph, without markup


def convert(html: str, link: Callable[[str], str], below_title: str = "") -> NotebookPage:
    """The cells of the HTML that mkdocs-jupyter made.

    `link` turns the address of a link to another source file into that of its page; `below_title`
    is HTML of our own. Raises ValueError on a formula that cannot be converted.
    """
    cells, headings, anchors, summary = [], [], set(), ""
    for node in LexborHTMLParser(html).css(f"{TEXT}, {CODE}, {OUTPUT}"):
        classes = (node.attributes.get("class") or "").split()
        if "highlight-ipynb" in classes:
            cells.append(_code(node))
        elif "jp-OutputArea-output" in classes:
            cells.append(_output(node))
        else:
            headings += [_heading(element, anchors) for element in node.css(", ".join(HEADINGS))]
            for element in node.css("a[href]:not(.headerlink)"):
                element.attrs["href"] = link(element.attributes["href"] or "")
            first = node.css_first("p")
            summary = summary or (" ".join(first.text().split()) if first else "")
            text = mathml.in_notebook(node.inner_html or "")
            if below_title and "</h1>" in text:
                text, below_title = text.replace("</h1>", f"</h1>\n{below_title}", 1), ""
            cells.append(text)
    return NotebookPage("\n".join(cells), nest_toc_tokens(headings), anchors, summary)


def _heading(element: LexborNode, anchors: set[str]) -> dict[str, Any]:
    """Gives the heading an anchor like those of other pages and adds it to `anchors`."""
    for pilcrow in element.css("a.anchor-link"):
        pilcrow.decompose()
    name = element.text().strip()
    anchor = unique(slugify_unicode(name, "-"), anchors)  # which it adds to `anchors`
    element.attrs["id"] = anchor
    permalink = LexborHTMLParser(f'<a class="headerlink" href="#{anchor}">&para;</a>')
    element.insert_child(permalink.css_first("a"))
    return {"level": HEADINGS.index(element.tag or "") + 1, "id": anchor, "name": name}


def _code(node: LexborNode) -> str:
    code = (node.css_first("pre").inner_html or "").removeprefix("<span></span>")
    return (
        f'<div class="language-python highlight"><pre><span></span><code>{code}</code></pre></div>'
    )


def _output(node: LexborNode) -> str:
    for image in node.css("img"):
        # the picture is in the page; a link to it would hold it twice
        image.attrs["class"] = "off-glb"
    kind = " error" if "stderr" in (node.attributes.get("data-mime-type") or "") else ""
    return f'<div class="xo-output{kind}">{(node.inner_html or "").strip()}</div>'


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


def download_link(page: Page, language: str) -> str:
    """To the notebook, which the plugin puts beside its page."""
    link = f'<a href="{Path(page.file.src_uri).name}" download>'
    said = {
        "zh": f"{link}下载这个笔记本</a>，装好本项目后用 JupyterLab 或 VS Code 打开，每一格都可以改了再运行。",
        "en": f"{link}Download this notebook</a> and open it in JupyterLab or VS Code, with this project installed.",
    }
    return f'<p class="xo-download">{said[language]}</p>'
