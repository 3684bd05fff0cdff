"""How the runs of each variant ended, and the share that solved its task with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.evidence.estimates import Share, share, solved
from report_builder.evidence.fates import FATES, Fate, count_fates
from report_builder.figures.comparison.variant_rows import (
    NAMES,
    each_variant,
    label_rows,
    write_beside,
)
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import KEY, columns, draw_key, mark
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, k_of_n_runs
from report_builder.results.fate_words import fates_explained, fates_in_words, goal_in_words
from report_builder.text import EMPTY, SPACE, Text, percent, plural
from xo.data.card import goal
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

ROW = 0.5  # inches
ROOM = 0.28  # inches that a mark and a count take


class Solved(NamedTuple):
    variants: tuple[Variant, ...]
    goal: float  # accuracy from which a run has solved its task
    shares: tuple[Share, ...]  # of each variant's seeds
    counts: tuple[dict[Fate, int], ...]  # of each variant's seeds

    @property
    def compared(self) -> list[Share]:
        """Those of variants that learn the classes, or all where each learns the split."""
        chosen = class_variants(self.variants)
        return [s for v, s in zip(self.variants, self.shares) if v in chosen]

    @property
    def fates(self) -> list[Fate]:
        """Those that occur."""
        return [fate for fate in FATES if any(counts[fate] for counts in self.counts)]

    @property
    def compared_counts(self) -> dict[Fate, int]:
        """Of the runs of the same variants as `compared`."""
        chosen = class_variants(self.variants)
        found = [each for v, each in zip(self.variants, self.counts) if v in chosen]
        return {fate: sum(counts[fate] for counts in found) for fate in FATES}


def measure(evidence: Evidence) -> Solved:
    reached = [solved(evidence.runs(variant.name)) for variant in evidence.variants]
    return Solved(
        evidence.variants,
        goal(evidence.data),
        tuple(share(int(k.sum()), len(k)) for k in reached),
        tuple(count_fates(evidence.runs(variant.name)) for variant in evidence.variants),
    )


def draw(numbers: Solved, style: Style) -> Figure:
    tall = ROW * len(numbers.variants)
    figure = sheet(style.text(_title(numbers)), tall + 0.6 + KEY)
    ax = axes(figure, NAMES, 0.5 + KEY, WIDTH - NAMES - 1.75, tall)
    label_rows(style, ax, numbers.variants)
    for y, (variant, s) in enumerate(zip(numbers.variants, numbers.shares)):
        draw_fates(ax, y - 0.12, numbers.counts[y], style)
        color, learns_classes = style.color(variant.name), variant.labels == "class"
        below = y + 0.27  # the bar
        ax.plot([100 * s.low, 100 * s.high], [below, below], color=color, lw=2.5, alpha=0.55)
        ax.plot(
            100 * s.k / s.n,
            below,
            color=color,
            ms=8,
            marker="o" if learns_classes else "D",
            mfc=color if learns_classes else style.ground,
            mew=1.8,
            zorder=3,
            clip_on=False,
        )
        count = style.text(Text(f"{s.n} 次中 {s.k} 次", f"{s.k} of {s.n}"))
        write_beside(ax, y, f"{count}  ({100 * s.low:.0f}–{percent(s.high, 0)})", color, 1.045)
    ax.set_xlim(0, 100)
    ax.set_xlabel(style.text(Text("占全部训练的比例（%）", "Share of runs (%)")))
    draw_key(figure, style, numbers.fates, NAMES, 0.1, counted=False)
    return figure


def draw_fates(ax: Axes, height: float, counts: dict[Fate, int], style: Style) -> None:
    """A bar of the shares of fates in percent, one after another from the best, each with its mark
    and, where there is room, its count; `height` is that of its middle.
    """
    n, left = sum(counts.values()), 0.0
    wide = ax.get_window_extent().width / ax.figure.dpi  # inches
    for fate, k in counts.items():
        if not k:
            continue
        share = 100 * k / n
        color, ground = style.color(fate), style.ground
        ax.barh(height, share, left=left, height=0.48, color=color, edgecolor=ground, lw=0.8)
        middle, counted = left + share / 2, wide * k / n >= ROOM
        aside = 100 * ROOM / wide / 4 if counted else 0.0
        look = mark(fate, style, 5) | {"color": ground}
        ax.plot(middle - aside, height, gid=fate, **look)
        if counted:
            ax.text(middle, height, f"{k}", color=ground, va="center_baseline", fontsize=SMALL)
        left += share


def describe(numbers: Solved) -> Description:
    variants, shares = numbers.variants, numbers.shares
    counts, needed = [fates_in_words(each) for each in numbers.counts], goal_in_words(numbers.goal)
    caption = Text(
        "色条是各种结局所占的比例，其中的数是训练次数。条下的点是学会的比例（最后一轮的准确率达到"
        f"{SPACE}{needed}），横线和括号里是它的 95{SPACE}% 区间（Wilson）。各变体的 n 见右侧，"
        f"共 {sum(s.n for s in shares)} 次训练。",
        "Bars are the shares of runs that ended in each way, with their numbers. Dots below them "
        f"are the shares that solved the task (an accuracy of {needed} or more in the last epoch), "
        f"lines and brackets their 95{SPACE}% intervals (Wilson); n stands at the right, "
        f"{plural(sum(s.n for s in shares), 'run')} in all.",
    )
    others = sum(variant.labels != "class" for variant in variants)
    if others:
        caption += Text(
            f"空心菱形（{others} 个变体）：标签或图像数与其他变体不同，不计入标题。",
            f" Open diamonds ({plural(others, 'variant')}): of "
            "other labels or other numbers of images; not counted in the title.",
        )
    of = Text("（不计这些）", ", these left out") if others else EMPTY
    caption += fates_explained(numbers.compared_counts, of)
    return Description(
        _title(numbers),
        Text(
            "每个变体一行：各种结局比例的色条，条下的点是学会的比例，横线是它的区间。{each}。",
            "A row for each variant: a bar of how its runs ended, below it a dot for the share "
            "that solves and a line for its interval. {each}.",
        ).format(each=each_variant(variants, counts, Text("；", "; "))),
        caption,
        [
            {
                "variant": variant.name,
                **columns(fates),
                "n": s.n,
                "share": s.k / s.n,
                "low": float(s.low),
                "high": float(s.high),
            }
            for variant, s, fates in zip(variants, shares, numbers.counts)
        ],
    )


def _title(numbers: Solved) -> Text:
    shares = numbers.compared
    mixed = sum(0 < s.k < s.n for s in shares)
    if mixed:
        return Text(
            f"能否学会要看随机种子：{len(shares)} 个网络中有 {mixed} 个，"
            "同一网络有的种子学会、有的没有",
            f"Learning is a matter of the random seed: in {mixed} of "
            f"{plural(len(shares), 'network')}, some seeds solve the task and others do not",
        )
    k, n = sum(s.k for s in shares), sum(s.n for s in shares)
    title = k_of_n_runs(k, n)
    title += Text("学会了；", f" {'solves' if 1 in (k, n) else 'solve'} the task; ")
    if all(s.n == 1 for s in shares):
        return title + Text(
            "每个网络只有一个种子，看不出种子的影响",
            "one seed per network cannot tell what the seed does",
        )
    return title + Text("没有一个网络的种子之间结果不同", "no network's seeds disagree")
