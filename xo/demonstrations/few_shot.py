"""C5: probes that are told the labels of only a few images, and are tested on shifted ones too.

With all labels a probe of pixels is nearly always right, and says little about depth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.data.strokes import background_value
from xo.demonstrations.linear_probe import PENALTIES, network_before_training, values_by_depth
from xo.demonstrations.shift import shift_images
from xo.demonstrations.table import Unavailable

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks

LABELLED = (2, 5, 10, 20)  # training images of each class whose label a probe is told
DRAWS = 5  # of these images, the same for all networks and depths
SIDES = 16  # a shift is the image's shorter side over this: 7 of 116 pixels
BLOCK = 4096  # values of every image that are multiplied at a time


class FewShot(NamedTuple):
    """Accuracies, 0 to 1, `(penalties, draws)` each, of probes at one depth of one network."""

    left_out: np.ndarray  # of labelled images, each left out once
    test: np.ndarray
    shifted: np.ndarray  # on the same test images, shifted


class Images(NamedTuple):
    """The images that probes are fitted to and tested on."""

    pixels: Tensor  # uint8, as `Split.images`: those ever drawn, the test images, these shifted
    labels: Tensor  # (N,) of these
    drawn: int  # how many of them are ever drawn; they come first
    draws: np.ndarray  # (draws, classes, most) places among those drawn
    shift: int  # pixels to the right and down


@torch.inference_mode()
def few_shot_probes(nets: Networks, data: DataSet) -> Computed:
    """Accuracy of probes at every depth of every seed of `features`, trained and untrained, by how
    many images of each class are labelled.

    One penalty for each number of labelled images serves all: that with the best leave-one-out
    accuracy on labelled images, the mean over trained networks, depths and draws.
    """
    runs = nets["features"]
    images = drawn_images(data)
    numbers = [each for each in LABELLED if each <= images.draws.shape[2]]
    pixels = _by_number(images.pixels.flatten(1) / 255, images, numbers)  # the same for all
    found = [
        [
            [pixels]
            + [
                _by_number(values, images, numbers)
                for _, values in values_by_depth(net, images.pixels)
            ]
            for net in (trained, network_before_training(run))
        ]
        for run, trained in runs
    ]
    left_out, test, shifted = (
        np.array(
            [
                [[[getattr(each, part) for each in depth] for depth in state] for state in seed]
                for seed in found
            ]
        )  # (seeds, 2, depths, numbers, penalties, draws)
        for part in FewShot._fields
    )
    best = left_out[:, 0].mean((0, 1, 4)).argmax(1)  # (numbers,)
    of_best = best[:, None, None]
    test, shifted = (  # (2, depths, numbers, draws, seeds)
        np.take_along_axis(each, of_best[None, None, None], 4)[..., 0, :].transpose(1, 2, 3, 4, 0)
        for each in (test, shifted)
    )
    sizes = {"input": images.pixels[0].numel()} | {
        name: values.shape[1] for name, values in values_by_depth(runs[0][1], images.pixels[:1])
    }
    facts = {
        "depths": list(sizes),
        "sizes": sizes,
        "seeds": [run.seed for run, _ in runs],
        "solved": [run.solved for run, _ in runs],
        "n": len(runs),
        "n_solved": sum(run.solved for run, _ in runs),
        "labelled": numbers,
        "fewest": numbers[0],
        "most": numbers[-1],
        "draws": DRAWS,
        "shift": images.shift,
        "classes": len(data.classes),
        # What always answering the most frequent class gives.
        "blind": float(np.bincount(data.test.labels).max() / len(data.test.labels)),
        "images_test": len(data.test.labels),
        "penalties": [PENALTIES[each] for each in best],
    }
    for prefix, accuracy in (("", test[0]), ("untrained_", test[1]), ("shifted_", shifted[0])):
        by_seed = accuracy.mean(2)  # (depths, numbers, seeds)
        for depth, of_depth in zip(sizes, by_seed):
            facts[f"{prefix}{depth}"] = float(np.median(of_depth.mean(0)))
            facts[f"{prefix}{depth}_fewest"] = float(np.median(of_depth[0]))
            facts[f"{prefix}{depth}_most"] = float(np.median(of_depth[-1]))
    return facts, {"test": test, "shifted": shifted}


def drawn_images(data: DataSet) -> Images:
    """Draws the images whose labels are told, from a fixed seed; Unavailable where a class has too
    few.
    """
    labels = data.train.labels
    of_class = [np.flatnonzero(labels == label) for label in range(len(data.classes))]
    most = min(LABELLED[-1], *map(len, of_class))
    if most < LABELLED[0]:
        raise Unavailable("too few images to label", images=LABELLED[0])
    rng = np.random.default_rng(0)
    rows = np.array(
        [[rng.permutation(each)[:most] for each in of_class] for _ in range(DRAWS)]
    )  # (draws, classes, most)
    drawn, places = np.unique(rows, return_inverse=True)
    test = torch.tensor(np.asarray(data.test.images))
    shift = max(1, min(data.image_size) // SIDES)
    shifted = test
    for axis in (1, 2):
        shifted = shift_images(shifted, shift, axis, background_value(data.test.images))
    every_label = (labels[drawn], data.test.labels, data.test.labels)
    return Images(
        torch.cat([torch.tensor(np.asarray(data.train.images)[drawn]), test, shifted]),
        torch.tensor(np.concatenate(every_label)),
        len(drawn),
        places.reshape(rows.shape),
        shift,
    )


def few_shot(products: Tensor, images: Images, number: int) -> FewShot:
    """Ridge regression of one-hot classes on `number` images of each class, for every draw.

    `products` `(N, drawn)` are those of `mean_products`. With K the products of the n labelled
    images and Y their classes, less what guessing would say, the scores of an image are its
    products times (K + penalty)^-1 Y.
    """
    n, classes = images.drawn, images.draws.shape[1]
    rows = torch.tensor(images.draws[:, :, :number].reshape(len(images.draws), -1))  # (draws, n)
    labels = images.labels[rows]
    targets = F.one_hot(labels, classes).double() - 1 / classes  # (draws, n, classes)
    known = products[rows[:, :, None], rows[:, None, :]]  # (draws, n, n)
    penalties = torch.tensor(PENALTIES, dtype=torch.float64)[:, None, None, None]
    inverse = torch.linalg.inv(known + penalties * torch.eye(rows.shape[1]))
    weights = inverse @ targets  # (penalties, draws, n, classes)
    left_out = targets - weights / inverse.diagonal(dim1=-2, dim2=-1)[..., None]
    scores = products[n:].T[rows].transpose(1, 2) @ weights  # (penalties, draws, 2 tests, classes)
    test, shifted = _right(scores, images.labels[n:]).tensor_split(2, dim=-1)
    means = (part.double().mean(-1).numpy() for part in (_right(left_out, labels), test, shifted))
    return FewShot(*means)


def mean_products(values: Tensor, drawn: int) -> Tensor:
    """`(N, D)` -> `(N, drawn)` float64: inner products of all images with the first `drawn`.

    The mean of these images is taken off, and all is divided by one number, so that they have a
    mean squared length of 1 and a penalty means the same at every depth. It needs no label.
    """
    mean = values[:drawn].mean(0)
    found = torch.zeros(len(values), drawn, dtype=torch.float64)
    for block in torch.arange(values.shape[1]).split(BLOCK):
        centred = values[:, block] - mean[block]
        found += (centred @ centred[:drawn].T).double()
    return found / found[:drawn].diagonal().mean().clamp(min=1e-12)


def _by_number(values: Tensor, images: Images, numbers: list[int]) -> list[FewShot]:
    products = mean_products(values, images.drawn)
    return [few_shot(products, images, number) for number in numbers]


def _right(scores: Tensor, labels: Tensor) -> Tensor:
    """Whether the class with the highest score is the right one; of equals, the first counts."""
    return scores.argmax(-1) == labels
