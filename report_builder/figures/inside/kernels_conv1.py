"""The kernels of the first convolution before and after training, and what training changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.inside.kernels import FEWEST, SCALE, every, weight_rows
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import COLORS
from report_builder.text import EMPTY, Text, number

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

MARGIN = 12  # pixels


class FirstKernels(NamedTuple):
    """The kernels of one run."""

    network: Network
    before: np.ndarray  # (F, k, k); of images in color (F, 3k, k), red above green above blue
    after: np.ndarray

    @property
    def changed_signs(self) -> int:
        """Weights whose sign training has changed."""
        return int((np.sign(self.before) != np.sign(self.after)).sum())

    @property
    def mean_change(self) -> float:
        """Of a weight, without its sign."""
        return float(np.abs(self.after - self.before).mean())


def measure(evidence: Evidence, variant: str) -> FirstKernels:
    """The kernels of the representative run."""
    run = evidence.representative(variant)
    found = run.array("conv1.kernels")  # (epochs, F, C, k, k), C colors
    epochs, count, colors, size, _ = found.shape
    by_epoch = found.reshape(epochs, count, colors * size, size)
    return FirstKernels(network_of_run(evidence, run), by_epoch[0], by_epoch[-1])


def draw(numbers: FirstKernels, style: Style) -> Figure:
    """Three rows on one scale: before, after, and the change."""
    rows = (
        (Text("训练前", "Before training"), numbers.before),
        (Text("训练后", "After training"), numbers.after),
        (Text("变化（后减前）", "Change (after minus before)"), numbers.after - numbers.before),
    )
    count, size = len(numbers.after), numbers.after.shape[-1]
    pitch = ACROSS // max(count, FEWEST)
    side, width = (pitch - 10) // size * size, ACROSS + 2 * MARGIN
    tall = side if numbers.after.shape[1] == size else 2 * side
    heading, top = points(width, 18), points(width, 14)
    drop = heading + pitch + tall - side
    bar_y = top + len(rows) * drop + points(width, 6)
    picture = Picture(style, describe(numbers).title, width, bar_y + points(width, 26))
    limit = largest([numbers.before, numbers.after])
    for row, (words, kernels) in enumerate(rows):
        y = top + row * drop
        picture.note(MARGIN, y + heading * 0.75, words, 9.5)
        for i, kernel in enumerate(kernels):
            corner = MARGIN + i * pitch, y + heading
            picture.paint_into(picture.around_zero(kernel, limit), *corner, (side, tall))
    for i in range(0, count, every(width, pitch)):
        middle = MARGIN + i * pitch + side / 2
        picture.note(middle, top - 4, f"{i + 1}", 8.5, ha="center", color=style.muted)
    picture.scale_bar(bar_y, limit, SCALE)
    return picture.finished()


def describe(numbers: FirstKernels) -> Description:
    """The change in words, and a row for each weight."""
    network, after, flips = numbers.network, numbers.after, numbers.changed_signs
    count, weights, moved = len(after), after.size, number(numbers.mean_change, 2)
    size = f"{after.shape[-1]}×{after.shape[-1]}"
    planes = COLORS if after.shape[-2] > after.shape[-1] else EMPTY
    least, most = number(after.min(), 2), number(after.max(), 2)
    return Description(
        title=Text(
            f"{network.variant.zh}：训练使第一层 {weights} 个权重平均移动 {moved}，{flips} 个变号",
            f"{network.variant.en}: training moves the first layer's {weights} weights by "
            f"{moved} on average; {flips} change sign",
        ),
        alt=Text(
            f"第一层的 {count} 个 {size} 卷积核，三行：训练前、训练后、变化。"
            f"权重从 {least} 到 {most}；{flips} 个变号。",
            f"{count} kernels ({size}) of the first layer in three rows: before training, after, "
            f"and the change. After it, weights reach from {least} to {most}; {flips} changed "
            "sign.",
        ),
        caption=Text(
            f"{network.of_seed.zh}的第一个卷积层，{count} 个 {size} 核；编号即输出特征图的编号。"
            f"{planes.zh}三行用同一色标，零在正中。",
            f"The first convolution of {network.of_seed.en}: {count} kernels of {size}, "
            f"numbered as the maps they make. {planes.en}All rows share one scale with zero in "
            "the middle.",
        ),
        rows=weight_rows(numbers.before[:, None], after[:, None]),
    )
