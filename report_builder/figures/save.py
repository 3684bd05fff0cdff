"""Drawings as the bytes of files; the same drawing always gives the same bytes."""

from __future__ import annotations

import io
import math
import re
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from report_builder.figures.toolkit.description import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

SHOWN_WIDTH = 700  # pixels on a page
LEAST_TEXT = 10  # pixels, on the narrowest screen
PALETTE = 256  # colors that a PNG may have to be stored as one byte per pixel
MANY = 1 << 13  # colors above which a palette would be too coarse


def shown_size(drawing: Drawing) -> tuple[int, int]:
    """Width and height to show a drawing with on a page, in pixels."""
    width, height = drawing.figure.get_size_inches()
    return SHOWN_WIDTH, round(SHOWN_WIDTH * height / width)


def smallest_text(drawing: Drawing) -> float:
    """The size of its smallest text as a page shows it, in pixels; once it has been encoded, since
    ticks are labelled then.
    """
    from matplotlib.text import Text

    sizes = [
        text.get_fontsize()
        for text in drawing.figure.findobj(Text)
        if text.get_visible() and text.get_text().strip()
    ]
    inches_wide, _ = drawing.figure.get_size_inches()
    return float(min(sizes) * SHOWN_WIDTH / (72 * inches_wide))


def least_width(smallest: float) -> int:
    """The width, in pixels, at which a figure's smallest text is LEAST_TEXT high; `smallest` is its
    height at SHOWN_WIDTH. On a narrower screen the figure scrolls sideways.
    """
    return min(math.ceil(SHOWN_WIDTH * LEAST_TEXT / smallest), SHOWN_WIDTH)


def encode(drawing: Drawing, kind: Literal["svg", "png"]) -> bytes:
    """A drawing as an SVG or a PNG."""
    with drawing.style.applied():
        return _svg(drawing.figure) if kind == "svg" else _png(drawing.figure)


def _svg(figure: Figure) -> bytes:
    """Without metadata, document type, comments and indentation; coordinates in hundredths."""
    out = io.BytesIO()
    metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(out, format="svg", metadata=metadata)
    text = out.getvalue().decode("utf-8")
    text = re.sub(
        r' d="[^"]*"',
        lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]),
        text[text.index("<svg") :],
    )
    text = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)
    text = text.replace("XOReportSans-Regular-", "x")  # the names of glyphs
    text = text.replace("xlink:href", "href")
    return re.sub(r"\s*\n\s*", "\n", text).encode("utf-8")


def _png(figure: Figure) -> bytes:
    """All painted pixels exactly as they are.

    Where they have at most 256 colors the file has a palette, which halves it: these colors, then
    the commonest shades at the edges of letters; a rare shade becomes the nearest of them.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    agg = FigureCanvasAgg(figure)
    agg.draw()
    pixels = np.asarray(agg.buffer_rgba())  # (H, W, 4), all opaque
    image = Image.fromarray(pixels)
    painted = [
        color
        for each in figure.images
        for color in _colors(Image.fromarray(np.asarray(each.get_array())).convert("RGBA"))
    ]
    found = _colors(image)
    if 0 < len(painted) <= PALETTE and found:
        colors = np.array(list(dict.fromkeys(painted + found)), dtype=np.uint8)  # (n, 4)
        palette = colors[:PALETTE]
        distance = np.abs(colors[:, None].astype(int) - palette).sum(axis=2)  # (n, up to 256)
        nearest = np.zeros(1 << 24, dtype=np.uint8)
        nearest[_packed(colors)] = distance.argmin(axis=1)
        image = Image.fromarray(nearest[_packed(pixels)])
        image.putpalette(palette[:, :3].tobytes())
    else:
        image = image.convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _colors(image: Image) -> list[Any]:
    """Colors of an image, (r, g, b, a), the commonest first; none if there are more than MANY."""
    counted = image.getcolors(MANY) or []
    return [color for _, color in sorted(counted, key=lambda entry: (-entry[0], entry[1]))]


def _packed(rgba: np.ndarray) -> np.ndarray:
    """(..., 4) opaque uint8 -> (...) numbers below 2**24, one for each color."""
    return rgba.view("<u4")[..., 0] & 0xFFFFFF
