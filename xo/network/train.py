"""Trains one variant with one seed and returns all that was measured.

Plain SGD, arranged so that nothing is computed or moved twice: images stay uint8 in memory, maps
are channels-last, the first dense layer's weights lie input by input and its update is added
straight into them. Losses equal those of the plain loop up to float rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import fsum
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.network.activations import activations, kernels
from xo.network.evaluate import as_input, evaluate
from xo.network.measurements import Epoch, Training
from xo.network.model import Net, layers, untrained_network

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.variants import Variant

SHOWN_PER_CLASS = 2
BLOCK = 256  # inputs of a dense layer whose weights stay in the processor's cache


class Trained(NamedTuple):
    """A trained network, what was measured, and the arrays that a record keeps."""

    net: Net
    measured: Training
    arrays: dict[str, np.ndarray]


class LabelledImages(NamedTuple):
    """Images with the labels that a variant is trained on."""

    images: Tensor  # uint8, (N, H, W) or (N, H, W, 3)
    labels: Tensor  # int64 (N,)
    ids: tuple[str, ...]


class LabelledData(NamedTuple):
    """What a variant is trained and tested on."""

    train: LabelledImages
    test: LabelledImages
    classes: tuple[str, ...]


def train(
    variant: Variant,
    data: DataSet,
    seed: int,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Trained:
    """Trains `variant` on `data` from `seed`.

    On one thread: the result depends on the seed, not on the number of cores.
    """
    torch.set_num_threads(1)
    training, testing, classes = labelled_data(variant, data)
    net = optimise_layout(
        untrained_network(variant, data.image_size, len(classes), seed, data.channels)
    )
    kernels_before = kernels(net)
    generator = torch.Generator().manual_seed(seed)
    epochs, batch_losses, seconds = [], [], []
    for epoch in range(1, variant.epochs + 1):
        started = time.perf_counter()
        steps = [
            sgd_step(net, as_input(training.images[batch]), training.labels[batch], variant.lr)
            for batch in batches(len(training.labels), variant.batch_size, generator)
        ]
        seconds.append(time.perf_counter() - started)
        batch_losses.append([step.loss for step in steps])
        count = sum(step.images for step in steps)
        result = evaluate(net, testing.images, testing.labels)
        epochs.append(
            Epoch(
                epoch,
                # Exact, while the rounding of `sum` depends on Python's version.
                train_loss=fsum(step.loss * step.images for step in steps) / count,
                train_accuracy=sum(step.correct for step in steps) / count,
                test_loss=result.loss,
                test_accuracy=result.accuracy,
            )
        )
        on_epoch(epochs[-1])

    shown = _shown(testing.labels)
    rows = layers(variant, data.image_size, len(classes), data.channels)
    label_counts = torch.bincount(training.labels, minlength=len(classes))
    measured = Training(
        classes=classes,
        label_counts=tuple(label_counts.tolist()),
        parameters=sum(row.parameters for row in rows),
        layers=tuple(rows),
        epochs=tuple(epochs),
        epoch_seconds=tuple(seconds),
        confusion=tuple(map(tuple, result.confusion.tolist())),
        test_ids=testing.ids,
        shown_ids=tuple(testing.ids[i] for i in shown),
    )
    maps = activations(net, testing.images[shown])
    arrays = {
        "batch_loss": np.array(batch_losses),
        "test_labels": testing.labels.numpy(),
        "test_probabilities": result.probabilities.numpy(),
        "shown_images": testing.images[shown].numpy(),
        "shown_labels": testing.labels[shown].numpy(),
        **{f"{name}.kernel.before": kernel for name, kernel in kernels_before.items()},
        **{f"{name}.kernel.after": kernel for name, kernel in kernels(net).items()},
        **{f"maps.{name}": values.astype(np.float16) for name, values in maps.items()},
    }
    return Trained(net, measured, arrays)


def labelled_data(variant: Variant, data: DataSet) -> LabelledData:
    """Training and test images with the labels that `variant.labels` asks for.

    "class": the classes of the data set. "split": the folders `test` and `train` of all images, as
    `ImageFolder` takes them one level too high. No image is left to test on, so the network is
    measured on an even sample of those it was trained on, about as many as there are test images.
    "uneven": few training images of the first class and those of the others twice, so that number
    and shares are those of the two folders, as 300 and 1,700 of 850 and 850.
    """
    train, test = (
        LabelledImages(torch.tensor(np.asarray(part.images)), torch.tensor(part.labels), part.ids)
        for part in (data.train, data.test)
    )
    if variant.labels == "class":
        return LabelledData(train, test, data.classes)
    if variant.labels == "uneven":
        first, others = (train.labels == 0).nonzero()[:, 0], (train.labels > 0).nonzero()[:, 0]
        few = first[: round(2 * len(others) * len(test.labels) / len(train.labels))]
        rows = torch.cat([few, others, others])
        ids = tuple(train.ids[row] for row in rows)
        train = LabelledImages(train.images[rows], train.labels[rows], ids)
        return LabelledData(train, test, data.classes)
    both = LabelledImages(
        torch.cat([test.images, train.images]),
        torch.cat([torch.zeros_like(test.labels), torch.ones_like(train.labels)]),
        (*(f"test/{each}" for each in test.ids), *(f"train/{each}" for each in train.ids)),
    )
    sample = slice(None, None, len(both.ids) // len(test.ids))
    sampled = LabelledImages(both.images[sample], both.labels[sample], both.ids[sample])
    return LabelledData(both, sampled, ("test", "train"))


def optimise_layout(net: Net) -> Net:
    """`net` with its weights in memory in the order in which `sgd_step` is fastest."""
    net = net.to(memory_format=torch.channels_last)
    # (outputs, inputs): the weights of an input, and so those of a block, become neighbors.
    first = net.dense[0].weight
    first.data = first.data.t().contiguous().t()
    return net


def batches(count: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Indices of one shuffled epoch, `size` at a time; the last batch may be smaller."""
    return iter(torch.randperm(count, generator=generator).split(size))


