"""What strokes measure, on images that one can check by eye."""

from __future__ import annotations

import numpy as np
import pytest

from xo.data.strokes import MEASURES, ink_of, measure_strokes


def test_a_bar_of_three_by_eight_pixels_is_measured():
    ink = np.zeros((1, 20, 10), bool)
    ink[0, 6:14, 2:5] = True
    found = dict(zip(MEASURES, measure_strokes(ink)[0]))
    assert found["ink_share"] == pytest.approx(24 / 200)
    assert (found["box_width"], found["box_height"]) == (3, 8)
    assert (found["center_x"], found["center_y"]) == (3.5, 10)


@pytest.mark.parametrize("width", [3, 6])
def test_the_width_of_a_ring_is_found_whatever_the_direction_of_its_parts(width):
    y, x = np.mgrid[:120, :120] - 60
    ring = abs(np.hypot(y, x) - 40) < width / 2
    assert measure_strokes(ring[None])[0, 1] == pytest.approx(width, rel=0.1)


def test_an_empty_image_measures_nothing():
    assert not measure_strokes(np.zeros((2, 5, 5), bool)).any()


def test_ink_is_what_differs_from_the_ground_whether_that_is_light_or_dark():
    image = np.array([[[255, 100, 200], [0, 255, 255]]], np.uint8)
    assert ink_of(image, 255).tolist() == [[[False, True, False], [True, False, False]]]
    assert ink_of(255 - image, 0).tolist() == [[[False, True, False], [True, False, False]]]


def test_in_colour_one_channel_is_enough():
    image = np.full((1, 1, 2, 3), 255, np.uint8)
    image[0, 0, 1, 2] = 0
    assert ink_of(image, 255).tolist() == [[[False, True]]]
