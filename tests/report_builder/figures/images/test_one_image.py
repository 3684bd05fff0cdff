"""One image of each of two classes, and the answers."""

from __future__ import annotations

from report_builder.figures.images import one_image
from report_builder.figures.toolkit import pixels
from report_builder.text import percent

from ..pictures import contains, drawn, words


def test_shows_truth_and_probabilities(evidence):
    run = evidence.representative("baseline")
    numbers = one_image.measure(evidence, "baseline")
    text, figure = one_image.describe(numbers), drawn(one_image, numbers)
    p = run.array("test_probabilities")[0]
    assert [row["probability"] for row in text.rows[:2]] == p.tolist()
    assert {"Truth: O", "Truth: X", percent(float(p[0]))} <= set(words(figure))
    assert text.title.en == (
        f"Baseline: O is taken for O ({percent(p[0])}), X is taken for X "
        f"({percent(text.rows[3]['probability'])})"
    )
    assert contains(figure, pixels.as_rgb(run.array("shown_images")[0]))
