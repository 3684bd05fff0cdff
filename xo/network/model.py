"""One network class for all variants: convolutions with or without 2x2 pooling, then dense layers.

Tensor axes: images and maps `(N, C, H, W)`, dense activations `(N, F)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.errors import InputError
from xo.network.measurements import Layer

if TYPE_CHECKING:
    from xo.variants import Variant

POOL = 2


class Net(nn.Module):
    """The network of one variant for grey images of `image_size` (H, W) and `classes` outputs.

    `pool` has a module for each convolution, the identity where no pooling follows it.
    """

    def __init__(self, variant: Variant, image_size: tuple[int, int], classes: int):
        super().__init__()
        self.conv, self.pool = _convolutions(variant)
        features = _flat_size(variant, image_size)
        widths = (features, *variant.dense, classes)
        self.dense = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:]))

    def feature_steps(self, x: Tensor) -> Iterator[tuple[str, Tensor]]:
        """The maps after each step, by name. ReLU comes after max-pooling: the same values for a quarter of the work."""
        for k, (conv, pool) in enumerate(zip(self.conv, self.pool), 1):
            x = conv(x)  # (N, C_in, H, W) -> (N, C_out, H-2, W-2) for a 3x3 kernel
            yield f"conv{k}", x
            if not isinstance(pool, nn.Identity):
                x = pool(x)  # -> (N, C, H//2, W//2)
                yield f"pool{k}", x
            x = F.relu(x)
            yield f"relu{k}", x

    def head_steps(
        self, x: Tensor, first: Callable[[Tensor], Tensor] | None = None
    ) -> Iterator[tuple[str, Tensor]]:
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


def _convolutions(variant: Variant) -> tuple[nn.ModuleList, nn.ModuleList]:
    """The convolutions, and for each what pools its maps: nothing after a 1x1 kernel, which only mixes channels."""
    if len(variant.kernel_sizes) != len(variant.channels):
        raise InputError(
            f"variant {variant.name}: expected a kernel size for each of its {len(variant.channels)} "
            f"convolutions, got {len(variant.kernels)}; give kernels as many entries as channels"
        )
    widths = (1, *variant.channels)
    pools = {
        "max": lambda channels: nn.MaxPool2d(POOL),
        None: lambda channels: nn.Identity(),
        "trained": lambda channels: nn.Conv2d(
            channels, channels, POOL, stride=POOL, groups=channels
        ),
    }
    return (
        nn.ModuleList(
            nn.Conv2d(a, b, size) for a, b, size in zip(widths, widths[1:], variant.kernel_sizes)
        ),
        nn.ModuleList(
            pools[variant.pool if size > 1 else None](width)
            for width, size in zip(variant.channels, variant.kernel_sizes)
        ),
    )


def _flat_size(variant: Variant, image_size: tuple[int, int]) -> int:
    """The number of features that the convolutions leave, found by running them on the meta device (no memory, no work)."""
    try:
        with torch.device("meta"):
            x = torch.empty(1, 1, *image_size)
            for conv, pool in zip(*_convolutions(variant)):
                x = pool(conv(x))
    except RuntimeError as error:
        h, w = image_size
        raise InputError(
            f"variant {variant.name}: images of {w}x{h} pixels are too small for its "
            f"{len(variant.channels)} convolutions; use larger images or fewer layers"
        ) from error
    return x.numel()


def layers(variant: Variant, image_size: tuple[int, int], classes: int) -> list[Layer]:
    """Name, kind, output shape (without N), parameters and multiply-adds per image of each step; computed, not stated."""
    with torch.device("meta"):
        net = Net(variant, image_size, classes)
        image = torch.empty(1, 1, *image_size)
    rows = [Layer("input", "input", (1, *image_size), 0, 0)]
    for name, out in net.feature_steps(image):
        kind = name.rstrip("0123456789")
        module = (
            {"conv": net.conv, "pool": net.pool}[kind][int(name[-1]) - 1]
            if kind != "relu"
            else None
        )
        rows.append(_row(name, kind, tuple(out.shape[1:]), module))
        maps = out
    for (name, out), module in zip(net.head_steps(maps.flatten(1)), net.dense):
        rows.append(_row(name, "dense", tuple(out.shape[1:]), module))
    return rows


def _row(name: str, kind: str, shape: tuple[int, ...], module: nn.Module | None) -> Layer:
    parameters = sum(p.numel() for p in module.parameters()) if module else 0
    weights = parameters - (module.bias.numel() if parameters else 0)
    # Each weight is used once per output position: one for a dense layer, H*W for a convolution.
    positions = shape[1] * shape[2] if len(shape) == 3 else 1
    kernel = module.kernel_size[0] if kind == "conv" else None
    return Layer(name, kind, shape, parameters, weights * positions, kernel)
