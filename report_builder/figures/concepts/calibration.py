"""Whether answers are right as often as they are sure: reliability by bins of probability."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import Share, share
from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import SMALL, axes, note, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import SPACE, Text, percent, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

ROW = 0.27  # inches


class Bin(NamedTuple):
    """The answers whose probability lies in one range."""

    low: float
    high: float
    probability: float  # the mean
    right: Share


class Calibration(NamedTuple):
    """Bins by what the images are; those without answers are left out."""

    network: Network
    most: int  # pixels of the shift
    errors: dict[str, float]  # expected calibration errors
    bins: dict[str, list[Bin]]  # by "test", "shifted"; ascending


def measure(evidence: Evidence) -> Calibration:
    """What the demonstration "calibration" has recorded."""
    record = evidence.shown_demonstration("calibration")
    edges = record.array("edges")
    found = {}
    for name in ("test", "shifted"):
        counts, right, mean = (
            record.array(f"{name}.{of}") for of in ("count", "right", "probability")
        )
        found[name] = [
            Bin(float(low), float(high), float(p), share(int(k), int(n)))
            for low, high, p, k, n in zip(edges, edges[1:], mean, right, counts)
            if n
        ]
    facts = record.facts
    errors = {name: facts[f"{name}_error"] for name in found}
    network = network_of(evidence, record, "baseline")
    return Calibration(network, facts["most"], errors, found)


def draw(numbers: Calibration, style: Style) -> Figure:
    """A panel for each kind of images, a row for each bin: share of right answers, its interval,
    and the mean probability.
    """
    names = list(dict.fromkeys(_range(each) for row in numbers.bins.values() for each in row))
    lowest = {_range(each): each.low for row in numbers.bins.values() for each in row}
    names.sort(key=lambda name: lowest[name])
    tall = ROW * len(names)
    figure = sheet(style.text(describe(numbers).title), tall + 1.05)
    note(figure, 0.08, tall + 0.72, style.text(Text("概率（%）", "Probability (%)")))
    for number, (kind, found) in enumerate(numbers.bins.items()):
        left = 1.0 + number * 3.05
        ax = axes(figure, left, 0.55, 2.2, tall)
        _draw_bins(ax, [(names.index(_range(each)), each) for each in found], style)
        ax.set_ylim(-0.5, len(names) - 0.5)
        ax.set_yticks(range(len(names)), names if not number else [""] * len(names))
        ax.set_xlim(0, 100)
        ax.set_xlabel(style.text(Text("判对的份额（%）", "Right answers (%)")))
        note(figure, left, tall + 0.72, style.text(_titles(numbers)[kind]))
        note(figure, left + 2.72, tall + 0.72, "n", color=style.muted, ha="right")
    return figure


def _draw_bins(ax: Axes, rows: list[tuple[int, Bin]], style: Style) -> None:
    color, beside = style.color("baseline"), ax.get_yaxis_transform()
    for y, each in rows:
        of = each.right
        ax.plot([100 * of.low, 100 * of.high], [y, y], color=color, lw=2.5, alpha=0.5)
        ax.plot(100 * of.k / of.n, y, "o", color=color, ms=6, zorder=3, clip_on=False, gid="right")
        ax.plot(
            100 * each.probability,
            y,
            "|",
            color=style.ink,
            ms=11,
            mew=1.8,
            zorder=4,
            clip_on=False,
            gid="probability",
        )
        ax.text(
            1.235,
            y,
            f"{of.n:,}",
            transform=beside,
            ha="right",
            va="center_baseline",
            fontsize=SMALL,
            color=style.muted,
        )


def describe(numbers: Calibration) -> Description:
    """How far apart probability and accuracy are, and a row for each bin."""
    errors = {name: percent(error) for name, error in numbers.errors.items()}
    titles = _titles(numbers)
    listing = listed(
        titles[kind]
        + Text("：", ": ")
        + same(
            ", ".join(
                f"{_range(each)} % {percent(each.right.k / each.right.n, 0)} (n = {each.right.n})"
                for each in found
            )
        )
        for kind, found in numbers.bins.items()
    )
    network = numbers.network.text
    return Description(
        title=Text(
            f"概率与判对的份额，平均相差 {errors['test']}；图像平移之后相差 {errors['shifted']}",
            f"Probability and share of right answers differ by {errors['test']} on average, on "
            f"shifted images by {errors['shifted']}",
        ),
        alt=Text(
            f"两幅图，每段概率一行：点是判对的份额，竖线是平均概率。{listing.zh}。",
            "Two panels with a row for each range of probability: a dot for the share of right "
            f"answers, a tick for the mean probability. {listing.en}.",
        ),
        caption=Text(
            f"{network.zh}：按所答类别的概率分段。点：判对的份额，横线是它的 95{SPACE}% 区间"
            "（Wilson）；竖线：该段的平均概率，校准得好时应落在点上。n 是该段的回答数。右：同样的"
            f"图像，向右、向下各平移 1 到 {numbers.most} 个像素。标题中的数是期望校准误差："
            "各段两者之差，按回答数加权平均。",
            f"Answers of {network.en} by the probability of the class named. Dots: share of right "
            f"answers, with its 95{SPACE}% interval (Wilson). Ticks: the mean probability, where "
            "the dot should be. n is the number of answers. Right: the same images shifted "
            f"by 1 to {numbers.most} pixels to the right and, separately, down. The title gives "
            "the expected calibration error, the gap of the two, weighted by answers.",
        ),
        rows=[
            {
                "images": kind,
                "from": each.low,
                "to": each.high,
                "answers": each.right.n,
                "right": each.right.k,
                "low": float(each.right.low),
                "high": float(each.right.high),
                "mean_probability": each.probability,
            }
            for kind, found in numbers.bins.items()
            for each in found
        ],
    )


def _titles(numbers: Calibration) -> dict[str, Text]:
    most = numbers.most
    return {
        "test": Text("测试图像", "Test images"),
        "shifted": Text(f"平移 1 到 {most} 像素", f"Shifted by 1 to {most} pixels"),
    }


def _range(each: Bin) -> str:
    """Its bounds in percent: 99–99.9."""
    return f"{np.round(100 * each.low, 4):g}–{np.round(100 * each.high, 4):g}"
