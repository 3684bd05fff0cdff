"""Estimates over runs: pure functions of records or of arrays whose first axis is the seed."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, hypot, log, sqrt
from typing import NamedTuple

import numpy as np

from xo.runs.record import SOLVED, RunRecord

CHANCE = log(2)  # nats: the loss of a net that cannot tell two equally frequent classes apart
Z = 1.959963984540054  # 95 % of a normal distribution lie within Z standard deviations


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
    """A loss that is not a number has diverged: infinity counts in a median and is not drawn."""
    return np.where(np.isnan(values), np.inf, values).astype(float)


def solved(runs: tuple[RunRecord, ...], by: int | None = None) -> np.ndarray:
    """`(seeds,)` bool: whether the test accuracy reached SOLVED, at epoch `by` or the last one."""
    return curve(runs, "test_accuracy")[:, (by or 0) - 1] >= SOLVED


def first_solved_epoch(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(seeds,)`, the first epoch whose test accuracy reached SOLVED; infinite where none did."""
    reached = curve(runs, "test_accuracy") >= SOLVED
    return np.where(reached.any(1), reached.argmax(1) + 1.0, np.inf)


def spread(values: np.ndarray) -> Spread:
    """Median and range of `(n,)` values."""
    return Spread(
        float(np.median(values)), float(np.min(values)), float(np.max(values)), len(values)
    )


def solved_share(runs: tuple[RunRecord, ...]) -> Share:
    """How many of the runs solved their task at their last epoch."""
    return share(int(solved(runs).sum()), len(runs))


def share(k: int, n: int) -> Share:
    """k of n with the 95 % score interval of Wilson (1927), which holds for small n."""
    p, scale = k / n, 2 * (n + Z**2)
    middle = (2 * n * p + Z**2) / scale
    half = Z / scale * sqrt(4 * n * p * (1 - p) + Z**2)
    return Share(k, n, middle - half if k else 0.0, middle + half if k < n else 1.0)


class Difference(NamedTuple):
    """A difference of two shares with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Only then may one of the two be called better."""
        return self.low > 0 or self.high < 0


def difference(a: Share, b: Share) -> Difference:
    """The share of `a` minus that of `b`, with the interval of Newcombe (1998, method 10)."""
    p, q = a.k / a.n, b.k / b.n
    return Difference(
        p - q, p - q - hypot(p - a.low, b.high - q), p - q + hypot(a.high - p, q - b.low)
    )


def seeds_to_separate(p: float, q: float, least: int = 2, most: int = 2000) -> int | None:
    """About how many seeds of each would separate two shares, if these stay as they are.

    At least `least`; None where even `most` would not.
    """
    found = (
        n
        for n in _growing(least, most)
        if difference(share(round(p * n), n), share(round(q * n), n)).excludes_zero
    )
    return next(found, None)


def seeds_to_exclude(p: float, bound: float, least: int = 2, most: int = 2000) -> int | None:
    """About how many seeds would have the interval of a share exclude `bound`, if it stays."""
    intervals = ((n, share(round(p * n), n)) for n in _growing(least, most))
    return next((n for n, s in intervals if not s.low <= bound <= s.high), None)


def _growing(n: int, most: int) -> Iterator[int]:
    """From n on in steps of about an eighth, which is as fine as a rough estimate can be."""
    while n <= most:
        yield n
        n += max(1, n // 8)


def solved_by_epoch(epochs: np.ndarray, last: int) -> np.ndarray:
    """`(last,)`, the share of seeds solved by each epoch, from their `first_solved_epoch`s."""
    return (epochs[:, None] <= np.arange(1, last + 1)).mean(0)


def delay(a: np.ndarray, b: np.ndarray, horizon: int) -> tuple[float, float]:
    """By how many epochs `a` first solves its task later than `b`, on average, and the p value of
    that difference.

    `(n,)` and `(m,)` epochs as `first_solved_epoch` gives them. Only the epochs up to the horizon
    are known of both: a seed that has not solved its task by then counts as one epoch later.
    """
    return mean_difference(*(np.minimum(epochs, horizon + 1.0) for epochs in (a, b)))


def mean_difference(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """The mean of `(n,)` values minus that of `(m,)`, and the p value of a permutation test."""
    if min(len(a), len(b)) < 2:
        return float(a.mean() - b.mean()), 1.0
    from scipy.stats import permutation_test  # takes a second, which few builds need

    test = permutation_test(
        (a, b),
        lambda x, y, axis: x.mean(axis) - y.mean(axis),
        vectorized=True,
        n_resamples=9999,
        rng=np.random.default_rng(0),
    )
    return float(test.statistic), float(test.pvalue)


def sign_test(more: int, less: int) -> float:
    """The p value of the sign test; pairs that are equal are left out of both counts."""
    n = more + less
    return min(1.0, 2 * sum(comb(n, k) for k in range(min(more, less) + 1)) / 2**n)


def proportion_test(k: int, n: int, p: float) -> tuple[float, float]:
    """By how many standard deviations k of n exceed p n, and the exact probability of k or more
    where each of the n happens with probability p.
    """
    more = sum(comb(n, each) * p**each * (1 - p) ** (n - each) for each in range(k, n + 1))
    return (k - n * p) / sqrt(n * p * (1 - p)), more


def entropy(counts: tuple[int, ...]) -> float:
    """In nats, of the shares of classes: the mean loss of a net that knows these alone."""
    shares = np.array(counts) / sum(counts)
    return float(-(shares * np.log(shares)).sum())


def printed(run: RunRecord) -> np.ndarray:
    """`(epochs, rows)`, as the original's script prints losses: of ten batches the sum / 100."""
    losses = run.array("batch_loss")  # (epochs, batches)
    rows = losses.shape[1] // 10
    return losses[:, : 10 * rows].reshape(len(losses), rows, 10).sum(2) / 100
