"""How large each layer of a network is drawn, and where."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, NamedTuple

from report_builder.figures.toolkit.layout import WIDTH
from report_builder.figures.toolkit.words import width

if TYPE_CHECKING:
    from xo.network.measurements import Layer

TALLEST = 1.15  # inches of the largest map's longer side
SLOT = 0.6  # inches that a label needs
MOST_MAPS = 20  # drawn in one stack
STEP = 0.028  # inches from one map of a stack to the next
MIDDLE = 1.75  # inches from below to the middle of all shapes


class Shape(NamedTuple):
    """One layer as drawn: a stack of maps, or a bar, in inches."""

    layer: Layer
    wide: float  # of the front face
    tall: float
    depth: float  # of the stack, to the right and up
    beside: float = 0  # for the classes' names
    center: float = 0

    @property
    def dense(self) -> bool:
        return len(self.layer.shape) == 1

    @property
    def output(self) -> bool:
        return self.layer.name == "logits"

    @property
    def slot(self) -> float:
        """The width that the shape and its label need."""
        return max(self.wide + self.depth + self.beside, 0.5 if self.output else SLOT)

    @property
    def corner(self) -> tuple[float, float]:
        """The lower left corner of the front face."""
        left = self.center - (self.wide + self.depth + self.beside) / 2
        return left, MIDDLE - (self.tall + self.depth) / 2


def shapes_to_scale(layers: list[Layer], class_names: list[str]) -> list[Shape]:
    """Shapes side by side over the width of a figure, each at least as wide as its label."""
    longest = max(max(layer.shape[1:]) for layer in layers if len(layer.shape) == 3)
    most = max(layer.shape[0] for layer in layers if len(layer.shape) == 1)
    for percents in range(100, 5, -5):
        unit = TALLEST * percents / 100 / longest  # inches for a pixel
        shapes = [_shape(layer, unit, most, class_names) for layer in layers]
        if sum(shape.slot for shape in shapes) < WIDTH - 0.1 - 0.04 * len(shapes):
            break
    gap = (WIDTH - 0.1 - sum(shape.slot for shape in shapes)) / len(shapes)
    x, placed = 0.05, []
    for shape in shapes:
        placed.append(shape._replace(center=x + (gap + shape.slot) / 2))
        x += gap + shape.slot
    return placed


def _shape(layer: Layer, unit: float, most: int, names: list[str]) -> Shape:
    if layer.name == "logits":
        return Shape(layer, 0.14, 0.17 * len(names), 0, beside=0.06 + 0.07 * max(map(width, names)))
    if len(layer.shape) == 1:
        return Shape(layer, 0.13, 0.3 + 0.9 * log(layer.shape[0]) / log(max(most, 2)), 0)
    channels, h, w = layer.shape
    depth = STEP * (min(channels, MOST_MAPS) - 1)
    return Shape(layer, max(w * unit, 0.06), max(h * unit, 0.06), depth)
