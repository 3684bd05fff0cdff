"""The classifier as a fully convolutional network over a canvas of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import ON_WHITE, Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, fit, points, shades
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import enumerated, shorten
from report_builder.figures.toolkit.words import width as text_width
from report_builder.text import Text, class_name, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

GAP = 12  # pixels around panels
SHORT, LABEL = 4, 11  # columns of a name beside a scale: for the usual one, and at most


class Shape(NamedTuple):
    """One shape on the canvas, and the network's answer at its center."""

    image_id: str
    class_name: str
    row: int  # of its center
    column: int
    probabilities: list[float]  # by class


class FcnCanvas(NamedTuple):
    """The canvas with the network's answers everywhere on it."""

    network: Network
    class_names: tuple[str, ...]
    canvas: np.ndarray  # (H, W) or (H, W, 3) uint8
    heat_maps: np.ndarray  # (classes, H, W) probabilities, at the canvas's size
    strokes: np.ndarray  # (classes, H, W), the same times the strength of edges in pool1
    shapes: list[Shape]
    right: int  # shapes whose class the network names at their center
    right_pixels: float  # share of the strokes' pixels
    window: tuple[int, int, int, int]  # top, left, height, width of what one place sees
    kernel: int  # side of the kernels that the first dense layer became
    stride: int  # pixels from one place to the next
    margin: int  # pixels of empty ground around the canvas
    places: tuple[int, int]  # (H, W) of the heat maps as computed


def measure(evidence: Evidence) -> FcnCanvas:
    """The maps and answers that the demonstration "fcn" has recorded."""
    record = evidence.shown_demonstration("fcn")
    facts = record.facts
    shapes = [
        Shape(each["id"], class_name(each["class"]), row, column, each["probabilities"])
        for each in facts["placed"]
        for row, column in [each["center"]]
    ]
    return FcnCanvas(
        network=network_of(evidence, record, "baseline"),
        class_names=tuple(map(class_name, facts["classes"])),
        canvas=record.array("canvas"),
        heat_maps=record.array("large"),
        strokes=record.array("sharp"),
        shapes=shapes,
        right=facts["right"],
        right_pixels=facts["right_pixels"],
        window=(*facts["corners"][1], facts["window_height"], facts["window_width"]),
        kernel=facts["kernel"],
        stride=facts["stride"],
        margin=facts["margin"],
        places=(facts["heat_height"], facts["heat_width"]),
    )


