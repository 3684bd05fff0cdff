"""A window that slides over an image: pixels, products with the kernel, and values of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.concepts.record import Network, network_of, recorded
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    enlarged,
    fit,
    gray,
    points,
    readable,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_name
from report_builder.text import Text, hundredths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from report_builder.evidence.study import Evidence

AROUND = 4  # pixels of the image around the window's places


class SlidingWindow(NamedTuple):
    """Neighboring places of one kernel's window on one image, a step for each."""

    image: np.ndarray  # (H, W) uint8
    image_id: str
    class_name: str
    kernel: np.ndarray  # (k, k)
    kernel_number: int
    bias: float
    row: int  # of the first window's upper left corner
    column: int
    windows: np.ndarray  # (steps, k, k) pixels, 0 black to 1 white
    map: np.ndarray  # (H - k + 1, W - k + 1), the kernel's output
    network: Network

    @property
    def products(self) -> np.ndarray:
        """(steps, k, k), pixel times weight."""
        return self.windows * self.kernel

    @property
    def sums(self) -> list[float]:
        """Of the products at each step."""
        return [float(products.sum()) for products in self.products]

    @property
    def outputs(self) -> list[float]:
        """The map's value at each step."""
        values = self.map[self.row, self.column : self.column + len(self.windows)]
        return [float(value) for value in values]


def measure(evidence: Evidence) -> SlidingWindow:
    """The steps that the demonstration "windows" has recorded."""
    record = recorded(evidence, "windows")
    facts, image, kernel = record.facts, record.array("image"), record.array("kernel")
    size, (row, column) = len(kernel), facts["start"]
    windows = [
        image[row : row + size, column + step : column + step + size] / 255
        for step in range(facts["steps"])
    ]
    return SlidingWindow(
        image=image,
        image_id=facts["id"],
        class_name=class_name(facts["image"]),
        kernel=kernel,
        kernel_number=facts["kernel"],
        bias=facts["bias"],
        row=row,
        column=column,
        windows=np.stack(windows),
        map=record.array("map"),
        network=network_of(evidence, record, "baseline"),
    )


class Layout(NamedTuple):
    """Where things stand on the canvas, in pixels, and which detail of the image is enlarged."""

    top: int  # of the detail, in pixels of the image
    left: int
    span: int  # sides of the detail, in pixels of the image
    scale: int  # of the detail
    cell: int  # sides of a product's square
    columns: list[int]  # left ends: the whole image and the kernel, then a column for each step
    image_y: int
    products_y: int
    sums_y: int  # base line of the sums below the products
    map_y: int
    bar_y: int


def _layout(numbers: SlidingWindow) -> Layout:
    size, steps = len(numbers.kernel), len(numbers.windows)
    span = size + steps - 1 + 2 * AROUND
    corner = numbers.row - (span - size) // 2, numbers.column - AROUND
    top, left = (
        int(np.clip(at, 0, length - span)) for at, length in zip(corner, numbers.image.shape)
    )
    pitch = ACROSS // (steps + 1)
    scale, cell = (pitch - 40) // span, (pitch - 40) // size
    image_y = points(ACROSS, 16)
    products_y = image_y + span * scale + points(ACROSS, 22)
    map_y = products_y + size * cell + points(ACROSS, 32)
    return Layout(
        top=top,
        left=left,
        span=span,
        scale=scale,
        cell=cell,
        columns=[12 + step * pitch for step in range(steps + 1)],
        image_y=image_y,
        products_y=products_y,
        sums_y=products_y + size * cell + points(ACROSS, 12),
        map_y=map_y,
        bar_y=map_y + span * scale + points(ACROSS, 10),
    )


def draw(numbers: SlidingWindow, style: Style) -> Figure:
    """Four columns of window, products and map; at the left the whole image and the kernel."""
    at = _layout(numbers)
    height = at.bar_y + points(ACROSS, 26)
    picture = Picture(style, describe(numbers).title, ACROSS, height)
    limit = float(np.abs(numbers.kernel).max())
    reach = at.span - len(numbers.kernel) + 1  # of the map, as far as it stands under the detail
    shown = numbers.map[at.top : at.top + reach, at.left : at.left + reach]
    far = float(np.abs(shown).max()) or 1.0

    _paint_image(picture, numbers, at)
    _paint_numbers(picture, numbers.kernel, limit, at.columns[0], at)
    picture.note(at.columns[0], at.products_y - picture.points(4), Text("卷积核", "Kernel"))
    for step in range(len(numbers.windows)):
        _paint_step(picture, numbers, at, step, limit)
        _paint_map(picture, numbers, at, step, shown, far)
    picture.scale_bar(at.bar_y, far, Text("特征图的值", "value of the map"))
    return picture.finished()


def _paint_image(picture: Picture, numbers: SlidingWindow, at: Layout) -> None:
    """The whole image, with a frame around the detail."""
    x, side = at.columns[0], at.span * at.scale
    image = fit(gray(numbers.image), side, side)
    picture.paint(image, x, at.image_y)
    share = image.shape[1] / numbers.image.shape[1]
    place = x + round(at.left * share), at.image_y + round(at.top * share)
    picture.outline(*place, round(at.span * share), round(at.span * share), ON_WHITE)
    words = Text("在图像中的位置", "Where it is")
    picture.note(x, at.image_y - picture.points(4), words)


