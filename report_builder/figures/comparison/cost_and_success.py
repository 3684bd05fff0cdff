"""Whether slower and larger networks solve the task more often."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.figures.comparison.variant_rows import (
    MeasuredVariant,
    each_variant,
    in_seconds,
    large,
    log_axis,
    measure_variant,
    round_count,
    row_panels,
    write_beside,
)
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, title_of
from report_builder.text import SPACE, Text, number, same

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

HEADINGS = (
    Text("学会的比例（%）", "Share that solves it (%)"),
    Text("每轮秒数（对数）", "Seconds per epoch (log)"),
    Text("参数（对数）", "Parameters (log)"),
)


class CostAndSuccess(NamedTuple):
    rows: tuple[
        MeasuredVariant, ...
    ]  # of variants that learn the classes, in the order of the study

    @property
    def by_success(self) -> list[MeasuredVariant]:
        """The largest share first, of equal ones the fastest."""
        return sorted(self.rows, key=lambda row: (-row.solved.k / row.solved.n, row.median_seconds))


def measure(evidence: Evidence) -> CostAndSuccess:
    variants = class_variants(evidence.variants)
    return CostAndSuccess(tuple(measure_variant(evidence, v) for v in variants))


def draw(numbers: CostAndSuccess, style: Style) -> Figure:
    rows = numbers.by_success
    variants = [row.variant for row in rows]
    figure, panels = row_panels(style, _title(numbers), variants, HEADINGS, 0.92, 0.08)
    shares, seconds, parameters = panels
    shares.set_xlim(0, 100)
    log_axis(seconds, [row.median_seconds for row in rows])
    log_axis(parameters, [row.parameters for row in rows], round_count(style))
    for y, row in enumerate(rows):
        color, s = style.color(row.variant.name), row.solved
        shares.plot([100 * s.low, 100 * s.high], [y, y], color=color, lw=2.5, alpha=0.5)
        for ax, x, words in (
            (shares, 100 * s.k / s.n, same(f"{s.k}/{s.n}")),
            (seconds, row.median_seconds, in_seconds(row.median_seconds)),
            (parameters, row.parameters, large(row.parameters)),
        ):
            ax.plot(x, y, "o", color=color, ms=7, clip_on=False, zorder=3)
            write_beside(ax, y, style.text(words), color, 1.16 if ax is shares else 1.1)
    return figure


def describe(numbers: CostAndSuccess) -> Description:
    rows = numbers.by_success
    words = [
        same(f"{row.solved.k}/{row.solved.n}")
        + Text("，", ", ")
        + in_seconds(row.median_seconds)
        + Text("，", ", ")
        + same(f"{row.parameters:,}")
        for row in rows
    ]
    each = each_variant([row.variant for row in rows], words, Text("；", "; "), same(" "))
    return Description(
        _title(numbers),
        Text(
            "三列点图，每个变体一行，按学会的比例排列："
            "学会的比例和区间、每轮秒数、参数数。{each}。",
            "Three columns of dots, a row for each variant in the order of success: share that "
            "solves the task with its interval, seconds per epoch, parameters. {each}.",
        ).format(each=each),
        Text(
            f"各行按学会的比例从高到低。左列横线是 95{SPACE}% 区间（Wilson），"
            "数字是学会的种子数和总数。秒数：每个种子取各轮的中位数，点是这些数的中位数，只计训练，在训练所用的机器上测得。"
            "若更慢或更大的网络学会得更多，右两列的点会自下而上向右移。",
            "Rows in the order of the share that solves the task. Lines at the left are "
            f"95{SPACE}% intervals (Wilson), the numbers seeds that solve it, of all. Seconds: of "
            "each seed the median of its epochs, dots are medians of these; training alone, on the "
            "machine that trained. If slower or larger networks solved it more often, the dots of "
            "the other columns would move right from the bottom up.",
        ),
        [
            {
                "variant": row.variant.name,
                "solved": row.solved.k,
                "n": row.solved.n,
                "low": row.solved.low,
                "high": row.solved.high,
                "epoch_seconds": row.median_seconds,
                "parameters": row.parameters,
            }
            for row in rows
        ],
    )


def _title(numbers: CostAndSuccess) -> Text:
    slow = max(numbers.rows, key=lambda row: row.median_seconds)
    quick = min(numbers.rows, key=lambda row: row.median_seconds)
    differ = slow.solved.low > quick.solved.high or quick.solved.low > slow.solved.high
    return Text(
        "“{slow}”一轮的时间是“{quick}”的 {times} 倍，学会的比例{differ}",
        '"{slow}" takes {times} times as long an epoch as "{quick}"; '
        "the shares that solve the task {differ}",
    ).format(
        slow=title_of(slow.variant),
        quick=title_of(quick.variant),
        times=number(slow.median_seconds / max(quick.median_seconds, 1e-9), 2),
        differ=Text("不同", "differ") if differ else Text("却分不出高下", "cannot be told apart"),
    )
