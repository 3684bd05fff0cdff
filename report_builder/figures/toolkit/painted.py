"""An image that is put on the figure byte by byte; matplotlib's own artist resamples even where nothing changes."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.image import FigureImage
from matplotlib.transforms import IdentityTransform


class Painted(FigureImage):
    """An (H, W, 3) uint8 canvas at the lower left corner, one pixel of it for one of the figure."""

    def __init__(self, figure: Figure, canvas: np.ndarray):
        super().__init__(figure, origin="upper")
        self.set_array(canvas)
        self.set_zorder(-1)  # below the axes

    def make_image(self, renderer, magnification=1.0, unsampled=False):
        canvas = self.get_array()
        opaque = np.full((*canvas.shape[:2], 4), 255, dtype=np.uint8)
        opaque[:, :, :3] = canvas[::-1]
        return opaque, 0, 0, IdentityTransform()
