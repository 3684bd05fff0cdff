"""Says numbers, names and counts in the page's language, and breaks text to a width."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING

from report_builder.figures.look import Look

if TYPE_CHECKING:
    from report_builder.evidence import Evidence
    from xo.records import Record
    from xo.variants import Variant

SPACE = "\N{NO-BREAK SPACE}"
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
        wide = "W" in (unicodedata.east_asian_width(before), unicodedata.east_asian_width(character))
        if (before == " " or wide or before in "，。、：；！？") and character not in CLOSING + " " and before not in "（《「“":
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


def percent(share: float, digits: int = 1) -> str:
    """0.9967 -> 99.7 %. Only all is 100 % and only nothing is 0 %: shares too close to tell are >99.9 % or <0.1 %."""
    if share in (0, 1):
        return f"{100 * share:.0f}{SPACE}%"
    least = 10.0**-digits
    text = f"{100 * share:.{digits}f}"
    text = f"<{least:.{digits}f}" if float(text) == 0 else f">{100 - least:.{digits}f}" if float(text) == 100 else text
    return f"{text}{SPACE}%"


def number(value: float, digits: int = 3) -> str:
    """A number to `digits` significant digits, without exponent where it reads well without, with a true minus sign."""
    text = f"{value:.{digits}g}"
    if 1e-4 <= abs(value) < 1e9:
        text = f"{float(text):,.{max(0, digits - 1 - floor(log10(abs(float(text)))))}f}"
    return text.replace("-", "−")


def hundredths(value: float) -> str:
    """A number of a sum that is worked out in a figure: two decimals, with a true minus sign."""
    text = f"{value:.2f}" if value else "0"
    return ("0.00" if text == "-0.00" else text).replace("-", "−")


def big(look: Look, count: int, short: bool = False) -> str:
    """A large count in few characters: 4.45 million, 445 万; a round one for short: 10 M, 1000 万."""
    if count < 10_000:
        return f"{count:,}"
    if look.language == "zh":
        size, unit = (1e8, "亿") if count >= 1e8 else (1e4, "万")
    else:
        size, unit = (1e6, "M" if short else "million") if count >= 1e6 else (1e3, "k" if short else "thousand")
    return f"{count / size:g}{SPACE}{unit}" if short else f"{number(count / size)}{SPACE}{unit}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """English count: 1 seed, 2 seeds."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def of_runs(look: Look, k: int, n: int) -> str:
    """How many of the runs: 5 of 6 runs."""
    return look.words(f"{n} 次训练中的 {k} 次", f"{k} of {plural(n, 'run')}")


def variant_title(look: Look, variant: Variant) -> str:
    return look.words(variant.zh, variant.en)


def class_name(name: str) -> str:
    """How a class is called in figures: circles are O and crosses are X, others keep their folder's name."""
    return CLASSES.get(name, name)


def class_names(record: Record) -> tuple[str, ...]:
    """The classes that a run told apart; where it was asked for the split, these are test and train."""
    return tuple(class_name(name) for name in record.meta["classes"])


def described(look: Look, name: str) -> str:
    """A class's name as a reader may need it spelled out."""
    return {"test": look.words("测试集", "test split"), "train": look.words("训练集", "train split")}.get(name, name)


def listed(look: Look, items: Sequence[str]) -> str:
    """a, b and c."""
    *most, last = items
    return look.words("、", ", ").join(most) + look.words(" 和 ", " and ") + last if most else last


def variant_of(evidence: Evidence, name: str) -> Variant:
    return next(variant for variant in evidence.variants if variant.name == name)
