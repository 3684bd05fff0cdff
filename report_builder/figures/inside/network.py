"""Draws a network as shapes: maps as stacks of rectangles in proportion, dense layers as bars, with parameters."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, NamedTuple

from report_builder.figures.toolkit.layout import WIDTH, axes, sheet
from report_builder.figures.toolkit.pixels import mixed
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import (
    class_names,
    shorten,
    variant_of,
    variant_title,
    width,
)
from report_builder.text import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from report_builder.evidence.study import Evidence
    from xo.network.measurements import Layer

TALLEST = 1.15  # inches of the largest map's longer side
SLOT = 0.6  # inches that a label needs
MOST_MAPS = 20  # drawn in one stack
STEP = 0.028  # inches from one map of a stack to the next
FLOOR, MIDDLE, BODY = 0.82, 1.75, 3.1  # inches: labels below, middle of the shapes, whole height


class Shape(NamedTuple):
    """One layer as drawn: its row in the record, the size of its front face and the depth of its stack, in inches."""

    layer: Layer
    wide: float
    tall: float
    depth: float
    beside: float = 0  # inches for the classes' names

    @property
    def dense(self) -> bool:
        return len(self.layer.shape) == 1

    @property
    def output(self) -> bool:
        return self.layer.name == "logits"

    @property
    def slot(self) -> float:
        return max(self.wide + self.depth + self.beside, 0.5 if self.output else SLOT)


def network(evidence: Evidence, style: Style, name: str) -> Drawing:
    """The layers from left to right; ReLU, which changes no shape, is left out."""
    variant, run = variant_of(evidence, name), evidence.runs(name)[0]
    layers = [layer for layer in run.layers if layer.kind != "relu"]
    total, heaviest = run.parameters, max(layers, key=lambda layer: layer.parameters)
    share, names = percent(heaviest.parameters / total), class_names(run)
    title = variant_title(style, variant) + style.words(
        f"：{total:,} 个参数，其中 {share} 在{_spoken(style, heaviest)}",
        f": {total:,} parameters, {share} of them in {_spoken(style, heaviest)}",
    )
    figure = sheet(title, BODY)
    ax = axes(figure, 0, 0, WIDTH, BODY, xlim=(0, WIDTH), ylim=(0, BODY))
    ax.axis("off")
    shapes = _to_scale(layers, [shorten(each, 7) for each in names])
    centers = _centers(shapes)
    for left, right, a, b in zip(shapes, shapes[1:], centers, centers[1:]):
        _link(style, ax, left, right, a, b)
    for shape, x in zip(shapes[:-1], centers):
        _draw(style, ax, shape, x, style.color(name))
    _draw_output(style, ax, shapes[-1], centers[-1], names)
    crowded = sum(shape.slot for shape in shapes) > WIDTH
    for i, (shape, x) in enumerate(zip(shapes, centers)):
        low = FLOOR - (0.36 if crowded and i % 2 else 0)
        ax.text(
            x,
            BODY - 0.1,
            _heading(style, shape.layer),
            ha="center",
            va="top",
            fontsize=8.5,
            linespacing=1.15,
        )
        ax.text(x, low, _shape_text(shape.layer.shape), ha="center", va="top", fontsize=8)
        if shape.layer.parameters:
            ax.text(
                x,
                low - 0.18,
                f"{shape.layer.parameters:,}",
                ha="center",
                va="top",
                fontsize=8,
                color=style.color(name),
            )
    ax.text(
        0.08,
        FLOOR - 0.18,
        style.words("参数：", "Parameters:"),
        va="top",
        fontsize=8,
        color=style.color(name),
    )
    flat = max(i for i, shape in enumerate(shapes) if not shape.dense)
    c, h, w = shapes[flat].layer.shape
    ax.text(
        centers[flat],
        0.12,
        style.words(f"展平：{c * h * w:,} 个数", f"flattened: {c * h * w:,} values"),
        ha="center",
        fontsize=8,
        color=style.muted,
    )

    steps = style.words("；", "; ").join(
        f"{_spoken(style, layer)} {_shape_text(layer.shape)}"
        + (
            style.words(f"（{layer.parameters:,} 个参数）", f" ({layer.parameters:,} parameters)")
            if layer.parameters
            else ""
        )
        for layer in layers
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{variant.zh}的结构，从左到右：{steps}。",
            f"Layers of “{variant.en}” from left to right: {steps}.",
        ),
        caption=style.words(
            "每层输出的形状（通道×高×宽，或单元数）和参数数。方块的边长与特征图成正比，叠起的张数是通道数；竖条的高度按对数。"
            "小方格示意一个输出值所看的窗口。每个卷积（池化之后）和每个隐藏的全连接层之后是 ReLU，它不改变形状。",
            "Output shape (channels × height × width, or units) and parameters of each layer. Squares are in "
            "proportion to the maps' sides, one for each channel; the bars' heights are logarithmic. Small squares "
            "show the window that one value sees. ReLU, which changes no shape, follows each convolution (after "
            "its pooling) and each hidden dense layer.",
        ),
        rows=[
            {
                "layer": layer.name,
                "kind": layer.kind,
                "shape": _shape_text(layer.shape),
                "parameters": layer.parameters,
                "multiply_adds": layer.multiply_adds,
            }
            for layer in run.layers
        ],
    )


def _to_scale(layers: list[Layer], names: list[str]) -> list[Shape]:
    """Shapes that fit side by side, each at least as wide as its label."""
    longest = max(max(layer.shape[1:]) for layer in layers if len(layer.shape) == 3)
    most = max(layer.shape[0] for layer in layers if len(layer.shape) == 1)
    for percents in range(100, 5, -5):
        unit = TALLEST * percents / 100 / longest
        shapes = [_shape(layer, unit, most, names) for layer in layers]
        if sum(shape.slot for shape in shapes) < WIDTH - 0.1 - 0.04 * len(shapes):
            break
    return shapes


def _shape(layer: Layer, unit: float, most: int, names: list[str]) -> Shape:
    if layer.name == "logits":
        return Shape(layer, 0.14, 0.17 * len(names), 0, beside=0.06 + 0.07 * max(map(width, names)))
    if len(layer.shape) == 1:
        return Shape(layer, 0.13, 0.3 + 0.9 * log(layer.shape[0]) / log(max(most, 2)), 0)
    channels, h, w = layer.shape
    return Shape(
        layer, max(w * unit, 0.06), max(h * unit, 0.06), STEP * (min(channels, MOST_MAPS) - 1)
    )


def _centers(shapes: list[Shape]) -> list[float]:
    """The middle of each shape, spread over the width."""
    gap = (WIDTH - 0.1 - sum(shape.slot for shape in shapes)) / len(shapes)
    x, centers = 0.05, []
    for shape in shapes:
        centers.append(x + (gap + shape.slot) / 2)
        x += gap + shape.slot
    return centers


def _face(shape: Shape, x: float) -> tuple[float, float]:
    """The lower left corner of the front face of a shape whose middle is at `x`."""
    return x - (shape.wide + shape.depth + shape.beside) / 2, MIDDLE - (
        shape.tall + shape.depth
    ) / 2


def _draw(style: Style, ax: Axes, shape: Shape, x: float, color: str) -> None:
    from matplotlib.patches import Rectangle

    left, low = _face(shape, x)
    edge = style.ink if shape.layer.kind == "input" else color
    fill = mixed(style.ground, edge, 0.45 if shape.dense else 0.12)
    for i in reversed(range(1 if shape.dense else min(shape.layer.shape[0], MOST_MAPS))):
        ax.add_patch(
            Rectangle(
                (left + i * STEP, low + i * STEP),
                shape.wide,
                shape.tall,
                fc=fill,
                ec=edge,
                lw=0.7,
                zorder=3,
            )
        )


def _draw_output(style: Style, ax: Axes, shape: Shape, x: float, names: tuple[str, ...]) -> None:
    """A cell for each class, the first on top, with the class's name beside it."""
    from matplotlib.patches import Rectangle

    left, low = _face(shape, x)
    for i, (name, color) in enumerate(zip(names, style.class_colors(names))):
        y = low + shape.tall - 0.17 * (i + 0.5)
        ax.add_patch(Rectangle((left, y - 0.06), shape.wide, 0.12, fc=color, zorder=3))
        ax.text(left + shape.wide + 0.05, y, shorten(name, 7), va="center", fontsize=9, color=color)


