"""Brings a photograph of a drawing to what the training images look like.

Light and shadow are evened out, the strokes found, and drawn anew in the size, at the place and
with the pen of the training images.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from xo.data.images import decode
from xo.data.shapes import center_lines, label_parts
from xo.data.strokes import background_value, ink_of, measure_strokes
from xo.errors import InputError

ORIENTATION = 0x0112  # EXIF: how the camera was held
LARGEST = 10_000  # pixels a side of a photograph
WORKING = 480  # pixels of the longer side that strokes are looked for on
GROUND = 160  # pixels of the longer side that the ground is estimated on
WIDEST_STROKE = 21  # of GROUND pixels; what is wider counts as ground
COARSE, MEDIAN = 64, 17  # pixels: where the ground is the median around, to tell dark from light
LEAST_CONTRAST = 0.12  # of the ground's brightness, by which ink differs from it
LEAST_DRAWING = 0.001  # of all pixels, that a drawing's largest part has at least
LEAST_PART = 0.03  # of all ink, that a part of the drawing has at least
DRAWN = 256  # pixels of the longer side of the ink, that its center lines are sought on
MOST_INK = 0.5  # share of the image, above which training images are no drawings


@dataclass(frozen=True)
class Pen:
    """How the training images are drawn: medians over all of them."""

    image_size: tuple[int, int]  # (H, W) in pixels
    ground: int  # 0..255
    ink: int  # 0..255
    stroke_width: float  # pixels
    box: float  # longer side of the ink's box, pixels
    center: tuple[float, float]  # (y, x) of the box, pixels


def pen_of(images: np.ndarray) -> Pen:
    """The pen that uint8 images `(N, H, W)` are drawn with.

    InputError where they are no drawings: without ink on a ground, or in colour.
    """
    if images.ndim != 3:
        raise InputError(
            "--photo: draws in black and white, but the training images are in colour; "
            "leave it out, or add --resize"
        )
    ground = background_value(images)
    ink = ink_of(images, ground)
    if not ink.any() or ink.mean() > MOST_INK:
        raise InputError(
            "--photo: the training images are no drawings on an even ground; "
            "leave it out, or add --resize"
        )
    measured = measure_strokes(ink[ink.any(axis=(1, 2))])
    _, width, box_width, box_height, x, y = np.median(measured, axis=0)
    box = float(np.median(measured[:, 2:4].max(axis=1)))
    value = int(np.median(images[ink]))
    return Pen(images.shape[1:], int(ground), value, float(width), box, (float(y), float(x)))


def read_photograph(data: bytes, name: str) -> np.ndarray:
    """An image file's bytes -> uint8 `(H, W)`, upright, and on white where it is transparent.

    InputError on what is no image.
    """
    try:
        data = _upright_and_opaque(data)
    except Exception:  # Pillow raises nearly anything; `decode` says what is wrong with the file
        pass
    return decode(data, name, (1, LARGEST))


def _upright_and_opaque(data: bytes) -> bytes:
    """An image file without the orientation and transparency that `decode` does not take."""
    with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(data)) as image:
        orientation = image.getexif().get(ORIENTATION, 1)
        if max(image.size) > LARGEST or not (image.has_transparency_data or orientation != 1):
            return data
        upright = ImageOps.exif_transpose(image)
        if upright.has_transparency_data:
            upright.thumbnail((4 * WORKING, 4 * WORKING))
            ground = Image.new("RGBA", upright.size, "white")
            ground.alpha_composite(upright.convert("RGBA"))
            upright = ground
        out = io.BytesIO()
        upright.convert("L").save(out, "PNG")
        return out.getvalue()


def redraw(photograph: np.ndarray, pen: Pen) -> np.ndarray:
    """uint8 `(H, W)` of any size -> uint8 of the pen's size: the drawing by that pen.

    All ground where no drawing is found.
    """
    strokes = find_strokes(photograph)
    height, width = pen.image_size
    drawn = np.full((height, width), pen.ground, np.uint8)
    if not strokes.any():
        return drawn
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    strokes = strokes[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    lines = _smooth_lines(strokes)
    points = np.argwhere(lines).astype(float)  # (P, 2)
    low, high = points.min(axis=0), points.max(axis=0)
    # The box of the ink is wider than that of its center lines by a stroke.
    room = np.array([height, width]) - pen.stroke_width
    longer = max(pen.box - pen.stroke_width, 1.0)
    scale = min(longer / max((high - low).max(), 1), *(room / np.maximum(high - low, 1)))
    half = (high - low) / 2 * scale
    center = np.clip(
        pen.center, half + pen.stroke_width / 2, [height, width] - half - pen.stroke_width / 2
    )
    points = np.unique(np.round(((points - (low + high) / 2) * scale + center) * 2) / 2, axis=0)
    drawn[_near(points, pen.stroke_width / 2, (height, width))] = pen.ink
    return drawn


def find_strokes(photograph: np.ndarray) -> np.ndarray:
    """uint8 `(H, W)` -> bool, of at most WORKING pixels a side: what was drawn, in dark or light.

    The ground is the image without whatever is narrower than a stroke may be (a closing: Gonzalez
    & Woods, chapter 9); divided by it, paper is 1 in light and in shadow. Ink is what Otsu's (1979)
    threshold tells from it. Parts that touch the border or are small are none of the drawing.
    """
    image = Image.fromarray(photograph)
    image.thumbnail((WORKING, WORKING), Image.Resampling.BOX)
    image = image.filter(ImageFilter.GaussianBlur(1))
    values = np.maximum(np.asarray(image, float), 1)
    around = _ground(image, COARSE, ImageFilter.MedianFilter(MEDIAN))
    if _squares(_middle(around / values) - 1) > _squares(_middle(values / around) - 1):
        widest = _repeated(ImageFilter.MaxFilter(5)) + _repeated(ImageFilter.MinFilter(5))
        contrast = 1 - values / _ground(image, GROUND, *widest)
    else:
        widest = _repeated(ImageFilter.MinFilter(5)) + _repeated(ImageFilter.MaxFilter(5))
        contrast = 1 - _ground(image, GROUND, *widest) / values
    return _drawing(contrast > max(otsu(_middle(contrast)), LEAST_CONTRAST))


def _middle(values: np.ndarray) -> np.ndarray:
    """`(H, W)` without a tenth at each side, where the table may show beyond the paper."""
    height, width = values.shape
    return values[height // 10 : height - height // 10, width // 10 : width - width // 10]


def _repeated(filter_: ImageFilter.Filter) -> list[ImageFilter.Filter]:
    """A filter of 5x5 pixels as often as makes it one of WIDEST_STROKE, which is quicker."""
    return [filter_] * (WIDEST_STROKE // 4)


def _squares(values: np.ndarray) -> float:
    """The sum of the squares of what is above 0."""
    return float(np.square(np.maximum(values, 0)).sum())


def _ground(image: Image.Image, side: int, *filters: ImageFilter.Filter) -> np.ndarray:
    """float `(H, W)`: the image scaled down to `side` pixels, filtered, and scaled up again."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.BOX)
    for each in filters:
        small = small.filter(each)
    return np.maximum(np.asarray(small.resize(image.size, Image.Resampling.BILINEAR), float), 1)


