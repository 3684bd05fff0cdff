"""Escapes text from outside, such as names of classes and files, so that none of it acts as markup.

In the report (values, tables, captions, claims) all text is plain. It is escaped once, where it
enters Markdown, HTML, CSV, Python or a line for the shell, and every character is shown as it is.
"""

from __future__ import annotations

import html
import json
import re
import shlex
from urllib.parse import quote

from markupsafe import Markup

_MARKDOWN = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*_{}[]|$"})
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_WORD_JOINER = "\N{WORD JOINER}"  # invisible
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def markdown(text: str) -> Markup:
    """Text within a line of Markdown: in a sentence, link, cell, alternative text or attribute."""
    return Markup(html.escape(" ".join(text.splitlines())).translate(_MARKDOWN))


def in_notebook(filled: str) -> str:
    """The filled template of a notebook's text cell: no dollar of a text begins a formula, neither
    in Jupyter nor on the page, for which nbconvert turns its escape into the character itself.
    """
    return filled.replace("&#36;", f"&#36;{_WORD_JOINER}")


def tooltip(text: str) -> Markup:
    """Text of a `title`, which the theme's script takes for HTML: no tag may begin in it."""
    return markdown(_TAG.sub(f"<{_WORD_JOINER}", text))


def expression(value: object) -> str:
    """What a Jinja expression writes into a page: Markdown as it is, all else as plain text."""
    return value if isinstance(value, Markup) else markdown(str(value))


def address(text: str) -> Markup:
    """A relative address, or the identifier that one leads to, percent-encoded."""
    return Markup(quote(text, safe="/#"))


def link(text: str) -> Markup:
    """A whole address, of another site, percent-encoded; it goes between < and >."""
    return Markup(quote(text, safe=":/#?&=;().,@+%"))


def csv_cell(value: object) -> object:
    """A cell of a CSV: an apostrophe keeps spreadsheets from taking text for a formula."""
    return (
        f"'{value}"
        if isinstance(value, str) and value.startswith(_FORMULA) and not _is_number(value)
        else value
    )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def shell(text: str) -> Markup:
    """One word of a line for bash, within a code block; a line break is written `$'\\x0a'`."""
    if text.isprintable():
        return Markup(shlex.quote(text))
    kept = (c if c.isprintable() and c not in "'\\" else _bytes(c) for c in text)
    return Markup(f"$'{''.join(kept)}'")


def _bytes(character: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in character.encode())


def python(text: str) -> Markup:
    """A string of Python, within a code block."""
    return Markup(json.dumps(text, ensure_ascii=False))
