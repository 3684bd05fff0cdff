"""Whether every page that is read in order has exercises of each kind, each with a folded answer.

An exercise is a box `!!! question "Recall: ..."` below the heading of HEADING, and within it
`??? success "Answer"`; what is asked of code is answered by code that the build runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from report_builder.checks.prose import CODE_BLOCK
from report_builder.pages import reading_path
from report_builder.text import LANGUAGES, Text

HEADING = Text("试一试", "Try it")
ANSWER = Text("答案", "Answer")
WITH_CODE = Text("用代码", "With code")
KINDS = (Text("回忆", "Recall"), Text("手算", "By hand"), WITH_CODE)
_BOX = re.compile(
    r'^!!! question "(?P<title>[^\n]*)"\n(?P<body>(?:(?: {4}[^\n]*)?\n)*)', re.MULTILINE
)
_ANSWER = re.compile(
    r'^ {4}\?\?\? success "(?P<title>[^"\n]*)"\n(?P<body>(?:(?: {8}[^\n]*)?(?:\n|\Z))*)',
    re.MULTILINE,
)


class Exercise(NamedTuple):
    """A box of a page."""

    title: str
    line: int
    answers: list[str]  # what stands folded in it

    def kind(self, language: str) -> str:
        """The kind that its title begins with, or nothing."""
        words = (kind[language] for kind in KINDS)
        return next((word for word in words if re.match(rf"{word}\W", self.title)), "")


def exercises(text: str) -> list[Exercise]:
    """The boxes of a page's source."""
    return [
        Exercise(
            box["title"],
            1 + text.count("\n", 0, box.start()),
            [answer["body"].strip() for answer in _ANSWER.finditer(box["body"])],
        )
        for box in _BOX.finditer(f"{text}\n")
    ]


def faults(docs: Path) -> Iterator[str]:
    """`file:line: what is missing, and the remedy`, for the pages of both languages."""
    for language in LANGUAGES:
        for page in reading_path.pages(docs, language):
            text = (docs / language / page).read_text(encoding="utf-8")
            for line, fault in _of_page(text, language):
                yield f"{docs.name}/{language}/{page}:{line}: {fault}"


def _of_page(text: str, language: str) -> Iterator[tuple[int, str]]:
    heading, answer, kinds = HEADING[language], ANSWER[language], [kind[language] for kind in KINDS]
    section = re.search(rf"^## {heading}$", CODE_BLOCK.sub(_lines, text), re.MULTILINE)
    if not section:
        yield 1, f"no heading '## {heading}'; add one, with exercises below it"
        return
    start = 1 + text.count("\n", 0, section.start())
    found = exercises(text)
    for kind in kinds:
        if not any(each.kind(language) == kind and each.line > start for each in found):
            yield start, f"no exercise '{kind}'; add one"
    for each in found:
        if not each.kind(language):
            yield each.line, f"an exercise of no kind; begin its title with {' or '.join(kinds)}"
        if len(each.answers) != 1 or not each.answers[0]:
            yield (
                each.line,
                f"an exercise without an answer; fold one in, '??? success \"{answer}\"'",
            )
        elif each.kind(language) == WITH_CODE[language] and "{{ run(" not in each.answers[0]:
            yield each.line, 'an answer without code; put it into {{ run("""...""") }}'


def _lines(block: re.Match[str]) -> str:
    return "\n" * block[0].count("\n")
