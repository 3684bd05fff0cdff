"""Estimates over the records of one study: pure functions of arrays whose first axis is the seed, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from math import hypot, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xo.data.dataset import DataSet
from xo.runs.record import SOLVED, RunRecord
from xo.variants import Variant

if TYPE_CHECKING:
    from xo.demonstrations.record import DemonstrationRecord

CHANCE = log(2)  # nats: the loss of a net that cannot tell two equally frequent classes apart
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Evidence:
    """The records of one study on one data set."""

    study: str
    data: DataSet
    variants: tuple[Variant, ...]
    records: dict[str, tuple[RunRecord, ...]]  # by variant, in the order of the seeds
    demonstrations: dict[str, DemonstrationRecord] = field(
        default_factory=dict
    )  # by name, those that there are

    def runs(self, variant: str) -> tuple[RunRecord, ...]:
        return self.records[variant]

    def representative(self, variant: str) -> RunRecord:
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


def curve(runs: tuple[RunRecord, ...], name: str) -> np.ndarray:
    """`(seeds, epochs)` of a measure taken every epoch, such as "test_accuracy"."""
    return lost_is_infinite(
        np.array([[getattr(epoch, name) for epoch in run.epochs] for run in runs])
    )


def lost_is_infinite(values: np.ndarray) -> np.ndarray:
    """A loss that is not a number has diverged: infinite, so that it counts in a median and is not drawn."""
    return np.where(np.isnan(values), np.inf, values).astype(float)


def solved(runs: tuple[RunRecord, ...], by: int | None = None) -> np.ndarray:
    """`(seeds,)` bool: whether the test accuracy reached SOLVED, at epoch `by` or else at the last one."""
    return curve(runs, "test_accuracy")[:, (by or 0) - 1] >= SOLVED


def escape_epochs(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(seeds,)`, the first epoch whose test accuracy reached SOLVED; infinite for seeds that never did."""
    reached = curve(runs, "test_accuracy") >= SOLVED
    return np.where(reached.any(1), reached.argmax(1) + 1.0, np.inf)


def spread(values: np.ndarray) -> Spread:
    """Median and range of `(n,)` values."""
    return Spread(
        float(np.median(values)), float(np.min(values)), float(np.max(values)), len(values)
    )


@cache
def share(k: int, n: int) -> Share:
    """The 95 % score interval of Wilson (1927) for k successes in n trials; it never leaves 0..1 and holds for small n."""
    from scipy.stats import binomtest

    interval = binomtest(k, n).proportion_ci(CONFIDENCE, method="wilson")
    return Share(k, n, float(interval.low), float(interval.high))


class Difference(NamedTuple):
    """A difference of two shares with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def parted(self) -> bool:
        """Whether the interval leaves out 0: only then may one be called better."""
        return self.low > 0 or self.high < 0


def difference(a: Share, b: Share) -> Difference:
    """The share of `a` minus that of `b`, with the interval that Newcombe (1998, method 10) makes of the two of Wilson."""
    p, q = a.k / a.n, b.k / b.n
    return Difference(
        p - q, p - q - hypot(p - a.low, b.high - q), p - q + hypot(a.high - p, q - b.low)
    )


def n_to_part(p: float, q: float, least: int = 2, most: int = 2000) -> int | None:
    """How many seeds of each, at least `least`, would part two shares that stay as they are; None where `most` would not."""
    found = (
        n
        for n in _growing(least, most)
        if difference(share(round(p * n), n), share(round(q * n), n)).parted
    )
    return next(found, None)


def n_to_leave(p: float, bound: float, least: int = 2, most: int = 2000) -> int | None:
    """How many seeds would make the interval of a share that stays as it is leave out `bound`."""
    intervals = ((n, share(round(p * n), n)) for n in _growing(least, most))
    return next((n for n, s in intervals if not s.low <= bound <= s.high), None)


def _growing(n: int, most: int) -> Iterator[int]:
    """From n on in steps of about an eighth: finer would pretend to more than a guess."""
    while n <= most:
        yield n
        n += max(1, n // 8)


def escaped_by(epochs: np.ndarray, last: int) -> np.ndarray:
    """`(last,)`, the share of seeds that have escaped by each epoch, from `escape_epochs` (infinite: censored)."""
    return (epochs[:, None] <= np.arange(1, last + 1)).mean(0)


def delay(a: np.ndarray, b: np.ndarray, horizon: int) -> tuple[float, float]:
    """By how many epochs `a` escapes later than `b` on average within `horizon`, and the p value of a permutation test.

    Escape is seen up to the horizon only: who has not escaped by then counts as one epoch later, for both alike.
    """
    from scipy.stats import permutation_test

    seen = [np.minimum(epochs, horizon + 1.0) for epochs in (a, b)]
    if min(map(len, seen)) < 2:
        return float(seen[0].mean() - seen[1].mean()), 1.0
    test = permutation_test(
        seen,
        lambda x, y, axis: x.mean(axis) - y.mean(axis),
        vectorized=True,
        n_resamples=9999,
        rng=np.random.default_rng(0),
    )
    return float(test.statistic), float(test.pvalue)


def printed(run: RunRecord) -> np.ndarray:
    """`(epochs, rows)`, the losses as the original prints them: of every ten batches the sum divided by 100."""
    losses = run.array("batch_loss")  # (epochs, batches)
    rows = losses.shape[1] // 10
    return losses[:, : 10 * rows].reshape(len(losses), rows, 10).sum(2) / 100


def receptive_fields(run: RunRecord) -> dict[str, tuple[int, int]]:
    """For each layer of maps, how many input pixels a side one value sees, and by how many two neighbors are apart."""
    size, stride, fields = 1, 1, {}
    for layer in run.layers:
        window = layer.kernel if layer.kind == "conv" else 2 if layer.kind == "pool" else 1
        size += (window - 1) * stride
        stride *= 2 if layer.kind == "pool" else 1
        if len(layer.shape) == 3:
            fields[layer.name] = size, stride
    return fields
