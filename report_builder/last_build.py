"""Whether anything that a build reads has changed since the last one, which took note of it in
`build/last.json`.

That file is written once, at the end of a build, and names the report and the site that belong to
it: of a build that ends earlier nothing counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from report_builder.evidence.gather import StudyRuns, gather
from report_builder.evidence.original_logs import FILE as PRINTED_LOGS
from report_builder.evidence.references import LITERATURE, REFERENCES
from report_builder.evidence.study import Evidence
from report_builder.pages import sources
from report_builder.pages.stored_files import artifact_folders, is_whole
from report_builder.paths import CONFIG, Paths
from report_builder.results.report import Report, read_report
from report_builder.site.manifest import MANIFEST
from report_builder.site.page_cache import surroundings
from report_builder.site.published_site import damage, published_from
from xo.runs.resources import cores
from xo.store import sealed
from xo.store.inputs import digest, file_digest
from xo.store.source_digest import ROOT

FINISHING_WORK = 90.0  # seconds of one process, until a build has measured its own


class Counts(msgspec.Struct, frozen=True):
    """How much there was to show."""

    demonstrations: int
    figures: int
    notebooks: int
    pages: int


class LastBuild(msgspec.Struct, frozen=True):
    fingerprint: str  # digest of everything that the build read
    report: str  # digest of the file of the report
    site: str  # digest of what the site was made from
    counts: Counts
    # What follows training took, or would have taken with all figures drawn; None: not measured.
    finishing_seconds: float | None = None


def unchanged_since(study: StudyRuns, paths: Paths, files: dict[str, str]) -> Counts | None:
    """The counts of the last build, if all that a build reads is as it was then, and all that it
    made is as it was made.
    """
    last = _read(paths)
    if last is None or last.fingerprint != fingerprint(
        study, gather(study, may_be_empty=True), paths, files
    ):
        return None
    report = read_report(paths.report)
    intact = (
        last.report == _report_digest(paths)
        and published_from(paths.site) == last.site
        and all(is_whole(folder) for folder in artifact_folders(report))
    )
    return last.counts if intact else None


def write_last_build(
    fingerprint: str, site: str, paths: Paths, counts: Counts, finishing_seconds: float | None
) -> None:
    """Takes note of a finished build, which made the report that lies there and published `site`.

    Where it measured no `finishing_seconds`, those of the build before stay.
    """
    last = _read(paths)
    if finishing_seconds is None and last:
        finishing_seconds = last.finishing_seconds
    content = LastBuild(fingerprint, _report_digest(paths), site, counts, finishing_seconds)
    sealed.write(_file(paths), msgspec.json.encode(content))


def damaged_files(paths: Paths) -> Iterator[str]:
    """A line for each file of the build folder that does not count, and for a damaged site."""
    for path, type_ in ((_file(paths), LastBuild), (paths.report, Report)):
        if path.exists() and sealed.read(path, type_) is None:
            yield f"{path}: not as this version wrote it; it is made again"
    if (paths.site / MANIFEST).exists() and (why := damage(paths.site)):
        yield f"{paths.site}: {why}; it is published again"


def expected_finishing(paths: Paths, jobs: int) -> float:
    """The seconds that demonstrations, figures and pages will take, if all are to be made."""
    last = _read(paths)
    measured = last.finishing_seconds if last else None
    return measured or FINISHING_WORK / min(jobs, cores())


def _read(paths: Paths) -> LastBuild | None:
    return sealed.read(_file(paths), LastBuild)


def _report_digest(paths: Paths) -> str:
    return file_digest(paths.report) if paths.report.is_file() else ""


def read_files(docs: Path) -> dict[str, str]:
    """The digests of the files that a build reads, but for images and records."""
    read = [
        file
        for folder in (ROOT / "xo", ROOT / "report_builder", docs)
        for file in sources.files(folder)
    ]
    files = [CONFIG, PRINTED_LOGS, REFERENCES, LITERATURE, *read]
    return {str(file): file_digest(file) for file in files}


def fingerprint(study: StudyRuns, evidence: Evidence, paths: Paths, files: dict[str, str]) -> str:
    """A digest of everything that a build reads; `evidence` is that of its records."""
    installed = (path.name for place in {*sys.path} for path in Path(place).glob("*.dist-info"))
    records = [record.digest for runs in evidence.records.values() for record in runs]
    demonstrations = evidence.demonstrations
    return digest(
        {
            "records": sorted(records),
            "demonstrations": {name: record.digest for name, record in demonstrations.items()},
            "study": study.study,
            "data": study.data.result_inputs,
            "card": msgspec.to_builtins(study.card),
            "folders": [str(paths.data), str(paths.site.resolve())],
            "surroundings": surroundings(CONFIG),
            "files": files,
            "versions": [sys.version, *sorted(installed)],
        }
    )


def _file(paths: Paths) -> Path:
    return paths.build / "last.json"
