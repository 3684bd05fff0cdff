"""Writes records to a zip that another store can merge; the same records give the same bytes.

Nothing in it names a host, user or path. Below `runs/` and `demonstrations/` each artifact is a
folder as in a store.
"""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from xo.data.dataset import DataSet
from xo.demonstrations.table import DEMONSTRATIONS
from xo.errors import CheckFailed, InputError
from xo.exchange.current import Current
from xo.runs.added_seeds import added_seeds
from xo.runs.record import WEIGHTS, RunRecord, run_record
from xo.runs.study import find_records, find_study, plan, study_data
from xo.store.artifact import RECORD, Artifact, Damaged, read
from xo.store.files import open_atomically
from xo.store.ownership import refuse_inside_own
from xo.store.source_digest import Source
from xo.store.store import Store

MARK = "xo-report.json"  # the entry by which an export is known
KIND = {"kind": "export"}
LARGEST = 60_000_000  # bytes of an export, unless all weights are asked for
LARGEST_WEIGHTS = 20_000_000  # bytes of a run's weights, unless all are asked for
WRITTEN = (1980, 1, 1, 0, 0, 0)  # the date of every entry


class Exported(NamedTuple):
    """What an export holds."""

    runs: int
    missing: int  # of the study
    demonstrations: int
    with_weights: int
    without_weights: list[str]  # variants of which no kept weights were taken
    bytes: int
    sha256: str


def export(
    target: Path, study: str | None, data: DataSet, store: Store, all_weights: bool = False
) -> Exported:
    """Writes the records of a study, by default all current ones, and demonstrations of them.

    Of each variant one run that solved its task comes with its weights, as far as there is room.
    """
    _refuse_foreign_file(target)
    return write_export(target, study, data, store, all_weights)


def write_export(
    target: Path, study: str | None, data: DataSet, store: Store, all_weights: bool = False
) -> Exported:
    """As `export`, in a folder of the program's own."""
    try:
        return _export(target, study, data, store, all_weights)
    except Damaged as damage:
        raise CheckFailed(
            f"{damage}; remove the folder {damage.folder}, make it again, and export anew"
        ) from damage


def _export(
    target: Path, study: str | None, data: DataSet, store: Store, all_weights: bool
) -> Exported:
    runs, missing = _runs(study, data, store)
    if not runs:
        of_study = f" of the study {study}" if study else ""
        raise InputError(
            f"{store.root}: no current record{of_study} on {data.name}; "
            "train some with 'python -m report_builder build' first"
        )
    demonstrations = _demonstrations(runs, data, store)
    taken = []
    with (
        open_atomically(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        _write(archive, MARK, json.dumps(KIND | {"study": study, "runs": len(runs)}).encode())
        for run in runs:
            _write_artifact(archive, f"runs/{run.name}-{run.key}", run.artifact)
        for each in demonstrations:
            _write_artifact(archive, f"demonstrations/{each.name}-{each.key}", each)
        for run in _with_weights(runs, all_weights):
            if all_weights or file.tell() + run.artifact.files[WEIGHTS].bytes <= LARGEST:
                content = run.artifact.read(WEIGHTS)
                _write(archive, f"runs/{run.name}-{run.key}/{WEIGHTS}", content)
                taken.append(run)
    kept = dict.fromkeys(run.variant for run in runs if run.has_weights)
    left_out = [name for name in kept if name not in {run.variant for run in taken}]
    with open(target, "rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return Exported(
        len(runs),
        missing,
        len(demonstrations),
        len(taken),
        left_out,
        target.stat().st_size,
        sha256,
    )


def is_export(path: Path) -> bool:
    """Whether a file is an export of this program."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(MARK) as mark:
            return json.loads(mark.read(1000)).items() >= KIND.items()
    except (OSError, ValueError, KeyError, AttributeError, RuntimeError, zipfile.BadZipFile):
        return False


def _refuse_foreign_file(target: Path) -> None:
    refuse_inside_own(target, "another FILE")
    if os.path.lexists(target) and not is_export(target):
        raise InputError(f"{target}: is there and no export of this program; choose another name")
    if not target.parent.is_dir():
        raise InputError(f"{target.parent}: no such folder; make it, or choose another FILE")


def _runs(study: str | None, data: DataSet, store: Store) -> tuple[list[RunRecord], int]:
    """The records by variant and seed, and how many the study lacks."""
    if study:
        asked = find_study(study)
        images = study_data(asked, data)
        added = added_seeds(store.root, study, images).seeds
        found, missing = find_records(plan(asked, images, Source(), added), store)
    else:
        current = Current(data, Source())
        stored = map(read, store.folders("run"))
        found = [run_record(each, data) for each in stored if not current.why_outdated(each)]
        missing = []
    return sorted(found, key=lambda run: (run.variant, run.seed, run.key)), len(missing)


def _demonstrations(runs: Iterable[RunRecord], data: DataSet, store: Store) -> list[Artifact]:
    """The current demonstrations that were computed from these runs alone."""
    current, digests = Current(data, Source()), {run.digest for run in runs}
    found = []
    for folder in store.folders("demonstration"):
        artifact = read(folder)
        if not current.why_outdated(artifact, digests):
            found.append(artifact)
    return found


def _with_weights(runs: Collection[RunRecord], all_weights: bool) -> list[RunRecord]:
    """The runs whose weights are to come along, the most useful first.

    Those are the variants that most demonstrations need; of a variant, the lowest seed that solved
    its task.
    """
    kept = [run for run in runs if run.has_weights]
    if all_weights:
        return kept
    one_each: dict[str, RunRecord] = {}
    for run in kept:
        if run.solved and run.artifact.files[WEIGHTS].bytes <= LARGEST_WEIGHTS:
            one_each.setdefault(run.variant, run)
    uses = [variant for row in DEMONSTRATIONS.values() for variant in row.variants]
    return sorted(one_each.values(), key=lambda run: (-uses.count(run.variant), run.variant))


def _write_artifact(archive: zipfile.ZipFile, folder: str, artifact: Artifact) -> None:
    """Its record and its files, rehashed, but no weights."""
    _write(archive, f"{folder}/{RECORD}", read(artifact.folder).record)
    for file in artifact.present_files:
        if file != WEIGHTS:
            _write(archive, f"{folder}/{file}", artifact.read(file))


def _write(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, WRITTEN)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # as on Unix, wherever it is written
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
