"""The figure of what is taken for what."""

from __future__ import annotations

from report_builder.figures.comparison import confusion

from ..plain import PlainEvidence, runs


def test_confusion_shows_the_counts_and_every_seed(evidence, drawn):
    result = drawn("confusion.baseline")
    matrix, dots = result.drawing.figure.axes
    assert [text.get_text() for text in matrix.texts] == ["6", "0", "0", "6"]
    assert [t.get_text() for t in matrix.get_yticklabels()] == ["O", "X"]
    o, x = [line for line in dots.get_lines() if len(line.get_xdata()) == 3]
    assert o.get_xdata().tolist() == [100, 100, 100]
    assert x.get_xdata().tolist() == [100, 100, 0]  # the third seed calls all O
    assert (o.get_marker(), x.get_marker()) == ("o", "X") and o.get_color() != x.get_color()
    assert "right on 12 of 12 images (100\u00a0%)" in result.drawing.title


def test_where_the_split_was_the_label_the_classes_are_the_splits(drawn):
    matrix = drawn("confusion.no-pooling-wrong-folder").drawing.figure.axes[0]
    assert [t.get_text() for t in matrix.get_yticklabels()] == ["test split", "train split"]
    assert matrix.texts[0].get_text() == "12" and matrix.texts[3].get_text() == "16"


def test_recall_is_the_share_of_each_class_and_0_of_an_empty_one():
    found = runs([[0.5], [0.5]], classes=("circles", "crosses", "bars"))
    for run, counts in zip(
        found, ([[3, 1, 0], [0, 4, 0], [0, 0, 0]], [[4, 0, 0], [4, 0, 0], [0, 0, 0]]), strict=True
    ):
        run.confusion = counts
    numbers = confusion.measure(PlainEvidence(baseline=found), "baseline")
    assert numbers.recall.tolist() == [[0.75, 1, 0], [1, 0, 0]]
    assert (numbers.classes, numbers.seed, numbers.right) == (("O", "X", "bars"), 1, 4)
    assert confusion.describe(numbers).title.en == (
        "Baseline: seed 1 is right on 4 of 8 images (50.0\u00a0%)"
    )
