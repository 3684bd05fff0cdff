"""How numbers are written in each language; digits go no further than the measurement."""

from __future__ import annotations

from math import ceil, log10

LANGUAGES = ("zh", "en")


def percent(fraction: float, of: int, sign: bool = True) -> str:
    """A share of `of` things in percent, with as many decimals as one of them is worth: 0.9967 of 300 -> "99.7 %"."""
    decimals = max(0, ceil(-log10(100 / of)))
    return f"{100 * fraction:.{decimals}f}" + (" %" if sign else "")


def significant(number: float, digits: int = 2) -> str:
    """A measured number with so many significant digits, never in scientific notation."""
    if number == 0:
        return "0"
    decimals = max(0, digits - 1 - int(f"{number:e}".partition("e")[2]))
    return f"{number:,.{decimals}f}"


def count(number: int) -> str:
    return f"{number:,}"


def seconds(number: float) -> dict[str, str]:
    """In the unit that reads best, by language."""
    if number < 120:
        return {"zh": f"{significant(number)} 秒", "en": f"{significant(number)} s"}
    return {"zh": f"{significant(number / 60)} 分钟", "en": f"{significant(number / 60)} min"}


def gigabytes(number: float) -> str:
    return f"{significant(number / 1e9)} GB"
