"""Figures of data sets with more classes, longer names or more colors than the embedded one has."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.comparison import confusion, confusion_heat_map
from report_builder.figures.images import mistakes
from report_builder.figures.toolkit import class_legend
from report_builder.figures.toolkit.pixels import as_rgb
from report_builder.figures.toolkit.style import STYLES
from report_builder.figures.toolkit.words import on_lines, width
from report_builder.palette import class_pairs
from report_builder.results.tables import data
from report_builder.results.values import _class_list
from tests.report_builder.figures.rendering import assert_described, assert_tidy, render
from xo.variants import VARIANTS

NAMES = tuple(f"class {k:02d}" for k in range(60))


@pytest.fixture(scope="module")
def matrix() -> np.ndarray:
    """Of 60 classes each image is right, but those of class 7, which are taken for class 9."""
    found = 12 * np.eye(60, dtype=int)
    found[7, 7], found[7, 9] = 2, 10
    return found


def test_the_confusion_of_many_classes_is_a_heat_map_with_the_worst_beside_it(matrix):
    numbers = confusion.Confusion(VARIANTS["baseline"], NAMES, (0,), matrix[None], 0)
    with STYLES[2].applied():
        figure = confusion.draw(numbers, STYLES[2])
    written = [text.get_text() for text in figure.texts]
    first = written.index("class 07  17\N{NO-BREAK SPACE}%")
    assert written[first + 1] == "→ class 09"
    assert not any(text.get_text().isdigit() for ax in figure.axes for text in ax.texts)
    assert len(figure.axes[0].get_yticks()) == 20 <= confusion_heat_map.MOST_NAMED
    assert "recognized worst" in confusion.describe(numbers).caption.en


def test_the_worst_recognized_class_comes_first(matrix):
    (name, share, other), *_ = confusion_heat_map.worst(NAMES, matrix)
    assert (name, other) == ("class 07", "class 09") and share == pytest.approx(1 / 6)


def test_of_many_classes_the_gallery_shows_two_mistakes_of_each_of_the_worst():
    truth = np.repeat([0, 1, 2], 4)
    answers = np.array([1, 1, 1, 1, 1, 0, 1, 1, 2, 2, 0, 0])  # right: 0 of 4, 3 of 4, 2 of 4
    wrong = np.flatnonzero(answers != truth)
    assert mistakes._of_worst_classes(wrong, truth, answers).tolist() == [0, 1, 10, 11, 5]


def test_classes_without_a_mistake_are_not_among_the_worst(matrix):
    assert [name for name, *_ in confusion_heat_map.worst(NAMES, matrix)] == ["class 07"]


@pytest.mark.parametrize("count", [12, 40])
def test_figures_and_tables_of_many_classes_still_read(make_evidence, count):
    names = tuple(f"{k:02d}-lighthouse" for k in range(count))
    study = make_evidence(
        classes=names,
        train=2,
        test=2,
        seeds=2,
        epochs=2,
        solving=1,
        variants=(VARIANTS["baseline"], VARIANTS["features"]),
        dense=(8,),
    )
    shown = ("samples", "one-image.baseline", "mistakes.baseline", "confusion.baseline", "patches")
    for name in (*shown, "fcn-canvas", "fcn-details", "levels", "maps1.baseline"):
        for style in (STYLES[0], STYLES[2]):
            rendered = render(name, study, style)
            assert_tidy(rendered)
            assert_described(rendered.drawing)
            assert len(rendered.data) < 200_000, name
    assert len(data(study).rows) == count + 1  # and the total


def test_classes_that_follow_one_another_differ_in_color_however_many_there_are():
    pairs = class_pairs(NAMES)
    assert all(one != other for one, other in zip(pairs, pairs[1:]))
    assert len(set(pairs[:10])) == 10


@pytest.mark.parametrize("name", ["circle", "pentagon", "螺旋歪扭的手写图形", "a" * 40])
def test_a_name_stays_within_its_columns_and_a_usual_one_is_whole(name):
    lines = on_lines(name, 10).split("\n")
    assert len(lines) <= 2 and max(map(width, lines)) <= 10
    assert width(name) > 10 or lines == [name]
    assert width(name) > 20 or "".join(lines) == name


def test_every_color_of_a_class_has_its_key_but_o_and_x_whose_caption_names_them():
    assert not class_legend.is_needed(("O", "X")) and class_legend.in_words(("O", "X")).en
    assert class_legend.is_needed(("0", "1", "7")) and class_legend.height(NAMES[:9], 1400) > 0
    assert "share" in class_legend.in_words(NAMES).en


def test_a_sentence_lists_the_first_of_many_classes_and_the_note_all():
    found = _class_list(NAMES)
    assert found.text.en.endswith("class 09 and 50 more") and "class 59" in found.note.zh


def test_images_in_color_are_shown_in_their_colors():
    image = np.zeros((4, 5, 3), np.uint8)
    image[..., 0] = 200
    assert np.array_equal(as_rgb(image), image) and as_rgb(image[..., 0]).shape == (4, 5, 3)
