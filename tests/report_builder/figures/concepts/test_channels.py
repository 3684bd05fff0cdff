"""How input maps become an output map, and what a narrow layer saves."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.concepts import bottleneck, mixing, partial_sums, sharing
from report_builder.figures.toolkit import pixels
from report_builder.text import hundredths, thousandths

from ..pictures import EN, contains, drawn, words


def test_partial_sums_add_up(evidence):
    numbers = partial_sums.measure(evidence)
    assert numbers.total + numbers.bias == pytest.approx(numbers.result)
    assert numbers.positive + numbers.negative == pytest.approx(numbers.total)
    assert numbers.positive > 0 > numbers.negative
    here = numbers.partial_maps[:, numbers.row, numbers.column]
    assert here.tolist() == pytest.approx(numbers.parts)
    rows = partial_sums.describe(numbers).rows
    assert len(rows) == 9 and rows[-1]["running_sum"] == pytest.approx(numbers.total)
    shown = words(drawn(partial_sums, numbers))
    assert {thousandths(part) if part else "0" for part in numbers.parts} <= set(shown)


def test_mixing_shows_the_inputs_with_their_weights(evidence):
    numbers = mixing.measure(evidence)
    figure = drawn(mixing, numbers)
    assert {hundredths(weight) for weight in numbers.weights} <= set(words(figure))
    top = pixels.largest([numbers.inputs])
    colors = pixels.shades(numbers.inputs[5], 0, top, (EN.ground, EN.ink))
    assert contains(figure, colors)
    limit = pixels.largest([numbers.output, numbers.rectified])
    assert contains(figure, pixels.shades(numbers.output, -limit, limit, EN.diverging))
    assert len(mixing.describe(numbers).rows) == 9


def test_bars_of_the_bottleneck_are_shares_of_the_plain_layer(evidence):
    axes = drawn(bottleneck, bottleneck.measure(evidence)).axes[0]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths[0] == 100 and sum(widths[1:4]) < 25 and widths[4] == 100
    assert sum(widths[5:]) == pytest.approx(100 * 225 / 410)


def test_totals_of_the_bottleneck_are_those_recorded(evidence):
    numbers, facts = bottleneck.measure(evidence), evidence.demonstrations["bottleneck"].facts
    for design in numbers.designs:
        for cost in ("parameters", "multiply_adds"):
            assert numbers.total(design, cost) == facts[f"{design}_{cost}"]


def test_lines_of_sharing_end_at_the_counts(evidence):
    numbers = sharing.measure(evidence)
    for axes, values in zip(
        drawn(sharing, numbers).axes, (numbers.parameters, numbers.multiply_adds), strict=True
    ):
        ends = [line.get_xdata()[-1] for line in axes.get_lines() if len(line.get_xdata()) == 2]
        assert np.array_equal(ends, list(values.values())) and axes.get_xscale() == "log"
