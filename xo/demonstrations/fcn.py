"""C4: a trained classifier as a fully convolutional network (FCN); nothing is trained anew.

After Long, Shelhamer & Darrell 2015: dense layers become convolutions, a transposed convolution
brings their scores to the size of the image, a skip joins an early layer. They train both on labels
of pixels; here both are fixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.demonstrations.maps import image_tensor, with_margins
from xo.network.measurements import POOL, Field

if TYPE_CHECKING:
    from xo.network.model import Net


class Fcn(NamedTuple):
    """A classifier with its dense layers as convolutions."""

    net: Net
    dense: list[nn.Conv2d]
    field: tuple[Field, Field]  # of a score, by axis; minus its offset is the margin of the canvas
    first: Field  # of a value after the first pooling


def as_fcn(net: Net, fields: dict[str, Field], image_size: tuple[int, int]) -> Fcn:
    """The same weights as convolutions; `fields` are the receptive fields of its layers.

    The rows of the first dense layer become kernels as large as the last maps, those of the other
    layers 1x1 kernels.
    """
    last = list(fields.values())[-1]
    side = [(pixels - last.size) // last.stride + 1 for pixels in image_size]
    shapes = [(net.conv[-1].out_channels, *side)]
    shapes += [(dense.in_features, 1, 1) for dense in net.dense[1:]]
    layers = []
    for dense, (channels, *size) in zip(net.dense, shapes):
        layer = nn.utils.skip_init(nn.Conv2d, channels, dense.out_features, tuple(size))
        # Maps are flattened as channel, row, column.
        layer.weight = nn.Parameter(dense.weight.detach().reshape(layer.weight.shape))
        layer.bias = dense.bias
        layers.append(layer.eval())
    sizes = (last.size + (length - 1) * last.stride for length in side)
    # With half a window of background around it, every score lies at the middle of its window.
    down, right = (Field(size, last.stride, -((size - last.stride) // 2)) for size in sizes)
    return Fcn(net, layers, (down, right), fields["pool1"])


def score_map(model: Fcn, canvas: np.ndarray, background: np.ndarray) -> Tensor:
    """uint8 `(H, W)` or `(H, W, 3)` -> scores `(classes, h, w)`, one every `stride` pixels of the
    canvas.
    """
    margins = [
        (-field.offset, padded - pixels + field.offset)
        for pixels, padded, field in zip(
            canvas.shape, padded_size(model, canvas.shape[:2]), model.field
        )
    ]
    _, maps = _maps(model.net, with_margins(canvas, margins, background))
    maps = maps.contiguous()  # with channels last, a kernel of 27x27 is slow
    height = model.dense[0].kernel_size[0]
    rows = []
    # By rows of scores: all at once would take hundreds of megabytes.
    for i in range(maps.shape[2] - height + 1):
        strip = maps[:, :, i : i + height]
        for layer in model.dense[:-1]:
            strip = layer(strip).relu()
        rows.append(model.dense[-1](strip)[0])
    return torch.cat(rows, dim=1)


def padded_size(model: Fcn, size: tuple[int, ...]) -> tuple[int, int]:
    """Height and width of a canvas with its margin, so that a score lies every `stride` pixels."""
    height, width = (
        field.size + (-(-pixels // field.stride) - 1) * field.stride
        for pixels, field in zip(size, model.field)
    )
    return height, width


def score_index(start: int, field: Field) -> int:
    """The index of the score whose window begins at pixel `start` of the canvas."""
    return (start - field.offset) // field.stride


def upsample(maps: Tensor, field: tuple[Field, Field], size: tuple[int, ...]) -> Tensor:
    """`(C, h, w)` -> `(C, H, W)`: bilinear interpolation by a transposed convolution.

    Its fixed kernels are two strides wide, so that a pixel depends on the two nearest values of
    each axis.
    """
    stride = field[0].stride
    line = bilinear(stride)
    kernel = torch.outer(line, line).expand(len(maps), 1, -1, -1)
    framed = F.pad(maps[None], (1, 1, 1, 1), mode="replicate")
    large = F.conv_transpose2d(
        framed, kernel, stride=stride, padding=stride // 2, groups=len(maps)
    )[0]
    # So far value i lies in the middle of pixels stride * (i + 1) to stride * (i + 2) - 1.
    top, left = (stride - each.offset - (each.size - each.stride) // 2 for each in field)
    return large[:, top : top + size[0], left : left + size[1]]


def bilinear(stride: int) -> Tensor:
    """`(2 * stride,)`, one side of a kernel that interpolates."""
    return 1 - (torch.arange(2 * stride) - stride + 0.5).abs() / stride


def edge_map(model: Fcn, canvas: np.ndarray, background: np.ndarray) -> Tensor:
    """The skip `(H, W)`, 0 to 1: the distance of the first pooled maps from those of background.

    Multiplied by the classes' probabilities it shows where a stroke is, never of which class. A
    trained FCN would learn scores of each class from these maps, and add them.
    """
    maps, _ = _maps(model.net, canvas)
    empty, _ = _maps(model.net, np.full_like(canvas, background))
    distance = (maps - empty).square().sum(1).sqrt()  # (1, h, w)
    highest = torch.quantile(distance, 0.99).clamp(min=1e-12)
    return upsample((distance / highest).clamp(max=1), (model.first, model.first), canvas.shape)[0]


def multiply_adds(model: Fcn, size: tuple[int, ...]) -> int:
    """Multiply-adds of the network on a canvas of that size (H, W) with its margin."""
    height, width = padded_size(model, size)
    total = 0
    for conv, pool in zip(model.net.conv, model.net.pool):
        kernel = conv.kernel_size[0]
        height, width = height - kernel + 1, width - kernel + 1
        total += conv.weight.numel() * height * width
        if not isinstance(pool, nn.Identity):
            height, width = height // POOL, width // POOL
    kernel_height, kernel_width = model.dense[0].kernel_size
    scores = (height - kernel_height + 1) * (width - kernel_width + 1)
    return total + scores * sum(layer.weight.numel() for layer in model.dense)


def _maps(net: Net, canvas: np.ndarray) -> tuple[Tensor, Tensor]:
    """uint8 `(H, W)` or `(H, W, 3)` -> the maps after the first pooling, and the last ones."""
    steps = dict(net.feature_steps(image_tensor(canvas)))
    return steps["pool1"], list(steps.values())[-1]
