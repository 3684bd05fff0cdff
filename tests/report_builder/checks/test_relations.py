"""Each relation looks at something, holds of a report as computed, and names both places where one
number is changed.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from msgspec.structs import replace

from report_builder.assemble import assemble, outline
from report_builder.checks import relations
from report_builder.checks.shown_numbers import Pair, Shown, parsed
from report_builder.results.compute import compute
from report_builder.results.report import Reading, Report, RunCounts, Value
from report_builder.text import Text, same
from xo.store.store import Store
from xo.variants import VARIANTS


@pytest.fixture(scope="module")
def report(evidence) -> Report:
    outlined = outline(evidence, RunCounts(0, 0), Store(Path("runs")))
    made = assemble(outlined, evidence, compute(evidence), [])
    # made-up runs are too short to be compared with a log
    for column, text in ((3, "0.0500"), (4, "0.0400–0.0600")):
        made = with_cell(made, "printed-baseline", 2, column, text)
    return made


def with_value(report: Report, name: str, text: str, note: str | None = None) -> Report:
    old = report.values[name]
    new = Value(same(text), old.note if note is None else same(note))
    return replace(report, values=report.values | {name: new})


def with_cell(report: Report, table: str, row: int, column: int, text: str) -> Report:
    old = report.tables[table]
    rows = [list(cells) for cells in old.rows]
    rows[row][column] = same(text)
    new = replace(old, rows=tuple(map(tuple, rows)))
    return replace(report, tables=report.tables | {table: new})


def with_claim(report: Report, name: str, numbers: Text | None = None, **changes) -> Report:
    old = report.claims[name]
    return replace(
        report,
        claims=report.claims | {name: replace(old, numbers=numbers or old.numbers, **changes)},
    )


def test_all_relations_hold_and_each_looks_at_something(report):
    assert list(relations.faults(report)) == []
    for relation in relations.RELATIONS:
        assert next(relation.pairs(report), None), relation.words.en


BROKEN = {
    "rows add up": (
        partial(with_cell, table="layers.baseline", row=0, column=2, text="91"),
        "sum of table layers.baseline, column 'Parameters'",
        "its total in table layers.baseline",
    ),
    "a total equals the value": (
        partial(with_value, name="data.test_images", text="301"),
        "total of table data, column 4",
        "value data.test_images, 301",
    ),
    "n is the number": (
        partial(with_value, name="baseline.n", text="7"),
        "value baseline.n, 7",
        "number of runs of baseline in the store",
    ),
    "numbers of fates": (
        partial(with_value, name="baseline.fates.collapsed", text="99"),
        "sum of baseline.fates",
        "value baseline.n",
    ),
    "sum and bias": (
        partial(with_value, name="windows.bias", text="9.750"),
        "windows.sum + windows.bias",
        "value windows.output",
    ),
    "no larger than its n": (
        partial(with_value, name="baseline.solved", text="9 of 5"),
        "value baseline.solved, 9",
        "value baseline.solved, 5",
    ),
    "a share and its interval": (
        partial(with_value, name="baseline.solved_share", text="41 % [90, 95]"),
        "interval of value baseline.solved_share, 90",
        "in percent, value baseline.solved_share",
    ),
    "between least and most": (
        partial(
            with_value,
            name="baseline.escape_epoch",
            text="7",
            note="median of n = 2 seeds; least 8, most 9",
        ),
        "least of value baseline.escape_epoch, 8",
        "median of value baseline.escape_epoch, 7",
    ),
    "logs lies in their range": (
        partial(with_cell, table="printed-baseline", row=2, column=4, text="0.9000–0.9500"),
        "range in table printed-baseline, epoch 3, 0.9",
        "median in table printed-baseline, epoch 3",
    ),
    "a claim repeats": (
        partial(with_claim, name="pooling-saves-parameters", numbers=same("4,452,695 against 1")),
        "claim pooling-saves-parameters, 4452695",
        "value baseline.parameters",
    ),
    "a claim's interval": (
        partial(
            with_claim,
            name="11-channels-are-fine",
            numbers=same("1 of 4 runs solve it, 95 % interval 40 to 96 %"),
        ),
        "interval of claim 11-channels-are-fine, 40",
        "1 of 4 in percent, claim 11-channels-are-fine, 25",
    ),
    "verdict, p value": (
        partial(
            with_claim,
            name="no-pooling-learns-slowly",
            numbers=same("permutation test p = 0.20"),
            verdict="supported",
            p=0.2,
        ),
        "p that decides claim no-pooling-learns-slowly, 0.2",
        "the bound of a test, 0.05",
    ),
    "both languages": (
        partial(
            with_claim, name="conv3-leaves-12x12", numbers=Text("算得 12×12", "computed: 12×13")
        ),
        "Chinese claim conv3-leaves-12x12, 12",
        "English claim conv3-leaves-12x12, 13",
    ),
}


@pytest.mark.parametrize("relation", BROKEN)
def test_a_changed_number_is_one_line_that_names_both_places(report, relation):
    change, first, second = BROKEN[relation]
    lines = [line for line in relations.faults(change(report)) if f"{relation}" in line]
    assert any(first in line and second in line for line in lines), lines
    assert all(line.endswith("one of the two is wrong") and "\n" not in line for line in lines)


def test_a_claim_that_names_variants_repeats_their_counts(report):
    title, counts = VARIANTS["baseline"].en, report.values["baseline.solved"].text.en.split(" of ")
    right = same(f"solved/all: “{title}” {counts[0]}/{counts[1]}")
    wrong = same(f"solved/all: “{title}” {counts[0]}/{int(counts[1]) + 1}")
    for numbers, faults in ((right, 0), (wrong, 1)):
        lines = relations.faults(with_claim(report, "seed-decides", numbers))
        assert len([each for each in lines if "baseline in claim seed-decides" in each]) == faults


def test_where_fresh_seeds_decide_a_claim_values_repeat_the_numbers_over_all_seeds(report):
    name = "15-channels-are-worse"
    numbers = report.claims[name].numbers
    beside = (Reading(Text("全部种子", "all seeds"), "undecided", numbers),)
    fresh = Text("学会 1/1 对 1/1", "1 of 1 against 1 of 1 solve it")
    decided = with_claim(report, name, fresh, beside=beside)
    assert not [line for line in relations.faults(decided) if "repeats a value" in line]
    wrong = with_claim(decided, name, beside=(replace(beside[0], numbers=fresh),))
    assert [line for line in relations.faults(wrong) if f"claim {name}" in line]


def test_every_relation_is_broken_by_one_of_these():
    words = [relation.words.en for relation in relations.RELATIONS]
    assert all(sum(part in each for part in BROKEN) == 1 for each in words)


@pytest.mark.parametrize(
    "numbers, verdict, holds",
    [
        ("2 of 5 against 4 of 5, interval of the difference −1 to +70 points", "supported", 0),
        ("2 of 5 against 4 of 5, interval of the difference −1 to +70 points", "undecided", 1),
        ("2 of 5 against 4 of 5, interval of the difference +1 to +70 points", "supported", 1),
        (
            "2 of 5 against 4 of 5, interval of the difference +60 to +70 points",
            "supported",
            0,
        ),
        ("p = 0.01, interval of the difference −1 to +70 points", "undecided", 0),
        ("p = 0.01, interval of the difference +1 to +70 points", "undecided", 1),
        ("p = 1.6 × 10⁻³⁰", "supported", 1),
    ],
)
def test_test_interval_and_verdict_of_a_claim_agree(report, numbers, verdict, holds):
    changed = with_claim(report, "1x1-saves-work", same(numbers), verdict=verdict, n=10)
    changed = replace(changed, claims={"one": changed.claims["1x1-saves-work"]})
    assert (list(relations.faults(changed)) == []) == bool(holds)


def test_a_p_value_that_decides_is_the_one_shown_and_decides(report):
    claim = replace(report.claims["1x1-saves-work"], numbers=same("log-rank test p = 0.073"))

    def holds(**changes) -> bool:
        return not list(relations.faults(Report(claims={"one": replace(claim, **changes)})))

    assert holds(verdict="undecided", p=0.0731) and not holds(verdict="undecided", p=0.08)
    assert not holds(verdict="refuted", p=0.0731)


@pytest.mark.parametrize(
    "numbers, holds",
    [
        ("without it +0.2 points (95 % interval −0.8 to +1.2) more", True),
        ("without it +1.5 points (95 % interval −0.8 to +1.2) more", False),
        ("a ratio of 5.7 (geometric mean), 95 % interval 3.0 to 11", True),
        ("a ratio of 2.7 (geometric mean), 95 % interval 3.0 to 11", False),
    ],
)
def test_an_estimate_lies_in_its_interval(report, numbers, holds):
    claim = replace(report.claims["1x1-saves-work"], numbers=same(numbers), verdict="undecided")
    assert (not list(relations.faults(Report(claims={"one": claim})))) == holds


@pytest.mark.parametrize(
    "text, number, off",
    [
        ("4,452,694", 4452694, 0),
        ("−0.50", -0.5, 0.005),
        ("+57", 57, 0),
        ("99.7 %", 99.7, 0.05),
        ("12 %", 12, 0.5),
        ("1.6 × 10⁻³⁰", 1.6e-30, 0.05e-30),
    ],
)
def test_a_number_is_read_back_with_what_rounding_took(text, number, off):
    found = parsed(text, "here")
    assert found.number == pytest.approx(number, rel=1e-12)
    assert found.off == pytest.approx(off, rel=1e-12) and found.place == "here"


def test_a_pair_holds_within_rounding():
    a, b = Shown(1.04, "a", 0.005), Shown(1.0, "b", 0.05)
    assert Pair(a, b).holds and not Pair(a, b._replace(off=0.03)).holds
    assert Pair(b, a, ordered=True).holds and Pair(a, b, ordered=True).holds
    assert not Pair(Shown(2, "a"), Shown(1, "b"), ordered=True).holds
    with pytest.raises(ValueError, match="here: no number in 'none'"):
        parsed("none", "here")


@pytest.mark.parametrize(
    "numbers, holds",
    [  # Clopper and Pearson: 0 of 5 and 15 of 15 have an end at 1 - 0.025 ** (1 / n) from theirs
        ("0 of 5 runs, 95 % interval 0 to 52 %", True),
        ("0 of 5 runs, 95 % interval 0 to 43 %", False),
        ("15 of 15 runs, 95 % interval 78 to 100 %", True),
        ("15 of 15 runs, 95 % interval 80 to 100 %", False),
        ("19 of 24 runs, 95 % interval 58 to 93 %", True),
        ("19 of 24 runs, 95 % interval 60 to 91 %", False),
    ],
)
def test_the_interval_of_a_claim_is_the_exact_one(report, numbers, holds):
    n = int(numbers.split()[2])
    claim = report.claims["1x1-saves-work"]
    claim = replace(claim, numbers=same(numbers), verdict="undecided", n=n)
    assert (not list(relations.faults(Report(claims={"one": claim})))) == holds
