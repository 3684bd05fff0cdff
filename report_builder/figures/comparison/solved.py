"""The share of seeds that solve their task, for each variant, with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.evidence.estimates import Share, share, solved
from report_builder.figures.comparison.variant_rows import (
    NAMES,
    ROW,
    each_variant,
    label_rows,
    write_beside,
)
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import WIDTH, axes, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, k_of_n_runs
from report_builder.text import SPACE, Text, percent, plural, same
from xo.runs.record import SOLVED
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure


class Solved(NamedTuple):
    variants: tuple[Variant, ...]
    shares: tuple[Share, ...]  # of each variant's seeds

    @property
    def compared(self) -> list[Share]:
        """Those of variants that learn the classes, or all where each learns the split."""
        chosen = class_variants(self.variants)
        return [s for v, s in zip(self.variants, self.shares) if v in chosen]


def measure(evidence: Evidence) -> Solved:
    reached = [solved(evidence.runs(variant.name)) for variant in evidence.variants]
    return Solved(evidence.variants, tuple(share(int(k.sum()), len(k)) for k in reached))


def draw(numbers: Solved, style: Style) -> Figure:
    tall = ROW * len(numbers.variants)
    figure = sheet(style.text(_title(numbers)), tall + 0.6)
    ax = axes(figure, NAMES, 0.5, WIDTH - NAMES - 1.75, tall)
    label_rows(style, ax, numbers.variants)
    for y, (variant, s) in enumerate(zip(numbers.variants, numbers.shares)):
        color, learns_classes = style.color(variant.name), variant.labels == "class"
        ax.plot([100 * s.low, 100 * s.high], [y, y], color=color, lw=2.5, alpha=0.55)
        ax.plot(
            100 * s.k / s.n,
            y,
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
    ax.set_xlabel(style.text(Text("学会的训练所占比例（%）", "Runs that solve (%)")))
    return figure


def describe(numbers: Solved) -> Description:
    variants, shares, goal = numbers.variants, numbers.shares, percent(SOLVED, 0)
    counts = [same(f"{s.k}/{s.n}") for s in shares]
    caption = Text(
        f"学会：最后一轮的准确率达到 {goal}。点是学会的比例，横线和括号里是 95{SPACE}% 区间"
        f"（Wilson）。各变体的 n 见右侧，共 {sum(s.n for s in shares)} 次训练。",
        f"Solved: an accuracy of {goal} or more in the last epoch. Dots are shares, lines and "
        f"brackets their 95{SPACE}% intervals (Wilson); n stands at the right, "
        f"{plural(sum(s.n for s in shares), 'run')} in all.",
    )
    others = sum(variant.labels != "class" for variant in variants)
    if others:
        caption += Text(
            f"空心菱形（{others} 个变体）：重演两份反常的日志，标签或图像数不同，不计入标题。",
            f" Open diamonds ({plural(others, 'variant')}): replays of the two odd logs, with "
            "other labels or other numbers of images; not counted in the title.",
        )
    return Description(
        _title(numbers),
        Text(
            "每个变体一行，点是学会的比例，横线是它的区间：{each}。",
            "A row for each variant, with a dot for the share of runs that solve and a line for "
            "its interval: {each}.",
        ).format(each=each_variant(variants, counts, same("; "))),
        caption,
        [
            {
                "variant": variant.name,
                "solved": s.k,
                "n": s.n,
                "share": s.k / s.n,
                "low": float(s.low),
                "high": float(s.high),
            }
            for variant, s in zip(variants, shares)
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
