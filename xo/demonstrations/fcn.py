"""C4: a trained classifier as a fully convolutional network (FCN), its heat maps at the canvas's size; nothing is trained anew.

After Long, Shelhamer & Darrell 2015: dense layers become convolutions, a transposed convolution brings their scores to the
canvas's size, a skip joins an early layer. They train both on labels of pixels; here both are fixed, see `edges`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.demonstrations.receptive_field import Field, fields
from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.network.model import Net


class Fcn(NamedTuple):
    """A classifier with its dense layers as convolutions."""

    net: Net
    dense: list[nn.Conv2d]
    field: tuple[
        Field, Field
    ]  # what score i sees of the canvas, by axis; its offset is the margin that the canvas gets
    first: Field  # what value i after the first pooling sees


def convolutional(net: Net, image_size: tuple[int, int]) -> Fcn:
    """The first dense layer's rows become kernels as large as the last maps, the other layers 1x1; not a weight changes."""
    by_name = fields(net)
    last = list(by_name.values())[-1]
    side = [(pixels - last.size) // last.stride + 1 for pixels in image_size]
    shapes, layers = (
        [
            (net.conv[-1].out_channels, *side),
            *((dense.in_features, 1, 1) for dense in net.dense[1:]),
        ],
        [],
    )
    for dense, (channels, *size) in zip(net.dense, shapes):
        layer = nn.utils.skip_init(nn.Conv2d, channels, dense.out_features, tuple(size))
        layer.weight = nn.Parameter(
            dense.weight.detach().reshape(layer.weight.shape)
        )  # flattened as channel, row, column
        layer.bias = dense.bias
        layers.append(layer.eval())
    seen = (last.size + (length - 1) * last.stride for length in side)
    # half a window of ground around the canvas, and every score stands at the middle of what it sees
    down, right = (Field(size, last.stride, -((size - last.stride) // 2)) for size in seen)
    return Fcn(net, layers, (down, right), by_name["pool1"])


def heat(model: Fcn, canvas: np.ndarray, ground: int) -> Tensor:
    """`(H, W)` uint8 -> scores `(classes, h, w)`, one every `stride` pixels over all of the canvas."""
    margins = [
        (-field.offset, seen - pixels + field.offset)
        for pixels, seen, field in zip(canvas.shape, seen_by(model, canvas.shape), model.field)
    ]
    _, maps = _maps(
        model.net, as_input(torch.tensor(np.pad(canvas, margins, constant_values=ground))[None])
    )
    maps, tall = (
        maps.contiguous(),
        model.dense[0].kernel_size[0],
    )  # with channels last, a kernel of 27x27 is slow
    rows = []
    for i in range(
        maps.shape[2] - tall + 1
    ):  # by rows of scores: all at once would take hundreds of megabytes
        strip = maps[:, :, i : i + tall]
        for layer in model.dense[:-1]:
            strip = layer(strip).relu()
        rows.append(model.dense[-1](strip)[0])
    return torch.cat(rows, dim=1)


def seen_by(model: Fcn, size: tuple[int, int]) -> list[int]:
    """Height and width of the canvas with its margin, so that a score stands every `stride` pixels."""
    return [
        field.size + (-(-pixels // field.stride) - 1) * field.stride
        for pixels, field in zip(size, model.field)
    ]


def cell(start: int, field: Field) -> int:
    """Which score has the window that begins at pixel `start` of the canvas."""
    return (start - field.offset) // field.stride


def enlarged(maps: Tensor, field: tuple[Field, Field], size: tuple[int, int]) -> Tensor:
    """`(C, h, w)` -> `(C, H, W)` by a transposed convolution with fixed kernels, those of bilinear interpolation.

    They are two strides wide, so that a pixel gets its due of the two nearest values of each axis.
    """
    stride = field[0].stride
    line = 1 - (torch.arange(2 * stride) - stride + 0.5).abs() / stride
    kernel = torch.outer(line, line).expand(len(maps), 1, -1, -1)
    framed = F.pad(maps[None], (1, 1, 1, 1), mode="replicate")  # beyond the border as at the border
    large = F.conv_transpose2d(
        framed, kernel, stride=stride, padding=stride // 2, groups=len(maps)
    )[0]
    # so far value i lies in the middle of pixels stride * (i + 1) to stride * (i + 2) - 1
    top, left = (stride - each.offset - (each.size - each.stride) // 2 for each in field)
    return large[:, top : top + size[0], left : left + size[1]]


def edges(model: Fcn, canvas: np.ndarray, ground: int) -> Tensor:
    """The skip `(H, W)`, 0 to 1: how far the maps after the first pooling are from what they are over empty ground.

    Multiplied with the classes' probabilities it says where a stroke is, never of which class. A trained FCN would learn
    scores of each class from these maps, and add them.
    """
    (maps, _), (empty, _) = (
        _maps(model.net, as_input(torch.tensor(each)[None]))
        for each in (canvas, np.full_like(canvas, ground))
    )
    distance = (maps - empty).square().sum(1).sqrt()  # (1, h, w)
    highest = torch.quantile(distance, 0.99).clamp(min=1e-12)
    return enlarged((distance / highest).clamp(max=1), (model.first, model.first), canvas.shape)[0]


def work(model: Fcn, size: tuple[int, int]) -> int:
    """Multiply-adds of the network on a canvas of that size with its margin."""
    with torch.device("meta"):
        maps, found = torch.empty(1, 1, *seen_by(model, size)), 0
        for conv, pool in zip(model.net.conv, model.net.pool):
            maps = F.conv2d(maps, torch.empty(conv.weight.shape))
            found += conv.weight.numel() * maps.shape[2] * maps.shape[3]
            maps = pool(maps)
    scores = [
        length - kernel + 1 for length, kernel in zip(maps.shape[2:], model.dense[0].kernel_size)
    ]
    return found + sum(layer.weight.numel() for layer in model.dense) * scores[0] * scores[1]


def _maps(net: Net, x: Tensor) -> tuple[Tensor, Tensor]:
    """After the first pooling, and the last ones."""
    steps = dict(net.feature_steps(x))
    return steps["pool1"], list(steps.values())[-1]
