"""What is measured of a network and its training, as typed plain data; needs no torch."""

from __future__ import annotations

import msgspec


class Layer(msgspec.Struct, frozen=True):
    """One step of a network, for one image."""

    name: str  # conv1, pool1, relu1, dense1, logits
    kind: str  # input, conv, pool, relu, dense
    shape: tuple[int, ...]  # of its output: (C, H, W), or (F,)
    parameters: int
    multiply_adds: int
    kernel: int | None = None  # side of a convolution's kernels in pixels


class Epoch(msgspec.Struct, frozen=True):
    """What is known when an epoch ends; `train_*` are running means over its batches, as the weights changed."""

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


def receptive_fields(layers: tuple[Layer, ...]) -> dict[str, tuple[int, int]]:
    """For each layer of maps, how many input pixels a side one value sees, and how many pixels two neighbours are apart.

    A window of k pixels widens the field by k - 1 of the strides so far; no layer pads its input.
    """
    size, stride, fields = 1, 1, {}
    for layer in layers:
        window = layer.kernel if layer.kind == "conv" else 2 if layer.kind == "pool" else 1
        size += (window - 1) * stride
        stride *= 2 if layer.kind == "pool" else 1
        if len(layer.shape) == 3:
            fields[layer.name] = size, stride
    return fields
