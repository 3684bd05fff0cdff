"""Demonstrations on images in color: each is computed, with three channels wherever one was."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.xo.records import untrained
from xo.data.dataset import DataSet, Split
from xo.data.strokes import background_value, ink_of
from xo.demonstrations.canvas import touching_pair
from xo.demonstrations.linear_probe import network_before_training
from xo.demonstrations.receptive_field import windows
from xo.demonstrations.shift import shift_images
from xo.demonstrations.table import DEMONSTRATIONS, Unavailable
from xo.network.evaluate import as_input

SIDE, GROUND = 40, (40, 20, 30)


@pytest.fixture(scope="module")
def data() -> DataSet:
    """Red squares and blue bars on a dark ground, all of one size."""

    def split(count: int) -> Split:
        labels = np.repeat([0, 1], count)
        images = np.full((2 * count, SIDE, SIDE, 3), GROUND, np.uint8)
        for number, (image, label) in enumerate(zip(images, labels)):
            at = 6 + number % 7
            rows, columns = (slice(at, at + 16), slice(at, at + (4 if label else 16)))
            image[rows, columns] = (60, 240, 220) if label else (210, 250, 20 + number)
        ids = tuple(f"{label}/{number}.png" for number, label in enumerate(labels))
        return Split(labels, ids, images)

    classes = ("bars", "squares")
    return DataSet("colors", Path("colors"), classes, (SIDE, SIDE), "digest", split(8), split(4))


@pytest.fixture(scope="module")
def computed(data):
    """Facts and arrays of every demonstration by name; why not, of those that cannot be shown."""
    found = {}
    for name, row in DEMONSTRATIONS.items():
        module, _, function = row.compute.partition(":")
        try:
            used = untrained(data, *row.variants)
            found[name] = getattr(import_module(module), function)(used, data)
        except Unavailable as reason:
            found[name] = reason.reason
    return found


def test_only_the_photographs_of_circles_and_crosses_are_withheld(computed):
    withheld = {name: found for name, found in computed.items() if isinstance(found, str)}
    assert withheld == {"photographs": "no drawings of O and X"}


def test_a_window_is_a_sum_over_three_channels(data, computed):
    facts, arrays = computed["windows"]
    net = untrained(data, "baseline")["baseline"][0][1]
    row, column, kernel = facts["row"], facts["column"], arrays["kernel"]
    assert kernel.shape == arrays["products"].shape == (3, 3, 3)
    pixels = arrays["image"][row : row + 3, column : column + 3] / 255  # (3, 3, colors)
    assert len({tuple(pixel) for pixel in pixels.reshape(-1, 3)}) > 1  # it lies on an edge
    total = sum(pixels[i, j, c] * kernel[c, i, j] for c, i, j in np.ndindex(3, 3, 3))
    assert facts["sum"] == pytest.approx(total, abs=1e-5)
    assert facts["output"] == pytest.approx(facts["pytorch"], abs=1e-5)
    with torch.no_grad():
        map_ = net.conv[0](as_input(torch.tensor(arrays["image"])[None]))[0, facts["channel"]]
    np.testing.assert_allclose(arrays["map"], map_.numpy(), atol=1e-6)
    assert facts["outside_change"] == 0 < facts["inside_change"]


def test_weights_and_work_are_counted_over_three_channels(computed):
    facts, arrays = computed["sharing"]
    places = 9 * 38 * 38
    assert facts["window"] == 27 and facts["inputs"] == 3 * SIDE**2
    assert facts["shared"] == 9 * 28 and facts["multiply_adds_shared"] == places * 27
    assert facts["dense"] == places * (3 * SIDE**2 + 1)
    assert facts["background"] == list(GROUND) and arrays["kernels"].shape == (9, 3, 3, 3)
    down, right = facts["shift"]
    assert (arrays["shifted_image"][:down] == GROUND).all() and facts["shift_difference"] < 1e-6
    moved = arrays["image"][: SIDE - down, : SIDE - right]
    assert np.array_equal(arrays["shifted_image"][down:, right:], moved)


def test_the_gradient_by_hand_is_autograd_s_for_all_three_parts_of_a_kernel(computed):
    facts, arrays = computed["backward"]
    assert arrays["by_hand"].shape == (3, 3, 3) and arrays["by_hand"].std(axis=(1, 2)).all()
    np.testing.assert_allclose(arrays["by_hand"], arrays["autograd"], rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(arrays["slopes"], arrays["autograd"], rtol=1e-3, atol=1e-6)


def test_the_fully_convolutional_network_agrees_with_the_classifier_in_color(computed):
    facts, arrays = computed["fcn"]
    assert facts["crop_difference"] < 1e-5 and arrays["canvas"].shape[2] == 3
    assert facts["ground"] == list(GROUND) and tuple(arrays["canvas"][0, 0]) == GROUND
    assert facts["touch"][1] < arrays["pair"].shape[1]


def test_other_demonstrations_see_all_colors(data, computed):
    assert computed["probes"][0]["sizes"]["input"] == 3 * SIDE**2
    assert computed["patches"][1]["patches1"].shape[-1] == 3
    assert computed["interventions"][1]["images"].shape == (2, SIDE, SIDE, 3)
    run = untrained(data, "features")["features"][0][0]
    assert network_before_training(run).conv[0].in_channels == 3


def test_background_is_a_color_and_comes_in_where_an_image_is_shifted(data):
    images = data.test.images
    background = background_value(images)
    assert background.tolist() == list(GROUND)
    ink = ink_of(images, background)
    assert ink.shape == images.shape[:3] and ink.sum() == 4 * 16 * 4 + 4 * 16 * 16
    shifted = shift_images(torch.tensor(images), 3, 2, background).numpy()
    assert (shifted[:, :, :3] == GROUND).all()
    assert np.array_equal(shifted[:, :, 3:], images[:, :, :-3])
    both, (row, column), _ = touching_pair(images[0], images[-1], background)
    assert tuple(both[row, column]) == (60, 240, 220) and both.shape[2] == 3


def test_gray_images_in_three_channels_give_what_gray_ones_give(data):
    gray = np.asarray(data.test.images)[..., 0]

    def of(images: np.ndarray) -> DataSet:
        split = replace(data.test, pixels=images)
        return replace(data, train=split, test=split)

    one, three = (
        windows(untrained(each, "baseline", "features"), each)[0]
        for each in (of(gray), of(np.repeat(gray[..., None], 3, axis=3)))
    )
    assert one["near"] == pytest.approx(three["near"]) and one["far"] == pytest.approx(three["far"])
