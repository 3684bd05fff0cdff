"""Whether anything that a build reads has changed since the last one, which took note of it in
`build/last.json`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import msgspec

from report_builder.evidence.gather import StudyRuns, gather
from report_builder.evidence.original_logs import FILE as PRINTED_LOGS
from report_builder.evidence.references import LITERATURE, REFERENCES
from report_builder.pages import sources
from report_builder.paths import CONFIG, Paths
from report_builder.site.publish import is_published
from xo.runs.resources import cores
from xo.store.files import write_atomically
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
    counts: Counts
    # What follows training took, or would have taken with all figures drawn; None: not measured.
    finishing_seconds: float | None = None


def unchanged_since(study: StudyRuns, paths: Paths, files: dict[str, str]) -> Counts | None:
    """The counts of the last build, if all that a build reads is as it was then and its site still
    stands.
    """
    last = _read(paths)
    if last is None:
        return None
    if last.fingerprint == fingerprint(study, paths, files) and is_published(paths.site):
        return last.counts
    return None


def write_last_build(
    study: StudyRuns,
    paths: Paths,
    files: dict[str, str],
    counts: Counts,
    finishing_seconds: float | None,
) -> None:
    """Takes note of a finished build; `files` are as `read_files` found them when it began.

    Where it measured no `finishing_seconds`, those of the build before stay.
    """
    last = _read(paths)
    if finishing_seconds is None and last:
        finishing_seconds = last.finishing_seconds
    content = LastBuild(fingerprint(study, paths, files), counts, finishing_seconds)
    write_atomically(_file(paths), msgspec.json.encode(content))


def expected_finishing(paths: Paths, jobs: int) -> float:
    """The seconds that demonstrations, figures and pages will take, if all are to be made."""
    last = _read(paths)
    measured = last.finishing_seconds if last else None
    return measured or FINISHING_WORK / min(jobs, cores())


def _read(paths: Paths) -> LastBuild | None:
    try:
        return msgspec.json.decode(_file(paths).read_bytes(), type=LastBuild)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None


def read_files(docs: Path) -> dict[str, str]:
    """The digests of the files that a build reads, but for images and records."""
    read = [
        file
        for folder in (ROOT / "xo", ROOT / "report_builder", docs)
        for file in sources.files(folder)
    ]
    files = [CONFIG, PRINTED_LOGS, REFERENCES, LITERATURE, *read]
    return {str(file): file_digest(file) for file in files}


def fingerprint(study: StudyRuns, paths: Paths, files: dict[str, str]) -> str:
    """A digest of everything that a build reads."""
    installed = (path.name for place in {*sys.path} for path in Path(place).glob("*.dist-info"))
    demonstrations = gather(study, may_be_empty=True).demonstrations
    return digest(
        {
            "records": sorted(record.digest for record in study.lookup.found),
            "demonstrations": {name: record.digest for name, record in demonstrations.items()},
            "study": [study.study, study.data.digest],
            "folders": [str(paths.data), str(paths.site.resolve()), os.environ.get("SITE_URL")],
            "files": files,
            "versions": [sys.version, *sorted(installed)],
        }
    )


def _file(paths: Paths) -> Path:
    return paths.build / "last.json"
