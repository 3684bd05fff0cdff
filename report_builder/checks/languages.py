"""Compares the pages of both languages: the same files, the same headings, and under each the same
results, code and links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from report_builder.checks.prose import CODE_BLOCK, text_cells
from report_builder.pages import sources
from report_builder.text import LANGUAGES

HEADING = re.compile(r"^(#{1,6}) ", re.MULTILINE)
CODE_CELL = re.compile(
    r"^# %%(?! \[markdown\])[^\n]*\n(?P<code>.*?)(?=^# %%|\Z)", re.MULTILINE | re.DOTALL
)

# What must stand under the same heading in both languages; the group is its content.
PATTERNS = {
    kind: re.compile(pattern, re.MULTILINE | re.DOTALL)
    for kind, pattern in {
        "front matter": r"(?<=\A---\n)(.*?)^---$",
        "executed code": r"\{\{-?\s*run\((.*?)\)\s*-?\}\}",
        "expression": r"\{\{-?\s*((?!run\().*?)\s*-?\}\}",
        "tag": r"\{%-?\s*((?:if|elif|else|for|endif|endfor)\b.*?)\s*-?%\}",
        "formula": r"\$\$(.*?)\$\$",
        "link": r"(?<=\])\((?!https?:|mailto:|#)([^()\s#]+)[^()]*\)",
        "box": r"^ *((?:!!!|\?\?\?\+?) \w+)",
        "exercise": r"^ {4}(\d+\.) ",
        "table row": r"^ *(\|[^\n]*\|) *$",
    }.items()
}


class Element(NamedTuple):
    """Something on a page; two pages have the same element if kind and content agree."""

    kind: str
    content: str
    line: int

    def __str__(self) -> str:
        return f"{self.kind} '{self.content[:80]}'"


class Section(NamedTuple):
    """A heading's level, 0 for what comes before the first, its line, and what stands under it."""

    level: int
    line: int
    elements: list[Element]


def differences(docs: Path) -> Iterator[str]:
    """`file:line: what one language has and the other lacks, and the remedy`, for every page and
    notebook.
    """
    first, second = (
        {
            file.relative_to(docs / language).as_posix()
            for file in sources.files(docs / language)
            if file.suffix in (sources.PAGE, sources.NOTEBOOK)
        }
        for language in LANGUAGES
    )
    for name in sorted(first ^ second):
        has, lacks = LANGUAGES if name in first else LANGUAGES[::-1]
        yield f"{docs.name}/{has}/{name}:1: there is no {docs.name}/{lacks}/{name}; write it"
    for name in sorted(first & second):
        pages = [
            (f"{docs.name}/{language}/{name}", sections(docs / language / name))
            for language in LANGUAGES
        ]
        yield from _lacking(*pages[0], *pages[1])
        yield from _lacking(*pages[1], *pages[0])


def _lacking(
    name: str, sections: list[Section], other: str, other_sections: list[Section]
) -> Iterator[str]:
    """What a page has that the other lacks; where headings differ, the first that does."""
    levels, other_levels = (
        [section.level for section in each] for each in (sections, other_sections)
    )
    if levels != other_levels:
        first = next(
            (k for k, (a, b) in enumerate(zip(levels, other_levels, strict=False)) if a != b),
            min(len(levels), len(other_levels)),
        )
        if first < len(levels):
            match = f"one of level {other_levels[first]}" if first < len(other_levels) else "none"
            yield (
                f"{name}:{sections[first].line}: a heading of level {levels[first]}, "
                f"where {other} has {match}; give both pages the same headings"
            )
        return
    for section, other_section in zip(sections, other_sections, strict=True):
        unmatched = [(element.kind, element.content) for element in other_section.elements]
        for element in section.elements:
            if (element.kind, element.content) in unmatched:
                unmatched.remove((element.kind, element.content))
            else:
                yield (
                    f"{name}:{element.line}: {element}, which {other} lacks under the same "
                    "heading; give both the same"
                )


def sections(path: Path) -> list[Section]:
    """What a page or notebook consists of, under each of its headings."""
    text = sources.read(path)
    found = []
    if path.suffix == ".py":
        found = [
            Element("code cell", _bare(cell["code"]), _line(text, cell.start()))
            for cell in CODE_CELL.finditer(text)
        ]
        text = text_cells(text)
    for block in CODE_BLOCK.finditer(text):
        content = f"{block['language']} {_bare(block['code'])}"
        found.append(Element("code block", content, _line(text, block.start())))
    text = CODE_BLOCK.sub(lambda block: "\n" * block[0].count("\n"), text)
    found += [
        Element(kind, _content(kind, match[1]), _line(text, match.start(1)))
        for kind, pattern in PATTERNS.items()
        for match in pattern.finditer(text)
    ]
    found.sort(key=lambda element: element.line)
    headings = [(len(mark[1]), _line(text, mark.start())) for mark in HEADING.finditer(text)]
    starts = [(0, 1), *headings]
    ends = [*(line for _, line in headings), text.count("\n") + 2]
    return [
        Section(level, line, [element for element in found if line <= element.line < end])
        for (level, line), end in zip(starts, ends, strict=True)
    ]


def _content(kind: str, text: str) -> str:
    """What must be the same in both languages; words may differ."""
    if kind == "front matter":
        return " ".join(re.findall(r"^\w+:", text, re.MULTILINE))
    if kind == "table row":
        return "|" * len(re.findall(r"(?<!\\)\|", text))
    if kind == "executed code":
        return _bare(text.replace('"""', ""))
    if kind in ("expression", "tag"):  # names stay, words do not
        text = re.sub(r"^(term\([^,]*),.*\)$", r"\1)", text)
        text = re.sub(
            r'"[^"]*"',
            lambda string: string[0] if re.fullmatch(r'"[a-z0-9._-]*"', string[0]) else '""',
            text,
        )
    return " ".join(re.sub(r"\\text\{.*?\}", "", text).split())


def _bare(code: str) -> str:
    """Code without what may differ: comments, what its strings say, the language it asks for, and
    its layout.
    """
    code = re.sub(r"\"[^\"\n]*\"|'[^'\n]*'|(?:^|(?<=\s))#[^\n]*", "", code, flags=re.MULTILINE)
    return " ".join(re.sub(r"\.(zh|en)\b", "", code).split())


def _line(text: str, start: int) -> int:
    return 1 + text.count("\n", 0, start)