def otsu(values: np.ndarray) -> float:
    """The threshold that parts values of 0 to 1 into two classes whose means differ most, weighted
    by their sizes (Otsu 1979).
    """
    counts, edges = np.histogram(values, bins=256, range=(0, 1))
    centers = (edges[1:] + edges[:-1]) / 2
    below, sums = counts.cumsum(), (counts * centers).cumsum()
    above = below[-1] - below
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nan_to_num(between).argmax()])


def _drawing(ink: np.ndarray) -> np.ndarray:
    """bool `(H, W)` -> bool, without parts that touch the border, such as the table around the
    paper, if a drawing is left, and without small parts.
    """
    labels, count = label_parts(ink)
    if not count:
        return ink
    sizes, border = (
        np.bincount(each, minlength=count + 1)[1:]
        for each in (
            labels.ravel(),
            np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]),
        )
    )
    kept = border == 0
    if sizes[kept].max(initial=0) < LEAST_DRAWING * ink.size:
        # a drawing that is cut off; a strip of table lies along the border with its length
        kept = border**2 < sizes
    if not kept.any():
        kept = np.ones(count, bool)
    kept &= sizes >= LEAST_PART * sizes[kept].sum()
    return np.append(False, kept)[labels]


def _smooth_lines(strokes: np.ndarray) -> np.ndarray:
    """The center lines of strokes `(H, W)`, found at DRAWN pixels with their edges smoothed."""
    image = Image.fromarray(np.pad(strokes, 6).astype(np.uint8) * 255)
    scale = DRAWN / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    smooth = image.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))
    found = center_lines(np.asarray(smooth) > 100)
    return found if found.any() else np.asarray(image.resize(size)) > 127


def _near(points: np.ndarray, distance: float, size: tuple[int, int]) -> np.ndarray:
    """bool `(H, W)`: which pixels' centers are at most so far from a point `(P, 2)` of (y, x)."""
    near = np.zeros(size, bool)
    reach = int(np.ceil(distance)) + 1
    for y in range(-reach, reach + 1):
        for x in range(-reach, reach + 1):
            pixels = np.floor(points).astype(int) + [y, x]
            inside = ((pixels >= 0) & (pixels < size)).all(axis=1)
            close = np.hypot(*(pixels + 0.5 - points).T) <= distance
            near[tuple(pixels[inside & close].T)] = True
    return near
