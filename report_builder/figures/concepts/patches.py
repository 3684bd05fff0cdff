"""For every channel, the patches of images that excite it most."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit import class_legend
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, fit, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import enumerated, listed, width
from report_builder.text import EMPTY, Text, class_name, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import DemonstrationRecord, Evidence, Figure

BESIDE = 2  # channels in a row
FEWEST = 6  # patches that a row has room for
LABEL, HEADING, MARGIN = points(ACROSS, 28), points(ACROSS, 22), 10  # pixels
GAP = 8  # pixels between patches


class Block(NamedTuple):
    """The patches of one block's channels, the strongest first."""

    number: int  # from 1
    side: int  # pixels of a patch: the receptive field of a value after this block
    patches: np.ndarray  # (channels, patches, side, side) uint8
    values: np.ndarray  # (channels, patches), after ReLU
    labels: np.ndarray  # (channels, patches), the class of each patch's image
    corners: np.ndarray  # (channels, patches, 2), row and column in the image
    image_ids: list[list[str]]  # (channels, patches)
    same_class: float | None  # share of a channel's commonest class, mean over channels

    @property
    def channels(self) -> int:
        return len(self.patches)

    @property
    def sides(self) -> str:
        return f"{self.side}×{self.side}"


class Patches(NamedTuple):
    """The patches of all blocks of one network."""

    blocks: list[Block]
    per_channel: int  # patches
    images: int  # that they are taken from
    same_class_chance: float  # the share of the commonest class among as many random images
    class_names: tuple[str, ...]
    network: Network


def measure(evidence: Evidence) -> Patches:
    """The patches that the demonstration "patches" has recorded."""
    record = evidence.shown_demonstration("patches")
    facts = record.facts
    return Patches(
        blocks=[_block(record, number) for number in range(1, facts["levels"] + 1)],
        per_channel=facts["count"],
        images=facts["images"],
        same_class_chance=facts["same_class_chance"],
        class_names=tuple(map(class_name, facts["classes"])),
        network=network_of(evidence, record, "features"),
    )


def _block(record: DemonstrationRecord, number: int) -> Block:
    facts = record.facts
    return Block(
        number=number,
        side=facts[f"field_{number}"],
        patches=record.array(f"patches{number}"),
        values=record.array(f"values{number}"),
        labels=record.array(f"labels{number}"),
        corners=record.array(f"places{number}") * facts[f"stride_{number}"],
        image_ids=facts[f"ids_{number}"],
        same_class=facts[f"same_class_{number}"],
    )


