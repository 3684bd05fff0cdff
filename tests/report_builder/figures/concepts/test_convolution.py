"""The small convolution: the sum in words, sizes under padding and stride, the dense matrix."""

from __future__ import annotations

import numpy as np

from report_builder.figures.concepts import dense_matrix, padding_stride, small_convolution
from report_builder.figures.concepts.cells import pixel_colors, power_of_ten, unit_of, whole_number
from report_builder.figures.toolkit import pixels

from ..pictures import EN, contains, drawn, words


def test_the_first_window_adds_up_to_the_first_output(evidence):
    numbers = small_convolution.measure(evidence)
    text, figure = small_convolution.describe(numbers), drawn(small_convolution, numbers)
    assert numbers.products[0, 0].sum() == numbers.output[0, 0] == text.rows[0]["output"]
    assert f"= {whole_number(numbers.output[0, 0])}" in text.title.en
    below = numbers.image[4:]  # the frame around the first window
    image = pixels.enlarged(pixel_colors(below), small_convolution.CELL)
    assert contains(figure, image)
    assert words(figure).count("−0") == 0


def test_every_case_of_padding_and_stride_is_drawn_with_its_size_and_outputs(evidence):
    numbers = padding_stride.measure(evidence)
    figure = drawn(padding_stride, numbers)
    assert {"5×5 → 3×3", "7×7 → 5×5", "5×5 → 2×2", "7×7 → 3×3"} <= set(words(figure))
    assert len(padding_stride.describe(numbers).rows) == 9 + 25 + 4 + 9
    far = max(abs(output).max() for output in numbers.outputs.values())
    for output in numbers.outputs.values():
        if len(output) > 2:  # below the frame around the first one
            colors = pixels.shades(output[2:], -far, far, EN.diverging)
            assert contains(figure, pixels.enlarged(colors, padding_stride.CELL))
    # a small frame for each output
    assert len([each for each in figure.artists if hasattr(each, "get_width")]) == 47


def test_the_third_matrix_names_the_kernels_weight_in_each_cell(evidence):
    numbers = dense_matrix.measure(evidence)
    figure = drawn(dense_matrix, numbers)
    shown = words(figure)
    assert all(shown.count(str(weight)) == 9 for weight in range(1, 10))
    limit = dense_matrix.RANGE
    for matrix in (numbers.dense, numbers.local):
        colors = pixels.shades(matrix, -limit, limit, EN.diverging)
        assert contains(figure, pixels.enlarged(colors, dense_matrix.CELL))
    rows = dense_matrix.describe(numbers).rows
    assert len(rows) == numbers.free[1] and {row["weight_of_kernel"] for row in rows} == set(
        range(1, 10)
    )


def test_small_numbers_are_written_in_a_power_of_ten_that_leaves_two_decimals():
    for largest, power, unit in (
        (3.0, 0, ""),
        (0.02, -2, " × 0.01"),
        (-0.00031, -4, " × 0.0001"),
        (0.0, 0, ""),
    ):
        values = np.array([largest, largest / 10])
        assert power_of_ten(values) == power and unit_of(power) == unit
