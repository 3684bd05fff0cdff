"""Linear probes: a line for every seed and a strong one for the median."""

from __future__ import annotations

import pytest

from report_builder.figures.concepts import probes

from ..pictures import drawn


def test_have_a_line_for_every_seed_and_a_strong_one_for_the_median(evidence):
    facts, numbers = evidence.demonstrations["probes"].facts, probes.measure(evidence)
    lines = drawn(probes, numbers).axes[0].get_lines()
    strong = {line.get_linewidth(): line.get_ydata() for line in lines}
    half = 0.5 / facts["images_test"]  # an image: what no error counts as
    for width, prefix in ((2.4, ""), (2, "untrained_")):
        medians = [facts[f"{prefix}{depth}"] for depth in facts["depths"]]
        assert 1 - 10.0 ** -strong[width] + half == pytest.approx(medians)
    marks = [line.get_marker() for line in lines]
    assert marks.count("o") == 2 and marks.count("x") == 1  # a seed has not learned
    rows = probes.describe(numbers).rows
    assert len(rows) == 2 * 3 * 6
    assert {row["accuracy"] for row in rows if row["depth"] == "relu2"} == {
        value for state in ("accuracy", "untrained") for value in facts[state]["relu2"]
    }


def test_training_is_compared_only_where_it_has_helped(evidence):
    numbers = probes.measure(evidence)
    assert "before training" in probes.describe(numbers).title.en
    worse = numbers._replace(untrained=numbers.untrained + 1)
    assert "before training" not in probes.describe(worse).title.en
