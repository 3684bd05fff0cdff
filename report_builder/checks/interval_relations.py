"""What an interval that a page shows for a share must follow from: the count and its total."""

from __future__ import annotations

from collections.abc import Iterator
from math import comb, sqrt

from report_builder.checks.shown_numbers import Pair, Shown, parsed
from report_builder.evidence.estimates import Z

TAIL = 0.025  # of a 95 % interval


def wilson(k: float, n: float, ends: list[str], place: str) -> Iterator[Pair]:
    """Its ends, in percent, lie about the estimate and are where the score test just rejects."""
    low, high = (parsed(f"{end} %", f"interval of {place}") for end in ends)
    share = k / n
    estimate = Shown(100 * share, f"{k:g} of {n:g} in percent, {place}")
    yield from (Pair(low, estimate, ordered=True), Pair(estimate, high, ordered=True))
    for end, inner in ((low, k > 0), (high, k < n)):
        p = end.number / 100
        if inner and 0 < p < 1:
            # how far the estimate is from the end, in percent, and how far the test lets it be
            reach = 100 * Z * sqrt(p * (1 - p) / n)
            slope = 1 + 100 * Z * abs(1 - 2 * p) / (2 * n * sqrt(p * (1 - p) / n)) / 100
            distance = Shown(
                abs(100 * share - end.number), f"distance of {end.place}", end.off * slope
            )
            yield Pair(distance, Shown(reach, f"{Z:.2f} standard errors there"))


def exact(k: int, n: int, ends: list[str], place: str) -> Iterator[Pair]:
    """Its ends, in percent, lie about the estimate, and each gives k or more, or k or less, a
    chance of 2.5 % (Clopper and Pearson), within what its rounding changes.
    """
    low, high = (parsed(f"{end} %", f"interval of {place}") for end in ends)
    estimate = Shown(100 * k / n, f"{k} of {n} in percent, {place}")
    yield from (Pair(low, estimate, ordered=True), Pair(estimate, high, ordered=True))
    tail = Shown(TAIL, "the chance that an interval leaves at either end")
    for end, counts in ((low, range(k, n + 1)), (high, range(k + 1))):
        if len(counts) <= n:  # else the end is 0 or 100 %
            chances = sorted(
                sum(comb(n, j) * p**j * (1 - p) ** (n - j) for j in counts)
                for p in (
                    max(0.0, end.number - end.off) / 100,
                    min(100, end.number + end.off) / 100,
                )
            )
            least, most = (Shown(chance, f"chance of so many at {end.place}") for chance in chances)
            yield from (Pair(least, tail, ordered=True), Pair(tail, most, ordered=True))
