"""Images that a network has never seen the like of are told from the training images."""

from __future__ import annotations

import numpy as np
import pytest

from tests.xo.records import untrained
from xo.runs.unlikeness import ALL_MEASURES, measure, outside, see, spread_of


@pytest.fixture(scope="module")
def known(small):
    """An untrained network, and what its training images measure."""
    net = untrained(small, "features")["features"][0][1]
    return net, spread_of(net, small.train.images)


def beyond(known, images: np.ndarray) -> list[set[str]]:
    net, spread = known
    rows = outside(measure(images, see(net, images), spread), spread)
    return [{name for name, is_out in zip(ALL_MEASURES, row) if is_out} for row in rows]


def test_nearly_all_training_images_are_like_the_training_images(known, small):
    found = beyond(known, np.asarray(small.train.images))
    assert sum(map(bool, found)) <= 12  # the two ends of six measures


def test_white_on_black_noise_one_pixel_and_nothing_are_unlike(known, small):
    nothing = np.full((116, 116), 255, np.uint8)
    pixel = nothing.copy()
    pixel[58, 58] = 0
    noise = np.random.default_rng(0).integers(0, 256, (116, 116), np.uint8)
    inverted = 255 - np.asarray(small.test.images[-1])
    found = beyond(known, np.stack([inverted, noise, pixel, nothing]))
    assert all("ink_share" in each for each in found)
    assert "feature_distance" in found[0] and "feature_distance" in found[1]


def test_a_drawing_in_the_corner_is_unlike_by_its_place(known, small):
    image = np.asarray(small.test.images[0])
    rows, columns = (np.flatnonzero((image == 0).any(axis=axis)) for axis in (1, 0))
    moved = np.full_like(image, 255)
    drawing = image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    moved[: drawing.shape[0], : drawing.shape[1]] = drawing
    assert {"center_x", "center_y"} & beyond(known, moved[None])[0]


def test_a_training_image_lies_at_no_distance_from_itself(known, small):
    net, spread = known
    images = np.asarray(small.train.images[:3])
    assert measure(images, see(net, images), spread)[:, -1] == pytest.approx(0, abs=1e-3)
