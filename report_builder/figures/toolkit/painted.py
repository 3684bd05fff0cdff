"""An image that stands in a figure pixel by pixel; matplotlib's own artist always resamples."""

from __future__ import annotations

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.figure import Figure
from matplotlib.image import FigureImage
from matplotlib.transforms import Affine2D


class Painted(FigureImage):
    """An (H, W, 3) uint8 canvas at the lower left corner, a pixel of it for each of the figure."""

    def __init__(self, figure: Figure, canvas: np.ndarray):
        super().__init__(figure, origin="upper")
        self.set_array(canvas)
        self.set_zorder(-1)  # below the axes

    def make_image(
        self, renderer: RendererBase, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[np.ndarray, float, float, Affine2D]:
        canvas = np.asarray(self.get_array())
        opaque = np.full((*canvas.shape[:2], 4), 255, dtype=np.uint8)
        opaque[:, :, :3] = canvas[::-1]
        return opaque, 0, 0, Affine2D()
