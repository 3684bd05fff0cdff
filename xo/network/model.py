"""One network class for all variants: convolutions, with or without pooling, then dense layers.

Tensor axes: images and maps `(N, C, H, W)`, dense activations `(N, F)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.errors import InputError
from xo.network.measurements import POOL, Layer

if TYPE_CHECKING:
    from xo.variants import Variant


class Net(nn.Module):
    """The network of one variant for images of `image_size` (H, W) and `classes` outputs.

    `in_channels` is 1 for grey images, 3 for colour. `pool` has a module for each convolution, the
    identity where no pooling follows it.
    """

    def __init__(
        self, variant: Variant, image_size: tuple[int, int], classes: int, in_channels: int = 1
    ):
        super().__init__()
        widths = (flat_size(variant, image_size), *variant.dense, classes)
        channels = (in_channels, *variant.channels)
        convolutions = nn.ModuleList(
            nn.Conv2d(c_in, c_out, kernel)
            for c_in, c_out, kernel in zip(channels, channels[1:], variant.kernel_sizes)
        )
        poolings = nn.ModuleList(
            _pooling(variant, count, kernel)
            for count, kernel in zip(variant.channels, variant.kernel_sizes)
        )
        dense = nn.ModuleList(nn.Linear(f_in, f_out) for f_in, f_out in zip(widths, widths[1:]))
        self.conv = cast("list[nn.Conv2d]", convolutions)  # PyTorch does not type what it holds
        self.pool = cast("list[nn.Module]", poolings)
        self.dense = cast("list[nn.Linear]", dense)
        self.averages = variant.head == "average"
        if variant.initialisation == "kaiming":
            self.apply(_initialise_kaiming)

    def feature_steps(self, x: Tensor, depth: int = 0) -> Iterator[tuple[str, Tensor]]:
        """The maps after each step, by name: conv1, pool1, relu1, conv2, ...

        `x` holds images, or the maps after the first `depth` convolutions. ReLU comes after
        max-pooling: the same values for a quarter of the work. With the head "average", the last
        step is the mean of each map.
        """
        steps = list(enumerate(zip(self.conv, self.pool), 1))
        for k, (conv, pool) in steps[depth:]:
            x = conv(x)  # (N, C_in, H, W) -> (N, C_out, H-2, W-2) for a 3x3 kernel
            yield f"conv{k}", x
            if not isinstance(pool, nn.Identity):
                x = pool(x)  # -> (N, C, H//2, W//2)
                yield f"pool{k}", x
            x = F.relu(x)
            yield f"relu{k}", x
        if self.averages:
            yield "average", x.mean((2, 3))  # (N, C, H, W) -> (N, C)

    def head_steps(
        self, x: Tensor, first: Callable[[Tensor], Tensor] | None = None
    ) -> Iterator[tuple[str, Tensor]]:
        """The dense activations after ReLU, then the logits.

        `first` may stand in for the first dense layer.
        """
        *hidden, last = [first or self.dense[0], *self.dense[1:]]
        for k, layer in enumerate(hidden, 1):
            x = F.relu(layer(x))  # (N, F_in) -> (N, F_out)
            yield f"dense{k}", x
        yield "logits", last(x)  # (N, classes)

    def forward_features(self, x: Tensor) -> Tensor:
        """`(N, C, H, W) -> (N, F)`: the last maps flattened in the order C, H, W, or averaged."""
        for _, maps in self.feature_steps(x):  # noqa: B007
            pass
        return maps.flatten(1)

    def head(self, x: Tensor, first: Callable[[Tensor], Tensor] | None = None) -> Tensor:
        """`(N, F) -> (N, classes)` logits."""
        for _, out in self.head_steps(x, first):  # noqa: B007
            pass
        return out

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W) -> (N, classes)` logits."""
        return self.head(self.forward_features(x))


