from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from xo.errors import InputError
from xo.network.model import Net, flat_size, layers
from xo.variants import VARIANTS, Variant


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda variant: variant.name)
def test_a_row_states_the_parameters_that_its_network_has(variant):
    with torch.device("meta"):
        net = Net(variant, (116, 116), 2)
    assert sum(p.numel() for p in net.parameters()) == variant.parameters
    assert sum(row.parameters for row in layers(variant, (116, 116), 2)) == variant.parameters


def test_the_assignments_facts_hold():
    assert VARIANTS["baseline"].parameters == 4_452_694
    sides = {row.name: row.shape[-1] for row in layers(VARIANTS["three-conv"], (116, 116), 2)}
    assert (sides["pool1"], sides["pool2"], sides["pool3"]) == (57, 27, 12)


def test_multiply_adds_of_a_convolution_and_a_dense_layer():
    rows = {row.name: row for row in layers(VARIANTS["baseline"], (116, 116), 2)}
    assert rows["conv2"].multiply_adds == 5 * 9 * 3 * 3 * 55 * 55
    assert rows["dense1"].multiply_adds == 5 * 27 * 27 * 1200


def test_relu_after_pooling_gives_what_the_usual_order_gives():
    net = Net(VARIANTS["baseline"], (30, 30), 2)
    x = torch.rand(3, 1, 30, 30)
    usual = x
    for conv in net.conv:
        usual = torch.nn.functional.max_pool2d(torch.relu(conv(usual)), 2)
    assert torch.equal(net.forward_features(x), usual.flatten(1))
    assert torch.equal(net(x), net.head(net.forward_features(x)))


def test_any_size_and_number_of_classes():
    assert Net(VARIANTS["features"], (40, 64), 7)(torch.rand(2, 1, 40, 64)).shape == (2, 7)


def test_an_image_too_small_is_refused_by_name():
    with pytest.raises(InputError, match=r"three-conv.*10x12 pixels"):
        Net(VARIANTS["three-conv"], (12, 10), 2)


def flat_size_on_the_meta_device(variant: Variant, size: tuple[int, int]) -> int | None:
    """What the convolutions and poolings of the network leave; None where PyTorch refuses."""
    with torch.device("meta"):
        net, x = Net(variant, (116, 116), 2), torch.empty(1, 1, *size)
        try:
            return net.forward_features(x).shape[1]
        except RuntimeError:
            return None


@pytest.mark.parametrize(
    "size", [(116, 116), (22, 22), (23, 37), (64, 41), (10, 12), (9, 30), (3, 3)]
)
@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda variant: variant.name)
def test_the_input_size_of_the_dense_layers_is_what_pytorch_finds(variant, size):
    expected = flat_size_on_the_meta_device(variant, size)
    if expected:
        assert flat_size(variant, size) == expected
    else:
        with pytest.raises(InputError, match="too small"):
            flat_size(variant, size)


def test_a_missing_kernel_size_is_named():
    with pytest.raises(InputError, match="features.*each of its 3 convolutions, got 1"):
        Net(replace(VARIANTS["features"], kernels=(3,)), (116, 116), 2)
