"""C6 and C7: how input channels become an output channel, 1x1 kernels, and bottlenecks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.demonstrations.maps import (
    example_index,
    image_tensor,
    kernel_and_bias,
    maps_by_layer,
    most_varied_channel,
)

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks

WIDE, NARROW = 256, 64  # channels of the bottleneck of He et al. 2016


@torch.inference_mode()
def partial_sums(nets: Networks, data: DataSet) -> Computed:
    """One output channel of the baseline's second convolution, as a sum over input channels.

    Channel and place are those where the most cancels: where the positive parts and the negative
    ones are both large.
    """
    net, index = nets["baseline"][0][1], example_index(data)
    steps = maps_by_layer(net, image_tensor(data.test.images[index]))
    inputs, outputs = steps["relu1"], steps["conv2"]  # (1, 9, H, W), (1, 5, H-2, W-2)
    every_part = partial_maps(net.conv[1], inputs[0])  # (5, 9, H-2, W-2)
    unit, row, column = most_cancelled(every_part)
    parts = every_part[unit]
    kernels, bias = kernel_and_bias(net.conv[1], unit)  # (9, 3, 3), ()
    total = parts.sum(0) + bias
    size = kernels.shape[-1]
    here = parts[:, row, column]
    positive, negative = float(here.clamp(min=0).sum()), float(here.clamp(max=0).sum())
    facts = {
        "image": data.classes[data.test.labels[index]],
        "unit": unit + 1,
        "units": outputs.shape[1],
        "inputs": len(kernels),
        "row": row,
        "column": column,
        "parts": here.tolist(),
        "positive": positive,
        "negative": negative,
        "cancelled": min(positive, -negative),
        "sum": float(here.sum()),
        "bias": float(bias),
        "output": float(here.sum() + bias),
        "pytorch": float(outputs[0, unit, row, column]),
        "difference": float((total - outputs[0, unit]).abs().max()),
        "parameters": sum(p.numel() for p in net.conv[1].parameters()),
        "weights_per_unit": kernels.numel(),
        "largest_part": int(here.abs().argmax()) + 1,
    }
    arrays = {
        "inputs": inputs[0].numpy(),
        "kernels": kernels.numpy(),
        "every_kernel": net.conv[1].weight.contiguous().numpy(),  # (5, 9, 3, 3)
        "biases": net.conv[1].state_dict()["bias"].numpy(),
        "parts": parts.numpy(),
        "output": total.numpy(),
        "patches": inputs[0, :, row : row + size, column : column + size].numpy(),
    }
    return facts, {name: array.copy() for name, array in arrays.items()}


def partial_maps(conv: nn.Conv2d, inputs: Tensor) -> Tensor:
    """`(C, H, W)` -> `(M, C, H', W')`: each input map under each output channel's kernel for it."""
    count, channels = conv.weight.shape[:2]
    kernels = conv.weight.transpose(0, 1).flatten(0, 1)[:, None]  # (C * M, 1, k, k)
    found = F.conv2d(inputs[None], kernels, groups=channels)[0]
    return found.unflatten(0, (channels, count)).transpose(0, 1)


def most_cancelled(parts: Tensor) -> tuple[int, int, int]:
    """Of `(M, C, H, W)` the output channel, row and column where the smaller one of two sums, of
    the positive parts and of the negative ones, is largest.
    """
    cancelled = torch.minimum(parts.clamp(min=0).sum(1), -parts.clamp(max=0).sum(1))  # (M, H, W)
    unit, row, column = (int(i) for i in np.unravel_index(int(cancelled.argmax()), cancelled.shape))
    return unit, row, column


