"""Draws the embedded data set, circles and crosses, bit for bit the same on every machine.

Only numpy's frozen RandomState and + - * / sqrt on float64 are used, all of which IEEE 754 and numpy fix to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from xo import images
from xo.errors import InputError

SIDE = 116  # pixels
CLASSES = ("circles", "crosses")
COUNTS = {"train": 850, "test": 150}  # images of each class
DIGEST = "3959bf3a18506627f8b2942e5d99cee481115d52e78b7c330cc8adb042f248bb"  # of the data set with COUNTS images
_SEED = 20
_BOX = (13, 9, 106, 102)  # left, top, right, bottom: the 94 x 94 pixels that take ink
_HALF = 1.75  # half a stroke's width, in pixels
_Y, _X = np.mgrid[:SIDE, :SIDE].astype(np.float64)


def circle(rng: np.random.RandomState) -> np.ndarray:
    """An upright ellipse, cut off at the box -> (H, W) bool, True where ink lies."""
    a, b = 23 + 18 * rng.random_sample(2)  # semi-axes
    left, top, right, bottom = _BOX
    x = left + a + rng.random_sample() * (right - left - 2 * a + 16)
    y = top - 12 + b + rng.random_sample() * (bottom - top - 2 * b + 16)
    u, v = (_X - x) / (a * a), (_Y - y) / (b * b)
    level = u * (_X - x) + v * (_Y - y) - 1
    distance = level / (2 * np.sqrt(u * u + v * v) + 1e-12)  # to first order, which is exact enough near the stroke
    ink = np.abs(distance) < _HALF
    ink[:top] = ink[bottom + 1:] = False
    ink[:, :left] = ink[:, right + 1:] = False
    return ink


def cross(rng: np.random.RandomState) -> np.ndarray:
    """Two straight lines of their own length and slope -> (H, W) bool."""
    u = rng.random_sample(8)
    return (_line(15 + 35 * u[0], 12 + 40 * u[1], 65 + 38 * u[2], 60 + 38 * u[3])
            | _line(15 + 40 * u[4], 99 - 38 * u[5], 65 + 38 * u[6], 12 + 40 * u[7]))


def _line(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """A straight stroke between two points -> (H, W) bool."""
    dx, dy = x1 - x0, y1 - y0
    length = np.sqrt(dx * dx + dy * dy)
    along = ((_X - x0) * dx + (_Y - y0) * dy) / length
    across = ((_X - x0) * dy - (_Y - y0) * dx) / length
    return (np.abs(across) < _HALF) & (along >= 0) & (along <= length)


def draw(counts: dict[str, int] = COUNTS) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (path such as "train/circles/0007.png", (H, W) uint8), no two images alike."""
    for number, (name, shape) in enumerate(zip(CLASSES, (circle, cross))):
        rng = np.random.RandomState(_SEED + number)
        seen: set[bytes] = set()
        for split, count in counts.items():
            for _ in range(count):
                while (ink := shape(rng)).tobytes() in seen:
                    pass
                yield f"{split}/{name}/{len(seen):04d}.png", np.where(ink, np.uint8(0), np.uint8(255))
                seen.add(ink.tobytes())


def generate(root: Path, counts: dict[str, int] = COUNTS) -> None:
    """Write the set below `root`; a set that is there and right is left as it is, anything else there is refused."""
    if root.exists():
        if not _is_drawn(root, counts):
            raise InputError(f"{root}: holds something other than the embedded data set; "
                             "remove it, or choose another folder with --to")
        return
    images.write(root, draw(counts))


def _is_drawn(root: Path, counts: dict[str, int]) -> bool:
    """Whether `root` holds exactly the images that would be drawn."""
    there = {path.relative_to(root).as_posix() for path in root.rglob("*.*")}
    for path, pixels in draw(counts):
        if path not in there:
            return False
        try:
            if not np.array_equal(images.decode((root / path).read_bytes(), path), pixels):
                return False
        except (OSError, InputError):
            return False
        there.remove(path)
    return not there
