"""When seeds first solve their task: the share that has done so by each epoch, with those that
collapse before and those whose training ends before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.estimates import first_solved_epoch, solved_by_epoch
from report_builder.evidence.fates import collapse_epoch, dead_layers
from report_builder.figures.comparison.variant_rows import each_variant
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import mark
from report_builder.figures.toolkit.layout import (
    SMALL,
    WIDTH,
    apart,
    axes,
    epoch_axis,
    note,
    sheet,
)
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, title_of
from report_builder.results.fate_words import goal_in_words
from report_builder.text import EMPTY, Text, plural
from xo.data.card import goal
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

LEFT, RIGHT = 0.78, 2.25  # inches for the y axis and for the labels at the ends of lines
DASHES = ("-", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1, 1)))
CENSORED: dict[str, Any] = {"marker": "|", "ls": "", "ms": 9, "mew": 1.8}


class Line(NamedTuple):
    """One variant."""

    variant: Variant
    first_solved: np.ndarray  # (seeds,), the first epoch in which a seed solves; infinite if none
    collapse: np.ndarray  # (seeds,), the epoch in which a seed collapses; infinite if none
    share: np.ndarray  # (epochs,), 0 to 1, of the seeds that have solved by then
    dead: int  # collapsed seeds with a layer that responds to none of the sampled images

    @property
    def seeds(self) -> int:
        return len(self.first_solved)

    @property
    def epochs(self) -> int:
        return len(self.share)

    @property
    def reached(self) -> int:
        """Seeds that solve in any epoch."""
        return int(np.isfinite(self.first_solved).sum())

    @property
    def lost(self) -> np.ndarray:
        """`(seeds,)` bool: those that collapse without having solved before."""
        return np.isfinite(self.collapse) & ~np.isfinite(self.first_solved)

    @property
    def fallen_back(self) -> int:
        """Seeds that solve in some epoch and collapse later."""
        return int((np.isfinite(self.collapse) & np.isfinite(self.first_solved)).sum())

    @property
    def censored(self) -> int:
        """Seeds that have neither solved nor collapsed when training ends."""
        return self.seeds - self.reached - int(self.lost.sum())


class Escape(NamedTuple):
    lines: tuple[Line, ...]  # of variants that learn the classes
    goal: float  # accuracy from which a task is solved

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Seeds in all: that reach, that collapse before, that are censored, that fall back."""
        lines = self.lines
        return (
            sum(line.reached for line in lines),
            sum(int(line.lost.sum()) for line in lines),
            sum(line.censored for line in lines),
            sum(line.fallen_back for line in lines),
        )


def measure(evidence: Evidence) -> Escape:
    lines = []
    for variant in class_variants(evidence.variants):
        runs = evidence.runs(variant.name)
        first = first_solved_epoch(runs)
        collapse = np.array([collapse_epoch(run) or np.inf for run in runs])
        share = solved_by_epoch(first, len(runs[0].epochs))
        dead = sum(bool(collapse_epoch(run) and dead_layers(run)) for run in runs)
        lines.append(Line(variant, first, collapse, share, dead))
    return Escape(tuple(lines), goal(evidence.data))


def draw(numbers: Escape, style: Style) -> Figure:
    figure = sheet(style.text(_title(numbers)), 3.9)
    ax = axes(figure, LEFT, 0.8, WIDTH - LEFT - RIGHT, 3.0)
    for i, line in enumerate(numbers.lines):
        color, values = style.color(line.variant.name), 100 * line.share
        ax.step(
            [0, *range(1, line.epochs + 1)],
            [0, *values],
            where="post",
            color=color,
            lw=1.8,
            ls=DASHES[i % len(DASHES)],
            gid=line.variant.name,
        )
        for epoch in np.unique(line.collapse[np.isfinite(line.collapse)]):
            ax.plot(epoch, values[int(epoch) - 1], **mark("collapsed", style, 6), clip_on=False)
        if line.censored:
            ax.plot(line.epochs, values[-1], color=color, **CENSORED)
    most = max(line.epochs for line in numbers.lines)
    ax.set(xlim=(0, most), ylim=(0, 102))
    epoch_axis(style, ax, most)
    needed = goal_in_words(numbers.goal)
    label = Text(f"已达到过 {needed} 的种子（%）", f"Seeds that have reached {needed} (%)")
    ax.set_ylabel(style.text(label))
    _label_lines(ax, numbers.lines, style)
    _draw_key(figure, numbers, style)
    return figure


def _draw_key(figure: Figure, numbers: Escape, style: Style) -> None:
    from matplotlib.lines import Line2D

    wide, tall = figure.get_size_inches()
    _, lost, censored, fallen_back = numbers.counts
    collapsed = Text("有种子崩溃", "a seed collapses")
    ended = Text("训练结束，还有种子没有达到", "training ends, seeds have not reached it")
    for x, shown, options, words in (
        (LEFT, lost + fallen_back, mark("collapsed", style, 6), collapsed),
        (LEFT + 1.6, censored, {"color": style.muted, **CENSORED}, ended),
    ):
        if shown:
            figure.add_artist(Line2D([(x + 0.05) / wide], [0.15 / tall], **options))
            note(figure, x + 0.16, 0.1, style.text(words), color=options["color"])


