"""In which order runs are trained, and how long that takes on several workers."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from xo.runs.study import Run


def in_order(runs: Iterable[Run], workers: int) -> list[Run]:
    """Seed by seed and the cheapest first, so that every variant has its first seeds early.

    The last runs are ordered the dearest first: where a long run begins last, all other workers
    wait for it.
    """
    ordered = sorted(runs, key=lambda run: (run.seed, run.cost))
    start, work, longest = len(ordered), 0.0, 0.0
    # So many of the last runs that each worker has work twice as long as the longest of them.
    while start and work <= 2 * workers * longest:
        start -= 1
        work += ordered[start].cost
        longest = max(longest, ordered[start].cost)
    return ordered[:start] + sorted(ordered[start:], key=lambda run: -run.cost)


def makespan(durations: Iterable[float], workers: int) -> float:
    """When the last of these tasks ends, where each free worker takes the next one."""
    free_at = [0.0] * workers
    for duration in durations:
        heapq.heapreplace(free_at, free_at[0] + duration)
    return max(free_at)
