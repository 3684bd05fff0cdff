"""What follows from one another in the report, stated once and compared as readers see it: sums,
ratios, orders, intervals and their estimates, tests and their verdicts, counts shown twice.

Numbers are read back from the text that pages show, so that no slip between a record and its
sentence goes unseen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from report_builder.checks import claim_relations
from report_builder.checks.interval_relations import wilson
from report_builder.checks.shown_numbers import (
    COUNT,
    NUMBER,
    Pair,
    Shown,
    counts_of,
    equal,
    in_english,
    parsed,
    value_of,
)
from report_builder.results.forms import TOTAL
from report_builder.results.report import Report, Table
from report_builder.text import Text

ROUNDED_WORDS = re.compile(r"[万亿]|million|thousand|diverged|[<>]\d")  # the languages round apart


class Relation(NamedTuple):
    """What must hold, in words for the page of checks, and all pairs of which it must."""

    words: Text
    pairs: Callable[[Report], Iterator[Pair]]


def faults(report: Report) -> Iterator[str]:
    """A line for each pair that does not hold; it names both places."""
    for relation in RELATIONS:
        for first, second, ordered in (p for p in relation.pairs(report) if not p.holds):
            must = "must not be more than" if ordered else "must equal"
            yield (
                f"{first.place}, {first.number:.10g}, {must} {second.place}, "
                f"{second.number:.10g} ({relation.words.en}): one of the two is wrong"
            )


# Sums


# columns whose last row is not the sum of those above but what holds of all runs together
NOT_ADDED = {("dead-layers", "In epoch"), ("dead-layers", "Largest batch loss then")}


def _totals(report: Report) -> Iterator[Pair]:
    for name, table in report.tables.items():
        last = table.rows[-1] if table.rows else ()
        if last and last[0] == TOTAL:
            for column in range(1, len(last)):
                cells = [row[column].en for row in table.rows]
                added = (name, table.columns[column].en) not in NOT_ADDED
                if added and all(re.fullmatch(r"[\d,]+", cell) for cell in cells):
                    place = f"table {name}, column '{table.columns[column].en}'"
                    parts = [parsed(cell, place).number for cell in cells[:-1]]
                    total = parsed(cells[-1], f"its total in {place}")
                    yield Pair(Shown(sum(parts), f"sum of {place}"), total)


def _totals_and_values(report: Report) -> Iterator[Pair]:
    for name, table in report.tables.items():
        kind, _, variant = name.partition(".")
        columns = {
            "layers": ("parameters", "multiply_adds"),
            "data": ("train_images", "test_images"),
        }
        for k, quantity in enumerate(columns.get(kind, ()), 2):
            total = parsed(table.rows[-1][k].en, f"total of table {name}, column {k + 1}")
            yield from equal(total, value_of(report, f"{variant or kind}.{quantity}"))


def _runs(report: Report) -> Iterator[Pair]:
    stored = [name.partition("/")[0] for name in report.run_names]
    for variant in report.variants:
        count = Shown(stored.count(variant), f"number of runs of {variant} in the store")
        yield from equal(value_of(report, f"{variant}.n"), count)
    every = [value_of(report, f"{variant}.n") for variant in report.variants]
    total = Shown(sum(n.number for n in every if n), "sum of all n")
    yield from equal(total, value_of(report, "study.runs"))


def _fates(report: Report) -> Iterator[Pair]:
    """Every run has one fate, and those solved are the ones counted as solved."""
    for subject, n in [("training", "runs"), *((variant, "n") for variant in report.variants)]:
        fates = {
            name: value_of(report, name)
            for name in report.values
            if name.startswith(f"{subject}.fates.")
        }
        total = Shown(sum(k.number for k in fates.values() if k), f"sum of {subject}.fates")
        if fates:
            yield from equal(total, value_of(report, f"{subject}.{n}"))
            if counts := counts_of(report, f"{subject}.solved"):
                yield from equal(fates.get(f"{subject}.fates.solved"), counts[0])


def _worked_examples(report: Report) -> Iterator[Pair]:
    for of, one, other, sum_of_both in (
        ("windows", "sum", "bias", "output"),
        ("partial-sums", "positive", "negative", "sum"),
        ("partial-sums", "sum", "bias", "output"),
    ):
        a, b = (value_of(report, f"{of}.{part}") for part in (one, other))
        if a and b:
            added = Shown(a.number + b.number, f"{of}.{one} + {of}.{other}", a.off + b.off)
            yield from equal(added, value_of(report, f"{of}.{sum_of_both}"))
    for of in ("windows", "partial-sums"):
        yield from equal(value_of(report, f"{of}.output"), value_of(report, f"{of}.pytorch"))


# Counts, shares and intervals


def _counts_within_n(report: Report) -> Iterator[Pair]:
    for name, value in report.values.items():
        for found in COUNT.finditer(value.text.en):
            k, n = (parsed(part, f"value {name}") for part in found.groups())
            yield Pair(k, n, ordered=True)
            if noted := re.search(r"\bn = (\d+) seeds?\b", in_english(value.note)):
                if "epochs whose" not in in_english(value.note):  # there k counts epochs, n seeds
                    yield Pair(n, parsed(noted[1], f"note of value {name}"))
    for name, claim in report.claims.items():
        for found in re.finditer(r"(\d+)(?: of |/)(\d+)", in_english(claim.numbers)):
            k, n = (parsed(part, f"claim {name}") for part in found.groups())
            yield Pair(k, n, ordered=True)


def _shares(report: Report) -> Iterator[Pair]:
    for variant in report.variants:
        counts = counts_of(report, f"{variant}.solved")
        share = report.values.get(f"{variant}.solved_share")
        if counts and share:
            k, n = (each.number for each in counts)
            yield from _share(k, n, share.text.en, f"value {variant}.solved_share")
    for accuracy, right, images, interval in _rows(report, "accuracy-intervals"):
        k, n = (parsed(cell, "").number for cell in (right, images))
        yield from _share(k, n, f"{accuracy} {interval}", f"table accuracy-intervals, row {right}")


def _rows(report: Report, name: str) -> list[list[str]]:
    """The cells of a table in English, with plain spaces; none where there is no such table."""
    rows = report.tables[name].rows if name in report.tables else ()
    return [[in_english(cell) for cell in row] for row in rows]


def _share(k: float, n: float, text: str, place: str) -> Iterator[Pair]:
    """Of k of n as `60 % [31, 83]`."""
    share, _, interval = text.partition("[")
    yield Pair(Shown(100 * k / n, f"{k:g} of {n:g} in percent"), parsed(share, place))
    yield from wilson(k, n, NUMBER.findall(interval), place)


def _medians(report: Report) -> Iterator[Pair]:
    for name, value in report.values.items():
        found = re.search(
            r"median of n = (\d+) seeds?; least (.+), most (.+)", in_english(value.note)
        )
        if found and not ROUNDED_WORDS.search(value.text.en + found[0]):
            units = {NUMBER.sub("", text).strip() for text in (value.text.en, *found.groups()[1:])}
            if len(units) == 1:  # seconds and minutes do not compare
                low, middle, high = (
                    parsed(text, f"{what} of value {name}")
                    for what, text in zip(
                        ("least", "median", "most"), (found[2], value.text.en, found[3])
                    )
                )
                yield from (Pair(low, middle, ordered=True), Pair(middle, high, ordered=True))
        if found:
            variant, _, quantity = name.partition(".")
            n = parsed(found[1], f"n in the note of value {name}")
            if all_runs := value_of(report, f"{variant}.n"):
                yield Pair(n, all_runs, ordered=True)
            if quantity == "accuracy_solved" and (counts := counts_of(report, f"{variant}.solved")):
                yield Pair(n, counts[0])


def _printed_ranges(report: Report) -> Iterator[Pair]:
    for name, table in report.tables.items():
        if name.startswith("printed-"):
            for row in table.rows:
                if NUMBER.match(row[3].en):
                    place = f"table {name}, epoch {row[0].en}"
                    median = parsed(row[3].en, f"median in {place}")
                    low, high = (parsed(end, f"range in {place}") for end in row[4].en.split("–"))
                    yield Pair(low, median, ordered=True)
                    yield Pair(median, high, ordered=True)


# Both languages


def _languages(report: Report) -> Iterator[Pair]:
    """A number in one language is in the other; counts of numbers, then their sums."""
    for place, text in _texts(report):
        if ROUNDED_WORDS.search(text.zh) or ROUNDED_WORDS.search(text.en):
            continue
        numbers = [sorted(parsed(n, "").number for n in NUMBER.findall(words)) for words in text]
        if numbers[0] or numbers[1]:
            yield Pair(
                Shown(len(numbers[0]), f"how many numbers the Chinese {place} has"),
                Shown(len(numbers[1]), f"how many the English one has: {text.en[:60]!r}"),
            )
            if len(numbers[0]) == len(numbers[1]):
                for zh, en in zip(*numbers):
                    yield Pair(Shown(zh, f"Chinese {place}"), Shown(en, f"English {place}"))


def _texts(report: Report) -> Iterator[tuple[str, Text]]:
    for name, value in report.values.items():
        yield from ((f"value {name}", value.text), (f"note of value {name}", value.note))
    for name, claim in report.claims.items():
        yield f"claim {name}", claim.numbers
    for name, table in report.tables.items():
        yield from _cells(name, table)
    for name, figure in report.figures.items():
        yield from (
            (f"title of figure {name}", figure.title),
            (f"caption of figure {name}", figure.caption),
        )


def _cells(name: str, table: Table) -> Iterator[tuple[str, Text]]:
    for k, row in enumerate(table.rows, 1):
        for cell, column in zip(row, table.columns):
            yield f"cell of table {name}, row {k}, column '{column.en}'", cell


RELATIONS = [
    Relation(Text("各行之和等于合计", "rows add up to their total"), _totals),
    Relation(Text("表的合计等于正文里的数", "a total equals the value of it"), _totals_and_values),
    Relation(Text("n 等于存储中的训练次数", "n is the number of stored runs"), _runs),
    Relation(Text("各种结局的次数合计为 n", "numbers of fates add up to n"), _fates),
    Relation(Text("乘积之和加偏置等于输出", "sum and bias make the output"), _worked_examples),
    Relation(Text("个数不超过总数", "a count is no larger than its n"), _counts_within_n),
    Relation(
        Text(
            "比例等于个数之比，区间含它，两端由得分检验定出",
            "a share and its interval follow from k and n",
        ),
        _shares,
    ),
    Relation(Text("中位数在最小与最大之间", "a median lies between least and most"), _medians),
    Relation(
        Text("日志的中位数在范围之内", "the median of logs lies in their range"), _printed_ranges
    ),
    Relation(
        Text("论断里的数等于别处的同一个数", "a claim repeats a value"),
        claim_relations.claims_and_values,
    ),
    Relation(
        Text("论断的区间含它的估计", "a claim's interval holds its estimate"),
        claim_relations.claim_intervals,
    ),
    Relation(
        Text("判定与 p 值、区间相符", "verdict, p value and interval agree"),
        claim_relations.verdicts,
    ),
    Relation(Text("两种语言写同样的数", "both languages give the same numbers"), _languages),
]
