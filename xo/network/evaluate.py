"""The classes that a network gives images, and how often it is right."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

BATCH = 100  # bounds memory; the answers do not depend on it


def as_input(images: Tensor) -> Tensor:
    """uint8 in 0..255, grey `(N, H, W)` or colour `(N, H, W, 3)` -> float32 `(N, C, H, W)` in 0..1.

    Channels last in memory, for faster convolutions.
    """
    channels_first = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2)
    return (channels_first.float() / 255).contiguous(memory_format=torch.channels_last)


@dataclass(frozen=True)
class Evaluation:
    """How a network does on labelled images."""

    loss: float  # mean cross-entropy, nats
    accuracy: float  # 0..1
    probabilities: Tensor  # (N, classes)
    confusion: Tensor  # (classes, classes) counts, rows are the truth


@torch.inference_mode()
def evaluate(net: nn.Module, images: Tensor, labels: Tensor) -> Evaluation:
    """Runs `net` over images as for `as_input` with int64 labels `(N,)`."""
    logits = torch.cat([net(as_input(batch)) for batch in images.split(BATCH)])
    predicted = logits.argmax(1)
    classes = logits.shape[1]
    counts = torch.bincount(labels * classes + predicted, minlength=classes**2)
    return Evaluation(
        loss=F.cross_entropy(logits, labels).item(),
        accuracy=(predicted == labels).double().mean().item(),
        probabilities=logits.softmax(1),
        confusion=counts.reshape(classes, classes),
    )
