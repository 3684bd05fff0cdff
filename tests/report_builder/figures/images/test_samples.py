"""Samples: every class, evenly chosen, shown pixel by pixel."""

from __future__ import annotations

from report_builder.figures.images import samples
from report_builder.figures.toolkit import pixels

from ..pictures import contains, drawn


def test_shows_both_classes_evenly(evidence):
    numbers = samples.measure(evidence)
    words = samples.describe(numbers)
    assert [row["class"] for row in words.rows] == ["O"] * 8 + ["X"] * 8
    assert words.title.en == "8 O and 8 X to learn from, 12 more images to be tested on"
    assert contains(drawn(samples, numbers), pixels.as_rgb(evidence.data.train.images[0]))


def test_takes_images_at_even_distances_from_the_first_to_the_last(make_evidence):
    study = make_evidence(train=39, test=1, seeds=0, epochs=1)
    first, second = samples.measure(study).classes
    assert (first.name, first.train, first.test) == ("O", 39, 1)
    shown = [int(sample.image_id.split("/")[-1].removesuffix(".png")) for sample in first.samples]
    assert shown == list(range(0, 40, 2))  # two rows of ten
    assert len(second.samples) == 20


def test_many_classes_have_one_row_each_and_are_counted_together(make_evidence):
    names = tuple(f"class{k}" for k in range(4))
    numbers = samples.measure(make_evidence(classes=names, train=12, test=1, seeds=0, epochs=1))
    assert [len(each.samples) for each in numbers.classes] == [10] * 4
    title = samples.describe(numbers).title
    assert title.en == "4 classes: 48 images to learn from, 4 more to be tested on"
