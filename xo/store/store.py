"""The one store: whatever is computed once and kept, found by the digest of all that decides it.

An artifact of any kind (a run, a demonstration, a figure, an executed notebook, ...) is a folder
`<root>/<folder of its kind>/<name>-<key>/`. It holds `record.json` (its inputs, its content, the
digest of each of its files) and its files. The key is the digest of the inputs, so an artifact is
either exactly right or not found.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from xo.errors import InputError
from xo.store.artifact import RECORD, Artifact, Damaged, as_text, own_digest, read
from xo.store.files import sync_folder, temporary_folder
from xo.store.inputs import Inputs, changes, digest

RUNS = Path("runs")  # where the store lies unless another place is named
NEVER = "never made"
# Artifacts of a name that stay beside those in use, for switching between studies and data sets.
KEPT = 4
# Where each kind lies below the root of its store; runs, which people look at, lie at the top.
KINDS = {
    "run": "",
    "demonstration": ".demonstrations",
    "images": ".data",
    "figure": "figures",
    "notebook": "notebooks",
    "code output": "code-outputs",
}
_NAME = re.compile(r"(?P<name>.+)-(?P<key>[0-9a-f]{16})")


@dataclass(frozen=True)
class Store:
    """The artifacts below one folder."""

    root: Path

    def folder(self, kind: str, name: str, inputs: Inputs) -> Path:
        """Where the artifact with these inputs lies, whether it is there or not."""
        return self.root / KINDS[kind] / f"{name}-{digest(inputs)}"

    def find(self, kind: str, name: str, inputs: Inputs) -> Artifact | None:
        """The artifact with these inputs, its files rehashed; optional ones are when they are read.

        Raises Damaged where it is not as it was written.
        """
        folder = self.folder(kind, name, inputs)
        return read(folder, rehash=True) if folder.is_dir() else None

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
                yield read(folder, rehash, compare_sizes=True), ""
            except Damaged as damage:
                where = f", moved to {self.quarantine(kind, name, inputs)}" if quarantine else ""
                yield None, f"damaged: {damage}{where}"

    def artifacts(self, kind: str, name: str) -> Iterator[Artifact]:
        """Every readable artifact of a name, the newest first; damaged ones are left out."""
        return _readable(self._folders(kind, name))

    def all(self, kind: str) -> Iterator[Artifact]:
        """Every readable artifact of a kind; damaged ones are left out."""
        return _readable(self.folders(kind))

    def folders(self, kind: str) -> list[Path]:
        """The folder of every artifact of a kind, readable or not."""
        top = self.root / KINDS[kind]
        return sorted(
            file.parent
            for file in top.rglob(RECORD)
            if not any(part.startswith(".") for part in file.parent.relative_to(top).parts)
        )

    def _folders(self, kind: str, name: str) -> list[Path]:
        """The folder of every artifact of a name, the newest first."""
        return _newest_first(self._folders_by_name(kind, [name]).get(name, []))

    def _folders_by_name(self, kind: str, names: Collection[str]) -> dict[str, list[Path]]:
        """The folder of every artifact of these names, or of others that lie beside them."""
        top = self.root / KINDS[kind]
        found: dict[str, list[Path]] = {}
        for above in {name.rpartition("/")[0] for name in names}:
            with (
                suppress(FileNotFoundError, NotADirectoryError),
                os.scandir(top / above) as entries,
            ):
                for entry in entries:
                    if match := _NAME.fullmatch(entry.name):
                        name = f"{above}/{match['name']}" if above else match["name"]
                        found.setdefault(name, []).append(top / above / entry.name)
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
        with _written_aside(final, replace) as folder:
            entry = NewEntry(folder)
            yield entry
            (folder / RECORD).write_bytes(_describe(entry, kind, name, inputs, optional))
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
                (entry.folder / file).write_bytes(data)
        return entry.artifact

    def copy(self, artifact: Artifact) -> bool:
        """Stores an artifact of another store as it is, each file rehashed as it arrives.

        False where one with these inputs is there, which stays. Raises Damaged.
        """
        final = self.folder(artifact.kind, artifact.name, artifact.inputs)
        if final.exists():
            return False
        with _written_aside(final) as folder:
            arriving = replace(artifact, folder=folder)
            for file in artifact.present_files:
                shutil.copyfile(artifact.folder / file, folder / file)
                try:
                    arriving.rehash(file)
                except Damaged as damage:
                    raise damage.at(artifact.folder) from None
            (folder / RECORD).write_bytes(artifact.record())
        return True

    def quarantine(self, kind: str, name: str, inputs: Inputs) -> Path:
        """Moves a damaged artifact away, to be looked at; returns where it went."""
        folder = self.folder(kind, name, inputs)
        target = temporary_folder(self.root / ".damaged" / f"{name.replace('/', '-')}")
        with suppress(FileNotFoundError):  # another process was first
            os.rename(folder, target / folder.name)
        return target / folder.name

    def remove(self, artifact: Artifact) -> None:
        """Deletes an artifact; InputError where its folder holds what the record does not name."""
        surplus = {path.name for path in artifact.folder.iterdir()} - {RECORD, *artifact.files}
        if surplus:
            raise InputError(
                f"{artifact.folder / min(surplus)}: is not of this program; move it away, "
                "and the same command deletes the rest"
            )
        shutil.rmtree(artifact.folder)

    def prune(self, kind: str, in_use: list[Artifact]) -> None:
        """Removes the oldest unused artifacts of the names in use; the last KEPT of each stay."""
        used = {artifact.folder for artifact in in_use}
        for name in dict.fromkeys(artifact.name for artifact in in_use):
            others = [folder for folder in self._folders(kind, name) if folder not in used]
            for folder in others[KEPT:]:
                shutil.rmtree(folder, ignore_errors=True)


@dataclass
class NewEntry:
    """An artifact that is being written."""

    folder: Path
    content: dict[str, Any] = field(default_factory=dict)
    artifact: Artifact = field(init=False)


def _readable(folders: Iterable[Path]) -> Iterator[Artifact]:
    for folder in folders:
        with suppress(Damaged):
            yield read(folder)


def _newest_first(folders: list[Path]) -> list[Path]:
    return sorted(folders, key=lambda folder: -folder.stat().st_mtime)


def _why_missing(folders: list[Path], inputs: Inputs) -> str:
    """`never made`, or which inputs changed since the nearest of the artifacts in these folders.

    One on the same data is nearer than any other.
    """
    others = [artifact.inputs for artifact in _readable(_newest_first(folders))]
    others = [each for each in others if each.get("data") == inputs.get("data")] or others
    if not others:
        return NEVER
    nearest = min((changes(each, inputs) for each in others), key=lambda found: len(found))
    return f"changed: {', '.join(nearest)}"


@contextmanager
def _written_aside(final: Path, replace: bool = False) -> Iterator[Path]:
    """A new folder that is renamed to `final` when the block ends: it is there whole or not at all.

    What another process has put there meanwhile stays, unless `replace`.
    """
    try:
        folder = temporary_folder(final)
    except OSError as error:
        raise _cannot_write(final, error) from error
    try:
        yield folder
        sync_folder(folder)
        if replace and final.exists():
            shutil.rmtree(final)
        os.rename(folder, final)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise _cannot_write(final, error) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _describe(
    entry: NewEntry, kind: str, name: str, inputs: Inputs, optional: tuple[str, ...]
) -> bytes:
    """The bytes of `record.json`."""
    files = {}
    for path in sorted(path for path in entry.folder.rglob("*") if path.is_file()):
        file = path.relative_to(entry.folder).as_posix()
        with open(path, "rb") as opened:
            found = hashlib.file_digest(opened, "sha256").hexdigest()
        files[file] = {
            "sha256": found,
            "bytes": path.stat().st_size,
            "optional": file in optional,
        }
    document: dict[str, Any] = {
        "kind": kind,
        "name": name,
        "key": digest(inputs),
        "inputs": inputs,
        "content": msgspec.to_builtins(entry.content),
        "files": files,
    }
    document = json.loads(json.dumps(document))  # tuples as lists, as they will be read
    document["digest"] = own_digest(document)
    return as_text(document).encode()


def _cannot_write(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{folder}: cannot be written ({error.strerror}); make room or choose another folder; "
        "what was finished before is kept"
    )
