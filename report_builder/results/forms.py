"""Forms that values and tables share: a plain number, a dash with its reason, a recorded fact,
columns and rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from report_builder.evidence.estimates import Share
from report_builder.results.report import Table, Value
from report_builder.text import Text, percent, same
from xo.variants import VARIANTS

UNKNOWN = same("—")  # the text of a value that has no number


def plain(text: str, note: str = "") -> Value:
    """What reads alike in both languages."""
    return Value(same(text), same(note))


def dash(zh: str, en: str) -> Value:
    """A value that is not known, and why."""
    return Value(UNKNOWN, Text(zh, en))


def interval(of: Share, digits: int) -> str:
    """The 95 % interval of a share, in percent: `[97.1, 99.7]`."""
    return "[{}, {}]".format(*(percent(bound, digits, sign=False) for bound in (of.low, of.high)))


def titles(variants: Iterable[str]) -> Text:
    """Variants by the names that readers know: `“Baseline”, “No pooling”`."""
    known = [_title(name) for name in variants]
    return Text(
        "、".join(f"“{title.zh}”" for title in known), ", ".join(f"“{title.en}”" for title in known)
    )


def counts_with_titles(counts: str) -> Text:
    """`baseline 2/3, features 1/3` with the names that readers know."""
    parts = [
        (_title(name), share) for name, _, share in (c.rpartition(" ") for c in counts.split(", "))
    ]
    return Text(
        "，".join(f"“{title.zh}”{share}" for title, share in parts),
        ", ".join(f"“{title.en}” {share}" for title, share in parts),
    )


def _title(variant: str) -> Text:
    row = VARIANTS.get(variant)
    return Text(row.zh, row.en) if row else same(variant)


class Quoted(NamedTuple):
    """A fact of a demonstration as pages quote it; `{name}` in its meaning is another fact of that
    demonstration.
    """

    write: Callable[[Any], str]
    zh: str = ""
    en: str = ""

    def value(self, name: str, facts: dict[str, Any]) -> Value:
        return Value(same(self.write(facts[name])), Text(self.zh, self.en).format(**facts))


def capitalized(words: Text) -> Text:
    """As they begin a heading."""
    return Text(words.zh, words.en.capitalize())


class Column(NamedTuple):
    """The heading of a column."""

    title: Text
    numeric: bool = False  # its cells stand at the right


Cell = Text | str  # a str reads alike in both languages
TOTAL = Text("合计", "Total")


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Table:
    return Table(
        tuple(column.title for column in columns),
        tuple(column.numeric for column in columns),
        tuple(
            tuple(cell if isinstance(cell, Text) else same(cell) for cell in row) for row in rows
        ),
    )
