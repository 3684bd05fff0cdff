"""The figures of accuracy by epoch."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.evidence.estimates import curve
from report_builder.figures.training import accuracy, accuracy_by_epoch
from xo.variants import VARIANTS

from ..plain import PlainEvidence, runs
from ..rendering import EN, lines, strings


def test_accuracy_shows_percent_and_when_a_run_counts_as_solved(evidence, drawn):
    result = drawn("accuracy.baseline")
    (axes,) = result.drawing.figure.axes
    (median,) = lines(axes, "median")
    assert median.get_ydata() == pytest.approx(
        100 * np.median(curve(evidence.runs("baseline"), "test_accuracy"), axis=0)
    )
    levels = [
        line.get_ydata()[0]
        for line in lines(axes)
        if len(set(line.get_ydata())) == 1 and line.get_xdata()[0] == 0
    ]
    assert sorted(levels) == [50, 98]
    assert axes.get_xlim() == (0.5, 3.5) and axes.get_ylim()[0] < 50 and axes.get_ylim()[1] > 100
    assert result.drawing.title == "Baseline: 2 of 3 runs reach an accuracy of 98\u00a0%"


def test_accuracy_by_epoch_has_a_panel_for_each_variant_on_equal_axes(evidence, drawn):
    result = drawn("accuracy-by-epoch")
    panels = result.drawing.figure.axes
    assert len(panels) == len(evidence.variants) == len(VARIANTS)
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in panels}) == 1
    assert {line.get_color() for axes in panels for line in lines(axes, "median")} == {
        EN.color(v.name) for v in evidence.variants
    }
    assert strings(result).count("2 of 3 solve") == len(VARIANTS)
    assert result.drawing.title.startswith("16 of 24 runs reach")  # those that learn the classes


def test_a_blind_guess_names_the_most_common_class_among_what_is_tested():
    evidence = PlainEvidence(
        labels=[0, 0, 0, 1],
        baseline=runs([[0.5, 0.99]]),
        three_conv_wrong_folder=runs([[0.5, 0.99]], label_counts=(300, 1700)),
    )
    assert accuracy.measure(evidence, "baseline").blind == 0.75
    assert accuracy.measure(evidence, "three-conv-wrong-folder").blind == 0.85


@pytest.mark.parametrize(
    ("values", "one", "every"),
    [
        (
            [[0.5, 0.5], [0.5, 0.97]],
            "Baseline: 0 of 2 runs reach an accuracy of 98\u00a0%",
            "0 of 2 runs reach 98\u00a0%",
        ),
        (
            [[0.5, 0.98], [0.98, 1.0]],
            "Baseline: 2 of 2 runs reach an accuracy of 98\u00a0%",
            "2 of 2 runs reach 98\u00a0%, the earliest in epoch 1, the latest in epoch 2",
        ),
        (
            [[0.98, 0.5], [0.5, 0.98]],
            "Baseline: 1 of 2 runs reaches an accuracy of 98\u00a0%",
            "1 of 2 runs reaches 98\u00a0%, the earliest in epoch 2, the latest in epoch 2",
        ),
    ],
)
def test_titles_count_the_runs_that_end_solved(values, one, every):
    evidence = PlainEvidence(baseline=runs(values))
    assert accuracy.describe(accuracy.measure(evidence, "baseline")).title.en == one
    assert accuracy_by_epoch.describe(accuracy_by_epoch.measure(evidence)).title.en == every


def test_the_title_of_all_variants_leaves_out_those_that_learn_the_split():
    evidence = PlainEvidence(
        baseline=runs([[0.5]]), three_conv_wrong_folder=runs([[1.0]], label_counts=(1, 1))
    )
    numbers = accuracy_by_epoch.measure(evidence)
    assert len(numbers.panels) == 2 and [line.tolist() for line in numbers.compared] == [[0.5]]
    assert accuracy_by_epoch.describe(numbers).title.en.startswith("0 of 1 run")
