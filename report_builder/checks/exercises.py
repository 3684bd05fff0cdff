"""Whether every page of the reading path has exercises of each kind, each with a folded answer.

An exercise is a box `!!! question "Recall: ..."` below the heading `## Try it`, and its answer a
box `??? success "Answer"` within it. Who is asked for code is answered by code that a build runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from report_builder.pages import reading_path, sources
from report_builder.text import LANGUAGES, Text

HEADING = Text("试一试", "Try it")
RECALL, BY_HAND = Text("回忆", "Recall"), Text("手算", "By hand")
WITH_CODE = Text("用代码", "With code")
KINDS = (RECALL, BY_HAND, WITH_CODE)
_EXERCISE = re.compile(
    r'^(?:!!!|\?\?\?\+?) question "(?P<title>[^\n]*)" *\n(?P<body>(?:(?: {4}[^\n]*)?\n)*)',
    re.MULTILINE,
)
_ANSWER = re.compile(r"^ {4}\?\?\? success\b[^\n]*\n(?P<body>(?:(?: {8}[^\n]*)?\n)*)", re.MULTILINE)


class Exercise(NamedTuple):
    """A question of a page."""

    title: str
    line: int
    answers: list[str]  # what is folded away in it

    def is_of(self, kind: Text, language: str) -> bool:
        """Whether its title begins with the word for that kind."""
        return re.match(rf"{kind[language]}\W", self.title) is not None


def exercises(page: str) -> list[Exercise]:
    """All questions of a page's source."""
    page = f"{page}\n"
    return [
        Exercise(
            found["title"],
            1 + page.count("\n", 0, found.start()),
            [answer["body"].strip() for answer in _ANSWER.finditer(found["body"])],
        )
        for found in _EXERCISE.finditer(page)
    ]


def count_exercises(docs: Path) -> list[int]:
    """How many there are on each page, in both languages."""
    return [
        len(exercises(sources.read(docs / language / page)))
        for language in LANGUAGES
        for page in reading_path.pages(docs, language)
    ]


def faults(docs: Path) -> Iterator[str]:
    """`file:line: what is missing, and the remedy`, for the pages of both languages."""
    for language in LANGUAGES:
        for page in reading_path.pages(docs, language):
            text = sources.read(docs / language / page)
            for line, fault in _of_page(text, language):
                yield f"{docs.name}/{language}/{page}:{line}: {fault}"


def _of_page(page: str, language: str) -> Iterator[tuple[int, str]]:
    heading = re.search(rf"^## {HEADING[language]}$", page, re.MULTILINE)
    if not heading:
        yield 1, f"no heading '## {HEADING[language]}'; add it, with exercises below"
        return
    start = 1 + page.count("\n", 0, heading.start())
    found = [each for each in exercises(page) if each.line > start]
    for kind in KINDS:
        if not any(each.is_of(kind, language) for each in found):
            yield start, f"no exercise '{kind[language]}'; add one"
    for each in exercises(page):
        if not any(each.is_of(kind, language) for kind in KINDS):
            words = ", ".join(kind[language] for kind in KINDS)
            yield each.line, f"an exercise of no kind; begin its title with one of {words}"
        if len(each.answers) != 1 or not each.answers[0]:
            yield each.line, "an exercise needs one folded answer; write it below '??? success'"
        elif each.is_of(WITH_CODE, language) and "{{ run(" not in each.answers[0]:
            yield each.line, "its answer runs no code; put code into {{ run(...) }}"
