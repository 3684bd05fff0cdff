"""C3: four ways to pool one trained map, the detail each loses, and the effect of a shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.data.strokes import background_value
from xo.demonstrations.maps import (
    example_index,
    image_tensor,
    kernel_and_bias,
    most_varied_channel,
)
from xo.demonstrations.shift import empty_image, shift_images
from xo.demonstrations.table import Unavailable
from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks

PER_CLASS = 50  # test images
# A small Gaussian centered on a 2x2 window (Zhang 2019, anti-aliased pooling).
BINOMIAL = (1 / 8, 3 / 8, 3 / 8, 1 / 8)


@torch.inference_mode()
def pooling(nets: Networks, data: DataSet) -> Computed:
    """The maps of the first convolution of `trained-pooling`, pooled in four ways.

    They are taken before ReLU, as the trained pooling gets them. Detail lost is the share of
    `unexplained_variance`.
    """
    net = nets["trained-pooling"][0][1]
    layer = cast("torch.nn.Conv2d", net.pool[0])
    images = torch.tensor(np.asarray(data.test.first(PER_CLASS).images))
    background = background_value(data.test.images)
    maps, empty = (
        net.conv[0](as_input(each)).contiguous()
        for each in (images, empty_image(images, background))
    )
    if maps.flatten(2).std(dim=2).max() == 0:
        raise Unavailable("constant feature maps")
    shifted = net.conv[0](as_input(shift_images(images, 1, 2, background)))
    kinds = pooling_methods(layer)
    # (N, C) each
    detail = {kind: unexplained_variance(maps, pool(maps)) for kind, pool in kinds.items()}
    change = {}
    for kind, pool in [("none", lambda each: each), *kinds.items()]:
        reference = _length(pool(maps) - pool(empty)).clamp_min(1e-12)
        change[kind] = float((_length(pool(shifted) - pool(maps)) / reference).mean())

    image = image_tensor(data.test.images[example_index(data)])
    one = net.conv[0](image).contiguous()  # (1, C, H, W)
    channel = most_varied_channel(layer(one))
    shown = one[:, channel : channel + 1]
    side = 2 * (one.shape[-2] // 2), 2 * (one.shape[-1] // 2)
    pooled = {kind: pool(one)[0, channel] for kind, pool in kinds.items()}
    residuals = {
        kind: residual(shown[0, 0, : side[0], : side[1]], values) for kind, values in pooled.items()
    }
    row, column = _window(shown[0, 0])
    kernel, bias = kernel_and_bias(layer, channel)
    weights = kernel[0]
    facts = {
        "images": len(images),
        "image": data.classes[0],
        "channel": channel + 1,
        "channels": one.shape[1],
        "full_side": one.shape[-1],
        "pooled_side": pooled["max"].shape[-1],
        "kept_share": pooled["max"].numel() / shown.numel(),
        **{f"detail_{kind}": float(values.nanmean()) for kind, values in detail.items()},
        **{f"change_{kind}": value for kind, value in change.items()},
        **{
            f"parameters_{kind}": sum(p.numel() for p in layer.parameters())
            if kind == "trained"
            else 0
            for kind in kinds
        },
        "trained_weights": weights.flatten().tolist(),
        "bias": float(bias),
        "blur": list(BINOMIAL),
        "row": row,
        "column": column,
        "window": shown[0, 0, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        .flatten()
        .tolist(),
        **{f"window_{kind}": float(values[row, column]) for kind, values in pooled.items()},
    }
    arrays = {
        "map": shown[0, 0].numpy(),
        **{f"pooled.{kind}": values.contiguous().numpy() for kind, values in pooled.items()},
        **{f"rest.{kind}": values.contiguous().numpy() for kind, values in residuals.items()},
        **{f"detail.{kind}": values.numpy() for kind, values in detail.items()},
    }
    return facts, arrays


def pooling_methods(trained: torch.nn.Conv2d) -> dict[str, Callable[[Tensor], Tensor]]:
    """Four functions by name, `(N, C, H, W) -> (N, C, H//2, W//2)`."""
    return {
        "max": lambda maps: F.max_pool2d(maps, 2),
        "mean": lambda maps: F.avg_pool2d(maps, 2),
        "gaussian": gaussian_pooling,
        "trained": trained,
    }


def gaussian_pooling(maps: Tensor) -> Tensor:
    """Blurs by a 4x4 binomial kernel and keeps the value at the middle of every 2x2 window."""
    line = torch.tensor(BINOMIAL)
    n, channels, height, width = maps.shape
    even = maps[:, :, : 2 * (height // 2), : 2 * (width // 2)]
    padded = F.pad(even, (1, 1, 1, 1), mode="replicate")
    return F.conv2d(
        padded, (line[:, None] * line).expand(channels, 1, 4, 4), stride=2, groups=channels
    )


def unexplained_variance(maps: Tensor, pooled: Tensor) -> Tensor:
    """`(N, C)`, the share of a map's variance that its pooled form does not explain.

    The pooled map is upsampled and brought to the map's scale by the factor and offset that fit
    best, as a trained pooling may scale and shift; 1 - r**2 of the correlation r is left. Nothing
    does better than the mean of each window. NaN for a constant map.
    """
    h, w = pooled.shape[-2:]
    a, b = maps[..., : 2 * h, : 2 * w].flatten(2).double(), upsample(pooled).flatten(2).double()
    a, b = a - a.mean(2, keepdim=True), b - b.mean(2, keepdim=True)
    explained = (a * b).sum(2) ** 2 / (b * b).sum(2).clamp_min(1e-12)
    variance = (a * a).sum(2)
    return torch.where(variance > 1e-9, 1 - explained / variance, torch.nan).float()


def residual(full: Tensor, pooled: Tensor) -> Tensor:
    """`(H, W)`, what the pooled form of a map, upsampled and fitted, leaves unexplained."""
    b = upsample(pooled)
    centered = b - b.mean()
    factor = ((full - full.mean()) * centered).sum() / (centered * centered).sum().clamp_min(1e-12)
    return full - full.mean() - factor * centered


def upsample(pooled: Tensor) -> Tensor:
    """Each value of `(..., H, W)` as a square of 2x2."""
    return pooled.repeat_interleave(2, dim=-2).repeat_interleave(2, dim=-1)


def _window(values: Tensor) -> tuple[int, int]:
    """Row and column of the 2x2 window of `(H, W)` whose values differ most."""
    spread = F.max_pool2d(values[None], 2)[0] + F.max_pool2d(-values[None], 2)[0]
    row, column = divmod(int(spread.argmax()), spread.shape[1])
    return row, column


def _length(maps: Tensor) -> Tensor:
    """`(N,)`, the Euclidean length of `(N, C, H, W)`."""
    return maps.flatten(1).norm(dim=1)
