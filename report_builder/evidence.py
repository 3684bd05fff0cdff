"""Estimates over the records of one study: pure functions of arrays whose first axis is the seed, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import NamedTuple

import numpy as np

from xo.data import DataSet
from xo.records import SOLVED, Record
from xo.variants import Variant

CHANCE = log(2)  # nats: the loss of a net that cannot tell two equally frequent classes apart
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Evidence:
    """The records of one study on one data set."""

    study: str
    data: DataSet
    variants: tuple[Variant, ...]
    records: dict[str, tuple[Record, ...]]  # by variant, in the order of the seeds

    def runs(self, variant: str) -> tuple[Record, ...]:
        return self.records[variant]

    def representative(self, variant: str) -> Record:
        """The run that pictures of single images and kernels show: the lowest seed that solved its task, else the lowest."""
        runs = self.runs(variant)
        return next((run for run in runs if run.solved), runs[0])


class Spread(NamedTuple):
    """The middle of n values and the range they span."""

    median: float
    low: float
    high: float
    n: int


class Share(NamedTuple):
    """k of n, with the Wilson interval of the share that lies behind."""

    k: int
    n: int
    low: float
    high: float


def curve(runs: tuple[Record, ...], name: str) -> np.ndarray:
    """`(seeds, epochs)` of a measure taken every epoch, such as "test_accuracy"."""
    return np.array([[epoch[name] for epoch in run.meta["epochs"]] for run in runs])


def solved(runs: tuple[Record, ...], by: int | None = None) -> np.ndarray:
    """`(seeds,)` bool: whether the test accuracy reached SOLVED, at epoch `by` or else at the last one."""
    return curve(runs, "test_accuracy")[:, (by or 0) - 1] >= SOLVED


def escape_epochs(runs: tuple[Record, ...]) -> np.ndarray:
    """`(seeds,)`, the first epoch whose test accuracy reached SOLVED; infinite for seeds that never did."""
    reached = curve(runs, "test_accuracy") >= SOLVED
    return np.where(reached.any(1), reached.argmax(1) + 1.0, np.inf)


def spread(values: np.ndarray) -> Spread:
    """Median and range of `(n,)` values."""
    return Spread(float(np.median(values)), float(np.min(values)), float(np.max(values)), len(values))


def share(k: int, n: int) -> Share:
    """The 95 % score interval of Wilson (1927) for k successes in n trials; it never leaves 0..1 and holds for small n."""
    from scipy.stats import binomtest

    interval = binomtest(k, n).proportion_ci(CONFIDENCE, method="wilson")
    return Share(k, n, float(interval.low), float(interval.high))
