"""The one store: whatever is computed once and kept, found by the digest of all that decides it.

An artifact of any kind (a run, a demonstration, a figure, an executed notebook, ...) is a folder
`<root>/<folder of its kind>/<name>-<key>/`. It holds `record.json` (its inputs, its content, the
digest of each of its files) and its files. The key is the digest of the inputs, so an artifact is
either exactly right or not found.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_hex
from typing import Any

from xo.errors import InputError
from xo.store import disk
from xo.store.artifact import RECORD, Artifact, Damaged, read
from xo.store.files import (
    make_folders,
    sweep_files,
    sweep_folders,
    sync_tree,
    temporary_folder,
    unfinished_folder,
    unfinished_name,
)
from xo.store.folders import folders_below, is_there, names_in, newest_first, writing
from xo.store.inputs import Inputs, changes, digest
from xo.store.locks import LOCKS, BaseFileLock, acquire, locked, release, remove_if_free
from xo.store.new_entry import NewEntry

RUNS = Path("runs")  # where the store lies unless another place is named
NEVER = "never made"
# Artifacts of a name and a data set that stay beside those in use, for switching between studies.
KEPT = 4
# Where each kind lies below the root of its store; runs, which people look at, lie at the top.
KINDS = {
    "run": "",
    "demonstration": ".demonstrations",
    "images": ".data",
    "windows": ".windows",
    "figure": "figures",
    "lab network": "lab-networks",
    "notebook": "notebooks",
    "code output": "code-outputs",
}
DAMAGED = ".damaged"  # below the root; what was found damaged, to be looked at
_NAME = re.compile(r"(?P<name>.+)-(?P<key>[0-9a-f]{16})")


@dataclass(frozen=True)
class Store:
    """The artifacts below one folder."""

    root: Path

    def folder(self, kind: str, name: str, inputs: Inputs) -> Path:
        """Where the artifact with these inputs lies, whether it is there or not."""
        return self.root.joinpath(KINDS[kind], f"{name}-{digest(inputs)}")

    def folder_of(self, artifact: Artifact) -> Path:
        """Where an artifact with this record lies."""
        return self.root / KINDS[artifact.kind] / f"{artifact.name}-{artifact.key}"

    def find(self, kind: str, name: str, inputs: Inputs) -> Artifact | None:
        """The artifact with these inputs, its files rehashed; optional ones are when they are read.

        Raises Damaged where it is not as it was written.
        """
        folder = self.folder(kind, name, inputs)
        return self._read(folder, kind, name, rehash=True) if is_there(folder) else None

    def look_up(
        self, kind: str, name: str, inputs: Inputs, quarantine: bool = False
    ) -> tuple[Artifact | None, str]:
        """The artifact, its files rehashed, or None and why it must be made.

        A damaged one counts as missing and, with `quarantine`, is moved away.
        """
        (found,) = self.look_up_all(kind, [(name, inputs)], quarantine, rehash=True)
        return found

    def look_up_all(
        self,
        kind: str,
        wanted: Collection[tuple[str, Inputs]],
        quarantine: bool = False,
        rehash: bool = False,
    ) -> Iterator[tuple[Artifact | None, str]]:
        """As `look_up`, of many names with inputs; each folder is scanned once.

        Without `rehash` only the sizes of files are compared: they are rehashed as they are read.
        """
        by_name = self._folders_by_name(kind, [name for name, _ in wanted])
        for name, inputs in wanted:
            folder, present = self.folder(kind, name, inputs), by_name.get(name, [])
            if folder not in present:
                yield None, _why_missing(present, inputs)
                continue
            try:
                yield self._read(folder, kind, name, rehash), ""
            except Damaged as damage:
                if quarantine:
                    yield self._heal(folder, kind, name, rehash, damage)
                else:
                    yield None, f"damaged: {damage}"

    def _read(self, folder: Path, kind: str, name: str, rehash: bool) -> Artifact:
        """The artifact that lies in the folder for one of that kind and name."""
        artifact = read(folder, rehash, compare_sizes=True)
        if (artifact.kind, artifact.name) != (kind, name) or not folder.name.endswith(artifact.key):
            other = f"is the record of {artifact.kind} {artifact.name}-{artifact.key}"
            raise Damaged(folder, RECORD, other)
        return artifact

    def _is_whole(self, folder: Path, kind: str, name: str) -> bool:
        if not is_there(folder):
            return False
        try:
            self._read(folder, kind, name, rehash=True)
        except Damaged:
            return False
        return True

    def _heal(
        self, folder: Path, kind: str, name: str, rehash: bool, damage: Damaged
    ) -> tuple[Artifact | None, str]:
        """Moves a damaged artifact away, unless another process has mended it meanwhile."""
        with writing(folder), self._locked(folder):
            if is_there(folder):
                try:
                    return self._read(folder, kind, name, rehash), ""
                except Damaged as found:
                    return None, f"damaged: {found}, moved to {self._move_away(folder, name)}"
        return None, f"damaged: {damage}"

    def artifacts(self, kind: str, name: str) -> Iterator[Artifact]:
        """Every readable artifact of a name, the newest first; damaged ones are left out."""
        return _readable(self._folders(kind, name))

    def all(self, kind: str) -> Iterator[Artifact]:
        """Every readable artifact of a kind; damaged ones are left out."""
        return _readable(self.folders(kind))

    def folders(self, kind: str) -> list[Path]:
        """The folder of every artifact of a kind, readable or not."""
        below = folders_below(self.root / KINDS[kind])
        return sorted(folder for folder, is_artifact in below if is_artifact)

    def artifacts_below(self, kind: str, above: str) -> set[str]:
        """The last parts of the names of the artifacts below a name, as the seeds of a variant."""
        matches = map(_NAME.fullmatch, names_in(self.root / KINDS[kind] / above))
        return {match["name"] for match in matches if match}

    def _folders(self, kind: str, name: str) -> list[Path]:
        """The folder of every artifact of a name, the newest first."""
        return newest_first(self._folders_by_name(kind, [name]).get(name, []))

    def _folders_by_name(self, kind: str, names: Collection[str]) -> dict[str, list[Path]]:
        """The folder of every artifact of these names, or of others that lie beside them."""
        top = self.root / KINDS[kind]
        found: dict[str, list[Path]] = {}
        for above in {name.rpartition("/")[0] for name in names}:
            folder = top / above
            for entry in names_in(folder):
                if match := _NAME.fullmatch(entry):
                    name = f"{above}/{match['name']}" if above else match["name"]
                    found.setdefault(name, []).append(folder / entry)
        return found

    @contextmanager
    def new_entry(
        self,
        kind: str,
        name: str,
        inputs: Inputs,
        replace: bool = False,
        optional: tuple[str, ...] = (),
    ) -> Iterator[NewEntry]:
        """An entry to write an artifact's files and content to, stored when the block ends.

        It is stored whole or not at all; `entry.artifact` is then what is stored. An equal artifact
        that another process has stored meanwhile stays, unless `replace`. Files named in `optional`
        may be deleted later.
        """
        final = self.folder(kind, name, inputs)
        with self._written_aside(final, kind, name, replace) as folder:
            entry = NewEntry(folder)
            yield entry
            disk.write(folder / RECORD, entry.record(kind, name, inputs, optional))
        entry.artifact = read(final)

    def add(
        self,
        kind: str,
        name: str,
        inputs: Inputs,
        content: dict[str, Any],
        files: Mapping[str, bytes],
        replace: bool = False,
        optional: tuple[str, ...] = (),
    ) -> Artifact:
        """Stores an artifact whose files are in memory."""
        with self.new_entry(kind, name, inputs, replace, optional) as entry:
            entry.content.update(content)
            for file, data in files.items():
                disk.write(entry.folder / file, data)
        return entry.artifact

    def copy(self, artifact: Artifact) -> bool:
        """Stores an artifact of another store as it is, each file rehashed as it arrives.

        False where one with these inputs is there, which stays unless it is damaged. Raises
        Damaged.
        """
        final = self.folder(artifact.kind, artifact.name, artifact.inputs)
        if self._is_whole(final, artifact.kind, artifact.name):
            return False
        with self._written_aside(final, artifact.kind, artifact.name) as folder:
            arriving = replace(artifact, folder=folder)
            for file in artifact.present_files:
                shutil.copyfile(artifact.folder / file, folder / file)
                try:
                    arriving.rehash(file)
                except Damaged as damage:
                    raise damage.at(artifact.folder) from None
            disk.write(folder / RECORD, artifact.record)  # what was read and checked
        return True

    def quarantine(self, artifact: Artifact) -> Path:
        """Moves a damaged artifact away, to be looked at; returns where it went."""
        with writing(artifact.folder), self._locked(artifact.folder):
            return self._move_away(artifact.folder, artifact.name)

    def quarantine_damaged(self, artifacts: Iterable[Artifact]) -> list[str]:
        """Rehashes every file of these artifacts, optional ones too, and moves away those that are
        damaged, unless another process has mended them meanwhile. Returns a line for each.
        """
        lines = []
        for artifact in artifacts:
            folder, kind, name = artifact.folder, artifact.kind, artifact.name
            try:
                self._read(folder, kind, name, rehash=False).rehash_all()
            except Damaged:
                with writing(folder), self._locked(folder):
                    try:
                        self._read(folder, kind, name, rehash=False).rehash_all()
                    except Damaged as damage:
                        moved = is_there(folder)
                        where = f", moved to {self._move_away(folder, name)}" if moved else ""
                        lines.append(f"damaged: {damage}{where}")
        return lines

    def remove(self, artifact: Artifact) -> None:
        """Deletes an artifact; InputError where its folder holds what the record does not name."""
        surplus = {path.name for path in artifact.folder.iterdir()} - {RECORD, *artifact.files}
        if surplus:
            raise InputError(
                f"{artifact.folder / min(surplus)}: is not of this program; move it away, "
                "and the same command deletes the rest"
            )
        self._discard(artifact.folder)

    def prune(self, kind: str, in_use: list[Artifact]) -> None:
        """Removes the oldest unused artifacts of the names in use; of each name, the last KEPT of
        every data set stay, so that going back to a data set finds what was made of it.
        """
        used = {artifact.folder for artifact in in_use}
        for name in dict.fromkeys(artifact.name for artifact in in_use):
            others = [folder for folder in self._folders(kind, name) if folder not in used]
            newer: Counter[Any] = Counter()  # by the digest of the data set
            for artifact in _readable(others):
                data = artifact.inputs.get("data")
                newer[data] += 1
                if newer[data] > KEPT:
                    with suppress(OSError):
                        self._discard(artifact.folder)

    def claim(self, kind: str, name: str, inputs: Inputs) -> BaseFileLock | None:
        """Takes in hand what is to be made, so that no other process makes it too; None where
        another has. A claim ends with the process that holds it.
        """
        folder = self.folder(kind, name, inputs)
        with writing(folder):
            return acquire(self._lock_file(folder, ".claim"), wait=False)

    def sweep(self) -> None:
        """Removes what interrupted processes left, as far as nobody holds it and rights allow."""
        with suppress(InputError):  # where another user's folder may not be read
            for top in {self.root / folder for folder in KINDS.values()}:
                for folder, is_artifact in folders_below(top):
                    if not is_artifact:
                        self._sweep_folder(folder)
        sweep_files(self.root)
        for name in names_in(self.root / LOCKS):
            with suppress(OSError):
                remove_if_free(self.root / LOCKS / name)

    def _sweep_folder(self, folder: Path) -> None:
        unfinished = (unfinished_folder(folder / name) for name in names_in(folder))
        for final in {final for final in unfinished if final and _NAME.fullmatch(final.name)}:
            with suppress(OSError):
                if lock := acquire(self._lock_file(final), wait=False):
                    try:
                        sweep_folders(final)
                    finally:
                        release(lock)

    def _lock_file(self, folder: Path, suffix: str = "") -> Path:
        """Of the lock that is held while an artifact's folder is changed."""
        name = folder.relative_to(self.root).as_posix().replace("/", "+")
        return self.root / LOCKS / f"{name}{suffix}"

    def _locked(self, folder: Path) -> AbstractContextManager[None]:
        return locked(self._lock_file(folder))

    @contextmanager
    def _written_aside(
        self, final: Path, kind: str, name: str, replace: bool = False
    ) -> Iterator[Path]:
        """A new folder that becomes `final` when the block ends: it is there whole or not at all.

        What another process has put there meanwhile stays, unless `replace` or it is damaged.
        """
        with writing(final), self._locked(final):
            folder = temporary_folder(final)
            try:
                yield folder
                sync_tree(folder)
                if replace or not self._is_whole(final, kind, name):
                    self._put_in_place(folder, final, name, replace)
            finally:
                with suppress(OSError):
                    disk.remove(folder)

    def _put_in_place(self, folder: Path, final: Path, name: str, replace: bool) -> None:
        old = None
        if os.path.lexists(final):
            if replace:
                old = unfinished_name(final)
                disk.rename(final, old)
            else:
                self._move_away(final, name)
        try:
            disk.rename(folder, final)
        except BaseException:
            if old:
                disk.rename(old, final)
            raise
        for above in final.parents:  # each may be new
            disk.sync(above)
            if above == self.root:
                break
        if old:
            with suppress(OSError):  # it is swept later
                disk.remove(old)

    def _move_away(self, folder: Path, name: str) -> Path:
        above = name.rpartition("/")[0].replace("/", "-")
        target = self.root / DAMAGED / f"{above}-{folder.name}-{token_hex(4)}".lstrip("-")
        make_folders(target.parent)
        disk.rename(folder, target)
        return target

    def _discard(self, folder: Path) -> None:
        """Deletes an artifact, which is there whole until it is gone."""
        with self._locked(folder):
            gone = unfinished_name(folder)
            disk.rename(folder, gone)
            disk.remove(gone)


def _readable(folders: Iterable[Path]) -> Iterator[Artifact]:
    for folder in folders:
        with suppress(Damaged, InputError):
            yield read(folder)


def _why_missing(folders: list[Path], inputs: Inputs) -> str:
    """`never made`, or which inputs changed since the nearest of the artifacts in these folders.

    One on the same data is nearer than any other.
    """
    others = [artifact.inputs for artifact in _readable(newest_first(folders))]
    others = [each for each in others if each.get("data") == inputs.get("data")] or others
    if not others:
        return NEVER
    nearest = min((changes(each, inputs) for each in others), key=lambda found: len(found))
    return f"changed: {', '.join(nearest)}"
