"""Padding and stride on a small image: where the windows lie, and the outputs they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.concepts.cells import paint_cells, pixel_colors, whole_number
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, points, rgb
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

CELL = 42  # pixels
PLACED = ((0, 1), (1, 1), (0, 2), (1, 2))  # padding, stride


class PaddingStride(NamedTuple):
    """One small image under one kernel, with each padding and stride."""

    image: np.ndarray  # (H, W), 0 or 1
    size: int  # of the kernel
    outputs: dict[tuple[int, int], np.ndarray]  # by padding and stride


def measure(evidence: Evidence) -> PaddingStride:
    """The outputs that the demonstration "convolution" has recorded."""
    record = evidence.shown_demonstration("convolution")
    outputs = {
        (padding, stride): record.array(f"output.padding_{padding}.stride_{stride}")
        for padding, stride in PLACED
    }
    return PaddingStride(record.array("image"), len(record.array("kernel")), outputs)


def draw(numbers: PaddingStride, style: Style) -> Figure:
    """A column for each padding and stride: the padded image with its windows, the output."""
    side, most = len(numbers.image), max(padding for padding, _ in PLACED)
    pitch = ACROSS // len(PLACED)
    tallest = max(map(len, numbers.outputs.values()))
    top = points(ACROSS, 30)
    below = top + (side + 2 * most) * CELL + points(ACROSS, 22)
    bottom = below + tallest * CELL + points(ACROSS, 8)
    picture = Picture(style, describe(numbers).title, ACROSS, bottom)
    far = max(float(np.abs(output).max()) for output in numbers.outputs.values())
    frame = style.color("receptive field")
    for k, ((padding, stride), output) in enumerate(numbers.outputs.items()):
        x, wide = 14 + k * pitch, side + 2 * padding
        y = top + (most - padding) * CELL
        padded = np.pad(numbers.image, padding)
        colors = pixel_colors(padded)
        border = np.pad(np.zeros_like(numbers.image), padding, constant_values=1) > 0
        colors[border] = rgb(style.color("grid"))
        paint_cells(picture, padded, colors, CELL, x, y, whole_number)
        for i, j in np.ndindex(output.shape):
            left = x + (j * stride + numbers.size // 2) * CELL + 5
            above = y + (i * stride + numbers.size // 2) * CELL + 5
            picture.rectangle(left, above, CELL - 10, CELL - 10, fc="none", ec=ON_WHITE, lw=1.4)
        picture.outline(x, y, numbers.size * CELL, numbers.size * CELL, ON_WHITE)
        words = Text(f"填充 {padding}，步幅 {stride}", f"Padding {padding}, stride {stride}")
        picture.note(x, points(ACROSS, 12), words, 9.5)
        sizes = f"{wide}×{wide} → {len(output)}×{len(output)}"
        picture.note(x, points(ACROSS, 24), sizes, 8.5, color=style.muted)
        picture.note(x, below - picture.points(5), Text("输出", "Output"), 8.5)
        paint_cells(picture, output, picture.around_zero(output, far), CELL, x, below, whole_number)
        picture.outline(x, below, CELL, CELL, frame)
    return picture.finished()


def describe(numbers: PaddingStride) -> Description:
    """The sizes in words, and a row for each output."""
    side, size = len(numbers.image), numbers.size
    sizes = listed(
        Text(
            f"填充 {padding}、步幅 {stride}，{len(output)}×{len(output)}",
            f"padding {padding} and stride {stride}, {len(output)}×{len(output)}",
        )
        for (padding, stride), output in numbers.outputs.items()
    )
    kept, halved = (len(numbers.outputs[each]) for each in ((1, 1), (1, 2)))
    plain = len(numbers.outputs[0, 1])
    return Description(
        title=Text(
            f"{size}×{size} 的核把边长 {side} 变为 {plain}；填充 1 圈，输出为 {kept}；"
            f"步幅再取 2，为 {halved}",
            f"A {size}×{size} kernel turns a side of {side} into {plain}; a padding of 1 keeps "
            f"{kept}, and a stride of 2 makes that {halved}",
        ),
        alt=Text(
            f"同一幅 {side}×{side} 图像的四种做法，输出的大小：{sizes.zh}。",
            f"One image of {side}×{side} in four ways, with the size of the output: {sizes.en}.",
        ),
        caption=Text(
            "大框是第一个窗口，小框是各个窗口的中心，每个中心给出一个输出；填充的 0 涂成底色。"
            "四种做法用同一个核，输出同一色标，零在正中。",
            "The large frame is the first window, small frames are the middles of all windows; "
            "each gives an output. Cells of 0 that padding adds are tinted. All four use the same "
            "kernel, and outputs share a scale, zero in the middle.",
        ),
        rows=[
            {"padding": padding, "stride": stride, "row": i, "column": j, "output": float(value)}
            for (padding, stride), output in numbers.outputs.items()
            for (i, j), value in np.ndenumerate(output)
        ],
    )
