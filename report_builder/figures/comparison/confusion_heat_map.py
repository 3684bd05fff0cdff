"""The confusion of many classes: a heat map without numbers, and the classes recognized worst."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.figures.toolkit.layout import SMALL, WIDTH, axes, note, sheet
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import shorten
from report_builder.text import Text, percent

if TYPE_CHECKING:
    from matplotlib.colors import LinearSegmentedColormap

    from report_builder.figures.toolkit.typing import Axes, Figure

SIDE = 3.6  # inches of the heat map
FOOT, HEAD = 0.45, 0.5
MOST_NAMED = 24  # lines of names that fit beside it; of more classes every second, third, …
WORST = 8  # classes listed beside it
NAME = 14  # columns of a name at a side


def draw(
    title: Text, classes: tuple[str, ...], matrix: np.ndarray, color: str, style: Style
) -> Figure:
    """`matrix` is `(classes, classes)` images; rows are the truth, columns the answer."""
    figure = sheet(style.text(title), FOOT + SIDE + HEAD)
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    left = 0.35 + 0.075 * NAME
    ax = axes(figure, left, FOOT, SIDE, SIDE)
    _draw_map(ax, classes, shares, color, style)
    top = FOOT + SIDE + 0.12
    words = Text("行：真实；列：判为（同样的次序）", "Rows: truth; columns: taken for, same order")
    note(figure, left, top, style.text(words), color=style.muted)
    beside = left + SIDE + 0.3
    words = Text("最差的类 → 多错成", "Worst → mistaken for")
    note(figure, beside, top, style.text(words), color=style.muted)
    _draw_scale(figure, left, color, style)
    room = int((WIDTH - beside - 0.1) / 0.075)
    for row, (name, recall, other) in enumerate(worst(classes, matrix)):
        y = FOOT + SIDE - (row + 0.4) * SIDE / WORST
        note(figure, beside, y, f"{shorten(name, room - 6)}  {percent(recall, 0)}")
        taken = f"→ {shorten(other, room - 3)}"
        note(figure, beside + 0.1, y - 0.17, taken, color=style.muted)
    return figure


def _draw_scale(figure: Figure, left: float, color: str, style: Style) -> None:
    """Below the map, what share of a row's images a shade stands for."""
    ax = axes(figure, left + 1.5, 0.2, 1.2, 0.1)
    ax.imshow([np.linspace(0, 1, 64)], cmap=_colors(color, style), aspect="auto")
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    words = Text("占该行的比例  0", "Share of the row  0")
    middle = {"va": "center", "color": style.muted}
    note(figure, left + 1.42, 0.25, style.text(words), ha="right", **middle)
    note(figure, left + 2.78, 0.25, percent(1.0, 0), **middle)


def _colors(color: str, style: Style) -> LinearSegmentedColormap:
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("share", [style.ground, color])


def worst(classes: tuple[str, ...], matrix: np.ndarray) -> list[tuple[str, float, str]]:
    """Of the classes with mistakes those that have the least share of their images right, with that
    share and the class that they are mistaken for most often.
    """
    mistakes = matrix - np.diag(np.diagonal(matrix))
    recall = np.diagonal(matrix) / np.maximum(matrix.sum(axis=1), 1)
    order = [i for i in np.argsort(recall, kind="stable") if mistakes[i].any()][:WORST]
    return [(classes[i], float(recall[i]), classes[int(mistakes[i].argmax())]) for i in order]


def _draw_map(
    ax: Axes, classes: tuple[str, ...], shares: np.ndarray, color: str, style: Style
) -> None:
    k = len(classes)
    # A picture: of 100 classes, 10,000 shapes would be megabytes. "none" leaves its pixels alone.
    colors = _colors(color, style)
    ax.imshow(shares, cmap=colors, vmin=0, vmax=1, interpolation="none", aspect="auto")
    places = range(0, k, -(-k // MOST_NAMED))
    ax.set_yticks(places, [shorten(classes[i], NAME) for i in places], fontsize=SMALL)
    ax.set_xticks([])
    ax.grid(False)
    ax.tick_params(length=2)
