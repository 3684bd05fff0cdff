"""Bilingual words, `Text(zh, en)`, and how numbers and classes are written; digits go no further
than the measurement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from math import ceil, floor, isfinite, log10

import msgspec

LANGUAGES = ("zh", "en")
# classes of the assignment's folders; others keep their folder's name
CLASSES = {"circles": "O", "circles_sm": "O", "crosses": "X", "crosses_sm": "X"}
SPACE = "\N{NO-BREAK SPACE}"  # between a number and its unit
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Text(msgspec.Struct, frozen=True):
    """The same words in both languages."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        """The words in one language, "zh" or "en"."""
        return {"zh": self.zh, "en": self.en}[language]

    def __iter__(self) -> Iterator[str]:
        return iter((self.zh, self.en))

    def __bool__(self) -> bool:
        return bool(self.zh or self.en)

    def __add__(self, other: Text) -> Text:
        return Text(self.zh + other.zh, self.en + other.en)

    def format(self, **values: object) -> Text:
        """Fills in `{name}` in both languages; a value that is a Text is filled in language by
        language.
        """
        zh, en = (
            {
                name: value[language] if isinstance(value, Text) else value
                for name, value in values.items()
            }
            for language in LANGUAGES
        )
        return Text(self.zh.format(**zh), self.en.format(**en))


def same(text: str) -> Text:
    """Words or a number that read alike in both languages."""
    return Text(text, text)


EMPTY = Text("", "")


def percent(share: float, digits: int = 1, sign: bool = True) -> str:
    """0.9967 -> 99.7 %.

    Only all is 100 % and only nothing is 0 %: shares too close to tell are >99.9 % or <0.1 %.
    """
    share = round(share, 12)  # an interval's end may miss 0 or 1 by the last bit
    text, least = f"{100 * share:.{digits}f}", 10.0**-digits
    if share in (0, 1):
        text = f"{100 * share:.0f}"
    elif float(text) in (0, 100):
        text = f"<{least:.{digits}f}" if share < 0.5 else f">{100 - least:.{digits}f}"
    return text + (f"{SPACE}%" if sign else "")


def decimals(of: int) -> int:
    """How many decimals of a percentage one of so many things is worth: none of 20, one of 300."""
    return max(0, ceil(-log10(100 / of)))


def number(value: float, digits: int = 3) -> str:
    """A number to `digits` significant digits, with a power of ten only where it reads badly
    without, and a true minus sign.
    """
    if value == 0 or not isfinite(value):
        text = f"{value:g}"
    elif 1e-4 <= abs(value) < 1e9:
        rounded = float(f"{value:.{digits}g}")
        text = f"{rounded:,.{max(0, digits - 1 - floor(log10(abs(rounded))))}f}"
    else:
        text, _, power = f"{value:.{digits - 1}e}".partition("e")
        text += f" × 10{str(int(power)).translate(RAISED)}"
    return text.replace("-", "−")


def hundredths(value: float) -> str:
    """A number of a sum that is worked out: two decimals, with a true minus sign."""
    text = f"{value:.2f}" if value else "0"
    return ("0.00" if text == "-0.00" else text).replace("-", "−")


def thousandths(value: float) -> str:
    """A weight or an activation: three decimals, with a true minus sign."""
    return f"{value:.3f}".replace("-", "−")


def listed_hundredths(values: Iterable[float]) -> str:
    return ", ".join(map(hundredths, values))


def tiny(difference: float) -> str:
    """A difference that rounding leaves: 4.8 × 10⁻⁷, or 0."""
    return number(difference, 2)


def ratio(value: float) -> str:
    """How many times as much: 1.5, 23."""
    return f"{value:,.0f}" if value >= 10 else number(value, 2)


def percent_or_dash(share: float | None) -> str:
    """A dash where there is nothing to take a share of."""
    return "—" if share is None else percent(share)


def count(n: int) -> str:
    return f"{n:,}"


def big(n: int, language: str, short: bool = False) -> str:
    """A large count in few characters: 4.45 million, 445 万; a round one in short: 10 M."""
    if n < 10_000:
        return count(n)
    if language == "zh":
        size, unit = (1e8, "亿") if n >= 1e8 else (1e4, "万")
    else:
        size, unit = (
            (1e6, "M" if short else "million") if n >= 1e6 else (1e3, "k" if short else "thousand")
        )
    return f"{f'{n / size:g}' if short else number(n / size)}{SPACE}{unit}"


def plural(n: int, one: str, many: str | None = None) -> str:
    """English count: 1 seed, 2 seeds."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def seconds(value: float) -> Text:
    """A time in the unit that reads best."""
    size, unit = (1, Text("秒", "s")) if value < 120 else (60, Text("分钟", "min"))
    return same(f"{number(value / size, 2)}{SPACE}") + unit


def gigabytes(size: float) -> str:
    """Of a size in bytes."""
    return f"{number(size / 1e9, 2)}{SPACE}GB"


_numbers: ContextVar[Mapping[str, str]] = ContextVar("numbers of classes")


@contextmanager
def numbered_classes(numbers: Mapping[str, str]) -> Iterator[None]:
    """Within the block these classes go by a number: no font can write their names."""
    token = _numbers.set(numbers)
    try:
        yield
    finally:
        _numbers.reset(token)


def class_name(name: str) -> str:
    """A class as readers know it: circles are O, crosses are X, others keep their folder's name."""
    return _numbers.get({}).get(name) or CLASSES.get(name, name)
