"""X5: how far the probability of an answer can be relied on, and whether the images that it cannot
be relied on for are told from the training images.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from xo.data.strokes import background_value
from xo.demonstrations.shift import MOST, shift_images
from xo.demonstrations.table import Unavailable
from xo.runs.unlikeness import (
    ALL_MEASURES,
    Seen,
    Spread,
    measure,
    outside,
    see,
    spread_of,
)

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

# Of an answer's probability; narrow where nearly all answers are. Each holds its upper end.
EDGES = (0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1)
SURE = 0.99
SEED = 0  # of the noise


class Judged(NamedTuple):
    """What a network makes of labelled images."""

    probability: np.ndarray  # (N,) of the class that it names, float64
    right: np.ndarray  # (N,) bool
    unlike: np.ndarray  # (N,) bool: told from the training images


def calibration(nets: Networks, data: DataSet) -> Computed:
    """Probabilities and correctness of the baseline's answers, on the test images as they are, and
    shifted by 1 to 8 pixels to the right and, separately, down; by bins of probability.

    The expected calibration error is the mean distance of a bin's share of right answers from its
    mean probability, weighted by its answers (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017).
    """
    if min(data.image_size) <= 4 * MOST:
        raise Unavailable("images too small to shift", side=4 * MOST, shift=MOST)
    net = nets["baseline"][0][1]
    images, labels = torch.tensor(np.asarray(data.test.images)), data.test.labels
    background = background_value(data.test.images)
    spread = spread_of(net, data.train.images)
    by_shift = []
    for distance in range(MOST + 1):
        moved = [
            judge(net, shift_images(images, distance, axis, background).numpy(), labels, spread)
            for axis in ((1, 2) if distance else (1,))
        ]
        by_shift.append(Judged(*map(np.concatenate, zip(*moved))))
    conditions = {
        "test": by_shift[0],
        "shifted": Judged(*map(np.concatenate, zip(*by_shift[1:]))),
    }
    facts = {
        "images": len(labels),
        "most": MOST,
        "sure": SURE,
    }
    arrays: dict[str, np.ndarray] = {"edges": np.array(EDGES, float)}
    for name, judged in conditions.items():
        counts, right, mean = bins(judged)
        arrays |= {f"{name}.count": counts, f"{name}.right": right, f"{name}.probability": mean}
        sure = judged.probability >= SURE
        facts |= {
            f"{name}_answers": len(judged.right),
            f"{name}_accuracy": float(judged.right.mean()),
            f"{name}_probability": float(judged.probability.mean()),
            f"{name}_error": calibration_error(counts, right, mean),
            f"{name}_sure": int(sure.sum()),
            f"{name}_sure_wrong": int((sure & ~judged.right).sum()),
            f"{name}_unlike": int(judged.unlike.sum()),
            f"{name}_wrong": int((~judged.right).sum()),
            f"{name}_wrong_unlike": int((judged.unlike & ~judged.right).sum()),
        }
    for name in Judged._fields:  # (0 to 8 pixels,), the mean over images and both directions
        arrays[f"by_shift.{name}"] = np.array([getattr(each, name).mean() for each in by_shift])
    facts["last_accuracy"] = float(arrays["by_shift.right"][-1])
    facts["last_probability"] = float(arrays["by_shift.probability"][-1])
    facts["last_unlike"] = float(arrays["by_shift.unlike"][-1])
    return facts, arrays


def judge(net: Net, images: np.ndarray, labels: np.ndarray, spread: Spread) -> Judged:
    """What the network makes of uint8 images, as for `as_input`, with labels `(N,)`."""
    seen = see(net, images)
    probability, named = answers(seen)
    beyond = outside(measure(images, seen, spread), spread)
    return Judged(probability, np.equal(named, labels), np.asarray(beyond.any(axis=1)))


def answers(seen: Seen) -> tuple[np.ndarray, np.ndarray]:
    """`(N,)` probabilities of the classes that are named, and `(N,)` the classes.

    What a diverged network leaves undefined counts as a probability of 0.
    """
    probability, named = seen.logits.double().softmax(1).nan_to_num(0.0).max(dim=1)
    return probability.numpy(), named.numpy()


def bins(judged: Judged) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each bin of EDGES the number of answers, of right ones, and the mean probability, which is
    0 where there is no answer.
    """
    where = np.clip(np.searchsorted(EDGES, judged.probability) - 1, 0, len(EDGES) - 2)
    count, right, total = (
        np.bincount(where, weights, minlength=len(EDGES) - 1)
        for weights in (None, judged.right, judged.probability)
    )
    return count.astype(np.int64), right.astype(np.int64), total / np.maximum(count, 1)


def calibration_error(count: np.ndarray, right: np.ndarray, probability: np.ndarray) -> float:
    """The expected calibration error of bins, 0 to 1."""
    gaps = abs(right / np.maximum(count, 1) - probability)
    return float((count * gaps).sum() / count.sum())


def odd_images(nets: Networks, data: DataSet) -> Computed:
    """What the baseline answers to images of no class, and what tells them from training images: a
    test image inverted, noise, one pixel, nothing.
    """
    net = nets["baseline"][0][1]
    height, width = data.image_size
    background = background_value(data.test.images)
    plain = np.full(data.test.images[:1].shape, background, np.uint8)
    pixel = plain.copy()
    pixel[:, height // 2, width // 2] = 255 - background
    odd = {
        "inverted": 255 - np.asarray(data.test.images[-1:]),
        "noise": np.random.default_rng(SEED).integers(0, 256, plain.shape, np.uint8),
        "pixel": pixel,
        "nothing": plain,
    }
    images, spread = np.concatenate(list(odd.values())), spread_of(net, data.train.images)
    seen = see(net, images)
    probability, named = answers(seen)
    beyond = outside(measure(images, seen, spread), spread)
    found = [
        {
            "shown": name,
            "class": data.classes[label],
            "probability": float(value),
            "unlike_in": [each for each, is_beyond in zip(ALL_MEASURES, where) if is_beyond],
        }
        for name, label, value, where in zip(odd, named, probability, beyond)
    ]
    unlike = int(beyond.any(axis=1).sum())
    return {"answers": found, "images": len(odd), "unlike": unlike}, {}
