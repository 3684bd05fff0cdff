"""The figure of the share of seeds that solve."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from report_builder.evidence.estimates import share
from report_builder.figures.comparison import solved
from xo.variants import VARIANTS

from ..plain import PlainEvidence, runs
from ..rendering import EN, lines


def test_solved_shows_shares_with_their_intervals(evidence, drawn):
    result = drawn("solved")
    (axes,) = result.drawing.figure.axes
    expected = share(2, 3)
    bars, dots = (
        [line for line in lines(axes) if len(line.get_xdata()) == 2],
        [line for line in lines(axes) if len(line.get_xdata()) == 1 and not line.get_gid()],
    )
    assert len(bars) == len(dots) == len(VARIANTS)
    for bar, dot in zip(bars, dots):
        assert bar.get_xdata() == pytest.approx([100 * expected.low, 100 * expected.high])
        assert dot.get_xdata() == pytest.approx([200 / 3])
    replays = [variant.labels != "class" for variant in evidence.variants]
    assert [dot.get_marker() for dot in dots] == ["oD"[replay] for replay in replays]
    learned = replays.count(False)
    assert (
        axes.get_xlim() == (0, 100)
        and [t.get_text() for t in axes.get_yticklabels()][0] == "Baseline"
    )
    assert f"in {learned} of {learned} networks" in result.drawing.title
    assert result.drawing.rows[0] == {
        "variant": "baseline",
        "solved": 2,
        "unsettled": 0,
        "collapsed": 0,
        "never_left_chance": 1,
        "n": 3,
        "share": 2 / 3,
        "low": expected.low,
        "high": expected.high,
    }


def test_each_bar_stacks_the_shares_of_fates_from_the_best_with_their_marks():
    values = [[0.5, 1.0], [0.5, 1.0], [0.9, 0.5], [0.5, 0.5]]
    numbers = solved.measure(PlainEvidence(baseline=runs(values)))
    (axes,) = solved.draw(numbers, EN).axes
    bars = [(bar.get_x(), bar.get_width(), to_hex(bar.get_facecolor())) for bar in axes.patches]
    fates = ("solved", "collapsed", "never left chance")
    assert bars == [
        (start, wide, EN.color(fate))
        for fate, start, wide in zip(fates, (0, 50, 75), (50, 25, 25), strict=True)
    ]
    marks = [line for line in lines(axes) if line.get_gid()]
    assert [line.get_gid() for line in marks] == list(fates)
    assert len({line.get_marker() for line in marks}) == 3
    assert [text.get_text() for text in axes.texts][:3] == ["2", "1", "1"]
    assert "Baseline: 2 solved, 1 collapsed, 1 never left chance" in (
        solved.describe(numbers).alt.en.replace("\u00a0", " ")
    )


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
