"""Figures of images and answers."""

from __future__ import annotations

import numpy as np

from report_builder.figures import table
from report_builder.figures.toolkit import pixels
from report_builder.text import percent
from xo.variants import VARIANTS

from ..rendering import EN, contains, strings


def test_samples_shows_both_classes_evenly(evidence, drawn):
    drawing = drawn("samples").drawing
    assert [row["class"] for row in drawing.rows] == ["O"] * 8 + ["X"] * 8
    assert (
        drawing.title == "8 O, 8 X to learn from, 12 more images to be tested on"
        or "8 O and 8 X" in drawing.title
    )
    assert contains(drawing, pixels.gray(evidence.data.train.images[0]))


def test_one_image_shows_truth_and_probabilities(evidence, drawn):
    run, result = evidence.representative("baseline"), drawn("one-image.baseline")
    rows = result.drawing.rows
    p = run.array("test_probabilities")[0]
    assert [row["probability"] for row in rows[:2]] == p.tolist()
    assert {"Truth: O", "Truth: X"} <= set(strings(result))
    assert result.drawing.title == (
        f"Baseline: O is taken for O ({percent(p[0])}), X is taken for X "
        f"({percent(rows[3]['probability'])})"
    )
    assert contains(result.drawing, pixels.gray(run.array("shown_images")[0]))


def test_mistakes_shows_the_least_certain_where_none_is_wrong(evidence, drawn):
    drawing = drawn("mistakes.baseline").drawing
    p = evidence.representative("baseline").array("test_probabilities").max(axis=1)
    assert "makes no mistake" in drawing.title
    assert [row["probability"] for row in drawing.rows] == np.sort(p)[:10].tolist()
    assert not any(row["wrong"] for row in drawing.rows)


def test_mistakes_shows_the_wrong_ones_surest_first(make_evidence):
    study = make_evidence(solving=0, seeds=1, variants=(VARIANTS["baseline"],))
    drawing = table.draw("mistakes.baseline", study, EN)
    assert drawing.title == "Baseline: seed 0 is wrong on 6 of 12 images"
    assert {(row["truth"], row["answer"]) for row in drawing.rows} == {("X", "O")} and len(
        drawing.rows
    ) == 6
    index = study.data.test.ids.index(drawing.rows[0]["image"])
    assert contains(drawing, pixels.gray(study.data.test.images[index]))


def test_mistakes_name_the_split_of_images_where_it_was_the_label(drawn):
    rows = drawn("mistakes.three-conv-wrong-folder").drawing.rows
    assert {row["image"].split("/")[0] for row in rows} <= {"test", "train"}
