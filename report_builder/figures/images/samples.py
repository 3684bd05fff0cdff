"""Training images of every class."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, cell_size, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import enumerated, shorten
from report_builder.text import EMPTY, Text, class_name, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

IN_A_ROW = 10
MOST_CLASSES = 24  # that are shown; of more, so many at even distances
MOST_NAMED = 3  # classes up to which the title counts each


class Sample(NamedTuple):
    image_id: str
    image: np.ndarray  # (H, W) uint8


class SampleClass(NamedTuple):
    """How many images a class has, and some of those for training."""

    name: str
    train: int
    test: int
    samples: list[Sample]


class Samples(NamedTuple):
    """The classes of a data set with images of each."""

    data_set: str
    image_size: tuple[int, int]  # (H, W)
    classes: list[SampleClass]


def measure(evidence: Evidence) -> Samples:
    """Takes images at even distances in the order of their names; two rows for two classes."""
    data, classes = evidence.data, []
    train, test = (
        np.bincount(split.labels, minlength=len(data.classes)) for split in (data.train, data.test)
    )
    most = IN_A_ROW * (2 if len(data.classes) == 2 and train.min() > IN_A_ROW else 1)
    of = len(data.classes)
    shown = np.unique(np.linspace(0, of - 1, min(of, MOST_CLASSES)).round().astype(int)).tolist()
    for label, folder in enumerate(data.classes):
        images = np.flatnonzero(data.train.labels == label)
        places = np.linspace(0, len(images) - 1, min(most, len(images))).round().astype(int)
        samples = [
            Sample(data.train.ids[i], data.train.images[i])
            for i in images[places]
            if label in shown
        ]
        counts = int(train[label]), int(test[label])
        classes.append(SampleClass(class_name(folder), *counts, samples))
    return Samples(data.name, data.image_size, classes)


def draw(numbers: Samples, style: Style) -> Figure:
    """A heading and one or two rows of images for each class."""
    cell = wide, tall = cell_size(numbers.image_size, ACROSS / IN_A_ROW - 10)
    pitch, drop = wide + 10, tall + 10  # pixels to the right and down
    rows = max(-(-len(each.samples) // IN_A_ROW) for each in numbers.classes)
    width = IN_A_ROW * pitch + 10
    heading = points(width, 22)
    lane = heading + rows * drop
    title, names = describe(numbers).title, tuple(each.name for each in numbers.classes)
    shown = [(k, each) for k, each in enumerate(numbers.classes) if each.samples]
    picture = Picture(style, title, width, len(shown) * lane + 10)
    colors = style.class_colors(names)
    for place, (k, each) in enumerate(shown):
        words = Text(
            f"：训练 {each.train:,} 幅，测试 {each.test:,} 幅",
            f": {each.train:,} for training, {each.test:,} for testing",
        )
        text, color = shorten(each.name, 60) + style.text(words), colors[k]
        picture.note(10, place * lane + heading * 0.72, text, 10, color=color)
        for i, sample in enumerate(each.samples):
            row, column = divmod(i, IN_A_ROW)
            corner = 10 + column * pitch, place * lane + heading + row * drop
            picture.paint_into(as_rgb(sample.image), *corner, cell)
    return picture.finished()


def describe(numbers: Samples) -> Description:
    """Counts in words, and a row for each image that is shown."""
    classes, (h, w) = numbers.classes, numbers.image_size
    train, test = sum(each.train for each in classes), sum(each.test for each in classes)
    shown = sum(len(each.samples) for each in classes)
    seen = [each.name for each in classes if each.samples]
    names = enumerated(seen)
    part = EMPTY
    if len(seen) < len(classes):
        part = Text(
            f"{len(classes)} 类里等间隔地取出 {len(seen)} 类；",
            f"{len(seen)} of the {len(classes)} classes, at even distances; ",
        )
    title = Text(
        f"{len(classes)} 类：{train:,} 幅用于训练，另有 {test:,} 幅用于测试",
        f"{len(classes)} classes: {train:,} images to learn from, {test:,} more to be tested on",
    )
    if len(classes) <= MOST_NAMED:
        counts = enumerated([f"{each.train:,} {each.name}" for each in classes])
        title = Text(
            f"{'、'.join(f'{each.name} {each.train:,} 幅' for each in classes)}用于训练，"
            f"另有 {test:,} 幅用于测试",
            f"{counts.en} to learn from, {test:,} more images to be tested on",
        )
    return Description(
        title=title,
        alt=Text(
            f"{names.zh} 的训练图像，共 {shown} 幅，每幅宽 {w} 高 {h} 像素。",
            f"{plural(shown, 'training image')} of {names.en}, each {w} pixels wide and {h} high.",
        ),
        caption=Text(
            f"数据集 {numbers.data_set}，每幅 {w}×{h} 像素，原样显示。"
            f"{part.zh}从每类的训练图像中按文件名次序等间隔取出，不作挑选。",
            f"Data set {numbers.data_set}, {w}×{h} pixels an image, shown as they are: "
            f"{part.en}taken at even distances from each class's training images in the "
            "order of their names, not picked by eye.",
        ),
        rows=[
            {
                "class": each.name,
                "image": sample.image_id,
                "dark_share": float((sample.image < 128).mean()),
            }
            for each in classes
            for sample in each.samples
        ],
    )
