"""Feature maps from low to high level side by side, and what the strongest value of each sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.feature_levels import Level, feature_levels
from report_builder.evidence.shown_images import ShownImages
from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import LINE_STYLES
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, cell_size, grid, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined
from report_builder.text import Text, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure


class Levels(NamedTuple):
    """All blocks of one network, for two images."""

    network: Network
    shown: ShownImages
    levels: list[Level]


def measure(evidence: Evidence) -> Levels:
    run, shown, levels = feature_levels(evidence)
    return Levels(network_of_run(evidence, run), shown, levels)


def draw(numbers: Levels, style: Style) -> Figure:
    """A row for each image: the input with frames, then a grid of maps for each level."""
    levels, images = numbers.levels, numbers.shown.images
    wanted = ACROSS // (len(levels) + 1) - 24
    ramp = style.ground, style.ink
    grids = [
        [grid(style, level.maps[i], float(level.maps.max()), wanted, ramp) for i in (0, 1)]
        for level in levels
    ]
    cell = side, tall = cell_size(images.shape[1:], wanted)
    wide = [8 + side + 24, *(pair[0].shape[1] + 24 for pair in grids)]
    *places, width = np.cumsum(wide).tolist()  # left ends of the grids, and where the last one ends
    lane = max(tall, *(pair[0].shape[0] for pair in grids)) + 20
    head = points(width, 32)
    height = head + 2 * lane + points(width, 8)
    picture = Picture(style, describe(numbers).title, width, height)
    picture.note(8, points(width, 13), Text("输入", "Input"), 9.5)
    for x, level in zip(places, levels):
        count, field = level.maps.shape[1], f"{level.field.size}×{level.field.size}"
        sees = Text(
            f"{count} 幅 {level.size}，看 {field}", f"{count} of {level.size}, sees {field}"
        )
        picture.note(x, points(width, 13), level.name, 9.5)
        picture.note(x, points(width, 25), sees, 8, color=style.muted)
    for i, color in enumerate(style.class_colors(numbers.shown.class_names)[:2]):
        y = head + i * lane
        corner = picture.paint_into(as_rgb(images[i]), 8, y, cell, color)
        _frame_fields(picture, numbers, i, *corner)
        for x, pair in zip(places, grids):
            picture.paint(pair[i], x, y)
    return picture.finished()


def _frame_fields(picture: Picture, numbers: Levels, image: int, x: int, y: int, wide: int) -> None:
    """Frames around what the strongest value of each level sees."""
    scale = wide / numbers.shown.images.shape[2]
    for k, level in enumerate(numbers.levels):
        row, column = level.strongest(image)
        corner = x + column * level.field.stride * scale, y + row * level.field.stride * scale
        side, dash = level.field.size * scale, LINE_STYLES[k % len(LINE_STYLES)]
        picture.rectangle(*corner, side, side, fc="none", ec=ON_WHITE, lw=1.3, ls=dash)


def describe(numbers: Levels) -> Description:
    """The growing fields in words, and a row for each level, image and channel."""
    network, shown = numbers.network.text, numbers.shown
    first, second = shown.class_names[:2]
    fields = [str(level.field.size) for level in numbers.levels]
    levels = joined(
        Text(
            f"{level.name.zh} {level.maps.shape[1]} 幅 {level.size}",
            f"{level.name.en.lower()} with {plural(level.maps.shape[1], 'map')} of {level.size}",
        )
        for level in numbers.levels
    )
    return Description(
        title=Text(
            f"从低层到高层，一个值看到的图像越来越大：{'、'.join(fields)} 像素见方",
            "From low to high level, a value sees more of the image: "
            f"{', '.join(fields)} pixels a side",
        ),
        alt=Text(
            f"两行（{first} 和 {second}），从左到右：输入图像，{levels.zh}。",
            f"Two rows ({first} and {second}), from left to right: the input, {levels.en}.",
        ),
        caption=Text(
            f"{network.zh}各块 ReLU 之后的特征图，颜色越深（深色页上越亮）激活越强；"
            "每一列按自己的最大值定色标，列与列之间不可比。输入图像上的方框"
            "（实线、虚线、点线依次为由低到高）是该层最强的那个值所看到的区域，即它的感受野。",
            f"Maps of {network.en} after the ReLU of each block; the further from "
            "the page's color, the stronger. Each column has a scale of its own, up to its largest "
            "value, so columns cannot be compared. Frames on the input (solid, dashed, dotted from "
            "low to high) are what the level's strongest value sees: its receptive field.",
        ),
        rows=[
            {
                "level": k,
                "image": shown.image_ids[i],
                "class": shown.class_names[i],
                "channel": c + 1,
                "height": level.maps.shape[2],
                "width": level.maps.shape[3],
                "receptive_field": level.field.size,
                "mean": float(level.maps[i, c].mean(dtype=float)),
                "maximum": float(level.maps[i, c].max()),
                "zero_share": float((level.maps[i, c] == 0).mean()),
            }
            for k, level in enumerate(numbers.levels, 1)
            for i, c in np.ndindex(level.maps.shape[:2])
        ],
    )
