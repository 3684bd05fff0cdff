"""Shows a window that slides over an image, in numbers, and how much of the image a value of each layer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import POINT, SMALL, apart
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    enlarged,
    fit,
    gray,
    label_bar,
    mount,
    note_at,
    outline,
    paint_bar,
    points,
    put,
    readable,
    shades,
)
from report_builder.figures.toolkit.style import COLORS, Drawing, Style
from report_builder.figures.toolkit.words import class_name, variant_of, variant_title
from report_builder.text import hundredths

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from report_builder.evidence.study import Evidence

AROUND = 4  # pixels of the image around the window's four places
ON_WHITE = COLORS["receptive field"][0]  # images are white on dark pages too


def sliding_window(evidence: Evidence, style: Style) -> Drawing:
    """Four places of the window, one pixel apart: what it sees, the products, and the value that they add up to."""
    shown = evidence.demonstrations["windows"]
    facts, image, kernel, values = (
        shown.facts,
        shown.array("image"),
        shown.array("kernel"),
        shown.array("map"),
    )
    size, steps, (row, column) = len(kernel), facts["steps"], facts["start"]
    patches = [image[row : row + size, column + s : column + s + size] / 255 for s in range(steps)]
    sums = [float((patch * kernel).sum()) for patch in patches]
    outputs = [float(values[row, column + s]) for s in range(steps)]
    title = style.words(
        f"同一个 {size}×{size} 卷积核每走一个像素算一次：九个乘积相加，再加偏置 {hundredths(facts['bias'])}，得到 "
        f"{'、'.join(hundredths(v) for v in outputs)}",
        f"The same {size}×{size} kernel at every pixel: nine products and the bias {hundredths(facts['bias'])} add "
        "up to " + ", ".join(hundredths(v) for v in outputs),
    )

    span = size + steps - 1 + 2 * AROUND  # pixels a side of the piece of the image that is shown
    top, left = (
        int(np.clip(at, 0, length - span))
        for at, length in zip((row - (span - size) // 2, column - AROUND), image.shape)
    )
    pitch = ACROSS // (steps + 1)
    scale = (pitch - 40) // span
    side, cell = span * scale, (pitch - 40) // size
    width = ACROSS
    heads = [points(width, 16)]
    heads += [heads[0] + side + points(width, 22)]
    heads += [heads[1] + size * cell + points(width, 32)]
    bar_y = heads[2] + side + points(width, 10)
    painted = canvas(style, width, bar_y + points(width, 26))
    lefts = [12 + s * pitch for s in range(steps + 1)]
    piece = gray(image[top : top + span, left : left + span])
    whole = fit(gray(image), side, side)
    put(painted, whole, lefts[0], heads[0], style.color("grid"))
    share = whole.shape[1] / image.shape[1]
    outline(
        painted,
        lefts[0] + round(left * share),
        heads[0] + round(top * share),
        round(span * share),
        round(span * share),
        ON_WHITE,
    )
    limit, reach = (
        float(np.abs(kernel).max()),
        span - size + 1,
    )  # of the map, as far as it stands under the piece
    far = float(np.abs(values[top : top + reach, left : left + reach]).max()) or 1.0
    colored = [
        shades(kernel, -limit, limit, style.diverging),
        *(shades(patch * kernel, -limit, limit, style.diverging) for patch in patches),
    ]
    for x, colors in zip(lefts, colored):
        put(painted, enlarged(colors, cell), x, heads[1], style.color("grid"))
    for s, x in enumerate(lefts[1:]):
        put(painted, enlarged(piece, scale), x, heads[0], style.color("grid"))
        outline(
            painted,
            x + (column + s - left) * scale,
            heads[0] + (row - top) * scale,
            size * scale,
            size * scale,
            ON_WHITE,
        )
        written = canvas(style, span, span)
        # an output stands at the middle of its window, so that map and image lie over each other
        for i, j in np.ndindex(row - top + 1, reach):
            if i < row - top or left + j <= column + s:  # row by row, as far as this step
                written[i + size // 2, j + size // 2] = shades(
                    values[top + i, left + j], -far, far, style.diverging
                )
        put(painted, enlarged(written, scale), x, heads[2], style.color("grid"))
        outline(
            painted,
            x + (column + s - left + size // 2) * scale,
            heads[2] + (row - top + size // 2) * scale,
            scale,
            scale,
            style.color("receptive field"),
        )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    above = points(width, 4)
    note_at(
        figure,
        lefts[0],
        heads[0] - above,
        style.words("在图像中的位置", "Where it is"),
        fontsize=SMALL,
    )
    note_at(figure, lefts[0], heads[1] - above, style.words("卷积核", "Kernel"), fontsize=SMALL)
    for s, x in enumerate(lefts[1:]):
        note_at(
            figure,
            x,
            heads[0] - above,
            style.words(f"第 {s + 1} 步：窗口", f"Step {s + 1}: window"),
            fontsize=SMALL,
        )
        note_at(
            figure,
            x,
            heads[1] - above,
            style.words("像素 × 权值", "Pixel × weight"),
            fontsize=SMALL,
        )
        note_at(
            figure,
            x,
            heads[1] + size * cell + points(width, 12),
            f"{hundredths(sums[s])} {'+' if facts['bias'] >= 0 else '−'} {hundredths(abs(facts['bias']))} = "
            f"{hundredths(outputs[s])}",
            fontsize=SMALL,
        )
        note_at(
            figure,
            x,
            heads[2] - above,
            style.words("写进特征图", "Written to the map"),
            fontsize=SMALL,
        )
    for x, colors, numbers in zip(lefts, colored, [kernel, *(patch * kernel for patch in patches)]):
        for i, j in np.ndindex(numbers.shape):
            note_at(
                figure,
                x + (j + 0.5) * cell,
                heads[1] + (i + 0.5) * cell,
                hundredths(numbers[i, j]),
                ha="center",
                va="center",
                fontsize=8.5,
                color=readable(colors[i, j]),
            )
    label_bar(figure, *bar, bar_y, far, style.words("特征图的值", "value of the map"))
    name = class_name(facts["image"])
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{steps} 步：红框窗口在 {name} 的边缘上每次右移一个像素；下面是窗口内像素与卷积核之积，再下面是写进特征图的值："
            f"{'，'.join(hundredths(v) for v in outputs)}。",
            f"{steps} steps: a framed window moves one pixel to the right on the edge of an {name}; below it the "
            "products of its "
            "pixels with the kernel, and below those the value written to the map: "
            f"{', '.join(hundredths(v) for v in outputs)}.",
        ),
        caption=style.words(
            f"测试图像 {facts['id']}，{variant_of(evidence, 'baseline').zh}（种子 {shown.seed('baseline')}）第一层的第 "
            f"{facts['kernel']} 个核；"
            f"像素白为 1，黑为 0。第一步的窗口左上角在第 {row} 行第 {column} 列（从 0 数起）。特征图上只画出已经算到的值，画在窗口中心；格中的数字与特征图各用一个色标，零都在正中。",
            f"Test image {facts['id']}, kernel {facts['kernel']} of the first layer of "
            f"“{variant_of(evidence, 'baseline').en}” (seed "
            f"{shown.seed('baseline')}); white is 1 and black 0. At step 1 the window's upper left corner is at row "
            f"{row}, column "
            f"{column}, counted from 0. The map shows what has been computed so far, each value at the middle of its "
            "window. The "
            "cells with numbers and the map have a scale each, zero in the middle of both.",
        ),
        rows=[
            {
                "step": s + 1,
                "row": row + i,
                "column": column + s + j,
                "pixel": float(patch[i, j]),
                "weight": float(kernel[i, j]),
                "product": float(patch[i, j] * kernel[i, j]),
                "sum": sums[s],
                "bias": facts["bias"],
                "output": outputs[s],
            }
            for s, patch in enumerate(patches)
            for i, j in np.ndindex(patch.shape)
        ],
    )


def receptive_fields(evidence: Evidence, style: Style) -> Drawing:
    """On one image, what a value of each layer sees around the same pixel."""
    shown = evidence.demonstrations["windows"]
    facts, image, layers = shown.facts, shown.array("image"), shown.facts["layers"]
    sizes = [layer["size"] for layer in layers]
    center = [start + 1 for start in facts["start"]]  # of the window that the stepper starts with
    fields = [
        [_field(layer, at, length) for at, length in zip(center, _map(shown, layer).shape)]
        for layer in layers
    ]
    title = style.words(
        f"越往后的层，一个值看到的图像越大：边长依次为 {'、'.join(map(str, sizes))} 个像素",
        f"The later the layer, the more of the image one value sees: {', '.join(map(str, sizes))} pixels a side",
    )

    span = min(max(sizes) + 8, *image.shape)
    top, left = (
        int(np.clip(at - (span - max(sizes)) // 2, 0, length - span))
        for at, length in zip(fields[-1], image.shape)
    )
    scale = 720 // span
    side = span * scale
    whole = fit(gray(image), 360, 360)
    width, gap = ACROSS, 40
    head = points(width, 14)
    painted = canvas(style, width, head + side + 12)
    put(painted, whole, 10, head, style.color("grid"))
    zoom = 10 + whole.shape[1] + gap
    put(
        painted,
        enlarged(gray(image[top : top + span, left : left + span]), scale),
        zoom,
        head,
        style.color("grid"),
    )
    figure = mount(title, painted)
    above = head - points(width, 3)
    note_at(figure, 10, above, style.words("整幅图像", "The whole image"), fontsize=SMALL)
    note_at(
        figure,
        zoom,
        above,
        style.words(f"放大 {span}×{span} 像素", f"{span}×{span} pixels of it, enlarged"),
        fontsize=SMALL,
    )
    share = whole.shape[1] / image.shape[1]
    corners = []
    for layer, (row, column) in zip(layers, fields):
        dash = "-" if layer["variant"] == layers[0]["variant"] else (0, (4, 2))
        _frame(figure, 10 + column * share, head + row * share, layer["size"] * share, 0.7, dash)
        x, y, wide = (
            zoom + (column - left) * scale,
            head + (row - top) * scale,
            layer["size"] * scale,
        )
        _frame(figure, x, y, wide, 1.4, dash)
        corners.append((x + wide, y + wide))
    line = 1.5 * SMALL * POINT * figure.dpi
    # a convolution's field may share a corner with its pooling's: then the smaller is named first
    named = apart(
        [y + layer["size"] / 100 for layer, (_, y) in zip(layers, corners)],
        line,
        head + 10,
        head + side - 10,
    )
    for layer, (x, y), at in zip(layers, corners, named):
        _leader(style, figure, (x, y), (zoom + side + 16, at))
        note_at(
            figure,
            zoom + side + 22,
            at,
            f"{layer['name']}  {layer['size']}×{layer['size']}",
            va="center",
            fontsize=SMALL,
        )
    steps = style.words("、", ", ").join(
        f"{layer['name']} {layer['size']}×{layer['size']}" for layer in layers
    )
    other = variant_of(evidence, layers[-1]["variant"])
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"一幅 {class_name(facts['image'])} 上套着的方框，由小到大：{steps}。",
            f"Nested frames on an image of {class_name(facts['image'])}, from small to large: {steps}.",
        ),
        caption=style.words(
            f"测试图像 {facts['id']} 上，各层离窗口中心最近的那个值的感受野。实线属于{variant_of(evidence, 'baseline').zh}，"
            f"虚线属于{variant_title(style, other)}。"
            "边长由各层的核与步幅算出，并由测试核对：翻转框内像素，值改变；翻转框外像素，值不变。",
            f"On test image {facts['id']}: for each layer, the receptive field of the value nearest to the window's "
            "middle. Solid "
            f"frames belong to “{variant_of(evidence, 'baseline').en}”, dashed ones to "
            f"“{variant_title(style, other)}”. Sizes are "
            "worked out from kernels and strides and tested: inverting pixels inside a frame changes the value, "
            "outside it does not.",
        ),
        rows=[
            {
                "layer": layer["name"],
                "variant": layer["variant"],
                "size": layer["size"],
                "stride": layer["stride"],
                "first_row": row,
                "first_column": column,
            }
            for layer, (row, column) in zip(layers, fields)
        ],
    )


def _map(shown, layer: dict) -> np.ndarray:
    return shown.array("map" if layer["name"] == "conv1" else f"map.{layer['name']}")


def _field(layer: dict, at: int, length: int) -> int:
    """The first pixel that the unit sees whose field's middle is nearest to pixel `at`."""
    middles = layer["offset"] + layer["stride"] * np.arange(length) + (layer["size"] - 1) / 2
    return layer["offset"] + layer["stride"] * int(np.abs(middles - at).argmin())


def _frame(figure: Figure, x: float, y: float, size: float, lw: float, dash) -> None:
    """A square at a pixel of the mounted canvas."""
    from matplotlib.patches import Rectangle

    (wide, tall), body = figure.bbox.size, figure.images[0].get_size()[0]
    figure.add_artist(
        Rectangle(
            (x / wide, (body - y - size) / tall),
            size / wide,
            size / tall,
            fc="none",
            ec=ON_WHITE,
            lw=lw,
            ls=dash,
        )
    )


def _leader(
    style: Style, figure: Figure, start: tuple[float, float], end: tuple[float, float]
) -> None:
    """A thin line between two pixels of the mounted canvas."""
    from matplotlib.lines import Line2D

    (wide, tall), body = figure.bbox.size, figure.images[0].get_size()[0]
    figure.add_artist(
        Line2D(
            [start[0] / wide, end[0] / wide],
            [(body - start[1]) / tall, (body - end[1]) / tall],
            lw=0.6,
            color=style.color("chance"),
        )
    )
