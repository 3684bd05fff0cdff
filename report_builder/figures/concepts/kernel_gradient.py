"""The gradient of one kernel: an image, the gradient that comes back, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.concepts.cells import paint_cells, power_of_ten, unit_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, fit, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import COLORS, NAMES_OF_COLORS
from report_builder.text import EMPTY, Text, class_name, number, thousandths

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

SIDE = 350  # pixels of image and map, at most
HEADING = 300  # pixels that a heading takes
CELL = 72
CELL_IN_COLOR = 54  # of three times as many rows
MARGIN = 12


class KernelGradient(NamedTuple):
    """The gradient of the loss of one image by a kernel of the first convolution."""

    image: np.ndarray  # (H, W) uint8, or (H, W, 3)
    image_id: str
    class_name: str
    loss: float
    above: np.ndarray  # (H - k + 1, W - k + 1), the gradient by the outputs
    by_hand: np.ndarray  # (C, k, k), C = 1 for gray images, 3 for colour
    autograd: np.ndarray  # (C, k, k)
    difference: float  # the largest of the two
    window: np.ndarray  # (C, k, k), the share of one window
    row: int  # of that window's upper left corner
    column: int
    upstream: float  # the gradient by its output
    with_gradient: int  # outputs whose gradient is not 0
    kernel_number: int
    network: Network


def measure(evidence: Evidence) -> KernelGradient:
    """The gradients that the demonstration "backward" has recorded."""
    record = evidence.shown_demonstration("backward")
    facts = record.facts
    return KernelGradient(
        image=record.array("image"),
        image_id=facts["id"],
        class_name=class_name(facts["image"]),
        loss=facts["loss"],
        above=record.array("above"),
        by_hand=record.array("by_hand"),
        autograd=record.array("autograd"),
        difference=facts["difference"],
        window=record.array("window"),
        row=facts["row"],
        column=facts["column"],
        upstream=facts["upstream"],
        with_gradient=facts["places_with_gradient"],
        kernel_number=facts["channel"],
        network=network_of(evidence, record, "baseline"),
    )


def draw(numbers: KernelGradient, style: Style) -> Figure:
    """Image, gradient by the map, share of one window, and gradient by the kernel."""
    (channels, size, _), frame = numbers.by_hand.shape, style.color("receptive field")
    cell = CELL if channels == 1 else CELL_IN_COLOR
    top = points(ACROSS, 28)
    image = fit(as_rgb(numbers.image), SIDE, SIDE)
    tall = max(len(image), channels * size * cell + points(ACROSS, 14))
    bar_y = top + tall + points(ACROSS, 10)
    picture = Picture(style, describe(numbers).title, ACROSS, bar_y + points(ACROSS, 26))
    limit = largest([numbers.above])
    picture.paint(image, MARGIN, top)
    share = image.shape[1] / numbers.image.shape[1]
    place = MARGIN + round(numbers.column * share), top + round(numbers.row * share)
    side = round(size * share)
    picture.outline(*place, side, side, ON_WHITE)
    picture.note(MARGIN, top - picture.points(4), Text("图像", "Image"))

    x = MARGIN + max(image.shape[1], HEADING) + 40
    gradient = fit(picture.around_zero(numbers.above, limit), SIDE, SIDE)
    picture.paint(gradient, x, top)
    share = gradient.shape[1] / numbers.above.shape[1]
    place = x + round(numbers.column * share), top + round(numbers.row * share)
    picture.outline(*place, max(1, round(share)), max(1, round(share)), frame)
    picture.note(x, top - picture.points(4), Text("损失对特征图的梯度", "Gradient by the map"))

    x += max(gradient.shape[1], HEADING) + 40
    for values, heading in (
        (numbers.window, Text("红框窗口的贡献", "From the window")),
        (numbers.by_hand, Text("全部窗口之和", "Sum of all windows")),
    ):
        power = power_of_ten(values)
        written = values.reshape(-1, size) / 10.0**power
        colors = picture.around_zero(written, float(np.abs(written).max()) or 1.0)
        paint_cells(picture, written, colors, cell, x, top)
        picture.note(x, top - picture.points(4), heading)
        if power:
            below = top + channels * size * cell + points(ACROSS, 12)
            picture.note(x, below, unit_of(power).strip(), 8.5, color=style.muted)
        x += size * CELL + 80  # as wide as its heading
    words = Text("损失对特征图的梯度", "gradient of the loss")
    picture.scale_bar(bar_y, limit, words)
    return picture.finished()


def describe(numbers: KernelGradient) -> Description:
    """How by hand and autograd compare, and a row for each weight."""
    (channels, size, _), difference = numbers.by_hand.shape, number(numbers.difference, 1)
    weights, planes = Text("九个", "nine"), EMPTY
    if channels > 1:
        weights, planes = Text(f"{numbers.by_hand.size} 个", f"{numbers.by_hand.size}"), COLORS
    table = f"{channels * size}×{size}"
    most = number(float(np.abs(numbers.autograd).max()))
    name, network = numbers.class_name, numbers.network.text
    places = f"{numbers.with_gradient:,}"
    return Description(
        title=Text(
            "一个核的梯度：各个窗口的像素乘以那里传回的梯度，再全部相加",
            "A kernel's gradient: the pixels of each window times the gradient that comes back "
            "there, all added up",
        ),
        alt=Text(
            f"一幅 {name}，第一层一幅特征图的梯度，其中 {places} 处不为 0；"
            f"{table} 的两个数表：一个窗口的贡献，全部窗口之和。",
            f"An image of {name}; the gradient with respect to a map of the first layer, not 0 "
            f"in {places} places; two tables of {table} numbers: what one window adds, "
            "and the sum of all.",
        ),
        caption=Text(
            f"测试图像 {numbers.image_id}，损失最大的一幅（{thousandths(numbers.loss)}）；"
            f"{network.zh}第一层的第 {numbers.kernel_number} 个核。红框窗口传回的梯度是 "
            f"{number(numbers.upstream)}。{planes.zh}{weights.zh}权重的梯度中，绝对值最大的是 "
            f"{most}，手算与 autograd 最多相差 {difference}。"
            "两个数表各用一个色标，零都在正中。",
            f"Test image {numbers.image_id}, the one with the largest loss "
            f"({thousandths(numbers.loss)}); kernel {numbers.kernel_number} of the first layer of "
            f"{network.en}. The gradient that comes back at the framed window is "
            f"{number(numbers.upstream)}. {planes.en}The largest of the {weights.en} gradients "
            f"has a size of {most}; worked out by hand they differ from autograd's by at most "
            f"{difference}. The two tables have a scale each, zero in the middle of both.",
        ),
        rows=[
            {
                **({"color": NAMES_OF_COLORS[c]} if channels > 1 else {}),
                "row": i,
                "column": j,
                "by_hand": float(value),
                "autograd": float(numbers.autograd[c, i, j]),
                "share_of_window": float(numbers.window[c, i, j]),
            }
            for (c, i, j), value in np.ndenumerate(numbers.by_hand)
        ],
    )
