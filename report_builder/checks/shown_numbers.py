"""Numbers read back from the text that pages show, each with what rounding may have taken from it,
so that two of them can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from report_builder.results.report import Report
from report_builder.text import RAISED, SPACE, Text

NUMBER = re.compile(r"[−+]?\d[\d,]*(?:\.\d+)?(?: × 10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?")
COUNT = re.compile(r"(\d[\d,]*) of (\d[\d,]*)")
PLAIN = {**{chr(raised): chr(digit) for digit, raised in RAISED.items()}, "−": "-"}


class Shown(NamedTuple):
    """A number on the site, what rounding may have taken from it, and where it stands."""

    number: float
    place: str
    off: float = 0.0


class Pair(NamedTuple):
    """Two numbers that must be equal, or of which the first must not be larger."""

    first: Shown
    second: Shown
    ordered: bool = False

    @property
    def holds(self) -> bool:
        a, b = self.first, self.second
        off = a.off + b.off + 1e-9 * max(1.0, abs(a.number), abs(b.number))
        return a.number <= b.number + off if self.ordered else abs(a.number - b.number) <= off


def parsed(text: str, place: str) -> Shown:
    """The first number of a text that has one: `4,452,694`, `−38`, `1.6 × 10⁻³⁰`, `<0.1 %`."""
    found = NUMBER.search(text)
    if not found:
        raise ValueError(f"{place}: no number in '{text}'")
    plain = "".join(PLAIN.get(character, character) for character in found[0]).replace(",", "")
    mantissa, _, power = plain.partition(" × 10")
    scale = 10.0 ** int(power or 0)
    digits = len(mantissa.partition(".")[2])
    off = 0.5 * 10.0**-digits if digits or power or "%" in text else 0.0
    return Shown(float(mantissa) * scale, place, off * scale)


def in_english(text: Text) -> str:
    """A text in English, with plain spaces."""
    return text.en.replace(SPACE, " ")


def value_of(report: Report, name: str) -> Shown | None:
    """The number of a value; None where there is none, or a dash."""
    text = report.values[name].text.en if name in report.values else "—"
    return parsed(text, f"value {name}") if NUMBER.search(text) else None


def counts_of(report: Report, name: str) -> tuple[Shown, Shown] | None:
    """`k of n` of a value."""
    found = COUNT.fullmatch(report.values[name].text.en) if name in report.values else None
    return (parsed(found[1], f"value {name}"), parsed(found[2], f"n of {name}")) if found else None


def equal(*shown: Shown | None) -> Iterator[Pair]:
    """Two numbers that must be equal, where both are shown."""
    if all(shown):
        yield Pair(*shown)  # type: ignore[arg-type]
