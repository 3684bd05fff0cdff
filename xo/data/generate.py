"""Draws the embedded data set, circles and crosses, bit for bit the same on every machine.

Only numpy's frozen RandomState and + - * / sqrt on float64 are used, which numpy and IEEE 754 fix
to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from xo.data import images
from xo.errors import InputError

SIDE = 116  # pixels
CLASSES = ("circles", "crosses")
COUNTS = {"train": 850, "test": 150}  # images of each class
# Of the data set with COUNTS images.
DIGEST = "682bf36617238ace3271e28bdb308cfe350aa9767840385bba0e97491e36ab69"
_SEED = 3
# The square that shapes are drawn in: its left and top edge and its side, in pixels.
_LEFT, _TOP, _UNIT = 14.6, 10.4, 90.0
_HALF = 2.0  # half a stroke's width, in pixels
_Y, _X = np.mgrid[:SIDE, :SIDE].astype(np.float64)  # of every pixel's center
_X, _Y = (_X - _LEFT) / _UNIT, (_Y - _TOP) / _UNIT  # in units of the square


def circle(rng: np.random.RandomState) -> np.ndarray:
    """The outline of an upright ellipse -> (H, W) bool: ink.

    It is cut off where it leaves the square at the top or right.
    """
    width, height = 0.5 + 0.4 * rng.random_sample(2)
    left, below = 0.4 * rng.random_sample(2)
    x, y = _X - left - width / 2, _Y - 1 + below + height / 2  # from the center
    dx, dy = x / (width * width), y / (height * height)
    norm = np.sqrt(dx * dx + dy * dy) + 1e-9
    # To first order, which is exact enough within a stroke's width.
    distance = (x * dx + y * dy - 0.25) / (2 * norm)
    # The point of the outline nearest to a pixel.
    nearest_x, nearest_y = _X - distance * dx / norm, _Y - distance * dy / norm
    return (np.abs(distance) < _HALF / _UNIT) & (nearest_x <= 1) & (nearest_y >= 0)


def cross(rng: np.random.RandomState) -> np.ndarray:
    """A falling and a rising line from the left half to the right -> (H, W) bool: ink.

    Of two heights in the upper half the rising line ends at the upper one and the falling line
    starts at the lower one; so, mirrored, in the lower half. The rising line is therefore the
    longer one, and some lines barely meet.
    """
    left, right, upper, lower = rng.random_sample((4, 2)) / 2
    falling = _line(left[0], upper.max(), right[0] + 0.5, lower.min() + 0.5)
    rising = _line(left[1], lower.max() + 0.5, right[1] + 0.5, upper.min())
    return falling | rising


def _line(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """A straight stroke between two points -> (H, W) bool: ink."""
    dx, dy = x1 - x0, y1 - y0
    length = np.sqrt(dx * dx + dy * dy)
    along = ((_X - x0) * dx + (_Y - y0) * dy) / length
    across = ((_X - x0) * dy - (_Y - y0) * dx) / length
    return (np.abs(across) < _HALF / _UNIT) & (along >= 0) & (along <= length)


def draw(counts: Mapping[str, int] = COUNTS) -> Iterator[tuple[str, np.ndarray]]:
    """Yields (path such as "train/circles/0007.png", (H, W) uint8), no two images alike."""
    for number, (name, shape) in enumerate(zip(CLASSES, (circle, cross))):
        rng = np.random.RandomState(_SEED + number)
        seen: set[bytes] = set()
        for split, count in counts.items():
            for _ in range(count):
                while (ink := shape(rng)).tobytes() in seen:
                    pass
                path = f"{split}/{name}/{len(seen):04d}.png"
                yield path, np.where(ink, np.uint8(0), np.uint8(255))
                seen.add(ink.tobytes())


def generate(root: Path, counts: Mapping[str, int] = COUNTS) -> None:
    """Writes the data set below `root`; InputError where anything else lies there."""
    if root.exists():
        if not _is_drawn(root, counts):
            raise InputError(
                f"{root}: holds something other than the embedded data set; "
                "remove it, or choose another folder with --to"
            )
        return
    images.write(root, draw(counts))


def _is_drawn(root: Path, counts: Mapping[str, int]) -> bool:
    """Whether `root` holds exactly the images that would be drawn."""
    present = {path.relative_to(root).as_posix() for path in root.rglob("*.png")}
    for path, pixels in draw(counts):
        if path not in present:
            return False
        try:
            if not np.array_equal(images.decode((root / path).read_bytes(), path), pixels):
                return False
        except (OSError, InputError):
            return False
        present.remove(path)
    return not present
