"""Exports the study's records into the build folder, for the site to offer them."""

from __future__ import annotations

import os

from report_builder.paths import Paths
from report_builder.results.report import AttachedRuns
from xo.data.load import open_data
from xo.exchange.export import write_export
from xo.store.store import Store


def attach_runs(study: str, paths: Paths) -> AttachedRuns:
    """Writes `build/runs-STUDY.zip`; the same records give the same bytes."""
    file = paths.build / f"runs-{study}.zip"
    done = write_export(file, study, open_data(paths.data, paths.store), Store(paths.store))
    site = os.environ.get("SITE_URL", "").rstrip("/")
    return AttachedRuns(
        name=file.name,
        file=str(file),
        address=f"{site}/{file.name}" if site else file.name,
        runs=done.runs,
        bytes=done.bytes,
        sha256=done.sha256,
    )
