"""Output maps as sums over input channels, equal to PyTorch's, and what a bottleneck costs."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.xo.records import untrained
from xo.demonstrations.channel_mixing import bottleneck, mixing, most_cancelled, partial_sums
from xo.demonstrations.maps import example_index, image_tensor, maps_by_layer


def test_nine_partial_maps_and_the_bias_are_pytorchs_map(small):
    nets = untrained(small, "baseline")
    facts, arrays = partial_sums(nets, small)
    net = nets["baseline"][0][1]
    x = image_tensor(small.test.images[example_index(small)])
    whole = maps_by_layer(net, x)["conv2"][0, facts["unit"] - 1].numpy()
    assert arrays["parts"].shape == (9, 55, 55)
    assert np.allclose(arrays["parts"].sum(0) + facts["bias"], whole, atol=1e-5)
    assert facts["difference"] < 1e-5 and facts["bias"] == pytest.approx(
        net.conv[1].bias[facts["unit"] - 1].item()
    )
    row, column = facts["row"], facts["column"]
    by_hand = [float((arrays["patches"][c] * arrays["kernels"][c]).sum()) for c in range(9)]
    assert facts["parts"] == pytest.approx(by_hand, abs=1e-5)
    assert (
        facts["output"]
        == pytest.approx(sum(by_hand) + facts["bias"], abs=1e-5)
        == pytest.approx(whole[row, column], abs=1e-5)
    )
    positive, negative = (sum(part for part in by_hand if part * sign > 0) for sign in (1, -1))
    assert (facts["positive"], facts["negative"]) == pytest.approx((positive, negative), abs=1e-5)
    assert facts["cancelled"] == pytest.approx(min(positive, -negative), abs=1e-5)


def test_the_example_is_where_the_most_cancels():
    parts = torch.zeros(2, 3, 2, 2)  # outputs, inputs, rows, columns
    parts[0, :, 0, 0] = torch.tensor([9.0, 9.0, -1.0])  # large, but little cancels
    parts[1, :, 1, 0] = torch.tensor([3.0, -4.0, 0.5])
    assert most_cancelled(parts) == (1, 1, 0)


def test_a_1x1_kernel_gives_a_weighted_sum_of_the_maps(small):
    nets = untrained(small, "one-by-one")
    facts, arrays = mixing(nets, small)
    layer = nets["one-by-one"][0][1].conv[1]
    assert facts["weights"] == layer.weight[facts["output"] - 1, :, 0, 0].tolist() and (
        facts["channels_in"],
        facts["channels_out"],
    ) == (9, 4)
    assert np.allclose(
        arrays["output"],
        np.tensordot(facts["weights"], arrays["inputs"], 1) + facts["bias"],
        atol=1e-5,
    )
    assert facts["difference"] < 1e-5 and facts["parameters"] == 9 * 4 + 4
    kernels, bias = arrays["kernels"], arrays["biases"]
    assert kernels[facts["output"] - 1].tolist() == facts["weights"]
    assert kernels.shape == (4, 9) and bias[facts["output"] - 1] == pytest.approx(facts["bias"])
    assert np.array_equal(arrays["rectified"], np.maximum(arrays["output"], 0))
    assert (
        abs(facts["largest_weight"]) == max(map(abs, facts["weights"]))
        and facts["weights"][facts["largest_input"] - 1] == facts["largest_weight"]
    )


def test_costs_of_a_bottleneck_are_counted(small):
    facts, _ = bottleneck(untrained(small, "baseline", "one-by-one"), small)
    assert facts["plain_parameters"] == 256 * 256 * 9 + 256
    assert facts["bottleneck_parameters"] == 256 * 64 + 64 + 64 * 64 * 9 + 64 + 64 * 256 + 256
    assert facts["plain_multiply_adds"] == 256 * 256 * 9 * 57 * 57
    assert (
        facts["own_plain_parameters"] == 9 * 5 * 9 + 5
        and facts["own_narrow_parameters"] == 9 * 4 + 4 + 4 * 5 * 9 + 5
    )
    assert (
        facts["own_plain_multiply_adds"] == 9 * 5 * 9 * 55 * 55
        and facts["own_narrow_multiply_adds"] == 9 * 4 * 57 * 57 + 4 * 5 * 9 * 55 * 55
    )
