"""The figure of when seeds escape from chance."""

from __future__ import annotations

import pytest

from report_builder.figures.comparison import escape

from ..plain import PlainEvidence, runs
from ..rendering import strings


def test_escape_counts_seeds_from_the_epoch_in_which_they_reach_98_percent(evidence, drawn):
    result = drawn("escape")
    (axes,) = result.drawing.figure.axes
    steps = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert set(steps) == {v.name for v in evidence.variants if v.labels == "class"}
    assert steps["baseline"].get_ydata()[-1] == pytest.approx(
        200 / 3
    ) and "Baseline  2/3" in strings(result)
    assert "8 of 24 never do" in result.drawing.title
    last = [row for row in result.drawing.rows if row["variant"] == "baseline"][-1]
    assert (last["escaped"], last["n"]) == (2, 3)


def test_a_seed_that_falls_back_has_escaped_and_one_that_never_solves_is_censored():
    values = [[0.5, 0.98, 0.5], [0.98, 0.98, 0.98], [0.5, 0.5, 0.97]]
    (line,) = escape.measure(PlainEvidence(baseline=runs(values))).lines
    assert line.first_solved.tolist() == [2, 1, float("inf")]
    assert line.share == pytest.approx([1 / 3, 2 / 3, 2 / 3]) and line.solved == 2
    description = escape.describe(escape.Escape((line,)))
    assert description.title.en == (
        "Seeds first reach 98\u00a0% between epoch 1 and epoch 2; 1 of 3 never do"
    )
    assert [row["escaped"] for row in description.rows] == [1, 2, 2]


def test_the_title_says_that_no_run_escapes():
    numbers = escape.measure(PlainEvidence(baseline=runs([[0.5], [0.5]])))
    assert escape.describe(numbers).title.en == "None of 2 runs reaches 98\u00a0%"
