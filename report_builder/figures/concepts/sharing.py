"""Parameters and multiply-adds of three ways to make maps of the same size."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.figures.concepts.costs import COSTS, bar_axes
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import axes, log_ticks, note, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import Text, big

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

LAYERS = {
    "shared": Text("卷积：处处共用", "Convolution: shared"),
    "local": Text("局部连接：不共用", "Locally connected"),
    "dense": Text("全连接：处处相连", "Dense"),
}


class Sharing(NamedTuple):
    """The cost of each kind of layer for the same maps."""

    shape: tuple[int, int, int]  # (C, H, W) of the maps
    inputs: int  # pixels
    outputs: int  # values
    window: int  # weights of a kernel
    parameters: dict[str, int]  # by layer, a name of LAYERS
    multiply_adds: dict[str, int]


def measure(evidence: Evidence) -> Sharing:
    """The counts that the demonstration "sharing" has recorded."""
    facts = evidence.shown_demonstration("sharing").facts
    return Sharing(
        shape=(facts["channels"], facts["map_height"], facts["map_width"]),
        inputs=facts["inputs"],
        outputs=facts["outputs"],
        window=facts["window"],
        parameters={name: facts[name] for name in LAYERS},
        multiply_adds={name: facts[f"multiply_adds_{name}"] for name in LAYERS},
    )


def draw(numbers: Sharing, style: Style) -> Figure:
    """Two panels of three bars on logarithmic axes."""
    figure = sheet(style.text(describe(numbers).title), 1.75)
    color, language = style.color("baseline"), style.language
    for k, (cost, heading) in enumerate(COSTS.items()):
        values = list(getattr(numbers, cost).values())
        most = 10 * max(values)
        left = 1.72 + k * 2.65
        ax = axes(figure, left, 0.45, 1.62, 1.05)
        ax.set_xscale("log")
        ax.set_xlim(1, most)
        ax.set_ylim(len(LAYERS) - 0.5, -0.5)
        log_ticks(ax.xaxis, 1, most, 4, lambda value: big(int(value), language, short=True))
        labels = ["" if k else style.text(name) for name in LAYERS.values()]
        bar_axes(ax, list(range(len(LAYERS))), labels)
        for y, value in enumerate(values):
            ax.plot([1, value], [y, y], color=color, lw=3)
            ax.plot(value, y, color=color, marker="o", ms=6)
            words, place = big(value, language), ax.get_yaxis_transform()
            ax.text(1.04, y, words, transform=place, va="center", fontsize=9)
        note(figure, left, 1.58, style.text(heading))
    return figure


def describe(numbers: Sharing) -> Description:
    """The counts in words, and a row for each kind of layer."""
    parameters, multiply_adds = numbers.parameters, numbers.multiply_adds
    size = "×".join(map(str, numbers.shape))
    shared = f"{parameters['shared']:,}"
    layers = listed(
        Text(
            f"{layer.zh}，参数 {parameters[name]:,}，乘加 {multiply_adds[name]:,}",
            f"{layer.en}, {parameters[name]:,} parameters, {multiply_adds[name]:,} multiply-adds",
        )
        for name, layer in LAYERS.items()
    )
    return Description(
        title=Text(
            f"得到 {size} 的特征图，共用权重要 {shared} 个参数，不共用 "
            f"{big(parameters['local'], 'zh')}，全连接 {big(parameters['dense'], 'zh')}",
            f"To make maps of {size} takes {shared} parameters with shared weights, "
            f"{big(parameters['local'], 'en')} without sharing, "
            f"{big(parameters['dense'], 'en')} in a dense layer",
        ),
        alt=Text(
            f"三种层的参数与乘加次数，横轴为对数：{layers.zh}。",
            f"Parameters and multiply-adds of three layers on a logarithmic axis: {layers.en}.",
        ),
        caption=Text(
            f"输入 {numbers.inputs:,} 个像素，输出 {numbers.outputs:,} 个值。卷积每个通道一个核"
            f"（{numbers.window} 个权重）和一个偏置；局部连接在每个位置各有一个核和偏置；"
            "全连接的每个输出看全部像素。由层的形状算出，不随训练改变。",
            f"From {numbers.inputs:,} pixels to {numbers.outputs:,} values. The convolution has "
            f"one kernel of {numbers.window} weights and one bias for each channel; the locally "
            "connected layer has them at every position; each output of the dense layer sees all "
            "pixels. Worked out from the layers' shapes; training changes nothing.",
        ),
        rows=[
            {"layer": name, "parameters": parameters[name], "multiply_adds": multiply_adds[name]}
            for name in LAYERS
        ],
    )
