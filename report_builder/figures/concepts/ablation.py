"""How many test images a network gets right with one channel replaced, channel by channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from report_builder.evidence.estimates import share
from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import DOTS, SMALL, WIDTH, axes, note, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import EMPTY, SPACE, Text, class_name, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

REPLACED = {
    "zero": Text("处处换成 0", "replaced by 0"),
    "mean": Text("处处换成自己的平均", "replaced by its mean"),
}
ROW, LEFT, RIGHT = 0.19, 0.95, 1.3  # inches
BY_CLASS = 2  # classes up to which the counts of each are written out


class Channel(NamedTuple):
    """One channel of a convolution, and the images of each class that are right without it."""

    layer: int  # from 1
    number: int  # from 1
    right: dict[str, list[int]]  # by a name of REPLACED

    @property
    def name(self) -> str:
        return f"conv{self.layer}{SPACE}·{SPACE}{self.number}"


class Ablation(NamedTuple):
    """The whole network, and the same with each channel replaced in turn."""

    channels: list[Channel]
    right: list[int]  # images of each class, with nothing replaced
    of_class: list[int]  # test images
    class_names: tuple[str, ...]
    network: Network

    @property
    def images(self) -> int:
        return sum(self.of_class)

    def worst(self, replaced: str) -> Channel:
        return min(self.channels, key=lambda channel: sum(channel.right[replaced]))


def measure(evidence: Evidence) -> Ablation:
    """The counts that the demonstration "interventions" has recorded."""
    record = evidence.shown_demonstration("interventions")
    facts = record.facts
    return Ablation(
        channels=[
            Channel(row["layer"], row["channel"], {kind: row[kind] for kind in REPLACED})
            for row in facts["channels"]
        ],
        right=facts["right"],
        of_class=facts["of_class"],
        class_names=tuple(map(class_name, facts["classes"])),
        network=network_of(evidence, record, "baseline"),
    )


def draw(numbers: Ablation, style: Style) -> Figure:
    """A row for each channel: its accuracy by both replacements, with intervals."""
    channels, n = numbers.channels, numbers.images
    heights = _heights(channels)
    tall = ROW * (heights[-1] + 1.4)
    figure = sheet(style.text(describe(numbers).title), tall + 0.95)
    right = RIGHT if len(numbers.class_names) <= BY_CLASS else 0.2
    ax = axes(figure, LEFT, 0.5, WIDTH - LEFT - right, tall)
    shares = {
        kind: [share(sum(channel.right[kind]), n) for channel in channels] for kind in REPLACED
    }
    low = min(float(each.low) for of_kind in shares.values() for each in of_kind)
    ax.set_xlim(max(0.0, 100 * low - 2), 100.5)
    ax.set_ylim(heights[-1] + 0.7, -0.7)
    ax.axvline(100 * sum(numbers.right) / n, color=style.color("chance"), ls=DOTS, lw=1.2)
    for kind, shift in (("zero", -0.17), ("mean", 0.17)):
        for height, found in zip(heights, shares[kind]):
            ends = 100 * float(found.low), 100 * float(found.high)
            ax.plot(ends, [height + shift] * 2, color=_color(style, kind), lw=1.2, alpha=0.6)
            ax.plot(
                100 * found.k / n, height + shift, gid=kind, clip_on=False, **_look(style, kind)
            )
    ax.set_yticks(heights, [channel.name for channel in channels])
    ax.tick_params(axis="y", length=0)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    ax.set_xlabel(style.text(Text("测试准确率（%）", "Test accuracy (%)")))
    if len(numbers.class_names) <= BY_CLASS:
        _write_counts(ax, numbers, heights, style)
    _draw_key(figure, style, tall + 0.62)
    return figure


def _heights(channels: list[Channel]) -> list[float]:
    """A row for each channel, with room between two layers."""
    layers = [channel.layer for channel in channels]
    return [i + 0.7 * (layer - layers[0]) for i, layer in enumerate(layers)]


def _color(style: Style, kind: str) -> str:
    return style.color("baseline") if kind == "zero" else style.muted


def _look(style: Style, kind: str) -> dict[str, Any]:
    """Filled circles and open diamonds."""
    color, filled = _color(style, kind), kind == "zero"
    fill = color if filled else style.ground
    return {"color": color, "marker": "o" if filled else "D", "ms": 5, "mfc": fill, "mew": 1.3}


def _write_counts(ax: Axes, numbers: Ablation, heights: list[float], style: Style) -> None:
    """At the right, how many of each class are right with 0."""
    place = ax.get_yaxis_transform()
    options: dict[str, Any] = {"transform": place, "fontsize": SMALL, "ha": "right", "va": "center"}
    colors = style.class_colors(numbers.class_names)
    for k, (name, color) in enumerate(zip(numbers.class_names, colors)):
        x = 1.13 + 0.12 * k
        ax.text(x, -1.25, f"{name}/{numbers.of_class[k]}"[:9], color=color, **options)
        for height, channel in zip(heights, numbers.channels):
            ax.text(x, height, f"{channel.right['zero'][k]}", color=color, **options)


def _draw_key(figure: Figure, style: Style, y: float) -> None:
    from matplotlib.lines import Line2D

    width, height = figure.get_size_inches()
    for kind, x in (("zero", LEFT + 0.05), ("mean", LEFT + 2.1)):
        mark = Line2D([x / width], [(y + 0.05) / height], ls="", **_look(style, kind))
        figure.add_artist(mark)
        note(figure, x + 0.12, y, style.text(REPLACED[kind]), color=_color(style, kind))


def describe(numbers: Ablation) -> Description:
    """The channel that costs most in words, and a row for each channel and replacement."""
    n, whole = numbers.images, percent(sum(numbers.right) / numbers.images)
    worst, by_mean = numbers.worst("zero"), numbers.worst("mean")
    lowest, lowest_mean = (
        percent(sum(channel.right[kind]) / n)
        for channel, kind in ((worst, "zero"), (by_mean, "mean"))
    )
    right = sum(numbers.right)
    harmless = sum(sum(channel.right["zero"]) >= right for channel in numbers.channels)
    count = len(numbers.channels)
    classes = listed(
        Text(f"{name}：{of} 幅中 {k} 幅", f"{k} of {of} of {name}")  # with nothing replaced
        for name, k, of in zip(numbers.class_names, numbers.right, numbers.of_class)
    )
    counts = EMPTY
    if len(numbers.class_names) <= BY_CLASS:
        counts = Text(
            "右边是换成 0 时各类判对的幅数。",
            " At the right, the images of each class that are right when it is 0.",
        )
    return Description(
        title=Text(
            f"去掉一个通道：{count} 个里有 {harmless} 个去掉之后判对的不减少；最要紧的是 "
            f"{worst.name}，准确率 {whole} 变为 {lowest}",
            f"One channel taken out: for {harmless} of {count} no fewer images are right; "
            f"{worst.name} matters most, {whole} becomes {lowest}",
        ),
        alt=Text(
            f"每个通道一行，实心圆是换成 0 之后的准确率，空心菱形是换成平均之后的，横线是区间。"
            f"换成 0 最低 {lowest}（{worst.name}），换成平均最低 {lowest_mean}（{by_mean.name}）。",
            "A row for each channel: filled circles for the accuracy with zeros, open diamonds "
            f"with the mean, lines for intervals. The lowest with zeros is {lowest} "
            f"({worst.name}), with the mean {lowest_mean} ({by_mean.name}).",
        ),
        caption=Text(
            f"{numbers.network.text.zh}，每次把一个通道在所有位置、对所有图像都换成同一个数："
            f"0，或者它在测试图像上的平均。n = {n} 幅测试图像，横线是 95{SPACE}% 区间（Wilson）；"
            f"点线是什么都不换（{classes.zh}）。{counts.zh}",
            f"{numbers.network.text.en}, one channel at a time replaced by one number at all "
            f"positions and for all images: 0, or its mean over the test images. n = {n} test "
            f"images, lines are 95{SPACE}% intervals (Wilson). Dotted: nothing replaced "
            f"({classes.en}).{counts.en}",
        ),
        rows=[
            {
                "layer": channel.layer,
                "channel": channel.number,
                "replaced_by": kind,
                "class": name,
                "right": k,
                "images": of,
            }
            for channel in numbers.channels
            for kind, counts_of in channel.right.items()
            for name, k, of in zip(numbers.class_names, counts_of, numbers.of_class)
        ],
    )