def _link(style: Style, ax: Axes, left: Shape, right: Shape, a: float, b: float) -> None:
    """How one value of a layer comes from the layer before it: a small window, or everything."""
    from matplotlib.patches import Rectangle

    x, y = _face(left, a)
    to_x, to_y = _face(right, b)
    if right.dense:
        for start, end in ((y + left.tall + left.depth, to_y + right.tall), (y, to_y)):
            ax.plot(
                [x + left.wide + (left.depth if start > y else 0), to_x],
                [start, end],
                color=style.muted,
                lw=0.7,
                zorder=2,
            )
        return
    rows = right.layer.kernel or 2
    size = max(rows * left.tall / left.layer.shape[1], 0.05)
    window_x, window_y = x + left.wide * 0.62, y + left.tall * 0.58
    ax.add_patch(
        Rectangle((window_x, window_y), size, size, fc="none", ec=style.ink, lw=0.9, zorder=4)
    )
    for corner in (window_y, window_y + size):
        ax.plot(
            [window_x + size, to_x + right.wide * 0.3],
            [corner, to_y + right.tall * 0.55],
            color=style.ink,
            lw=0.5,
            alpha=0.6,
            zorder=4,
        )


def _heading(style: Style, layer: Layer) -> str:
    if layer.name == "logits":
        return style.words("输出", "output")
    if layer.kind == "conv":
        return style.words("卷积", "conv") + "\n{0}×{0}".format(layer.kernel)
    pool = (
        style.words("可训练池化", "trained pool")
        if layer.parameters
        else style.words("最大池化", "max-pool")
    )
    return {
        "input": style.words("输入", "input"),
        "pool": f"{pool}\n2×2",
        "dense": style.words("全连接", "dense"),
    }[layer.kind]


def _spoken(style: Style, layer: Layer) -> str:
    """A layer's name in a sentence."""
    which = layer.name.lstrip("abcdefghijklmnopqrstuvwxyz")
    if layer.name == "logits":
        return style.words("输出层", "the output layer")
    return {
        "input": style.words("输入", "input"),
        "conv": style.words(f"卷积层 {which}", f"convolution {which}"),
        "pool": style.words(f"可训练池化 {which}", f"trained pooling {which}")
        if layer.parameters
        else style.words(f"最大池化 {which}", f"max-pooling {which}"),
        "dense": style.words(f"全连接层 {which}", f"dense layer {which}"),
    }[layer.kind]


def _shape_text(shape: list[int]) -> str:
    return "×".join(map(str, shape)) if len(shape) == 3 else f"{shape[0]:,}"
