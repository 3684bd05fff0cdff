"""Shifted images, shifted maps: exact where it must be, and counted with the border as stated."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.xo.records import untrained
from xo.data.strokes import background_value
from xo.demonstrations.shift import sharing, shift_images, shifts


@pytest.fixture(scope="module")
def shown(small):
    return shifts(untrained(small, "baseline"), small)


def test_images_shift_and_background_comes_in():
    images = torch.tensor([[[1, 2, 3], [4, 5, 6]]], dtype=torch.uint8)
    assert shift_images(images, 1, 2, 9).tolist() == [[[9, 1, 2], [9, 4, 5]]]
    assert shift_images(images, 1, 1, 9).tolist() == [[[9, 9, 9], [1, 2, 3]]]
    assert shift_images(images, 0, 1, 9).tolist() == images.tolist()
    assert background_value(np.array([[[7, 7, 7], [7, 0, 3], [7, 7, 3]]], np.uint8)) == 7


def test_the_map_of_the_convolution_shifts_exactly_and_pooled_maps_by_even_shifts_only(shown):
    facts, arrays = shown
    assert facts["conv_difference"] < 1e-5 and facts["even_difference"] < 1e-5
    for kind in ("max", "mean"):
        alike, back = arrays[f"alike.{kind}"], arrays[f"back.{kind}"]
        assert alike[::2] == pytest.approx(1) and (alike[1::2] < 0.999).all()
        assert (back[1::2] > 1e-3).all()
    assert arrays["alike.none"] == pytest.approx(1)


def test_without_a_shift_nothing_changes(small, shown):
    facts, arrays = shown
    assert facts["images"] == 20 == len(arrays["change.max"]) and arrays["change.max"].shape[1] == 9
    for kind in ("none", "max", "mean"):
        assert (arrays[f"change.{kind}"][:, 0] == 0).all() and (
            arrays[f"change.{kind}"][:, 1:] > 0
        ).all()
        assert facts[f"change_{kind}_8"] == pytest.approx(arrays[f"change.{kind}"][:, 8].mean())
    assert 0 <= facts["accuracy_0"] <= 1


def test_the_change_by_one_pixel_is_measured_of_every_network(small, shown):
    facts, arrays = shown
    assert facts["seeds"] == [0]
    for kind in ("none", "max", "mean"):
        (one,) = arrays[f"by_seed.{kind}"]
        assert one == pytest.approx(arrays[f"change.{kind}"][:, 1].mean(), rel=1e-5)


def test_parameters_of_a_shared_a_local_and_a_dense_layer(small):
    facts, _ = sharing(untrained(small, "baseline"), small)
    assert facts["shared"] == 9 * 3 * 3 + 9
    assert facts["local"] == 9 * 114 * 114 * (3 * 3 + 1)
    assert facts["dense"] == 116 * 116 * 9 * 114 * 114 + 9 * 114 * 114
    assert facts["multiply_adds_shared"] == facts["multiply_adds_local"] == 9 * 114 * 114 * 9
    assert facts["local_times"] == facts["local"] / facts["shared"]


def test_the_map_of_a_shifted_image_is_the_shifted_map(small):
    facts, arrays = sharing(untrained(small, "baseline"), small)
    assert facts["shift"] == [6, 12] and facts["shift_difference"] < 1e-6
    assert np.array_equal(arrays["shifted_image"][6:, 12:], arrays["image"][:-6, :-12])
    assert (arrays["shifted_image"][:6] == facts["background"]).all()
    kernel, bias = (arrays[name][facts["channel"] - 1] for name in ("kernels", "biases"))
    for image, values in (("image", "map"), ("shifted_image", "shifted_map")):
        windows = np.lib.stride_tricks.sliding_window_view(arrays[image] / 255, (3, 3))
        by_hand = np.einsum("hwij,cij->hw", windows, kernel) + bias
        np.testing.assert_allclose(arrays[values], by_hand, atol=1e-5)