def draw(numbers: FcnCanvas, style: Style) -> Figure:
    """The canvas, the heat maps of two classes at its size, and the class of every stroke."""
    names, colors = numbers.class_names, style.class_colors(numbers.class_names)
    wide = numbers.canvas.shape[1] * max(1, round(ACROSS / 2 / numbers.canvas.shape[1]))
    panels = [fit(image, wide, 10 * wide) for image in _images(numbers, style, colors)]
    tall, wide = panels[0].shape[:2]
    width = 2 * wide + 3 * GAP
    head, between = points(width, 16), points(width, 20)
    left, right, upper, lower = GAP, 2 * GAP + wide, head, head + tall + between
    bar_y = lower + tall + points(width, 5)
    picture = Picture(style, describe(numbers).title, width, bar_y + points(width, 20))
    seen = Text("画布；红框是一个位置看到的范围", "The canvas; framed: what one place sees")
    strokes = Text(
        "加上 pool1 的跳跃连接：每一笔属于哪一类",
        "With the skip from pool1: the class of each stroke",
    )
    for panel, x, y, words, color in (
        (panels[0], left, upper, seen, style.ink),
        (panels[1], right, upper, _probability_of(names[0]), colors[0]),
        (panels[2], right, lower, _probability_of(names[1]), colors[1]),
        (panels[3], left, lower, strokes, style.ink),
    ):
        picture.paint(panel, x, y)
        picture.note(x, y - points(width, 4), words, color=color)
    scale = wide / numbers.canvas.shape[1]
    top, start, height, length = (round(pixels * scale) for pixels in numbers.window)
    picture.outline(GAP + start + 3, head + top + 3, length - 6, height - 6, ON_WHITE)
    shorter = max(map(text_width, names[:2])) <= SHORT
    for k in (0, 1):
        x = right + k * wide // 2 + points(width, 20 if shorter else 70)
        _paint_scale(picture, x, bar_y, wide // (4 if shorter else 6), names[k], colors[k])
    return picture.finished()


def _images(numbers: FcnCanvas, style: Style, colors: list[str]) -> list[np.ndarray]:
    """(H, W, 3) each; strokes in the color of the likeliest class, the stronger the likelier."""
    first, second = (
        shades(values, 0, 1, (style.ground, color))
        for values, color in zip(numbers.heat_maps, colors[:2])
    )
    likeliest, strokes = numbers.strokes.argmax(axis=0), np.zeros_like(first)
    for k, color in enumerate(colors):
        here = likeliest == k
        strokes[here] = shades(numbers.strokes[k][here], 0, 1, (style.ground, color))
    return [as_rgb(numbers.canvas), first, second, strokes]


def _probability_of(name: str) -> Text:
    return Text(f"{name} 的概率", f"Probability of {name}")


def _paint_scale(picture: Picture, x: int, y: int, wide: int, name: str, color: str) -> None:
    """A bar from 0 to 1 in a class's color, with the class's name."""
    bar = shades(np.linspace(0, 1, wide), 0, 1, (picture.style.ground, color))
    picture.paint(np.repeat(bar[None], picture.points(7), axis=0), x, y + 3)
    gap = picture.points(4)
    picture.note(x - gap, y + gap, f"{shorten(name, LABEL)}  0", 8.5, ha="right", va="center")
    picture.note(x + wide + gap, y + gap, "1", 8.5, va="center")


def describe(numbers: FcnCanvas) -> Description:
    """Right answers in words, and a row for each shape and class."""
    network, names, shapes = numbers.network.text, numbers.class_names, numbers.shapes
    pixels, both = percent(numbers.right_pixels), enumerated(names[:2])
    size = f"{numbers.canvas.shape[1]}×{numbers.canvas.shape[0]}"
    heat_size = f"{numbers.places[1]}×{numbers.places[0]}"
    kernel, margin, stride = numbers.kernel, numbers.margin, numbers.stride
    answers = []
    for shape in shapes:
        answer = names[int(np.argmax(shape.probabilities))]
        answers.append(f"{shape.class_name} → {answer} {percent(max(shape.probabilities))}")
    return Description(
        title=Text(
            f"不经训练改成的全卷积网络：{len(shapes)} 个图形的中心判对 {numbers.right} 个，"
            f"笔画上的像素判对 {pixels}",
            f"Made fully convolutional without training, the network names {numbers.right} of "
            f"{len(shapes)} shapes at their centers, and {pixels} of their strokes' pixels",
        ),
        alt=Text(
            f"四幅 {size} 的图：画布上有 {len(shapes)} 个图形，右下角空着；{both.zh} 的热力图，"
            "在图形之间和空白处也有高有低；最后一幅里，每一笔按判出的类别着色。"
            f"各图形中心的回答：{'，'.join(answers)}。",
            f"Four pictures of {size}: a canvas with {len(shapes)} shapes, its lower right corner "
            f"empty; heat maps of {both.en}, high and low between shapes and on empty "
            "background too; and strokes in the color of the class they are taken for. At the "
            f"centers of the shapes: {', '.join(answers)}.",
        ),
        caption=network
        + Text(
            f"：全连接层的权重改排成 {kernel}×{kernel} 和 1×1 的卷积核，没有再训练。画布由测试图像"
            f"拼成，四周补 {margin} 个像素的空白；热力图为 {heat_size}，每隔 {stride} 个像素一个"
            "值，由转置卷积（双线性插值的权重）放大到画布大小，再算 softmax。左下：两类的概率都乘以"
            "边缘强度，即 pool1 的特征图与空白处的特征图之间的距离；它只说哪里有笔画，不说是哪一"
            "类。训练过的 FCN 会从 pool1 学出每一类的得分，再相加。",
            f": the weights of its dense layers became kernels of {kernel}×{kernel} and 1×1, and "
            "were not trained any further. The canvas is laid out with test images, with "
            f"{margin} pixels of empty background around it. The heat maps, {heat_size} and one "
            f"value every {stride} pixels, are brought to the canvas's size by a transposed "
            "convolution with the weights of bilinear interpolation; then comes softmax. Lower "
            "left: probabilities times edge strength, the distance of pool1's maps from those of "
            "empty background. This says where a stroke is, not of which class; a trained FCN "
            "would learn scores of each class from pool1, and add them.",
        ),
        rows=[
            {
                "image": shape.image_id,
                "truth": shape.class_name,
                "row": shape.row,
                "column": shape.column,
                "class": name,
                "probability": probability,
            }
            for shape in shapes
            for name, probability in zip(names, shape.probabilities)
        ],
    )
