"""The figure of the loss."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report_builder.evidence.estimates import curve
from report_builder.figures.training import loss
from xo.variants import VARIANTS

from ...conftest import with_losses
from ..plain import PlainEvidence, runs
from ..rendering import assert_tidy, lines, render, strings


def test_loss_shows_every_seed_the_median_and_chance(evidence, drawn):
    runs, result = evidence.runs("baseline"), drawn("loss.baseline")
    upper, lower = result.drawing.figure.axes
    batch = np.array([run.array("batch_loss").ravel() for run in runs])
    (median,) = lines(upper, "median")
    assert median.get_ydata() == pytest.approx(np.median(batch, axis=0))
    assert median.get_xdata()[-1] == 3  # epochs
    thin = [
        line
        for line in lines(upper)
        if len(line.get_xdata()) == batch.shape[1] and line is not median
    ]
    assert [line.get_ydata().tolist() for line in thin] == batch.tolist()
    assert all(line.get_linewidth() < 1 < median.get_linewidth() for line in thin)
    for axes in (upper, lower):
        assert any(np.allclose(line.get_ydata(), np.log(2)) for line in lines(axes))
        assert axes.get_ylim()[0] < np.log(2) < axes.get_ylim()[1]
    train, test = lines(lower, "median")
    assert train.get_ydata() == pytest.approx(np.median(curve(runs, "train_loss"), axis=0))
    assert test.get_ydata() == pytest.approx(np.median(curve(runs, "test_loss"), axis=0))
    assert train.get_linestyle() == "-" != test.get_linestyle()
    assert (
        lower.get_yscale() == "log"
        and "nats" in lower.get_ylabel()
        and lower.get_xlabel() == "Epoch"
    )
    assert (
        "ln\u00a02 = 0.693 (even guess)" in strings(result)
        and "in 2 of 3 runs the loss leaves that of a blind guess" in result.drawing.title
    )
    assert upper.get_legend() is None and len(result.drawing.rows) == 3 * (batch.shape[1] + 2 * 3)


def test_loss_of_the_wrong_folder_also_shows_what_the_shares_alone_give(drawn):
    shares = np.array([12, 16]) / 28  # test and training images of the made-up study
    title = drawn("loss.three-conv-wrong-folder").drawing.alt
    assert f"{-(shares * np.log(shares)).sum():.3f}" in title


def test_a_loss_that_is_not_a_number_is_left_out_and_counts_as_the_worst(make_evidence):
    study = make_evidence(
        seeds=3, solving=3, epochs=2, variants=(VARIANTS["baseline"],), dense=(8,)
    )
    *others, lost = study.runs("baseline")
    study = replace(study, records={"baseline": (*others, with_losses(lost, float("nan")))})
    result = render("loss.baseline", study)
    assert_tidy(result)
    median = lines(result.drawing.figure.axes[1], "median")[0].get_ydata()
    assert np.isfinite(median).all()
    assert "in 2 of 3 runs the loss leaves" in result.drawing.title


def test_the_title_says_how_many_leave_chance_and_how_many_of_these_collapse():
    def title(values: list[list[float]]) -> str:
        numbers = loss.measure(PlainEvidence(baseline=runs(values)), "baseline")
        return loss.describe(numbers).title.en

    assert title([[0.5, 0.9, 0.5], [0.5, 0.9, 0.9], [0.5, 0.5, 0.5]]) == (
        "Baseline: in 2 of 3 runs the loss leaves that of a blind guess; 1 of these collapsed"
    )
    assert title([[0.5, 1.0], [0.5, 0.5]]) == (
        "Baseline: in 1 of 2 runs the loss leaves that of a blind guess; none of these collapsed"
    )
    assert title([[0.5], [0.5]]) == (
        "Baseline: in 0 of 2 runs the loss leaves that of a blind guess"
    )


def test_guessing_by_the_shares_of_uneven_classes_loses_less_than_guessing_evenly():
    (run,) = runs([[0.5]], 0.2, label_counts=(300, 1700))
    numbers = loss.measure(PlainEvidence(baseline=[run]), "baseline")
    assert numbers.blind == pytest.approx(-0.15 * np.log(0.15) - 0.85 * np.log(0.85))
    assert numbers.even == pytest.approx(np.log(2))
    assert numbers.batch.shape == (1, 1, 2) and len(loss.describe(numbers).rows) == 2 + 2


def test_a_loss_that_is_not_a_number_is_measured_as_infinite():
    (lost,) = runs([[0.5]], float("nan"), label_counts=(1, 1))
    numbers = loss.measure(PlainEvidence(baseline=[lost]), "baseline")
    assert np.isinf(numbers.train).all() and np.isinf(numbers.batch).all()
