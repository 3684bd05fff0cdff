"""The kernels of the second convolution: a row for each output map, a column for each input map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.inside.kernels import FEWEST, SCALE, every, weight_rows
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, number, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure


class SecondKernels(NamedTuple):
    """The kernels of one run."""

    network: Network
    before: np.ndarray  # (outputs, inputs, k, k)
    after: np.ndarray  # (outputs, inputs, k, k)

    @property
    def strongest(self) -> tuple[int, int]:
        """Output and input of the kernel with the largest sum of squares, from 0."""
        strength = np.sqrt((self.after.astype(float) ** 2).sum(axis=(2, 3)))
        output, source = np.unravel_index(int(strength.argmax()), strength.shape)
        return int(output), int(source)


def measure(evidence: Evidence, variant: str) -> SecondKernels:
    """The kernels of the representative run."""
    run = evidence.representative(variant)
    by_epoch = run.array("conv2.kernels")
    return SecondKernels(network_of_run(evidence, run), by_epoch[0], by_epoch[-1])


def draw(numbers: SecondKernels, style: Style) -> Figure:
    """The grid of kernels after training, the strongest one framed."""
    after, width = numbers.after, ACROSS + 24
    rows, columns, size = after.shape[:3]
    left, top = points(width, 36), points(width, 30)
    pitch = (ACROSS - left) // max(columns, FEWEST)
    side = (pitch - 10) // size * size
    bar_y = top + rows * pitch + points(width, 6)
    picture = Picture(style, describe(numbers).title, width, bar_y + points(width, 26))
    limit = largest([after])
    muted: dict[str, Any] = {"color": style.muted}
    for place in np.ndindex(rows, columns):
        corner = left + place[1] * pitch, top + place[0] * pitch
        border = style.ink if place == numbers.strongest else style.color("grid")
        picture.paint_into(picture.around_zero(after[place], limit), *corner, (side, side), border)
    picture.note(left, points(width, 12), Text("输入特征图 →", "Input map →"), **muted)
    picture.note(10, points(width, 26), Text("输出 ↓", "Output ↓"), 8.5, **muted)
    step = every(width, pitch)
    for i in range(0, columns, step):
        middle = left + i * pitch + side / 2
        picture.note(middle, top - 6, f"{i + 1}", 8.5, ha="center", **muted)
    for o in range(0, rows, step):
        middle = top + o * pitch + side / 2
        picture.note(left - 16, middle, f"{o + 1}", 8.5, ha="right", va="center", **muted)
    picture.scale_bar(bar_y, limit, SCALE)
    return picture.finished()


def describe(numbers: SecondKernels) -> Description:
    """The strongest kernel in words, and a row for each weight."""
    network, after, (output, source) = numbers.network, numbers.after, numbers.strongest
    rows, columns, k = after.shape[:3]
    least, most = number(after.min(), 2), number(after.max(), 2)
    negative = percent(float((after < 0).mean()))
    return Description(
        title=Text(
            f"{network.variant.zh}：第二层的 {rows}×{columns} 个核，"
            f"最强的一个从输入图 {source + 1} 通往输出图 {output + 1}",
            f"{network.variant.en}: {rows}×{columns} kernels of the second layer, the strongest "
            f"leads from input map {source + 1} to output map {output + 1}",
        ),
        alt=Text(
            f"第二层的卷积核，{rows} 行（输出图）{columns} 列（输入图），每格 {k}×{k}。"
            f"权重从 {least} 到 {most}，{negative} 为负。",
            f"Kernels of the second layer in {rows} rows (output maps) and {columns} columns "
            f"(input maps), {k}×{k} each. Weights reach from {least} to {most}; {negative} are "
            "negative.",
        ),
        caption=Text(
            f"{network.of_seed.zh}训练后的第二个卷积层：一行的 {columns} 个核各作用于一幅输入图，"
            "结果相加再加偏置，得到一幅输出图。黑框（深色页为白框）是平方和最大的核。"
            "全图同一色标，零在正中。",
            f"The second convolution of {network.of_seed.en} after training. The "
            f"{columns} kernels of a row each work on one input map; their results and a bias add "
            "up to one output map. Framed: the kernel with the largest sum of squares. One scale "
            "for all, zero in the middle.",
        ),
        rows=weight_rows(numbers.before, after),
    )
