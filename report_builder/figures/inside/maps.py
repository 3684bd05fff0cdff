"""Shows feature maps: block by block in every step, and from low to high level side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.evidence.study import receptive_fields
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    cell_size,
    gray,
    grid,
    label_bar,
    largest,
    mount,
    note_at,
    paint_bar,
    points,
    put,
    put_into,
    shades,
)
from report_builder.figures.toolkit.style import COLORS, Drawing, Style
from report_builder.figures.toolkit.words import (
    class_names,
    described,
    shorten,
    variant_of,
    variant_title,
)
from report_builder.text import number, percent, plural

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from report_builder.evidence.study import Evidence
    from xo.runs.record import RunRecord

SIDE_BY_SIDE = 5  # channels up to which the two images' maps stand beside each other
GAP = 6  # pixels between maps
ON_WHITE = COLORS["receptive field"][0]  # images are white on dark pages too
LEVEL_DASHES = ("-", (0, (4, 2)), (0, (1, 1.2)))


def maps1(evidence: Evidence, style: Style, name: str) -> Drawing:
    return block(evidence, style, name, 1)


def maps2(evidence: Evidence, style: Style, name: str) -> Drawing:
    return block(evidence, style, name, 2)


def maps3(evidence: Evidence, style: Style, name: str) -> Drawing:
    return block(evidence, style, name, 3)


def block(evidence: Evidence, style: Style, name: str, k: int) -> Drawing:
    """All maps of block `k` after convolution, after pooling and after ReLU, for an image of each of two classes."""
    variant, run = variant_of(evidence, name), evidence.representative(name)
    names, shown, steps = (
        class_names(run),
        shown_of(run),
        [s for s in (f"conv{k}", f"pool{k}", f"relu{k}") if run.has(f"maps.{s}")],
    )
    maps = {step: run.array(f"maps.{step}")[shown] for step in steps}  # (2, C, H, W) each
    pictures = run.array("shown_images")[shown]  # (2, H, W)
    limit, relu = largest(list(maps.values())), maps[f"relu{k}"]
    channels, zero, dead = (
        relu.shape[1],
        float((relu == 0).mean()),
        int((relu.max(axis=(0, 2, 3)) == 0).sum()),
    )
    title = variant_title(style, variant) + style.words(
        f"，第 {k} 块：ReLU 之后 {percent(zero)} 的值为零"
        + (f"，{channels} 幅特征图中有 {dead} 幅全为零" if dead else ""),
        f", block {k}: after ReLU {percent(zero)} of the values are zero"
        + (f", and {dead} of {plural(channels, 'map')} are so everywhere" if dead else ""),
    )

    beside = channels <= SIDE_BY_SIDE
    columns, lines = ((channels + 1) * 2, 1) if beside else (channels + 1, 2)
    cell = side, tall = cell_size(pictures.shape[1:], (ACROSS - 40) / columns - GAP)
    pitch, split, drop = side + GAP, 24 if beside else 0, tall + GAP  # pixels to the right and down
    width = columns * pitch + split + 16
    heading, head = points(width, 17), points(width, 15)
    bar_y = head + len(steps) * (heading + lines * drop) + points(width, 5)
    painted = canvas(style, width, bar_y + points(width, 26))
    corners = {}  # of each image's row in each step
    for s, step in enumerate(steps):
        for i in range(2):
            x = 8 + (i * (pitch * (channels + 1) + split) if beside else 0)
            y = head + s * (heading + lines * drop) + heading + (0 if beside else i * drop)
            corners[step, i] = x, y
            put_into(painted, gray(pictures[i]), x, y, cell, style.muted)
            for c in range(channels):
                put_into(
                    painted,
                    shades(maps[step][i, c], -limit, limit, style.diverging),
                    x + (c + 1) * pitch,
                    y,
                    cell,
                    style.color("grid"),
                )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    for x, first in {corners[steps[0], i][0]: i for i in (1, 0)}.items():
        text = described(style, names[first]) if beside else style.words("图像", "Image")
        note_at(
            figure,
            x,
            head - 4,
            shorten(text, 9),
            fontsize=9,
            color=style.class_colors(names)[first] if beside else style.muted,
        )
        for c in range(channels):
            note_at(
                figure,
                x + (c + 1) * pitch + side / 2,
                head - 4,
                f"{c + 1}",
                ha="center",
                fontsize=8,
                color=style.muted,
            )
    for step in steps:
        h, w = maps[step].shape[2:]
        note_at(
            figure,
            8,
            corners[step, 0][1] - heading * 0.28,
            f"{_step_name(style, step)}{style.words('：', ': ')}{h}×{w}",
            fontsize=9.5,
        )
    label_bar(
        figure,
        *bar,
        bar_y,
        limit,
        style.words("激活值，全图同一色标", "activation, one scale for all"),
    )
    clipped = any((np.abs(m) > limit).any() for m in maps.values())
    order = style.words(f"{names[0]} 和 {names[1]}", f"{names[0]} and {names[1]}")
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"第 {k} 块的 {channels} 幅特征图，依次为{'、'.join(_step_name(style, s) for s in steps)}，输入为 {order} 各一幅。"
            f"ReLU 之后 {percent(zero)} 的值为零，最大值 {number(float(relu.max()), 2)}。",
            f"{plural(channels, 'map')} of block {k} for an image of {order}: "
            f"{', '.join(_step_name(style, s).lower() for s in steps)}. After ReLU {percent(zero)} of the values are "
            f"zero, the largest is {number(float(relu.max()), 2)}.",
        ),
        caption=style.words(
            f"种子 {run.seed}，两幅测试图像（{order}）在第 {k} 块各步之后的全部 {channels} 个通道，列号即通道号；灰色的是输入图像。"
            f"各图放大到同样大小，旁边写着原来的边长。所有特征图同一色标，零在正中"
            + ("；极少数超出色标两端的值按端点画。" if clipped else "。"),
            f"Seed {run.seed}: all {plural(channels, 'channel')} after each step of block {k} for two images "
            f"({order}); columns are channels, the gray picture is the input. Maps are enlarged to equal size, their "
            "true sides stand above. One scale for all maps, zero in the middle"
            + ("; the few values beyond its ends are drawn as its ends." if clipped else "."),
        ),
        rows=[
            {
                "step": step,
                "image": run.shown_ids[shown[i]],
                "class": names[i],
                "channel": c + 1,
                "height": m.shape[2],
                "width": m.shape[3],
                "minimum": float(m[i, c].min()),
                "mean": float(m[i, c].mean(dtype=float)),
                "maximum": float(m[i, c].max()),
                "zero_share": float((m[i, c] == 0).mean()),
            }
            for step, m in maps.items()
            for i in range(2)
            for c in range(channels)
        ],
    )


def levels(evidence: Evidence, style: Style) -> Drawing:
    """The maps of every block after ReLU, side by side, and the patch of the image that its strongest value sees."""
    known = {variant.name: variant for variant in evidence.variants}
    variant = known.get("features") or max(evidence.variants, key=lambda v: len(v.channels))
    run = evidence.representative(variant.name)
    names, shown = class_names(run), shown_of(run)
    blocks = [row.name for row in run.layers if row.kind == "relu"]
    maps = [run.array(f"maps.{b}")[shown] for b in blocks]  # (2, C, H, W) each
    pictures, fields = run.array("shown_images")[shown], receptive_fields(run)
    patches = [fields[b][0] for b in blocks]
    title = style.words(
        f"从低层到高层，一个值看到的图像越来越大：{'、'.join(map(str, patches))} 像素见方",
        f"From low to high level, a value sees more of the image: {', '.join(map(str, patches))} "
        "pixels a side",
    )
    pitch = ACROSS // (len(maps) + 1)
    columns = [
        [grid(style, m[i], float(m.max()), pitch - 24, (style.ground, style.ink)) for i in range(2)]
        for m in maps
    ]
    cell = side, tall = cell_size(pictures.shape[1:], pitch - 24)
    edges = np.cumsum([8, side + 24, *(pair[0].shape[1] + 24 for pair in columns)])
    width, lane = int(edges[-1]), max(tall, *(pair[0].shape[0] for pair in columns)) + 20
    head = points(width, 32)
    painted = canvas(style, width, head + 2 * lane + points(width, 8))
    placed = []
    for i in range(2):
        y = head + i * lane
        placed.append(
            put_into(painted, gray(pictures[i]), 8, y, cell, style.class_colors(names)[i])
        )
        for x, pair in zip(edges[1:], columns):
            put(painted, pair[i], x, y, style.color("grid"))
    figure = mount(title, painted)
    note_at(figure, 8, points(width, 13), style.words("输入", "Input"), fontsize=9.5)
    for b, (x, m, patch) in enumerate(zip(edges[1:], maps, patches)):
        note_at(figure, x, points(width, 13), _level_name(style, b, len(maps)), fontsize=9.5)
        note_at(
            figure,
            x,
            points(width, 25),
            style.words(
                f"{m.shape[1]} 幅 {m.shape[2]}×{m.shape[3]}，看 {patch}×{patch}",
                f"{m.shape[1]} of {m.shape[2]}×{m.shape[3]}, sees {patch}×{patch}",
            ),
            fontsize=8,
            color=style.muted,
        )
    _outline_fields(
        style,
        figure,
        placed,
        [m.max(axis=1) for m in maps],
        [fields[b] for b in blocks],
        pictures.shape[2],
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"两行（{names[0]} 和 {names[1]}），从左到右：输入图像，"
            + "，".join(
                f"{_level_name(style, b, len(maps))} {m.shape[1]} 幅 {m.shape[2]}×{m.shape[3]}"
                for b, m in enumerate(maps)
            )
            + "。",
            f"Two rows ({names[0]} and {names[1]}), from left to right: the input, "
            + ", ".join(
                f"{_level_name(style, b, len(maps)).lower()} with {plural(m.shape[1], 'map')} of "
                f"{m.shape[2]}×{m.shape[3]}"
                for b, m in enumerate(maps)
            )
            + ".",
        ),
        caption=style.words(
            f"{variant.zh}（种子 {run.seed}）各块 ReLU 之后的特征图，颜色越深（深色页上越亮）激活越强；每一列按自己的最大值定色标，列与列之间不可比。"
            f"输入图像上的方框（实线、虚线、点线依次为由低到高）是该层最强的那个值所看到的区域，即它的感受野。",
            f"Maps of “{variant.en}” (seed {run.seed}) after the ReLU of each block; the further from the page's "
            "color, the stronger. Each column has a scale of its own, up to its largest value, so columns cannot "
            "be compared. Frames on the input (solid, dashed, dotted from low to high) are what the level's "
            "strongest value sees: its receptive field.",
        ),
        rows=[
            {
                "level": b + 1,
                "image": run.shown_ids[shown[i]],
                "class": names[i],
                "channel": c + 1,
                "height": m.shape[2],
                "width": m.shape[3],
                "receptive_field": patches[b],
                "mean": float(m[i, c].mean(dtype=float)),
                "maximum": float(m[i, c].max()),
                "zero_share": float((m[i, c] == 0).mean()),
            }
            for b, m in enumerate(maps)
            for i in range(2)
            for c in range(m.shape[1])
        ],
    )


def shown_of(run: RunRecord) -> list[int]:
    """Which of the record's four images to show: the first of each of its two classes."""
    labels = run.array("shown_labels")
    return [int(np.flatnonzero(labels == k)[0]) for k in (0, 1)]


