"""The sliding window: products that add up to the values of the map."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.concepts import sliding_window
from report_builder.text import hundredths

from ..pictures import drawn, words


def test_shows_the_products_that_add_up(evidence):
    record, numbers = evidence.demonstrations["windows"], sliding_window.measure(evidence)
    rows, shown = sliding_window.describe(numbers).rows, words(drawn(sliding_window, numbers))
    image, kernel = record.array("image"), record.array("kernel")
    row, column = record.facts["start"]
    assert len(rows) == 4 * 9
    for step in range(4):
        window = image[row : row + 3, column + step : column + step + 3] / 255
        ours = rows[9 * step : 9 * step + 9]
        products = [each["product"] for each in ours]
        assert products == pytest.approx((window * kernel).ravel().tolist())
        output = float(record.array("map")[row, column + step])
        assert ours[0]["output"] == pytest.approx(output)
        assert sum(products) + record.facts["bias"] == pytest.approx(output)
        assert any(text.endswith(f"= {hundredths(output)}") for text in shown)


def test_a_step_is_one_pixel_to_the_right(evidence):
    windows = sliding_window.measure(evidence).windows
    assert np.array_equal(windows[1:, ..., :-1], windows[:-1, ..., 1:])
