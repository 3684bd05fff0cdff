"""What the figures of kernels share."""

from __future__ import annotations

import numpy as np

from report_builder.figures.toolkit.pixels import points
from report_builder.text import Text

FEWEST = 8  # columns that a row of kernels has room for, so that few kernels do not grow huge
SCALE = Text("权重，全图同一色标", "weight, one scale for all")


def every(width: int, pitch: int) -> int:
    """1 to number each kernel, or 2, 3, ... for every second, third, ... where room is short."""
    return -(-points(width, 14) // pitch)


def weight_rows(before: np.ndarray, after: np.ndarray) -> list[dict[str, str | int | float]]:
    """A row for each weight of (outputs, inputs, k, k), before and after training."""
    return [
        {
            "output": o + 1,
            "input": i + 1,
            "row": r + 1,
            "column": c + 1,
            "before": float(before[o, i, r, c]),
            "after": float(after[o, i, r, c]),
        }
        for o, i, r, c in np.ndindex(after.shape)
    ]
