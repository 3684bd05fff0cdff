"""What a 1×1 convolution does: it mixes the channels at every pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, largest, points, readable, shades
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined
from report_builder.text import Text, class_name, hundredths, number

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

FEWEST = 8  # columns that there is room for, so that few maps do not grow huge


class Mixing(NamedTuple):
    """One output of a 1×1 layer on one image."""

    inputs: np.ndarray  # (C, H, W)
    weights: list[float]  # (C,)
    bias: float
    output: np.ndarray  # (H, W), the weighted sum with the bias
    rectified: np.ndarray  # (H, W), the same after ReLU
    channel: int  # from 1
    channels: int  # outputs of the layer
    largest_input: int  # from 1, the input with the largest weight
    largest_weight: float
    parameters: int  # of the layer
    difference: float  # the largest one from PyTorch's layer
    class_name: str
    network: Network


def measure(evidence: Evidence) -> Mixing:
    """The maps and weights that the demonstration "mixing" has recorded."""
    record = evidence.shown_demonstration("mixing")
    facts = record.facts
    return Mixing(
        inputs=record.array("inputs"),
        weights=facts["weights"],
        bias=facts["bias"],
        output=record.array("output"),
        rectified=record.array("rectified"),
        channel=facts["output"],
        channels=facts["channels_out"],
        largest_input=facts["largest_input"],
        largest_weight=facts["largest_weight"],
        parameters=facts["parameters"],
        difference=facts["difference"],
        class_name=class_name(facts["image"]),
        network=network_of(evidence, record, "one-by-one"),
    )


def draw(numbers: Mixing, style: Style) -> Figure:
    """The input maps with their weights; below, the weighted sum before and after ReLU."""
    pitch = (ACROSS - 20) // max(len(numbers.inputs), FEWEST)
    side, strip, head = pitch - 8, points(ACROSS, 16), points(ACROSS, 28)
    weights_y = head + side + 6
    output_y = head + side + strip + points(ACROSS, 34)
    large = 2 * pitch + 40
    height = output_y + large + points(ACROSS, 16)
    picture = Picture(style, describe(numbers).title, ACROSS, height)
    limit = max(abs(weight) for weight in numbers.weights) or 1.0
    brightest, far = largest([numbers.inputs]), largest([numbers.output, numbers.rectified])
    words = Text("输入图，下面是它的权重", "Input maps, each above its weight")
    picture.note(10, points(ACROSS, 10), words, 9.5)
    for i, weight in enumerate(numbers.weights):
        x, middle = 10 + i * pitch, 10 + i * pitch + side / 2
        colors = shades(numbers.inputs[i], 0, brightest, (style.ground, style.ink))
        picture.paint_into(colors, x, head, (side, side))
        color = picture.around_zero(np.array(weight), limit)
        picture.canvas[weights_y : weights_y + strip, x : x + side] = color
        picture.note(middle, head - 5, f"{i + 1}", 8.5, ha="center", color=style.muted)
        centered = {"ha": "center", "va": "center", "color": readable(color)}
        picture.note(middle, weights_y + strip / 2, hundredths(weight), 8.5, **centered)
    bias = hundredths(numbers.bias)
    for x, values, words in (
        (10, numbers.output, Text(f"加权和，加偏置 {bias}", f"Weighted sum, bias {bias}")),
        (40 + large, numbers.rectified, Text("ReLU 之后", "After ReLU")),
    ):
        picture.paint_into(picture.around_zero(values, far), x, output_y, (large, large))
        picture.note(x, output_y - points(ACROSS, 5), words, 9.5)
    picture.scale_bar(output_y + large - points(ACROSS, 14), far, Text("输出图", "outputs"))
    return picture.finished()


def describe(numbers: Mixing) -> Description:
    """The largest weight in words, and a row for each input map."""
    count, first, weight = len(numbers.inputs), numbers.largest_input, numbers.largest_weight
    weights = joined(map(hundredths, numbers.weights), "、")
    network, difference = numbers.network.text, number(numbers.difference, 1)
    return Description(
        title=Text(
            f"1×1 卷积在每个像素上把 {count} 个通道加权相加：这一个输出里，第 {first} 幅图的权重 "
            f"{hundredths(weight)} 最大",
            f"A 1×1 convolution adds up {count} channels at every pixel; for this output map "
            f"{first} weighs most, {hundredths(weight)}",
        ),
        alt=Text(
            f"{count} 幅输入图，各标着权重 {weights.zh}；下面是加权和，以及它在 ReLU 之后。",
            f"{count} input maps with their weights {weights.en}; below, the weighted sum, and "
            "the same after ReLU.",
        ),
        caption=Text(
            f"{network.zh}的 1×1 层，"
            f"{numbers.channels} 个输出通道中的第 {numbers.channel} 个，输入为一幅 "
            f"{numbers.class_name}。整层只有 {numbers.parameters} 个参数，不看邻近像素；手工求和与 "
            f"PyTorch 最多相差 {difference}。输入图由底色到墨色为 0 到最大；权重与输出图各用一个色"
            "标，零在正中。",
            f"Output {numbers.channel} of {numbers.channels} of the 1×1 layer of "
            f"{network.en} for "
            f"an image of {numbers.class_name}. The layer has {numbers.parameters} parameters and "
            "sees no neighbors; the sum by hand differs from PyTorch's by at most "
            f"{difference}. Inputs go from 0 to their largest value; weights and outputs have a "
            "scale each, zero in the middle.",
        ),
        rows=[
            {
                "input": i + 1,
                "weight": weight,
                "mean_of_input": float(numbers.inputs[i].mean(dtype=float)),
                "maximum_of_input": float(numbers.inputs[i].max()),
            }
            for i, weight in enumerate(numbers.weights)
        ],
    )