def _label_lines(ax: Axes, lines: tuple[Line, ...], style: Style) -> None:
    heights = apart([100 * line.share[-1] / 102 for line in lines], 0.062, 0.02, 0.98)
    for y, line in zip(heights, lines):
        text = f"{style.text(title_of(line.variant))}  {line.reached}/{line.seeds}"
        color = style.color(line.variant.name)
        ax.text(1.02, y, text, color=color, fontsize=SMALL, va="center", transform=ax.transAxes)


def describe(numbers: Escape) -> Description:
    variants = [line.variant for line in numbers.lines]
    ends = [_ends(line) for line in numbers.lines]
    _, lost, censored, fallen_back = numbers.counts
    needed = goal_in_words(numbers.goal)
    return Description(
        _title(numbers),
        Text(
            f"阶梯线，每个变体一条：到每一轮为止已达到过 {needed} 的种子所占比例。最后：{{each}}。",
            "Step lines, one for each variant: the share of seeds that have reached "
            f"{needed} by each epoch. At the end: {{each}}.",
        ).format(each=each_variant(variants, ends, Text("；", "; "))),
        Text(
            f"首次达到 {needed} 的轮次的累积发生率：一个种子在测试准确率首次达到 {needed} 的那一轮"
            "计入，右侧是达到过的种子数和总数。叉号是有种子崩溃的那一轮：崩溃是另一种结局，"
            f"{lost} 个种子在达到之前崩溃，{fallen_back} 个达到之后才崩溃，后者仍算达到过。"
            "竖记号是该变体训练的最后一轮，此时既没有达到、也没有崩溃的"
            f"种子（共 {censored} 个）是删失的：它们以后会怎样，这里没有观察。",
            f"Cumulative incidence of first reaching {needed}: a seed counts from the epoch in "
            "which its test accuracy first does so; at the right, seeds that have, of all. A cross "
            "marks an epoch in which a seed collapses, an end of its own: "
            f"{lost} collapsed before reaching {needed}, "
            f"{fallen_back} after it, and these still count as having reached it. An upright "
            "mark is the variant's last epoch where seeds have neither reached it nor collapsed by "
            f"then: these, {censored} in all, are censored, and what they would have done later "
            "was not observed.",
        )
        + _no_way_back(numbers),
        [
            {
                "variant": line.variant.name,
                "epoch": e,
                "reached": int((line.first_solved <= e).sum()),
                "collapsed_before": int((line.collapse[line.lost] <= e).sum()),
                "n": line.seeds,
                "share": float(share),
            }
            for line in numbers.lines
            for e, share in enumerate(line.share, 1)
        ],
    )


def _no_way_back(numbers: Escape) -> Text:
    """How many of the collapsed seeds more epochs could not bring back, and why."""
    dead = sum(line.dead for line in numbers.lines)
    collapsed = sum(int(np.isfinite(line.collapse).sum()) for line in numbers.lines)
    if not collapsed:
        return EMPTY
    return Text(
        f"崩溃的 {collapsed} 个中有 {dead} 个，某一层对抽查的训练图像全无响应，梯度传不过去，"
        "再训练也回不来。",
        f" In {dead} of the {collapsed} that collapsed, some layer responds to none of the sampled "
        "training images; no gradient gets past it, and more epochs would not bring them back.",
    )


def _ends(line: Line) -> Text:
    """How many seeds have reached it, collapsed before, are censored."""
    lost, censored = int(line.lost.sum()), line.censored
    return Text(
        f"{line.reached}/{line.seeds} 达到过"
        + f"，{lost} 个先崩溃" * bool(lost)
        + f"，{censored} 个删失" * bool(censored),
        f"{line.reached}/{line.seeds} reached it"
        + f", {lost} collapsed before" * bool(lost)
        + f", {censored} censored" * bool(censored),
    )


def _title(numbers: Escape) -> Text:
    every = np.concatenate([line.first_solved for line in numbers.lines])
    solved = every[np.isfinite(every)]
    reached, lost, censored, _ = numbers.counts
    needed = goal_in_words(numbers.goal)
    title = Text(
        f"{len(every)} 个种子没有一个达到过 {needed}",
        f"None of {plural(len(every), 'seed')} reaches {needed}",
    )
    if reached:
        first, last = solved.min(), solved.max()
        when = Text(f"第 {first:.0f} 轮", f"in epoch {first:.0f}")
        if first < last:
            when = Text(
                f"第 {first:.0f} 至 {last:.0f} 轮",
                f"between epoch {first:.0f} and epoch {last:.0f}",
            )
        title = Text(
            f"{len(every)} 个种子中有 {reached} 个达到过 {needed}（{{when}}）",
            f"{reached} of {plural(len(every), 'seed')} {'reaches' if reached == 1 else 'reach'} "
            f"{needed}, {{when}}",
        ).format(when=when)
    if lost:
        title += Text(
            f"；{lost} 个在此之前崩溃",
            f"; {lost} {'collapses' if lost == 1 else 'collapse'} before",
        )
    if censored:
        title += Text(
            f"；{censored} 个到训练结束还没有",
            f"; {censored} {'has' if censored == 1 else 'have'} not by the end of training",
        )
    return title
