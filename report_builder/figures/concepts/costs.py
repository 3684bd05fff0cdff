"""What the figures of costs share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from report_builder.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COSTS = {
    "parameters": Text("参数", "Parameters"),
    "multiply_adds": Text("乘加次数", "Multiply-adds"),
}


def bar_axes(ax: Axes, places: list[float], labels: list[str]) -> None:
    """A grid of the costs only, and a label at the left of each bar."""
    ax.grid(axis="x")
    ax.grid(axis="y", visible=False)
    ax.set_yticks(places, labels)
    ax.tick_params(axis="y", length=0)
