"""Shows what the depths of a network are good for: how well a straight cut separates the classes, and what excites a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, end_labels, sheet
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    fit,
    gray,
    mount,
    note_at,
    points,
    put,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import class_name, listed, variant_of, variant_title
from report_builder.figures.toolkit.words import width as text_width
from report_builder.text import percent, plural

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

LEFT, RIGHT = 0.78, 1.75  # inches for the y axis and for the labels at the lines' ends
TICKS = (0.25, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
DASHES, DOTS = (0, (4, 2)), (0, (1, 1.5))
BESIDE = 2  # channels in a row
FEWEST = 6  # patches that a row has room for


def probes(evidence: Evidence, style: Style) -> Drawing:
    """Accuracy of a linear probe at every depth, each seed thin, the median strong; the same before training."""
    facts = evidence.demonstrations["probes"].facts
    depths, n, solved, images = facts["depths"], facts["n"], facts["solved"], facts["images_test"]
    after, before = (
        np.array([facts[state][depth] for depth in depths]) for state in ("accuracy", "untrained")
    )  # (depths, seeds)
    middle, start = np.median(after, axis=1), np.median(before, axis=1)
    first, last = depths.index("relu1"), len(depths) - 1
    title = (
        style.words(
            f"线性探针的准确率：像素上 {percent(middle[0])}，第一块 {percent(middle[first])}，最后一个隐藏层 {percent(middle[last])}；训练之前，最后这层只有 {percent(start[last])}",
            f"Linear probes are right on {percent(middle[0])} from the pixels, {percent(middle[first])} after the first block, {percent(middle[last])} at the last hidden layer; "
            f"before training, {percent(start[last])} there",
        )
        if start[last] < middle[last]
        else style.words(
            f"线性探针的准确率：像素上 {percent(middle[0])}，第一块 {percent(middle[first])}，最后一个隐藏层 {percent(middle[last])}",
            f"Linear probes are right on {percent(middle[0])} from the pixels, {percent(middle[first])} after the first block, {percent(middle[last])} at the last hidden layer",
        )
    )
    figure = sheet(title, 3.3)
    ax = axes(figure, LEFT, 0.75, WIDTH - LEFT - RIGHT, 2.45)
    x, color, gray_ = np.arange(len(depths)), style.color("features"), style.color("chance")

    def place(accuracy):  # errors on a log scale, where no error is half an image
        return -np.log10(1 - np.asarray(accuracy) + 0.5 / images)

    for line in before.T:
        ax.plot(x, place(line), color=gray_, lw=0.7, alpha=0.35, ls=DASHES)
    for line, whole in zip(after.T, solved):
        ax.plot(x, place(line), color=color, lw=0.8, alpha=0.45, ls="-" if whole else DOTS)
        ax.plot(
            x,
            place(line),
            color=color,
            alpha=0.6,
            ls="",
            marker="o" if whole else "x",
            ms=3 if whole else 5,
        )
    ax.plot(x, place(start), color=gray_, lw=2, ls=DASHES)
    ax.plot(x, place(middle), color=color, lw=2.4)
    ax.axhline(place(facts["blind"]), color=gray_, lw=1.2, ls=DOTS)
    lowest = min(after.min(), before.min(), facts["blind"])
    ticks = [tick for tick in TICKS if lowest - 0.01 <= tick < 1 - 0.7 / images]
    ax.set_yticks([*place(ticks), place(1)], [f"{100 * tick:g}" for tick in (*ticks, 1)])
    ax.set_ylim(place(lowest) - 0.12, place(1) + 0.12)
    ax.set_ylabel(style.words("测试准确率（%）", "Test accuracy (%)"))
    ax.set_xlim(-0.25, last + 0.25)
    ax.set_xticks(
        x,
        [
            f"{style.words('像素', 'pixels') if depth == 'input' else depth}\n{facts['sizes'][depth]:,}"
            for depth in depths
        ],
    )
    ax.set_xlabel(
        style.words("深度，下面是一幅图像的数值个数", "Depth, and below it the values of an image")
    )
    end_labels(
        ax,
        [
            (
                place(middle[last]),
                style.words(f"训练之后（n = {n}）", f"after training (n = {n})"),
                color,
            ),
            (
                place(start[last]),
                style.words(f"训练之前（n = {n}）", f"before training (n = {n})"),
                gray_,
            ),
            (
                place(facts["blind"]),
                style.words(
                    f"瞎猜 {percent(facts['blind'], 0)}",
                    f"blind guess {percent(facts['blind'], 0)}",
                ),
                gray_,
            ),
        ],
    )
    told = style.words("，", ", ").join(
        f"{depth} {percent(value)}" for depth, value in zip(depths, middle)
    )
    earlier = style.words("，", ", ").join(
        f"{depth} {percent(value)}" for depth, value in zip(depths, start)
    )
    missed = n - facts["n_solved"]
    variant = variant_title(style, variant_of(evidence, "features"))
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"每个深度上线性探针的测试准确率，{n} 个种子的中位数：{told}。训练之前：{earlier}。",
            f"Test accuracy of a linear probe at each depth, median of {plural(n, 'seed')}: {told}. Before training: {earlier}.",
        ),
        caption=style.words(
            f"{variant}，各层 ReLU 之后的输出标准化，用 {facts['images_train']:,} 幅训练图像拟合岭回归，在 {images} 幅测试图像上计分；网络本身不再训练。正则系数 {facts['penalty']:g} 对所有深度和种子相同，"
            f"取留一法下训练图像平均准确率最高的一个。细线为单个种子，粗线为中位数；叉和点线是网络自己没有学会的种子（{n} 个中的 {missed} 个）。虚线是同一批种子训练之前。纵轴按错误率取对数。",
            f"“{variant}”: outputs after the ReLU of each layer are standardized, a ridge regression is fitted to {facts['images_train']:,} training images and scored on {images} "
            f"test images; the network is not trained any further. One penalty, {facts['penalty']:g}, serves all depths and seeds: that with the best mean accuracy on training images "
            f"left out one by one. Thin lines are single seeds, thick ones medians; crosses and dots mark seeds whose network has not solved the task ({missed} of {n}). "
            "Dashed: the same seeds before training. The vertical axis is logarithmic in the share of errors.",
        ),
        rows=[
            {
                "state": state,
                "seed": seed,
                "solved": int(whole),
                "depth": depth,
                "values": facts["sizes"][depth],
                "accuracy": float(values[i, k]),
            }
            for state, values in (("trained", after), ("untrained", before))
            for k, (seed, whole) in enumerate(zip(facts["seeds"], solved))
            for i, depth in enumerate(depths)
        ],
    )


def patches(evidence: Evidence, style: Style) -> Drawing:
    """For every channel of every block the patches that excite it most, each in the color of its image's class."""
    shown = evidence.demonstrations["patches"]
    facts, levels = shown.facts, range(1, shown.facts["levels"] + 1)
    names = [class_name(each) for each in facts["classes"]]
    colors = style.class_colors(tuple(names))
    fields = [facts[f"field_{k}"] for k in levels]
    shares = {k: facts[f"same_class_{k}"] for k in levels if facts[f"same_class_{k}"] is not None}
    chance = percent(facts["same_class_chance"], 0)
    title = style.words(
        f"最能激发一个通道的 {facts['count']} 个图像块，边长从 {fields[0]} 到 {fields[-1]} 像素；同属一类的，由浅到深占 {'、'.join(percent(v, 0) for v in shares.values())}（任取为 {chance}）",
        f"The {facts['count']} patches that excite a channel most, from {fields[0]} to {fields[-1]} pixels a side; {listed(style, [percent(v, 0) for v in shares.values()])} are of one "
        f"class, from shallow to deep ({chance} by chance)",
    )
    label, head, column = points(ACROSS, 28), points(ACROSS, 22), ACROSS // BESIDE
    lane = (column - label - 14) // max(facts["count"], FEWEST) - 8  # pixels for a patch
    scales = [max(1, lane // field) for field in fields]
    sides = [min(lane, field * scale) for field, scale in zip(fields, scales)]
    pitch = max(sides) + 8
    tops, y = {}, 0
    for k, side in zip(levels, sides):
        tops[k], y = y + head, y + head + -(-facts[f"units_{k}"] // BESIDE) * (side + 14)
    painted = canvas(style, ACROSS, y + 6)
    spots = []
    for k, side in zip(levels, sides):
        found, values, labels = (
            shown.array(f"{what}{k}") for what in ("patches", "values", "labels")
        )
        for unit in range(len(found)):
            left, top = 10 + unit % BESIDE * column, tops[k] + unit // BESIDE * (side + 14)
            loud = labels[unit][values[unit] > 0]
            most = np.bincount(loud, minlength=len(names))
            spots.append(
                (left + label - 12, top + side / 2 - points(ACROSS, 5), f"{unit + 1}", style.ink)
            )
            spots.append(
                (
                    left + label - 12,
                    top + side / 2 + points(ACROSS, 6),
                    _commonest(most, names),
                    style.muted,
                )
            )
            for i in np.flatnonzero(values[unit] > 0):
                put(
                    painted,
                    fit(gray(found[unit, i]), side, side),
                    left + label + i * pitch,
                    top,
                    colors[labels[unit, i]],
                )
            if not len(loud):
                spots.append(
                    (
                        left + label + points(ACROSS, 50),
                        top + side / 2,
                        style.words("始终为零", "always zero"),
                        style.muted,
                    )
                )
    figure = mount(title, painted)
    for x, y, words, color in spots:
        note_at(figure, x, y, words, ha="right", va="center", fontsize=8.5, color=color)
    for k, field in zip(levels, fields):
        share = (
            style.words("，", ", ")
            + style.words(
                f"{percent(shares[k], 0)} 同属一类", f"{percent(shares[k], 0)} of one class"
            )
            if k in shares
            else ""
        )
        note_at(
            figure,
            10,
            tops[k] - points(ACROSS, 6),
            style.words(
                f"第 {k} 块：{facts[f'units_{k}']} 个通道，图像块 {field}×{field}{share}",
                f"Block {k}: {plural(facts[f'units_{k}'], 'channel')}, patches of {field}×{field}{share}",
            ),
            fontsize=SMALL,
        )
    variant = variant_title(style, variant_of(evidence, "features"))
    each = style.words("；", "; ").join(
        style.words(
            f"第 {k} 块 {facts[f'units_{k}']} 个通道，{field}×{field} 像素",
            f"block {k}, {plural(facts[f'units_{k}'], 'channel')}, {field}×{field} pixels",
        )
        for k, field in zip(levels, fields)
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"每个通道一行、每行 {facts['count']} 个图像块：{each}。边长越大，图像块里的笔画越完整，从边缘到弧线和交叉。",
            f"A row of {facts['count']} patches for each channel: {each}. The larger the patches, the more of a stroke they hold, from edges to arcs and crossings.",
        ),
        caption=style.words(
            f"{variant}（种子 {shown.seed('features')}），n = {facts['images']} 幅测试图像。每行一个通道，左边是通道号和最多的那一类：在每幅图像里取它 ReLU 之后最大的那个值，从大到小取 {facts['count']} 幅不同的图像，画出这个值看到的图像块，"
            f"即它的感受野；数值相等时各类轮流。边框的颜色是图像的类别：{_legend(style, names)}。“同属一类”是这 {facts['count']} 块里最多的那一类所占的份额，取各通道的平均。",
            f"“{variant}” (seed {shown.seed('features')}), n = {facts['images']} test images. A row is a channel, its number and its commonest class at the left: of every image the largest value after ReLU is taken, and of the "
            f"{facts['count']} images where it is largest the patch that this value sees, its receptive field; among equal values classes take turns. Borders tell the class: {_legend(style, names)}. "
            f"“Of one class” is the share that the commonest class has of the {facts['count']}, averaged over channels.",
        ),
        rows=[
            {
                "block": k,
                "channel": unit + 1,
                "rank": i + 1,
                "image": facts[f"ids_{k}"][unit][i],
                "class": names[labels[unit, i]],
                "value": float(values[unit, i]),
                "row": int(places[unit, i, 0]) * facts[f"stride_{k}"],
                "column": int(places[unit, i, 1]) * facts[f"stride_{k}"],
                "side": facts[f"field_{k}"],
            }
            for k in levels
            for values, labels, places in [
                [shown.array(f"{what}{k}") for what in ("values", "labels", "places")]
            ]
            for unit in range(len(values))
            for i in range(values.shape[1])
        ],
    )


def _commonest(counts: np.ndarray, names: list[str]) -> str:
    """The commonest class of a channel's patches and how many they are; its name where the margin has room for it."""
    if not counts.any():
        return "—"
    name = names[int(counts.argmax())]
    return f"{counts.max()}/{counts.sum()}" + (f" {name}" if text_width(name) <= 2 else "")


def _legend(style: Style, names: list[str]) -> str:
    """The colors of two classes in words where they are O and X; else just the names, as they stand in the data."""
    known = {"O": style.words("蓝色为 O", "blue is O"), "X": style.words("橙色为 X", "orange is X")}
    return style.words("，", ", ").join(known.get(name, name) for name in names)
