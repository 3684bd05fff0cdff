"""For every channel of the last block, patches of images that excite it most, middling, least."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit import class_legend
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, fit, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, class_name, percent, percent_or_dash, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

RANKS = (
    Text("响应最大的", "The strongest"),
    Text("正中间的", "Those in the middle"),
    Text("响应最小的", "The weakest"),
)
LABEL, GAP, BETWEEN = points(ACROSS, 22), 8, 34  # pixels
LARGEST = 128  # pixels of a patch


class PatchRanks(NamedTuple):
    """Patches of images by how strongly a channel responds to them at most."""

    patches: np.ndarray  # (channels, ranks, each, side, side) uint8
    shares: np.ndarray  # (channels, ranks, each) of the largest value of the channel
    labels: np.ndarray  # (channels, ranks, each), class of the image
    block: int
    images: int  # that are ranked
    typical: float | None  # share of the middle image, mean over channels
    class_names: tuple[str, ...]
    network: Network


def measure(evidence: Evidence) -> PatchRanks:
    """The patches that the demonstration "patches" has recorded."""
    record = evidence.shown_demonstration("patches")
    facts, values = record.facts, record.array("rank_values")
    largest = np.maximum(values.max((1, 2), keepdims=True), 1e-12)
    return PatchRanks(
        patches=record.array("rank_patches"),
        shares=values / largest,
        labels=record.array("rank_labels"),
        block=facts["levels"],
        images=facts["images"],
        typical=facts[f"typical_{facts['levels']}"],
        class_names=tuple(map(class_name, facts["classes"])),
        network=network_of(evidence, record, "features"),
    )


def draw(numbers: PatchRanks, style: Style) -> Figure:
    """A row for each channel, in it a group of patches for each rank with its share below."""
    channels, ranks, each, side = numbers.patches.shape[:4]
    room = (ACROSS - LABEL - (ranks - 1) * BETWEEN) // (ranks * each) - GAP
    shown = min(room, LARGEST // side * side or LARGEST)
    head, drop = points(ACROSS, 16), shown + points(ACROSS, 16)
    names, end = numbers.class_names, head + channels * drop
    legend = class_legend.height(names, ACROSS)
    picture = Picture(style, describe(numbers).title, ACROSS, end + legend)
    colors = style.class_colors(numbers.class_names)
    group = each * (shown + GAP) + BETWEEN
    for k, words in enumerate(RANKS):
        picture.note(LABEL + k * group, head - 8, words, 9.5)
    for channel in range(channels):
        y = head + channel * drop
        middle = y + shown / 2
        options = {"ha": "right", "va": "center", "color": style.muted}
        picture.note(LABEL - 14, middle, f"{channel + 1}", 8.5, **options)
        for k in range(ranks):
            for i in range(each):
                x = LABEL + k * group + i * (shown + GAP)
                patch = fit(as_rgb(numbers.patches[channel, k, i]), shown, shown)
                picture.paint(patch, x, y, colors[numbers.labels[channel, k, i]])
                share = percent(float(numbers.shares[channel, k, i]), 0)
                below = x + patch.shape[1] / 2, y + patch.shape[0] + points(ACROSS, 10)
                picture.note(*below, share, 8, ha="center", color=style.muted)
    class_legend.draw(picture, names, end)
    return picture.finished()


def describe(numbers: PatchRanks) -> Description:
    """How strong the middle image is in words, and a row for each patch."""
    channels, _, each = numbers.shares.shape
    typical, side = percent_or_dash(numbers.typical), numbers.patches.shape[-1]
    least = percent(float(numbers.shares[:, 2, -1].mean()), 0)
    legend = class_legend.in_words(numbers.class_names)
    return Description(
        title=Text(
            f"第 {numbers.block} 块：正中间的图像，最大响应平均是最强的 {typical}；"
            f"排在最后的一幅是 {least}",
            f"Block {numbers.block}: the largest response on the middle image is {typical} of the "
            f"strongest on average, on the weakest {least}",
        ),
        alt=Text(
            f"{channels} 个通道各一行，依次是最强、正中间、最弱的各 {each} 个图像块，下面是响应占最"
            "强响应的百分数。",
            f"A row for each of {plural(channels, 'channel')}: {each} patches each of the "
            "strongest, the middle and the weakest images, with the response in percent of the "
            "strongest below.",
        ),
        caption=Text(
            f"{numbers.network.text.zh}。n = {numbers.images} 幅测试图像按一个通道的最大响应排队；"
            f"画的是最大响应处的感受野（{side}×{side} 像素），边框的颜色是图像的类别"
            f"（{legend.zh}），下面的百分数是与这个通道最强的响应之比。",
            f"{numbers.network.text.en}. n = {plural(numbers.images, 'test image')} are lined up "
            "by the largest response of a channel; shown is the receptive field of that response "
            f"({side}×{side} pixels), framed in the color of the image's class: "
            f"{legend.en}. Percentages are of the channel's strongest response.",
        ),
        rows=[
            {
                "channel": channel + 1,
                "rank": ("strongest", "middle", "weakest")[rank],
                "patch": i + 1,
                "class": numbers.class_names[numbers.labels[channel, rank, i]],
                "share_of_strongest": float(numbers.shares[channel, rank, i]),
            }
            for channel, rank, i in np.ndindex(numbers.shares.shape)
        ],
    )
