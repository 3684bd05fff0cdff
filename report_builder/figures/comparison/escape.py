"""When seeds escape from chance: the share that has solved the task by each epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import first_solved_epoch, solved_by_epoch
from report_builder.figures.comparison.variant_rows import each_variant
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import SMALL, WIDTH, apart, axes, epoch_axis, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, title_of
from report_builder.text import Text, percent, plural, same
from xo.runs.record import SOLVED
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

LEFT, RIGHT = 0.78, 2.25  # inches for the y axis and for the labels at the ends of lines
DASHES = ("-", (0, (5, 1.5)), (0, (3, 1, 1, 1)), (0, (1, 1)))
GOAL = percent(SOLVED, 0)


class Line(NamedTuple):
    """One variant."""

    variant: Variant
    first_solved: np.ndarray  # (seeds,), the first epoch in which a seed solves; infinite if none
    share: np.ndarray  # (epochs,), 0 to 1, of the seeds that have solved by then

    @property
    def seeds(self) -> int:
        return len(self.first_solved)

    @property
    def epochs(self) -> int:
        return len(self.share)

    @property
    def solved(self) -> int:
        """Seeds that solve in any epoch."""
        return int(np.isfinite(self.first_solved).sum())


class Escape(NamedTuple):
    lines: tuple[Line, ...]  # of variants that learn the classes


def measure(evidence: Evidence) -> Escape:
    lines = []
    for variant in class_variants(evidence.variants):
        runs = evidence.runs(variant.name)
        first = first_solved_epoch(runs)
        lines.append(Line(variant, first, solved_by_epoch(first, len(runs[0].epochs))))
    return Escape(tuple(lines))


def draw(numbers: Escape, style: Style) -> Figure:
    figure = sheet(style.text(_title(numbers)), 3.6)
    ax = axes(figure, LEFT, 0.5, WIDTH - LEFT - RIGHT, 3.0)
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
        ax.plot(line.epochs, values[-1], "|", color=color, ms=9, mew=1.8)
    most = max(line.epochs for line in numbers.lines)
    ax.set(xlim=(0, most), ylim=(0, 102))
    epoch_axis(style, ax, most)
    label = Text(f"已达到 {GOAL} 的种子（%）", f"Seeds that have reached {GOAL} (%)")
    ax.set_ylabel(style.text(label))
    _label_lines(ax, numbers.lines, style)
    return figure


def _label_lines(ax: Axes, lines: tuple[Line, ...], style: Style) -> None:
    heights = apart([100 * line.share[-1] / 102 for line in lines], 0.062, 0.02, 0.98)
    for y, line in zip(heights, lines):
        text = f"{style.text(title_of(line.variant))}  {_count(line.share[-1], line)}/{line.seeds}"
        color = style.color(line.variant.name)
        ax.text(1.02, y, text, color=color, fontsize=SMALL, va="center", transform=ax.transAxes)


def _count(share: float, line: Line) -> int:
    return int(round(share * line.seeds))


def describe(numbers: Escape) -> Description:
    counts = [same(f"{line.solved}/{line.seeds}") for line in numbers.lines]
    variants = [line.variant for line in numbers.lines]
    return Description(
        _title(numbers),
        Text(
            f"阶梯线，每个变体一条：到每一轮为止已达到 {GOAL} 的种子所占比例。最后：{{each}}。",
            "Step lines, one for each variant: the share of seeds that have reached "
            f"{GOAL} by each epoch. At the end: {{each}}.",
        ).format(each=each_variant(variants, counts, same("; "))),
        Text(
            f"逃离瞎猜的轮次的经验分布：一个种子在测试准确率首次达到 {GOAL} 的那一轮计入。"
            "竖记号是该变体训练的最后一轮，此时还没有达到的种子是删失的：再训练下去会怎样，"
            "这里不知道。右侧是达到过的种子数和总数。",
            "Empirical distribution of the epoch of escape from chance: a seed counts from the "
            f"epoch in which its test accuracy first reaches {GOAL}. An upright mark is the "
            "variant's last epoch; seeds that have not reached it by then are censored: what more "
            "epochs would bring is not known. At the right, seeds that have reached it, of all.",
        ),
        [
            {
                "variant": line.variant.name,
                "epoch": e,
                "escaped": _count(share, line),
                "n": line.seeds,
                "share": float(share),
            }
            for line in numbers.lines
            for e, share in enumerate(line.share, 1)
        ],
    )


def _title(numbers: Escape) -> Text:
    every = np.concatenate([line.first_solved for line in numbers.lines])
    solved = every[np.isfinite(every)]
    if not len(solved):
        return Text(
            f"{len(every)} 次训练没有一次达到 {GOAL}",
            f"None of {plural(len(every), 'run')} reaches {GOAL}",
        )
    first, last, never = solved.min(), solved.max(), len(every) - len(solved)
    return Text(
        f"首次达到 {GOAL} 的轮次：最早第 {first:.0f} 轮，最晚第 {last:.0f} 轮，"
        f"{len(every)} 次中有 {never} 次始终没有",
        f"Seeds first reach {GOAL} between epoch {first:.0f} and epoch {last:.0f}; "
        f"{never} of {len(every)} never do",
    )
