"""How large values and gradients are, layer by layer, before the first step of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.training_course import class_variants, initialised_networks
from report_builder.figures.comparison.variant_rows import each_variant
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import (
    DASHES,
    SMALL,
    WIDTH,
    axes,
    log_ticks,
    sheet,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined, title_of, wrap
from report_builder.text import Text, number, plural, same
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

LEFT, RIGHT = 0.9, 1.75  # inches: the y axis, the networks' names
FOOT, TALL, GAP, HEAD = 0.35, 1.75, 0.36, 0.26  # the layers' names, a panel, headings
FLOOR = 1e-9  # smaller sizes are drawn here
LINE = 0.155 / TALL  # of a panel's height, that a line of a name takes
MARKS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")


class Signal(NamedTuple):
    """The layers of one network, before training."""

    variant: Variant
    seeds: tuple[int, ...]
    layers: tuple[str, ...]
    activation: np.ndarray  # (seeds, layers), the mean size of a layer's values
    gradient: np.ndarray  # (seeds, layers), the root mean square over a layer's weights


class Signals(NamedTuple):
    networks: tuple[Signal, ...]  # that differ before the first step

    @property
    def layers(self) -> tuple[str, ...]:
        """Those of all networks, from the image on."""
        names = {name for each in self.networks for name in each.layers}
        order = {"conv": 0, "dens": 1, "logi": 2}
        return tuple(sorted(names, key=lambda name: (order[name[:4]], name)))


def measure(evidence: Evidence) -> Signals:
    return Signals(
        tuple(
            signal_of(evidence, variant)
            for variant in initialised_networks(class_variants(evidence.variants))
        )
    )


def signal_of(evidence: Evidence, variant: Variant) -> Signal:
    runs = evidence.runs(variant.name)
    return Signal(
        variant,
        tuple(run.seed for run in runs),
        tuple(layer.name for layer in runs[0].untrained),
        np.array([[layer.activation for layer in run.untrained] for run in runs]),
        np.array([[layer.gradient for layer in run.untrained] for run in runs]),
    )


def draw(numbers: Signals, style: Style) -> Figure:
    figure = sheet(style.text(_title(numbers)), FOOT + 2 * TALL + GAP + HEAD)
    wide = WIDTH - LEFT - RIGHT
    lower, upper = (axes(figure, LEFT, FOOT + i * (TALL + GAP), wide, TALL) for i in (0, 1))
    names = numbers.layers
    for ax, heading, sizes in (
        (
            upper,
            Text("各值大小的平均（对数）", "Mean size of values (log)"),
            [each.activation for each in numbers.networks],
        ),
        (
            lower,
            Text("权重梯度的均方根（对数）", "Root mean square of weight gradients (log)"),
            [each.gradient for each in numbers.networks],
        ),
    ):
        for i, (network, values) in enumerate(zip(numbers.networks, sizes)):
            x = np.array([names.index(name) for name in network.layers])
            _draw_network(ax, x, np.maximum(values, FLOOR), style, network.variant, i)
        middles = np.concatenate([np.median(values, axis=0) for values in sizes])
        low, high = max(middles.min(), FLOOR) / 4, max(middles.max(), 2 * FLOOR) * 4
        ax.set_yscale("log")
        ax.set_ylim(low, high)
        log_ticks(
            ax.yaxis, low, high, write=lambda power: np.format_float_positional(power, trim="-")
        )
        ax.set_xlim(-0.3, len(names) - 0.7)
        ax.set_xticks(range(len(names)), names)
        words = style.text(heading)
        ax.text(0, 1.02, words, fontsize=SMALL, color=style.muted, transform=ax.transAxes)
    upper.tick_params(labelbottom=False)
    _label_lines(upper, numbers, style)
    return figure


def _draw_network(
    ax: Axes, x: np.ndarray, values: np.ndarray, style: Style, variant: Variant, i: int
) -> None:
    """A thin pale line for each row of `values` (seeds, layers), a strong one for their median."""
    color = style.color(variant.name)
    dash = "-" if variant.initialisation == "pytorch" else DASHES
    for line in values:
        ax.plot(x, line, color=color, lw=0.6, alpha=0.18, ls=dash)
    middle = np.median(values, axis=0)
    mark = MARKS[i % len(MARKS)]
    ax.plot(x, middle, color=color, lw=1.8, ls=dash, marker=mark, ms=5, gid=variant.name, zorder=3)


def _label_lines(ax: Axes, numbers: Signals, style: Style) -> None:
    """The networks' names and marks at the right, from the top down."""
    y = 1.0
    for i, network in enumerate(numbers.networks):
        color = style.color(network.variant.name)
        place: dict[str, Any] = {"clip_on": False, "transform": ax.transAxes, "color": color}
        lines = wrap(style.text(title_of(network.variant)), 25)[:2]
        ax.plot(1.03, y - LINE / 2, MARKS[i % len(MARKS)], ms=5, **place)
        ax.text(1.06, y, "\n".join(lines), fontsize=SMALL, va="top", linespacing=1.1, **place)
        y -= LINE * (len(lines) + 0.35)


