"""C6 and C7: how many input maps become one output map, in parts; 1x1 kernels; a bottleneck against the plain layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from xo.demonstrations.receptive_field import example, liveliest, steps_of
from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net
    from xo.runs.record import RunRecord

WIDE, NARROW = 256, 64  # channels of the bottleneck of He et al. 2016


@torch.inference_mode()
def partial_sums(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """One output channel of the baseline's second convolution as the sum of what each input map gives, and the bias."""
    net, index = nets["baseline"][0][1], example(data)
    steps = steps_of(net, as_input(torch.tensor(np.asarray(data.test.images[index]))[None]))
    inputs, whole = steps["relu1"], steps["conv2"]  # (1, 9, H, W), (1, 5, H-2, W-2)
    unit = liveliest(whole)
    kernels, bias = net.conv[1].weight[unit], net.conv[1].bias[unit]  # (9, 3, 3), ()
    parts = F.conv2d(inputs[0][:, None], kernels[:, None], groups=1)  # each map under each kernel
    parts = parts[range(len(kernels)), range(len(kernels))]  # (9, H-2, W-2), its own kernel each
    total = parts.sum(0) + bias
    row, column = divmod(int(whole[0, unit].argmax()), whole.shape[-1])
    size = kernels.shape[-1]
    here = parts[:, row, column]
    facts = {
        "image": data.classes[data.test.labels[index]],
        "unit": unit + 1,
        "units": whole.shape[1],
        "inputs": len(kernels),
        "row": row,
        "column": column,
        "parts": here.tolist(),
        "sum": float(here.sum()),
        "bias": float(bias),
        "output": float(here.sum() + bias),
        "pytorch": float(whole[0, unit, row, column]),
        "difference": float((total - whole[0, unit]).abs().max()),
        "parameters": net.conv[1].weight.numel() + net.conv[1].bias.numel(),
        "weights_per_unit": kernels.numel(),
        "largest_part": int(here.abs().argmax()) + 1,
    }
    arrays = {
        "inputs": inputs[0].numpy(),
        "kernels": kernels.numpy(),
        "parts": parts.numpy(),
        "output": total.numpy(),
        "patches": inputs[0, :, row : row + size, column : column + size].numpy(),
    }
    return facts, {name: array.copy() for name, array in arrays.items()}


@torch.inference_mode()
def mixing(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """One output channel of the 1x1 layer of `one-by-one`: at each pixel the same weighted sum of the input maps."""
    (run, net), index = nets["one-by-one"][0], example(data)
    k = next(k for k, conv in enumerate(net.conv, 1) if conv.kernel_size == (1, 1))
    steps = steps_of(net, as_input(torch.tensor(np.asarray(data.test.images[index]))[None]))
    inputs, outputs = steps[f"relu{k - 1}"][0], steps[f"conv{k}"]  # (9, H, W), (1, 4, H, W)
    channel = liveliest(outputs)
    weights, bias = (
        net.conv[k - 1].weight[channel, :, 0, 0],
        net.conv[k - 1].bias[channel],
    )  # (9,), ()
    by_hand = torch.einsum("c,chw->hw", weights, inputs) + bias
    largest = int(weights.abs().argmax())
    facts = {
        "seed_accuracy": run.epochs[-1].test_accuracy,
        "solved": run.solved,
        "image": data.classes[data.test.labels[index]],
        "channels_in": len(weights),
        "channels_out": outputs.shape[1],
        "side": outputs.shape[-1],
        "output": channel + 1,
        "weights": weights.tolist(),
        "bias": float(bias),
        "largest_input": largest + 1,
        "largest_weight": float(weights[largest]),
        "parameters": net.conv[k - 1].weight.numel() + net.conv[k - 1].bias.numel(),
        "difference": float((by_hand - outputs[0, channel]).abs().max()),
    }
    arrays = {
        "inputs": inputs.numpy(),
        "output": by_hand.numpy(),
        "rectified": by_hand.relu().numpy(),
    }
    return facts, {name: array.copy() for name, array in arrays.items()}


@torch.inference_mode()
def bottleneck(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """A plain 3x3 layer against 1x1, 3x3, 1x1 with fewer channels between, and our own: 3x3 against 1x1 and 3x3."""
    ours, other = (nets[name][0][1] for name in ("baseline", "one-by-one"))
    maps = steps_of(ours, torch.empty(1, 1, *data.image_size))["relu1"]  # what the layers get
    side = maps.shape[-2:]
    own_plain, own_narrow = (
        _costs([ours.conv[1]], maps),
        _costs([other.conv[1], other.conv[2]], maps),
    )
    with torch.device("meta"):
        wide = torch.empty(1, WIDE, *side)
        plain = _costs([nn.Conv2d(WIDE, WIDE, 3, padding=1)], wide)
        narrow = _costs(
            [
                nn.Conv2d(WIDE, NARROW, 1),
                nn.Conv2d(NARROW, NARROW, 3, padding=1),
                nn.Conv2d(NARROW, WIDE, 1),
            ],
            wide,
        )
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


def _costs(layers: list[nn.Conv2d], x: torch.Tensor) -> list[dict]:
    """Kernel side, channels in and out, parameters and multiply-adds of each layer, run one after the other on `x`."""
    rows = []
    for layer in layers:
        x = layer(x)
        rows.append(
            {
                "kernel": layer.kernel_size[0],
                "in": layer.in_channels,
                "out": layer.out_channels,
                "parameters": sum(p.numel() for p in layer.parameters()),
                "multiply_adds": layer.weight.numel() * x.shape[-2] * x.shape[-1],
            }
        )
    return rows
