"""What figures of the original's logs share: panels with its dots over curves of our runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.estimates import CHANCE
from report_builder.evidence.original_logs import Log, printed_rows
from report_builder.figures.toolkit.layout import DOTS, SMALL, WIDTH, axes, epoch_axis, note, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Axes, Evidence, Figure

LEFT, GAP = 0.72, 0.22  # inches: the y axis, between panels
TALL, LINE = 1.25, 0.165  # inches: a panel, a line of words
FOOT, TICKS = 0.5, 0.32  # inches below a panel: the x axis with its name, and without
COLUMNS = 3
TOP = 1.3 * CHANCE / 10  # of the y axes; what lies higher is cut off


def our_rows(evidence: Evidence, variant: str) -> np.ndarray | None:
    """`(n, epochs, rows)` as printed; None where there is no run, or none that prints."""
    runs = evidence.runs(variant)
    rows = printed_rows(runs) if runs else None
    return rows if rows is not None and rows.shape[2] else None


def panel_grid(style: Style, title: Text, rows: int, words: int) -> tuple[Figure, list[Axes]]:
    """A figure with `rows` of panels, room for `words` lines above each, and a key above all."""
    wide = (WIDTH - LEFT - 0.1 - GAP * (COLUMNS - 1)) / COLUMNS
    head = TICKS + LINE * words
    above = FOOT + rows * (TALL + head) - TICKS + 0.2
    figure = sheet(style.text(title), above + LINE)
    ours = Text("我们的种子（细）和中位数（粗）", "our seeds (thin), their median (thick)")
    for x, text, color in (
        (LEFT, Text("● 原报告", "● original"), style.color("published")),
        (LEFT + 1.2, ours, style.ink),
        (LEFT + 4.2, Text("···· 随机猜测的水平", "···· blind guess"), style.color("chance")),
    ):
        note(figure, x, above, style.text(text), color=color)
    return figure, [
        axes(
            figure,
            LEFT + i % COLUMNS * (wide + GAP),
            FOOT + (rows - 1 - i // COLUMNS) * (TALL + head),
            wide,
            TALL,
        )
        for i in range(rows * COLUMNS)
    ]


def draw_log(
    style: Style,
    ax: Axes,
    log: Log,
    ours: np.ndarray | None,
    color: str,
    level: float,
    inside: np.ndarray | None = None,
) -> None:
    """The log over our runs `(n, epochs, rows)`; `level` is what a blind guess prints.

    Dots of epochs that are not `inside`, `(epochs,)` bool, are open.
    """
    if ours is not None:
        shown = ours[:, : log.epochs]
        x, flat = _spread(shown.shape[1:]), shown.reshape(len(shown), -1)
        for line in flat:
            ax.plot(x, line, color=color, lw=0.7, alpha=0.35)
        ax.plot(x, np.median(flat, axis=0), color=color, lw=1.8, gid="median")
    x, y, published = _spread(log.rows.shape), log.rows.ravel(), style.color("published")
    full = np.ones(log.epochs, dtype=bool) if inside is None else inside
    full = np.repeat(full, log.rows.shape[1])
    size = 3 if len(x) <= 30 else 2.2  # points
    ax.plot(x, y, color=published, lw=0.5, gid="published")
    for which, face in ((full, published), (~full, style.ground)):
        dots: dict[str, Any] = {"ms": size, "mew": 0.7, "mfc": face, "zorder": 3}
        ax.plot(x[which], y[which], "o", color=published, **dots)
    ax.axhline(level, color=style.color("chance"), lw=1.2, ls=DOTS, zorder=1)
    ax.set(xlim=(0.5, log.epochs + 0.5), ylim=(-0.002, TOP))
    epoch_axis(style, ax, log.epochs, ticks=4)


def _spread(shape: Sequence[int]) -> np.ndarray:
    """`(epochs * rows,)`: where rows stand on the axis of epochs, evenly over each epoch."""
    epochs, rows = shape
    return (np.arange(epochs)[:, None] + np.arange(1, rows + 1) / (rows + 1)).ravel() + 0.5


def write_heading(style: Style, ax: Axes, lines: Sequence[tuple[Text, str]]) -> None:
    """Lines of words in colors above a panel, the last one next to it."""
    for k, (words, color) in enumerate(reversed(lines)):
        y = 1.04 + k * LINE / TALL
        ax.text(0, y, style.text(words), color=color, fontsize=SMALL, transform=ax.transAxes)


def label_outer_axes(style: Style, panels: list[Axes]) -> None:
    """Labels the y axis of the panels at the left and the x axis of those at the bottom."""
    for i, ax in enumerate(panels):
        if i % COLUMNS:
            ax.tick_params(labelleft=False)
        else:
            ax.set_ylabel(style.text(Text("打印的损失", "Loss as printed")))
        if i + COLUMNS < len(panels):
            ax.set_xlabel("")
