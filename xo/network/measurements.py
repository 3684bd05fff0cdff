"""What is measured of a network and its training, as typed plain data; no torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

POOL = 2  # side and stride of a pooling window, in pixels


class Layer(msgspec.Struct, frozen=True):
    """One step of a network, for one image."""

    name: str  # conv1, pool1, relu1, dense1, logits
    kind: str  # input, conv, pool, relu, average, dense
    shape: tuple[int, ...]  # of its output: (C, H, W), or (F,)
    parameters: int
    multiply_adds: int
    kernel: int | None = None  # side of a convolution's kernels in pixels


class Epoch(msgspec.Struct, frozen=True):
    """What is known when an epoch ends.

    `train_*` are means over its batches, while the weights changed.
    """

    epoch: int  # from 1
    train_loss: float  # mean cross-entropy in nats
    train_accuracy: float  # 0..1
    test_loss: float
    test_accuracy: float


class Training(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of training measured, beside its arrays."""

    classes: tuple[str, ...]  # of the task: where labels are "split", the two folders
    label_counts: tuple[int, ...]  # training images of each class
    parameters: int
    layers: tuple[Layer, ...]
    epochs: tuple[Epoch, ...]
    epoch_seconds: tuple[float, ...]  # training alone, without the test
    confusion: tuple[tuple[int, ...], ...]  # test images; rows: truth, columns: answer
    test_ids: tuple[str, ...]
    shown_ids: tuple[str, ...]  # test images whose activations are kept


class Field(NamedTuple):
    """The receptive field of a layer, along one axis.

    Value i depends on the pixels from `offset + stride * i` to just before
    `offset + stride * i + size`.
    """

    size: int
    stride: int
    offset: int = 0  # no layer pads its input


def receptive_fields(layers: Sequence[Layer]) -> dict[str, Field]:
    """The receptive field of each layer of maps, by name.

    A window of k pixels widens it by k - 1 times the product of the strides so far.
    """
    size, stride, fields = 1, 1, {}
    for layer in layers:
        window = layer.kernel or (POOL if layer.kind == "pool" else 1)
        size += (window - 1) * stride
        stride *= POOL if layer.kind == "pool" else 1
        if len(layer.shape) == 3:
            fields[layer.name] = Field(size, stride)
    return fields
