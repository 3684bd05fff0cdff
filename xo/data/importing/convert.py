"""What the pixels of an image file become: (H, W) or (H, W, 3) uint8, and what was changed."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from xo.data.images import FORMATS, LARGEST, SMALLEST, short
from xo.data.importing.options import ImportOptions
from xo.data.scaling import ground, scaled
from xo.errors import InputError

if TYPE_CHECKING:
    from PIL import Image

LARGEST_PHOTO = 2**27  # pixels of an image that is scaled down
INK = 48  # levels of gray that ink differs from the ground by, at least
FEW = (16, 16)  # pixels that are looked at first
MARGIN = 0.1  # of the longer side of the ink's box, which stays around it
DARK = 96  # a ground below that is taken for black
# What was changed, as the data card counts it.
TURNED, FLATTENED, EIGHT_BITS = "turned", "flattened", "brought to 8 bits"
GRAY, INVERTED, CROPPED = "brought to gray", "inverted", "cropped"
SCALED, PADDED, FIRST_FRAME = "scaled", "padded", "first frame taken"


def convert(content: bytes, name: str, options: ImportOptions) -> tuple[np.ndarray, set[str]]:
    """The pixels of an image file, 0 black and 255 white, and which changes were made to them.

    `name` stands in messages. Raises InputError on what is no such image, or needs an option that
    was not given.
    """
    from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

    changes: set[str] = set()
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            _without_messages_of_libraries(),
            Image.open(io.BytesIO(content), formats=FORMATS) as image,
        ):
            _refuse(image, name, options)
            if getattr(image, "n_frames", 1) > 1:
                image.seek(0)
                changes.add(FIRST_FRAME)
            upright: Image.Image = image
            if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
                changes.add(TURNED)
                upright = ImageOps.exif_transpose(image)
            pixels = _flat(upright, options, changes)
    except InputError:
        raise
    except UnidentifiedImageError:
        raise InputError(
            f"{name}: not an image of a kind that is read ({', '.join(FORMATS).lower()}); "
            "restore the file from its source, or leave it out"
        ) from None
    except Exception as error:  # Pillow's readers raise nearly anything on a damaged file
        raise InputError(
            f"{name}: not a readable image ({short(error)}); "
            "restore the file from its source, or remove it"
        ) from None
    if options.invert:
        pixels = 255 - pixels
        changes.add(INVERTED)
    if options.crop_to_ink:
        pixels = _cropped(pixels, changes)
    if options.size:
        width, height = options.size
        changes |= _changes_by_scaling(pixels.shape[:2], (height, width))
        pixels = scaled(pixels, (height, width))
    return np.ascontiguousarray(pixels), changes


def _refuse(image: Image.Image, name: str, options: ImportOptions) -> None:
    """Raises InputError on an image that no network can take, before its pixels are decoded."""
    width, height = image.size
    if min(image.size) < 1 or width * height > LARGEST_PHOTO:
        raise InputError(
            f"{name}: {width}x{height} pixels; at most {LARGEST_PHOTO:,} in all are read, "
            "so scale the image down"
        )
    if not (options.size or options.crop_to_ink):
        if min(image.size) < SMALLEST:
            raise InputError(
                f"{name}: {width}x{height} pixels; three blocks of convolution and pooling need "
                f"at least {SMALLEST} a side, so scale the images up, with --size {SMALLEST}"
            )
        if max(image.size) > LARGEST:
            raise InputError(
                f"{name}: {width}x{height} pixels; at most {LARGEST} a side can be used, "
                "so scale the images down, with --size 116"
            )
    frames = getattr(image, "n_frames", 1)
    if frames > 1 and not options.first_frame:
        raise InputError(
            f"{name}: {frames} frames; save the one that counts as an image of its own, "
            "or take the first with --first-frame"
        )


def _flat(image: Image.Image, options: ImportOptions, changes: set[str]) -> np.ndarray:
    """Opaque pixels of 8 bits, in gray or, where it is wanted, in color."""
    from PIL import Image

    if image.mode in ("F", "I") or image.mode.startswith("I;16"):
        changes.add(EIGHT_BITS)
        image = Image.fromarray(_eight_bits(np.asarray(image)))
    if image.has_transparency_data:
        layers = np.asarray(image.convert("RGBA"))
        if layers[..., 3].min() < 255:
            changes.add(FLATTENED)
            behind = Image.new("RGBA", image.size, (options.ground,) * 3 + (255,))
            image = Image.alpha_composite(behind, image.convert("RGBA")).convert("RGB")
    if options.colour:
        return np.array(image.convert("RGB"))
    if image.mode not in ("1", "L", "LA") and _has_color(image):
        changes.add(GRAY)
    return np.array(image.convert("L"))


def _has_color(image: Image.Image) -> bool:
    """Whether red, green and blue differ anywhere; of a photograph a few pixels tell."""
    from PIL import Image

    for each in (image.resize(FEW, Image.Resampling.NEAREST), image):
        colors = np.asarray(each if each.mode == "RGB" else each.convert("RGB"))
        if (colors != colors[..., :1]).any():
            return True
    return False


def _eight_bits(pixels: np.ndarray) -> np.ndarray:
    """Stretched from the image's own range to 0 to 255; an even image becomes white."""
    values = pixels.astype(np.float64)
    low, high = np.nanmin(values), np.nanmax(values)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        return np.full(pixels.shape, 255, np.uint8)
    return np.rint((np.nan_to_num(values, nan=low) - low) / (high - low) * 255).astype(np.uint8)


def _cropped(pixels: np.ndarray, changes: set[str]) -> np.ndarray:
    """The box of the ink, with a margin; all of an image without ink."""
    difference = abs(pixels.astype(np.int16) - ground(pixels))
    ink = (difference if difference.ndim == 2 else difference.max(2)) >= INK
    if not ink.any():
        return pixels
    (top, bottom), (left, right) = (
        (int(each.argmax()), len(each) - int(each[::-1].argmax()))
        for each in (ink.any(1), ink.any(0))
    )
    margin = round(MARGIN * max(bottom - top, right - left))
    cropped = pixels[max(0, top - margin) : bottom + margin, max(0, left - margin) : right + margin]
    if cropped.shape != pixels.shape:
        changes.add(CROPPED)
    return cropped


def _changes_by_scaling(given: tuple[int, ...], size: tuple[int, int]) -> set[str]:
    """Which of SCALED and PADDED bring an image of `given` (h, w) to `size`."""
    if given == size:
        return set()
    ratios = {round(wanted / side, 6) for wanted, side in zip(size, given)}
    changes = {PADDED} if len(ratios) > 1 else set()
    return changes | ({SCALED} if min(ratios) != 1 else set())


@contextmanager
def _without_messages_of_libraries() -> Iterator[None]:
    """Nothing that a C library of Pillow's writes to the process's error stream gets there."""
    saved = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)
