"""Mistakes: the surest first; where there are none, the least certain answers."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.images import mistakes
from report_builder.figures.toolkit import pixels
from xo.variants import VARIANTS

from ..pictures import contains, drawn


def test_shows_the_least_certain_where_none_is_wrong(evidence):
    text = mistakes.describe(mistakes.measure(evidence, "baseline"))
    p = evidence.representative("baseline").array("test_probabilities").max(axis=1)
    assert "makes no mistake" in text.title.en
    assert [row["probability"] for row in text.rows] == np.sort(p)[:10].tolist()
    assert not any(row["wrong"] for row in text.rows)


def test_shows_the_wrong_ones_surest_first(make_evidence):
    study = make_evidence(solving=0, seeds=1, variants=(VARIANTS["baseline"],))
    numbers = mistakes.measure(study, "baseline")
    text = mistakes.describe(numbers)
    assert text.title.en == "Baseline: seed 0 is wrong on 6 of 12 images"
    assert {(row["truth"], row["answer"]) for row in text.rows} == {("X", "O")}
    sure = [row["probability"] for row in text.rows]
    assert len(sure) == 6 and sure == sorted(sure, reverse=True)
    index = study.data.test.ids.index(text.rows[0]["image"])
    assert contains(drawn(mistakes, numbers), pixels.as_rgb(study.data.test.images[index]))


@pytest.mark.parametrize("split", ["test", "train"])
def test_where_the_split_was_the_label_images_of_both_are_found(evidence, split):
    shown = mistakes.measure(evidence, "three-conv-wrong-folder").shown
    assert {each.image_id.split("/")[0] for each in shown} <= {"test", "train"}
    images = {"test": evidence.data.test, "train": evidence.data.train}[split]
    for each in shown:
        folder, _, name = each.image_id.partition("/")
        if folder == split:
            assert np.array_equal(each.image, images.images[images.ids.index(name)])
