"""Files of figures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from report_builder.figures.save import shown_size
from report_builder.figures.toolkit import pixels
from report_builder.palette import COLORS

from .rendering import render


@pytest.mark.parametrize(
    "name",
    ["passage", "solved", "levels", "network.baseline", "loss.baseline", "confusion.features"],
)
def test_the_same_records_give_the_same_bytes(evidence, drawn, name):
    assert render(name, evidence).data == drawn(name).data


def test_letters_of_an_svg_are_paths(drawn):
    svg = drawn("loss.baseline").data
    assert svg.startswith(b"<svg") and b"<text" not in svg and b"<image" not in svg


def test_pictures_are_what_was_painted_pixel_by_pixel(drawn):
    rendered = drawn("kernels-conv2.baseline")
    painted = rendered.drawing.figure.images[0].get_array()  # (H, W, 3)
    saved = np.asarray(Image.open(io.BytesIO(rendered.data)).convert("RGB"))
    height, width = painted.shape[:2]
    assert saved.shape[1] == width
    same = (saved[-height:] == painted).all(axis=2)
    assert same.mean() > 0.97  # all but the letters
    # the frame of the strongest kernel
    framed = np.argwhere((painted == pixels.rgb(COLORS["ink"][0])).all(axis=2))
    (top, left), (bottom, right) = framed.min(axis=0), framed.max(axis=0)
    assert same[top:bottom, left:right].all()


def test_a_figure_is_shown_700_pixels_wide_in_its_own_shape(drawn):
    rendered = drawn("samples")
    width, height = shown_size(rendered.drawing)
    with Image.open(io.BytesIO(rendered.data)) as image:
        assert width == 700 and abs(height - 700 * image.height / image.width) <= 1
