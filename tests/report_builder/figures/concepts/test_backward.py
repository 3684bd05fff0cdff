"""Gradients: the numbers drawn are those recorded, and follow from one another."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.concepts import gradient_routing, kernel_gradient
from report_builder.figures.toolkit import pixels
from report_builder.text import hundredths, percent

from ..pictures import EN, contains, drawn, words


def test_a_kernels_gradient_is_drawn_beside_the_share_of_one_window(evidence):
    record, numbers = evidence.demonstrations["backward"], kernel_gradient.measure(evidence)
    figure, text = drawn(kernel_gradient, numbers), kernel_gradient.describe(numbers)
    limit, below = pixels.largest([record.array("above")]), numbers.row + 4  # of the frames
    gradient = record.array("above")[below:]
    assert gradient.any()
    assert contains(figure, pixels.shades(gradient, -limit, limit, EN.diverging))
    assert contains(figure, pixels.as_rgb(record.array("image")[below:]))
    assert [row["by_hand"] for row in text.rows] == record.array("by_hand").ravel().tolist()
    window = record.facts["upstream"] * record.array("pixels")
    assert [row["share_of_window"] for row in text.rows] == pytest.approx(window.ravel().tolist())


def test_small_gradients_are_written_with_what_they_are_to_be_multiplied_by(evidence):
    numbers = kernel_gradient.measure(evidence)
    small = numbers._replace(by_hand=np.full((1, 3, 3), 0.00025), window=np.full((1, 3, 3), 0.5))
    shown = words(drawn(kernel_gradient, small))
    assert shown.count("2.50") == 9 and shown.count("0.50") == 9 and "× 0.0001" in shown


def test_max_pooling_passes_on_to_one_value_and_mean_pooling_to_four(evidence):
    record, numbers = evidence.demonstrations["backward"], gradient_routing.measure(evidence)
    figure, text = drawn(gradient_routing, numbers), gradient_routing.describe(numbers)
    shares = [percent(record.facts[f"share_{kind}"]) for kind in ("max", "mean")]
    assert all(share in text.title.en and share in text.title.zh for share in shares)
    for i, j in np.ndindex(2, 2):
        square = np.s_[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
        assert np.count_nonzero(numbers.back["max"][square]) <= 1
        assert np.count_nonzero(numbers.back["mean"][square]) in (0, 4)
    shown = words(figure)
    assert all(shown.count(hundredths(value)) >= 2 for value in numbers.map.ravel())
    assert len(text.rows) == 16 and sum(row["through_max"] for row in text.rows) == pytest.approx(
        numbers.back["max"].sum()
    )