def describe(numbers: Signals) -> Description:
    sizes = [
        joined(
            f"{name} {number(float(size), 2)}"
            for name, size in zip(each.layers, np.median(each.activation, axis=0))
        )
        for each in numbers.networks
    ]
    each = each_variant([n.variant for n in numbers.networks], sizes, Text("；", "; "))
    seeds = [len(network.seeds) for network in numbers.networks]
    n = same(f"{min(seeds)}") if min(seeds) == max(seeds) else same(f"{min(seeds)}–{max(seeds)}")
    return Description(
        _title(numbers),
        Text(
            "两幅折线图，横轴为层：上为各值大小的平均，下为权重梯度的均方根，均在训练之前。"
            "各值大小的中位数：{each}。",
            "Two line plots over the layers, before training: mean size of values above, root mean "
            "square of the gradients of the weights below. Median sizes: {each}.",
        ).format(each=each),
        Text(
            f"{len(numbers.networks)} 个网络（标签无误、训练之前就不同的），第一步更新之前。上："
            "一层的输出（卷积层取池化和 ReLU 之后，全连接层取 ReLU 之后）的绝对值，"
            "在部分训练图像上的平均；它也包括各图像共有的部分，例如偏置。下：第一批的损失对该层权重的梯度的均方根。"
            "细线为单个种子，粗线为中位数（每个网络 n = {n}）；虚线是 Kaiming 初始化；"
            "更低的值不画。",
            f"{plural(len(numbers.networks), 'network')} with right labels that differ before "
            "training, before the first update. Above: the absolute value of a layer's output "
            "(convolutions after pooling and ReLU, dense layers after ReLU), mean over a sample of "
            "training images; what all images have in common, such as biases, is part of it. "
            "Below: root mean square, over a layer's weights, of the gradient of the first batch's "
            "loss. Thin lines are single seeds, thick ones medians (n = {n} for each network); "
            "dashed is Kaiming initialization. Lower values are cut off.",
        ).format(n=n),
        [
            {
                "variant": network.variant.name,
                "seed": seed,
                "layer": name,
                "activation": float(activation),
                "gradient": float(gradient),
            }
            for network in numbers.networks
            for seed, *rows in zip(network.seeds, network.activation, network.gradient)
            for name, activation, gradient in zip(network.layers, *rows)
        ],
    )


def _title(numbers: Signals) -> Text:
    first = numbers.networks[0]
    middle = np.median(first.activation, axis=0)
    a, b = number(float(middle[0]), 2), number(float(middle[-2]), 2)
    return Text(
        f"训练之前，“{{name}}”各值的大小：{first.layers[0]} 为 {a}，{first.layers[-2]} 为 {b}",
        f'"{{name}}" before training: mean size of values {a} at {first.layers[0]}, {b} at '
        f"{first.layers[-2]}",
    ).format(name=title_of(first.variant))
