"""All maps of a block, step by step."""

from __future__ import annotations

from report_builder.figures.inside import feature_maps
from report_builder.figures.toolkit import pixels
from report_builder.text import percent

from ..pictures import EN, contains, drawn, words


def test_show_every_channel_of_every_step_on_one_scale(evidence):
    run, numbers = (
        evidence.representative("features"),
        feature_maps.measure(evidence, "features", 2),
    )
    figure, text = drawn(feature_maps, numbers), feature_maps.describe(numbers)
    steps = {step: run.array(f"maps.{step}2")[[0, 2]] for step in ("conv", "pool", "relu")}
    limit = pixels.largest(list(steps.values()))
    for values in steps.values():
        for image, channel in ((0, 0), (1, 4)):
            colors = pixels.shades(values[image, channel], -limit, limit, EN.diverging)
            assert contains(figure, colors)
    assert len(text.rows) == 3 * 2 * 5 and {row["class"] for row in text.rows} == {"O", "X"}
    zero = percent(float((steps["relu"] == 0).mean()))
    assert zero in text.title.en and "one scale" in text.caption.en.lower()


def test_without_pooling_there_is_no_step_after_it(evidence):
    numbers = feature_maps.measure(evidence, "no-pooling", 1)
    assert {row["step"] for row in feature_maps.describe(numbers).rows} == {"conv1", "relu1"}
    shown = words(drawn(feature_maps, numbers))
    assert not [each for each in shown if each.startswith("After pooling")]


def test_channels_that_are_zero_everywhere_are_counted(evidence):
    numbers = feature_maps.measure(evidence, "baseline", 1)
    maps = {**numbers.maps, "relu": numbers.maps["relu"].copy()}
    maps["relu"][:] = 1
    maps["relu"][:, :3] = 0
    silent = numbers._replace(maps=maps)
    assert (silent.dead, silent.channels, silent.zero_share) == (3, 9, 1 / 3)
    assert "3 of 9 maps" in feature_maps.describe(silent).title.en
