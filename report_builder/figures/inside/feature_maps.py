"""All feature maps of one block of a network, step by step."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_images import ShownImages, measure_images
from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, cell_size, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_label, joined, shorten
from report_builder.text import EMPTY, Text, number, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

SIDE_BY_SIDE = 5  # channels up to which the two images' maps stand beside each other
GAP, MARGIN = 6, 8  # pixels between maps and at the left
STEPS = {
    "conv": Text("卷积之后", "After convolution"),
    "pool": Text("池化之后", "After pooling"),
    "relu": Text("ReLU 之后", "After ReLU"),
}


class FeatureMaps(NamedTuple):
    """The maps of one block for two images, after each of its steps."""

    network: Network
    block: int  # from 1
    shown: ShownImages
    maps: dict[str, np.ndarray]  # (2, C, H, W) by step, a name of STEPS

    @property
    def channels(self) -> int:
        return self.maps["relu"].shape[1]

    @property
    def zero_share(self) -> float:
        """Of the values after ReLU."""
        return float((self.maps["relu"] == 0).mean())

    @property
    def dead(self) -> int:
        """Channels that are zero everywhere after ReLU, on both images."""
        return int((self.maps["relu"].max(axis=(0, 2, 3)) == 0).sum())


def measure(evidence: Evidence, variant: str, block: int) -> FeatureMaps:
    """The maps of the representative run; a block without pooling has one step less."""
    run = evidence.representative(variant)
    shown, maps = measure_images(run), {}
    for step in STEPS:
        if run.has(f"maps.{step}{block}"):
            maps[step] = run.array(f"maps.{step}{block}")[shown.places]
    return FeatureMaps(network_of_run(evidence, run), block, shown, maps)


def draw(numbers: FeatureMaps, style: Style) -> Figure:
    """For each step a row of maps for each image, or one row for both where channels are few."""
    channels, maps, images = numbers.channels, numbers.maps, numbers.shown.images
    beside = channels <= SIDE_BY_SIDE
    columns, lines = ((channels + 1) * 2, 1) if beside else (channels + 1, 2)
    cell = side, tall = cell_size(images.shape[1:], (ACROSS - 40) / columns - GAP)
    pitch, split, drop = side + GAP, 24 if beside else 0, tall + GAP  # pixels to the right and down
    width = columns * pitch + split + 2 * MARGIN
    heading, head = points(width, 17), points(width, 15)
    bar_y = head + len(maps) * (heading + lines * drop) + points(width, 5)
    picture = Picture(style, describe(numbers).title, width, bar_y + points(width, 26))
    limit, second = largest(list(maps.values())), MARGIN + pitch * (channels + 1) + split
    _number_channels(picture, numbers, [MARGIN, second] if beside else [MARGIN], head - 4, pitch)
    for s, (step, values) in enumerate(maps.items()):
        top = head + s * (heading + lines * drop) + heading
        size = f"{values.shape[2]}×{values.shape[3]}"
        words = Text(f"{STEPS[step].zh}：{size}", f"{STEPS[step].en}: {size}")
        picture.note(MARGIN, top - heading * 0.28, words, 9.5)
        for i in (0, 1):
            x, y = (second if beside and i else MARGIN), top + (0 if beside else i * drop)
            picture.paint_into(as_rgb(images[i]), x, y, cell, style.muted)
            for c in range(channels):
                colors = picture.around_zero(values[i, c], limit)
                picture.paint_into(colors, x + (c + 1) * pitch, y, cell)
    words = Text("激活值，全图同一色标", "activation, one scale for all")
    picture.scale_bar(bar_y, limit, words)
    return picture.finished()


def _number_channels(
    picture: Picture, numbers: FeatureMaps, starts: list[int], y: int, pitch: int
) -> None:
    """Above each row's image and maps; where both images stand in one row, with their classes."""
    style, names = picture.style, numbers.shown.class_names
    for i, x in enumerate(starts):
        label, color = Text("图像", "Image"), style.muted
        if len(starts) == 2:
            label, color = class_label(names[i]), style.class_colors(names)[i]
        picture.note(x, y, shorten(style.text(label), 11), color=color)
        for c in range(numbers.channels):
            middle = x + (c + 1) * pitch + (pitch - GAP) / 2
            picture.note(middle, y, f"{c + 1}", 8, ha="center", color=style.muted)


def _in_a_sentence(words: Text) -> Text:
    return Text(words.zh, words.en[0].lower() + words.en[1:])


def describe(numbers: FeatureMaps) -> Description:
    """The share of zeros in words, and a row for each step, image and channel."""
    network, k, shown = numbers.network, numbers.block, numbers.shown
    channels, zero, dead = numbers.channels, percent(numbers.zero_share), numbers.dead
    strongest = number(float(numbers.maps["relu"].max()), 2)
    limit = largest(list(numbers.maps.values()))
    first, second = shown.class_names[:2]
    inputs = Text("灰色的", "gray picture")
    if shown.images.ndim == 4:
        inputs = Text("照原样上色的", "picture in its own colors")
    steps = joined((_in_a_sentence(STEPS[step]) for step in numbers.maps), "、")
    silent = clipped = EMPTY
    if dead:
        silent = Text(
            f"，{channels} 幅特征图中有 {dead} 幅全为零",
            f", and {dead} of {plural(channels, 'map')} are so everywhere",
        )
    if any((np.abs(values) > limit).any() for values in numbers.maps.values()):
        clipped = Text(
            "；极少数超出色标两端的值按端点画",
            "; the few values beyond its ends are drawn as its ends",
        )
    return Description(
        title=Text(
            f"{network.variant.zh}，第 {k} 块：ReLU 之后 {zero} 的值为零{silent.zh}",
            f"{network.variant.en}, block {k}: after ReLU {zero} of the values are zero{silent.en}",
        ),
        alt=Text(
            f"第 {k} 块的 {channels} 幅特征图，依次为{steps.zh}，输入为 {first} 和 {second} 各一"
            f"幅。ReLU 之后 {zero} 的值为零，最大值 {strongest}。",
            f"{plural(channels, 'map')} of block {k} for an image of {first} and {second}: "
            f"{steps.en}. Of the values after ReLU, {zero} are zero, the largest is {strongest}.",
        ),
        caption=Text(
            f"{network.of_seed.zh}：两幅测试图像（{first} 和 {second}）在第 {k} 块各步之后的全部 "
            f"{channels} 个通道，列号即通道号；{inputs.zh}是输入图像。各图放大到同样大小，"
            f"旁边写着原来的边长。所有特征图同一色标，零在正中{clipped.zh}。",
            f"The network of {network.of_seed.en}: all {plural(channels, 'channel')} after "
            f"each step of block {k} for two images ({first} and {second}); columns are channels, "
            f"the {inputs.en} is the input. Maps are enlarged to equal size, their true sides "
            "stand above. One scale for all "
            f"maps, zero in the middle{clipped.en}.",
        ),
        rows=[
            {
                "step": f"{step}{k}",
                "image": shown.image_ids[i],
                "class": shown.class_names[i],
                "channel": c + 1,
                "height": values.shape[2],
                "width": values.shape[3],
                "minimum": float(values[i, c].min()),
                "mean": float(values[i, c].mean(dtype=float)),
                "maximum": float(values[i, c].max()),
                "zero_share": float((values[i, c] == 0).mean()),
            }
            for step, values in numbers.maps.items()
            for i, c in np.ndindex(values.shape[:2])
        ],
    )
