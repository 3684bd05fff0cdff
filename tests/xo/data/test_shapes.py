"""Parts that hang together, and center lines, on drawings that one can check by eye."""

from __future__ import annotations

import numpy as np

from xo.data.shapes import center_lines, label_parts


def drawn(*rows: str) -> np.ndarray:
    return np.array([[character == "#" for character in row] for row in rows])


def test_pixels_that_touch_at_a_side_or_a_corner_are_of_one_part():
    labels, count = label_parts(drawn("#..#", ".#.#", "....", "##.."))
    assert count == 3
    assert labels.tolist() == [[1, 0, 0, 2], [0, 1, 0, 2], [0, 0, 0, 0], [3, 3, 0, 0]]


def test_arms_that_meet_further_down_are_one_part():
    labels, count = label_parts(drawn("#.#.#", "#.#.#", "#####"))
    assert count == 1 and labels.max() == 1


def test_where_there_is_no_ink_there_is_no_part():
    labels, count = label_parts(np.zeros((3, 4), bool))
    assert count == 0 and not labels.any()


def test_a_thick_bar_is_thinned_to_one_pixel_and_keeps_most_of_its_length():
    bar = np.zeros((15, 40), bool)
    bar[5:10, 5:35] = True
    lines = center_lines(bar)
    assert lines.sum(axis=0).max() == 1 and 24 <= lines.any(axis=0).sum() <= 30
    assert set(np.flatnonzero(lines.any(axis=1))) == {7}


def test_a_ring_stays_closed():
    y, x = np.mgrid[:41, :41] - 20
    lines = center_lines(abs(np.hypot(y, x) - 14) < 3)
    closed = lines | np.roll(lines, 1, axis=0)  # so that no corner leads through
    assert label_parts(lines)[1] == 1 and label_parts(~closed)[1] == 2
