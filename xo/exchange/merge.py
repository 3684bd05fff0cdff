"""Brings records from elsewhere into a store: each is rehashed as it arrives, and only what today's
code and data ask for is taken.

A source is an export, another store, or the address of an export. It is not trusted: what a record
says of itself decides no path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from xo.data.archive import extracted
from xo.data.dataset import DataSet
from xo.demonstrations.record import demonstration_record
from xo.errors import InputError
from xo.exchange.current import Current
from xo.exchange.download import check_digest, downloaded, is_address
from xo.exchange.export import MARK, is_export
from xo.runs.record import WEIGHTS, run_record
from xo.store.artifact import ARRAYS, RECORD, Artifact, Damaged, read
from xo.store.ownership import is_own, keep_apart
from xo.store.source_digest import Source
from xo.store.store import Store

EXCHANGED = ("run", "demonstration")  # in this order: a demonstration comes after its runs


@dataclass
class Merged:
    """What became of the records of some sources."""

    merged: int = 0
    present: int = 0  # were there already
    left_out: list[str] = field(default_factory=list)  # stale or foreign, with the reason
    damaged: list[str] = field(default_factory=list)


def merge(
    sources: list[str],
    data: DataSet,
    store: Store,
    sha256: str | None = None,
    on_problem: Callable[[str], None] = lambda line: None,
) -> Merged:
    """Takes over what is current of each source; nothing that is there is replaced.

    `sha256` is the digest expected of the one source. `on_problem` gets a line for each record that
    is left out. Raises InputError where a source is none, before anything of it is used.
    """
    if sha256 and len(sources) > 1:
        raise InputError("--sha256: is the digest of one SOURCE; give one, or URL#sha256=DIGEST")
    current, result = Current(data, Source()), Merged()
    for source in sources:
        with _opened(source, store, sha256) as root:
            _merge_folder(source, root, store, current, result, on_problem)
    return result


@contextmanager
def _opened(source: str, store: Store, sha256: str | None) -> Iterator[Path]:
    """The folder with the records of a source."""
    if is_address(source):
        with downloaded(source, sha256) as file, _opened(str(file), store, None) as root:
            yield root
        return
    path = Path(source)
    if path.is_dir():
        keep_apart({"SOURCE": path, "--store": store.root})
        if sha256:
            raise InputError(f"{source}: is a folder; --sha256 is for a file or an address")
        if not (is_own(path, "store") or (path / MARK).is_file()):
            raise InputError(f"{source}: no store that this program made, and no unpacked export")
        yield path
        return
    if not path.is_file():
        raise InputError(f"{source}: no such file or folder; expected an export or a store")
    if sha256:
        with open(path, "rb") as opened:
            check_digest(source, hashlib.file_digest(opened, "sha256").hexdigest(), sha256)
    if not is_export(path):
        raise InputError(
            f"{source}: no export; expected a zip that 'python -m xo runs export' made"
        )
    with extracted(path) as folder:
        yield folder.root


def _merge_folder(
    source: str,
    root: Path,
    store: Store,
    current: Current,
    result: Merged,
    on_problem: Callable[[str], None],
) -> None:
    arriving = []
    for folder in [each for kind in EXCHANGED for each in Store(root).folders(kind)]:
        try:
            arriving.append(read(folder))
        except Damaged as damage:
            result.damaged.append(str(damage).replace(str(root), source))
            on_problem(result.damaged[-1])
    for kind in EXCHANGED:
        runs = current.runs(store) if kind == "demonstration" else set()
        for artifact in (each for each in arriving if each.kind == kind):
            if outdated := current.why_outdated(artifact, runs):
                result.left_out.append(f"{source}: {kind} {artifact.name}: {outdated}; left out")
                on_problem(result.left_out[-1])
                continue
            try:
                _check(artifact)
                copied = store.copy(artifact)
            except Damaged as damage:
                result.damaged.append(str(damage).replace(str(root), source))
                on_problem(result.damaged[-1])
            else:
                result.merged += copied
                result.present += not copied


def _check(artifact: Artifact) -> None:
    """Raises Damaged where a current artifact disagrees with its own name, key or kind."""
    if artifact.kind == "run":
        record = run_record(artifact)
        named = (f"{record.variant}/{record.seed}", record.seed, record.data.digest)
        agrees = named == (artifact.name, artifact.inputs["seed"], artifact.inputs["data"])
    else:
        demonstration_record(artifact)
        agrees = True
    if not agrees or not artifact.has_own_key:
        raise Damaged(artifact.folder, RECORD, "its name, inputs and content do not agree")
    if surplus := artifact.files.keys() - {ARRAYS, WEIGHTS}:
        raise Damaged(artifact.folder, RECORD, f"names files that no record has: {surplus}")