def draw(numbers: Patches, style: Style) -> Figure:
    """A row of patches for each channel, block by block, in borders of their class's color."""
    column = ACROSS // BESIDE
    room = (column - LABEL - 14) // max(numbers.per_channel, FEWEST) - GAP  # pixels for a patch
    sides = [min(room, block.side * max(1, room // block.side)) for block in numbers.blocks]
    tops, y = [], 0
    for block, side in zip(numbers.blocks, sides):
        tops.append(y + HEADING)
        y += HEADING + -(-block.channels // BESIDE) * (side + 14)
    legend = class_legend.height(numbers.class_names, ACROSS)
    picture = Picture(style, describe(numbers).title, ACROSS, y + 6 + legend)
    pitch = max(sides) + GAP
    for block, side, top in zip(numbers.blocks, sides, tops):
        picture.note(MARGIN, top - points(ACROSS, 6), _heading(block))
        for channel in range(block.channels):
            row, place = divmod(channel, BESIDE)
            corner = MARGIN + place * column, top + row * (side + 14)
            _paint_channel(picture, numbers, block, channel, corner, side, pitch)
    class_legend.draw(picture, numbers.class_names, y + 6)
    return picture.finished()


def _heading(block: Block) -> Text:
    share = EMPTY
    if block.same_class is not None:
        same = percent(block.same_class, 0)
        share = Text(f"，{same} 同属一类", f", {same} of one class")
    return Text(
        f"第 {block.number} 块：{block.channels} 个通道，图像块 {block.sides}{share.zh}",
        f"Block {block.number}: {plural(block.channels, 'channel')}, patches of "
        f"{block.sides}{share.en}",
    )


def _paint_channel(
    picture: Picture,
    numbers: Patches,
    block: Block,
    channel: int,
    corner: tuple[int, int],
    side: int,
    pitch: int,
) -> None:
    (x, y), middle, style = corner, corner[1] + side / 2, picture.style
    excited = np.flatnonzero(block.values[channel] > 0)
    counts = np.bincount(block.labels[channel, excited], minlength=len(numbers.class_names))
    placed: dict[str, Any] = {"size": 8.5, "ha": "right", "va": "center"}
    above, below = middle - points(ACROSS, 5), middle + points(ACROSS, 6)
    picture.note(x + LABEL - 12, above, f"{channel + 1}", color=style.ink, **placed)
    commonest = _commonest(counts, numbers.class_names)
    picture.note(x + LABEL - 12, below, commonest, color=style.muted, **placed)
    colors = style.class_colors(numbers.class_names)
    for i in excited.tolist():
        patch = fit(as_rgb(block.patches[channel, i]), side, side)
        picture.paint(patch, x + LABEL + i * pitch, y, colors[block.labels[channel, i]])
    if not len(excited):
        words = Text("始终为零", "always zero")
        picture.note(x + LABEL + points(ACROSS, 50), middle, words, color=style.muted, **placed)


def _commonest(counts: np.ndarray, names: tuple[str, ...]) -> str:
    """The commonest class of a channel's patches: how many they are, and its name if short."""
    if not counts.any():
        return "—"
    name = names[int(counts.argmax())]
    return f"{counts.max()}/{counts.sum()}" + (f" {name}" if width(name) <= 2 else "")


def describe(numbers: Patches) -> Description:
    """Sizes and shares of one class in words, and a row for each patch."""
    count, network = numbers.per_channel, numbers.network.text
    chance = percent(numbers.same_class_chance, 0)
    first, last = numbers.blocks[0].side, numbers.blocks[-1].side
    shares = [percent(b.same_class, 0) for b in numbers.blocks if b.same_class is not None]
    legend = class_legend.in_words(numbers.class_names)
    blocks = listed(
        Text(
            f"第 {block.number} 块 {block.channels} 个通道，{block.sides} 像素",
            f"block {block.number}, {plural(block.channels, 'channel')}, {block.sides} pixels",
        )
        for block in numbers.blocks
    )
    return Description(
        title=Text(
            f"最能激发一个通道的 {count} 个图像块，边长从 {first} 到 {last} 像素；"
            f"同属一类的，由浅到深占 {'、'.join(shares)}（任取为 {chance}）",
            f"The {count} patches that excite a channel most, from {first} to {last} pixels a "
            f"side; {enumerated(shares).en} are of one class, from shallow to deep ({chance} by "
            "chance)",
        ),
        alt=Text(
            f"每个通道一行、每行 {count} 个图像块：{blocks.zh}。"
            "边长越大，图像块里的形状越完整，从边缘到弧线和拐角。",
            f"A row of {count} patches for each channel: {blocks.en}. The larger the patches, the "
            "more of a shape they hold, from edges to arcs and corners.",
        ),
        caption=Text(
            f"{network.zh}，n = {numbers.images} 幅测试图像。每行一个通道，左边是通道号和最多的那"
            f"一类：在每幅图像里取它 ReLU 之后最大的那个值，从大到小取 {count} 幅不同的图像，"
            "画出这个值看到的图像块，即它的感受野；数值相等时各类轮流。边框的颜色是图像的类别："
            f"{legend.zh}。“同属一类”是这 {count} 块里最多的那一类所占的份额，取各通道的平均。",
            f"{network.en}, n = {numbers.images} test images. A row is a channel, "
            "its number and its commonest class at the left: of every image the largest value "
            f"after ReLU is taken, and of the {count} images where it is largest the patch that "
            "this value sees, its receptive field; among equal values classes take turns. Borders "
            f"tell the class: {legend.en}. “Of one class” is the share that the commonest class "
            f"has of the {count}, averaged over channels.",
        ),
        rows=[
            {
                "block": block.number,
                "channel": channel + 1,
                "rank": i + 1,
                "image": block.image_ids[channel][i],
                "class": numbers.class_names[block.labels[channel, i]],
                "value": float(block.values[channel, i]),
                "row": int(block.corners[channel, i, 0]),
                "column": int(block.corners[channel, i, 1]),
                "side": block.side,
            }
            for block in numbers.blocks
            for channel, i in np.ndindex(block.values.shape)
        ],
    )
