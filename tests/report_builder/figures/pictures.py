"""What a drawn figure shows: its words, and whether a picture stands on its canvas."""

from __future__ import annotations

from types import ModuleType

import numpy as np

from report_builder.figures.toolkit.style import Style

EN = Style("en", "light")


def drawn(figure: ModuleType, numbers, style: Style = EN):
    """The matplotlib figure of these numbers."""
    with style.applied():
        return figure.draw(numbers, style)


def words(figure) -> list[str]:
    """All texts of a figure and of its axes."""
    texts = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    return [text.get_text() for text in texts]


def contains(figure, picture: np.ndarray) -> bool:
    """Whether an (h, w, 3) picture stands on the canvas, enlarged by a whole number."""
    canvas, picture = (
        each.astype(int) @ [65536, 256, 1] for each in (figure.images[0].get_array(), picture)
    )
    height, width = canvas.shape
    h, w = picture.shape
    colors, counts = np.unique(picture, return_counts=True)
    # of pixels like most others there are too many
    rare = np.argwhere(picture != colors[counts.argmax()])
    some = [*rare[:: max(1, len(rare) // 12)], (0, 0), (h - 1, w - 1)]
    for factor in range(1, min(height // h, width // w) + 1):
        rows, columns = height - factor * h + 1, width - factor * w + 1
        fits = np.ones((rows, columns), dtype=bool)
        for y, x in some:
            top, left = y * factor, x * factor
            fits &= canvas[top : top + rows, left : left + columns] == picture[y, x]
        large = picture.repeat(factor, 0).repeat(factor, 1)
        for y, x in np.argwhere(fits):
            if (canvas[y : y + factor * h, x : x + factor * w] == large).all():
                return True
    return False