@torch.inference_mode()
def mixing(nets: Networks, data: DataSet) -> Computed:
    """One output channel of the 1x1 layer: at each pixel the same weighted sum of its inputs."""
    net, index = nets["one-by-one"][0][1], example_index(data)
    k = next(k for k, conv in enumerate(net.conv, 1) if conv.kernel_size == (1, 1))
    steps = maps_by_layer(net, image_tensor(data.test.images[index]))
    inputs, outputs = steps[f"relu{k - 1}"][0], steps[f"conv{k}"]  # (9, H, W), (1, 4, H, W)
    channel = most_varied_channel(outputs)
    conv = net.conv[k - 1]
    kernel, bias = kernel_and_bias(conv, channel)  # (9, 1, 1), ()
    weights = kernel[:, 0, 0]
    by_hand = torch.einsum("c,chw->hw", weights, inputs) + bias
    largest = int(weights.abs().argmax())
    facts = {
        "image": data.classes[data.test.labels[index]],
        "channels_in": len(weights),
        "channels_out": outputs.shape[1],
        "side": outputs.shape[-1],
        "output": channel + 1,
        "weights": weights.tolist(),
        "bias": float(bias),
        "largest_input": largest + 1,
        "largest_weight": float(weights[largest]),
        "parameters": sum(p.numel() for p in conv.parameters()),
        "difference": float((by_hand - outputs[0, channel]).abs().max()),
    }
    kernels, biases = zip(*(kernel_and_bias(conv, each) for each in range(outputs.shape[1])))
    arrays = {
        "inputs": inputs.numpy(),
        "kernels": torch.stack(kernels)[:, :, 0, 0].numpy(),  # (4, 9)
        "biases": torch.stack(biases).numpy(),
        "output": by_hand.numpy(),
        "rectified": by_hand.relu().numpy(),
    }
    return facts, {name: array.copy() for name, array in arrays.items()}


@torch.inference_mode()
def bottleneck(nets: Networks, data: DataSet) -> Computed:
    """A plain 3x3 layer against 1x1, 3x3, 1x1 with fewer channels between; and our own layers."""
    ours, other = (nets[name][0][1] for name in ("baseline", "one-by-one"))
    maps = maps_by_layer(ours, torch.empty(1, data.channels, *data.image_size))["relu1"]
    side = (maps.shape[-2], maps.shape[-1])
    own_plain = _costs(_shapes(ours.conv[1:2]), side, padded=False)
    own_narrow = _costs(_shapes(other.conv[1:3]), side, padded=False)
    plain = _costs([(3, WIDE, WIDE)], side, padded=True)
    narrow = _costs([(1, WIDE, NARROW), (3, NARROW, NARROW), (1, NARROW, WIDE)], side, padded=True)
    found = {"plain": plain, "bottleneck": narrow, "own_plain": own_plain, "own_narrow": own_narrow}
    totals = {
        f"{name}_{what}": sum(layer[what] for layer in layers)
        for name, layers in found.items()
        for what in ("parameters", "multiply_adds")
    }
    facts = {
        "channels": WIDE,
        "narrow": NARROW,
        "map_height": side[0],
        "map_width": side[1],
        "layers": found,
        **totals,
        "times": totals["plain_parameters"] / totals["bottleneck_parameters"],
        "times_multiply_adds": totals["plain_multiply_adds"] / totals["bottleneck_multiply_adds"],
        "own_times": totals["own_plain_parameters"] / totals["own_narrow_parameters"],
        "own_times_multiply_adds": totals["own_plain_multiply_adds"]
        / totals["own_narrow_multiply_adds"],
    }
    return facts, {}


def _shapes(layers: Iterable[nn.Conv2d]) -> list[tuple[int, int, int]]:
    return [(layer.kernel_size[0], layer.in_channels, layer.out_channels) for layer in layers]


def _costs(
    shapes: list[tuple[int, int, int]], side: tuple[int, int], padded: bool
) -> list[dict[str, int]]:
    """Parameters and multiply-adds of convolutions, one after the other on maps of `side` (H, W).

    A shape is the side of the kernels, and the channels in and out.
    """
    rows = []
    height, width = side
    for kernel, c_in, c_out in shapes:
        if not padded:
            height, width = height - kernel + 1, width - kernel + 1
        weights = kernel**2 * c_in * c_out
        rows.append(
            {
                "kernel": kernel,
                "in": c_in,
                "out": c_out,
                "parameters": weights + c_out,
                "multiply_adds": weights * height * width,
            }
        )
    return rows
