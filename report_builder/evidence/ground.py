"""Whether images are drawings, shapes on an even ground: pages speak of strokes only then."""

from __future__ import annotations

import numpy as np

from xo.data.dataset import DataSet

EXAMINED = 100  # training images, spread over all
NEAR = 8  # levels of gray or color from the commonest that still count as ground
EVEN = 0.5  # share of the pixels that the ground of a drawing covers at least


def are_drawings(data: DataSet) -> bool:
    """Whether the commonest value covers at least half of the pixels in most training images."""
    count = len(data.train.labels)
    rows = np.unique(np.linspace(0, count - 1, min(count, EXAMINED)).astype(int))
    images = np.asarray(data.train.images[rows])  # (n, H, W) or (n, H, W, 3) uint8
    return bool(np.median([_ground_share(image) for image in images]) >= EVEN)


def _ground_share(image: np.ndarray) -> float:
    """The share of the pixels of an image `(H, W)` or `(H, W, 3)` that are near its commonest."""
    pixels = image.reshape(image.shape[0] * image.shape[1], -1)
    values, counts = np.unique(pixels, axis=0, return_counts=True)
    commonest = values[counts.argmax()].astype(int)
    return float((np.abs(pixels.astype(int) - commonest).max(axis=1) <= NEAR).mean())
