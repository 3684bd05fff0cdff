"""Reads one image of any origin as the uint8 array that networks of a data set take."""

from __future__ import annotations

import io
from typing import NamedTuple

import numpy as np
from PIL import Image

from xo.data import images
from xo.data.photograph import LARGEST, Pen, read_photograph, redraw
from xo.data.scaling import scaled
from xo.errors import InputError


class Fitted(NamedTuple):
    """An image as it was read, and as networks take it."""

    original: np.ndarray  # (h, w) uint8, or (h, w, 3)
    pixels: np.ndarray  # (H, W) uint8, or (H, W, 3)


class Fit(NamedTuple):
    """What networks take, and what may be done to an image of another size."""

    image_size: tuple[int, int]  # (H, W)
    channels: int = 1  # 1: grey, 3: colour
    resize: bool = False  # scale it, its aspect kept, on a ground of its border's colour
    pen: Pen | None = None  # it is a photograph, to be redrawn with this pen

    def read(self, data: bytes, name: str) -> Fitted:
        """An image file's bytes -> the image; InputError on what is none or of another size.

        `name` stands in messages.
        """
        if self.pen:
            original = read_photograph(data, name)
            return Fitted(original, redraw(original, self.pen))
        original = images.decode(data, name, (1, LARGEST))
        if original.shape != self.image_size and not self.resize:
            height, width = self.image_size
            raise InputError(
                f"{name}: the network was trained on {width}x{height} pixels, this image has "
                f"{original.shape[1]}x{original.shape[0]}; add --resize to have it scaled, or "
                "--photo if it is a photograph of a drawing"
            )
        if self.channels == 3:
            with Image.open(io.BytesIO(data)) as image:
                original = np.array(image.convert("RGB"))
        return Fitted(original, scaled(original, self.image_size))
