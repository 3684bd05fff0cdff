"""Colors can be read, and each belongs to one thing."""

from __future__ import annotations

import numpy as np

from report_builder.figures.toolkit import pixels
from report_builder.palette import COLORS, FURTHER
from xo.variants import VARIANTS

from .figures.rendering import EN


def luminance(color: str) -> float:
    channels = np.array(pixels.rgb(color)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_color_can_be_read_as_text_on_its_page():
    for scheme in (0, 1):
        ground = luminance(COLORS["ground"][scheme])
        for pair in [
            *(pair for thing, pair in COLORS.items() if thing not in ("ground", "grid")),
            *FURTHER,
        ]:
            darker, lighter = sorted((ground, luminance(pair[scheme])))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, pair


def test_a_color_belongs_to_one_thing():
    assert len(set(COLORS.values())) == len(COLORS) and not set(COLORS.values()) & set(FURTHER)
    assert set(VARIANTS) <= set(COLORS)
    classes = tuple(f"class{k}" for k in range(10))
    assert len(set(EN.class_colors(classes))) == 10
    assert EN.class_colors(("O", "X")) == [EN.color("O"), EN.color("X")]
    assert EN.color("a new variant") == EN.color("a new variant") != EN.ground
