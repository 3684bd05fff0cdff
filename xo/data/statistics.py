"""The data card: how many images a data set holds, and what their strokes look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from xo.data.dataset import DataSet


def describe(data: DataSet) -> list[str]:
    """Lines that say what a data set holds."""
    height, width = data.image_size
    lines = [f"{data.root}: {len(data.classes)} classes of {width}x{height} pixels"]
    for name, split in (("train", data.train), ("test", data.test)):
        counts = np.bincount(split.labels, minlength=len(data.classes))
        by_class = ", ".join(f"{count} {class_}" for class_, count in zip(data.classes, counts))
        lines.append(f"{name}: {len(split.ids)} images ({by_class})")
    return [*lines, f"digest: {data.digest}"]


def statistics(
    pixels: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """What the strokes of each class look like.

    (N, H, W) uint8, (N,) -> {class: {quantity: value in pixels, or a share of 0 to 1}}. Ink is
    what is darker than the middle. "cut_..." is the share of images whose ink reaches within a
    pixel of the outermost row or column that any image of the class inks.
    """
    rows, columns = np.arange(pixels.shape[1]), np.arange(pixels.shape[2])
    table = {}
    for label, name in enumerate(classes):
        ink = pixels[labels == label] < 128
        ink = ink[ink.any(axis=(1, 2))]
        count = ink.sum(axis=(1, 2))
        by_row, by_column = ink.any(axis=2), ink.any(axis=1)  # (n, H), (n, W)
        top, left = by_row.argmax(axis=1), by_column.argmax(axis=1)
        bottom = rows[-1] - by_row[:, ::-1].argmax(axis=1)
        right = columns[-1] - by_column[:, ::-1].argmax(axis=1)
        table[name] = {
            "images": len(ink),
            "ink_mean": count.mean(),
            "ink_sd": count.std(),
            "ink_min": count.min(),
            "ink_max": count.max(),
            "width_mean": (right - left + 1).mean(),
            "width_min": (right - left + 1).min(),
            "width_max": (right - left + 1).max(),
            "height_mean": (bottom - top + 1).mean(),
            "height_min": (bottom - top + 1).min(),
            "height_max": (bottom - top + 1).max(),
            "center_x": (ink.sum(axis=1) @ columns / count).mean(),
            "center_y": (ink.sum(axis=2) @ rows / count).mean(),
            "left": left.min(),
            "top": top.min(),
            "right": right.max(),
            "bottom": bottom.max(),
            "cut_left": (left <= left.min() + 1).mean(),
            "cut_top": (top <= top.min() + 1).mean(),
            "cut_right": (right >= right.max() - 1).mean(),
            "cut_bottom": (bottom >= bottom.max() - 1).mean(),
        }
        table[name] = {key: float(value) for key, value in table[name].items()}
    return table
