"""Jinja for the pages' sources and for the templates beside this file.

What an expression yields is plain text and is escaped for Markdown and HTML. What a template or a
page's function wrote as Markdown is marked as such (Markup) and stays as it is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import CodeType

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from markupsafe import Markup

from report_builder import escape
from report_builder.text import Text

BUILD = "python -m report_builder build"
TEMPLATES = Path(__file__).with_name("templates")


class CompiledHere(BytecodeCache):
    """Compiled templates of this process, for environments that are made anew. Files of compiled
    templates, which Jinja offers, would be trusted unread.
    """

    def __init__(self) -> None:
        self.compiled: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self.compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.compiled[bucket.key, bucket.checksum] = bucket.code


def environment(folder: Path) -> Environment:
    """Templates from a folder."""
    found = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=escape.expression,
    )
    found.filters |= {
        "address": escape.address,
        "link": escape.link,
        "python": escape.python,
        "shell": escape.shell,
        "tooltip": escape.tooltip,
    }
    found.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    return found


def fill(template: str, language: str, **values: object) -> Markup:
    """One of our templates with these values; `text(zh, en)` in it is the one in `language`."""

    def text(zh: str, en: str) -> Markup:
        return Markup(Text(zh, en)[language])

    found = _templates().get_template(f"{template}.j2")
    filled = found.render(values, language=language, text=text, build=Markup(BUILD))
    return Markup(filled.removesuffix("\n"))


@cache
def _templates() -> Environment:
    found = environment(TEMPLATES)
    found.auto_reload = False  # a template is read once, not looked at at each of 3,000 uses
    found.trim_blocks = found.lstrip_blocks = True
    return found
