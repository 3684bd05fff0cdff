"""An image and one of its maps, before and after the image is shifted."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, enlarged, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, class_name, number

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

GAP = 14  # pixels between panels


class ShiftedMaps(NamedTuple):
    """One channel of the first convolution, for an image and the same image shifted."""

    network: Network
    class_name: str
    channel: int  # from 1
    images: tuple[np.ndarray, np.ndarray]  # (H, W) or (H, W, 3) uint8, before and after
    maps: tuple[np.ndarray, np.ndarray]  # (H', W'), before and after
    down: int  # pixels
    right: int
    difference: float  # the largest one of both maps, the first moved along, where they overlap


def measure(evidence: Evidence) -> ShiftedMaps:
    """The image and maps that the demonstration "sharing" has recorded."""
    record = evidence.shown_demonstration("sharing")
    facts = record.facts
    return ShiftedMaps(
        network=network_of(evidence, record, "baseline"),
        class_name=class_name(facts["image"]),
        channel=facts["channel"],
        images=(record.array("image"), record.array("shifted_image")),
        maps=(record.array("map"), record.array("shifted_map")),
        down=facts["shift"][0],
        right=facts["shift"][1],
        difference=facts["shift_difference"],
    )


def draw(numbers: ShiftedMaps, style: Style) -> Figure:
    """Four panels in a row: the image, the shifted image, and the map of each."""
    far, (tall, wide) = largest(numbers.maps), numbers.images[0].shape[:2]
    scale = max(1, round((ACROSS / 4 - GAP) / wide))
    width = 4 * scale * wide + 5 * GAP
    head, bar_y = points(width, 16), points(width, 16) + scale * tall + points(width, 8)
    picture = Picture(style, describe(numbers).title, width, bar_y + points(width, 22))
    words = (
        Text("图像", "The image"),
        Text("平移后的图像", "The image shifted"),
        Text("图像的特征图", "Map of the image"),
        Text("平移后的特征图", "Map of the shifted image"),
    )
    painted = [as_rgb(image) for image in numbers.images]
    painted += [picture.around_zero(values, far) for values in numbers.maps]
    for k, (panel, label) in enumerate(zip(painted, words, strict=True)):
        x = GAP + k * (scale * wide + GAP)
        large = enlarged(panel, scale)
        picture.paint(large, x, head)
        picture.note(x, head - points(width, 4), label, 9.5)
        if k % 2:  # the part that has moved along
            top, left = scale * numbers.down, scale * numbers.right
            inner = large.shape[1] - left - 6, large.shape[0] - top - 6
            frame = ON_WHITE if k == 1 else style.color("receptive field")
            picture.outline(x + left + 3, head + top + 3, *inner, frame)
    picture.scale_bar(bar_y, far, Text("特征图", "maps"))
    return picture.finished()


def describe(numbers: ShiftedMaps) -> Description:
    """How far the image moves, and by how much the maps then differ."""
    network, down, right = numbers.network.text, numbers.down, numbers.right
    difference = number(numbers.difference, 1)
    before, after = numbers.maps
    return Description(
        title=Text(
            f"图像右移 {right}、下移 {down} 个像素，特征图也一样移，重合处最多相差 {difference}",
            f"Shift the image by {right} pixels right and {down} down, and the map shifts by as "
            f"much: where both overlap they differ by {difference} at most",
        ),
        alt=Text(
            f"四幅图排成一行：一幅 {numbers.class_name}，平移后的同一幅，以及两者的特征图；"
            "第二、第四幅里框出了一起移动的部分。",
            f"Four pictures in a row: an image of {numbers.class_name}, the same image shifted, "
            "and the map of each; in the second and fourth the part that moved along is framed.",
        ),
        caption=network
        + Text(
            f"的第一个卷积，第 {numbers.channel} 通道，ReLU 之前。移进来的像素是背景；框里是与原图"
            "重合的部分，两幅特征图用同一个色标，零在正中。",
            f", channel {numbers.channel} of its first convolution, before ReLU. What comes in is "
            "background; framed is the part that overlaps with the original. Both maps have one "
            "scale, zero in the middle.",
        ),
        rows=[
            {
                "row": int(row),
                "column": int(column),
                "map": float(before[row, column]),
                "map_of_shifted_image": float(after[row + down, column + right]),
            }
            for row in range(0, before.shape[0] - down, 8)
            for column in range(0, before.shape[1] - right, 8)
        ],
    )
