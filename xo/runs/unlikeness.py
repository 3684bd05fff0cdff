"""How unlike its training images an image is to a network, measured by the images' own spread.

A network names a class whatever it is shown. Whether it has ever seen the like is asked of the
image's strokes, and of how far it lies from the nearest training image in a layer's activations
(Sun, Ming, Zhu & Li 2022, "Out-of-distribution detection with deep nearest neighbors").
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from xo.data.strokes import MEASURES, USUAL, background_value, ink_of, measure_strokes
from xo.network.evaluate import BATCH, as_input
from xo.network.model import Net

MOST = 2000  # training images that are compared with, evenly spread over all
ALL_MEASURES = (*MEASURES, "feature_distance")
ROUNDING = 1e-5  # of a distance, that floating point makes of nothing


class Spread(NamedTuple):
    """What the training images of a network measure."""

    background: np.ndarray  # that of `background_value`
    low: np.ndarray  # (7,), of ALL_MEASURES
    high: np.ndarray  # (7,)
    features: Tensor  # (n, F)


class Seen(NamedTuple):
    """What a network makes of images."""

    features: (
        Tensor  # (N, F), activations of the first dense layer, or the logits if it is the last
    )
    logits: Tensor  # (N, classes)


@torch.inference_mode()
def see(net: Net, images: np.ndarray) -> Seen:
    """What the network makes of uint8 images `(N, H, W)`, or `(N, H, W, 3)`."""
    features, logits = [], []
    for batch in torch.tensor(np.asarray(images)).split(BATCH):
        steps = [values for _, values in net.head_steps(net.forward_features(as_input(batch)))]
        features.append(steps[0])
        logits.append(steps[-1])
    return Seen(torch.cat(features), torch.cat(logits))


@torch.inference_mode()
def spread_of(net: Net, images: np.ndarray) -> Spread:
    """What training images measure, uint8 `(N, H, W)` or `(N, H, W, 3)`: USUAL are in bounds.

    As many lie above as below. Of fewer than a thousand images nearly the whole range is taken.
    The distance has an upper bound only; a training image's is that to the nearest other one.
    """
    chosen = np.linspace(0, len(images) - 1, min(len(images), MOST)).round().astype(int)
    some = np.asarray(images[chosen])
    background = background_value(some)
    measured = measure_strokes(ink_of(some, background))
    low, high = np.quantile(measured, [(1 - USUAL) / 2, (1 + USUAL) / 2], axis=0)
    features = see(net, some).features
    between = torch.cdist(features, features).fill_diagonal_(torch.inf)
    nearest = between.min(dim=1).values.numpy() if len(some) > 1 else np.zeros(1)
    rounding = ROUNDING * float(features.norm(dim=1).max())
    farthest = float(np.quantile(nearest, USUAL)) + rounding
    return Spread(background, np.append(low, 0.0), np.append(high, farthest), features)


@torch.inference_mode()
def measure(images: np.ndarray, seen: Seen, spread: Spread) -> np.ndarray:
    """uint8 images, as the training images, and what the network makes of them -> float64 `(N, 7)`,
    ALL_MEASURES of each.

    Distances are Euclidean, between features, to the nearest training image.
    """
    strokes = measure_strokes(ink_of(images, spread.background))
    nearest = torch.cdist(seen.features, spread.features).min(dim=1).values
    return np.append(strokes, nearest.double().numpy()[:, None], axis=1)


def outside(measured: np.ndarray, spread: Spread) -> np.ndarray:
    """bool `(N, 7)`: which measures of which image are beyond the bounds."""
    return (measured < spread.low) | (measured > spread.high)
