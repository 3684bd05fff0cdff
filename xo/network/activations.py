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
    """A copy of each convolution's kernels, `{"conv1": (C_out, C_in, 3, 3), ...}`."""
    return {
        f"conv{k}": conv.weight.detach().contiguous().numpy().copy()
        for k, conv in enumerate(net.conv, 1)
    }
