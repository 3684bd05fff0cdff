"""Classifies images by stored networks, and says how far the answer can be relied on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from safetensors.torch import load

from xo.network.model import Net
from xo.runs.record import RunRecord, read_weights
from xo.runs.study import Networks
from xo.runs.unlikeness import ALL_MEASURES, measure, outside, see, spread_of

if TYPE_CHECKING:
    from xo.data.dataset import DataSet


class Measure(NamedTuple):
    """One measure of an image, and between which values those of the training images lie."""

    value: float
    low: float
    high: float


class Answer(NamedTuple):
    """What the networks make of one image."""

    probabilities: dict[str, float]  # of each class, the most probable first
    agreeing: int  # networks that name the same class, the one that answers included
    networks: int  # that were asked
    measures: dict[str, Measure]  # by ALL_MEASURES
    unlike: tuple[str, ...]  # the measures that are beyond those of the training images

    @property
    def label(self) -> str:
        """The most probable class."""
        return next(iter(self.probabilities))


class Classifier:
    """The best of some networks, and the others that are asked whether they agree.

    They are those that solved their task, or all where none did.
    """

    def __init__(self, networks: Networks, data: DataSet):
        self.record = networks.best
        others = [each for each in networks.others if each.solved or not self.record.solved]
        self._net = trained_network(self.record)
        self._others = [trained_network(each) for each in others]
        self._spread = spread_of(self._net, data.train.images)

    @torch.inference_mode()
    def answers(self, images: Sequence[np.ndarray]) -> list[Answer]:
        """The answer for each uint8 image `(H, W)`, or `(H, W, 3)` where networks take colour."""
        pixels = np.stack(images)
        seen = see(self._net, pixels)
        probabilities, named = seen.logits.softmax(1), seen.logits.argmax(1)
        agreeing = torch.ones(len(pixels), dtype=torch.long)
        for net in self._others:
            agreeing += see(net, pixels).logits.argmax(1) == named
        measured = measure(pixels, seen, self._spread)
        beyond = outside(measured, self._spread)
        bounds = list(zip(self._spread.low.tolist(), self._spread.high.tolist()))
        return [
            Answer(
                self._by_probability(row),
                count,
                1 + len(self._others),
                {
                    name: Measure(value, *bound)
                    for name, value, bound in zip(ALL_MEASURES, values, bounds)
                },
                tuple(name for name, is_beyond in zip(ALL_MEASURES, where) if is_beyond),
            )
            for row, count, values, where in zip(
                probabilities.tolist(),
                agreeing.tolist(),
                measured.tolist(),
                beyond,
            )
        ]

    def _by_probability(self, row: list[float]) -> dict[str, float]:
        by_class = zip(self.record.classes, row)
        return dict(sorted(by_class, key=lambda each: -each[1]))


def trained_network(record: RunRecord) -> Net:
    """The network of a record whose weights were kept."""
    data = record.data
    net = Net(record.settings, data.image_size, len(record.classes), data.channels)
    net.load_state_dict(load(read_weights(record)))
    return net.eval()
