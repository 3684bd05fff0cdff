"""Reads and writes images: bytes of a file <-> (H, W) uint8, and a new folder of PNGs."""

from __future__ import annotations

import io
import os
import shutil
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xo.errors import InputError
from xo.store.files import sweep_folders, temporary_folder
from xo.store.locks import locked

if TYPE_CHECKING:
    import numpy as np

SUFFIXES = (".png", ".bmp", ".jpg", ".jpeg", ".pgm", ".ppm", ".tif", ".tiff", ".webp", ".gif")
# Pixels a side: less leaves nothing after three blocks, more fits no dense layer.
SMALLEST, LARGEST = 22, 512
FORMATS = ("PNG", "BMP", "JPEG", "PPM", "TIFF", "WEBP", "GIF")
_EIGHT_BIT = ("1", "L", "P", "RGB", "CMYK", "YCbCr", "LA", "PA", "RGBA", "La", "RGBa")


def decode(
    data: bytes, name: str, sides: tuple[int, int] = (SMALLEST, LARGEST), colour: bool = False
) -> np.ndarray:
    """An image file's bytes -> (H, W) uint8, 0 black and 255 white, or (H, W, 3) with `colour`.

    Else colors become gray as in torchvision (ITU-R 601). `name` stands in messages; `sides` are
    the least and the most pixels of a side. InputError on what is no such image.
    """
    import numpy as np
    from PIL import Image, UnidentifiedImageError

    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(data), formats=FORMATS) as image,
        ):
            _refuse(image.size, sides, getattr(image, "n_frames", 1), image.mode, name)
            if image.has_transparency_data and np.array(image.convert("RGBA"))[..., 3].min() < 255:
                raise InputError(
                    f"{name}: the image has transparent pixels; flatten it onto one background"
                )
            return np.array(image.convert("RGB" if colour else "L"))
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


def _refuse(
    size: tuple[int, int], sides: tuple[int, int], frames: int, mode: str, name: str
) -> None:
    """Raises InputError on an image that no network can take, before its pixels are decoded."""
    width, height = size
    if min(size) < sides[0]:
        raise InputError(
            f"{name}: {width}x{height} pixels; three blocks of convolution and pooling need "
            f"at least {sides[0]} a side, so scale the images up"
        )
    if max(size) > sides[1]:
        raise InputError(
            f"{name}: {width}x{height} pixels; at most {sides[1]} a side can be used, "
            "so scale the images down"
        )
    if frames > 1:
        raise InputError(
            f"{name}: {frames} frames; save the one that counts as an image of its own"
        )
    if mode not in _EIGHT_BIT:
        raise InputError(f"{name}: pixels of mode {mode}; save the image with 8 bits a channel")


def encode(pixels: np.ndarray) -> bytes:
    """(H, W) or (H, W, 3) uint8 -> a PNG's bytes, of one bit a pixel where all are 0 or 255."""
    from PIL import Image

    image = Image.fromarray(pixels)
    if pixels.ndim == 2 and ((pixels == 0) | (pixels == 255)).all():
        image = image.convert("1", dither=Image.Dither.NONE)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@dataclass
class NewFolder:
    """A folder that is being filled and gets its name at the end."""

    folder: Path  # where it lies until then
    _target: Path

    def keep(self) -> None:
        """Gives it its name; InputError where something else has it."""
        if os.path.lexists(self._target):
            raise InputError(
                f"{self._target}: exists already; remove it, or choose another folder with --to"
            )
        self.folder.rename(self._target)


@contextmanager
def new_folder(target: Path) -> Iterator[NewFolder]:
    """A folder beside `target` to fill; what was not kept when the block ends is removed.

    What killed processes left of it is removed; one that writes it now is waited for. Raises
    InputError where it cannot be written.
    """
    folder = None
    try:
        with locked(target.with_name(f".{target.name}.lock")):
            sweep_folders(target)
            folder = temporary_folder(target)
            yield NewFolder(folder, target)
    except OSError as error:
        raise InputError(
            f"{target}: cannot be written ({short(error)}); "
            "free some space there, or choose another folder with --to"
        ) from None
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def write(target: Path, files: Iterable[tuple[str, np.ndarray]]) -> None:
    """Writes (relative path, pixels) pairs as PNGs into a new folder, or nothing at all."""
    if os.path.lexists(target):
        raise InputError(f"{target}: exists already; remove it, or choose another folder with --to")
    with new_folder(target) as new:
        for path, pixels in files:
            write_png(new.folder / path, pixels)
        new.keep()


def write_png(path: Path, pixels: np.ndarray) -> None:
    """Writes (H, W) or (H, W, 3) uint8 to a new file; its folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode(pixels))


def short(error: Exception) -> str:
    """An error's message on one line."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(text.split()) or type(error).__name__
