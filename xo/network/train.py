"""Trains one variant with one seed and returns all that was measured; the caller writes.

Plain SGD, arranged so that nothing is computed or moved twice: images stay uint8 in memory, maps are channels-last, the
big dense layer's weights lie input by input and its update is added straight into them. Losses equal the plain loop's up
to float rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.network.activations import activations, kernels
from xo.network.evaluate import as_input, evaluate
from xo.network.measurements import Epoch, Training
from xo.network.model import Net, layers

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


class Labelled(NamedTuple):
    images: Tensor  # uint8 (N, H, W)
    labels: Tensor  # int64 (N,)
    ids: tuple[str, ...]


def train(
    variant: Variant,
    data: DataSet,
    seed: int,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
) -> Trained:
    """Trains `variant` on `data` from `seed`, on one thread: the result depends on the seed, not on the number of cores."""
    torch.set_num_threads(1)
    training, testing, classes = task(variant, data)
    net = arranged(initial(variant, data.image_size, len(classes), seed))
    kernels_before = kernels(net)
    generator = torch.Generator().manual_seed(seed)
    epochs, losses, seconds = [], [], []
    for epoch in range(1, variant.epochs + 1):
        started = time.perf_counter()
        outcome = [
            step(net, as_input(training.images[batch]), training.labels[batch], variant.lr)
            for batch in batches(len(training.labels), variant.batch_size, generator)
        ]
        seconds.append(time.perf_counter() - started)
        losses.append([loss for loss, _, _ in outcome])
        seen = sum(count for _, _, count in outcome)
        result = evaluate(net, testing.images, testing.labels)
        epochs.append(
            Epoch(
                epoch,
                sum(loss * count for loss, _, count in outcome) / seen,
                sum(right for _, right, _ in outcome) / seen,
                result.loss,
                result.accuracy,
            )
        )
        on_epoch(epochs[-1])

    shown = _shown(testing.labels)
    rows = layers(variant, data.image_size, len(classes))
    measured = Training(
        classes=classes,
        label_counts=tuple(torch.bincount(training.labels, minlength=len(classes)).tolist()),
        parameters=sum(row.parameters for row in rows),
        layers=tuple(rows),
        epochs=tuple(epochs),
        epoch_seconds=tuple(seconds),
        confusion=tuple(map(tuple, result.confusion.tolist())),
        test_ids=testing.ids,
        shown_ids=tuple(testing.ids[i] for i in shown),
    )
    arrays = {
        "batch_loss": np.array(losses),
        "test_labels": testing.labels.numpy(),
        "test_probabilities": result.probabilities.numpy(),
        "shown_images": testing.images[shown].numpy(),
        "shown_labels": testing.labels[shown].numpy(),
        **{f"{name}.kernel.before": kernel for name, kernel in kernels_before.items()},
        **{f"{name}.kernel.after": kernel for name, kernel in kernels(net).items()},
        **{
            f"maps.{name}": maps.astype(np.float16)
            for name, maps in activations(net, testing.images[shown]).items()
        },
    }
    return Trained(net, measured, arrays)


def task(variant: Variant, data: DataSet) -> tuple[Labelled, Labelled, tuple[str, ...]]:
    """Training images, test images and class names.

    With labels "split" the classes are the folders `test` and `train` of all images, as `ImageFolder` takes them one level
    too high. No image is left to test on, so the net is measured on an even sample of those it was trained on, about as
    many as there are test images. With "uneven" the training images of the first class are few and the others twice
    there, so that both number and shares are those of the two folders: 300 and 1,700 of 850 and 850.
    """
    train, test = (
        Labelled(torch.tensor(np.asarray(part.images)), torch.tensor(part.labels), part.ids)
        for part in (data.train, data.test)
    )
    if variant.labels == "class":
        return train, test, data.classes
    if variant.labels == "uneven":
        first, others = (train.labels == 0).nonzero()[:, 0], (train.labels > 0).nonzero()[:, 0]
        few = first[: round(2 * len(others) * len(test.labels) / len(train.labels))]
        rows = torch.cat([few, others, others])
        return (
            Labelled(train.images[rows], train.labels[rows], tuple(train.ids[row] for row in rows)),
            test,
            data.classes,
        )
    both = Labelled(
        torch.cat([test.images, train.images]),
        torch.cat([torch.zeros_like(test.labels), torch.ones_like(train.labels)]),
        (*(f"test/{each}" for each in test.ids), *(f"train/{each}" for each in train.ids)),
    )
    every = slice(None, None, len(both.ids) // len(test.ids))
    return (
        both,
        Labelled(both.images[every], both.labels[every], both.ids[every]),
        ("test", "train"),
    )


def task_shape(variant: Variant, data: DataSet) -> int:
    """The number of outputs that the variant's task needs."""
    return 2 if variant.labels == "split" else len(data.classes)


def initial(variant: Variant, image_size: tuple[int, int], classes: int, seed: int) -> Net:
    """The untrained network: PyTorch's default initialisation from `seed`; the caller's random state is left alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return Net(variant, image_size, classes)


def arranged(net: Net) -> Net:
    """`net` with its weights in memory in the order in which `step` is fastest; their values stay."""
    net = net.to(memory_format=torch.channels_last)
    first = (
        net.dense[0].weight
    )  # (outputs, inputs): the weights of an input, and so those of a block, become neighbors
    first.data = first.data.t().contiguous().t()
    return net


def batches(n: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Indices of one shuffled epoch, `size` at a time; the last batch may be smaller."""
    return iter(torch.randperm(n, generator=generator).split(size))


def step(net: Net, x: Tensor, labels: Tensor, lr: float) -> tuple[float, int, int]:
    """One SGD step on the mean cross-entropy of a batch `(N, 1, H, W)`; returns loss, number right, N.

    The first dense layer holds nearly all weights: its gradient is never stored (`_UpdatingLinear`).
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
    return loss.item(), int((logits.argmax(1) == labels).sum()), len(labels)


class _UpdatingLinear(torch.autograd.Function):
    """A dense layer whose backward pass finds `grad_x` and takes its weight's SGD step, `W -= lr * grad_out.T @ x`.

    Both are done block by block, so that a block of weights is read from memory once.
    """

    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor, lr: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.weight, ctx.lr = weight, lr
        return torch.addmm(bias, x, weight.t())

    @staticmethod
    def backward(ctx, grad_out: Tensor):
        (x,) = ctx.saved_tensors
        grad_x = torch.empty_like(x)
        for block in (slice(start, start + BLOCK) for start in range(0, x.shape[1], BLOCK)):
            weight = ctx.weight[:, block]
            torch.mm(grad_out, weight, out=grad_x[:, block])
            weight.addmm_(grad_out.t(), x[:, block], alpha=-ctx.lr)
        return grad_x, None, grad_out.sum(0), None


def _shown(labels: Tensor) -> Tensor:
    """Indices of the images whose activations are kept: the first two of each of the first two classes."""
    return torch.cat([(labels == c).nonzero()[:SHOWN_PER_CLASS, 0] for c in (0, 1)])
