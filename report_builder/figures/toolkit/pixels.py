"""Paints images and maps on a canvas of bytes, pixel by pixel, so that nothing is resampled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from report_builder.figures.toolkit.layout import WIDTH
from report_builder.figures.toolkit.style import Style

SHADES = 119  # of a scale; odd, so that zero has one in the middle; two scales fit into a palette
ACROSS = 1400  # pixels that a row of images should come near, twice what a page shows


def rgb(color: str) -> tuple[int, int, int]:
    """`#rrggbb` as three numbers, 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def mixed(one: str, other: str, share: float) -> str:
    """The color that is `share` of `other` and the rest of `one`."""
    return "#" + "".join(f"{round(a + share * (b - a)):02x}" for a, b in zip(rgb(one), rgb(other)))


def shades(values: np.ndarray, low: float, high: float, colors: Sequence[str]) -> np.ndarray:
    """Values (...) -> (..., 3) uint8 on a scale of evenly spaced colors from `low` to `high`."""
    span = high - low if high > low else 1.0
    index = np.clip(
        (np.nan_to_num(values.astype(np.float32)) - low) * ((SHADES - 1) / span), 0, SHADES - 1
    )
    stops = np.array([rgb(color) for color in colors], dtype=float)
    at = np.linspace(0, len(stops) - 1, SHADES)
    table = np.stack([np.interp(at, range(len(stops)), channel) for channel in stops.T], axis=1)
    return np.rint(table).astype(np.uint8)[np.rint(index).astype(np.uint8)]


def as_rgb(image: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 -> (H, W, 3) as it is, the same in both schemes."""
    return image if image.ndim == 3 else np.repeat(image[:, :, None], 3, axis=2)


def largest(values: Sequence[np.ndarray]) -> float:
    """The end of a scale around zero: at most one value in a thousand lies beyond; never 0."""
    sizes = np.abs(np.concatenate([np.ravel(v) for v in values]))
    sizes = sizes[np.isfinite(sizes)]
    return float(np.quantile(sizes, 0.999) or sizes.max() or 1.0) if sizes.size else 1.0


def canvas(style: Style, width: int, height: int) -> np.ndarray:
    """An empty (height, width, 3) uint8 image in the page's color."""
    return np.full((height, width, 3), rgb(style.ground), dtype=np.uint8)


def cell_size(shape: tuple[int, int], wanted: float) -> tuple[int, int]:
    """Width and height of a cell for images of `shape` (H, W), the longer near `wanted` pixels.

    It is a whole multiple of the image, or smaller where the image is too large for that.
    """
    longest = max(shape)
    scale = max(1, round(wanted / longest)) if longest <= 1.5 * wanted else wanted / longest
    return max(1, int(shape[1] * scale)), max(1, int(shape[0] * scale))


def enlarged(picture: np.ndarray, factor: int) -> np.ndarray:
    """(H, W, ...) with every pixel `factor` times as wide and high."""
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def fit(picture: np.ndarray, wide: int, tall: int) -> np.ndarray:
    """(H, W, 3) enlarged by a whole factor to fit; of larger ones every k-th pixel is kept."""
    h, w = picture.shape[:2]
    step = max(-(-h // tall), -(-w // wide))
    return picture[::step, ::step] if step > 1 else enlarged(picture, min(tall // h, wide // w))


def put(target: np.ndarray, picture: np.ndarray, x: int, y: int, border: str) -> None:
    """Puts an (h, w, 3) picture at (x, y), with a border of two pixels around it."""
    h, w = picture.shape[:2]
    target[max(y - 2, 0) : y + h + 2, max(x - 2, 0) : x + w + 2] = rgb(border)
    target[y : y + h, x : x + w] = picture


def put_into(
    target: np.ndarray, picture: np.ndarray, x: int, y: int, cell: tuple[int, int], border: str
) -> tuple[int, int, int]:
    """Fits a picture into the middle of a cell (width, height) at (x, y); its corner and width."""
    fitted = fit(picture, *cell)
    h, w = fitted.shape[:2]
    x, y = x + (cell[0] - w) // 2, y + (cell[1] - h) // 2
    put(target, fitted, x, y, border)
    return x, y, w


def readable(color: Sequence[int] | np.ndarray) -> str:
    """Black or white, whichever can be read on an (r, g, b) color."""
    return "#000000" if 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] > 130 else "#ffffff"


def grid(
    style: Style, maps: np.ndarray, top: float, wanted: int, colors: Sequence[str]
) -> np.ndarray:
    """(C, H, W) maps from 0 to `top` as one picture, about square, near `wanted` pixels wide."""
    columns = int(np.ceil(np.sqrt(len(maps))))
    cell = wide, tall = cell_size(maps.shape[1:], (wanted + 6) / columns - 6)
    painted = canvas(style, columns * (wide + 6) - 6, -(-len(maps) // columns) * (tall + 6) - 6)
    for c, values in enumerate(maps):
        row, column = divmod(c, columns)
        put_into(
            painted,
            shades(values, 0, top, colors),
            column * (wide + 6),
            row * (tall + 6),
            cell,
            style.color("grid"),
        )
    return painted


def points(width: int, size: float) -> int:
    """How many pixels `size` points are on a canvas `width` pixels wide."""
    return round(size * width / WIDTH / 72)
