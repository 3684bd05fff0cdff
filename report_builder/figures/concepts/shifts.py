"""What becomes of a map when the image moves, before and after pooling."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.concepts.pooling import KINDS
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import axes, end_labels, note, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined, listed
from report_builder.text import Text, number, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

# how a line is drawn: what its color belongs to, marker, dash
LINES = {
    "none": ("ink", "o", "-"),
    "max": ("max pooling", "s", (0, (4, 1.5))),
    "mean": ("mean pooling", "^", (0, (1, 1.2))),
}
EXACT = 1e-5  # relative difference up to which two maps count as equal in floating point


class Shifts(NamedTuple):
    """Measures by kind of pooling, a name of LINES, for shifts of 0 to `most` pixels."""

    alike: dict[str, np.ndarray]  # (most + 1,), correlation once moved back
    changed: dict[str, np.ndarray]  # (most + 1,), relative change in place, mean over images
    exact: bool  # whether the maps move along up to floating point, pooled ones for even shifts
    most: int  # pixels
    images: int
    network: Network


def measure(evidence: Evidence) -> Shifts:
    """The means over images of what the demonstration "shifts" has recorded."""
    record = evidence.shown_demonstration("shifts")
    facts = record.facts
    return Shifts(
        alike={kind: record.array(f"alike.{kind}") for kind in LINES},
        changed={kind: record.array(f"change.{kind}").mean(0) for kind in LINES},
        exact=max(facts["conv_difference"], facts["even_difference"]) <= EXACT,
        most=facts["most"],
        images=facts["images"],
        network=network_of(evidence, record, "baseline"),
    )


def draw(numbers: Shifts, style: Style) -> Figure:
    """Left, how alike the maps are once moved back; right, how far they change in place."""
    figure = sheet(style.text(describe(numbers).title), 2.75)
    headings = (
        Text("移回之后的相关系数", "Correlation once moved back"),
        Text("原位的相对变化", "Relative change in place"),
    )
    pixels = np.arange(len(numbers.alike["none"]))
    panels = []
    for left, width, values, labelled, heading in (
        (0.62, 2.3, numbers.alike, -2, headings[0]),
        (3.95, 2.05, numbers.changed, -1, headings[1]),
    ):
        ax = axes(figure, left, 0.5, width, 1.95)
        for kind, (thing, marker, dash) in LINES.items():
            (line,) = ax.plot(pixels, values[kind], ms=4.5, lw=1.6, clip_on=False, label=kind)
            line.set(color=style.color(thing), marker=marker, linestyle=dash)
        ax.set_xticks(pixels[::2])
        ax.set_xlabel(style.text(Text("图像平移的像素数", "Pixels that the image moves")))
        note(figure, left, 2.53, style.text(heading))
        labels = [
            (float(values[kind][labelled]), style.text(KINDS[kind]), style.color(thing))
            for kind, (thing, _, _) in LINES.items()
        ]
        panels.append((ax, labels))
    margin = max(1 - min(float(each.min()) for each in numbers.alike.values()), 1e-3)
    panels[0][0].set_ylim(1 - 1.15 * margin, 1 + 0.05 * margin)
    largest = max(float(each.max()) for each in numbers.changed.values())
    panels[1][0].set_ylim(0, 1.08 * largest or 1)
    for ax, labels in panels:
        end_labels(ax, labels)
    return figure


def describe(numbers: Shifts) -> Description:
    """The change at one pixel in words, and a row for each kind of pooling and shift."""
    network = numbers.network.text
    alike, changed, most, n = numbers.alike, numbers.changed, numbers.most, numbers.images
    one = {kind: number(values[1], 2) for kind, values in changed.items()}
    least = number(min(float(each.min()) for each in alike.values()))
    kinds = joined((KINDS[kind] for kind in LINES), "、")
    changes = listed(
        KINDS[kind] + Text(f" {one[kind]} 和 {last}", f" {one[kind]} and {last}")
        for kind in LINES
        for last in [number(changed[kind][-1], 2)]
    )
    return Description(
        title=Text(
            f"图像平移，特征图就跟着平移{'，分毫不差' if numbers.exact else ''}；"
            "池化后只有偶数步如此。"
            f"平移 1 像素时原位的变化：不池化 {one['none']}，最大 {one['max']}，平均 {one['mean']}",
            f"When the image moves, its map moves along{' exactly' if numbers.exact else ''}; "
            "after pooling only for even shifts. Change in place for 1 pixel: "
            f"{one['none']} unpooled, {one['max']} max, {one['mean']} mean",
        ),
        alt=Text(
            f"两幅折线图，横轴为平移 0 到 {most} 个像素，三条线为{kinds.zh}。左："
            "移回之后的相关系数，"
            f"最低 {least}。右：原位的相对变化，平移 1 像素和 {most} 像素时依次为 {changes.zh}。",
            f"Two line charts over shifts of 0 to {most} pixels for {kinds.en}. Left: correlation "
            f"once moved back, at least {least}. Right: relative change in place, for 1 and {most} "
            f"pixels: {changes.en}.",
        ),
        caption=Text(
            f"{network.zh}第一层 ReLU 之后的特征图，n = {n} 幅测试图像的平均；图像分别"
            "向右和向下平移，空出处补底色。左：把特征图移回（池化后取最近的整数格）再比较，只比两图"
            "都有的部分。右：不移回，变化的长度除以特征图与空白图像的特征图之差的长度。",
            f"Maps of the first layer of {network.en} after ReLU, "
            f"mean of n = {plural(n, 'test image')} moved to the right and, apart from that, down, "
            "with background moving in. Left: maps moved back (pooled ones by the nearest whole "
            "pixels) and compared where both show the image. Right: not moved back, the length of "
            "the change over that of the map's difference from the map of an empty image.",
        ),
        rows=[
            {
                "pixels": shift,
                "pooling": kind,
                "correlation_moved_back": float(alike[kind][shift]),
                "relative_change": float(changed[kind][shift]),
                "images": n,
            }
            for kind in LINES
            for shift in range(len(alike[kind]))
        ],
    )
