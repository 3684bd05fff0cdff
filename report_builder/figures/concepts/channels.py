"""Shows how input maps become an output map: nine partial sums, a 1x1 mixture, and what a bottleneck saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import axes, sheet
from report_builder.figures.toolkit.pixels import (
    ACROSS,
    canvas,
    enlarged,
    label_bar,
    largest,
    mixed,
    mount,
    note_at,
    outline,
    paint_bar,
    points,
    put,
    put_into,
    readable,
    shades,
)
from report_builder.figures.toolkit.style import Drawing, Style
from report_builder.figures.toolkit.words import class_name, variant_of, variant_title
from report_builder.text import big, hundredths, number, percent

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence


def partial_sums(evidence: Evidence, style: Style) -> Drawing:
    """Input maps, kernels, partial maps with their value at one pixel, and the output map that these and the bias add up to."""
    shown = evidence.demonstrations["partial-sums"]
    facts, inputs, kernels, parts, output = (
        shown.facts,
        *(shown.array(name) for name in ("inputs", "kernels", "parts", "output")),
    )
    count, (row, column), size = len(inputs), (facts["row"], facts["column"]), kernels.shape[-1]
    title = style.words(
        f"{count} 幅输入图各过一个核，{count} 个部分相加，再加偏置：{hundredths(facts['sum'])} {_sign(facts['bias'])} "
        f"{hundredths(abs(facts['bias']))} = {hundredths(facts['output'])}",
        f"{count} input maps under a kernel each, added up with the bias: {hundredths(facts['sum'])} "
        f"{_sign(facts['bias'])} "
        f"{hundredths(abs(facts['bias']))} = {hundredths(facts['output'])}",
    )
    width = ACROSS
    margin = points(width, 50)
    pitch = (width - margin - 10) // max(count, 8)
    side = pitch - 8
    kernel_side = (side - 24) // size * size
    tops = [points(width, 14)]
    tops += [tops[0] + side + 16, tops[0] + side + 16 + kernel_side + 16]
    below = tops[2] + side + points(width, 22)
    large = 2 * pitch
    bar_y = below + large - points(width, 14)
    painted = canvas(style, width, below + large + points(width, 16))
    ramp = (style.ground, style.ink)
    top = largest([inputs])
    far, limit = largest([parts, output]), float(np.abs(kernels).max())
    lefts = [margin + i * pitch for i in range(count)]
    for x, given, kernel, part in zip(lefts, inputs, kernels, parts):
        at = put_into(
            painted, shades(given, 0, top, ramp), x, tops[0], (side, side), style.color("grid")
        )
        _mark(painted, at, given.shape[1], column, row, size, style.color("receptive field"))
        colored = enlarged(shades(kernel, -limit, limit, style.diverging), kernel_side // size)
        put(painted, colored, x + (side - kernel_side) // 2, tops[1], style.color("grid"))
        at = put_into(
            painted,
            shades(part, -far, far, style.diverging),
            x,
            tops[2],
            (side, side),
            style.color("grid"),
        )
        _mark(painted, at, part.shape[1], column, row, 1, style.color("receptive field"))
    at = put_into(
        painted,
        shades(output, -far, far, style.diverging),
        margin,
        below,
        (large, large),
        style.color("grid"),
    )
    _mark(painted, at, output.shape[1], column, row, 1, style.color("receptive field"))
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    lanes = style.words("输入图 卷积核 部分和 输出图", "Inputs Kernels Parts Output").split()
    for y, words in zip((*(t + side / 2 for t in tops), below + large / 2), lanes):
        note_at(figure, 8, y, words, va="center", fontsize=8.5)
    for i, (x, value) in enumerate(zip(lefts, facts["parts"])):
        note_at(
            figure,
            x + side / 2,
            tops[0] - 5,
            f"{i + 1}",
            ha="center",
            fontsize=8.5,
            color=style.muted,
        )
        note_at(
            figure,
            x + side / 2,
            tops[2] + side + points(width, 10),
            hundredths(value),
            ha="center",
            fontsize=8.5,
        )
    text = margin + large + 40
    lines = [
        style.words(
            f"红框处（第 {row} 行第 {column} 列）：", f"At the frame (row {row}, column {column}):"
        ),
        style.words(
            f"{count} 个部分之和 {hundredths(facts['sum'])}，偏置 {hundredths(facts['bias'])}",
            f"{count} parts add up to {hundredths(facts['sum'])}, the bias is {hundredths(facts['bias'])}",
        ),
        style.words(
            f"合计 {hundredths(facts['output'])}；PyTorch 给出 {hundredths(facts['pytorch'])}",
            f"In all {hundredths(facts['output'])}; PyTorch gives {hundredths(facts['pytorch'])}",
        ),
    ]
    for k, line in enumerate(lines):
        note_at(figure, text, below + points(width, 12 + 15 * k), line, fontsize=9.5)
    label_bar(figure, *bar, bar_y, far, style.words("部分和与输出图", "parts and output"))
    name = class_name(facts["image"])
    listed = style.words("、", ", ").join(hundredths(value) for value in facts["parts"])
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"四行：{count} 幅输入图，{count} 个 {size}×{size} 核，{count} 幅部分和，以及它们与偏置之和。红框处的部分依次为 {listed}。",
            f"Four rows: {count} input maps, {count} kernels of {size}×{size}, {count} partial maps, and "
            "their sum with the bias. At the frame the "
            f"parts are {listed}.",
        ),
        caption=style.words(
            f"{variant_of(evidence, 'baseline').zh}（种子 {shown.seed('baseline')}）第二层的第 {facts['unit']} 个输出通道（共 "
            f"{facts['units']} 个），输入为一幅 {name}。逐部分相加与 "
            f"PyTorch 的整层结果在全图上最多相差 {number(facts['difference'], 1)}。输入图由底色到墨色为 0 到最大；部分和与输出图同一色标，卷积核另用一个，零在正中。",
            f"Output channel {facts['unit']} of {facts['units']} of the second layer of "
            f"“{variant_of(evidence, 'baseline').en}” (seed {shown.seed('baseline')}) for "
            f"an image of {name}. Adding the parts differs from PyTorch's layer by at most "
            f"{number(facts['difference'], 1)} anywhere on the map. Inputs go "
            "from 0 to their largest value; parts and output share a scale and kernels have one of their own, zero "
            "in the middle.",
        ),
        rows=[
            {"input": i + 1, "part": value, "running_sum": float(total)}
            for i, (value, total) in enumerate(zip(facts["parts"], np.cumsum(facts["parts"])))
        ],
    )


def mixing(evidence: Evidence, style: Style) -> Drawing:
    """Input maps with the weight that a 1x1 kernel gives each, and the mixture before and after ReLU."""
    shown = evidence.demonstrations["mixing"]
    facts, inputs, output, rectified = (
        shown.facts,
        *(shown.array(name) for name in ("inputs", "output", "rectified")),
    )
    count, weights = len(inputs), facts["weights"]
    title = style.words(
        f"1×1 卷积在每个像素上把 {count} 个通道加权相加：这一个输出里，第 {facts['largest_input']} 幅图的权值 "
        f"{hundredths(facts['largest_weight'])} 最大",
        f"A 1×1 convolution adds up {count} channels at every pixel; for this output map {facts['largest_input']} "
        f"weighs most, {hundredths(facts['largest_weight'])}",
    )
    width = ACROSS
    pitch = (width - 20) // max(count, 8)
    side, strip = pitch - 8, points(width, 16)
    head = points(width, 28)
    below = head + side + strip + points(width, 34)
    large = 2 * pitch + 40
    bar_y = below + large - points(width, 14)
    painted = canvas(style, width, below + large + points(width, 16))
    top, limit, far = (
        largest([inputs]),
        max(abs(weight) for weight in weights) or 1.0,
        largest([output, rectified]),
    )
    lefts = [10 + i * pitch for i in range(count)]
    colored = shades(np.array(weights), -limit, limit, style.diverging)
    for x, given, color in zip(lefts, inputs, colored):
        put_into(
            painted,
            shades(given, 0, top, (style.ground, style.ink)),
            x,
            head,
            (side, side),
            style.color("grid"),
        )
        painted[head + side + 6 : head + side + 6 + strip, x : x + side] = color
    places = [10, 10 + large + 30]
    for x, values in zip(places, (output, rectified)):
        put_into(
            painted,
            shades(values, -far, far, style.diverging),
            x,
            below,
            (large, large),
            style.color("grid"),
        )
    bar = paint_bar(style, painted, bar_y)
    figure = mount(title, painted)
    note_at(
        figure,
        10,
        points(width, 10),
        style.words("输入图，下面是它的权值", "Input maps, each above its weight"),
        fontsize=9.5,
    )
    for i, (x, weight, color) in enumerate(zip(lefts, weights, colored)):
        note_at(
            figure, x + side / 2, head - 5, f"{i + 1}", ha="center", fontsize=8.5, color=style.muted
        )
        note_at(
            figure,
            x + side / 2,
            head + side + 6 + strip / 2,
            hundredths(weight),
            ha="center",
            va="center",
            fontsize=8.5,
            color=readable(color),
        )
    bias = hundredths(facts["bias"])
    for x, words in zip(
        places,
        (
            style.words(f"加权和，加偏置 {bias}", f"Weighted sum, bias {bias}"),
            style.words("ReLU 之后", "After ReLU"),
        ),
    ):
        note_at(figure, x, below - points(width, 5), words, fontsize=9.5)
    label_bar(figure, *bar, bar_y, far, style.words("输出图", "outputs"))
    variant, right = (
        variant_title(style, variant_of(evidence, "one-by-one")),
        percent(facts["seed_accuracy"]),
    )
    listed = style.words("、", ", ").join(hundredths(weight) for weight in weights)
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"{count} 幅输入图，各标着权值 {listed}；下面是加权和，以及它在 ReLU 之后。",
            f"{count} input maps with their weights {listed}; below, the weighted sum, and the same after "
            "ReLU.",
        ),
        caption=style.words(
            f"{variant}（种子 {shown.seed('one-by-one')}，测试准确率 {right}{'' if facts['solved'] else '，没有学会'}）的 1×1 层，"
            f"{facts['channels_out']} 个输出通道中的第 {facts['output']} 个，输入为一幅 "
            f"{class_name(facts['image'])}。整层只有 {facts['parameters']} 个参数，不看邻近像素；手工求和与 PyTorch 最多相差 "
            f"{number(facts['difference'], 1)}。输入图由底色到墨色为 0 到最大；权值与输出图各用一个色标，零在正中。",
            f"Output {facts['output']} of {facts['channels_out']} of the 1×1 layer of “{variant}” (seed "
            f"{shown.seed('one-by-one')}, test accuracy "
            f"{right}{'' if facts['solved'] else ', not solved'}) for an image of {class_name(facts['image'])}. The "
            f"layer has {facts['parameters']} "
            "parameters and sees no neighbors; the sum by hand differs from PyTorch's by at most "
            f"{number(facts['difference'], 1)}. Inputs go from 0 "
            "to their largest value; weights and outputs have a scale each, zero in the middle.",
        ),
        rows=[
            {
                "input": i + 1,
                "weight": weight,
                "mean_of_input": float(given.mean(dtype=float)),
                "maximum_of_input": float(given.max()),
            }
            for i, (weight, given) in enumerate(zip(weights, inputs))
        ],
    )


def bottleneck(evidence: Evidence, style: Style) -> Drawing:
    """Parameters and multiply-adds of a narrow passage in parts of the plain layer's: a wide layer, and our own."""
    facts = evidence.demonstrations["bottleneck"].facts
    wide, narrow = facts["channels"], facts["narrow"]
    own = facts["layers"]["own_narrow"]
    pairs = {
        style.words(f"{wide} 个通道，中间 {narrow} 个", f"{wide} channels, {narrow} between"): (
            "plain",
            "bottleneck",
        ),
        style.words(
            f"本报告：{own[0]['in']} 到 {own[-1]['out']}，中间 {own[0]['out']} 个",
            f"Ours: {own[0]['in']} to {own[-1]['out']}, {own[0]['out']} between",
        ): ("own_plain", "own_narrow"),
    }
    title = style.words(
        f"先用 1×1 卷积减少通道：{wide} 个通道时参数降到 1/{number(facts['times'], 2)}，我们的网络里降到 1/{number(facts['own_times'], 2)}",
        f"Fewer channels first, by 1×1 kernels: {number(facts['times'], 2)} times fewer parameters at {wide} "
        f"channels, {number(facts['own_times'], 2)} times fewer in our own net",
    )
    figure = sheet(title, 2.35)
    shade = {1: mixed(style.ground, style.color("one-by-one"), 0.45), 3: style.color("one-by-one")}
    bars = [
        (4 * k + 1.3 * j, plain, name)
        for k, (plain, other) in enumerate(pairs.values())
        for j, name in enumerate((plain, other))
    ]
    panels = {
        "parameters": style.words("参数", "Parameters"),
        "multiply_adds": style.words("乘加次数", "Multiply-adds"),
    }
    for k, (what, words) in enumerate(panels.items()):
        ax = axes(figure, 1.3 + k * 2.9, 0.5, 1.75, 1.75)
        for y, plain, name in bars:
            whole, left = facts[f"{plain}_{what}"], 0.0
            for layer in facts["layers"][name]:
                ax.barh(
                    y,
                    100 * layer[what] / whole,
                    left=left,
                    height=0.9,
                    color=shade[layer["kernel"]],
                    ec=style.ground,
                    lw=0.8,
                )
                left += 100 * layer[what] / whole
            ax.text(
                left + 4, y, big(facts[f"{name}_{what}"], style.language), va="center", fontsize=9
            )
        for j, label in enumerate(pairs if k == 0 else ()):
            ax.text(1.5, 4 * j - 1.2, label, va="center", fontsize=9, color=style.muted)
        ax.set_xlim(0, 100)
        ax.set_ylim(6.2, -1.9)
        ax.set_yticks(
            [y for y, _, _ in bars],
            [
                " + ".join(
                    f"{layer['kernel']}×{layer['kernel']}" for layer in facts["layers"][name]
                )
                for _, _, name in bars
            ]
            if k == 0
            else [""] * len(bars),
        )
        ax.tick_params(axis="y", length=0)
        ax.grid(axis="x")
        ax.grid(axis="y", visible=False)
        ax.set_xlabel(words + style.words("，普通 3×3 层为 100 %", ", the plain 3×3 is 100 %"))
    rows = [
        {
            "layers": name,
            "layer": i + 1,
            "kernel": layer["kernel"],
            "channels_in": layer["in"],
            "channels_out": layer["out"],
            "parameters": layer["parameters"],
            "multiply_adds": layer["multiply_adds"],
        }
        for name, layers in facts["layers"].items()
        for i, layer in enumerate(layers)
    ]
    told = style.words("；", "; ").join(
        " + ".join(f"{layer['kernel']}×{layer['kernel']}" for layer in layers)
        + style.words(
            f"，参数 {facts[f'{name}_parameters']:,}，乘加 {facts[f'{name}_multiply_adds']:,}",
            f", {facts[f'{name}_parameters']:,} parameters, {facts[f'{name}_multiply_adds']:,} multiply-adds",
        )
        for name, layers in facts["layers"].items()
    )
    size = f"{facts['map_height']}×{facts['map_width']}"
    return Drawing(
        figure=figure,
        style=style,
        title=title,
        alt=style.words(
            f"横条图，四种做法的参数与乘加次数：{told}。",
            f"Bars of the parameters and multiply-adds of four designs: {told}.",
        ),
        caption=style.words(
            f"输入 {size} 的特征图（我们第一次池化之后的大小）。上：{wide} 个通道的普通 3×3 层，与先减到 {narrow} 个、再卷积、再升回 {wide} 个的瓶颈（He 等，2016）。下："
            "基准网络的第二个卷积层，"
            "与插入 1×1 卷积的网络里代替它的两层。浅色是 1×1 层，深色是 3×3 层；由层的形状算出。",
            f"On maps of {size}, the size after our first pooling. Above: a plain 3×3 layer of {wide} channels "
            "against a bottleneck (He et "
            f"al. 2016) that goes down to {narrow}, convolves, and comes back to {wide}. Below: the baseline's "
            "second convolution against the "
            "two layers that stand in for it in the network with a 1×1 convolution. Pale: 1×1 layers; dark: 3×3 "
            "layers. Worked out "
            "from the layers' shapes.",
        ),
        rows=rows,
    )


def _sign(value: float) -> str:
    return "+" if value >= 0 else "−"


def _mark(
    target: np.ndarray,
    place: tuple[int, int, int],
    columns: int,
    column: int,
    row: int,
    size: int,
    color: str,
) -> None:
    """Frames `size` values of a map from (row, column) on; `place` is where `put_into` left the map, and its width."""
    x, y, wide = place
    scale = wide / columns
    outline(
        target,
        round(x + column * scale),
        round(y + row * scale),
        round(size * scale),
        round(size * scale),
        color,
    )
