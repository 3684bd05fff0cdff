"""One window computed by hand, and receptive fields that are no larger and no smaller."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.xo.records import untrained
from xo.demonstrations.maps import example_index, maps_by_layer
from xo.demonstrations.receptive_field import (
    SHOWN_LAYERS,
    effect_of_inversion,
    pixel_correlation,
    windows,
)
from xo.network.evaluate import as_input
from xo.network.measurements import Field, receptive_fields
from xo.network.model import layers, untrained_network
from xo.variants import VARIANTS


@pytest.fixture(scope="module")
def shown(small):
    return windows(untrained(small, "baseline", "features"), small)


def fields_of(variant: str, size: tuple[int, int]) -> dict[str, Field]:
    return receptive_fields(layers(VARIANTS[variant], size, 2))


def test_sizes_are_those_that_kernels_and_strides_give():
    fields = fields_of("features", (116, 116))
    assert {name: fields[name][:2] for name in fields if not name.startswith("relu")} == {
        "input": (1, 1),
        "conv1": (3, 1),
        "pool1": (4, 2),
        "conv2": (8, 2),
        "pool2": (10, 4),
        "conv3": (18, 4),
        "pool3": (22, 8),
    }
    assert [field.size for field in fields_of("no-pooling", (40, 40)).values()] == [1, 3, 3, 5, 5]
    one_by_one = fields_of("one-by-one", (40, 40))
    assert [one_by_one[name].size for name in ("conv1", "pool1", "conv2", "conv3", "pool3")] == [
        3, 4, 4, 8, 10
    ]  # fmt: skip


@pytest.mark.parametrize("layer, variant", SHOWN_LAYERS)
def test_pixels_inside_of_the_field_change_the_unit_and_pixels_outside_do_not(
    small, layer, variant
):
    # Weights may cancel and pooling may hide a pixel, but not in all of some channels and images.
    net = untrained_network(VARIANTS[variant], small.image_size, 2, 0)
    field, unit = fields_of(variant, small.image_size)[layer], (2, 3)
    rows, columns = (slice(field.stride * i, field.stride * i + field.size) for i in unit)
    images = torch.randint(
        0,
        256,
        (40, *small.image_size),
        dtype=torch.uint8,
        generator=torch.Generator().manual_seed(0),
    )
    value = maps_by_layer(net, as_input(images))[layer][:, :, unit[0], unit[1]]
    outside = 255 - images
    outside[:, rows, columns] = images[:, rows, columns]
    assert torch.equal(maps_by_layer(net, as_input(outside))[layer][:, :, unit[0], unit[1]], value)
    for corner in (
        (0, 0),
        (0, -1),
        (-1, 0),
        (-1, -1),
    ):  # if the corners count, a smaller square would not do
        inside = images.clone()
        row, column = (
            range(rows.start, rows.stop)[corner[0]],
            range(columns.start, columns.stop)[corner[1]],
        )
        inside[:, row, column] = 255 - inside[:, row, column]
        assert not torch.equal(
            maps_by_layer(net, as_input(inside))[layer][:, :, unit[0], unit[1]], value
        ), corner


def test_only_pixels_inside_the_field_have_an_effect(small):
    net = untrained_network(VARIANTS["baseline"], small.image_size, 2, 0)
    image = np.random.default_rng(0).integers(0, 256, small.image_size).astype(np.uint8)
    fields = fields_of("baseline", small.image_size)
    inside, outside = effect_of_inversion(net, "conv2", 0, (5, 6), image, fields["conv2"])
    assert inside > 0 and outside == 0
    before = image.copy()
    effect_of_inversion(net, "conv1", 0, (0, 0), image, fields["conv1"])
    assert np.array_equal(image, before)


def test_the_window_adds_up_to_what_the_layer_gives(small, shown):
    facts, arrays = shown
    row, column = facts["start"]
    image = np.asarray(small.test.images[example_index(small)])
    assert np.array_equal(arrays["image"], image) and facts["image"] == small.classes[0]
    patch = image[row : row + 3, column : column + 3] / 255
    assert np.allclose(arrays["products"], patch * arrays["kernel"]) and 0 < patch.mean() < 1
    assert facts["output"] == pytest.approx(facts["sum"] + facts["bias"], abs=1e-6)
    assert (
        facts["output"]
        == pytest.approx(float(arrays["map"][row, column]), abs=1e-5)
        == pytest.approx(facts["pytorch"], abs=1e-5)
    )
    assert facts["difference"] < 1e-5
    assert column + facts["steps"] <= arrays["map"].shape[1]


def test_every_layer_has_its_map_and_the_block_its_channel(shown):
    facts, arrays = shown
    names = [layer["name"] for layer in facts["layers"]]
    assert names == ["conv1", "pool1", "conv2", "pool2", "conv3", "pool3"]
    sides = [arrays["map" if name == "conv1" else f"map.{name}"].shape for name in names]
    assert sides == [(114, 114), (57, 57), (55, 55), (27, 27), (25, 25), (12, 12)]
    channels = [layer["channel"] for layer in facts["layers"]]
    assert channels[::2] == channels[1::2]
    assert (facts["inside_change"] > 0) and facts["outside_change"] == 0


def test_correlation_of_pixels():
    generator = np.random.default_rng(0)
    noise = generator.integers(0, 256, (200, 12, 12)).astype(np.uint8)
    assert abs(pixel_correlation(noise, 1)) < 0.05
    stripes = noise[:, :1, :1].repeat(12, 1).repeat(12, 2)  # each image is of one gray
    assert (
        pixel_correlation(stripes, 1)
        == pytest.approx(1)
        == pytest.approx(pixel_correlation(stripes, 5))
    )
    assert pixel_correlation(
        np.where(np.indices((200, 12, 12)).sum(0) % 2, 255, 0).astype(np.uint8), 1
    ) == pytest.approx(-1)
