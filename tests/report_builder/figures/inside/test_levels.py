"""From low to high level: maps, and frames around what the strongest value of each sees."""

from __future__ import annotations

import numpy as np

from report_builder.figures.inside import levels
from report_builder.text import Text
from xo.network.measurements import Field
from xo.variants import VARIANTS

from ..pictures import drawn


def test_frame_what_the_strongest_value_of_each_level_sees(evidence):
    numbers = levels.measure(evidence)
    assert [(level.field.size, level.field.stride) for level in numbers.levels] == [
        (4, 2),
        (10, 4),
        (22, 8),
    ]
    assert "4, 10, 22 pixels" in levels.describe(numbers).title.en
    figure = drawn(levels, numbers)
    frames, wide = figure.artists, figure.bbox.width
    assert len(frames) == 6
    scale = frames[0].get_width() * wide / 4  # of the input, in pixels
    assert [round(frame.get_width() * wide / scale) for frame in frames] == [4, 10, 22] * 2


def test_the_strongest_value_is_that_of_any_channel():
    maps = np.zeros((2, 3, 4, 5))
    maps[1, 2, 3, 1] = 7
    assert levels.Level(Text("", ""), maps, Field(4, 2)).strongest(1) == (3, 1)


def test_without_the_variant_features_the_deepest_one_is_shown(make_evidence):
    variants = (VARIANTS["baseline"], VARIANTS["three-conv"])
    numbers = levels.measure(make_evidence(seeds=1, epochs=1, variants=variants, dense=(8,)))
    assert numbers.network.variant.name == "three-conv"
    names = [level.name.en for level in numbers.levels]
    assert names == ["Low level", "Middle level", "High level"]
