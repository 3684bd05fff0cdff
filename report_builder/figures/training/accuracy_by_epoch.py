"""Test accuracy after every epoch, a small panel for each variant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, epoch_axis, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import class_variants, joined, k_of_n_runs, title_of, wrap
from report_builder.figures.training.accuracy import GOAL, Accuracy, rows_by_epoch
from report_builder.figures.training.accuracy import measure as measure_one
from report_builder.figures.training.lines import LEFT, accuracy_limits, draw_accuracy
from report_builder.text import Text, plural, same
from xo.runs.record import SOLVED

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

COLUMNS = 4
TALL, GAP, FOOT = 1.2, 0.22, 0.5  # inches: a panel, between panels, the x axis below all
LINE = 0.165  # inches of a line of a panel's heading


class AccuracyByEpoch(NamedTuple):
    panels: tuple[Accuracy, ...]

    @property
    def compared(self) -> list[np.ndarray]:
        """`(epochs,)` of each run that learns the classes; of all where each learns the split."""
        chosen = class_variants([panel.variant for panel in self.panels])
        return [line for panel in self.panels if panel.variant in chosen for line in panel.values]


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
    figure = sheet(style.text(_title(numbers)), lines * (TALL + head) + FOOT)
    values = np.concatenate([panel.values.ravel() for panel in panels])
    limits = accuracy_limits(values, min(panel.blind for panel in panels))
    epochs = max(panel.values.shape[1] for panel in panels)
    for i, (panel, heading) in enumerate(zip(panels, headings)):
        row, column = divmod(i, columns)
        bottom = FOOT + (lines - 1 - row) * (TALL + head)
        ax = axes(figure, LEFT + column * (wide + GAP), bottom, wide, TALL)
        draw_accuracy(style, ax, panel.values, style.color(panel.variant.name), panel.blind)
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
    return figure


def _label(ax: Axes, panel: Accuracy, heading: list[str], style: Style) -> None:
    """Writes the variant's name and how many of its seeds solve the task above a panel."""
    k, n = panel.solved.k, panel.solved.n
    count = style.text(Text(f"学会 {k}/{n}", f"{k} of {n} solve"))
    ax.text(0, 1.04, count, color=style.muted, fontsize=SMALL, transform=ax.transAxes)
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
    each = joined(
        (title_of(p.variant) + same(f": {p.solved.k}/{p.solved.n}") for p in panels), "; ", "; "
    )
    return Description(
        _title(numbers),
        Text(
            f"{len(panels)} 个小图，每个变体一个，画出每轮的准确率。学会的次数：{{each}}。",
            f"{plural(len(panels), 'panel')}, one for each variant, with accuracy by epoch. "
            "Runs that solve: {each}.",
        ).format(each=each),
        Text(
            "各变体每轮末的准确率，坐标相同；细线为单个种子，粗线为中位数。"
            f"虚线为 {GOAL}（学会），点线为瞎猜。标题不计重演两份反常日志的变体（n = {n}）；"
            "其中文件夹取错的学的是图像来自哪个子集，并在这些图像上测。",
            "Accuracy after every epoch on equal axes; thin lines are single seeds, the thick one "
            f"their median. Dashed: {GOAL} (solved); dotted: a blind guess. The title leaves out "
            f"the replays of the two odd logs (n = {n}); those of the wrong folder learn which "
            "split an image came from, and are measured on those same images.",
        ),
        [
            {"variant": panel.variant.name, **row}
            for panel in panels
            for row in rows_by_epoch(panel)
        ],
    )


def _title(numbers: AccuracyByEpoch) -> Text:
    runs = numbers.compared
    first = [int(np.argmax(line >= SOLVED)) + 1 for line in runs if line[-1] >= SOLVED]
    k, n = len(first), len(runs)
    reach = "reaches" if 1 in (k, n) else "reach"
    title = k_of_n_runs(k, n) + Text(f"达到 {GOAL}", f" {reach} {GOAL}")
    if first:
        title += Text(
            f"，最早在第 {min(first)} 轮，最晚在第 {max(first)} 轮",
            f", the earliest in epoch {min(first)}, the latest in epoch {max(first)}",
        )
    return title
