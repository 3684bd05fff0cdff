"""X5: how far rules come that need no network: one answer, one number of an image, one straight cut
through its pixels.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import torch

from xo.data.strokes import background_value
from xo.demonstrations.linear_probe import PENALTIES, probe

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks


def trivial_baselines(_: Networks, data: DataSet) -> Computed:
    """How many test images three rules get right, each fitted to the training images alone.

    The commonest class of them; the ink (`ink`), by `ink_rule`; and the pixels, by ridge
    regression, whose penalty has the best leave-one-out accuracy.
    """
    splits = (data.train, data.test)
    labels, test_labels = (split.labels for split in splits)
    background = background_value(data.train.images)
    amount, test_amount = (ink(split.images, background) for split in splits)
    pixels, test_pixels = (
        torch.tensor(np.asarray(split.images)).flatten(1).float() / 255 for split in splits
    )
    linear = probe(pixels, test_pixels, torch.tensor(labels), torch.tensor(test_labels))
    best = int(linear.left_out.argmax())
    commonest = int(np.bincount(labels).argmax())
    bounds, answers = ink_rule(amount, labels, len(data.classes))
    facts = {
        "images_train": len(labels),
        "images_test": len(test_labels),
        "classes": list(data.classes),
        "commonest_class": data.classes[commonest],
        "commonest_right": int((test_labels == commonest).sum()),
        "ink_bounds": [float(bound) for bound in bounds],
        "ink_answers": [data.classes[answer] for answer in answers],
        "ink_right": int((answers[np.searchsorted(bounds, test_amount)] == test_labels).sum()),
        "linear_penalty": PENALTIES[best],
        "linear_right": round(linear.test[best] * len(test_labels)),
    }
    shares = {
        rule: facts[f"{rule}_right"] / len(test_labels) for rule in ("commonest", "ink", "linear")
    }
    return facts | shares, {}


def ink(images: np.ndarray, background: np.ndarray) -> np.ndarray:
    """`(N,)`, how much of uint8 images `(N, H, W)` or `(N, H, W, 3)` differs from the background,
    in pixels: 1 for each that differs as much as can be.

    `background` is that of `background_value`.
    """
    differences = abs(images.astype(np.int16) - background).sum((1, 2))  # (N,) or (N, 3)
    shares = differences / np.maximum(background, 255 - background)
    return np.asarray(shares.reshape(len(images), -1).mean(1))


def ink_rule(
    amounts: np.ndarray, labels: np.ndarray, classes: int
) -> tuple[np.ndarray, np.ndarray]:
    """The bounds between ranges of amounts `(N,)`, ascending, and the class that is answered in
    each range.

    Two classes are told apart by the one bound that is right on most of the images; of more, the
    nearest mean amount is answered.
    """
    if classes > 2:
        means = np.array([amounts[labels == label].mean() for label in range(classes)])
        order = means.argsort()
        return np.array([(a + b) / 2 for a, b in pairwise(means[order])]), order
    order = amounts.argsort(kind="stable")
    values, second = amounts[order], labels[order] == 1
    # right if the first i images are class 0 and the others class 1
    right = np.append(0, (~second).cumsum()) + second.sum() - np.append(0, second.cumsum())
    possible = np.flatnonzero(np.diff(values)) + 1  # no bound between equal amounts
    if not len(possible):
        return np.array([np.inf]), np.array([0, 1])
    rising, falling = (possible[each[possible].argmax()] for each in (right, -right))
    is_rising = right[rising] >= len(labels) - right[falling]
    cut = rising if is_rising else falling
    return np.array([values[cut - 1 : cut + 1].mean()]), np.array([0, 1] if is_rising else [1, 0])
