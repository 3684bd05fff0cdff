"""C5: how linearly separable the classes are at each depth (Alain & Bengio 2017)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.network.evaluate import BATCH, as_input
from xo.network.model import untrained_network

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net
    from xo.runs.record import RunRecord

PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)  # of the squared weights; see `probe`
BLOCK = 4096  # values of every image that are multiplied at a time
CONSTANT = 1e-5  # of the largest spread of a depth; what varies less holds float rounding


class Probed(NamedTuple):
    """The accuracy of probes at one depth of one network, one probe for each of PENALTIES."""

    left_out: np.ndarray  # (penalties,) leave-one-out accuracy on the training images
    test: np.ndarray  # (penalties,) accuracy on the test images


@torch.inference_mode()
def probes(nets: Networks, data: DataSet) -> Computed:
    """Accuracy of probes at every depth of every seed of `features`, trained and untrained.

    One penalty serves all: that with the best leave-one-out accuracy on training images, the mean
    over trained networks and depths.
    """
    runs = nets["features"]
    splits = (data.train, data.test)
    images = [torch.tensor(np.asarray(split.images)) for split in splits]
    labels = [torch.tensor(split.labels) for split in splits]
    pixels = probe(*(as_input(each).flatten(1) for each in images), *labels)  # the same for all
    trained = [{"input": pixels} | _by_depth(net, images, labels) for _, net in runs]
    untrained = [
        {"input": pixels} | _by_depth(network_before_training(run), images, labels)
        for run, _ in runs
    ]

    left_out = np.array(
        [[each.left_out for each in depths.values()] for depths in trained]
    )  # (seeds, depths, penalties)
    best = int(left_out.mean((0, 1)).argmax())
    after, before = (
        {depth: [float(depths[depth].test[best]) for depths in found] for depth in found[0]}
        for found in (trained, untrained)
    )
    solved = [run.solved for run, _ in runs]
    medians = {depth: float(np.median(values)) for depth, values in before.items()}
    facts = {
        "depths": list(after),
        "seeds": [run.seed for run, _ in runs],
        "solved": solved,
        "n": len(runs),
        "n_solved": sum(solved),
        "sizes": {"input": images[0][0].numel()}
        | {name: values.shape[1] for name, values in values_by_depth(runs[0][1], images[0][:1])},
        "accuracy": after,
        "untrained": before,
        "network": [run.test_accuracy for run, _ in runs],
        "images_train": len(labels[0]),
        "images_test": len(labels[1]),
        # What always answering the most frequent class gives.
        "blind": float(labels[1].bincount().max() / len(labels[1])),
        "penalty": PENALTIES[best],
        "penalties": list(PENALTIES),
        **{depth: float(np.median(values)) for depth, values in after.items()},
        **{f"untrained_{depth}": median for depth, median in medians.items()},
        # The closer to 1, the less any depth can gain by training.
        "untrained_best": max(medians.values()),
    }
    return facts, {"left_out": left_out}


def probe(train: Tensor, test: Tensor, labels: Tensor, test_labels: Tensor) -> Probed:
    """Ridge regression of one-hot classes on standardised values `(n, D)`, one per penalty.

    The class with the highest score is the answer. Values are divided by the root of D, so that
    images have a mean squared length of 1 at every depth, and a penalty means the same. With
    X X' = U diag(s) U', the fit to the training images is U diag(s / (s + penalty)) U' y; the
    leave-one-out answer follows from the error and the leverage of an image (Allen 1974).
    """
    targets = F.one_hot(labels).double()
    mean = targets.mean(0)
    vectors, values, cross = _decomposed(train, test)
    left_out, tested = [], []
    for penalty in PENALTIES:
        shrink = values / (values + penalty)
        fit = vectors @ (shrink[:, None] * (vectors.T @ (targets - mean)))
        error = targets - mean - fit  # (n, classes)
        leverage = 1 / len(targets) + vectors.square() @ shrink  # the first for the mean
        left_out_error = error / (1 - leverage).clamp(min=1e-9)[:, None]
        left_out.append(_accuracy(targets - left_out_error, labels))
        tested.append(_accuracy(mean + cross @ error / penalty, test_labels))
    return Probed(np.array(left_out), np.array(tested))


def values_by_depth(net: Net, images: Tensor) -> list[tuple[str, Tensor]]:
    """uint8 images, as for `as_input` -> the values `(N, D)` after every ReLU, by name."""
    found: dict[str, Tensor] = {}
    for start in range(0, len(images), BATCH):
        steps = dict(net.feature_steps(as_input(images[start : start + BATCH])))
        steps |= net.head_steps(list(steps.values())[-1].flatten(1))
        for name, values in steps.items():
            if name.startswith(("relu", "dense")):
                rows = found.setdefault(name, torch.empty(len(images), values[0].numel()))
                rows[start : start + len(values)] = values.flatten(1)
    return list(found.items())


def network_before_training(run: RunRecord) -> Net:
    """The network as the run's training found it."""
    return untrained_network(
        run.settings, run.data.image_size, len(run.classes), run.seed, run.data.channels
    )


def _by_depth(net: Net, images: list[Tensor], labels: list[Tensor]) -> dict[str, Probed]:
    train, test = (values_by_depth(net, each) for each in images)
    return {
        name: probe(values, tested, *labels) for (name, values), (_, tested) in zip(train, test)
    }


def _decomposed(train: Tensor, test: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Eigenvectors `(n, r)` and eigenvalues `(r,)` of X X', and T X' `(m, n)`.

    X are the standardised training images, T the test images. X' X has the same eigenvalues: the
    smaller one of both is decomposed.
    """
    spread, mean = torch.std_mean(train, 0, correction=0)
    varying = torch.nonzero(spread > CONSTANT * spread.max())[:, 0]
    n, count = len(train), max(len(varying), 1)
    if len(varying) < n:
        x, t = (
            ((rows[:, varying] - mean[varying]) / spread[varying]).double() / count**0.5
            for rows in (train, test)
        )
        values, directions = torch.linalg.eigh(x.T @ x)
        kept = values > 1e-9 * n
        return x @ directions[:, kept] / values[kept].sqrt(), values[kept], t @ x.T
    kernel, cross = torch.zeros(n, n), torch.zeros(len(test), n)
    # With 29,241 values this is most of the work: in single precision.
    for block in varying.split(BLOCK):
        x, t = ((rows[:, block] - mean[block]) / spread[block] for rows in (train, test))
        for rows in torch.arange(n).tensor_split(4):
            # No further right than the diagonal: eigh reads no more.
            first, last = int(rows[0]), int(rows[-1]) + 1
            kernel[first:last, :last].addmm_(x[first:last], x[:last].T, alpha=1 / count)
        cross.addmm_(t, x.T, alpha=1 / count)
    values, vectors = torch.linalg.eigh(kernel)
    return vectors.double(), values.double().clamp(min=0), cross.double()


def _accuracy(scores: Tensor, labels: Tensor) -> float:
    return float((scores.argmax(1) == labels).double().mean())
