"""What the figures of training share: a thin line for each seed in the color of its fate, with its
mark at the end, and a strong one for their median.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from report_builder.evidence.fates import Fate
from report_builder.figures.toolkit.fates import mark
from report_builder.figures.toolkit.layout import DASHES, DOTS
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEFT, RIGHT = 0.78, 1.62  # inches for the y axis and for the labels at the ends of lines
THIN = Text(
    "细线为单个种子，颜色和末端的记号表示它怎样结束",
    "thin lines are single seeds, in the color of how they end and with its mark",
)


def draw_seeds(
    style: Style,
    ax: Axes,
    x: np.ndarray,
    values: np.ndarray,
    fates: Sequence[Fate],
    color: str,
    dash: str | tuple = "-",
) -> None:
    """A thin pale line for each row of `values` (seeds, points), a strong one for their median."""
    for line, fate in zip(values, fates, strict=True):
        ax.plot(x, line, color=style.color(fate), lw=0.7, alpha=0.5, ls=dash)
        ax.plot(x[-1:], line[-1:], **mark(fate, style), alpha=0.8)
    median = np.median(values, axis=0)
    marker = "_" if len(x) == 1 else None  # one point makes no line
    ax.plot(x, median, color=color, lw=2, ls=dash, gid="median", marker=marker, ms=14, mew=2)


def draw_accuracy(
    style: Style,
    ax: Axes,
    values: np.ndarray,
    fates: Sequence[Fate],
    color: str,
    goal: float,
    blind: float,
) -> None:
    """Accuracy `(seeds, epochs)` in percent, with the levels of solving and of a blind guess."""
    epochs = values.shape[1]
    draw_seeds(style, ax, np.arange(1, epochs + 1), 100 * values, fates, color)
    ax.axhline(100 * goal, color=style.muted, lw=1, ls=DASHES, zorder=1)
    ax.axhline(100 * blind, color=style.color("chance"), lw=1.2, ls=DOTS, zorder=1)
    ax.set_xlim(0.5, epochs + 0.5)


def accuracy_limits(values: np.ndarray, blind: float) -> tuple[float, float]:
    """The ends of an axis in percent that shows all values, the blind guess and 90 %."""
    low = 100 * min(values.min(), blind, 0.9)
    return low - 0.06 * (100 - low), 100 + 0.06 * (100 - low)


def last_median(values: np.ndarray) -> float:
    """The median over seeds of the last column of `(seeds, points)`."""
    return float(np.median(values[:, -1]))
