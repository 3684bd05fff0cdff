"""Shows the kernels of the first two convolutions as they are after training, and what training changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    label_bar,
    largest,
    mount,
    note_at,
    paint_bar,
    points,
    put_into,
    shades,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import variant_of, variant_title
from report_builder.text import number, percent

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

FEWEST = 8  # columns that a row of kernels is laid out for, so that few kernels do not grow huge


def kernels_conv1(evidence: Evidence, style: Style, name: str) -> Drawing:
    """The first convolution's kernels before and after training, and the difference."""
    variant, run = variant_of(evidence, name), evidence.representative(name)
    before, after = (
        run.array(f"conv1.kernel.{when}")[:, 0] for when in ("before", "after")
    )  # (C, 3, 3) each
    count, flips, limit = (
        len(after),
        int((np.sign(before) != np.sign(after)).sum()),
        largest([before, after]),
    )
    moved = float(np.abs(after - before).mean())
    title = variant_title(style, variant) + style.words(
        f"：训练使第一层 {after.size} 个权值平均移动 {number(moved, 2)}，{flips} 个变号",
        f": training moves the first layer's {after.size} weights by {number(moved, 2)} on average; {flips} change "
        "sign",
    )
    stages = (
        (style.words("训练前", "Before training"), before),
        (style.words("训练后", "After training"), after),
        (style.words("变化（后减前）", "Change (after minus before)"), after - before),
    )
    pitch, size = ACROSS // max(count, FEWEST), after.shape[-1]
    side, left = (pitch - 10) // size * size, 12
    width = ACROSS + 2 * left
    heading, numbers = points(width, 18), points(width, 14)
    bar_y = numbers + len(stages) * (heading + pitch) + points(width, 6)
    painted = canvas(style, width, bar_y + points(width, 26))
    for row, (_, kernels) in enumerate(stages):
        for i, kernel in enumerate(kernels):
            put_into(
                painted,
                shades(kernel, -limit, limit, style.diverging),
                left + i * pitch,
                numbers + row * (heading + pitch) + heading,
                (side, side),
                style.color("grid"),
            )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    for i in range(0, count, every(width, pitch)):
        note_at(
            figure,
            left + i * pitch + side / 2,
            numbers - 4,
            f"{i + 1}",
            ha="center",
            fontsize=8.5,
            color=style.muted,
        )
    for row, (text, _) in enumerate(stages):
        note_at(
            figure, left, numbers + row * (heading + pitch) + heading * 0.75, text, fontsize=9.5
        )
    label_bar(
        figure, *bar, bar_y, limit, style.words("权值，全图同一色标", "weight, one scale for all")
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"第一层的 {count} 个 {size}×{size} 卷积核，三行：训练前、训练后、变化。权值从 {number(after.min(), 2)} 到 {number(after.max(), 2)}；{flips} 个变"
            "号。",
            f"{count} {size}×{size} kernels of the first layer in three rows: before training, after, and the change. After "
            f"it, weights reach from {number(after.min(), 2)} to {number(after.max(), 2)}; {flips} changed sign.",
        ),
        caption=style.words(
            f"种子 {run.seed} 的第一个卷积层，{count} 个 {size}×{size} 核；编号即输出特征图的编号。三行用同一色标，零在正中。",
            f"The first convolution of seed {run.seed}: {count} kernels of {size}×{size}, numbered as the maps they make. All "
            "rows share one scale with zero in the middle.",
        ),
        rows=_weights(before[:, None], after[:, None]),
    )


def kernels_conv2(evidence: Evidence, style: Style, name: str) -> Drawing:
    """The second convolution's kernels after training: a row for each output map, a column for each input map."""
    variant, run = variant_of(evidence, name), evidence.representative(name)
    before, after = (
        run.array(f"conv2.kernel.{when}") for when in ("before", "after")
    )  # (out, in, 3, 3) each
    rows, columns, limit = *after.shape[:2], largest([after])
    strength = np.sqrt((after.astype(float) ** 2).sum(axis=(2, 3)))  # (out, in)
    to, of = np.unravel_index(int(strength.argmax()), strength.shape)
    title = variant_title(style, variant) + style.words(
        f"：第二层的 {rows}×{columns} 个核，最强的一个从输入图 {of + 1} 通往输出图 {to + 1}",
        f": {rows}×{columns} kernels of the second layer, the strongest leads from input map {of + 1} to output map "
        f"{to + 1}",
    )
    width = ACROSS + 24
    margin, heading = points(width, 36), points(width, 30)
    pitch = (ACROSS - margin) // max(columns, FEWEST)
    size = after.shape[-1]
    side = (pitch - 10) // size * size
    bar_y = heading + rows * pitch + points(width, 6)
    painted = canvas(style, width, bar_y + points(width, 26))
    for o in range(rows):
        for i in range(columns):
            put_into(
                painted,
                shades(after[o, i], -limit, limit, style.diverging),
                margin + i * pitch,
                heading + o * pitch,
                (side, side),
                style.ink if (o, i) == (to, of) else style.color("grid"),
            )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    note_at(
        figure,
        margin,
        points(width, 12),
        style.words("输入特征图 →", "Input map →"),
        color=style.muted,
    )
    note_at(
        figure,
        10,
        points(width, 26),
        style.words("输出 ↓", "Output ↓"),
        color=style.muted,
        fontsize=8.5,
    )
    for i in range(0, columns, every(width, pitch)):
        note_at(
            figure,
            margin + i * pitch + side / 2,
            heading - 6,
            f"{i + 1}",
            ha="center",
            fontsize=8.5,
            color=style.muted,
        )
    for o in range(0, rows, every(width, pitch)):
        note_at(
            figure,
            margin - 16,
            heading + o * pitch + side / 2,
            f"{o + 1}",
            ha="right",
            va="center",
            fontsize=8.5,
            color=style.muted,
        )
    label_bar(
        figure, *bar, bar_y, limit, style.words("权值，全图同一色标", "weight, one scale for all")
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"第二层的卷积核，{rows} 行（输出图）{columns} 列（输入图），每格 {size}×{size}。权值从 {number(after.min(), 2)} 到 {number(after.max(), 2)}，"
            f"{percent(float((after < 0).mean()))} 为负。",
            f"Kernels of the second layer in {rows} rows (output maps) and {columns} columns (input maps), {size}×{size} "
            f"each. Weights reach from {number(after.min(), 2)} to {number(after.max(), 2)}; "
            f"{percent(float((after < 0).mean()))} are negative.",
        ),
        caption=style.words(
            f"种子 {run.seed} 训练后的第二个卷积层：一行的 {columns} 个核各作用于一幅输入图，结果相加再加偏置，得到一幅输出图。"
            f"黑框（深色页为白框）是平方和最大的核。全图同一色标，零在正中。",
            f"The second convolution of seed {run.seed} after training. The {columns} kernels of a row each work on "
            "one input map; their results and a bias add up to one output map. Framed: the kernel with the largest "
            "sum of squares. One scale for all, zero in the middle.",
        ),
        rows=_weights(before, after),
    )


def every(width: int, pitch: int) -> int:
    """Number each cell, or every second, third, ... where there is no room."""
    return -(-points(width, 14) // pitch)


def _weights(before: np.ndarray, after: np.ndarray) -> list[dict]:
    """A row for each weight of (out, in, 3, 3)."""
    return [
        {
            "output": o + 1,
            "input": i + 1,
            "row": r + 1,
            "column": c + 1,
            "before": float(before[o, i, r, c]),
            "after": float(after[o, i, r, c]),
        }
        for o, i, r, c in np.ndindex(after.shape)
    ]
