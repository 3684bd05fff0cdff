"""One network class for all variants: 3x3 convolutions with or without 2x2 max-pooling, then dense layers.

Tensor axes: images and maps `(N, C, H, W)`, dense activations `(N, F)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.errors import InputError

if TYPE_CHECKING:
    from xo.variants import Variant

KERNEL = 3
POOL = 2


class Net(nn.Module):
    """The network of one variant for grey images of `image_size` (H, W) and `classes` outputs."""

    def __init__(self, variant: Variant, image_size: tuple[int, int], classes: int):
        super().__init__()
        self.pool = variant.pool
        widths = (1, *variant.channels)
        self.conv = nn.ModuleList(nn.Conv2d(a, b, KERNEL) for a, b in zip(widths, widths[1:]))
        features = _flat_size(variant, image_size)
        widths = (features, *variant.dense, classes)
        self.dense = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def feature_steps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """The maps after each step, by name. ReLU comes after max-pooling: the same values for a quarter of the work."""
        for k, conv in enumerate(self.conv, 1):
            x = conv(x)  # (N, C_in, H, W) -> (N, C_out, H-2, W-2)
            yield f"conv{k}", x
            if self.pool == "max":
                x = F.max_pool2d(x, POOL)  # -> (N, C, H//2, W//2)
                yield f"pool{k}", x
            x = F.relu(x)
            yield f"relu{k}", x

    def head_steps(self, x: Tensor, first: Callable[[Tensor], Tensor] | None = None) -> Iterator[tuple[str, Tensor]]:
        """The dense activations after ReLU, then the logits; `first` may stand in for the first dense layer."""
        *hidden, last = [first or self.dense[0], *self.dense[1:]]
        for k, layer in enumerate(hidden, 1):
            x = F.relu(layer(x))  # (N, F_in) -> (N, F_out)
            yield f"dense{k}", x
        yield "logits", last(x)  # (N, classes)

    def forward_features(self, x: Tensor) -> Tensor:
        """`(N, 1, H, W) -> (N, F)`, the last maps flattened in the order C, H, W."""
        for _, maps in self.feature_steps(x):
            pass
        return maps.flatten(1)

    def head(self, x: Tensor, first: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        """`(N, F) -> (N, classes)` logits."""
        for _, out in self.head_steps(x, first):
            pass
        return out

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.forward_features(x))


def _flat_size(variant: Variant, image_size: tuple[int, int]) -> int:
    """The number of features that the convolutions leave, found by running them on the meta device (no memory, no work)."""
    x = torch.empty(1, 1, *image_size, device="meta")
    try:
        for channels in variant.channels:
            x = F.conv2d(x, torch.empty(channels, x.shape[1], KERNEL, KERNEL, device="meta"))
            x = F.max_pool2d(x, POOL) if variant.pool == "max" else x
    except RuntimeError as error:
        h, w = image_size
        raise InputError(f"variant {variant.name}: images of {w}x{h} pixels are too small for its "
                         f"{len(variant.channels)} convolutions; use larger images or fewer layers") from error
    return x.numel()


def layers(variant: Variant, image_size: tuple[int, int], classes: int) -> list[dict]:
    """Name, kind, output shape (without N), parameters and multiply-adds per image of each step; computed, not stated."""
    with torch.device("meta"):
        net = Net(variant, image_size, classes)
        image = torch.empty(1, 1, *image_size)
    rows = [{"name": "input", "kind": "input", "shape": [1, *image_size], "parameters": 0, "multiply_adds": 0}]
    for name, out in net.feature_steps(image):
        kind = name.rstrip("0123456789")
        module = net.conv[int(name[-1]) - 1] if kind == "conv" else None
        rows.append(_row(name, kind, list(out.shape[1:]), module))
        maps = out
    for (name, out), module in zip(net.head_steps(maps.flatten(1)), net.dense):
        rows.append(_row(name, "dense", list(out.shape[1:]), module))
    return rows


def _row(name: str, kind: str, shape: list[int], module: nn.Module | None) -> dict:
    parameters = sum(p.numel() for p in module.parameters()) if module else 0
    # Each weight is used once per output position: one for a dense layer, H*W for a convolution.
    positions = shape[1] * shape[2] if len(shape) == 3 else 1
    multiply_adds = module.weight.numel() * positions if module else 0
    return {"name": name, "kind": kind, "shape": shape, "parameters": parameters, "multiply_adds": multiply_adds}
