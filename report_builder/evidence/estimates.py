"""Estimates over runs: pure functions of records or of arrays whose first axis is the seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from math import comb, erfc, hypot, isfinite, log, sqrt
from typing import NamedTuple

import numpy as np

from xo.data.card import goal
from xo.runs.record import RunRecord

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
    """`(seeds,)` bool: whether the task was solved at epoch `by`, or at the last one."""
    return _solved_after_each_epoch(runs)[:, (by or 0) - 1]


def first_solved_epoch(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(seeds,)`, the first epoch after which the task was solved; infinite where it never was."""
    reached = _solved_after_each_epoch(runs)
    return np.where(reached.any(1), reached.argmax(1) + 1.0, np.inf)


def _solved_after_each_epoch(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(seeds, epochs)` bool."""
    return curve(runs, "test_accuracy") >= np.array([[goal(run.data)] for run in runs])


def epoch_seconds(runs: tuple[RunRecord, ...]) -> np.ndarray:
    """`(seeds,)`, of each run the median seconds that an epoch of training took, without the test.

    Runs count alike, however many epochs they have.
    """
    return np.array([np.median(run.epoch_seconds) for run in runs])


def spread(values: np.ndarray) -> Spread:
    """Median and range of `(n,)` values."""
    return Spread(
        float(np.median(values)), float(np.min(values)), float(np.max(values)), len(values)
    )


def solved_share(runs: tuple[RunRecord, ...]) -> Share:
    """How many of the runs solved their task at their last epoch."""
    return share(int(solved(runs).sum()), len(runs))


def share(k: int, n: int, z: float = Z) -> Share:
    """k of n with the score interval of Wilson (1927), which holds for small n; by default 95 %."""
    p, scale = k / n, 2 * (n + z**2)
    middle = (2 * n * p + z**2) / scale
    half = z / scale * sqrt(4 * n * p * (1 - p) + z**2)
    return Share(k, n, middle - half if k else 0.0, middle + half if k < n else 1.0)


class Estimate(NamedTuple):
    """A quantity with its 95 % interval, and the two-sided p value of any other value of it.

    The two agree: the interval holds the values whose p value is above 0.05.
    """

    value: float
    low: float
    high: float
    p: Callable[[float], float]


def share_estimate(k: int, n: int) -> Estimate:
    """A share with the exact interval of Clopper and Pearson (1934), and the p value of the exact
    binomial test that it inverts.

    With few runs, Wilson's interval can miss the truth on one side more often than it should.
    """
    from scipy.special import bdtr, bdtrc, betaincinv  # scipy.stats takes a second to import

    def p(bound: float) -> float:
        below, above = bdtr(k, n, bound), bdtrc(k - 1, n, bound) if k else 1.0
        return float(min(1.0, 2 * min(below, above)))

    low = float(betaincinv(k, n - k + 1, 0.025)) if k else 0.0
    high = float(betaincinv(k + 1, n - k, 0.975)) if k < n else 1.0
    return Estimate(k / n, low, high, p)


def difference(a: Share, b: Share) -> Estimate:
    """The share of `a` minus that of `b`, with the interval of Newcombe (1998, method 10)."""

    def interval(z: float) -> tuple[float, float]:
        p, q = a.k / a.n, b.k / b.n
        one, other = share(a.k, a.n, z), share(b.k, b.n, z)
        return (
            p - q - hypot(p - one.low, other.high - q),
            p - q + hypot(one.high - p, q - other.low),
        )

    def p(bound: float) -> float:
        """Of the confidence at which an end of the interval meets the bound."""
        below, above = 0.0, 40.0  # standard deviations
        while above - below > 1e-9:
            z = (below + above) / 2
            low, high = interval(z)
            below, above = (below, z) if low <= bound <= high else (z, above)
        return _two_sided(below)

    return Estimate(a.k / a.n - b.k / b.n, *interval(Z), p)


def mean_difference(a: np.ndarray, b: np.ndarray) -> Estimate | None:
    """The mean of `(n,)` values minus that of `(m,)`, with the interval of Welch (1947).

    None for fewer than two values of a kind.
    """
    if min(len(a), len(b)) < 2:
        return None
    parts = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    if not parts.sum() > 0:
        return _exact(float(a.mean() - b.mean()))
    freedom = parts.sum() ** 2 / (parts**2 / (np.array([len(a), len(b)]) - 1)).sum()
    return _by_t(float(a.mean() - b.mean()), float(np.sqrt(parts.sum())), float(freedom))


def mean(values: np.ndarray) -> Estimate | None:
    """The mean of `(n,)` values, such as differences within pairs, with Student's interval.

    None for fewer than two values.
    """
    if len(values) < 2:
        return None
    if not values.std() > 0:
        return _exact(float(values.mean()))
    error = float(values.std(ddof=1)) / sqrt(len(values))
    return _by_t(float(values.mean()), error, len(values) - 1)


def _exact(value: float) -> Estimate:
    """Of values that do not vary."""
    return Estimate(value, value, value, lambda bound: float(bound == value))


def _by_t(value: float, error: float, freedom: float) -> Estimate:
    from scipy.special import stdtr, stdtrit  # scipy.stats takes a second to import

    half = float(stdtrit(freedom, 0.975)) * error
    return Estimate(
        value,
        value - half,
        value + half,
        lambda bound: float(2 * stdtr(freedom, -abs(value - bound) / error)),
    )


def _two_sided(z: float) -> float:
    """The p value of so many standard deviations from the middle of a normal distribution."""
    return erfc(abs(z) / sqrt(2))


class Survival(NamedTuple):
    """How long each of n runs took to reach something, or was watched without its doing so."""

    times: np.ndarray  # (n,)
    reached: np.ndarray  # (n,) bool

    def restricted_mean(self, horizon: float) -> np.ndarray:
        """`(n,)`, the time of each up to the horizon, which is that of a run that got there."""
        return np.minimum(np.where(self.reached, self.times, np.inf), horizon)


def time_to(epochs: np.ndarray, horizon: int) -> Survival:
    """`(n,)` epochs, infinite where something never happened, watched until the horizon.

    A run that can no longer get there, such as a collapsed one, stays among those at risk to the
    end: the log-rank test then is that of Gray (1988) for the shares that got there by each epoch.
    """
    reached = epochs <= horizon
    return Survival(np.where(reached, epochs, horizon), reached)


def log_rank(a: Survival, b: Survival) -> float | None:
    """The p value of the log-rank test; None where nothing was reached in either."""
    if not (len(a.times) and len(b.times) and (a.reached.any() or b.reached.any())):
        return None
    from scipy.stats import CensoredData, logrank

    watched = (
        CensoredData(uncensored=each.times[each.reached], right=each.times[~each.reached])
        for each in (a, b)
    )
    with np.errstate(invalid="ignore"):  # all at the same moment: 0 / 0
        p = float(logrank(*watched).pvalue)
    return p if isfinite(p) else None


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """The p values adjusted for being many (Holm 1979): those of at most 0.05 can all be relied on,
    with a chance of at most 5 % that any one of them errs.
    """
    adjusted, largest = {}, 0.0
    for done, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        largest = max(largest, min(1.0, (len(p_values) - done) * p))
        adjusted[name] = largest
    return {name: adjusted[name] for name in p_values}


def solved_by_epoch(epochs: np.ndarray, last: int) -> np.ndarray:
    """`(last,)`, the share of seeds solved by each epoch, from their `first_solved_epoch`s."""
    return (epochs[:, None] <= np.arange(1, last + 1)).mean(0)


def proportion_test(k: int, n: int, p: float) -> tuple[float, float]:
    """By how many standard deviations k of n exceed p n, and the exact probability of k or more
    where each of the n happens with probability p.
    """
    more = sum(comb(n, each) * p**each * (1 - p) ** (n - each) for each in range(k, n + 1))
    return (k - n * p) / sqrt(n * p * (1 - p)), more


@cache  # asked for every run, of which most have the same classes
def entropy(counts: tuple[int, ...]) -> float:
    """In nats, of the shares of classes: the mean loss of a net that knows these alone."""
    shares = np.array(counts) / sum(counts)
    return float(-(shares * np.log(shares)).sum())


def printed(run: RunRecord) -> np.ndarray:
    """`(epochs, rows)`, as the original's script prints losses: of ten batches the sum / 100."""
    losses = run.array("batch_loss")  # (epochs, batches)
    rows = losses.shape[1] // 10
    return losses[:, : 10 * rows].reshape(len(losses), rows, 10).sum(2) / 100
