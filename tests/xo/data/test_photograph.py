"""Photographs of drawings become what the training images look like."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw

from xo.data.photograph import Pen, find_strokes, otsu, pen_of, read_photograph, redraw
from xo.data.strokes import ink_of, measure_strokes
from xo.data.synthetic_photographs import synthetic_photographs
from xo.errors import InputError

PEN = Pen((116, 116), ground=255, ink=0, stroke_width=4.0, box=70.0, center=(54.5, 61.5))


def ellipse(width: int = 240, height: int = 120, line: int = 9) -> np.ndarray:
    """A photograph of 400x300 of an ellipse, dark on light."""
    image = Image.new("L", (400, 300), 220)
    box = (200 - width // 2, 150 - height // 2, 200 + width // 2, 150 + height // 2)
    ImageDraw.Draw(image).ellipse(box, outline=40, width=line)
    return np.array(image)


def measured(image: np.ndarray) -> np.ndarray:
    return measure_strokes(ink_of(image[None], 255))[0]


def png(image: Image.Image, **options) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", **options)
    return out.getvalue()


@pytest.mark.parametrize("line", [3, 9, 25])
def test_a_drawing_gets_the_size_place_and_pen_of_the_training_images(line):
    _, stroke, width, height, x, y = measured(redraw(ellipse(line=line), PEN))
    assert stroke == pytest.approx(4, abs=0.6)
    assert width == pytest.approx(70, abs=2) and (x, y) == pytest.approx((61.5, 54.5), abs=1.5)
    assert height == pytest.approx(37, abs=3)  # the aspect, of the lines' middle, is kept


def test_light_on_dark_is_drawn_like_dark_on_light():
    dark = ellipse()
    assert np.mean(redraw(dark, PEN) != redraw(255 - dark, PEN)) < 0.02


def test_a_shadow_over_half_the_paper_changes_little():
    shaded = ellipse().astype(float)
    shaded[:, 180:] *= 0.5
    assert np.mean(redraw(shaded.astype(np.uint8), PEN) != redraw(ellipse(), PEN)) < 0.02


def test_the_table_around_the_paper_is_left_out():
    on_table = ellipse(120, 80)
    on_table[:40] = on_table[:, :50] = on_table[270:] = 90
    assert np.mean(redraw(on_table, PEN) != redraw(ellipse(120, 80), PEN)) < 0.02


def test_specks_are_left_out():
    specked = ellipse()
    specked[20:23, 30:33] = specked[280:283, 350:354] = 30
    assert np.mean(redraw(specked, PEN) != redraw(ellipse(), PEN)) < 0.02


def test_an_empty_sheet_stays_empty():
    assert not find_strokes(np.full((300, 400), 200, np.uint8)).any()
    assert (redraw(np.full((300, 400), 200, np.uint8), PEN) == 255).all()


def test_the_pen_is_that_of_the_training_images(small):
    pen = pen_of(np.asarray(small.train.images))
    assert (pen.image_size, pen.ground, pen.ink) == ((116, 116), 255, 0)
    assert 3.5 < pen.stroke_width < 4.5 and 60 < pen.box < 80


def test_what_is_no_drawing_has_no_pen():
    texture = np.random.default_rng(0).integers(0, 256, (5, 30, 30), np.uint8)
    with pytest.raises(InputError, match="--photo: the training images are no drawings"):
        pen_of(np.where(texture < 180, 0, 255).astype(np.uint8) // 2)
    with pytest.raises(InputError, match="in colour"):
        pen_of(np.zeros((5, 30, 30, 3), np.uint8))


def test_a_photograph_is_turned_as_the_camera_was_held():
    image = Image.new("L", (30, 20), 255)
    image.putpixel((0, 0), 0)
    exif = image.getexif()
    exif[0x0112] = 6  # a quarter to the right
    read = read_photograph(png(image, exif=exif), "turned")
    assert read.shape == (30, 20) and read[0, 19] == 0


def test_a_transparent_ground_is_white():
    image = Image.new("RGBA", (30, 20), (0, 0, 0, 0))
    image.putpixel((3, 4), (0, 0, 0, 255))
    read = read_photograph(png(image), "transparent")
    assert read[4, 3] == 0 and (read == 255).sum() == 599


def test_what_is_no_image_is_named():
    with pytest.raises(InputError, match="note.txt: not an image"):
        read_photograph(b"not an image", "note.txt")


def test_the_threshold_lies_between_two_heaps_of_values():
    assert 0.2 < otsu(np.array([0.1] * 90 + [0.2] * 10 + [0.8] * 5)) < 0.8


def test_of_photographs_with_every_pen_circles_stay_open_in_the_middle_and_crosses_do_not():
    taken = synthetic_photographs(12, seed=4)
    assert taken[:1] == synthetic_photographs(1, seed=4) != synthetic_photographs(1, seed=5)
    wrong = []
    for each in taken:
        image = redraw(read_photograph(each.jpeg, each.label), PEN)
        _, _, width, height, x, y = measured(image)
        middle = image[
            int(y - height / 6) : int(y + height / 6), int(x - width / 6) : int(x + width / 6)
        ]
        if (middle == 0).any() != (each.label == "crosses"):
            wrong.append((each.label, each.tool))
    assert not wrong


def test_small_training_images_of_white_on_black_get_a_white_drawing():
    pen = Pen((28, 28), ground=0, ink=255, stroke_width=2.0, box=20.0, center=(14.0, 14.0))
    image = redraw(ellipse(), pen)
    _, stroke, width, height, *center = measure_strokes(ink_of(image[None], 0))[0]
    assert set(np.unique(image)) == {0, 255} and width == pytest.approx(20, abs=1.5)
    assert stroke == pytest.approx(2, abs=0.7) and center == pytest.approx([14, 14], abs=1)
