"""The figure of sizes before training."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.training import signal
from tests.report_builder.made_up_study import with_settings

from ..rendering import lines, strings


def test_a_line_for_each_network_that_differs_before_training(evidence, drawn):
    result = drawn("signal")
    lower, upper = result.drawing.figure.axes
    names = [line.get_gid() for line in lines(upper) if line.get_gid()]
    assert names[:2] == ["baseline", "three-conv"] and len(names) == len(set(names))
    assert "three-conv-uneven" not in names
    assert [label.get_text() for label in lower.get_xticklabels()] == [
        *("conv1", "conv2", "conv3", "dense1", "dense2", "logits")
    ]
    (line,) = [line for line in lines(upper) if line.get_gid() == "baseline"]
    sizes = [
        [layer.activation for layer in run.untrained] for run in evidence.runs("baseline")
    ]  # (seeds, layers)
    assert line.get_ydata() == pytest.approx(np.median(sizes, axis=0))
    assert line.get_xdata().tolist() == [0, 1, 3, 4, 5]  # it has no conv3
    assert "Three convolutions" in strings(result)


def test_another_rate_is_the_same_network_and_another_initialisation_is_not(make_evidence):
    numbers = signal.measure(with_settings(make_evidence))
    assert [each.variant.name for each in numbers.networks] == ["baseline", "kaiming"]
    assert {row["variant"] for row in signal.describe(numbers).rows} == {"baseline", "kaiming"}
