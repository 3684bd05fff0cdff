"""Grey and colour images, in memory and in files."""

from __future__ import annotations

import numpy as np

from tests.xo.records import colour_set


def test_channels_follow_the_images(small):
    colour = colour_set()
    assert small.channels == 1 and small.train.images.shape == (160, 116, 116)
    assert colour.channels == 3 and colour.train.images.shape == (32, 30, 30, 3)


def test_channels_are_known_of_a_part_and_of_a_file(tmp_path):
    colour = colour_set(tmp_path / "train.npy")
    part = colour.subset(3, 2)
    assert part.channels == colour.channels == 3
    assert np.array_equal(part.train.images[0], colour.train.images[0])
    assert part.digest != colour.digest == colour_set().digest
