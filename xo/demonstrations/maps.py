"""The feature maps of a network, and which image and channel demonstrations show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net


def example_index(data: DataSet) -> int:
    """The image that demonstrations take apart: the first test image of the first class."""
    return int(np.flatnonzero(data.test.labels == 0)[0])


def image_tensor(image: np.ndarray) -> Tensor:
    """uint8 `(H, W)` or `(H, W, 3)` -> the input of a network, float32 `(1, C, H, W)`."""
    return as_input(torch.tensor(np.asarray(image))[None])


def with_margins(
    image: np.ndarray, margins: Sequence[tuple[int, int]], background: np.ndarray
) -> np.ndarray:
    """uint8 `(H, W)` or `(H, W, 3)` with so many pixels of background above and below, left and
    right.
    """
    (top, bottom), (left, right) = margins
    height, width, *channels = image.shape
    framed = np.full((top + height + bottom, left + width + right, *channels), background, np.uint8)
    framed[top : top + height, left : left + width] = image
    return framed


@torch.inference_mode()
def maps_by_layer(net: Net, x: Tensor) -> dict[str, Tensor]:
    """`(N, C, H, W)` after each convolution, pooling and ReLU, by name."""
    return {
        name: values.clone(memory_format=torch.contiguous_format)
        for name, values in net.feature_steps(x)
    }


def most_varied_channel(maps: Tensor) -> int:
    """The channel of `(N, C, H, W)` whose values after ReLU have the largest standard deviation."""
    return int(maps.relu().flatten(2).std(dim=2).mean(0).argmax())


def largest_value(values: Tensor) -> tuple[int, int]:
    """Row and column of the largest value of a map `(H, W)`."""
    row, column = divmod(int(values.argmax()), values.shape[1])
    return row, column


def kernel_and_bias(conv: nn.Conv2d, channel: int) -> tuple[Tensor, Tensor]:
    """The weights `(C_in, k, k)` and the bias `()` of one output channel."""
    assert conv.bias is not None
    return conv.weight[channel].detach(), conv.bias[channel].detach()
