"""How the facts of demonstrations are told: as the values `windows.sum`, `pooling.channel`, ..., and as tables.

A row of FACTS is a fact that prose may quote: how it is written and what it means; `{name}` in a meaning is another fact of
the same demonstration. A row of TABLES gives headings and a function of the recorded demonstration and the language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from report_builder.wording import count, significant

if TYPE_CHECKING:
    from xo.demonstrations import Demonstrated


class Fact(NamedTuple):
    write: Callable[..., str]
    zh: str = ""
    en: str = ""


class Heading(NamedTuple):
    zh: str
    en: str
    number: bool = False


class Shown(NamedTuple):
    demonstration: str
    headings: tuple[Heading, ...]
    rows: Callable[[Demonstrated, str], Iterator[list[str]]]


def signed(number: float) -> str:
    """A weight or an activation, to three decimals, with a true minus sign."""
    return f"{number:.3f}".replace("-", "−")


def tiny(number: float) -> str:
    """A difference that rounding leaves: 4.8 × 10⁻⁷, or 0."""
    if number == 0:
        return "0"
    digits, _, exponent = f"{number:.1e}".partition("e")
    power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits} × 10{power}"


def share(fraction: float) -> str:
    return f"{100 * fraction:.1f} %"


def times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio >= 10 else significant(ratio)


def correlation(number: float) -> str:
    return f"{number:.2f}".replace("-", "−")


FACTS: dict[str, dict[str, Fact]] = {}
TABLES: dict[str, Shown] = {}


def told(shown: Demonstrated) -> Iterator[tuple[str, str, str, str]]:
    """Name, text, and the meaning in Chinese and English of every fact that FACTS knows of a demonstration."""
    for name, fact in FACTS.get(shown.name, {}).items():
        yield f"{shown.name}.{name}", fact.write(shown.facts[name]), fact.zh.format(**shown.facts), fact.en.format(**shown.facts)
