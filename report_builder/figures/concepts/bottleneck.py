"""What a bottleneck saves: its parameters and multiply-adds as shares of the plain layer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.evidence.references import citation
from report_builder.figures.concepts.costs import COSTS, bar_axes
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import axes, sheet
from report_builder.figures.toolkit.pixels import mixed
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import Text, big, number, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

PAIRS = (("plain", "bottleneck"), ("own_plain", "own_narrow"))


class Layer(NamedTuple):
    """One convolution of a design."""

    kernel: int  # pixels a side
    channels_in: int
    channels_out: int
    parameters: int
    multiply_adds: int


class Bottleneck(NamedTuple):
    """The designs, and how many times fewer parameters the narrow ones have."""

    designs: dict[str, list[Layer]]  # by the names in PAIRS
    channels: int  # of the wide layer
    narrow: int  # channels in its middle
    times: float  # parameters of "plain" over those of "bottleneck"
    own_times: float  # parameters of "own_plain" over those of "own_narrow"
    map_size: tuple[int, int]  # (H, W) of the maps

    def total(self, design: str, cost: str) -> int:
        """Of all layers of a design; `cost` is "parameters" or "multiply_adds"."""
        return sum(getattr(layer, cost) for layer in self.designs[design])


def measure(evidence: Evidence) -> Bottleneck:
    """The counts that the demonstration "bottleneck" has recorded."""
    facts = evidence.shown_demonstration("bottleneck").facts
    designs = {
        name: [
            Layer(row["kernel"], row["in"], row["out"], row["parameters"], row["multiply_adds"])
            for row in layers
        ]
        for name, layers in facts["layers"].items()
    }
    return Bottleneck(
        designs=designs,
        channels=facts["channels"],
        narrow=facts["narrow"],
        times=facts["times"],
        own_times=facts["own_times"],
        map_size=(facts["map_height"], facts["map_width"]),
    )


def draw(numbers: Bottleneck, style: Style) -> Figure:
    """Two panels of bars, composed of layers, in percent of the plain design."""
    figure = sheet(style.text(describe(numbers).title), 2.35)
    strong = style.color("one-by-one")
    colors = {1: mixed(style.ground, strong, 0.45), 3: strong}  # by side of the kernels
    bars = [
        (4 * k + 1.3 * j, plain, design)
        for k, (plain, narrow) in enumerate(PAIRS)
        for j, design in enumerate((plain, narrow))
    ]
    for k, (cost, words) in enumerate(COSTS.items()):
        ax = axes(figure, 1.3 + k * 2.9, 0.5, 1.75, 1.75)
        for y, plain, design in bars:
            plain_total, left = numbers.total(plain, cost), 0.0
            for layer in numbers.designs[design]:
                share, color = 100 * getattr(layer, cost) / plain_total, colors[layer.kernel]
                ax.barh(y, share, left=left, height=0.9, color=color, ec=style.ground, lw=0.8)
                left += share
            total = big(numbers.total(design, cost), style.language)
            ax.text(left + 4, y, total, va="center", fontsize=9)
        for j, label in enumerate(_pair_names(numbers) if k == 0 else ()):
            words_at = 1.5, 4 * j - 1.2
            ax.text(*words_at, style.text(label), va="center", fontsize=9, color=style.muted)
        ax.set_xlim(0, 100)
        ax.set_ylim(6.2, -1.9)
        labels = ["" if k else _kernels(numbers.designs[design]) for _, _, design in bars]
        bar_axes(ax, [y for y, _, _ in bars], labels)
        percent = Text("，普通 3×3 层为 100 %", ", the plain 3×3 is 100 %")
        ax.set_xlabel(style.text(words + percent))
    return figure


def _pair_names(numbers: Bottleneck) -> tuple[Text, Text]:
    wide, narrow, own = numbers.channels, numbers.narrow, numbers.designs["own_narrow"]
    first, middle, last = own[0].channels_in, own[0].channels_out, own[-1].channels_out
    return (
        Text(f"{wide} 个通道，中间 {narrow} 个", f"{wide} channels, {narrow} between"),
        Text(
            f"本报告：{first} 到 {last}，中间 {middle} 个",
            f"Ours: {first} to {last}, {middle} between",
        ),
    )


def _kernels(layers: list[Layer]) -> str:
    return " + ".join(f"{layer.kernel}×{layer.kernel}" for layer in layers)


def describe(numbers: Bottleneck) -> Description:
    """How many times fewer parameters in words, and a row for each layer."""
    wide, narrow = numbers.channels, numbers.narrow
    times, own_times = number(numbers.times, 2), number(numbers.own_times, 2)
    size = f"{numbers.map_size[0]}×{numbers.map_size[1]}"
    designs = []
    for name, layers in numbers.designs.items():
        parameters, multiply_adds = (numbers.total(name, cost) for cost in COSTS)
        cost = Text(
            f"，参数 {parameters:,}，乘加 {multiply_adds:,}",
            f", {parameters:,} parameters, {multiply_adds:,} multiply-adds",
        )
        designs.append(same(_kernels(layers)) + cost)
    costs, cited = listed(designs), citation("he-2016")
    return Description(
        title=Text(
            f"先用 1×1 卷积减少通道：{wide} 个通道时参数减到 1/{times}，"
            f"我们的网络里减到 1/{own_times}",
            f"Fewer channels first, by 1×1 kernels: 1/{times} of the parameters at {wide} "
            f"channels, 1/{own_times} in our own network",
        ),
        alt=Text(
            f"横条图，四种做法的参数与乘加次数：{costs.zh}。",
            f"Bars of the parameters and multiply-adds of four designs: {costs.en}.",
        ),
        caption=Text(
            f"输入 {size} 的特征图（我们第一次池化之后的大小）。上：{wide} 个通道的普通 3×3 层，"
            f"与先减到 {narrow} 个、再卷积、再升回 {wide} 个的瓶颈（{cited.zh}）。"
            "下：基准网络的第二个卷积层，与插入 1×1 卷积的网络里代替它的两层。"
            "浅色是 1×1 层，深色是 3×3 层；由层的形状算出。",
            f"On maps of {size}, the size after our first pooling. Above: a plain 3×3 layer of "
            f"{wide} channels against a bottleneck ({cited.en}) that goes down to {narrow}, "
            f"convolves, and comes back to {wide}. Below: the baseline's second convolution "
            "against the two layers that stand in for it in the network with a 1×1 convolution. "
            "Pale: 1×1 layers; dark: 3×3 layers. Worked out from the layers' shapes.",
        ),
        rows=[
            {"layers": name, "layer": i, **layer._asdict()}
            for name, layers in numbers.designs.items()
            for i, layer in enumerate(layers, 1)
        ],
    )
