"""How several input maps become one output map: a partial sum for each, added up with the bias."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, enlarged, largest, points, shades
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined
from report_builder.text import Text, class_name, number, thousandths

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

FEWEST = 8  # columns that there is room for, so that few maps do not grow huge


class PartialSums(NamedTuple):
    """One output channel of the second convolution on one image."""

    inputs: np.ndarray  # (C, H, W)
    kernels: np.ndarray  # (C, k, k)
    partial_maps: np.ndarray  # (C, H - k + 1, W - k + 1), each input under its kernel
    output: np.ndarray  # (H - k + 1, W - k + 1)
    row: int  # of the value that is added up in numbers
    column: int
    parts: list[float]  # (C,) at this place
    positive: float  # the sum of the positive parts
    negative: float  # and of the negative ones
    total: float  # of the parts
    bias: float
    result: float  # total and bias
    pytorch: float  # the value that PyTorch's layer gives
    difference: float  # the largest one from PyTorch's layer, anywhere on the map
    channel: int  # from 1
    channels: int
    class_name: str
    network: Network


def measure(evidence: Evidence) -> PartialSums:
    """The maps and sums that the demonstration "partial-sums" has recorded."""
    record = evidence.shown_demonstration("partial-sums")
    facts = record.facts
    return PartialSums(
        inputs=record.array("inputs"),
        kernels=record.array("kernels"),
        partial_maps=record.array("parts"),
        output=record.array("output"),
        row=facts["row"],
        column=facts["column"],
        parts=facts["parts"],
        positive=facts["positive"],
        negative=facts["negative"],
        total=facts["sum"],
        bias=facts["bias"],
        result=facts["output"],
        pytorch=facts["pytorch"],
        difference=facts["difference"],
        channel=facts["unit"],
        channels=facts["units"],
        class_name=class_name(facts["image"]),
        network=network_of(evidence, record, "baseline"),
    )


def draw(numbers: PartialSums, style: Style) -> Figure:
    """A column for each input map, its kernel and its partial map; below, the output map."""
    count, size = len(numbers.inputs), numbers.kernels.shape[-1]
    margin = points(ACROSS, 50)
    pitch = (ACROSS - margin - 10) // max(count, FEWEST)
    side = pitch - 8
    kernel_side = (side - 24) // size * size
    input_y = points(ACROSS, 14)
    kernel_y = input_y + side + 16
    part_y = kernel_y + kernel_side + 16
    output_y = part_y + side + points(ACROSS, 22)
    large = 2 * pitch
    height = output_y + large + points(ACROSS, 16)
    picture = Picture(style, describe(numbers).title, ACROSS, height)
    brightest, limit = largest([numbers.inputs]), float(np.abs(numbers.kernels).max())
    far = largest([numbers.partial_maps, numbers.output])
    for i in range(count):
        x = margin + i * pitch
        colors = shades(numbers.inputs[i], 0, brightest, (style.ground, style.ink))
        _paint_map(picture, numbers, colors, (x, input_y), side, size)
        colors = picture.around_zero(numbers.kernels[i], limit)
        kernel_x = x + (side - kernel_side) // 2
        picture.paint(enlarged(colors, kernel_side // size), kernel_x, kernel_y)
        colors = picture.around_zero(numbers.partial_maps[i], far)
        _paint_map(picture, numbers, colors, (x, part_y), side, 1)
        middle, below = x + side / 2, part_y + side + points(ACROSS, 10)
        picture.note(middle, input_y - 5, f"{i + 1}", 8.5, ha="center", color=style.muted)
        picture.note(middle, below, _written(numbers.parts[i]), 8.5, ha="center")
    colors = picture.around_zero(numbers.output, far)
    _paint_map(picture, numbers, colors, (margin, output_y), large, 1)
    for y, words in (
        (input_y + side / 2, Text("输入图", "Inputs")),
        (kernel_y + side / 2, Text("卷积核", "Kernels")),
        (part_y + side / 2, Text("分通道", "Parts")),
        (output_y + large / 2, Text("输出图", "Output")),
    ):
        picture.note(8, y, words, 8.5, va="center")
    for k, line in enumerate(_sum_in_words(numbers)):
        picture.note(margin + large + 40, output_y + points(ACROSS, 12 + 15 * k), line, 9.5)
    words = Text("分通道的结果与输出图", "parts and output")
    picture.scale_bar(output_y + large - points(ACROSS, 14), far, words)
    return picture.finished()


def _paint_map(
    picture: Picture,
    numbers: PartialSums,
    colors: np.ndarray,
    corner: tuple[int, int],
    side: int,
    framed: int,
) -> None:
    """A map with a frame around `framed` values a side from the place of the sum on."""
    x, y, wide = picture.paint_into(colors, *corner, (side, side))
    scale = wide / colors.shape[1]
    place = round(x + numbers.column * scale), round(y + numbers.row * scale)
    length = round(framed * scale)
    picture.outline(*place, length, length, picture.style.color("receptive field"))


def _sum_in_words(numbers: PartialSums) -> tuple[Text, Text, Text]:
    row, column = numbers.row, numbers.column
    positive, negative, total, bias, result, pytorch = (
        _written(value)
        for value in (
            numbers.positive,
            numbers.negative,
            numbers.total,
            numbers.bias,
            numbers.result,
            numbers.pytorch,
        )
    )
    return (
        Text(
            f"红框处（第 {row} 行第 {column} 列）：", f"At the frame (row {row}, column {column}):"
        ),
        Text(
            f"正的合计 {positive}，负的合计 {negative}；相加得 {total}，偏置 {bias}",
            f"{positive} positive and {negative} negative: {total}; bias {bias}",
        ),
        Text(f"合计 {result}；PyTorch 给出 {pytorch}", f"In all {result}; PyTorch gives {pytorch}"),
    )


def _written(value: float) -> str:
    """As the table beside it writes it, so that the sum comes out alike."""
    return thousandths(value) if value else "0"


def describe(numbers: PartialSums) -> Description:
    """The sum in words, and a row for each input map."""
    count, size = len(numbers.parts), numbers.kernels.shape[-1]
    sign = "+" if numbers.bias >= 0 else "−"
    equation = (
        f"{_written(numbers.positive)} − {_written(-numbers.negative)} {sign} "
        f"{_written(abs(numbers.bias))} = {_written(numbers.result)}"
    )
    parts = joined(map(_written, numbers.parts), "、")
    difference = number(numbers.difference, 1)
    return Description(
        title=Text(
            f"{count} 幅输入图各过一个核，正的、负的与偏置相加：{equation}",
            f"{count} input maps under a kernel each: positive parts, negative parts and the bias "
            f"make {equation}",
        ),
        alt=Text(
            f"四行：{count} 幅输入图，{count} 个 {size}×{size} 核，{count} 幅分通道的卷积结果，"
            f"以及它们与偏置之和。红框处各通道的结果依次为 {parts.zh}。",
            f"Four rows: {count} input maps, {count} kernels of {size}×{size}, {count} partial "
            f"maps, and their sum with the bias. At the frame the parts are {parts.en}.",
        ),
        caption=Text(
            f"{numbers.network.text.zh}第二层的第 {numbers.channel} 个输出通道"
            f"（共 {numbers.channels} 个），输入为一幅 {numbers.class_name}。"
            "红框标在正负抵消最多的通道和位置上。"
            f"逐通道相加与 PyTorch 的整层结果在全图上最多相差 {difference}。"
            "输入图由底色到墨色为 0 到最大；各结果与输出图同一色标，卷积核另用一个，零在正中。",
            f"Output channel {numbers.channel} of {numbers.channels} of the second layer of "
            f"{numbers.network.text.en} for an image of {numbers.class_name}. "
            "Channel and frame are where the most cancels. "
            f"Adding the parts differs from PyTorch's layer by at most {difference} anywhere on "
            "the map. Inputs go from 0 to their largest value; parts and output share a scale and "
            "kernels have one of their own, zero in the middle.",
        ),
        rows=[
            {"input": i + 1, "part": part, "running_sum": float(total)}
            for i, (part, total) in enumerate(zip(numbers.parts, np.cumsum(numbers.parts)))
        ],
    )
