"""Accuracy, parameters and seconds per epoch of every variant, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.fates import FATES, Fate
from report_builder.figures.comparison.variant_rows import (
    NAMES,
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
from report_builder.figures.toolkit.fates import KEY, columns, count_each, draw_key, mark
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, joined, title_of
from report_builder.results.fate_words import fates_explained, fates_in_words
from report_builder.text import EMPTY, Text, number, percent, same
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

HEADINGS = (
    Text("最后一轮准确率（%）", "Final accuracy (%)"),
    Text("参数（对数）", "Parameters (log)"),
    Text("每轮秒数（对数）", "Seconds per epoch (log)"),
)


class VariantsCompared(NamedTuple):
    rows: tuple[MeasuredVariant, ...]

    @property
    def variants(self) -> list[Variant]:
        return [row.variant for row in self.rows]

    @property
    def fates(self) -> list[Fate]:
        """Of every run."""
        return [fate for row in self.rows for fate in row.fates]


def measure(evidence: Evidence) -> VariantsCompared:
    measured = (measure_variant(evidence, each) for each in evidence.variants)
    return VariantsCompared(tuple(measured))


def draw(numbers: VariantsCompared, style: Style) -> Figure:
    rows = numbers.rows
    title, variants = _title(numbers), numbers.variants
    figure, panels = row_panels(style, title, variants, HEADINGS, 0.78, 0.12, foot=KEY)
    draw_key(figure, style, numbers.fates, NAMES, 0.1, counted=False)
    for y, row in enumerate(rows):
        _draw_row(panels, y, row, style)
        _draw_runs(panels[0], y, row, style)
    accuracy, parameters, seconds = panels
    lowest = 100 * min(row.accuracy.min() for row in rows)
    accuracy.set_xlim(lowest - 0.06 * (100 - lowest) - 1, 100 + 0.06 * (100 - lowest) + 1)
    log_axis(parameters, [row.parameters for row in rows], round_count(style))
    log_axis(seconds, np.concatenate([row.seconds for row in rows]))
    return figure


def _draw_row(panels: list[Axes], y: int, row: MeasuredVariant, style: Style) -> None:
    color, seconds = style.color(row.variant.name), row.seconds
    accuracy_ax, parameters_ax, seconds_ax = panels
    parameters_ax.plot(row.parameters, y, "o", color=color, ms=7)
    seconds_ax.plot([seconds.min(), seconds.max()], [y, y], color=color, lw=2.5, alpha=0.5)
    seconds_ax.plot(row.median_seconds, y, "o", color=color, ms=7)
    middle = 100 * row.median_accuracy
    accuracy_ax.plot(middle, y, "o", color=color, ms=7, clip_on=False, zorder=3)
    accuracy, time = same(percent(row.median_accuracy)), in_seconds(row.median_seconds)
    for ax, words in zip(panels, (accuracy, large(row.parameters), time)):
        write_beside(ax, y, style.text(words), color)


def _draw_runs(ax: Axes, y: int, row: MeasuredVariant, style: Style) -> None:
    """The mark of each run's fate at its accuracy, every fate at a height of its own."""
    for accuracy, fate in zip(row.accuracy, row.fates):
        height = y + 0.19 * (FATES.index(fate) - 1.5)
        ax.plot(100 * accuracy, height, **mark(fate, style), alpha=0.6, clip_on=False)


def describe(numbers: VariantsCompared) -> Description:
    rows = numbers.rows
    words = [
        joined([percent(row.median_accuracy), f"{row.parameters:,}", ""])
        + in_seconds(row.median_seconds)
        + Text("（", " (")
        + fates_in_words(count_each(row.fates))
        + Text("）", ")")
        for row in rows
    ]
    counts = sorted({len(row.accuracy) for row in rows})
    n = same(f"{counts[0]}")
    if len(counts) > 1:
        n += Text(f" 至 {counts[-1]}", f" to {counts[-1]}")
    chosen = class_variants(numbers.variants)
    compared = [fate for row in rows if row.variant in chosen for fate in row.fates]
    of = (
        Text("（不计标签或图像数不同的）", ", those of other labels or numbers left out")
        if len(chosen) < len(rows)
        else EMPTY
    )
    return Description(
        _title(numbers),
        Text(
            "三列点图，每个变体一行，依次为准确率中位数、参数数、每轮秒数，以及训练怎样结束："
            "{each}。",
            "Three columns of dots, a row for each variant: median accuracy, parameters, seconds "
            "per epoch, and how its runs ended. {each}.",
        ).format(each=each_variant(numbers.variants, words, same("; "))),
        Text(
            "准确率：小记号为单个种子，形状和颜色表示它怎样结束，大圆点为中位数（每个变体"
            " n = {n}）。秒数：每个种子取各轮的中位数，圆点为这些数的中位数，"
            "横线从最快的种子到最慢的；只计训练，不计测试，在训练所用的机器上测得。参数和秒数的横轴为对数。",
            "Accuracy: small marks are single seeds, in the shape and color of how they ended, "
            "large dots their median (n = {n} for each variant). "
            "Seconds: of each seed the median of its epochs; dots are medians of these, lines "
            "reach from the fastest seed to the slowest; training alone, without the test, on the "
            "machine that trained. Parameters and seconds are on log scales.",
        ).format(n=n)
        + fates_explained(count_each(compared), of),
        [
            {
                "variant": row.variant.name,
                "n": len(row.accuracy),
                **columns(count_each(row.fates)),
                "accuracy_median": row.median_accuracy,
                "accuracy_low": float(row.accuracy.min()),
                "accuracy_high": float(row.accuracy.max()),
                "parameters": row.parameters,
                "epoch_seconds_median": row.median_seconds,
                "epoch_seconds_low": float(row.seconds.min()),
                "epoch_seconds_high": float(row.seconds.max()),
            }
            for row in rows
        ],
    )


def _title(numbers: VariantsCompared) -> Text:
    rows = numbers.rows
    fast = min(rows, key=lambda row: row.median_seconds)
    slow = max(rows, key=lambda row: row.median_seconds)
    least, most = number(fast.median_seconds, 2), number(slow.median_seconds, 2)
    if len(rows) == 1:
        (row,) = rows
        return title_of(row.variant) + Text(
            f"：{row.parameters:,} 个参数，每轮 {least} 秒",
            f": {row.parameters:,} parameters, {least} s an epoch",
        )
    sizes = Text("参数 {few} 至 {many}", "parameters from {few} to {many}").format(
        few=large(min(row.parameters for row in rows)),
        many=large(max(row.parameters for row in rows)),
    )
    if least == most:
        same_time = Text(f"每轮都是 {least} 秒，", f"An epoch takes {least} s with each network; ")
        return same_time + sizes
    return Text(
        "每轮秒数：{fast} {least}，{slow} {most}；{sizes}",
        "Seconds per epoch from {least} ({fast}) to {most} ({slow}), {sizes}",
    ).format(
        fast=title_of(fast.variant),
        slow=title_of(slow.variant),
        least=least,
        most=most,
        sizes=sizes,
    )
