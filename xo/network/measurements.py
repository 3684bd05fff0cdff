"""What is measured of a network and its training, as typed plain data; no torch."""

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
