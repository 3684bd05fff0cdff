"""The figures of the original's logs, over made-up runs that print chosen losses."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.evidence.estimates import entropy
from report_builder.evidence.original_logs import logs
from report_builder.figures import table as figures
from report_builder.figures.toolkit.style import Style
from tests.report_builder.made_up_logs import flat, noisy

EN, ZH = Style("en", "light"), Style("zh", "light")


def artists(drawing, gid: str):
    return [
        [line for line in axes.get_lines() if line.get_gid() == gid] for axes in drawing.figure.axes
    ]


def test_every_log_is_drawn_over_the_runs_of_its_variant(study):
    log = logs()["channels-15"]
    made = study({"channels-15": np.stack([log.rows, log.rows, 0.5 * log.rows]), "baseline": None})
    drawing = figures.draw("published-logs", made, EN)
    shown = artists(drawing, "published")
    assert [line.get_ydata().tolist() for (line,) in shown] == [
        each.rows.ravel().tolist() for each in logs().values()
    ]
    (median,) = artists(drawing, "median")[5]
    assert (
        median.get_ydata() == pytest.approx(log.rows.ravel())
        and artists(drawing, "median")[0] == []
    )
    notes = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert {"no run of ours yet", "3 of 3 seeds as far", "2 rows an epoch"} <= set(notes)
    rows = [row for row in drawing.rows if row["log"] == "channels-15"]
    assert [(row["n"], row["below"], row["percentile"]) for row in rows] == [
        (3, 1, pytest.approx(2 / 3))
    ] * 10
    assert len(drawing.rows) == 80 and rows[-1]["printed"] == "0.065 0.061"


def test_dots_are_full_within_the_range_of_our_seeds_and_open_outside(study):
    log = logs()["baseline"]
    ours = np.stack([log.rows, log.rows])
    ours[:, 4:] += 0.01
    drawing = figures.draw("published-logs", study({"baseline": ours}), EN)
    full, hollow = [line for line in drawing.figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert (len(full.get_xdata()), len(hollow.get_xdata())) == (2 * 4, 2 * 6)
    assert (full.get_markerfacecolor(), hollow.get_markerfacecolor()) == (
        EN.color("published"),
        EN.ground,
    )


def test_the_explanations_are_drawn_side_by_side_with_what_came_of_them(study):
    log = logs()["no-pooling"]
    drawing = figures.draw(
        "published-readings",
        study(
            {
                "no-pooling-wrong-folder": noisy(flat("no-pooling"), 8),
                "no-pooling-uneven": noisy(log.rows, 8, 1),
                "three-conv-uneven": None,
                "three-conv-wrong-folder": noisy(flat("three-conv-failed"), 1),
            }
        ),
        ZH,
    )
    notes = [[text.get_text() for text in axes.texts] for axes in drawing.figure.axes]
    assert [texts[0] for texts in notes[:3]] == ["行数不符，排除", "n = 1，太少", "还没有训练"]
    assert (
        notes[4][0].startswith("Δ −")
        and notes[4][0].count("/") == 1
        and notes[4][0].endswith("n = 8")
    )
    assert (
        "去掉池化，20 轮：“两类数目悬殊”最合" in drawing.title
        and "三层卷积，10 轮：还缺训练" in drawing.title
    )
    levels = [
        next(line.get_ydata()[0] for line in axes.get_lines() if len(set(line.get_ydata())) == 1)
        for axes in drawing.figure.axes
    ]
    assert levels == pytest.approx(
        2 * [np.log(2) / 10, entropy((300, 1700)) / 10, entropy((300, 1700)) / 10]
    )


def test_a_study_that_prints_nothing_still_shows_the_logs(evidence):
    drawing = figures.draw("published-logs", evidence, EN)
    assert "cannot be compared" in drawing.title and all(row["n"] == 0 for row in drawing.rows)
    assert all(len(found) == 1 for found in artists(drawing, "published")) and not any(
        artists(drawing, "median")
    )
