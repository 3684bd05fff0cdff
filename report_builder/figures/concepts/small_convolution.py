"""One window of a convolution that can be done by hand: pixels, kernel, products, output."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.concepts.cells import paint_cells, pixel_colors, whole_number
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

CELL = 66  # pixels
MARGIN = 12


class SmallConvolution(NamedTuple):
    """A small image under a small kernel."""

    image: np.ndarray  # (H, W), 0 or 1
    kernel: np.ndarray  # (k, k)
    products: np.ndarray  # (H - k + 1, W - k + 1, k, k), pixel times weight of each window
    output: np.ndarray  # (H - k + 1, W - k + 1)


def measure(evidence: Evidence) -> SmallConvolution:
    """The arrays that the demonstration "convolution" has recorded."""
    record = evidence.shown_demonstration("convolution")
    names = ("image", "kernel", "products", "output")
    return SmallConvolution(*(record.array(name) for name in names))


def draw(numbers: SmallConvolution, style: Style) -> Figure:
    """Image, kernel, products of the first window and output from left to right."""
    size = len(numbers.kernel)
    tall = len(numbers.image) * CELL
    top = points(ACROSS, 16)
    picture = Picture(style, describe(numbers).title, ACROSS, top + tall + points(ACROSS, 12))
    limit = float(np.abs(numbers.kernel).max())
    far = float(np.abs(numbers.output).max())
    first = numbers.products[0, 0]
    parts = (
        (Text("图像和第一个窗口", "Image and its first window"), numbers.image, None),
        (Text("卷积核", "Kernel"), numbers.kernel, limit),
        (Text("九个乘积", "Nine products"), first, limit),
        (Text("输出", "Output"), numbers.output, far),
    )
    gap = (ACROSS - 2 * MARGIN - tall - 3 * size * CELL) // 3
    x = MARGIN
    for k, (heading, values, scale) in enumerate(parts):
        y = top + (tall - len(values) * CELL) // 2
        colors = pixel_colors(values) if scale is None else picture.around_zero(values, scale)
        paint_cells(picture, values, colors, CELL, x, y, whole_number)
        picture.note(x, y - picture.points(4), heading)
        if k in (0, 3):
            side = (size if k == 0 else 1) * CELL
            picture.outline(
                x, y, side, side, ON_WHITE if k == 0 else style.color("receptive field")
            )
        x += values.shape[1] * CELL
        if k < 3:
            sign = ("×", "=", Text("相加", "added up:"))[k]
            picture.note(
                x + gap / 2, top + tall / 2, sign, 11 if k < 2 else 9, ha="center", va="center"
            )
            x += gap
    return picture.finished()


def describe(numbers: SmallConvolution) -> Description:
    """The sum in words, and a row for each output."""
    first = numbers.products[0, 0]
    used = " + ".join(
        f"({whole_number(value)})" if value < 0 else whole_number(value)
        for value in first[first != 0]
    )
    result = whole_number(float(numbers.output[0, 0]))
    height, width = numbers.image.shape
    size = len(numbers.kernel)
    rows = "；".join(" ".join(map(whole_number, row)) for row in numbers.output)
    return Description(
        title=Text(
            f"9 个像素与核的 9 个数一一相乘再相加，不为 0 的是 {used} = {result}，写进第一格",
            f"9 pixels meet the kernel's 9 numbers; the products other than 0, {used} = {result}, "
            "make the first cell of the output",
        ),
        alt=Text(
            f"一幅 {height}×{width} 的图像，左上角的 {size}×{size} 窗口加了框；卷积核；九个乘积；"
            f"输出，逐行为 {rows}。",
            f"An image of {height}×{width} with its top left window of {size}×{size} framed; the "
            f"kernel; nine products; the output, by rows {rows.replace('；', '; ')}.",
        ),
        caption=Text(
            "像素白为 1，黑为 0。核的左列为 1，右列为 −1，所以输出是窗口左列之和减去右列之和："
            "左边亮为正，右边亮为负。窗口每次移动一个像素，走遍各处，得到 9 个输出。",
            "White is 1 and black 0. The kernel has 1 in its left column and −1 in its right one, "
            "so an output is the sum of the window's left column minus that of its right one: "
            "positive where it is brighter at the left, negative where it is brighter at the "
            "right. The window moves by one pixel at a time and gives 9 outputs.",
        ),
        rows=[
            {"row": i, "column": j, "output": float(value)}
            for (i, j), value in np.ndenumerate(numbers.output)
        ],
    )
