"""Two images on their way through the trained network: image, maps, dense layers, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_images import ShownImages, measure_images
from report_builder.evidence.shown_network import Network, network_of_run
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import (
    as_rgb,
    canvas,
    cell_size,
    enlarged,
    fit,
    grid,
    mixed,
    points,
    shades,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed, shorten
from report_builder.figures.toolkit.words import width as text_width
from report_builder.text import Text, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure, Layer

NARROWEST = 90  # pixels for a stage's heading
BETWEEN = 52  # pixels between two stages
LANE_GAP = 34
WANTED = 320  # pixels that a stage should be near to, both ways
ANSWER = 250  # pixels for the bars at the end
MOST_ANSWERS = 4
SHORT = 5  # columns of a class's name that leave room for its probability beside it
LONGEST = 15  # columns of a name that has the line for itself


class Passage(NamedTuple):
    """What one network makes of two images, layer by layer."""

    network: Network
    shown: ShownImages
    layers: list[Layer]  # that are shown: each block after its ReLU, then hidden dense layers
    values: list[np.ndarray]  # (2, C, H, W) or (2, F) for each layer, after ReLU


def measure(evidence: Evidence) -> Passage:
    """The values of the baseline or, without it, of the first variant."""
    has_baseline = bool(evidence.runs("baseline"))
    variant = evidence.variant("baseline") if has_baseline else evidence.variants[0]
    run = evidence.representative(variant.name)
    shown = measure_images(run)
    blocks = [layer for layer in run.layers if layer.kind == "relu"]
    dense = [layer for layer in run.layers if layer.kind == "dense" and layer.name != "logits"]
    layers = blocks + dense
    return Passage(
        network=network_of_run(evidence, run),
        shown=shown,
        layers=layers,
        values=[run.array(f"maps.{layer.name}")[shown.places] for layer in layers],
    )


def draw(numbers: Passage, style: Style) -> Figure:
    """Two lanes, one for each image, from the input to the answer."""
    colors = style.class_colors(numbers.shown.class_names)
    stages = [_stages(numbers, i, colors[i], style) for i in (0, 1)]
    lane = max(stage.shape[0] for stage in stages[0])
    widths = [max(stage.shape[1], NARROWEST) for stage in stages[0]]
    *starts, end = np.cumsum([8, *(width + BETWEEN for width in widths)]).tolist()
    spans = [(x, x + wide) for x, wide in zip(starts, widths)]
    width = end + ANSWER
    head, pitch = points(width, 32), lane + LANE_GAP
    picture = Picture(style, describe(numbers).title, width, head + 2 * pitch)
    _write_headings(picture, numbers, spans)
    for i, color in enumerate(colors[:2]):
        top = head + i * pitch
        for k, (stage, (left, right)) in enumerate(zip(stages[i], spans)):
            tall, wide = stage.shape[:2]
            corner = left + (right - left - wide) // 2, top + (lane - tall) // 2
            picture.paint(stage, *corner, color if k == 0 else "")
            _draw_arrow(picture, right + BETWEEN / 2, top + lane / 2, color)
        _draw_answer(picture, numbers, i, end, top, lane)
    return picture.finished()


def _stages(numbers: Passage, i: int, color: str, style: Style) -> list[np.ndarray]:
    """The image and the values of each layer as (h, w, 3) pictures, each on its own scale."""
    image = numbers.shown.images[i]
    stages = [fit(as_rgb(image), *cell_size(image.shape, WANTED))]
    ramp = mixed(style.ground, color, 0.05), color
    for layer, values in zip(numbers.layers, numbers.values):
        paint = _units if layer.kind == "dense" else grid
        stages.append(paint(style, values[i], float(values.max()), WANTED, ramp))
    return stages


def _units(
    style: Style, values: np.ndarray, top: float, wanted: int, colors: tuple[str, str]
) -> np.ndarray:
    """(F,) -> a picture near `wanted` pixels high, a square for each unit, column by column."""
    columns = max(1, round(np.sqrt(len(values) * 0.7)) if len(values) > 99 else len(values) // 16)
    rows = -(-len(values) // columns)
    squares = canvas(style, columns, rows).transpose(1, 0, 2).reshape(-1, 3)
    squares[: len(values)] = shades(values, 0, top, colors)
    picture = squares.reshape(columns, rows, 3).transpose(1, 0, 2)
    return enlarged(picture, max(1, min(wanted // rows, 24)))


def _write_headings(picture: Picture, numbers: Passage, spans: list[tuple[int, int]]) -> None:
    h, w = numbers.shown.images.shape[1:3]
    headings = [(Text("图像", "Image"), f"{h}×{w}")]
    for block, layer in enumerate(numbers.layers, 1):
        if layer.kind == "dense":
            headings.append((Text("全连接", "Dense"), f"{layer.shape[0]:,}"))
        else:
            c, h, w = layer.shape
            headings.append((Text(f"第 {block} 块", f"Block {block}"), f"{c} × {h}×{w}"))
    for (left, right), (above, below) in zip(spans, headings):
        middle, muted = (left + right) / 2, picture.style.muted
        picture.note(middle, picture.points(13), above, ha="center")
        picture.note(middle, picture.points(25), below, 8, ha="center", color=muted)


def _draw_arrow(picture: Picture, x: float, y: float, color: str) -> None:
    picture.polygon([(x - 9, y - 9), (x + 9, y), (x - 9, y + 9)], fc=color, ec="none")


def _draw_answer(picture: Picture, numbers: Passage, i: int, x: int, y: int, tall: int) -> None:
    """The likeliest classes with their probabilities as bars."""
    names, values = numbers.shown.class_names, numbers.shown.probabilities[i]
    style, short = picture.style, max(map(text_width, names)) <= SHORT
    colors = picture.style.class_colors(names)
    order = sorted(np.argsort(-values, kind="stable")[:MOST_ANSWERS])
    step = tall / (len(order) + 0.6)
    for row, k in enumerate(order):
        middle, share = y + step * (row + 0.8), float(values[k])
        muted, wide = style.muted, ANSWER - (14 if short else 124)
        picture.rectangle(x, middle + 4, wide, 18, fc="none", ec=muted, lw=0.6)
        picture.rectangle(x, middle + 4, wide * share, 18, fc=colors[k], ec="none", lw=0.6)
        if short:
            words = f"{names[k]}  {percent(share)}"
            picture.note(x, middle - 8, words, 9.5, color=colors[k])
            continue
        picture.note(x, middle - 8, shorten(names[k], LONGEST), 8.5, color=colors[k])
        beside = {"va": "center", "color": style.ink}
        picture.note(x + wide + 8, middle + 13, percent(share), 8.5, **beside)


def describe(numbers: Passage) -> Description:
    """The answers in words, and a row for each layer and image."""
    names, shown, network = numbers.shown.class_names, numbers.shown, numbers.network.text
    first, second = names[:2]
    answers = [
        (names[int(values.argmax())], percent(float(values.max())))
        for values in shown.probabilities
    ]
    (one, sure), (other, other_sure) = answers
    dense = sum(layer.kind == "dense" for layer in numbers.layers)
    blocks = len(numbers.layers) - dense
    bars = listed(
        f"{truth}: " + ", ".join(f"{n} {percent(float(p))}" for n, p in zip(names, values))
        for truth, values in zip((first, second), shown.probabilities)
    )
    return Description(
        title=Text(
            f"{first} 和 {second} 走过训练好的网络，"
            f"答案是 {one}（{sure}）和 {other}（{other_sure}）",
            f"{first} and {second} pass through the trained network; it answers {one} ({sure}) "
            f"and {other} ({other_sure})",
        ),
        alt=Text(
            f"两行，{first} 和 {second} 各一行，从左到右：图像，{blocks} 组特征图，"
            f"{dense} 个全连接层，概率。{bars.zh}。",
            f"Two lanes, one for {first} and one for {second}, from left to right: the image, "
            f"{plural(blocks, 'group')} of feature maps, {plural(dense, 'dense layer')}, "
            f"probabilities. {bars.en}.",
        ),
        caption=Text(
            f"{network.zh}对两幅测试图像的激活值，都在 ReLU 之后；颜色越深"
            "（深色页上越亮）激活越强，每一列以两行中的最大值定色标。最右是 softmax 给出的概率。",
            f"Activations of {network.en} for two test images, all after "
            "ReLU: the stronger the color, the stronger the activation; each column is scaled to "
            "its largest value in both lanes. At the right, the probabilities from softmax.",
        ),
        rows=[
            {
                "layer": layer.name,
                "image": shown.image_ids[i],
                "class": names[i],
                "values": int(values[i].size),
                "zero_share": float((values[i] == 0).mean()),
                "mean": float(values[i].mean(dtype=float)),
                "maximum": float(values[i].max()),
            }
            for layer, values in zip(numbers.layers, numbers.values)
            for i in (0, 1)
        ],
    )
