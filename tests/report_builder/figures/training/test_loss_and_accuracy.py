"""The figure of loss against accuracy."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.evidence.training_course import assigned_runs
from report_builder.figures.training import loss_and_accuracy
from report_builder.figures.training.loss_and_accuracy import LossAndAccuracy

from ..pictures import drawn as draw_plain
from ..rendering import lines


def numbers(loss: list[float], accuracy: list[float], flat: list[bool]) -> LossAndAccuracy:
    n = len(loss)
    return LossAndAccuracy(
        ("baseline",) * n,
        (0,) * n,
        tuple(range(1, n + 1)),
        np.array(loss),
        np.array(accuracy),
        np.array(flat, dtype=bool),
        float(np.log(2)),
        "0.069",
        1,
    )


def test_every_epoch_of_runs_that_learn_the_classes_is_a_row(evidence, drawn):
    runs = assigned_runs(evidence)
    result = drawn("loss-and-accuracy")
    assert len(result.drawing.rows) == sum(len(run.epochs) for run in runs)
    assert f"{len(runs)} runs with the classes as labels" in result.drawing.caption


def test_epochs_that_print_guessing_are_filled_and_their_range_is_the_title():
    measured = numbers([0.69, 0.68, 0.692, 0.01, 0.75], [0.5, 0.93, 0.7, 1, 0.5], [1, 1, 1, 0, 0])
    assert loss_and_accuracy.describe(measured).title.en == (
        "3 epochs that print 0.069 throughout end with accuracies from 50\u00a0% to 93\u00a0%"
    )
    figure = draw_plain(loss_and_accuracy, measured)
    whole, near = figure.axes
    (flat,), (others,) = lines(whole, "flat"), lines(whole, "other")
    assert sorted(flat.get_ydata()) == pytest.approx([50, 70, 93])
    assert sorted(others.get_ydata()) == pytest.approx([50, 100])
    (others,) = lines(near, "other")
    assert len(others.get_xdata()) == 0  # too far from the loss of guessing


def test_points_on_one_pixel_are_drawn_once_and_stay_in_the_data():
    measured = numbers([0.69314, 0.69315, 0.69316], [0.5, 0.5, 0.5], [1, 1, 1])
    whole, _ = draw_plain(loss_and_accuracy, measured).axes
    assert len(lines(whole, "flat")[0].get_xdata()) == 1
    assert len(loss_and_accuracy.describe(measured).rows) == 3


def test_without_such_epochs_the_title_claims_nothing():
    title = loss_and_accuracy.describe(numbers([0.1], [0.9], [False])).title
    assert title.en == "Test loss and accuracy at the end of each epoch"
    assert title.zh == "轮末的测试损失与准确率"
