"""Shows one trained map pooled in four ways, and the detail that each of them leaves out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.concepts.shifts import kind_name
from report_builder.figures.toolkit.layout import SMALL
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    enlarged,
    label_bar,
    largest,
    mount,
    note_at,
    outline,
    paint_bar,
    points,
    put,
    put_into,
    shades,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import class_name, variant_of, variant_title
from report_builder.text import hundredths, percent, plural

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.demonstrations.record import DemonstrationRecord

POOLED = ("max", "mean", "gaussian", "trained")
AROUND = 6  # values a side of the piece of the map that is enlarged


def pooling_kinds(evidence: Evidence, style: Style) -> Drawing:
    """A map and its four pooled forms, whole and enlarged around one window whose numbers are given."""
    shown = evidence.demonstrations["pooling"]
    facts, full, pooled = (
        shown.facts,
        shown.array("map"),
        {kind: shown.array(f"pooled.{kind}") for kind in POOLED},
    )
    numbers = {kind: facts[f"window_{kind}"] for kind in POOLED}
    window = [hundredths(value) for value in facts["window"]]
    title = style.words(
        f"同一窗口 {'、'.join(window)} "
        "池化之后："
        + "，".join(f"{kind_name(style, k)} {hundredths(v)}" for k, v in numbers.items()),
        f"One window, {', '.join(window)}, comes "
        "to " + ", ".join(f"{hundredths(v)} ({kind_name(style, k)})" for k, v in numbers.items()),
    )
    columns = len(POOLED) + 1
    pitch = ACROSS // columns
    cell = pitch - 40, pitch - 40
    heads = [points(ACROSS, 28), points(ACROSS, 28) + pitch - 40 + points(ACROSS, 18)]
    below = heads[1] + pitch - 40 + points(ACROSS, 14)
    bar_y = below + points(ACROSS, 22)
    painted = canvas(style, ACROSS, bar_y + points(ACROSS, 26))
    limit = largest([full, *pooled.values()])
    row, column = (
        int(np.clip(2 * at - (AROUND - 2) // 2, 0, 2 * (length // 2 - AROUND // 2))) // 2 * 2
        for at, length in zip((facts["row"], facts["column"]), full.shape)
    )
    piece = full[row : row + AROUND, column : column + AROUND]
    lefts = [12 + k * pitch for k in range(columns)]
    scale = (pitch - 40) // AROUND
    at = 2 * facts["column"] - column, 2 * facts["row"] - row
    pieces = [
        p[row // 2 : (row + AROUND) // 2, column // 2 : (column + AROUND) // 2]
        for p in pooled.values()
    ]
    for x, values, part in zip(
        lefts, [full, *pooled.values()], [piece, *(enlarged(each, 2) for each in pieces)]
    ):
        put_into(
            painted,
            shades(values, -limit, limit, style.diverging),
            x,
            heads[0],
            cell,
            style.color("grid"),
        )
        put(
            painted,
            enlarged(shades(part, -limit, limit, style.diverging), scale),
            x,
            heads[1],
            style.color("grid"),
        )
        outline(
            painted,
            x + at[0] * scale,
            heads[1] + at[1] * scale,
            2 * scale,
            2 * scale,
            style.color("receptive field"),
        )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    named = [
        style.words("池化之前", "Before"),
        *(kind_name(style, kind).capitalize() for kind in pooled),
    ]
    for x, name, values in zip(lefts, named, [full, *pooled.values()]):
        note_at(figure, x, points(ACROSS, 11), name, fontsize=9.5)
        note_at(
            figure,
            x,
            points(ACROSS, 23),
            f"{values.shape[0]}×{values.shape[1]}",
            fontsize=8.5,
            color=style.muted,
        )
    for x, words in zip(lefts, [f"{window[0]}  {window[1]}", *map(hundredths, numbers.values())]):
        note_at(figure, x + (at[0] + 1) * scale, below, words, ha="center", fontsize=SMALL)
    note_at(
        figure,
        lefts[0] + (at[0] + 1) * scale,
        below + points(ACROSS, 13),
        f"{window[2]}  {window[3]}",
        ha="center",
        fontsize=SMALL,
    )
    label_bar(
        figure,
        *bar,
        bar_y,
        limit,
        style.words("激活值，全图同一色标", "activation, one scale for all"),
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"一幅 {full.shape[0]}×{full.shape[1]} 的特征图和它的四种池化结果，下一行是红框窗口周围的放大。窗口的四个值 {'、'.join(window)} 变成一个。",
            f"A map of {full.shape[0]}×{full.shape[1]} and its four pooled forms; below, the surroundings of the "
            "framed window enlarged. Its four values "
            f"{', '.join(window)} become one.",
        ),
        caption=style.words(
            f"{_origin(style, evidence, shown)}第 {facts['channel']} 个通道，输入为一幅 {class_name(facts['image'])}。四种都把 2×2 "
            "个值变成一个：最大值；平均值；"
            "先用 4×4 的二项式核（近似高斯）模糊、再每隔一个取一个；用训练出来的四个权值加权求和、再加偏置。",
            f"{_origin(style, evidence, shown)}channel {facts['channel']} for an image of "
            f"{class_name(facts['image'])}. Each makes one value of 2×2: the "
            "largest; the mean; every second value after blurring with a 4×4 binomial kernel, nearly a Gaussian; a "
            "sum weighted by "
            "four trained weights, and a bias.",
        ),
        rows=[
            {
                "kind": kind,
                "height": p.shape[0],
                "width": p.shape[1],
                "window": numbers[kind],
                "minimum": float(p.min()),
                "mean": float(p.mean(dtype=float)),
                "maximum": float(p.max()),
            }
            for kind, p in pooled.items()
        ],
    )


def pooling_detail(evidence: Evidence, style: Style) -> Drawing:
    """What is left of the map when its pooled form is enlarged again and subtracted."""
    shown = evidence.demonstrations["pooling"]
    facts, full, rest = (
        shown.facts,
        shown.array("map"),
        {kind: shown.array(f"rest.{kind}") for kind in POOLED},
    )
    lost = {kind: facts[f"detail_{kind}"] for kind in POOLED}
    order = sorted(lost, key=lost.get)
    title = style.words(
        f"放大再相减，剩下的就是丢掉的细节：{kind_name(style, order[0])}丢得最少（{percent(lost[order[0]])}），"
        f"{kind_name(style, order[-1])}丢得最多（{percent(lost[order[-1]])}）",
        f"Enlarged and subtracted, what is left is the lost detail: least with {kind_name(style, order[0])} "
        f"({percent(lost[order[0]])}), most with "
        f"{kind_name(style, order[-1])} ({percent(lost[order[-1]])})",
    )
    pitch = ACROSS // (len(POOLED) + 1)
    head = points(ACROSS, 28)
    bar_y = head + pitch - 20 + points(ACROSS, 8)
    painted = canvas(style, ACROSS, bar_y + points(ACROSS, 26))
    centered = full - full.mean()
    limit = largest([centered, *rest.values()])
    lefts = [12 + k * pitch for k in range(len(POOLED) + 1)]
    for x, values in zip(lefts, [centered, *rest.values()]):
        put_into(
            painted,
            shades(values, -limit, limit, style.diverging),
            x,
            head,
            (pitch - 40, pitch - 40),
            style.color("grid"),
        )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    note_at(
        figure,
        lefts[0],
        points(ACROSS, 11),
        style.words("特征图减去均值", "Map less mean"),
        fontsize=9.5,
    )
    for x, kind in zip(lefts[1:], POOLED):
        note_at(figure, x, points(ACROSS, 11), kind_name(style, kind).capitalize(), fontsize=9.5)
        note_at(
            figure,
            x,
            points(ACROSS, 23),
            style.words(f"丢失 {percent(lost[kind])}", f"{percent(lost[kind])} lost"),
            fontsize=8.5,
            color=style.muted,
        )
    label_bar(
        figure,
        *bar,
        bar_y,
        limit,
        style.words("差值，全图同一色标", "difference, one scale for all"),
    )
    told = style.words("，", ", ").join(
        f"{kind_name(style, kind)} {percent(lost[kind])}" for kind in POOLED
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"一幅特征图，以及四种池化各自丢掉的部分，主要在笔画边缘。丢失的方差比例：{told}。",
            "A map, and what each of four poolings leaves out of it, mostly along the strokes. Share of "
            f"variance lost: {told}.",
        ),
        caption=style.words(
            f"{_origin(style, evidence, shown)}第 {facts['channel']} 个通道，一幅 {class_name(facts['image'])}。池化结果每个值放大成 "
            "2×2，乘以拟合得最好的系数并平移，再从特征图中减去。"
            f"百分数是特征图方差中没有被解释的部分，n = {facts['images']} 幅测试图像 × {facts['channels']} 个通道的平均。每窗只留一个值时，平均值的平方误差必定最小。",
            f"{_origin(style, evidence, shown)}channel {facts['channel']} for an image of "
            f"{class_name(facts['image'])}. Each pooled value is enlarged to 2×2, "
            "scaled and shifted to fit best, and subtracted from the map. Percentages are the share of the map's "
            "variance that is "
            f"not explained, mean of n = {plural(facts['images'], 'test image')} × "
            f"{plural(facts['channels'], 'channel')}. Of all that "
            "keep one value of a window, the mean is bound to have the least squared error.",
        ),
        rows=[
            {
                "kind": kind,
                "variance_lost": lost[kind],
                "images": facts["images"],
                "channels": facts["channels"],
                "shown_root_mean_square": float(np.sqrt((values.astype(float) ** 2).mean())),
            }
            for kind, values in rest.items()
        ],
    )


def _origin(style: Style, evidence: Evidence, shown: DemonstrationRecord) -> str:
    """Which network and seed the maps are of, and whether it has learned its task."""
    variant, facts = variant_title(style, variant_of(evidence, "trained-pooling")), shown.facts
    right = percent(facts["seed_accuracy"])
    return style.words(
        f"{variant}（种子 {shown.seed('trained-pooling')}，测试准确率 "
        f"{right}" + ("" if facts["solved"] else "，没有学会") + "）第一层 ReLU 之前的",
        f"First layer of “{variant}” before ReLU (seed {shown.seed('trained-pooling')}, test accuracy {right}"
        + ("" if facts["solved"] else ", not solved")
        + "), ",
    )