def _paint_numbers(picture: Picture, values: np.ndarray, limit: float, x: int, at: Layout) -> None:
    """Squares with the numbers (k, k) in them."""
    colors = picture.around_zero(values, limit)
    picture.paint(enlarged(colors, at.cell), x, at.products_y)
    for i, j in np.ndindex(values.shape):
        picture.note(
            x + (j + 0.5) * at.cell,
            at.products_y + (i + 0.5) * at.cell,
            hundredths(float(values[i, j])),
            8.5,
            ha="center",
            va="center",
            color=readable(colors[i, j]),
        )


def _paint_step(
    picture: Picture, numbers: SlidingWindow, at: Layout, step: int, limit: float
) -> None:
    """The detail with the window of this step, and below it the products and their sum."""
    x, above, size = at.columns[step + 1], picture.points(4), len(numbers.kernel)
    detail = numbers.image[at.top : at.top + at.span, at.left : at.left + at.span]
    picture.paint(enlarged(gray(detail), at.scale), x, at.image_y)
    picture.outline(
        x + (numbers.column + step - at.left) * at.scale,
        at.image_y + (numbers.row - at.top) * at.scale,
        size * at.scale,
        size * at.scale,
        ON_WHITE,
    )
    words = Text(f"第 {step + 1} 步：窗口", f"Step {step + 1}: window")
    picture.note(x, at.image_y - above, words)
    _paint_numbers(picture, numbers.products[step], limit, x, at)
    picture.note(x, at.products_y - above, Text("像素 × 权值", "Pixel × weight"))
    sign = "+" if numbers.bias >= 0 else "−"
    picture.note(
        x,
        at.sums_y,
        f"{hundredths(numbers.sums[step])} {sign} {hundredths(abs(numbers.bias))} = "
        f"{hundredths(numbers.outputs[step])}",
    )


def _paint_map(
    picture: Picture,
    numbers: SlidingWindow,
    at: Layout,
    step: int,
    shown: np.ndarray,
    far: float,
) -> None:
    """The map's values up to this step, row by row, each at the middle of its window."""
    x, half = at.columns[step + 1], len(numbers.kernel) // 2
    row, column = (
        numbers.row - at.top,
        numbers.column + step - at.left,
    )  # of the step, in the detail
    computed = np.zeros(shown.shape, dtype=bool)
    computed[:row] = True
    computed[row, : column + 1] = True
    painted = canvas(picture.style, at.span, at.span)
    middle = painted[half : half + len(shown), half : half + len(shown)]
    middle[computed] = picture.around_zero(shown, far)[computed]
    picture.paint(enlarged(painted, at.scale), x, at.map_y)
    place = x + (column + half) * at.scale, at.map_y + (row + half) * at.scale
    picture.outline(*place, at.scale, at.scale, picture.style.color("receptive field"))
    words = Text("写进特征图", "Written to the map")
    picture.note(x, at.map_y - picture.points(4), words)


def describe(numbers: SlidingWindow) -> Description:
    """The sums in words, and a row for each product."""
    size, steps, bias = len(numbers.kernel), len(numbers.windows), hundredths(numbers.bias)
    outputs = [hundredths(value) for value in numbers.outputs]
    name, network = numbers.class_name, numbers.network.text
    return Description(
        title=Text(
            f"同一个 {size}×{size} 卷积核每走一个像素算一次：九个乘积相加，再加偏置 {bias}，得到 "
            f"{'、'.join(outputs)}",
            f"The same {size}×{size} kernel at every pixel: nine products and the bias {bias} add "
            f"up to {', '.join(outputs)}",
        ),
        alt=Text(
            f"{steps} 步：红框窗口在 {name} 的边缘上每次右移一个像素；"
            "下面是窗口内像素与卷积核之积，"
            f"再下面是写进特征图的值：{'，'.join(outputs)}。",
            f"{steps} steps: a framed window moves one pixel to the right on the edge of an "
            f"{name}; "
            "below it the products of its pixels with the kernel, and below those the value "
            f"written to the map: {', '.join(outputs)}.",
        ),
        caption=Text(
            f"测试图像 {numbers.image_id}，{network.zh}第一层的第 "
            f"{numbers.kernel_number} 个核；像素白为 1，黑为 0。第一步的窗口左上角在第 "
            f"{numbers.row} 行第 {numbers.column} 列（从 0 数起）。特征图上只画出已经算到的值，"
            "画在窗口中心；格中的数字与特征图各用一个色标，零都在正中。",
            f"Test image {numbers.image_id}, kernel {numbers.kernel_number} of the first layer of "
            f"{network.en}; white is 1 and black 0. At step 1 the window's upper "
            f"left corner is at row {numbers.row}, column {numbers.column}, counted from 0. The "
            "map shows what has been computed so far, each value at the middle of its window. The "
            "cells with numbers and the map have a scale each, zero in the middle of both.",
        ),
        rows=[
            {
                "step": step + 1,
                "row": numbers.row + i,
                "column": numbers.column + j + step,
                "pixel": float(numbers.windows[step, i, j]),
                "weight": float(numbers.kernel[i, j]),
                "product": float(numbers.products[step, i, j]),
                "sum": numbers.sums[step],
                "bias": numbers.bias,
                "output": numbers.outputs[step],
            }
            for step, i, j in np.ndindex(numbers.windows.shape)
        ],
    )
