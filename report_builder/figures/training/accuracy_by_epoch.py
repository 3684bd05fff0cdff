"""Test accuracy after every epoch, a small panel for each variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from report_builder.evidence.fates import Fate
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.fates import KEY, count_each, draw_key, mark
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, epoch_axis, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, joined, title_of, wrap
from report_builder.figures.training.accuracy import Accuracy, rows_by_epoch
from report_builder.figures.training.accuracy import measure as measure_one
from report_builder.figures.training.lines import LEFT, THIN, accuracy_limits, draw_accuracy
from report_builder.results.fate_words import fates_explained, fates_in_words, goal_in_words
from report_builder.text import Text, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

COLUMNS = 4
TALL, GAP, FOOT = 1.2, 0.22, 0.5  # inches: a panel, between panels, the x axis below all
LINE = 0.165  # inches of a line of a panel's heading
COUNT = 0.34  # inches of a mark and how often it occurs


class AccuracyByEpoch(NamedTuple):
    panels: tuple[Accuracy, ...]

    @property
    def compared(self) -> list[Fate]:
        """Of each run that learns the classes; of all where each learns the split."""
        chosen = class_variants([panel.variant for panel in self.panels])
        return [fate for panel in self.panels if panel.variant in chosen for fate in panel.fates]


def measure(evidence: Evidence) -> AccuracyByEpoch:
    return AccuracyByEpoch(tuple(measure_one(evidence, v.name) for v in evidence.variants))


def draw(numbers: AccuracyByEpoch, style: Style) -> Figure:
    panels = numbers.panels
    columns = min(COLUMNS, len(panels))
    lines = -(-len(panels) // columns)
    wide = (WIDTH - LEFT - 0.1 - GAP * (columns - 1)) / columns
    fits = int((wide + GAP / 2) * 15.5)  # half-width columns of text
    headings = [wrap(style.text(title_of(panel.variant)), fits)[:3] for panel in panels]
    head = 0.3 + LINE * max(map(len, headings))
    figure = sheet(style.text(_title(numbers)), lines * (TALL + head) + FOOT + KEY)
    values = np.concatenate([panel.values.ravel() for panel in panels])
    limits = accuracy_limits(values, min(panel.blind for panel in panels))
    epochs = max(panel.values.shape[1] for panel in panels)
    for i, (panel, heading) in enumerate(zip(panels, headings)):
        row, column = divmod(i, columns)
        bottom = FOOT + KEY + (lines - 1 - row) * (TALL + head)
        ax = axes(figure, LEFT + column * (wide + GAP), bottom, wide, TALL)
        color = style.color(panel.variant.name)
        draw_accuracy(style, ax, panel.values, panel.fates, color, panel.goal, panel.blind)
        ax.set_ylim(*limits)
        epoch_axis(style, ax, epochs, ticks=4)
        ax.set_xlim(0.5, epochs + 0.5)
        _label(ax, panel, heading, style)
        if column:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel(style.text(Text("准确率（%）", "Accuracy (%)")))
        if i + columns < len(panels):
            ax.tick_params(labelbottom=False)
            ax.set_xlabel("")
    every = [fate for panel in panels for fate in panel.fates]
    draw_key(figure, style, every, LEFT, 0.1, counted=False)
    return figure


def _label(ax: Axes, panel: Accuracy, heading: list[str], style: Style) -> None:
    """Writes the variant's name above a panel, and how many of its seeds met each fate."""
    wide = ax.get_window_extent().width / ax.figure.dpi  # inches
    met = [(fate, k) for fate, k in count_each(panel.fates).items() if k]
    place: dict[str, Any] = {"transform": ax.transAxes, "clip_on": False}
    for i, (fate, k) in enumerate(met):
        x = i * COUNT / wide
        ax.plot(x + 0.05 / wide, 1.04 + 0.06 / TALL, **mark(fate, style, 6), **place)
        color = style.color(fate)
        ax.text(x + 0.13 / wide, 1.04, f"{k}", color=color, fontsize=SMALL, **place)
    ax.text(
        0,
        1.04 + LINE / TALL,
        "\n".join(heading),
        color=style.color(panel.variant.name),
        fontsize=SMALL,
        linespacing=1.15,
        transform=ax.transAxes,
    )


def describe(numbers: AccuracyByEpoch) -> Description:
    panels, n = numbers.panels, len(numbers.compared)
    needed = goal_in_words(panels[0].goal)
    each = joined(
        (
            title_of(panel.variant) + Text("：", ": ") + fates_in_words(count_each(panel.fates))
            for panel in panels
        ),
        "；",
        "; ",
    )
    return Description(
        _title(numbers),
        Text(
            f"{len(panels)} 个小图，每个变体一个，画出每轮的准确率。训练怎样结束：{{each}}。",
            f"{plural(len(panels), 'panel')}, one for each variant, with accuracy by epoch. "
            "How runs ended: {each}.",
        ).format(each=each),
        Text(
            f"各变体每轮末的准确率，坐标相同；{THIN.zh}，粗线为中位数。"
            f"虚线为 {needed}（学会），点线为随机猜测。标题不计标签或图像数不同的变体（n = {n}）；"
            "其中文件夹取错的学的是图像来自哪个子集，并在这些图像上测。",
            f"Accuracy after every epoch on equal axes; {THIN.en}; the thick one is their median. "
            f"Dashed: {needed} (solved); dotted: a blind guess. The title leaves out "
            f"variants of other labels or numbers of images (n = {n}); those of the wrong folder "
            "learn which "
            "split an image came from, and are measured on those same images.",
        )
        + fates_explained(count_each(numbers.compared)),
        [
            {"variant": panel.variant.name, **row}
            for panel in panels
            for row in rows_by_epoch(panel)
        ],
    )


def _title(numbers: AccuracyByEpoch) -> Text:
    n = len(numbers.compared)
    return Text(f"{n} 次训练：{{fates}}", f"{plural(n, 'run')}: {{fates}}").format(
        fates=fates_in_words(count_each(numbers.compared))
    )
