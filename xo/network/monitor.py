"""Follows a network through training: how right it is, and what its layers do."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from xo.network.evaluate import Evaluation, evaluation
from xo.network.measurements import LayerState
from xo.network.step import Computation

Labelled = tuple[Tensor, Tensor]  # images, given by number, and their labels, int64 (N,) each


class Monitor:
    """Some training images, whose layers are looked at, and the test images, all given by number
    `(N,)`. What both have in common is computed once.
    """

    def __init__(self, computation: Computation, sample: Labelled, testing: Labelled):
        self.computation = computation
        (images, self.sample_labels), (others, self.test_labels) = sample, testing
        self.parts = []
        of_sample = len(images)
        for part in torch.cat([images, others]).split(computation.at_once):
            counted = part[:of_sample]
            self.parts.append((part, len(counted), computation.counts(part, counted)))
            of_sample -= len(counted)

    @torch.no_grad()
    def measure(self) -> tuple[Evaluation, Evaluation, dict[str, Activity]]:
        """How right the network is for the sample and for the test images, and how active its
        layers are on the sample, by name.
        """
        found: dict[str, Activity] = {}
        all_logits = []
        for images, of_sample, counts in self.parts:
            for name, values in self.computation.layers(images):  # noqa: B007
                if of_sample:
                    rows = values if name in counts else values[:of_sample]
                    found.setdefault(name, Activity()).add(rows, counts.get(name))
            all_logits.append(values)
        labels = self.sample_labels, self.test_labels
        logits = torch.cat(all_logits).split([len(each) for each in labels])
        sample, test = (evaluation(*each) for each in zip(logits, labels))
        return sample, test, found


@dataclass
class Activity:
    """What a layer makes of the images seen so far."""

    # (channels,) or (units,): above 0 at some position of some image
    alive: Tensor = field(default_factory=lambda: torch.tensor(False))
    total: float = 0.0  # of all values' sizes
    count: float = 0.0  # values

    def add(self, values: Tensor, counts: Tensor | None) -> None:
        """Takes in `(N, C, H, W)`, `(N, F)` or, each row occurring `counts` times, `(codes, C)`."""
        rows = values.movedim(1, -1).flatten(0, -2)  # (rows, units)
        if counts is None:
            self.total += float(rows.abs().sum())
            self.count += rows.numel()
        else:
            rows, counts = rows[counts > 0], counts[counts > 0].float()
            self.total += float(counts @ rows.abs().sum(1))
            self.count += float(counts.sum()) * rows.shape[1]
        self.alive = self.alive | (rows > 0).any(0)

    def state(self, name: str, gradient: float) -> LayerState:
        """The layer's state; the logits may have any sign."""
        alive = None if name == "logits" else float(self.alive.double().mean())
        return LayerState(name, alive, self.total / self.count, gradient)
