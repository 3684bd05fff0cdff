"""What the strokes of drawings measure: how much ink, how wide a stroke, which box, and where.

Ink is what differs from the background by more than half of what is possible.
"""

from __future__ import annotations

import numpy as np

# Share of the training images that lie within the bounds of a measure; what is beyond is unusual.
USUAL = 0.999
MEASURES = ("ink_share", "stroke_width", "box_width", "box_height", "center_x", "center_y")


def background_value(images: np.ndarray) -> np.ndarray:
    """The most frequent value on the borders of uint8 images `(N, H, W)`, as `()`; the most
    frequent color of `(N, H, W, 3)`, as `(3,)`. int64, so that it can be subtracted.

    Colors are alike that differ by less than 16 levels; in noise hardly two are the same.
    """
    sides = (images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1])
    border = np.concatenate([side.reshape(-1, *images.shape[3:]) for side in sides])
    if border.ndim == 2:  # of the channels apart, the commonest may make a color that is nowhere
        alike = (border >> 4).astype(int) @ (256, 16, 1)
        border = border[alike == np.bincount(alike).argmax()]
    commonest = [
        np.bincount(channel, minlength=256).argmax() for channel in np.atleast_2d(border.T)
    ]
    return np.array(commonest).reshape(images.shape[3:])


def ink_of(images: np.ndarray, background: np.ndarray) -> np.ndarray:
    """uint8 `(N, H, W)`, or `(N, H, W, 3)` where any channel counts -> bool `(N, H, W)`: ink.

    `background` is that of `background_value`.
    """
    far = np.maximum(background, 255 - background) / 2
    ink = np.asarray(abs(images.astype(np.int16) - background) > far)
    return ink if ink.ndim == 3 else np.asarray(ink.any(axis=3))


def measure_strokes(ink: np.ndarray) -> np.ndarray:
    """bool `(N, H, W)` -> float64 `(N, 6)`, the MEASURES of every image; all 0 where there is none.

    The share of ink is of all pixels, all else in pixels. A stroke's width is `stroke_width`; the
    box is the smallest that holds all ink, and the center is the box's.
    """
    count, height, width = ink.shape
    by_row, by_column = np.asarray(ink.any(axis=2)), np.asarray(ink.any(axis=1))
    top, left = by_row.argmax(axis=1), by_column.argmax(axis=1)
    bottom, right = height - by_row[:, ::-1].argmax(axis=1), width - by_column[:, ::-1].argmax(1)
    columns = (
        np.asarray(ink.mean(axis=(1, 2))),
        stroke_width(ink),
        right - left,
        bottom - top,
        (left + right) / 2,
        (top + bottom) / 2,
    )
    drawn = np.asarray(by_row.any(axis=1))
    return np.where(drawn[:, None], np.stack(columns, axis=1), 0.0)


def stroke_width(ink: np.ndarray) -> np.ndarray:
    """bool `(N, H, W)` -> `(N,)`, the mean width of the strokes in pixels; 0 where there is none.

    A stroke has an outline of twice its length, so the width is twice the area over the outline.
    Edges between pixels are counted for the outline, which they exceed by 4 / pi on average over
    all directions.
    """
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    down, right = (np.diff(padded.astype(np.int8), axis=axis) != 0 for axis in (1, 2))
    edges = down.sum(axis=(1, 2)) + right.sum(axis=(1, 2))
    return np.asarray(2 * ink.sum(axis=(1, 2)) / np.maximum(edges * np.pi / 4, 1))
