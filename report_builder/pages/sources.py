"""What is a source of the site, and how one is read: the one list for all that looks at `docs`.

What editors, file managers and notebooks leave behind is no source, wherever it lies.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, TemplateNotFound

from xo.errors import InputError

CLUTTER = (".DS_Store", "Thumbs.db", "desktop.ini")  # which file managers leave
LEFTOVERS = (
    *CLUTTER,
    ".*",  # .#page.md of Emacs, .page.md.swp of vim, ._page.md of macOS, .ipynb_checkpoints
    "#*#",
    "*~",
    "~$*",
    "*.bak",
    "*.orig",  # and what merging leaves
    "*.rej",
    "*.swp",
    "*.tmp",
    "__pycache__",
    "__MACOSX",
)
PAGE, NOTEBOOK = ".md", ".py"
TEXTS = (PAGE, NOTEBOOK, ".css", ".html", ".js", ".json", ".svg")
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
_COMMENT = re.compile(r"\{#[-+]?\s[^\n]*?#\}")
_NEITHER = re.compile(r"\{#(?![\w.:-]+(?: [^{}\n#]*)?\})")  # a comment nor the name of an anchor
NO_COMMENTS = {"comment_start_string": "{#\0", "comment_end_string": "\0#}"}  # of Jinja's own


class Unreadable(InputError):
    """A source cannot be taken as it is; the message names file and line."""


def is_leftover(name: str) -> bool:
    """Whether a file or folder of that name is none of ours."""
    return any(fnmatchcase(name, pattern) for pattern in LEFTOVERS)


def files(folder: Path, suffix: str = "") -> list[Path]:
    """The sources below a folder in order, also below linked folders; only those with the suffix,
    where one is given.
    """
    return sorted(file for file in _walk(folder, frozenset()) if file.name.endswith(suffix))


def _walk(folder: Path, above: frozenset[str]) -> Iterator[Path]:
    real = os.path.realpath(folder)
    if real in above or not folder.is_dir():  # a link to a folder that it lies in
        return
    for entry in folder.iterdir():
        if is_leftover(entry.name):
            continue
        if entry.is_dir():
            yield from _walk(entry, above | {real})
        elif entry.is_file():
            yield entry
        elif entry.is_symlink():
            raise Unreadable(f"{entry}: is a link that leads nowhere; mend it or remove it")


def read(file: Path) -> str:
    """The text of a source, whatever its line ends and with or without a byte order mark.

    Raises Unreadable where it is not UTF-8 or a merge has left its marks.
    """
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + content.count(b"\n", 0, error.start)
        raise Unreadable(f"{file}:{line}: is not UTF-8; save it in that encoding") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _CONFLICT.search(text):
        raise Unreadable(
            f"{file}:{_line(text, found)}: '{found[0][:20]}' is left of a merge; decide what stays"
        )
    return text


def check_text(file: Path) -> None:
    """Raises Unreadable where a text that is published as it is cannot be `read`."""
    if file.suffix in TEXTS:
        read(file)


class Loader(FileSystemLoader):
    """Templates as `read` has them, without comments, so that `{#name}` is left to Markdown."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder

    def get_source(self, environment: Environment, template: str):
        """Text, path, and whether it is unchanged; Unreadable on a comment without an end."""
        file = self.folder / template
        if not file.is_file():
            raise TemplateNotFound(template)
        before = file.stat().st_mtime_ns
        text = _COMMENT.sub("", read(file))
        if found := _NEITHER.search(text):
            raise Unreadable(
                f"{file}:{_line(text, found)}: '{{#' begins a comment that does not end on its "
                "line; an anchor is written {#name} or { #name }"
            )
        return text, str(file), lambda: file.is_file() and file.stat().st_mtime_ns == before


def _line(text: str, found: re.Match[str]) -> int:
    return 1 + text.count("\n", 0, found.start())
