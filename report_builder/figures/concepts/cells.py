"""Small arrays as squares with their numbers in them."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10

import numpy as np

from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import as_rgb, enlarged, readable
from report_builder.text import hundredths


def paint_cells(
    picture: Picture,
    values: np.ndarray,
    colors: np.ndarray,
    cell: int,
    x: int,
    y: int,
    write: Callable[[float], str] = hundredths,
) -> None:
    """Numbers (h, w) in squares of these colors (h, w, 3), `cell` pixels wide each."""
    picture.paint(enlarged(colors, cell), x, y)
    for i, j in np.ndindex(values.shape):
        middle, color = (x + (j + 0.5) * cell, y + (i + 0.5) * cell), readable(colors[i, j])
        number = write(float(values[i, j]))
        picture.note(*middle, number, 8.5, ha="center", va="center", color=color)


def pixel_colors(values: np.ndarray) -> np.ndarray:
    """Pixels (h, w), 0 black to 1 white, as colors (h, w, 3)."""
    return as_rgb(np.rint(255 * values).astype(np.uint8))


def whole_number(value: float) -> str:
    """A number of a worked example, with a true minus sign."""
    return f"{value or 0:g}".replace("-", "−")  # no −0


def power_of_ten(values: np.ndarray) -> int:
    """The power of ten to write small numbers in, so that two decimals are enough; 0 for others."""
    limit = float(np.abs(values).max())
    power = floor(log10(limit)) if limit else 0
    return power if power < -1 else 0


def unit_of(power: int) -> str:
    """What a number in that power of ten is to be multiplied by: ` × 0.001`; empty for 0."""
    return f" × {10.0**power:.{-power}f}" if power else ""
