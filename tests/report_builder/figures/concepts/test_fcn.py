"""The fully convolutional network: heat maps as recorded, answers counted."""

from __future__ import annotations

import numpy as np

from report_builder.figures.concepts import fcn_canvas, fcn_details
from report_builder.figures.toolkit import pixels
from report_builder.text import percent

from ..pictures import EN, contains, drawn, words


def test_heat_maps_are_painted_as_recorded_and_the_answers_counted(evidence):
    record, numbers = evidence.demonstrations["fcn"], fcn_canvas.measure(evidence)
    figure, text = drawn(fcn_canvas, numbers), fcn_canvas.describe(numbers)
    for name, values in zip("OX", record.array("large"), strict=True):
        assert contains(figure, pixels.shades(values, 0, 1, (EN.ground, EN.color(name))))
    assert "4 of 5 shapes" in text.title.en and percent(0.75) in text.title.en
    sharp = record.array("sharp")
    strokes = np.zeros((*sharp.shape[1:], 3), dtype=np.uint8)
    for k, name in enumerate("OX"):
        colors = pixels.shades(sharp[k], 0, 1, (EN.ground, EN.color(name)))
        strokes[sharp.argmax(0) == k] = colors[sharp.argmax(0) == k]
    assert contains(figure, strokes) and (record.array("canvas") == 0).any()
    assert [row["probability"] for row in text.rows] == [
        p for shape in record.facts["placed"] for p in shape["probabilities"]
    ]


def test_what_it_answers_where_no_answer_is_right(evidence):
    record, numbers = evidence.demonstrations["fcn"], fcn_details.measure(evidence)
    figure = drawn(fcn_details, numbers)
    profile, bars = figure.axes
    for line, values in zip(profile.get_lines(), record.array("profile"), strict=False):
        assert np.array_equal(line.get_ydata(), 100 * values)
    widths = [bar.get_width() for bar in bars.patches[::2]]
    assert widths == record.facts["empty_probabilities"] == [0.75, 0.25]
    assert fcn_details.describe(numbers).title.en.startswith(
        "Without a class for the background it must name a shape: O on empty background (75.0"
    )
    scores = [f"{value:.5f}".replace("-", "−") for value in record.array("by_net")[1]]
    assert all(words(figure).count(score) >= 2 for score in scores)


def test_the_enlarged_shape_is_the_second_with_its_surroundings(evidence):
    record, numbers = evidence.demonstrations["fcn"], fcn_details.measure(evidence)
    # around the second image, as far as the canvas goes
    rows, columns = slice(0, 31 + 12), slice(31 - 12, 61 + 12)
    coarse = record.array("coarse")[1].repeat(4, 0).repeat(4, 1)[rows, columns]
    assert np.array_equal(numbers.coarse, coarse)
    colors = pixels.shades(coarse, 0, 1, (EN.ground, EN.color("X")))
    assert contains(drawn(fcn_details, numbers), colors)