def untrained_network(
    variant: Variant,
    image_size: tuple[int, int],
    classes: int,
    seed: int,
    in_channels: int = 1,
) -> Net:
    """The variant's network, initialised from `seed`; the global random state is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Net(variant, image_size, classes, in_channels)


def flat_size(variant: Variant, image_size: tuple[int, int]) -> int:
    """How many values the first dense layer gets of an image (H, W).

    InputError where the images are too small, or the variant lacks a kernel size.
    """
    if len(variant.kernel_sizes) != len(variant.channels):
        raise InputError(
            f"variant {variant.name}: expected a kernel size for each of its "
            f"{len(variant.channels)} convolutions, got {len(variant.kernels)}; "
            "give kernels as many entries as channels"
        )
    height, width = image_size
    for kernel in variant.kernel_sizes:
        height, width = height - kernel + 1, width - kernel + 1
        if _is_pooled(variant, kernel):
            height, width = height // POOL, width // POOL
    if height < 1 or width < 1:
        raise InputError(
            f"variant {variant.name}: images of {image_size[1]}x{image_size[0]} pixels are too "
            f"small for its {len(variant.channels)} convolutions; use larger images or fewer layers"
        )
    return variant.channels[-1] * (1 if variant.head == "average" else height * width)


def layers(
    variant: Variant, image_size: tuple[int, int], classes: int, in_channels: int = 1
) -> list[Layer]:
    """Every step for one image, counted on a network without memory (meta device).

    Nothing is computed there, nor initialised from a normal distribution: either would import some
    900 modules, 150 MB in every process that trains.
    """
    with torch.device("meta"):
        net = Net(replace(variant, initialisation="pytorch"), image_size, classes, in_channels)
    shape: tuple[int, ...] = (in_channels, *image_size)
    rows = [Layer("input", "input", shape, 0, 0)]
    for k, (conv, pool) in enumerate(zip(net.conv, net.pool), 1):
        height, width = (side - conv.kernel_size[0] + 1 for side in shape[1:])
        shape = conv.out_channels, height, width
        rows.append(_layer(f"conv{k}", "conv", shape, conv))
        if not isinstance(pool, nn.Identity):
            shape = conv.out_channels, height // POOL, width // POOL
            rows.append(_layer(f"pool{k}", "pool", shape, pool))
        rows.append(_layer(f"relu{k}", "relu", shape))
    if net.averages:
        rows.append(_layer("average", "average", shape[:1]))
    names = [f"dense{k}" for k in range(1, len(net.dense))] + ["logits"]
    for name, dense in zip(names, net.dense):
        rows.append(_layer(name, "dense", (dense.out_features,), dense))
    return rows


def _layer(name: str, kind: str, shape: tuple[int, ...], module: nn.Module | None = None) -> Layer:
    counts = {name: p.numel() for name, p in module.named_parameters()} if module else {}
    # Each weight is used once per output position: one for a dense layer, H*W for a convolution.
    positions = shape[1] * shape[2] if len(shape) == 3 else 1
    work = counts.get("weight", 0) * positions
    kernel = module.kernel_size[0] if isinstance(module, nn.Conv2d) and kind == "conv" else None
    return Layer(name, kind, shape, sum(counts.values()), work, kernel)


def _initialise_kaiming(module: nn.Module) -> None:
    """Weights that keep the variance of what ReLU passes on, by their number of inputs."""
    if isinstance(module, (nn.Conv2d, nn.Linear)):
        nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
        nn.init.zeros_(cast("Tensor", module.bias))


def _is_pooled(variant: Variant, kernel: int) -> bool:
    """Whether a convolution is pooled: one with 1x1 kernels, which only mixes channels, is not."""
    return variant.pool is not None and kernel > 1


def _pooling(variant: Variant, channels: int, kernel: int) -> nn.Module:
    if not _is_pooled(variant, kernel):
        return nn.Identity()
    if variant.pool == "max":
        return nn.MaxPool2d(POOL)
    return nn.Conv2d(channels, channels, POOL, stride=POOL, groups=channels)
