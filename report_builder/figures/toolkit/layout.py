"""Places things on a figure: title, axes in inches, ticks, labels that do not overlap."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import wrap
from report_builder.text import Text

if TYPE_CHECKING:
    import matplotlib.text
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

WIDTH = 7.0  # inches; shown 700 pixels wide, so that 10 points are 14 pixels
SIDE = 0.08  # inches left and right of the title
POINT = 1 / 72  # inches
TITLE = 12  # points
TITLE_COLUMNS = 82  # half-width columns of the title that fit into the width
SMALL = 9  # points
DOTS = (0, (1, 1.5))  # how lines of chance are drawn
DASHES = (0, (4, 2))
LINE_STYLES = ("-", DASHES, (0, (1, 1.2)))  # of up to three lines in one panel


def sheet(title: str, body: float, dpi: float = 100) -> Figure:
    """A figure with its title at the top left and `body` inches free below it."""
    from matplotlib.figure import Figure

    lines = wrap(title, TITLE_COLUMNS)
    head = (len(lines) * 1.35 * TITLE + 12) * POINT
    # a hundredth of a pixel more, so that no whole number of pixels is lost to rounding down
    width, height = (round(WIDTH * dpi) + 0.01) / dpi, (round((head + body) * dpi) + 0.01) / dpi
    figure = Figure(figsize=(width, height), dpi=dpi)
    x, y = SIDE / width, 1 - 5 * POINT / height
    figure.text(x, y, "\n".join(lines), fontsize=TITLE, va="top", linespacing=1.25)
    return figure


def axes(
    figure: Figure, left: float, bottom: float, width: float, height: float, **options: Any
) -> Axes:
    """Axes at a place in inches from the figure's lower left corner."""
    w, h = figure.get_size_inches()
    return figure.add_axes((left / w, bottom / h, width / w, height / h), **options)


def note(figure: Figure, x: float, y: float, text: str, **options: Any) -> matplotlib.text.Text:
    """Text at a place in inches from the figure's lower left corner."""
    w, h = figure.get_size_inches()
    return figure.text(x / w, y / h, text, **{"fontsize": SMALL, **options})


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Moves places until any two are `gap` apart; their order stays.

    They stay within `low` and `high` as long as there is room.
    """
    order = np.argsort(places, kind="stable")
    moved = np.array(places, dtype=float)[order]
    for i in range(len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap if i else low)
    for i in reversed(range(len(moved))):
        upper = moved[i + 1] - gap if i + 1 < len(moved) else max(high, low + gap * i)
        moved[i] = min(moved[i], upper)
    out = np.empty_like(moved)
    out[order] = moved
    return out.tolist()


def end_labels(ax: Axes, labels: Sequence[tuple[float, str, str]]) -> None:
    """Writes (height in data units, text, color) right of the axes, moved apart where needed."""
    tall = ax.get_window_extent().height / ax.figure.dpi  # inches
    to_axes = ax.transData + ax.transAxes.inverted()
    heights = [to_axes.transform((1, y))[1] if np.isfinite(y) else 1.0 for y, _, _ in labels]
    gap = 1.35 * SMALL * POINT / tall
    for y, (_, text, color) in zip(apart(heights, gap, 0.02, 0.98), labels):
        ax.text(1.015, y, text, color=color, fontsize=SMALL, va="center", transform=ax.transAxes)


def epoch_axis(style: Style, ax: Axes, epochs: int, ticks: int = 6) -> None:
    """Whole epochs on the x axis, at most `ticks` of them, the first one named."""
    step = next(s * 10**p for p in range(6) for s in (1, 2, 5) if epochs <= ticks * s * 10**p)
    ax.set_xticks([1, *range(step, epochs + 1, step)][step == 1 :])
    ax.set_xlabel(style.text(Text("轮次（epoch）", "Epoch")))


def log_ticks(
    axis: Axis,
    low: float,
    high: float,
    most: int = 5,
    write: Callable[[float], str] = "{:,g}".format,
) -> None:
    """Powers of ten as ticks, at most `most`; within one decade also 2 and 5 times these."""
    first, last = int(np.ceil(np.log10(low))), int(np.floor(np.log10(high)))
    powers = [10.0**p for p in range(first, last + 1, -(-(last - first + 1) // most) or 1)]
    if len(powers) < 2:
        powers = [
            step * 10.0**p
            for p in range(first - 1, last + 1)
            for step in (1, 2, 5)
            if low <= step * 10.0**p <= high
        ]
        powers = powers[:: -(-len(powers) // (most + 1))]
    axis.set_ticks(powers, [write(power).replace("-", "−") for power in powers])
    axis.set_ticks([], minor=True)
