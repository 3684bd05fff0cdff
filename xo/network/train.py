"""Trains one variant with one seed and returns all that was measured.

Plain SGD, arranged so that nothing is computed or moved twice; see `xo.network.step`. Losses equal
those of the plain loop up to float rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from xo.network.activations import activations, kernels, quantised
from xo.network.measurements import Epoch, LayerState, Training
from xo.network.model import Net, layers, untrained_network
from xo.network.monitor import Activity, Monitor
from xo.network.step import Computation, Step, computation, sgd_step

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.variants import Variant

SHOWN_PER_CLASS = 2


class Trained(NamedTuple):
    """A trained network, what was measured, and the arrays that a record keeps."""

    net: Net
    measured: Training
    arrays: dict[str, np.ndarray]


class LabelledImages(NamedTuple):
    """Images with the labels that a variant is trained on."""

    numbers: Tensor  # int64 (N,), in the images of the data set
    labels: Tensor  # int64 (N,)
    ids: tuple[str, ...]

    def spread(self, count: int) -> LabelledImages:
        """So many of them, or all, evenly spread."""
        return self.at(torch.linspace(0, len(self.ids) - 1, min(count, len(self.ids))).long())

    def at(self, rows: Tensor) -> LabelledImages:
        """Those at places `(n,)`."""
        ids = tuple(self.ids[row] for row in rows.tolist())
        return LabelledImages(self.numbers[rows], self.labels[rows], ids)


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
    net = untrained_network(variant, data.image_size, len(classes), seed, data.channels)
    network = computation(net, data, variant.batch_size)

    def kept() -> dict[str, np.ndarray]:
        dense = variant.dense_by_epoch and seed == 0
        return kernels(net) | (quantised_dense(network) if dense else {})

    parameters = [kept()]
    sample = training.spread(len(testing.labels))
    monitor = Monitor(network, (sample.numbers, sample.labels), (testing.numbers, testing.labels))
    *_, untrained = monitor.measure()
    generator = torch.Generator().manual_seed(seed)
    epochs: list[Epoch] = []
    all_losses, seconds = [], []
    for epoch in range(1, variant.epochs + 1):
        started = time.perf_counter()
        shuffled = list(batches(len(training.labels), variant.batch_size, generator))
        steps: list[Step] = []
        for batch in shuffled:
            first = not (epochs or steps)
            images, labels = training.numbers[batch], training.labels[batch]
            steps.append(
                sgd_step(network, images, labels, variant.lr, first or batch is shuffled[-1])
            )
        seconds.append(time.perf_counter() - started)
        if not epochs:
            before = layer_states(untrained, steps[0])
        losses = [step.loss for step in steps]
        all_losses.append(losses)
        count = len(training.labels)
        of_sample, result, activities = monitor.measure()
        epochs.append(
            Epoch(
                epoch,
                # Exact, while the rounding of `sum` depends on Python's version.
                train_loss=fsum(step.loss * step.images for step in steps) / count,
                train_accuracy=sum(step.correct for step in steps) / count,
                test_loss=result.loss,
                test_accuracy=result.accuracy,
                largest_batch_loss=max(losses),
                sample_loss=of_sample.loss,
                sample_accuracy=of_sample.accuracy,
                layers=layer_states(activities, steps[-1]),
            )
        )
        parameters.append(kept())
        on_epoch(epochs[-1])
    network.dense.put_back()

    shown = testing.at(_shown(testing.labels))
    rows = layers(variant, data.image_size, len(classes), data.channels)
    label_counts = torch.bincount(training.labels, minlength=len(classes))
    measured = Training(
        classes=classes,
        label_counts=tuple(label_counts.tolist()),
        parameters=sum(row.parameters for row in rows),
        layers=tuple(rows),
        untrained=before,
        epochs=tuple(epochs),
        epoch_seconds=tuple(seconds),
        confusion=tuple(map(tuple, result.confusion.tolist())),
        test_ids=testing.ids,
        shown_ids=shown.ids,
    )
    shown_images = torch.from_numpy(data.images[shown.numbers])
    maps = activations(net, shown_images)
    arrays = {
        "batch_loss": np.array(all_losses),
        "test_labels": testing.labels.numpy(),
        "test_probabilities": result.probabilities.numpy(),
        "shown_images": shown_images.numpy(),
        "shown_labels": shown.labels.numpy(),
        **{name: np.stack([each[name] for each in parameters]) for name in parameters[0]},
        **{f"maps.{name}": values.astype(np.float16) for name, values in maps.items()},
    }
    return Trained(net, measured, arrays)


def quantised_dense(network: Computation) -> dict[str, np.ndarray]:
    """The weights of the dense layers as int8, each row with its scale, and their biases."""
    found: dict[str, np.ndarray] = {}
    first, *others = network.net.dense
    weights = [network.dense.weight(), *(layer.weight for layer in others)]
    names = [f"dense{k}" for k in range(1, len(weights))] + ["logits"]
    for name, weight, layer in zip(names, weights, (first, *others)):
        codes, scales = quantised(weight.detach().numpy())
        found |= {f"{name}.weights": codes, f"{name}.scales": scales}
        found[f"{name}.biases"] = layer.bias.detach().numpy().copy()
    return found


def layer_states(activities: dict[str, Activity], step: Step) -> tuple[LayerState, ...]:
    """Activity on the sample and the gradients of a step, layer by layer."""
    return tuple(
        activity.state(name, step.gradients[name]) for name, activity in activities.items()
    )


def labelled_data(variant: Variant, data: DataSet) -> LabelledData:
    """Training and test images with the labels that `variant.labels` asks for.

    "class": the classes of the data set. "split": the folders `test` and `train` of all images, as
    `ImageFolder` takes them one level too high. No image is left to test on, so the network is
    measured on an even sample of those it was trained on, about as many as there are test images.
    "uneven": few training images of the first class and those of the others twice, so that number
    and shares are those of the two folders, as 300 and 1,700 of 850 and 850.
    """
    numbers = torch.arange(len(data.train.labels) + len(data.test.labels))
    parts = numbers.split([len(data.train.labels), len(data.test.labels)])
    train, test = (
        LabelledImages(part, torch.tensor(split.labels), split.ids)
        for part, split in zip(parts, (data.train, data.test))
    )
    if variant.labels == "class":
        return LabelledData(train, test, data.classes)
    if variant.labels == "uneven":
        first, others = (train.labels == 0).nonzero()[:, 0], (train.labels > 0).nonzero()[:, 0]
        few = first[: round(2 * len(others) * len(test.labels) / len(train.labels))]
        return LabelledData(train.at(torch.cat([few, others, others])), test, data.classes)
    both = LabelledImages(
        torch.cat([test.numbers, train.numbers]),
        torch.cat([torch.zeros_like(test.labels), torch.ones_like(train.labels)]),
        (*(f"test/{each}" for each in test.ids), *(f"train/{each}" for each in train.ids)),
    )
    sample = torch.arange(0, len(both.ids), len(both.ids) // len(test.ids))
    return LabelledData(both, both.at(sample), ("test", "train"))


def batches(count: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Indices of one shuffled epoch, `size` at a time; the last batch may be smaller."""
    return iter(torch.randperm(count, generator=generator).split(size))


def _shown(labels: Tensor) -> Tensor:
    """Indices of the images whose activations are kept: the first two of the first two classes."""
    return torch.cat([(labels == label).nonzero()[:SHOWN_PER_CLASS, 0] for label in (0, 1)])
