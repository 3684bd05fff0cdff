"""Counts what a build makes anew, over all its attempts, and sums it up in one line."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import NamedTuple

from report_builder.evidence.gather import StudyRuns
from report_builder.last_build import Counts


class Summary(NamedTuple):
    """What a build made anew, of how many."""

    trained: tuple[int, int]
    computed: tuple[int, int]
    drawn: tuple[int, int]
    executed: tuple[int, int]
    pages: int
    published: bool
    seconds: float

    def __str__(self) -> str:
        (trained, runs), (computed, demonstrations) = self.trained, self.computed
        (drawn, figures), (executed, notebooks) = self.drawn, self.executed
        published = "published the site" if self.published else "the site is unchanged"
        return (
            f"trained {trained} of {runs} runs, computed {computed} of {demonstrations} "
            "demonstrations, "
            f"drew {drawn} of {figures} figures, ran {executed} of {notebooks} notebooks, "
            f"rendered {self.pages} pages, {published}, in {self.seconds:.1f} s"
        )


@dataclass
class Tally:
    """What was made anew since the build began."""

    started: float  # on the clock of time.perf_counter
    trained: int = 0
    computed: int = 0
    kinds: list[str] = field(default_factory=list)  # of the artifacts

    def summary(self, study: StudyRuns, counts: Counts, published: bool = False) -> Summary:
        return Summary(
            (self.trained, len(study.runs)),
            (self.computed, counts.demonstrations),
            (self.kinds.count("figure"), counts.figures),
            (self.kinds.count("notebook"), counts.notebooks),
            counts.pages,
            published,
            time.perf_counter() - self.started,
        )
