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
from report_builder.text import Text, class_name, number, thousandths

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

SIDE = 350  # pixels of image and map, at most
HEADING = 300  # pixels that a heading takes
CELL = 72
MARGIN = 12


class KernelGradient(NamedTuple):
    """The gradient of the loss of one image by a kernel of the first convolution."""

    image: np.ndarray  # (H, W) uint8
    image_id: str
    class_name: str
    loss: float
    above: np.ndarray  # (H - k + 1, W - k + 1), the gradient by the outputs
    by_hand: np.ndarray  # (k, k)
    autograd: np.ndarray  # (k, k)
    difference: float  # the largest of the two
    window: np.ndarray  # (k, k), the share of one window
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
    size, frame = len(numbers.by_hand), style.color("receptive field")
    top = points(ACROSS, 28)
    image = fit(as_rgb(numbers.image), SIDE, SIDE)
    tall = max(len(image), size * CELL + points(ACROSS, 14))
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
        written = values / 10.0**power
        colors = picture.around_zero(values, float(np.abs(values).max()) or 1.0)
        paint_cells(picture, written, colors, CELL, x, top)
        picture.note(x, top - picture.points(4), heading)
        if power:
            below = top + size * CELL + points(ACROSS, 12)
            picture.note(x, below, unit_of(power).strip(), 8.5, color=style.muted)
        x += size * CELL + 80
    words = Text("损失对特征图的梯度", "gradient of the loss")
    picture.scale_bar(bar_y, limit, words)
    return picture.finished()


def describe(numbers: KernelGradient) -> Description:
    """How by hand and autograd compare, and a row for each weight."""
    size, difference = len(numbers.by_hand), number(numbers.difference, 1)
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
            f"{size}×{size} 的两个数表：一个窗口的贡献，全部窗口之和。",
            f"An image of {name}; the gradient with respect to a map of the first layer, not 0 "
            f"in {places} places; two tables of {size}×{size} numbers: what one window adds, "
            "and the sum of all.",
        ),
        caption=Text(
            f"测试图像 {numbers.image_id}，损失最大的一幅（{thousandths(numbers.loss)}）；"
            f"{network.zh}第一层的第 {numbers.kernel_number} 个核。红框窗口传回的梯度是 "
            f"{number(numbers.upstream)}。九个权重的梯度中，绝对值最大的是 {most}，"
            f"手算与 autograd 最多相差 {difference}。"
            "两个数表各用一个色标，零都在正中。",
            f"Test image {numbers.image_id}, the one with the largest loss "
            f"({thousandths(numbers.loss)}); kernel {numbers.kernel_number} of the first layer of "
            f"{network.en}. The gradient that comes back at the framed window is "
            f"{number(numbers.upstream)}. The largest of the nine gradients has a size of {most}; "
            f"worked out by hand they differ from autograd's by at most {difference}. The two "
            "tables have a scale each, zero in the middle of both.",
        ),
        rows=[
            {
                "row": i,
                "column": j,
                "by_hand": float(value),
                "autograd": float(numbers.autograd[i, j]),
                "share_of_window": float(numbers.window[i, j]),
            }
            for (i, j), value in np.ndenumerate(numbers.by_hand)
        ],
    )
