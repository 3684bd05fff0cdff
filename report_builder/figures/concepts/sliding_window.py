"""A window that slides over an image: pixels, products with the kernel, and values of the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.concepts.cells import paint_cells
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    as_rgb,
    canvas,
    enlarged,
    fit,
    points,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import COLORS, NAMES_OF_COLORS
from report_builder.text import EMPTY, Text, class_name, hundredths, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

AROUND = 4  # pixels of the image around the window's places
MARGIN = 12  # pixels at the left


class SlidingWindow(NamedTuple):
    """Neighboring places of one kernel's window on one image, a step for each."""

    image: np.ndarray  # (H, W) uint8, or (H, W, 3)
    image_id: str
    class_name: str
    kernel: np.ndarray  # (C, k, k), C = 1 for gray images, 3 for colour
    kernel_number: int
    bias: float
    row: int  # of the first window's upper left corner
    column: int
    windows: np.ndarray  # (steps, C, k, k) pixels, 0 black to 1 white
    map: np.ndarray  # (H - k + 1, W - k + 1), the kernel's output
    network: Network

    @property
    def products(self) -> np.ndarray:
        """(steps, C, k, k), pixel times weight."""
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
    record = evidence.shown_demonstration("windows")
    facts, image, kernel = record.facts, record.array("image"), record.array("kernel")
    channels, size, _ = kernel.shape
    row, column = facts["start"]
    planes = image.reshape(*image.shape[:2], channels).transpose(2, 0, 1)
    windows = [
        planes[:, row : row + size, column + step : column + step + size] / 255
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


class Detail(NamedTuple):
    """The part of the image around the windows, as enlarged."""

    top: int  # pixels of the image
    left: int
    span: int  # pixels of the image a side
    scale: int

    def of(self, values: np.ndarray, span: int) -> np.ndarray:
        """`span` values a side from the detail's corner on."""
        return values[self.top : self.top + span, self.left : self.left + span]

    @property
    def side(self) -> int:
        return self.span * self.scale


def _detail(numbers: SlidingWindow, wide: int) -> Detail:
    """The detail enlarged to at most `wide` pixels."""
    size, steps = numbers.kernel.shape[-1], len(numbers.windows)
    span = size + steps - 1 + 2 * AROUND
    corner = numbers.row - (span - size) // 2, numbers.column - AROUND
    top, left = (
        int(np.clip(at, 0, length - span)) for at, length in zip(corner, numbers.image.shape[:2])
    )
    return Detail(top, left, span, wide // span)


def draw(numbers: SlidingWindow, style: Style) -> Figure:
    """A column for each step: window, products and map; at the left the image and the kernel.

    In color, products and kernel are red above green above blue.
    """
    (channels, size, _), steps = numbers.kernel.shape, len(numbers.windows)
    pitch = ACROSS // (steps + 1)
    detail, cell = _detail(numbers, pitch - 40), (pitch - 40) // size
    image_y = points(ACROSS, 16)
    products_y = image_y + detail.side + points(ACROSS, 22)
    map_y = products_y + channels * size * cell + points(ACROSS, 32)
    bar_y = map_y + detail.side + points(ACROSS, 10)
    picture = Picture(style, describe(numbers).title, ACROSS, bar_y + points(ACROSS, 26))
    limit = float(np.abs(numbers.kernel).max())
    values = detail.of(numbers.map, detail.span - size + 1)
    far = float(np.abs(values).max()) or 1.0
    sign, bias = "+" if numbers.bias >= 0 else "−", hundredths(abs(numbers.bias))

    _paint_image(picture, numbers, detail, MARGIN, image_y)
    kernel = numbers.kernel.reshape(-1, size)
    colors = picture.around_zero(kernel, limit)
    paint_cells(picture, kernel, colors, cell, MARGIN, products_y)
    _head(picture, MARGIN, image_y, Text("在图像中的位置", "Where it is"))
    _head(picture, MARGIN, products_y, Text("卷积核", "Kernel"))
    for step in range(steps):
        x = MARGIN + (step + 1) * pitch
        row, column = numbers.row - detail.top, numbers.column + step - detail.left
        picture.paint(
            enlarged(as_rgb(detail.of(numbers.image, detail.span)), detail.scale), x, image_y
        )
        place = x + column * detail.scale, image_y + row * detail.scale
        picture.outline(*place, size * detail.scale, size * detail.scale, ON_WHITE)
        products = numbers.products[step].reshape(-1, size)
        colors = picture.around_zero(products, limit)
        paint_cells(picture, products, colors, cell, x, products_y)
        total, output = hundredths(numbers.sums[step]), hundredths(numbers.outputs[step])
        below = products_y + channels * size * cell + points(ACROSS, 12)
        picture.note(x, below, f"{total} {sign} {bias} = {output}")
        colors = picture.around_zero(values, far)
        _paint_map(picture, colors, (row, column), size // 2, detail, x, map_y)
        _head(picture, x, image_y, Text(f"第 {step + 1} 步：窗口", f"Step {step + 1}: window"))
        _head(picture, x, products_y, Text("像素 × 权重", "Pixel × weight"))
        _head(picture, x, map_y, Text("写进特征图", "Written to the map"))
    picture.scale_bar(bar_y, far, Text("特征图的值", "value of the map"))
    return picture.finished()


def _head(picture: Picture, x: int, y: int, words: Text) -> None:
    """Words just above what is painted at (x, y)."""
    picture.note(x, y - picture.points(4), words)


def _paint_image(picture: Picture, numbers: SlidingWindow, detail: Detail, x: int, y: int) -> None:
    """The whole image, with a frame around the detail."""
    image = fit(as_rgb(numbers.image), detail.side, detail.side)
    picture.paint(image, x, y)
    share = image.shape[1] / numbers.image.shape[1]
    span = round(detail.span * share)
    picture.outline(
        x + round(detail.left * share), y + round(detail.top * share), span, span, ON_WHITE
    )


def _paint_map(
    picture: Picture,
    colors: np.ndarray,
    step: tuple[int, int],
    half: int,
    detail: Detail,
    x: int,
    y: int,
) -> None:
    """The map's colors up to a step, row by row, each at the middle of its window."""
    row, column = step  # in the detail
    computed = np.zeros(colors.shape[:2], dtype=bool)
    computed[:row] = True
    computed[row, : column + 1] = True
    painted = canvas(picture.style, detail.span, detail.span)
    middle = painted[half : half + len(colors), half : half + len(colors)]
    middle[computed] = colors[computed]
    picture.paint(enlarged(painted, detail.scale), x, y)
    place = x + (column + half) * detail.scale, y + (row + half) * detail.scale
    color = picture.style.color("receptive field")
    picture.outline(*place, detail.scale, detail.scale, color)


def describe(numbers: SlidingWindow) -> Description:
    """The sums in words, and a row for each product."""
    (channels, size, _), steps = numbers.kernel.shape, len(numbers.windows)
    bias, products = hundredths(numbers.bias), Text("九个乘积", "nine products")
    planes, white = EMPTY, Text("白为 1，黑为 0", "white is 1 and black 0")
    if channels > 1:
        products = same(str(numbers.kernel.size)) + Text(" 个乘积", " products")
        planes, white = COLORS, Text("每种颜色从 0 到 1", "each color is 0 to 1")
    outputs = [hundredths(value) for value in numbers.outputs]
    name, network = numbers.class_name, numbers.network.text
    return Description(
        title=Text(
            f"同一个 {size}×{size} 卷积核每走一个像素算一次：{products.zh}相加，再加偏置 {bias}，"
            f"得到 {'、'.join(outputs)}",
            f"The same {size}×{size} kernel at every pixel: {products.en} and the bias {bias} add "
            f"up to {', '.join(outputs)}",
        ),
        alt=Text(
            f"{steps} 步：红框窗口在 {name} 的边缘上每次右移一个像素；下面是窗口内像素与卷积核之"
            f"积，再下面是写进特征图的值：{'，'.join(outputs)}。",
            f"{steps} steps: a framed window moves one pixel to the right on the edge of an "
            f"{name}; below it the products of its pixels with the kernel, and below those the "
            f"value written to the map: {', '.join(outputs)}.",
        ),
        caption=Text(
            f"测试图像 {numbers.image_id}，{network.zh}第一层的第 "
            f"{numbers.kernel_number} 个核；像素{white.zh}。{planes.zh}第一步的窗口左上角在第 "
            f"{numbers.row} 行第 {numbers.column} 列（从 0 数起）。特征图上只画出已经算到的值，"
            "画在窗口中心；格中的数字与特征图各用一个色标，零都在正中。",
            f"Test image {numbers.image_id}, kernel {numbers.kernel_number} of the first layer of "
            f"{network.en}; {white.en}. {planes.en}At first the window's upper "
            f"left corner is at row {numbers.row}, column {numbers.column}, counted from 0. The "
            "map shows what has been computed so far, each value at the middle of its window. The "
            "cells with numbers and the map have a scale each, zero in the middle of both.",
        ),
        rows=[
            {
                "step": step + 1,
                **({"color": NAMES_OF_COLORS[channel]} if channels > 1 else {}),
                "row": numbers.row + i,
                "column": numbers.column + j + step,
                "pixel": float(numbers.windows[step, channel, i, j]),
                "weight": float(numbers.kernel[channel, i, j]),
                "product": float(numbers.products[step, channel, i, j]),
                "sum": numbers.sums[step],
                "bias": numbers.bias,
                "output": numbers.outputs[step],
            }
            for step, channel, i, j in np.ndindex(numbers.windows.shape)
        ],
    )
