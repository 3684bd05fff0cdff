"""Distances of colors against published data, and what each kind of sight confuses."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.checks.color_vision import SIGHTS, ciede2000, distance, lab, linear


@pytest.mark.parametrize(
    "first, second, published",
    [  # of table 1 of Sharma, Wu and Dalal (2005): its rows 1, 7, 9, 11, 16, 17, 25, 34
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, 0, 0), (50, -1, 2), 2.3669),
        ((50, 2.49, -0.001), (50, -2.49, 0.0009), 7.1792),
        ((50, 2.49, -0.001), (50, -2.49, 0.0011), 7.2195),
        ((50, 2.5, 0), (50, 0, -2.5), 4.3065),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_as_published_and_the_same_both_ways(first, second, published):
    a, b = np.array(first), np.array(second)
    assert ciede2000(a, b) == pytest.approx(published, abs=5e-5)
    assert ciede2000(b, a) == pytest.approx(ciede2000(a, b))


def test_lightness_of_black_grey_and_white():
    for color, expected in (("#000000", 0.0), ("#777777", 50.03), ("#ffffff", 100.0)):
        assert lab(linear(color)) == pytest.approx([expected, 0, 0], abs=0.01)


def test_each_kind_of_sight_keeps_white_and_grey():
    for matrix in SIGHTS.values():
        assert matrix.sum(1) == pytest.approx([1, 1, 1], abs=1e-5)


@pytest.mark.parametrize(
    "sight, confused",
    [
        ("protanopia", ("#b3291e", "#4a4a1c")),
        ("deuteranopia", ("#a0522d", "#5f7a2d")),
        ("tritanopia", ("#5b8fd6", "#3f9a9a")),
        ("grey", ("#c00000", "#006f00")),
    ],
)
def test_two_colors_are_nearer_each_other_without_a_cone(sight: str, confused: tuple[str, str]):
    assert distance(*confused, sight) < distance(*confused) / 2
    assert distance("#000000", "#ffffff", sight) == pytest.approx(100, abs=0.1)
