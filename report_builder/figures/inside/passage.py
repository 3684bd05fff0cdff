"""Shows an O and an X on their way through the trained network: image, maps, dense layers, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.inside.maps import shown_of
from report_builder.figures.toolkit.pixels import (
    canvas,
    cell_size,
    enlarged,
    fit,
    gray,
    grid,
    mixed,
    mount,
    note_at,
    points,
    put,
    shades,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import class_names, shorten
from report_builder.text import percent, plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from report_builder.evidence.study import Evidence

NARROWEST = 90  # pixels for a stage's heading
BETWEEN = 52  # pixels between two stages
LANE_GAP = 34
WANTED = 320  # pixels that a stage should be near to, both ways
ANSWER = 250  # pixels for the bars at the end
MOST_ANSWERS = 4


def passage(evidence: Evidence, style: Style) -> Drawing:
    """Two lanes, an image of each of the first two classes, from the input to the answer."""
    known = {variant.name: variant for variant in evidence.variants}
    variant = known.get("baseline") or evidence.variants[0]
    run = evidence.representative(variant.name)
    names, shown, colors = class_names(run), shown_of(run), style.class_colors(class_names(run))
    layers = {row.name: row for row in run.layers}
    blocks = [name for name, row in layers.items() if row.kind == "relu"]
    dense = [name for name, row in layers.items() if row.kind == "dense" and name != "logits"]
    pictures = run.array("shown_images")[shown]  # (2, H, W)
    values = {name: run.array(f"maps.{name}")[shown] for name in [*blocks, *dense]}
    ids = run.test_ids
    said = [
        run.array("test_probabilities")[ids.index(run.shown_ids[i])] for i in shown
    ]  # (classes,) each

    answers = [int(p.argmax()) for p in said]
    title = style.words(
        f"{names[0]} 和 {names[1]} 走过训练好的网络，答案是 {names[answers[0]]}（{percent(float(said[0].max()))}）和 "
        f"{names[answers[1]]}（{percent(float(said[1].max()))}）",
        f"{names[0]} and {names[1]} pass through the trained network; it answers {names[answers[0]]} "
        f"({percent(float(said[0].max()))}) and {names[answers[1]]} ({percent(float(said[1].max()))})",
    )
    stages = [[fit(gray(picture), *cell_size(picture.shape, WANTED)) for picture in pictures]]
    ramps = [(mixed(style.ground, color, 0.05), color) for color in colors[:2]]
    for name, v in values.items():
        show = _units if name in dense else grid
        stages.append([show(style, v[i], float(v.max()), WANTED, ramps[i]) for i in range(2)])
    lane = max(pair[0].shape[0] for pair in stages)
    slots = [max(pair[0].shape[1], NARROWEST) for pair in stages]
    starts = np.cumsum([8, *(slot + BETWEEN for slot in slots)])
    width, end = int(starts[-1]) + ANSWER, int(starts[-1])
    lefts = [
        int(start) + (slot - pair[0].shape[1]) // 2
        for start, slot, pair in zip(starts, slots, stages)
    ]
    head, pitch = points(width, 32), lane + LANE_GAP
    painted = canvas(style, width, head + 2 * pitch)
    for i in range(2):
        for x, pair in zip(lefts, stages):
            y = head + i * pitch + (lane - pair[i].shape[0]) // 2
            put(painted, pair[i], x, y, colors[i] if pair is stages[0] else style.color("grid"))
    figure = mount(title, painted)
    edges = [(int(start), int(start) + slot) for start, slot in zip(starts, slots)]
    _headings(style, figure, width, edges, [layers[name] for name in values], pictures.shape[1:])
    for i, p in enumerate(said):
        _arrows(style, figure, edges, head + i * pitch + lane / 2, colors[i])
        _answer(style, figure, end, head + i * pitch, lane, names, colors, p)
    bars = style.words("；", "; ").join(
        f"{names[k]}: " + ", ".join(f"{n} {percent(float(v))}" for n, v in zip(names, p))
        for k, p in zip((0, 1), said)
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"两行，{names[0]} 和 {names[1]} 各一行，从左到右：图像，{len(blocks)} 组特征图，{len(dense)} 个全连接层，概率。{bars}。",
            f"Two lanes, one for {names[0]} and one for {names[1]}, from left to right: the image, "
            f"{plural(len(blocks), 'group')} of feature maps, {plural(len(dense), 'dense layer')}, probabilities. "
            f"{bars}.",
        ),
        caption=style.words(
            f"{variant.zh}（种子 {run.seed}）对两幅测试图像的激活值，都在 ReLU 之后；颜色越深（深色页上越亮）激活越强，每一列以两行中的最大值定色标。"
            f"最右是 softmax 给出的概率。",
            f"Activations of {variant.en} (seed {run.seed}) for two test images, all after ReLU: the stronger the "
            "color, the stronger the activation; each column is scaled to its largest value in both lanes. At the "
            "right, the probabilities from softmax.",
        ),
        rows=[
            {
                "layer": name,
                "image": run.shown_ids[shown[i]],
                "class": names[i],
                "values": int(v[i].size),
                "zero_share": float((v[i] == 0).mean()),
                "mean": float(v[i].mean(dtype=float)),
                "maximum": float(v[i].max()),
            }
            for name, v in values.items()
            for i in range(2)
        ],
    )


def _units(
    style: Style, values: np.ndarray, top: float, wanted: int, colors: tuple[str, str]
) -> np.ndarray:
    """(F,) -> a picture near `wanted` pixels high, a square for each unit, column by column; the rest stays empty."""
    columns = max(1, round(np.sqrt(len(values) * 0.7)) if len(values) > 99 else len(values) // 16)
    rows = -(-len(values) // columns)
    cells = canvas(style, columns, rows).transpose(1, 0, 2).reshape(-1, 3)
    cells[: len(values)] = shades(values, 0, top, colors)
    return enlarged(
        cells.reshape(columns, rows, 3).transpose(1, 0, 2), max(1, min(wanted // rows, 24))
    )


def _headings(
    style: Style,
    figure: Figure,
    width: int,
    edges: list[tuple[int, int]],
    layers: list[dict],
    size: tuple[int, int],
) -> None:
    texts = [(style.words("图像", "Image"), f"{size[0]}×{size[1]}")]
    for block, layer in enumerate(layers, 1):
        if layer.kind == "dense":
            texts.append((style.words("全连接", "Dense"), f"{layer.shape[0]:,}"))
        else:
            c, h, w = layer.shape
            texts.append((style.words(f"第 {block} 块", f"Block {block}"), f"{c} × {h}×{w}"))
    for (left, right), (above, below) in zip(edges, texts):
        note_at(figure, (left + right) / 2, points(width, 13), above, ha="center", fontsize=9)
        note_at(
            figure,
            (left + right) / 2,
            points(width, 25),
            below,
            ha="center",
            fontsize=8,
            color=style.muted,
        )


def _arrows(
    style: Style, figure: Figure, edges: list[tuple[int, int]], y: float, color: str
) -> None:
    """A small arrowhead in every gap between two stages."""
    from matplotlib.patches import Polygon

    wide, tall = figure.bbox.size
    body = figure.images[0].get_size()[0]
    for _, right in edges:
        x, size = right + BETWEEN / 2, 9
        corners = [(x - size, y - size), (x + size, y), (x - size, y + size)]
        figure.add_artist(
            Polygon([(a / wide, (body - b) / tall) for a, b in corners], fc=color, ec="none")
        )


def _answer(
    style: Style,
    figure: Figure,
    x: int,
    y: int,
    side: int,
    names: tuple[str, ...],
    colors: list[str],
    p: np.ndarray,
) -> None:
    """The likeliest classes with their probabilities as bars."""
    from matplotlib.patches import Rectangle

    wide, tall = figure.bbox.size
    body = figure.images[0].get_size()[0]
    order = sorted(np.argsort(-p, kind="stable")[:MOST_ANSWERS])
    step = side / (len(order) + 0.6)
    for row, k in enumerate(order):
        middle = y + step * (row + 0.8)
        for share, fill, edge in ((1.0, "none", style.muted), (float(p[k]), colors[k], "none")):
            figure.add_artist(
                Rectangle(
                    (x / wide, (body - middle - 22) / tall),
                    (ANSWER - 14) * share / wide,
                    18 / tall,
                    fc=fill,
                    ec=edge,
                    lw=0.6,
                )
            )
        note_at(
            figure,
            x,
            middle - 8,
            f"{shorten(names[k], 5)}  {percent(float(p[k]))}",
            color=colors[k],
            fontsize=9.5,
        )
