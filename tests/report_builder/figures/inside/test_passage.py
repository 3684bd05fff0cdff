"""Two images on their way through the network to its answer."""

from __future__ import annotations

from report_builder.figures.inside import passage
from report_builder.text import percent

from ..pictures import drawn, words


def test_leads_to_the_answer(evidence):
    numbers = passage.measure(evidence)
    p = evidence.representative("baseline").array("test_probabilities")[0]
    assert f"O  {percent(float(p[0]))}" in words(drawn(passage, numbers))
    assert [row["layer"] for row in passage.describe(numbers).rows[::2]] == [
        "relu1",
        "relu2",
        "dense1",
        "dense2",
    ]
