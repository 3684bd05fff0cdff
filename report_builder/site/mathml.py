"""Formulas as MathML, written when a page is built: the browser draws them, and no script is
needed.
"""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML(fancy_error=False)
_AFTER = "([,.;:!?)，。；：、！？）]*)"  # what is not to begin a line
# Attributes of style that HTML allows on <mstyle> only, where LaTeX sets it for one element.
_STYLED = {"mfrac": ("displaystyle", "scriptlevel"), "mtable": ("scriptlevel",)}
# What pymdownx.arithmatex leaves in a page in its generic mode, and what nbconvert leaves in a
# notebook.
_IN_PAGE = re.compile(
    r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>' + _AFTER, re.DOTALL
)
_IN_NOTEBOOK = re.compile(
    r"<(pre|code)\b.*?</\1>|\$\$(.+?)\$\$|\$(?!\u2060)(\S(?:[^$\n]*?\S)?)\$" + _AFTER, re.DOTALL
)


def mathml(tex: str, block: bool = False) -> str:
    """One formula; raises ValueError where it cannot be converted, for readers would see TeX."""
    try:
        return _valid(_CONVERTER.convert_with_local_state(tex.strip(), displaystyle=block))
    except LatexError as error:
        place, _, problem = str(error).partition(": ")
        raise ValueError(
            f"formula {tex.strip()!r}, character {int(place) + 1}: {problem}"
        ) from None


def _valid(formula: str) -> str:
    """The formula with an <mstyle> around each element whose attributes only that may have."""
    if "scriptlevel=" not in formula and "<mfrac displaystyle=" not in formula:
        return formula
    root = ElementTree.fromstring(formula)
    for parent in list(root.iter()):
        for place, child in enumerate(parent):
            names = [name for name in _STYLED.get(child.tag, ()) if name in child.attrib]
            if names:
                style = {name: child.attrib.pop(name) for name in names}
                parent[place] = ElementTree.Element("mstyle", style)
                parent[place].append(child)
    return ElementTree.tostring(root, encoding="unicode")


def in_page(content: str) -> str:
    """The HTML of a Markdown page with its formulas as MathML."""
    return _IN_PAGE.sub(lambda match: _set(match[2], match[3], block=match[1] == "div"), content)


def in_notebook(content: str) -> str:
    """The HTML of a notebook's text cell with its formulas as MathML; code stays as it is."""

    def replace(match: re.Match) -> str:
        return (
            match[0]
            if match[1]
            else _set(match[2] or match[3], match[4] or "", block=bool(match[2]))
        )

    return _IN_NOTEBOOK.sub(replace, content)


def _set(tex: str, after: str, block: bool) -> str:
    formula = mathml(html.unescape(tex), block)
    if block:
        return f'<span class="formula">{formula}</span>{after}'  # notebooks have it in a <p>
    return f'<span class="xo-keep">{formula}{after}</span>' if after else formula
