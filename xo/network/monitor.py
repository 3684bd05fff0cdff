"""Follows the layers of a network through training, on a fixed sample of images."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor

from xo.network.evaluate import Evaluation, evaluation
from xo.network.measurements import LayerState
from xo.network.step import Computation


class Monitor:
    """A sample of images, given by number `(N,)`, and how often each looked-up row occurs in it."""

    def __init__(self, computation: Computation, images: Tensor, labels: Tensor):
        self.computation, self.labels = computation, labels
        parts = images.split(computation.at_once)
        self.parts = [(part, computation.counts(part)) for part in parts]

    @torch.no_grad()
    def measure(self) -> tuple[Evaluation, dict[str, Activity]]:
        """How right the network is for the sample, and how active its layers are, by name."""
        found: dict[str, Activity] = {}
        all_logits = []
        for images, counts in self.parts:
            for name, values in self.computation.layers(images):  # noqa: B007
                found.setdefault(name, Activity()).add(values, counts.get(name))
            all_logits.append(values)
        return evaluation(torch.cat(all_logits), self.labels), found


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
