"""Brings the pixels of one image to another size without changing its aspect."""

from __future__ import annotations

import numpy as np


def ground(pixels: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 -> the value of the ground, of each channel: the median along the
    image's edge.
    """
    edge = [pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]
    return np.median(np.concatenate(edge), axis=0).astype(np.uint8)


def scaled(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """uint8 `(h, w)`, or `(h, w, 3)`, -> `size` (H, W), in the middle of the image's ground."""
    from PIL import Image

    given = pixels.shape[:2]
    if given == size:
        return pixels
    scale = min(wanted / side for wanted, side in zip(size, given))
    height, width = (min(max(1, round(side * scale)), wanted) for wanted, side in zip(size, given))
    image = Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR)
    out = np.empty((*size, *pixels.shape[2:]), np.uint8)
    out[:] = ground(pixels)
    top, left = (size[0] - height) // 2, (size[1] - width) // 2
    out[top : top + height, left : left + width] = np.asarray(image)
    return out
