"""A network as shapes: maps as stacks of rectangles in proportion, dense layers as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from report_builder.figures.inside.network_shapes import MOST_MAPS, STEP, Shape, shapes_to_scale
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import WIDTH, axes, sheet
from report_builder.figures.toolkit.pixels import mixed
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_names, listed, shorten
from report_builder.text import Text, percent, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure, Layer, Variant

FLOOR, HEIGHT = 0.82, 3.1  # inches: top of the labels below the shapes, height of the drawing
LONGEST = 12  # columns of the name of a class
MOST_NAMED = 12  # classes


class Network(NamedTuple):
    """The layers of one network."""

    variant: Variant
    class_names: tuple[str, ...]
    layers: tuple[Layer, ...]
    parameters: int

    @property
    def shown(self) -> list[Layer]:
        """All layers but ReLU, which changes no shape."""
        return [layer for layer in self.layers if layer.kind != "relu"]

    @property
    def heaviest(self) -> Layer:
        """The layer with the most parameters."""
        return max(self.layers, key=lambda layer: layer.parameters)

    @property
    def last_maps(self) -> int:
        """The index, among those shown, of the last layer before the dense ones."""
        return max(i for i, layer in enumerate(self.shown) if len(layer.shape) == 3)


def measure(evidence: Evidence, variant: str) -> Network:
    """The layers that the variant's first run has recorded."""
    run = evidence.runs(variant)[0]
    return Network(evidence.variant(variant), class_names(run), run.layers, run.parameters)


def draw(numbers: Network, style: Style) -> Figure:
    """The layers from left to right, with kind, shape and parameters."""
    figure = sheet(style.text(describe(numbers).title), HEIGHT)
    ax = axes(figure, 0, 0, WIDTH, HEIGHT, xlim=(0, WIDTH), ylim=(0, HEIGHT))
    ax.axis("off")
    color = style.color(numbers.variant.name)
    names = [shorten(name, LONGEST) for name in numbers.class_names]
    shapes = shapes_to_scale(numbers.shown, names)
    for left, right in zip(shapes, shapes[1:]):
        _link(style, ax, left, right)
    for shape in shapes[:-1]:
        _draw_layer(style, ax, shape, color)
    _draw_output(style, ax, shapes[-1], numbers.class_names)
    crowded = sum(shape.slot for shape in shapes) > WIDTH
    for i, shape in enumerate(shapes):
        _label(style, ax, shape, FLOOR - (0.36 if crowded and i % 2 else 0), color)
    words = style.text(Text("参数：", "Parameters:"))
    ax.text(0.08, FLOOR - 0.18, words, va="top", fontsize=8, color=color)
    last = shapes[numbers.last_maps]
    c, h, w = last.layer.shape
    flattened = style.text(Text(f"展平：{c * h * w:,} 个数", f"flattened: {c * h * w:,} values"))
    if not any(layer.kind == "average" for layer in numbers.layers):
        ax.text(last.center, 0.12, flattened, ha="center", fontsize=8, color=style.muted)
    return figure


def _draw_layer(style: Style, ax: Axes, shape: Shape, color: str) -> None:
    from matplotlib.patches import Rectangle

    left, low = shape.corner
    edge = style.ink if shape.layer.kind == "input" else color
    colors: dict[str, Any] = {
        "fc": mixed(style.ground, edge, 0.45 if shape.dense else 0.12),
        "ec": edge,
    }
    for i in reversed(range(1 if shape.dense else min(shape.layer.shape[0], MOST_MAPS))):
        corner = left + i * STEP, low + i * STEP
        ax.add_patch(Rectangle(corner, shape.wide, shape.tall, lw=0.7, zorder=3, **colors))


def _draw_output(style: Style, ax: Axes, shape: Shape, names: tuple[str, ...]) -> None:
    """A box for each class, the first on top, with the class's name beside it."""
    from matplotlib.patches import Rectangle

    left, low = shape.corner
    if len(names) > MOST_NAMED:
        words = style.text(Text(f"{len(names)} 类", f"{len(names)} classes"))
        ax.text(left + shape.wide + 0.05, low + shape.tall / 2, words, va="center", fontsize=9)
        names = ()
    for i, (name, color) in enumerate(zip(names, style.class_colors(names))):
        y = low + shape.tall - 0.17 * (i + 0.5)
        ax.add_patch(Rectangle((left, y - 0.06), shape.wide, 0.12, fc=color, zorder=3))
        ax.text(
            left + shape.wide + 0.05,
            y,
            shorten(name, LONGEST),
            va="center",
            fontsize=9,
            color=color,
        )


