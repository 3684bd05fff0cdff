"""Writes text that comes from outside, such as names of classes, files and folders, into Markdown, HTML, JSON, CSV,
Python and shell lines so that every character is shown as it is and none is markup or code.

In the report (values, tables, captions, claims) all text is plain. It is escaped once, where it enters one of these.
"""

from __future__ import annotations

import html
import json
import re
import shlex

from markupsafe import Markup

_MARKDOWN = str.maketrans({character: f"&#{ord(character)};" for character in "\\`*_{}[]|$"})
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_WORD_JOINER = "\N{WORD JOINER}"  # invisible
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def markdown(text: str) -> Markup:
    """Text within a line of Markdown: in a sentence, link, table cell, image's alternative text, or an attribute's value."""
    return Markup(html.escape(" ".join(text.splitlines())).translate(_MARKDOWN))


def tooltip(text: str) -> Markup:
    """Text of a `title` attribute in Markdown. The theme's script takes a title for HTML, so no tag may begin in it."""
    return markdown(_TAG.sub(f"<{_WORD_JOINER}", text))


def expression(value: object) -> str:
    """What a Jinja expression writes into a page: Markdown that our functions made as it is, all else as plain text."""
    return value if isinstance(value, Markup) else markdown(str(value))


def script_json(content: object) -> str:
    """JSON within `<script type="application/json">`."""
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def csv_cell(value: object) -> object:
    """A cell of a CSV: an apostrophe keeps spreadsheets from taking text for a formula; numbers stay as they are."""
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
    """One word of a line for bash, within a code block; characters that cannot be printed as bash's `$'\\n'`."""
    if text.isprintable():
        return Markup(shlex.quote(text))
    return Markup("$'" + text.encode("unicode_escape").decode("ascii").replace("'", "\\'") + "'")


def python(text: str) -> Markup:
    """A string of Python, within a code block."""
    return Markup(json.dumps(text, ensure_ascii=False))
