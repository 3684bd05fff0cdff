from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
import torch

from xo.errors import InputError
from xo.network.activations import activations
from xo.network.evaluate import as_input
from xo.network.measurements import Layer, receptive_fields
from xo.network.model import Net, flat_size, layers, untrained_network
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


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=lambda variant: variant.name)
def test_the_layers_of_a_variant_are_the_steps_that_its_network_takes(variant):
    net, image = Net(variant, (40, 30), 3), torch.rand(1, 1, 40, 30)
    steps = {name: tuple(maps.shape[1:]) for name, maps in net.feature_steps(image)}
    steps |= {
        name: tuple(out.shape[1:]) for name, out in net.head_steps(net.forward_features(image))
    }
    (first, *rows) = layers(variant, (40, 30), 3)
    assert first.shape == (1, 40, 30)
    assert {row.name: row.shape for row in rows} == steps


def test_counting_layers_imports_nothing_that_training_does_not_need():
    code = (
        "import sys; from xo.network.model import layers; from xo.variants import VARIANTS\n"
        "for variant in VARIANTS.values(): layers(variant, (116, 116), 2)\n"
        "assert 'sympy' not in sys.modules and 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


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


AVERAGE = replace(VARIANTS["three-conv"], head="average", dense=())


def test_the_head_average_takes_the_mean_of_each_of_the_last_maps():
    net, x = Net(AVERAGE, (40, 30), 4), torch.rand(5, 1, 40, 30)
    steps = dict(net.feature_steps(x))
    assert list(steps)[-2:] == ["relu3", "average"]
    assert torch.equal(steps["average"], steps["relu3"].mean((2, 3)))
    assert torch.equal(net(x), net.dense[0](steps["average"]))
    assert flat_size(AVERAGE, (40, 30)) == 3 and len(net.dense) == 1
    with pytest.raises(InputError, match="too small"):
        Net(AVERAGE, (10, 12), 2)


def test_the_layers_of_the_head_average_are_counted():
    *_, average, logits = rows = layers(AVERAGE, (40, 30), 4)
    assert average == Layer("average", "average", (3,), 0, 0)
    assert (logits.name, logits.parameters, logits.multiply_adds) == ("logits", 3 * 4 + 4, 3 * 4)
    assert "average" not in receptive_fields(rows)
    net = Net(AVERAGE, (40, 30), 4)
    found = activations(net, torch.zeros(2, 40, 30, dtype=torch.uint8))
    assert {name: array.shape[1:] for name, array in found.items()} == {
        row.name: row.shape for row in rows[1:]
    }


def test_kaiming_weights_are_normal_by_their_number_of_inputs_and_biases_zero():
    variant = replace(VARIANTS["trained-pooling"], initialisation="kaiming")
    net, again, other = (untrained_network(variant, (116, 116), 2, seed) for seed in (0, 0, 1))
    first = net.dense[0].weight  # (1200, 3645)
    assert first.std().item() == pytest.approx((2 / first.shape[1]) ** 0.5, rel=0.01)
    largest = first.abs().max() / first.std()
    assert largest > 4, "a uniform distribution has no such tails"
    biases = [value for name, value in net.named_parameters() if name.endswith("bias")]
    assert len(biases) == 7 and not any(bias.any() for bias in biases)
    assert torch.equal(first, again.dense[0].weight)
    assert not torch.equal(first, other.dense[0].weight)


def test_colour_images_have_three_channels():
    variant = VARIANTS["baseline"]
    net = Net(variant, (30, 30), 2, in_channels=3)
    pixels = torch.randint(0, 256, (2, 30, 30, 3), dtype=torch.uint8)
    x = as_input(pixels)
    assert x.shape == (2, 3, 30, 30) and x[1, 2, 4, 5] == pixels[1, 4, 5, 2] / 255
    assert net(x).shape == (2, 2)
    rows = layers(variant, (30, 30), 2, in_channels=3)
    assert rows[0].shape == (3, 30, 30) and rows[1].parameters == 9 * 3 * 3 * 3 + 9
    assert sum(row.parameters for row in rows) == sum(p.numel() for p in net.parameters())


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
