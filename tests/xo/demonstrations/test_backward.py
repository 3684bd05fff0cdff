"""The backward pass: what is worked out by hand is what autograd gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from tests.xo.records import untrained
from xo.demonstrations.backward import backward, through_channels, to_all, to_winners
from xo.demonstrations.receptive_field import windows
from xo.demonstrations.table import Unavailable


@pytest.fixture(scope="module")
def nets(small):
    return untrained(small, "baseline", "features")


@pytest.fixture(scope="module")
def shown(small, nets):
    return backward(nets, small)


def gradients(module: nn.Module, x: torch.Tensor, above: torch.Tensor) -> list[torch.Tensor]:
    """By the input and each parameter, of the sum of outputs times what comes from above."""
    x = x.clone().requires_grad_()
    return list(torch.autograd.grad((module(x) * above).sum(), [x, *module.parameters()]))


@pytest.mark.parametrize("n_in, n_out", [(1, 1), (3, 2), (2, 4)])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("side", [1, 5])
def test_a_convolution_backwards_is_one_with_flipped_kernels(n_in, n_out, size, side):
    torch.manual_seed(n_in + 10 * size + 100 * side)
    conv = nn.Conv2d(n_in, n_out, size)
    above = torch.randn(1, n_out, side, side)
    by_autograd = gradients(conv, torch.randn(1, n_in, side + size - 1, side + size - 1), above)[0]
    torch.testing.assert_close(
        through_channels(above[0], conv.weight.detach()), by_autograd[0], atol=1e-5, rtol=1e-4
    )


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("height, width", [(2, 2), (4, 7), (9, 3)])
@pytest.mark.parametrize("levels", [2, 1000])  # with few levels many values are equal
def test_pooling_backwards_is_autograds_with_odd_sides_and_ties(channels, height, width, levels):
    torch.manual_seed(height + levels)
    maps = torch.randint(0, levels, (2, channels, height, width)).float()
    above = torch.randn(2, channels, height // 2, width // 2)
    for by_hand, pooling in ((to_winners, nn.MaxPool2d(2)), (to_all, nn.AvgPool2d(2))):
        torch.testing.assert_close(by_hand(maps, above), gradients(pooling, maps, above)[0])


def test_the_image_is_the_one_with_the_largest_loss(small, nets, shown):
    facts, arrays = shown
    net = nets["baseline"][0][1]
    images = torch.tensor(np.asarray(small.test.images))[:, None] / 255
    with torch.no_grad():
        losses = F.cross_entropy(net(images), torch.tensor(small.test.labels), reduction="none")
    assert facts["loss"] == pytest.approx(float(losses.max()), rel=1e-5)
    assert np.array_equal(arrays["image"], small.test.images[int(losses.argmax())])
    assert facts["example_loss"] <= facts["loss"]


def test_the_kernel_is_the_one_of_c1_and_its_gradient_is_that_of_backward(small, nets, shown):
    facts, arrays = shown
    net = nets["baseline"][0][1]
    assert facts["channel"] == windows(nets, small)[0]["kernel"]
    x = torch.tensor(arrays["image"])[None, None] / 255
    net.zero_grad()
    F.cross_entropy(net(x), torch.tensor([small.classes.index(facts["image"])])).backward()
    kernel = net.conv[0].weight.grad[facts["channel"] - 1].numpy()
    np.testing.assert_allclose(arrays["autograd"], kernel, rtol=1e-5, atol=1e-9)
    np.testing.assert_allclose(arrays["by_hand"], kernel, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(arrays["slopes"], kernel, rtol=1e-3, atol=1e-6)
    assert facts["bias"] == pytest.approx(float(net.conv[0].bias.grad[facts["channel"] - 1]))
    unit = facts["unit"] - 1
    assert facts["unit_bias"] == pytest.approx(float(net.conv[1].bias.grad[unit]), rel=1e-4)
    net.zero_grad()


def test_the_gradient_is_the_sum_over_windows_of_pixels_times_what_comes_from_above(shown):
    facts, arrays = shown
    pixels, above = arrays["image"] / 255, arrays["above"].astype(float)
    height, width = above.shape
    for (_, u, v), value in np.ndenumerate(arrays["by_hand"]):
        total = (above * pixels[u : u + height, v : v + width]).sum()
        assert value == pytest.approx(total, rel=1e-3, abs=1e-6)
    row, column = facts["row"], facts["column"]
    window = pixels[row : row + 3, column : column + 3]
    assert np.allclose(arrays["pixels"], window) and window.min() < window.max()
    assert np.allclose(arrays["window"], facts["upstream"] * window)
    assert facts["places_with_gradient"] == np.count_nonzero(above) < facts["places"]


def test_max_pooling_gives_the_gradient_to_one_of_four_and_mean_pooling_to_all(shown):
    facts, arrays = shown
    assert facts["routing_difference"] == 0 and facts["sum_difference"] < 1e-6
    assert facts["share_max"] == pytest.approx(facts["share_after_relu"] / 4)
    assert 0 < facts["share_after_relu"] < facts["share_before_relu"] <= 1
    for i, j in np.ndindex(2, 2):
        square = slice(2 * i, 2 * i + 2), slice(2 * j, 2 * j + 2)
        values, above = arrays["patch.map"][square], arrays["patch.after"][i, j]
        routed, spread = arrays["patch.max"][square], arrays["patch.mean"][square]
        passed = above if values.max() > 0 else 0
        assert (
            routed.sum() == pytest.approx(passed) and routed.flat[values.argmax()] == routed.sum()
        )
        assert np.allclose(spread, above / 4 if values.mean() > 0 else 0)
        assert values.max() == arrays["patch.pooled"][i, j]


def test_the_region_that_can_be_played_with_holds_the_patch(shown):
    facts, arrays = shown
    top, left = (at - corner for at, corner in zip(facts["patch"], facts["corner"]))
    wanted = arrays["region.map"][2 * top : 2 * top + 4, 2 * left : 2 * left + 4]
    assert np.array_equal(wanted, arrays["patch.map"])
    assert np.array_equal(
        arrays["region.after"][top : top + 2, left : left + 2], arrays["patch.after"]
    )
    assert arrays["region.map"].shape == (24, 24)


def test_a_network_that_passes_no_gradient_is_not_shown(small):
    nets = untrained(small, "baseline")
    with torch.no_grad():
        nets["baseline"][0][1].conv[1].bias.fill_(-1e6)
    with pytest.raises(Unavailable, match="no gradient"):
        backward(nets, small)
