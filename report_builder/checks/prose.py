"""What of a page, a notebook or a module is prose: the words that a reader sees as they were
typed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from report_builder.pages import sources
from report_builder.text import LANGUAGES

LANGUAGE_FILES = ("md", "py")  # pages and notebooks
COMPUTED = "□"  # stands where a template or f-string fills in what was computed
SPACES = {"SPACE": " "}  # names of constants that f-strings put between number and unit

CODE_BLOCK = re.compile(
    r"^(?P<indent> *)(?P<fence>```|~~~)(?P<language>\w*)[^\n]*\n"
    r"(?P<code>.*?)^(?P=indent)(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)

# What is no prose, in the order in which it is blanked out, and the character that takes its place.
NOT_PROSE = [
    (re.compile(pattern, re.MULTILINE | re.DOTALL), filler)
    for pattern, filler in [
        (CODE_BLOCK.pattern, " "),
        (r"\{#.*?#\}|<!--.*?-->", " "),
        (r"\{%.*?%\}", " "),
        (r"\{\{-?\s*run\(.*?\)\s*-?\}\}", " "),  # code that the build executes
        (r"\{\{.*?\}\}", COMPUTED),
        (r"\$\$.*?\$\$", " "),
        (r"(?<![\\$])\$(?!\s)[^$\n]+?\$", " "),
        # code; a mere number between backticks is prose
        (r"(?<!`)`(?![\d.,]+ ?%?`)[^`\n]+`(?!`)", " "),
        (r"<https?://[^>\s]*>|https?://[^\s)>]*|\barXiv:[\d.]+", " "),
        (r"(?<=\])\([^()\s]*(?: \"[^\"]*\")?\)|(?<=\])\{\{[^{}]*\}\}", " "),  # where links lead
        (r"\{(?: ?[.#:][\w-]+| ?[\w-]+=(?:\"[^\"]*\"|[\w.%]+))+ ?\}", " "),  # attributes
        (r"</?[a-zA-Z][^<>]*?>", "<"),
        (r"^[ \t>]*\d+[.)](?= )", " "),  # numbers of list items
    ]
]
READ_ALOUD = re.compile(r"\b(?:alt|title|aria-label)=\"([^\"]*)\"")  # of a tag


def files_with_prose(docs: Path, package: Path | None = None) -> list[Path]:
    """The pages and notebooks of both languages, and the modules of a package."""
    pages = [
        file
        for language in LANGUAGES
        for ending in LANGUAGE_FILES
        for file in sources.files(docs / language, f".{ending}")
    ]
    return pages + (sources.files(package, ".py") if package else [])


class Passage(NamedTuple):
    """Prose, and the lines of the file that it stands on."""

    text: str
    first: int  # line
    lines: list[str]  # of the file, from the first on that the passage stands on

    def line(self, start: int, words: str) -> int:
        """Where in the file the words lie that begin at `start`."""
        if len(self.lines) == self.text.count("\n") + 1:  # laid out as in the file
            return self.first + self.text.count("\n", 0, start)
        number = (re.findall(r"[\d.,]*\d", words) or words.split())[0]
        return self.first + next((k for k, line in enumerate(self.lines) if number in line), 0)


def passages(path: Path) -> Iterator[Passage]:
    """The prose of a file: of a page all at once, of a module string by string, of a notebook its
    text, then its strings.
    """
    text = sources.read(path)
    if path.suffix == ".md":
        yield Passage(of_page(text), 1, text.split("\n"))
    else:
        if cells := text_cells(text):
            yield Passage(of_page(cells), 1, cells.split("\n"))
        yield from _strings(text)


def of_page(text: str) -> str:
    """Markdown with all that is no prose blanked out; its length and line breaks stay."""
    for pattern, filler in NOT_PROSE:
        text = pattern.sub(_tag if filler == "<" else partial(_blank, filler), text)
    return text.replace("\N{NO-BREAK SPACE}", " ")


def _blank(filler: str, found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", filler, found[0])


def _tag(tag: re.Match[str]) -> str:
    """An HTML tag with all blanked out but what screen readers read of it."""
    kept = {index for words in READ_ALOUD.finditer(tag[0]) for index in range(*words.span(1))}
    return "".join(
        character if index in kept or character == "\n" else " "
        for index, character in enumerate(tag[0])
    )


def text_cells(text: str) -> str:
    """The text cells of a py:percent notebook, in the lines where they stand; empty where there
    are none.
    """
    lines, within = [], False
    for line in text.split("\n"):
        if line.startswith("# %%"):
            within = line.startswith("# %% [markdown]")
            line = ""
        lines.append(re.sub(r"^# ?", "", line) if within else "")
    return "\n".join(lines) if any(lines) else ""


def _strings(text: str) -> Iterator[Passage]:
    """The strings of a module that are words in a sentence, not names, formats or docstrings."""
    lines = text.split("\n")
    try:
        waiting: list[ast.AST] = [ast.parse(text)]
    except (SyntaxError, ValueError):  # of a notebook; `notebooks.faults` names it
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        words = _words(node)
        if re.search(r"[^\W\d_ ] |[\u4e00-\u9fff]|\d ?%", words):
            assert isinstance(node, ast.expr)
            yield Passage(of_page(words), node.lineno, lines[node.lineno - 1 : node.end_lineno])
        if isinstance(node, ast.JoinedStr):  # its words are read; only what it fills in is left
            waiting += [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        else:
            waiting += ast.iter_child_nodes(node)


def _words(node: ast.AST) -> str:
    """The text of a string, with a mark for what is computed; empty for anything but a string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return SPACES.get(node.value.id, COMPUTED) if isinstance(node.value, ast.Name) else COMPUTED
    return ""
