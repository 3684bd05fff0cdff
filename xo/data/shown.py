"""Writes a picture of images as networks take them, each below the image it was made from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, PngImagePlugin

from xo.data.fit import Fitted
from xo.errors import InputError
from xo.store.files import open_atomically

IN_A_ROW = 10
MOST = 100  # images on one picture
GAP = 6  # pixels
GRAY = 128
SOFTWARE = "xo-report predict --show"  # in the file, by which it is known


def refuse_to_replace(path: Path) -> None:
    """Raises InputError unless `path` is a new .png, or one that `write_sheet` wrote."""
    if path.suffix.lower() != ".png":
        raise InputError(f"{path}: --show writes a PNG; give it a name that ends with .png")
    if not path.parent.is_dir():
        raise InputError(f"{path}: the folder {path.parent} is not there; make it first")
    if not os.path.lexists(path):
        return
    try:
        with Image.open(path, formats=("PNG",)) as image:
            own = image.info.get("Software") == SOFTWARE
    except Exception:  # Pillow raises nearly anything; whatever it is, it is not ours
        own = False
    if not own:
        raise InputError(
            f"{path}: holds something that --show did not write; remove it, or give another name"
        )


def write_sheet(path: Path, fitted: Sequence[Fitted]) -> None:
    """Writes the first MOST images as a PNG, in rows of IN_A_ROW: above, as they were read."""
    fitted = fitted[:MOST]
    height, width = fitted[0].pixels.shape[:2]
    columns, rows = min(len(fitted), IN_A_ROW), -(-len(fitted) // IN_A_ROW)
    size = columns * (width + GAP) + GAP, rows * 2 * (height + GAP) + GAP
    sheet = Image.new("RGB", size, (GRAY,) * 3)
    for number, each in enumerate(fitted):
        row, column = divmod(number, IN_A_ROW)
        left, top = GAP + column * (width + GAP), GAP + row * 2 * (height + GAP)
        original = Image.fromarray(each.original).convert("RGB")
        original.thumbnail((width, height))
        sheet.paste(original, (left, top + (height - original.height) // 2))
        sheet.paste(Image.fromarray(each.pixels).convert("RGB"), (left, top + height + GAP // 2))
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", SOFTWARE)
    with open_atomically(path) as file:
        sheet.save(file, "PNG", pnginfo=notes)


def thumbnail(fitted: Fitted) -> Fitted:
    """The same with an original of at most the size of the other image, to be kept in memory."""
    height, width = fitted.pixels.shape[:2]
    original = Image.fromarray(fitted.original)
    original.thumbnail((width, height))
    return Fitted(np.array(original), fitted.pixels)
