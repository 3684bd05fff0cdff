"""Calibration: bins that one can count, and answers to shifted images."""

from __future__ import annotations

import numpy as np
import pytest

from tests.xo.records import untrained
from xo.demonstrations import calibration
from xo.demonstrations.calibration import Judged, bins, calibration_error
from xo.demonstrations.table import Unavailable

NOTHING = np.zeros(4, bool)


def test_answers_are_counted_by_their_probability():
    judged = Judged(np.array([0.55, 0.65, 0.65, 1.0]), np.array([1, 0, 1, 1], bool), NOTHING)
    count, right, probability = bins(judged)
    assert count.tolist() == [0, 1, 2, 0, 0, 0, 0, 0, 1]
    assert right.tolist() == [0, 1, 1, 0, 0, 0, 0, 0, 1]
    assert probability[[1, 2, 8]] == pytest.approx([0.55, 0.65, 1])


def test_a_bound_belongs_to_the_bin_below_it():
    count, _, _ = bins(Judged(np.array([0.0, 0.5, 0.6, 0.999]), NOTHING, NOTHING))
    assert count.tolist() == [2, 1, 0, 0, 0, 0, 0, 1, 0]


def test_the_error_is_the_gap_of_accuracy_and_probability_weighted_by_answers():
    count, right, probability = np.array([2, 0, 6]), np.array([1, 0, 3]), np.array([0.6, 0, 0.9])
    assert calibration_error(count, right, probability) == pytest.approx((2 * 0.1 + 6 * 0.4) / 8)


def test_every_answer_to_shifted_images_is_in_a_bin(small):
    few = small.subset(10, 2)
    facts, arrays = calibration.calibration(untrained(few, "baseline"), few)
    assert facts["test_answers"] == arrays["test.count"].sum() == 4
    assert facts["shifted_answers"] == arrays["shifted.count"].sum() == 2 * 8 * 4
    assert len(arrays["by_shift.right"]) == 9
    assert arrays["by_shift.right"][0] == pytest.approx(facts["test_accuracy"])
    assert arrays["by_shift.unlike"][-1] >= arrays["by_shift.unlike"][0]


def test_images_that_are_too_small_to_shift_are_left_out(small, monkeypatch):
    monkeypatch.setattr(calibration, "MOST", 40)
    with pytest.raises(Unavailable):
        calibration.calibration(untrained(small, "baseline"), small)


def test_images_of_no_class_get_a_class_and_are_told_from_the_training_images(small):
    few = small.subset(20, 2)
    facts, _ = calibration.odd_images(untrained(few, "baseline"), few)
    assert [each["shown"] for each in facts["answers"]] == ["inverted", "noise", "pixel", "nothing"]
    assert all(each["class"] in small.classes for each in facts["answers"])
    assert all("ink_share" in each["unlike_in"] for each in facts["answers"])
    assert facts["images"] == facts["unlike"] == 4
