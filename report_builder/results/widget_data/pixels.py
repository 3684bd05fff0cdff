"""Images and maps as docs/assets/widgets/common.js reads them back."""

from __future__ import annotations

from typing import Any

import numpy as np

from report_builder.palette import DIVERGING

MAX_PIXELS = 2**16  # of an image that a page can hold, with its maps, without growing heavy
SCALE = dict(zip(("light", "dark"), DIVERGING, strict=True))  # from most negative to most positive


def image_rows(image: np.ndarray, digits: int = 2) -> list[str]:
    """uint8 `(H, W)`, 0 ink and 255 paper: a string per row, a byte in hex per pixel; of
    `(H, W, 3)` three, red, green and blue.

    With one digit in place of a byte, of 16 shades, for a picture too large to be shown exactly.
    """
    if digits == 1:
        rows = (image // 16).reshape(len(image), -1).tolist()
        return ["".join(f"{shade:x}" for shade in row) for row in rows]
    return [row.tobytes().hex() for row in image]


def channels_of(image: np.ndarray) -> int:
    """1 of `(H, W)`, 3 of `(H, W, 3)`."""
    return 1 if image.ndim == 2 else image.shape[2]


def map_rows(values: np.ndarray, digits: int = 2, limit: float = 0.0) -> dict[str, Any]:
    """`(H, W)` about zero: a string per row, `digits` in hex per value, and the size of the value
    at the ends of the range.

    That size is the largest of the map where no `limit` is given. Zero is exactly the middle, and
    no value is off by more than `limit / (16**digits - 2)`.
    """
    limit = limit or float(np.abs(values).max()) or 1.0
    zero = 16**digits // 2
    levels = zero + np.rint((zero - 1) * (np.asarray(values, float) / limit)).astype(int)
    rows = ["".join(f"{level:0{digits}x}" for level in row) for row in levels.tolist()]
    return {"limit": limit, "digits": digits, "rows": rows}
