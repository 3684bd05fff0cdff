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
    assert result.drawing.title == "Baseline, 3 runs: 2 solved, 1 never left chance"
    assert {"2 solved", "1 never left chance"} <= set(strings(result))  # the key


def test_accuracy_by_epoch_has_a_panel_for_each_variant_on_equal_axes(evidence, drawn):
    result = drawn("accuracy-by-epoch")
    panels = result.drawing.figure.axes
    assert len(panels) == len(evidence.variants) == len(VARIANTS)
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in panels}) == 1
    assert {line.get_color() for axes in panels for line in lines(axes, "median")} == {
        EN.color(v.name) for v in evidence.variants
    }
    for axes in panels:
        assert [text.get_text() for text in axes.texts][:2] == ["2", "1"]  # solved, never left
    # of those that learn the classes
    n = sum(variant.labels == "class" for variant in evidence.variants)
    assert result.drawing.title == f"{3 * n} runs: {2 * n} solved, {n} never left chance"


def test_a_blind_guess_names_the_most_common_class_among_what_is_tested():
    evidence = PlainEvidence(
        labels=[0, 0, 0, 1],
        baseline=runs([[0.5, 0.99]]),
        three_conv_wrong_folder=runs([[0.5, 0.99]], label_counts=(300, 1700)),
    )
    assert accuracy.measure(evidence, "baseline").blind == 0.75
    assert accuracy.measure(evidence, "three-conv-wrong-folder").blind == 0.85


def test_titles_count_how_the_runs_ended():
    values = [[0.5, 0.98], [0.98, 0.5], [0.5, 0.75], [0.5, 0.5], [0.98, 1.0]]
    evidence = PlainEvidence(baseline=runs(values))
    fates = "2 solved, 1 unsettled, 1 collapsed, 1 never left chance"
    one = accuracy.describe(accuracy.measure(evidence, "baseline"))
    every = accuracy_by_epoch.describe(accuracy_by_epoch.measure(evidence))
    assert one.title.en == f"Baseline, 5 runs: {fates}" and every.title.en == f"5 runs: {fates}"
    for description in (one, every):
        assert fates in description.alt.en and fates in description.caption.en
        assert [row["fate"] for row in description.rows[2:4]] == ["collapsed"] * 2


def test_a_seed_is_drawn_in_the_color_and_ends_in_the_mark_of_its_fate():
    numbers = accuracy.measure(PlainEvidence(baseline=runs([[0.5, 0.98], [0.98, 0.5]])), "baseline")
    axes = accuracy.draw(numbers, EN).axes[0]
    ends = {
        line.get_marker(): (line.get_xydata().tolist(), line.get_color())
        for line in lines(axes)
        if len(line.get_xdata()) == 1
    }
    assert ends == {
        "o": ([[2, 98]], EN.color("solved")),
        "x": ([[2, 50]], EN.color("collapsed")),
    }
    thin = [line.get_color() for line in lines(axes) if line.get_linewidth() < 0.9]
    assert thin == [EN.color("solved"), EN.color("collapsed")]


def test_the_title_of_all_variants_leaves_out_those_that_learn_the_split():
    evidence = PlainEvidence(
        baseline=runs([[0.5]]), three_conv_wrong_folder=runs([[1.0]], label_counts=(1, 1))
    )
    numbers = accuracy_by_epoch.measure(evidence)
    assert len(numbers.panels) == 2 and numbers.compared == ["never left chance"]
    assert accuracy_by_epoch.describe(numbers).title.en == "1 run: 1 never left chance"
