"""What a convolution is: sums over every window, the dense matrix, and how often pixels count."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.signal import convolve2d, correlate2d
from torch.nn import functional as F

from tests.xo.records import untrained
from xo.demonstrations.convolution import PADDINGS, STRIDES, convolution, coverage, dense_matrix
from xo.demonstrations.maps import maps_by_layer


@pytest.fixture(scope="module")
def shown(small):
    return convolution(untrained(small, "baseline"), small)


def test_the_products_of_each_window_add_up_to_the_output(shown):
    facts, arrays = shown
    image, kernel = arrays["image"], arrays["kernel"]
    assert np.array_equal(arrays["products"].sum((2, 3)), arrays["output"])
    assert np.array_equal(arrays["output"], correlate2d(image, kernel, mode="valid"))
    assert np.array_equal(arrays["flipped"], convolve2d(image, kernel, mode="valid"))
    assert not np.array_equal(arrays["output"], arrays["flipped"])  # else flipping shows nothing
    assert facts["first"] == arrays["output"][0, 0] and facts["difference"] == 0
    turned = correlate2d(image, kernel.T, mode="valid")
    assert facts["turned"] == turned.ravel().tolist()
    assert facts["exercise_side"] == len(range(0, 116 + 2 - 5 + 1, 2))  # places of the window


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("stride", STRIDES)
def test_every_stride_keeps_some_places_of_the_padded_image(shown, padding, stride):
    facts, arrays = shown
    padded = np.pad(arrays["image"], padding)
    every = correlate2d(padded, arrays["kernel"], mode="valid")
    found = arrays[f"output.padding_{padding}.stride_{stride}"]
    assert np.array_equal(found, every[::stride, ::stride])
    side = (5 + 2 * padding - 3) // stride + 1
    assert facts[f"side_padding_{padding}_stride_{stride}"] == len(found) == side


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("outputs", [1, 2, 5])
def test_the_dense_matrix_does_what_the_convolution_does(outputs, size):
    side, values = outputs + size - 1, np.random.default_rng(10 * outputs + size)
    image = torch.tensor(values.normal(size=(side, side))).float()
    kernel = torch.tensor(values.normal(size=(size, size))).float()
    matrix = dense_matrix(kernel, side)
    expected = F.conv2d(image[None, None], kernel[None, None]).flatten()
    torch.testing.assert_close(matrix @ image.flatten(), expected)
    assert int((matrix != 0).sum(1).max()) == size * size


def test_weights_are_counted_in_the_matrix(shown):
    facts, arrays = shown
    which = arrays["which_weight"]
    assert which.shape == (9, 25) and facts["free_dense"] == which.size
    assert facts["free_local"] == np.count_nonzero(which) == np.count_nonzero(arrays["local"])
    assert facts["free_shared"] == len(set(which[which > 0])) == 9
    assert all(np.count_nonzero(which == weight) == 9 for weight in range(1, 10))
    # the rows of neighbors differ by a shift, within a row of the image
    assert np.array_equal(which[1, 1:], which[0, :-1])


@pytest.mark.parametrize("rows, columns", [(1, 1), (2, 5), (6, 3)])
@pytest.mark.parametrize("size", [1, 2, 4])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_coverage_counts_windows(rows, columns, size, stride):
    expected = np.zeros(((rows - 1) * stride + size, (columns - 1) * stride + size))
    for i, j in np.ndindex(rows, columns):
        expected[i * stride : i * stride + size, j * stride : j * stride + size] += 1
    assert np.array_equal(coverage((rows, columns), size, stride).numpy(), expected)


def test_pixels_that_no_unit_sees_change_nothing_and_others_do(small, shown):
    facts, arrays = shown
    units = arrays["units"]
    assert facts["unseen"] == np.count_nonzero(units == 0) == 116**2 - 114**2
    assert (facts["corner_windows"], facts["corner_windows_padded"]) == (1, 4)
    assert facts["rim_share"] == pytest.approx(1 - 112**2 / 116**2)
    net = untrained(small, "baseline")["baseline"][0][1]
    image = torch.rand(1, 1, 116, 116)
    changed = image.clone()
    changed[0, 0][torch.tensor(units == 0)] += 1
    last = facts["last"]
    assert torch.equal(maps_by_layer(net, image)[last], maps_by_layer(net, changed)[last])
    # of the pixel at the corner it is one unit that may change
    changed = image.clone()
    changed[0, 0, :2, :2] += 10
    moved = maps_by_layer(net, changed)[last] != maps_by_layer(net, image)[last]
    assert facts["corner_units"] == 1 and moved[..., 0, 0].any() and moved.any(1).sum() == 1
