"""The activations of every layer for some images, and the kernels of every convolution."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from xo.network.evaluate import as_input
from xo.network.model import Net


@torch.inference_mode()
def activations(net: Net, images: Tensor) -> dict[str, np.ndarray]:
    """Images as for `as_input` -> `{"conv1": (N, C, H, W), "dense1": (N, F), "logits": ...}`."""
    found = dict(net.feature_steps(as_input(images)))
    last_maps = list(found.values())[-1]
    found |= net.head_steps(last_maps.flatten(1))
    return {name: values.contiguous().numpy() for name, values in found.items()}


def kernels(net: Net) -> dict[str, np.ndarray]:
    """A copy of each convolution's parameters.

    `{"conv1.kernels": (C_out, C_in, k, k), "conv1.biases": (C_out,), ...}`, pool1 if it is trained.
    """
    layers = (("conv", net.conv), ("pool", net.pool))
    named = {"weight": "kernels", "bias": "biases"}
    return {
        f"{layer}{k}.{named[name]}": parameter.detach().contiguous().numpy().copy()
        for layer, modules in layers
        for k, module in enumerate(modules, 1)
        for name, parameter in module.named_parameters()
    }


def quantised(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 `(rows, columns)` and, for each row, the float32 scale to multiply it by."""
    scales = np.abs(weights).max(1) / 127
    codes = np.rint(weights / np.where(scales > 0, scales, 1)[:, None])
    return codes.astype(np.int8), scales.astype(np.float32)
