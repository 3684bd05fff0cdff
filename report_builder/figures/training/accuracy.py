"""Test accuracy of one variant after every epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import Share, curve, share, solved
from report_builder.evidence.fates import Fate, fate
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import KEY, count_each, draw_key
from report_builder.figures.toolkit.layout import WIDTH, axes, end_labels, epoch_axis, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import title_of
from report_builder.figures.training.lines import (
    LEFT,
    RIGHT,
    THIN,
    accuracy_limits,
    draw_accuracy,
    last_median,
)
from report_builder.results.fate_words import fates_explained, fates_in_words, goal_in_words
from report_builder.text import SPACE, Text, percent, plural, same
from xo.data.card import goal
from xo.variants import Variant

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure


class Accuracy(NamedTuple):
    """Accuracies, 0 to 1."""

    variant: Variant
    seeds: tuple[int, ...]
    values: np.ndarray  # (seeds, epochs)
    goal: float  # from which a run has solved its task
    blind: float  # of a guess that always names the most common class
    solved: Share  # of the seeds, at the last epoch
    fates: tuple[Fate, ...]  # of the seeds


def measure(evidence: Evidence, name: str) -> Accuracy:
    variant, runs = evidence.variant(name), evidence.runs(name)
    return Accuracy(
        variant,
        tuple(run.seed for run in runs),
        curve(runs, "test_accuracy"),
        goal(evidence.data),
        blind_accuracy(evidence, variant),
        share(int(solved(runs).sum()), len(runs)),
        tuple(fate(run) for run in runs),
    )


def blind_accuracy(evidence: Evidence, variant: Variant) -> float:
    """The share of the most common class among the images that a variant is tested on."""
    if variant.labels == "split":  # tested on all images, which it was trained on
        counts = np.array(evidence.runs(variant.name)[0].label_counts)
        return float((counts / counts.sum()).max())
    labels = evidence.data.test.labels
    return float(np.bincount(labels).max() / len(labels))


def draw(numbers: Accuracy, style: Style) -> Figure:
    values, blind, color = numbers.values, numbers.blind, style.color(numbers.variant.name)
    figure = sheet(style.text(_title(numbers)), 2.95 + KEY)
    ax = axes(figure, LEFT, 0.5 + KEY, WIDTH - LEFT - RIGHT, 2.35)
    draw_accuracy(style, ax, values, numbers.fates, color, numbers.goal, blind)
    draw_key(figure, style, numbers.fates, LEFT, 0.1)
    ax.set_ylim(*accuracy_limits(values, blind))
    epoch_axis(style, ax, values.shape[1])
    label = Text("测试准确率（%）", "Test accuracy (%)")
    if numbers.variant.labels == "split":
        label = Text("在所学图像上的准确率（%）", "Accuracy, same images (%)")
    ax.set_ylabel(style.text(label))
    median = last_median(values)
    middle = same(percent(median))
    if len(values) > 1:
        middle += Text("（中位数）", " (median)")
    ends = (
        (
            blind,
            same(percent(blind)) + Text("（猜一类）", " (blind guess)"),
            style.color("chance"),
        ),
        (
            numbers.goal,
            same(goal_in_words(numbers.goal)) + Text("（学会）", " (solved)"),
            style.muted,
        ),
        (median, middle, color),
    )
    end_labels(ax, [(100 * height, style.text(words), color) for height, words, color in ends])
    return figure


def describe(numbers: Accuracy) -> Description:
    variant, values, solved = numbers.variant, numbers.values, numbers.solved
    n, epochs = values.shape
    low, middle, high = map(
        percent, (values[:, -1].min(), last_median(values), values[:, -1].max())
    )
    reached, at_least, at_most = (
        percent(each, 0) for each in (solved.k / solved.n, solved.low, solved.high)
    )
    counts, needed = count_each(numbers.fates), goal_in_words(numbers.goal)
    return Description(
        _title(numbers),
        Text(
            f"“{variant.zh}”的准确率曲线，{n} 个种子，{epochs} 轮。"
            f"最后一轮：中位数 {middle}，最低 {low}，最高 {high}。{{fates}}。",
            f"Accuracy curves of “{variant.en}”, {plural(n, 'seed')}, {plural(epochs, 'epoch')}. "
            f"Last epoch: median {middle}, lowest {low}, highest {high}. {{fates}}.",
        ).format(fates=fates_in_words(counts)),
        Text(
            f"每轮末的准确率；{THIN.zh}，粗线为中位数（n = {n}）。最后一轮达到 {needed} 算学会："
            f"{reached} 的训练学会了，95{SPACE}% 区间（Wilson）为 {at_least} 至 {at_most}。"
            "“猜一类”是总答最常见的那一类。",
            f"Accuracy after every epoch; {THIN.en}; the thick one is their median (n = {n}). "
            f"A run that ends at {needed} or more counts as solved: {reached} of the "
            f"runs, 95{SPACE}% interval (Wilson) {at_least} to {at_most}. "
            "A blind guess always names the most common class.",
        )
        + fates_explained(counts),
        rows_by_epoch(numbers),
    )


def rows_by_epoch(numbers: Accuracy) -> list[dict[str, str | int | float]]:
    """A row for each seed and epoch."""
    return [
        {"seed": seed, "fate": fate, "epoch": e, "test_accuracy": float(value)}
        for seed, fate, line in zip(numbers.seeds, numbers.fates, numbers.values)
        for e, value in enumerate(line, 1)
    ]


def _title(numbers: Accuracy) -> Text:
    n = len(numbers.fates)
    return title_of(numbers.variant) + Text(
        f"，{n} 次训练：{{fates}}", f", {plural(n, 'run')}: {{fates}}"
    ).format(fates=fates_in_words(count_each(numbers.fates)))
