"""The figure of when seeds first solve, with those that collapse and those that are censored."""

from __future__ import annotations

import pytest

from report_builder.figures.comparison import escape

from ..plain import PlainEvidence, runs
from ..rendering import EN, lines, strings


def test_escape_counts_seeds_from_the_epoch_in_which_they_reach_98_percent(evidence, drawn):
    result = drawn("escape")
    (axes,) = result.drawing.figure.axes
    steps = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert set(steps) == {v.name for v in evidence.variants if v.labels == "class"}
    assert steps["baseline"].get_ydata()[-1] == pytest.approx(
        200 / 3
    ) and "Baseline  2/3" in strings(result)
    n = len(steps)  # of three seeds each, of which one does not solve
    assert result.drawing.title == (
        f"{2 * n} of {3 * n} seeds reach 98\u00a0%, in epoch 3; {n} have not by the end of training"
    )
    last = [row for row in result.drawing.rows if row["variant"] == "baseline"][-1]
    assert (last["reached"], last["collapsed_before"], last["n"]) == (2, 0, 3)


def test_a_seed_that_falls_back_has_reached_it_and_one_that_might_still_is_censored():
    values = [[0.5, 0.98, 0.5], [0.98, 0.98, 0.98], [0.5, 0.5, 0.97]]
    numbers = escape.measure(PlainEvidence(baseline=runs(values)))
    (line,) = numbers.lines
    assert line.first_solved.tolist() == [2, 1, float("inf")]
    assert line.collapse.tolist() == [3, float("inf"), float("inf")]
    assert line.share == pytest.approx([1 / 3, 2 / 3, 2 / 3])
    assert (line.reached, line.lost.tolist(), line.fallen_back, line.censored) == (
        2,
        [False] * 3,
        1,
        1,
    )
    description = escape.describe(numbers)
    assert description.title.en == (
        "2 of 3 seeds reach 98\u00a0%, between epoch 1 and epoch 2; "
        "1 has not by the end of training"
    )
    assert "Baseline: 2/3 reached it, 1 censored" in description.alt.en
    assert [row["reached"] for row in description.rows] == [1, 2, 2]


def test_a_seed_that_collapses_before_is_not_censored():
    values = [[0.5, 0.9, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 1.0]]
    numbers = escape.measure(PlainEvidence(baseline=runs(values)))
    (line,) = numbers.lines
    assert (line.lost.tolist(), line.censored) == ([True, False, False], 1)
    description = escape.describe(numbers)
    assert description.title.en == (
        "1 of 3 seeds reaches 98\u00a0%, in epoch 4; 1 collapses before; "
        "1 has not by the end of training"
    )
    assert [row["collapsed_before"] for row in description.rows] == [0, 0, 1, 1]
    assert "In 1 of the 1 that collapsed, some layer responds to none" in description.caption.en
    (axes,) = escape.draw(numbers, EN).axes
    crosses = [line.get_xydata().tolist() for line in lines(axes) if line.get_marker() == "x"]
    ends = [line.get_xydata().tolist() for line in lines(axes) if line.get_marker() == "|"]
    assert crosses == [[[3, 0]]] and ends == [[[4, pytest.approx(100 / 3)]]]


def test_where_every_seed_reaches_it_or_collapses_none_is_censored():
    numbers = escape.measure(PlainEvidence(baseline=runs([[0.5, 0.9, 0.5], [0.5, 1.0, 1.0]])))
    assert escape.describe(numbers).title.en == (
        "1 of 2 seeds reaches 98\u00a0%, in epoch 2; 1 collapses before"
    )
    (axes,) = escape.draw(numbers, EN).axes
    assert "|" not in [line.get_marker() for line in lines(axes)]


def test_the_title_says_that_no_run_reaches_it():
    numbers = escape.measure(PlainEvidence(baseline=runs([[0.5], [0.5]])))
    assert escape.describe(numbers).title.en == (
        "None of 2 seeds reaches 98\u00a0%; 2 have not by the end of training"
    )
