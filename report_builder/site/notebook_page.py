"""A notebook's page in the same HTML as every other page.

What mkdocs-jupyter converts comes with JupyterLab's styles (half a megabyte), scripts and controls, and some of it from
other hosts. Kept are the cells: text, code, output.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from markdown.extensions.toc import nest_toc_tokens, slugify_unicode, unique
from selectolax.lexbor import LexborHTMLParser, LexborNode

from report_builder.site import mathml as formulas

TEXT, CODE, OUTPUT = (
    ".jp-MarkdownCell .jp-RenderedMarkdown",
    ".jp-InputArea-editor .highlight-ipynb",
    ".jp-OutputArea-output",
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass
class Cells:
    """The converted notebook: its HTML, and its headings as Python-Markdown nests them for a table of contents."""

    html: str
    headings: list[dict]
    anchors: set[str] = field(default_factory=set)
    summary: str = ""  # the first paragraph, without markup


def cells(converted: str, link: Callable[[str], str], below_title: str = "") -> Cells:
    """`link` turns the address of a link to another source file into that of its page; `below_title` is HTML of our own."""
    parts, headings, anchors = [], [], set()
    summary = ""
    for node in LexborHTMLParser(converted).css(f"{TEXT}, {CODE}, {OUTPUT}"):
        if "highlight-ipynb" in _classes(node):
            parts.append(
                f'<div class="language-python highlight"><pre><span></span><code>{_code(node)}</code></pre></div>'
            )
        elif "jp-OutputArea-output" in _classes(node):
            parts.append(_output(node))
        else:
            for element in node.css(", ".join(HEADINGS)):
                headings.append(_heading(element, anchors))
            for element in node.css("a[href]:not(.headerlink)"):
                element.attrs["href"] = link(element.attributes["href"] or "")
            first = node.css_first("p")
            summary = summary or (" ".join(first.text().split()) if first else "")
            text = formulas.in_notebook(node.inner_html or "")
            if below_title and "</h1>" in text:
                text, below_title = text.replace("</h1>", f"</h1>\n{below_title}", 1), ""
            parts.append(text)
    return Cells("\n".join(parts), nest_toc_tokens(headings), anchors, summary)


def _heading(element: LexborNode, anchors: set[str]) -> dict:
    for pilcrow in element.css("a.anchor-link"):
        pilcrow.decompose()
    name = element.text().strip()
    anchor = unique(slugify_unicode(name, "-"), anchors)  # which it adds to `anchors`
    element.attrs["id"] = anchor
    element.insert_child(
        LexborHTMLParser(f'<a class="headerlink" href="#{anchor}">&para;</a>').css_first("a")
    )
    return {"level": HEADINGS.index(element.tag or "") + 1, "id": anchor, "name": name}


def _code(node: LexborNode) -> str:
    code = node.css_first("pre").inner_html or ""
    return code.removeprefix("<span></span>")


def _output(node: LexborNode) -> str:
    for image in node.css("img"):
        image.attrs["class"] = (
            "off-glb"  # the picture is in the page; a link to it would hold it twice
        )
    kind = " error" if "stderr" in (node.attributes.get("data-mime-type") or "") else ""
    return f'<div class="xo-output{kind}">{(node.inner_html or "").strip()}</div>'


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()
