"""Formulas as MathML, written when a page is built: the browser draws them, and no script is
needed.
"""

from __future__ import annotations

import html
import re

from math_core import LatexError, LatexToMathML

_CONVERTER = LatexToMathML(fancy_error=False)
_AFTER = "([,.;:!?)，。；：、！？）]*)"  # what is not to begin a line
# What pymdownx.arithmatex leaves in a page in its generic mode, and what nbconvert leaves in a
# notebook.
_IN_PAGE = re.compile(
    r'<(span|div) class="arithmatex">\\[(\[](.*?)\\[)\]]</\1>' + _AFTER, re.DOTALL
)
_IN_NOTEBOOK = re.compile(
    r"<(pre|code)\b.*?</\1>|\$\$(.+?)\$\$|\$(\S(?:[^$\n]*?\S)?)\$" + _AFTER, re.DOTALL
)


def mathml(tex: str, block: bool = False) -> str:
    """One formula; raises ValueError where it cannot be converted, for readers would see TeX."""
    try:
        return _CONVERTER.convert_with_local_state(tex.strip(), displaystyle=block)
    except LatexError as error:
        place, _, problem = str(error).partition(": ")
        raise ValueError(
            f"formula {tex.strip()!r}, character {int(place) + 1}: {problem}"
        ) from None


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
        return f'<div class="formula">{formula}</div>{after}'
    return f'<span class="xo-keep">{formula}{after}</span>' if after else formula
