"""Painting."""

from __future__ import annotations

import numpy as np

from report_builder.figures.toolkit import pixels
from report_builder.figures.toolkit.style import STYLES


def test_zero_has_the_middle_color_and_both_ends_are_reached():
    for style in STYLES:
        low, middle, high = pixels.shades(np.array([-2.0, 0.0, 2.0]), -2, 2, style.diverging)
        assert [tuple(shade) for shade in (low, middle, high)] == [
            pixels.rgb(style.diverging[i]) for i in (0, 3, 6)
        ]


def test_images_are_enlarged_by_whole_numbers_only():
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert (pixels.fit(picture, 5, 5) == picture.repeat(2, 0).repeat(2, 1)).all()
    large = np.zeros((100, 60, 3), dtype=np.uint8)
    assert pixels.fit(large, 40, 40).shape == (34, 20, 3)  # every third pixel
    assert pixels.cell_size((116, 116), 120) == (116, 116)
    assert pixels.cell_size((12, 12), 110) == (108, 108)
    assert pixels.cell_size((20, 40), 85) == (80, 40)
    assert pixels.cell_size((250, 500), 100) == (100, 50)
