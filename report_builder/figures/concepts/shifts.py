"""Shows what becomes of a map when the image moves, before and after pooling, and what sharing weights saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import axes, end_labels, log_ticks, note, sheet
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import variant_of, variant_title
from report_builder.text import big, number, plural

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

# how a line is drawn: its color's thing, marker, dash
KINDS = {
    "none": ("ink", "o", "-"),
    "max": ("max pooling", "s", (0, (4, 1.5))),
    "mean": ("mean pooling", "^", (0, (1, 1.2))),
}


def kind_name(style: Style, kind: str) -> str:
    return {
        "none": style.words("不池化", "no pooling"),
        "max": style.words("最大池化", "max"),
        "mean": style.words("平均池化", "mean"),
        "gaussian": style.words("高斯池化", "Gaussian"),
        "trained": style.words("可训练池化", "trained"),
    }[kind]


def shifts(evidence: Evidence, style: Style) -> Drawing:
    """Left, how alike the maps are once moved back; right, how far they change where they stand."""
    shown = evidence.demonstrations["shifts"]
    facts, n = shown.facts, shown.facts["images"]
    alike = {kind: shown.array(f"alike.{kind}") for kind in KINDS}  # (0 to 8 pixels,) each
    changed = {kind: shown.array(f"change.{kind}").mean(0) for kind in KINDS}
    pixels = np.arange(len(alike["none"]))
    least = min(float(each.min()) for each in alike.values())
    exact = facts["conv_difference"] <= 1e-5 and facts["even_difference"] <= 1e-5
    kinds = "、".join(kind_name(style, kind) for kind in KINDS)
    title = style.words(
        "图像平移，特征图就跟着平移"
        + ("，分毫不差；" if exact else "；")
        + f"池化后只有偶数步如此。平移 1 像素时原位的变化：不池化 {number(changed['none'][1], 2)}，"
        f"最大 {number(changed['max'][1], 2)}，平均 {number(changed['mean'][1], 2)}",
        "When the image moves, its map moves "
        "along"
        + (" exactly;" if exact else ";")
        + " after pooling only for even shifts. Change in place "
        f"for 1 pixel: {number(changed['none'][1], 2)} unpooled, {number(changed['max'][1], 2)} max, "
        f"{number(changed['mean'][1], 2)} mean",
    )
    figure = sheet(title, 2.75)
    left = axes(figure, 0.62, 0.5, 2.3, 1.95)
    right = axes(figure, 3.95, 0.5, 2.05, 1.95)
    for kind, (thing, marker, dash) in KINDS.items():
        line = {
            "color": style.color(thing),
            "marker": marker,
            "ms": 4.5,
            "ls": dash,
            "lw": 1.6,
            "clip_on": False,
            "label": kind,
        }
        left.plot(pixels, alike[kind], **line)
        right.plot(pixels, changed[kind], **line)
    margin = max(1 - least, 1e-3)  # of correlation
    left.set_ylim(1 - 1.15 * margin, 1 + 0.05 * margin)
    right.set_ylim(0, 1.08 * max(float(each.max()) for each in changed.values()) or 1)
    for ax in (left, right):
        ax.set_xticks(pixels[::2])
        ax.set_xlabel(style.words("图像平移的像素数", "Pixels that the image moves"))
    _above(figure, left, style.words("移回之后的相关系数", "Correlation once moved back"))
    _above(figure, right, style.words("原位的相对变化", "Relative change in place"))
    end_labels(
        left,
        [
            (float(alike[kind][-2]), kind_name(style, kind), style.color(KINDS[kind][0]))
            for kind in KINDS
        ],
    )
    end_labels(
        right,
        [
            (float(changed[kind][-1]), kind_name(style, kind), style.color(KINDS[kind][0]))
            for kind in KINDS
        ],
    )
    variant = variant_title(style, variant_of(evidence, "baseline"))
    both = style.words(" 和 ", " and ")
    told = style.words("；", "; ").join(
        f"{kind_name(style, kind)} {number(changed[kind][1], 2)}{both}{number(changed[kind][-1], 2)}"
        for kind in KINDS
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"两幅折线图，横轴为平移 0 到 {facts['most']} 个像素，三条线为{kinds}。左：移回之后的相关系数，最低 {number(least)}。右：原位的相对变化，平移 1 像素和 "
            f"{facts['most']} 像素时依次为 {told}。",
            f"Two line charts over shifts of 0 to {facts['most']} pixels for "
            f"{', '.join(kind_name(style, k) for k in KINDS)}. Left: correlation "
            f"once moved back, at least {number(least)}. Right: relative change in place, for 1 and {facts['most']} "
            f"pixels: {told}.",
        ),
        caption=style.words(
            f"{variant}（种子 {shown.seed('baseline')}）第一层 ReLU 之后的特征图，n = {n} 幅测试图像的平均；图像分别向右和向下平移，空出处补底色。"
            "左：把特征图移回（池化后取最近的整数格）再比较，只比两图都有的部分。右：不移回，变化的长度除以特征图与空白图像的特征图之差的长度。",
            f"Maps of the first layer of “{variant}” after ReLU (seed {shown.seed('baseline')}), mean of n = "
            f"{plural(n, 'test image')} moved to the "
            "right and, apart from that, down, with ground moving in. Left: maps moved back (pooled ones by the "
            "nearest whole pixels) "
            "and compared where both show the image. Right: not moved back, the length of the change over that of "
            "the map's "
            "difference from the map of an empty image.",
        ),
        rows=[
            {
                "pixels": int(p),
                "pooling": kind,
                "correlation_moved_back": float(alike[kind][p]),
                "relative_change": float(changed[kind][p]),
                "images": n,
            }
            for kind in KINDS
            for p in pixels
        ],
    )


def sharing(evidence: Evidence, style: Style) -> Drawing:
    """Parameters and multiply-adds of three ways to make maps of the same size."""
    facts = evidence.demonstrations["sharing"].facts
    layers = {
        "shared": style.words("卷积：处处共用", "Convolution: shared"),
        "local": style.words("局部连接：不共用", "Locally connected"),
        "dense": style.words("全连接：处处相连", "Dense"),
    }
    size = f"{facts['channels']}×{facts['map_height']}×{facts['map_width']}"
    title = style.words(
        f"得到 {size} 的特征图，共用权值要 {facts['shared']:,} 个参数，不共用 {big(facts['local'], style.language)}，全连接 "
        f"{big(facts['dense'], style.language)}",
        f"To make maps of {size} takes {facts['shared']:,} parameters with shared weights, "
        f"{big(facts['local'], style.language)} without sharing, "
        f"{big(facts['dense'], style.language)} in a dense layer",
    )
    figure = sheet(title, 1.75)
    panels = {
        "parameters": style.words("参数", "Parameters"),
        "multiply_adds": style.words("乘加次数", "Multiply-adds"),
    }
    for k, (what, words) in enumerate(panels.items()):
        values = [
            facts[name] if what == "parameters" else facts[f"multiply_adds_{name}"]
            for name in layers
        ]
        ax = axes(figure, 1.72 + k * 2.65, 0.45, 1.62, 1.05)
        ax.set_xscale("log")
        ax.set_xlim(1, 10 * max(values))
        ax.set_ylim(len(layers) - 0.5, -0.5)
        log_ticks(
            ax.xaxis,
            1,
            10 * max(values),
            4,
            lambda value: big(int(value), style.language, short=True),
        )
        ax.grid(axis="x")
        ax.grid(axis="y", visible=False)
        ax.set_yticks(range(len(layers)), list(layers.values()) if k == 0 else [""] * len(layers))
        ax.tick_params(axis="y", length=0)
        for y, value in enumerate(values):
            ax.plot([1, value], [y, y], color=style.color("baseline"), lw=3)
            ax.plot(value, y, color=style.color("baseline"), marker="o", ms=6)
            ax.text(
                1.04,
                y,
                big(value, style.language),
                transform=ax.get_yaxis_transform(),
                va="center",
                fontsize=9,
            )
        _above(figure, ax, words)
    each = style.words("；", "; ").join(
        style.words(
            f"{text}，参数 {facts[name]:,}，乘加 {facts[f'multiply_adds_{name}']:,}",
            f"{text}, {facts[name]:,} parameters, {facts[f'multiply_adds_{name}']:,} multiply-adds",
        )
        for name, text in layers.items()
    )
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"三种层的参数与乘加次数，横轴为对数：{each}。",
            f"Parameters and multiply-adds of three layers on a logarithmic axis: {each}.",
        ),
        caption=style.words(
            f"输入 {facts['inputs']:,} 个像素，输出 {facts['outputs']:,} 个值。卷积每个通道一个核（{facts['window']} 个权值）和一个偏置；"
            "局部连接在每个位置各有一个核和偏置；"
            "全连接的每个输出看全部像素。由层的形状算出，不随训练改变。",
            f"From {facts['inputs']:,} pixels to {facts['outputs']:,} values. The convolution has one kernel of "
            f"{facts['window']} weights and one bias "
            "for each channel; the locally connected layer has them at every position; each output of the dense "
            "layer sees all pixels. "
            "Worked out from the layers' shapes; training changes nothing.",
        ),
        rows=[
            {
                "layer": name,
                "parameters": facts[name],
                "multiply_adds": facts[f"multiply_adds_{name}"],
            }
            for name in layers
        ],
    )


def _above(figure, ax, text: str) -> None:
    """A heading above axes."""
    box, (wide, tall) = ax.get_position(), figure.get_size_inches()
    note(figure, box.x0 * wide, box.y1 * tall + 0.08, text)
