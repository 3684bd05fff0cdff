"""Says names and counts in the page's language, and breaks text to a width."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from report_builder.figures.toolkit.style import Style
from report_builder.text import plural

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.runs.record import RunRecord
    from xo.variants import Variant

CLASSES = {"circles": "O", "circles_sm": "O", "crosses": "X", "crosses_sm": "X"}
CLOSING = "，。、：；！？）》」』”’,.:;!?)%"  # never first on a line


def width(text: str) -> int:
    """The width of text in half-width columns: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, columns: int) -> list[str]:
    """Break text into lines of at most `columns` half-width columns, at spaces and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip(" ")) > columns:
            lines.append(line.rstrip(" "))
            line = ""
        line += piece
    return [*lines, line.rstrip(" ")]


def _pieces(text: str) -> list[str]:
    """The parts between which a line may be broken; a space ends the piece before it."""
    pieces = [""]
    for before, character in zip(" " + text, text):
        wide = "W" in (
            unicodedata.east_asian_width(before),
            unicodedata.east_asian_width(character),
        )
        if (
            (before == " " or wide or before in "，。、：；！？")
            and character not in CLOSING + " "
            and before not in "（《「“"
        ):
            pieces.append("")
        pieces[-1] += character
    return [piece for piece in pieces if piece]


def shorten(text: str, columns: int) -> str:
    """Text that fits into `columns`, its middle left out where it does not."""
    if width(text) <= columns:
        return text
    head, tail = text, ""
    while width(head) > (columns - 1) * 2 // 3:
        head = head[:-1]
    for character in reversed(text):
        if width(head + "…" + character + tail) > columns:
            break
        tail = character + tail
    return f"{head}…{tail}"


def of_runs(style: Style, k: int, n: int) -> str:
    """How many of the runs: 5 of 6 runs."""
    return style.words(f"{n} 次训练中的 {k} 次", f"{k} of {plural(n, 'run')}")


def variant_title(style: Style, variant: Variant) -> str:
    return style.words(variant.zh, variant.en)


def class_name(name: str) -> str:
    """How a class is called in figures: circles are O and crosses are X, others keep their folder's name."""
    return CLASSES.get(name, name)


def class_names(record: RunRecord) -> tuple[str, ...]:
    """The classes that a run told apart; where it was asked for the split, these are test and train."""
    return tuple(class_name(name) for name in record.classes)


def described(style: Style, name: str) -> str:
    """A class's name as a reader may need it spelled out."""
    return {
        "test": style.words("测试集", "test split"),
        "train": style.words("训练集", "train split"),
    }.get(name, name)


def listed(style: Style, items: Sequence[str]) -> str:
    """a, b and c."""
    *most, last = items
    return (
        style.words("、", ", ").join(most) + style.words(" 和 ", " and ") + last if most else last
    )


def variant_of(evidence: Evidence, name: str) -> Variant:
    return next(variant for variant in evidence.variants if variant.name == name)
