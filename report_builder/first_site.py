"""The first site: made of the first runs of a study while the others are still being trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from report_builder.evidence.gather import StudyRuns
from report_builder.site.manifest import read_manifest
from report_builder.site.published_site import is_published
from xo.runs.record import RunRecord


class FirstSite:
    """Starts making it, once, as soon as every variant with pooling has a run.

    The slow variants without pooling are not waited for. It is not made where the runs that are
    left then take less than `worth_seconds`, of all processes together.
    """

    def __init__(
        self,
        study: StudyRuns,
        seconds: Mapping[str, float],
        worth_seconds: float,
        start: Callable[[], object],
    ) -> None:
        pooled = {run.variant.name for run in study.runs if run.variant.pool}
        self._awaited = pooled - {record.variant for record in study.lookup.found}
        self._seconds_left = dict(seconds)  # by the key of the run
        self._worth_seconds = worth_seconds
        self._start: Callable[[], object] | None = start

    def record_stored(self, record: RunRecord) -> None:
        """Takes note of a run that has been trained."""
        self._awaited.discard(record.variant)
        self._seconds_left.pop(record.key, None)
        self.start_when_due()

    def start_when_due(self) -> None:
        """Starts it, unless it has been started or runs are still awaited."""
        if self._awaited or not self._start:
            return
        start, self._start = self._start, None
        if sum(self._seconds_left.values()) > self._worth_seconds:
            start()


def is_complete(study: StudyRuns, site: Path) -> bool:
    """Whether a site of all runs of this study on these images is published there."""
    manifest = read_manifest(site)
    return (
        manifest is not None
        and manifest.study == study.study
        and manifest.data is not None
        and manifest.data.digest == study.data.digest
        and manifest.runs is not None
        and manifest.runs.made == manifest.runs.planned
        and is_published(site)
    )
