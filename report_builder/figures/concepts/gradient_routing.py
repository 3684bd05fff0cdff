"""Where the gradient goes behind a pooling window: to the largest value, or to all four."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.concepts.cells import paint_cells, power_of_ten, unit_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, class_name, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

CELL = 74  # pixels
MARGIN = 12


class GradientRouting(NamedTuple):
    """A patch of a trained map with the gradient that comes back to it."""

    map: np.ndarray  # (4, 4)
    pooled: dict[str, np.ndarray]  # (2, 2), by "max" and "mean"
    after: np.ndarray  # (2, 2), the gradient by the outputs of ReLU
    back: dict[str, np.ndarray]  # (4, 4), by "max" and "mean"
    shares: dict[str, float]  # of the places of all maps, that get a gradient
    row: int  # of the patch, in pooled values
    column: int
    channel: int  # from 1
    channels: int
    image_id: str
    class_name: str
    network: Network


def measure(evidence: Evidence) -> GradientRouting:
    """The patch that the demonstration "backward" has recorded."""
    record = evidence.shown_demonstration("backward")
    facts = record.facts
    row, column = facts["patch"]
    return GradientRouting(
        map=record.array("patch.map"),
        pooled={"max": record.array("patch.pooled"), "mean": record.array("patch.means")},
        after=record.array("patch.after"),
        back={kind: record.array(f"patch.{kind}") for kind in ("max", "mean")},
        shares={kind: facts[f"share_{kind}"] for kind in ("max", "mean")},
        row=row,
        column=column,
        channel=facts["channel"],
        channels=facts["channels"],
        image_id=facts["id"],
        class_name=class_name(facts["image"]),
        network=network_of(evidence, record, "baseline"),
    )


def draw(numbers: GradientRouting, style: Style) -> Figure:
    """A row for each pooling: values, pooled values, gradient from above, gradient passed back."""
    large, small = 4 * CELL, 2 * CELL
    gap = (ACROSS - 2 * MARGIN - 2 * large - 2 * small) // 3
    pitch = large + points(ACROSS, 34)
    top = points(ACROSS, 32)
    bottom = top + pitch + large + points(ACROSS, 10)
    picture = Picture(style, describe(numbers).title, ACROSS, bottom)
    gradients = [numbers.after, *numbers.back.values()]
    limit = max(float(np.abs(values).max()) for values in gradients) or 1.0
    far = float(np.abs(numbers.map).max()) or 1.0
    power = power_of_ten(numbers.after)
    unit = unit_of(power)
    xs = np.cumsum([MARGIN, large + gap, small + gap, small + gap])
    for k, kind in enumerate(("max", "mean")):
        y = top + k * pitch
        middle = y + small // 2
        parts = (
            (numbers.map, far, y, Text("特征图", "Map")),
            (numbers.pooled[kind], far, middle, Text("池化之后", "Pooled")),
            (
                numbers.after / 10.0**power,
                limit / 10.0**power,
                middle,
                Text(f"传到 ReLU 的梯度{unit}", f"Gradient at ReLU{unit}"),
            ),
            (
                numbers.back[kind] / 10.0**power,
                limit / 10.0**power,
                y,
                Text(f"传回的梯度{unit}", f"Passed back{unit}"),
            ),
        )
        for x, (values, scale, at, heading) in zip(map(int, xs), parts):
            colors = picture.around_zero(values, scale)
            paint_cells(picture, values, colors, CELL, x, at)
            picture.note(x, at - picture.points(4), heading, 8.5)
        picture.note(MARGIN, y - points(ACROSS, 17), _NAMES[kind], 10)
        for i, j in np.argwhere(numbers.pooled[kind] <= 0):
            held = int(xs[1] + j * CELL) + 4, int(middle + i * CELL) + 4
            picture.outline(*held, CELL - 8, CELL - 8, style.color("receptive field"))
    return picture.finished()


_NAMES = {
    "max": Text("最大池化：给最大的那一个", "Max pooling: to the largest"),
    "mean": Text("平均池化：四个各得四分之一", "Mean pooling: a quarter to each"),
}


def describe(numbers: GradientRouting) -> Description:
    """The shares in words, and a row for each value of the patch."""
    shares = {kind: percent(share) for kind, share in numbers.shares.items()}
    network = numbers.network.text
    return Description(
        title=Text(
            f"最大池化只把梯度传给窗口里最大的值：特征图上有梯度的位置占 {shares['max']}，"
            f"平均池化则占 {shares['mean']}",
            "Max pooling passes the gradient to the largest value only: "
            f"{shares['max']} of the map's places get any, with mean pooling {shares['mean']}",
        ),
        alt=Text(
            "两行，最大池化与平均池化：特征图上 4×4 的值，池化后的 2×2，传到 ReLU 的梯度，"
            "传回 4×4 个位置的梯度。池化后不大于 0 的位置不传梯度。",
            "Two rows, for max and mean pooling: 4×4 values of the map, the 2×2 they are pooled "
            "to, the gradient that reaches ReLU, and the gradient passed back to the 4×4 places. "
            "Where the pooled value is not above 0, none is passed.",
        ),
        caption=Text(
            f"测试图像 {numbers.image_id}，{network.zh}第一层的第 {numbers.channel} 个通道，"
            f"池化后从第 {numbers.row} 行第 {numbers.column} 列起的 2×2 格（从 0 数起）。"
            "加框的格不大于 0，ReLU 在那里不传梯度。"
            f"百分数按全部 {numbers.channels} 个通道计。"
            "平均池化一行问的是：同样的梯度传到 ReLU，经平均池化会去哪里。"
            "值与梯度各用一个色标，零都在正中。",
            f"Test image {numbers.image_id}, channel {numbers.channel} of the first layer of "
            f"{network.en}, the 2×2 pooled cells from row {numbers.row} and column "
            f"{numbers.column} on, counted from 0. Framed cells are not above 0, and ReLU passes "
            f"no gradient there. The shares are of all {numbers.channels} channels. The row of "
            "mean pooling asks where the same gradient at ReLU would go. Values and gradients "
            "have a scale each, zero in the middle of both.",
        ),
        rows=[
            {
                "row": i,
                "column": j,
                "value": float(value),
                "through_max": float(numbers.back["max"][i, j]),
                "through_mean": float(numbers.back["mean"][i, j]),
            }
            for (i, j), value in np.ndenumerate(numbers.map)
        ],
    )
