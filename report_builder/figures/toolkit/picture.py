"""A figure of pixels: images are painted on a canvas, notes and shapes placed at its pixels."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.figures.toolkit import layout, pixels
from report_builder.palette import COLORS
from report_builder.text import Text, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import FigureImage

    from report_builder.figures.toolkit.style import Style

ON_WHITE = COLORS["receptive field"][0]  # for frames on images, which are white on dark pages too


class Picture:
    """A canvas below a title; x and y are pixels from the canvas's upper left corner.

    What is painted stands in the file as it is, nothing is resampled.
    """

    def __init__(self, style: Style, title: Text, width: int, height: int):
        self.style, self.width, self.height = style, width, height
        self.canvas = pixels.canvas(style, width, height)  # (height, width, 3) uint8
        self.dpi = width / layout.WIDTH  # pixels an inch
        body = height * layout.WIDTH / width  # inches
        self._figure = layout.sheet(style.text(title), body, dpi=self.dpi)

    def finished(self) -> Figure:
        """The figure with all that has been painted."""
        below_axes = -1
        image = self._figure.figimage(self.canvas, origin="upper", resize=False, zorder=below_axes)
        image.make_image = partial(_as_it_is, image, self.dpi)  # type: ignore[method-assign]
        return self._figure

    def points(self, size: float) -> int:
        """How many pixels `size` points are."""
        return pixels.points(self.width, size)

    def around_zero(self, values: np.ndarray, limit: float) -> np.ndarray:
        """Values (...) -> (..., 3) uint8 on the diverging scale from -limit to limit."""
        return pixels.shades(values, -limit, limit, self.style.diverging)

    def paint(self, image: np.ndarray, x: int, y: int, border: str = "") -> None:
        """Paint an (h, w, 3) image, in a thin border, pixel by pixel."""
        pixels.put(self.canvas, image, x, y, border or self.style.color("grid"))

    def paint_into(
        self, image: np.ndarray, x: int, y: int, cell: tuple[int, int], border: str = ""
    ) -> tuple[int, int, int]:
        """Fit an image into the middle of a cell (width, height); its own corner and width."""
        return pixels.put_into(self.canvas, image, x, y, cell, border or self.style.color("grid"))

    def outline(self, x: int, y: int, wide: int, tall: int, color: str) -> None:
        """Paint a frame, three pixels wide, just outside of a rectangle."""
        inside = self.canvas[y : y + tall, x : x + wide].copy()
        outer = slice(max(y - 3, 0), y + tall + 3), slice(max(x - 3, 0), x + wide + 3)
        self.canvas[outer] = pixels.rgb(color)
        self.canvas[y : y + tall, x : x + wide] = inside

    def note(
        self, x: float, y: float, text: str | Text, size: float = layout.SMALL, **options
    ) -> None:
        """Write at a pixel, by default to its right and above it."""
        words = text if isinstance(text, str) else self.style.text(text)
        place = x / self.dpi, (self.height - y) / self.dpi
        layout.note(self._figure, *place, words, fontsize=size, **options)

    def place(self, x: float, y: float) -> tuple[float, float]:
        """A pixel in the coordinates of the figure, 0 to 1 from the lower left corner."""
        wide, tall = self._figure.bbox.size
        return x / wide, (self.height - y) / tall

    def rectangle(self, x: float, y: float, wide: float, tall: float, **options) -> None:
        """Draw a rectangle whose upper left corner is at (x, y)."""
        from matplotlib.patches import Rectangle

        size = self._figure.bbox.size
        corner = x / size[0], (self.height - y - tall) / size[1]
        self._figure.add_artist(Rectangle(corner, wide / size[0], tall / size[1], **options))

    def polygon(self, corners: list[tuple[float, float]], **options) -> None:
        """Draw a polygon."""
        from matplotlib.patches import Polygon

        self._figure.add_artist(Polygon([self.place(*corner) for corner in corners], **options))

    def line(self, start: tuple[float, float], end: tuple[float, float], **options) -> None:
        """Draw a straight line."""
        from matplotlib.lines import Line2D

        (x0, y0), (x1, y1) = self.place(*start), self.place(*end)
        self._figure.add_artist(Line2D([x0, x1], [y0, y1], **options))

    def axes(self, x: float, y: float, wide: float, tall: float, **options) -> Axes:
        """Axes whose upper left corner is at (x, y)."""
        box = x, self.height - y - tall, wide, tall
        return layout.axes(self._figure, *(length / self.dpi for length in box), **options)

    def scale_bar(self, y: int, limit: float, text: Text) -> None:
        """The diverging scale from -limit to limit at the right, and at its left what it means."""
        wide = round(self.width * 0.24)
        x = self.width - wide - round(self.width * 0.05)
        colors = self.around_zero(np.linspace(-1, 1, wide), 1)
        self.canvas[y : y + self.points(8), x : x + wide] = colors
        for share, value in ((0, -limit), (0.5, 0.0), (1, limit)):
            place = x + share * wide, y + self.points(10)
            self.note(*place, number(value, 2), 8.5, ha="center", va="top")
        self.note(x - 12, y + self.points(4), text, 8.5, ha="right", va="center")


def _as_it_is(
    image: FigureImage,
    dpi: float,
    renderer: Any,
    magnification: float = 1.0,
    unsampled: bool = False,
) -> tuple[Any, ...]:
    """Takes the place of an image's `make_image`, which resamples even where each pixel of the
    canvas is one of the file, as it is with this `dpi`.
    """
    if unsampled or magnification != 1 or renderer.dpi != dpi:
        return type(image).make_image(image, renderer, magnification, unsampled)
    canvas = np.asarray(image.get_array())
    opaque = np.full((*canvas.shape[:2], 4), 255, np.uint8)
    opaque[..., :3] = canvas[::-1]  # the lowest row comes first
    return opaque, 0, 0, None