def _link(style: Style, ax: Axes, left: Shape, right: Shape) -> None:
    """How one value of a layer comes from the layer before it: a small window, or everything."""
    from matplotlib.patches import Rectangle

    (x, y), (to_x, to_y) = left.corner, right.corner
    if right.dense:
        upper = [x + left.wide + left.depth, to_x], [y + left.tall + left.depth, to_y + right.tall]
        for xs, ys in (upper, ([x + left.wide, to_x], [y, to_y])):
            ax.plot(xs, ys, color=style.muted, lw=0.7, zorder=2)
        return
    size = max((right.layer.kernel or 2) * left.tall / left.layer.shape[1], 0.05)
    window = window_x, window_y = x + left.wide * 0.62, y + left.tall * 0.58
    ax.add_patch(Rectangle(window, size, size, fc="none", ec=style.ink, lw=0.9, zorder=4))
    for corner in (window_y, window_y + size):
        xs = [window_x + size, to_x + right.wide * 0.3]
        ys = [corner, to_y + right.tall * 0.55]
        ax.plot(xs, ys, color=style.ink, lw=0.5, alpha=0.6, zorder=4)


def _label(style: Style, ax: Axes, shape: Shape, low: float, color: str) -> None:
    """The layer's kind above its shape, and numbers below it."""
    layer = shape.layer
    below: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 8}
    heading: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 8.5, "linespacing": 1.15}
    ax.text(shape.center, HEIGHT - 0.1, style.text(_heading(layer)), **heading)
    ax.text(shape.center, low, _sides(layer), **below)
    if layer.parameters:
        ax.text(shape.center, low - 0.18, f"{layer.parameters:,}", color=color, **below)


def _heading(layer: Layer) -> Text:
    if layer.name == "logits":
        return Text("输出", "output")
    if layer.kind == "conv":
        return Text("卷积", "conv") + same(f"\n{layer.kernel}×{layer.kernel}")
    if layer.kind == "pool":
        trained, largest = Text("可训练池化", "trained pool"), Text("最大池化", "max-pool")
        return (trained if layer.parameters else largest) + same("\n2×2")
    return {
        "input": Text("输入", "input"),
        "average": Text("全局\n平均", "average\nof a map"),
        "dense": Text("全连接", "dense"),
    }[layer.kind]


def _sides(layer: Layer) -> str:
    """The shape of a layer's output: 9×29×29, or 1,000."""
    shape = layer.shape
    return "×".join(map(str, shape)) if len(shape) == 3 else f"{shape[0]:,}"


def describe(numbers: Network) -> Description:
    """The heaviest layer in words, and a row for each layer."""
    variant, total, heaviest = numbers.variant, numbers.parameters, numbers.heaviest
    share, where = percent(heaviest.parameters / total), _in_sentence(heaviest)
    steps = []
    for layer in numbers.shown:
        step = _in_sentence(layer) + same(f" {_sides(layer)}")
        if layer.parameters:
            count = f"{layer.parameters:,}"
            step += Text(f"（{count} 个参数）", f" ({count} parameters)")
        steps.append(step)
    layers = listed(steps)
    return Description(
        title=Text(
            f"{variant.zh}：{total:,} 个参数，其中 {share} 在{where.zh}",
            f"{variant.en}: {total:,} parameters, {share} of them in {where.en}",
        ),
        alt=Text(
            f"“{variant.zh}”的结构，从左到右：{layers.zh}。",
            f"Layers of “{variant.en}” from left to right: {layers.en}.",
        ),
        caption=Text(
            "每层输出的形状（通道×高×宽，或单元数）和参数数。方块的边长与特征图成正比，"
            "叠起的张数是通道数；竖条的高度按对数。小方格示意一个输出值所看的窗口。"
            "每个卷积（池化之后）和每个隐藏的全连接层之后是 ReLU，它不改变形状。",
            "Output shape (channels × height × width, or units) and parameters of each layer. "
            "Squares are in proportion to the maps' sides, one for each channel; the bars' heights "
            "are logarithmic. Small squares show the window that one value sees. ReLU, which "
            "changes no shape, follows each convolution (after its pooling) and each hidden dense "
            "layer.",
        ),
        rows=[
            {
                "layer": layer.name,
                "kind": layer.kind,
                "shape": _sides(layer),
                "parameters": layer.parameters,
                "multiply_adds": layer.multiply_adds,
            }
            for layer in numbers.layers
        ],
    )


def _in_sentence(layer: Layer) -> Text:
    number = layer.name.lstrip("abcdefghijklmnopqrstuvwxyz")
    if layer.name == "logits":
        return Text("输出层", "the output layer")
    if layer.kind == "pool" and layer.parameters:
        return Text(f"可训练池化 {number}", f"trained pooling {number}")
    return {
        "input": Text("输入", "input"),
        "conv": Text(f"卷积层 {number}", f"convolution {number}"),
        "pool": Text(f"最大池化 {number}", f"max pooling {number}"),
        "average": Text("全局平均", "the average of each map"),
        "dense": Text(f"全连接层 {number}", f"dense layer {number}"),
    }[layer.kind]
