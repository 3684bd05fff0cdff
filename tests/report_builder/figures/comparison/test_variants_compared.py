"""The figures with a row for each variant."""

from __future__ import annotations

import numpy as np

from report_builder.evidence.estimates import epoch_seconds
from report_builder.figures.comparison import cost_and_success, variants_compared

from ..plain import PlainEvidence, runs
from ..rendering import lines, strings


def test_variants_compared_shows_three_measures(evidence, drawn):
    result = drawn("variants-compared")
    panels = result.drawing.figure.axes
    row = {row["variant"]: row for row in result.drawing.rows}["three-conv"]
    assert len(panels) == 3 and panels[1].get_xscale() == panels[2].get_xscale() == "log"
    assert row["parameters"] == evidence.runs("three-conv")[0].parameters
    dots = [
        [line.get_xdata()[0] for line in lines(axes) if line.get_marker() == "o"] for axes in panels
    ]
    assert dots[1] == [run["parameters"] for run in result.drawing.rows]
    assert row["epoch_seconds_median"] == np.median([2 + seed / 4 + 1 / 8 for seed in range(3)])
    assert {"Final accuracy (%)", "Parameters (log)", "Seconds per epoch (log)"} <= set(
        strings(result)
    )


def test_cost_and_success_orders_networks_by_the_share_that_solves(drawn):
    result = drawn("cost-and-success")
    shares, seconds, parameters = result.drawing.figure.axes
    assert "2/3" in strings(result) and seconds.get_xscale() == parameters.get_xscale() == "log"
    assert [row["solved"] / row["n"] for row in result.drawing.rows] == sorted(
        (row["solved"] / row["n"] for row in result.drawing.rows), reverse=True
    )
    assert "cannot be told apart" in result.drawing.title  # three seeds each part nothing


def two_variants(seconds: float) -> PlainEvidence:
    return PlainEvidence(
        baseline=runs([[0.5], [1.0]], parameters=2_000_000, epoch_seconds=(2.0, 4.0)),
        features=runs([[1.0], [1.0]], parameters=5_000, epoch_seconds=(seconds,)),
    )


def test_every_seed_counts_alike_in_the_seconds_of_an_epoch_as_it_does_in_the_values():
    slow = runs([[1.0]], parameters=1, epoch_seconds=(9.0,))
    fast = runs([[1.0]], parameters=1, epoch_seconds=(1.0,) * 10)
    evidence = PlainEvidence(baseline=[*slow, *slow, *fast])
    (row,) = variants_compared.measure(evidence).rows
    assert list(row.seconds) == [9.0, 9.0, 1.0] == list(epoch_seconds(evidence.runs("baseline")))
    assert row.median_seconds == 9.0


def test_the_title_gives_the_span_of_seconds_and_parameters():
    titles = [
        variants_compared.describe(variants_compared.measure(two_variants(seconds))).title.en
        for seconds in (6.0, 3.0)
    ]
    assert titles == [
        "Seconds per epoch from 3.0 (Baseline) to 6.0 (Low, middle and high features), "
        "parameters from 5,000 to 2.00\u00a0million",
        "An epoch takes 3.0 s with each network; parameters from 5,000 to 2.00\u00a0million",
    ]


def test_cost_and_success_puts_the_larger_share_first():
    numbers = cost_and_success.measure(two_variants(6.0))
    assert [row.variant.name for row in numbers.by_success] == ["features", "baseline"]
    assert cost_and_success.describe(numbers).title.en == (
        '"Low, middle and high features" takes 2.0 times as long an epoch as "Baseline"; '
        "the shares that solve the task cannot be told apart"
    )
