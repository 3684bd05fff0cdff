"""How two assumptions make a convolution of a dense layer: its matrix of weights, three times."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.concepts.cells import paint_cells
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, enlarged, points, shades
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

CELL = 34  # pixels
MARGIN = 12
RANGE = 2.5  # of the random weights' color scale, in standard deviations


class DenseMatrix(NamedTuple):
    """The weights `(outputs, inputs)` of three layers from a small image to a small map."""

    dense: np.ndarray  # random
    local: np.ndarray  # random, 0 outside of the output's window
    which_weight: np.ndarray  # the number of the kernel's weight, 0 for none
    side: int  # of the image
    kernel: int
    free: tuple[int, int, int]  # weights that can be chosen in each


def measure(evidence: Evidence) -> DenseMatrix:
    """The matrices that the demonstration "convolution" has recorded."""
    record = evidence.shown_demonstration("convolution")
    facts = record.facts
    return DenseMatrix(
        dense=record.array("dense"),
        local=record.array("local"),
        which_weight=record.array("which_weight"),
        side=facts["side"],
        kernel=facts["kernel"],
        free=(facts["free_dense"], facts["free_local"], facts["free_shared"]),
    )


def draw(numbers: DenseMatrix, style: Style) -> Figure:
    """The three matrices one below the other, with what is assumed at the right."""
    outputs, inputs = numbers.dense.shape
    tall, wide = outputs * CELL, inputs * CELL
    pitch = tall + points(ACROSS, 14)
    top = points(ACROSS, 18)
    height = top + 3 * pitch
    picture = Picture(style, describe(numbers).title, ACROSS, height)
    picture.note(MARGIN, top - picture.points(5), _columns(numbers), 8.5, color=style.muted)
    for k, (name, assumption) in enumerate(_words(numbers)):
        y = top + k * pitch
        if k < 2:
            values = (numbers.dense, numbers.local)[k]
            colors = picture.around_zero(values, RANGE)
            picture.paint(enlarged(colors, CELL), MARGIN, y)
        else:
            which = numbers.which_weight
            tones = shades(which, 0, 1.6 * which.max(), (style.ground, style.color("baseline")))
            colors = np.where(which[..., None] > 0, tones, picture.around_zero(which * 0, 1))
            write = lambda value: f"{value:g}" if value else ""  # noqa: E731
            paint_cells(picture, which, colors, CELL, MARGIN, y, write)
        for column in range(numbers.side, inputs, numbers.side):
            x = MARGIN + column * CELL
            picture.line((x, y), (x, y + tall), lw=0.6, color=style.muted)
        x = MARGIN + wide + 28
        picture.note(x, y + points(ACROSS, 12), name, 10)
        for row, line in enumerate(assumption):
            picture.note(x, y + points(ACROSS, 27 + 13 * row), line)
    return picture.finished()


def _columns(numbers: DenseMatrix) -> Text:
    inputs, outputs = numbers.dense.shape[1], len(numbers.dense)
    return Text(
        f"{inputs} 列：图像的像素，逐行排开，细线隔开图像的各行；{outputs} 行：输出",
        f"{inputs} columns: the image's pixels, row by row, thin lines between rows of the image; "
        f"{outputs} rows: outputs",
    )


def _words(numbers: DenseMatrix) -> tuple[tuple[Text, tuple[Text, ...]], ...]:
    dense, local, shared = numbers.free
    return (
        (
            Text(f"全连接：{dense} 个权重", f"Dense: {dense} weights"),
            (
                Text("每个输出看全部像素，", "Every output sees all pixels"),
                Text("每个权重都可以任取。", "by weights of its own."),
            ),
        ),
        (
            Text(f"只看局部：{local} 个权重", f"Local: {local} weights"),
            (
                Text("假设一：窗口以外的权重为 0。", "First assumption: weights"),
                Text("每行只剩窗口里的那些，", "outside of the window are 0."),
                Text("各行仍各取各的。", "Rows still differ."),
            ),
        ),
        (
            Text(f"处处相同：{shared} 个权重", f"The same everywhere: {shared}"),
            (
                Text("假设二：各处用同样的权重。", "Second assumption: the same"),
                Text("格里是核的第几个权重；", "weights at every place. Cells"),
                Text("它们沿斜线重复。", "name the kernel's weight;"),
                Text("", "they repeat along diagonals."),
            ),
        ),
    )


def describe(numbers: DenseMatrix) -> Description:
    """The counts in words, and a row for each weight that is not always 0."""
    dense, local, shared = numbers.free
    outputs, inputs = numbers.dense.shape
    side, size = numbers.side, numbers.kernel
    return Description(
        title=Text(
            f"两个假设把全连接层变成卷积：{dense} 个权重减到 {local} 个，再减到 {shared} 个",
            f"Two assumptions turn a dense layer into a convolution: from {dense} weights to "
            f"{local}, and on to {shared}",
        ),
        alt=Text(
            f"三个 {outputs}×{inputs} 的权重矩阵。第一个填满；第二个每行只有 {size}×{size} 窗口里的"
            f"权重；第三个的形状与第二个相同，而只有 {shared} 个不同的数，沿斜线重复。",
            f"Three matrices of {outputs}×{inputs} weights. The first is full; the second has only "
            f"those of a {size}×{size} window in each row; the third has the same shape, and only "
            f"{shared} different numbers, which repeat along diagonals.",
        ),
        caption=Text(
            f"从 {side}×{side} 的图像到 {outputs} 个输出的层，不计偏置。前两个矩阵的数是随机取的，"
            "只表示可以任取；第三个由单个像素的图像逐一卷积得到。",
            f"Layers from an image of {side}×{side} to {outputs} outputs, without biases. The "
            "numbers of the first two matrices are random, which stands for any; the third comes "
            "from convolving images of a single pixel each.",
        ),
        rows=[
            {"output": i, "pixel": j, "weight_of_kernel": int(value)}
            for (i, j), value in np.ndenumerate(numbers.which_weight)
            if value
        ],
    )
