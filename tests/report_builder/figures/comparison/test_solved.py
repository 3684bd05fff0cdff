"""The figure of the share of seeds that solve."""

from __future__ import annotations

import pytest

from report_builder.evidence.estimates import share
from report_builder.figures.comparison import solved
from xo.variants import VARIANTS

from ..plain import PlainEvidence, runs
from ..rendering import lines


def test_solved_shows_shares_with_their_intervals(evidence, drawn):
    result = drawn("solved")
    (axes,) = result.drawing.figure.axes
    expected = share(2, 3)
    bars, dots = (
        [line for line in lines(axes) if len(line.get_xdata()) == 2],
        [line for line in lines(axes) if len(line.get_xdata()) == 1],
    )
    assert len(bars) == len(dots) == len(VARIANTS)
    for bar, dot in zip(bars, dots):
        assert bar.get_xdata() == pytest.approx([100 * expected.low, 100 * expected.high])
        assert dot.get_xdata() == pytest.approx([200 / 3])
    assert [dot.get_marker() for dot in dots] == ["o"] * 8 + ["D"] * 4
    assert (
        axes.get_xlim() == (0, 100)
        and [t.get_text() for t in axes.get_yticklabels()][0] == "Baseline"
    )
    assert "in 8 of 8 networks" in result.drawing.title
    assert result.drawing.rows[0] == {
        "variant": "baseline",
        "solved": 2,
        "n": 3,
        "share": 2 / 3,
        "low": expected.low,
        "high": expected.high,
    }


@pytest.mark.parametrize(
    ("ends", "title"),
    [
        ([0.5, 0.5], "0 of 2 runs solve the task; no network's seeds disagree"),
        ([1.0, 1.0], "2 of 2 runs solve the task; no network's seeds disagree"),
        ([1.0], "1 of 1 run solves the task; one seed per network cannot tell what the seed does"),
        (
            [0.5, 1.0],
            "Learning is a matter of the random seed: in 1 of 1 network, some seeds solve the task "
            "and others do not",
        ),
    ],
)
def test_the_title_tells_whether_the_seeds_of_a_network_agree(ends, title):
    evidence = PlainEvidence(
        baseline=runs([[end] for end in ends]),
        three_conv_wrong_folder=runs([[0.5], [1.0]]),  # learns the split: is shown, not counted
    )
    numbers = solved.measure(evidence)
    assert solved.describe(numbers).title.en == title
    assert numbers.shares[1] == share(1, 2)