def _outline_fields(
    style: Style,
    figure: Figure,
    placed: list[tuple[int, int, int]],
    strongest: list[np.ndarray],
    fields: list[tuple[int, int]],
    columns: int,
) -> None:
    """On each input image, frames around what the strongest value of each level sees."""
    from matplotlib.patches import Rectangle

    wide, tall = figure.bbox.size
    body = figure.images[0].get_size()[0]
    for i, (x, y, w) in enumerate(placed):
        for maps, (field, stride), dash in zip(strongest, fields, LEVEL_DASHES * len(fields)):
            row, column = np.unravel_index(int(maps[i].argmax()), maps[i].shape)
            scale = w / columns
            left, top, size = x + column * stride * scale, y + row * stride * scale, field * scale
            figure.add_artist(
                Rectangle(
                    (left / wide, (body - top - size) / tall),
                    size / wide,
                    size / tall,
                    fc="none",
                    ec=ON_WHITE,
                    lw=1.3,
                    ls=dash,
                )
            )


def _step_name(style: Style, step: str) -> str:
    kind = step.rstrip("0123456789")
    return {
        "conv": style.words("卷积之后", "After convolution"),
        "pool": style.words("池化之后", "After pooling"),
        "relu": style.words("ReLU 之后", "After ReLU"),
    }[kind]


def _level_name(style: Style, level: int, levels: int) -> str:
    if levels == 1:
        return style.words("唯一一层", "Only level")
    where = 0 if level == 0 else 2 if level == levels - 1 else 1
    return style.words("低层 中层 高层", "Low Middle High").split()[where] + style.words(
        "", " level"
    )