class Step(NamedTuple):
    """One step of SGD, measured before the weights changed."""

    loss: float  # mean cross-entropy of the batch in nats
    correct: int  # images classified correctly
    images: int  # of the batch


def sgd_step(net: Net, x: Tensor, labels: Tensor, lr: float) -> Step:
    """One SGD step on the mean cross-entropy of a batch `(N, 1, H, W)` with labels `(N,)`.

    The first dense layer holds nearly all weights: its gradient is never stored.
    """
    first = net.dense[0]
    first.weight.requires_grad_(False)
    logits = net.head(
        net.forward_features(x),
        lambda flat: _UpdatingLinear.apply(flat, first.weight, first.bias, lr),
    )
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter.add_(parameter.grad, alpha=-lr)
                parameter.grad = None
    return Step(loss.item(), int((logits.argmax(1) == labels).sum()), len(labels))


class _UpdatingLinear(torch.autograd.Function):
    """A dense layer whose backward pass also takes its weight's SGD step.

    It finds `grad_x` and does `W -= lr * grad_out.T @ x` block by block, so that a block of
    weights is read from memory once.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, lr: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.weight, ctx.lr = weight, lr
        return torch.addmm(bias, x, weight.t())

    @staticmethod
    def backward(ctx: Any, grad_out: Tensor) -> tuple[Tensor, None, Tensor, None]:
        (x,) = ctx.saved_tensors
        grad_x = torch.empty_like(x)
        for block in (slice(start, start + BLOCK) for start in range(0, x.shape[1], BLOCK)):
            weight = ctx.weight[:, block]
            torch.mm(grad_out, weight, out=grad_x[:, block])
            weight.addmm_(grad_out.t(), x[:, block], alpha=-ctx.lr)
        return grad_x, None, grad_out.sum(0), None


def _shown(labels: Tensor) -> Tensor:
    """Indices of the images whose activations are kept: the first two of the first two classes."""
    return torch.cat([(labels == label).nonzero()[:SHOWN_PER_CLASS, 0] for label in (0, 1)])
