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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from xo.errors import InputError
from xo.store.files import sync_folder, temporary_folder
from xo.store.inputs import Inputs, changes, digest, sha256

RUNS = Path("runs")  # where the store lies unless another place is named
RECORD = "record.json"
ARRAYS = "arrays.safetensors"
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

T = TypeVar("T")


class Damaged(Exception):
    """An artifact that does not read back as it was written."""


class StoredFile(msgspec.Struct, frozen=True):
    """What `record.json` says of one file of an artifact."""

    sha256: str
    bytes: int
    optional: bool = False  # it may be deleted later without harm, as the weights of a run


class _Record(msgspec.Struct, frozen=True):
    """The content of `record.json`."""

    kind: str
    name: str
    key: str
    inputs: Inputs
    content: dict[str, Any]
    files: dict[str, StoredFile]
    digest: str  # SHA-256 of all the rest


@dataclass(frozen=True)
class Artifact:
    """Something that was computed and kept; its files are rehashed as they are read."""

    folder: Path
    kind: str
    name: str
    key: str
    inputs: Inputs = field(repr=False)
    content: dict[str, Any] = field(repr=False)  # plain data; `content_as` gives it a type
    files: dict[str, StoredFile] = field(repr=False)
    digest: str

    def content_as(self, type_: type[T]) -> T:
        """The content, validated; raises Damaged where it is not of this type."""
        try:
            return msgspec.convert(self.content, type_, strict=False)
        except msgspec.ValidationError as error:
            raise Damaged(f"{self.folder / RECORD}: not of this version ({error})") from error

    def has(self, file: str) -> bool:
        return file in self.files and (self.folder / file).is_file()

    def read(self, file: str) -> bytes:
        """The bytes of a file; raises Damaged where they are not those that were written."""
        return _read_checked(self.folder / file, self.files[file].sha256)

    def rehash(self, file: str) -> None:
        """Raises Damaged where a file, of any size, is not as it was written."""
        path = self.folder / file
        try:
            with open(path, "rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise Damaged(f"{path}: cannot be read ({error.strerror})") from error
        if found != self.files[file].sha256:
            raise Damaged(f"{path}: does not match the digest in {RECORD}")

    @property
    def array_names(self) -> tuple[str, ...]:
        """The names of the arrays in `arrays.safetensors`."""
        return tuple(_arrays(self.folder / ARRAYS, self.files[ARRAYS].sha256))

    def array(self, name: str) -> np.ndarray:
        """One of the arrays; what is stored in half precision comes in single precision."""
        found = _arrays(self.folder / ARRAYS, self.files[ARRAYS].sha256)[name]
        return found.astype(np.float32) if found.dtype == np.float16 else found


@lru_cache(maxsize=16)
def _arrays(path: Path, expected: str) -> dict[str, np.ndarray]:
    from safetensors.numpy import load

    return load(_read_checked(path, expected))


def _read_checked(path: Path, expected: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise Damaged(f"{path}: cannot be read ({error.strerror})") from error
    if sha256(content) != expected:
        raise Damaged(f"{path}: does not match the digest in {RECORD}")
    return content


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

    def why_missing(self, kind: str, name: str, inputs: Inputs) -> str:
        """`never made`, or which inputs changed since the nearest artifact of that name.

        One on the same data is nearer than any other.
        """
        others = [artifact.inputs for artifact in self.artifacts(kind, name)]
        others = [each for each in others if each.get("data") == inputs.get("data")] or others
        if not others:
            return NEVER
        nearest = min((changes(each, inputs) for each in others), key=lambda found: len(found))
        return f"changed: {', '.join(nearest)}"

    def look_up(
        self, kind: str, name: str, inputs: Inputs, quarantine: bool = False
    ) -> tuple[Artifact | None, str]:
        """The artifact, or None and why it must be made.

        A damaged one counts as missing and, with `quarantine`, is moved away.
        """
        try:
            found = self.find(kind, name, inputs)
        except Damaged as damage:
            where = f", moved to {self.quarantine(kind, name, inputs)}" if quarantine else ""
            return None, f"damaged: {damage}{where}"
        return found, "" if found else self.why_missing(kind, name, inputs)

    def artifacts(self, kind: str, name: str) -> Iterator[Artifact]:
        """Every readable artifact of a name, the newest first; damaged ones are left out."""
        for folder in self._folders(kind, name):
            try:
                yield read(folder)
            except Damaged:
                continue

    def folders(self, kind: str) -> list[Path]:
        """The folder of every artifact of a kind, readable or not."""
        top = self.root / KINDS[kind]
        return sorted(
            file.parent
            for file in top.rglob(RECORD)
            if not any(part.startswith(".") for part in file.parent.relative_to(top).parts)
        )

    def _folders(self, kind: str, name: str) -> list[Path]:
        place = self.root / KINDS[kind] / name
        found = [
            folder
            for folder in place.parent.glob(f"{place.name}-*")
            if (match := _NAME.fullmatch(folder.name)) and match["name"] == place.name
        ]
        return sorted(found, key=lambda folder: -folder.stat().st_mtime)

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
        try:
            entry = NewEntry(temporary_folder(final))
        except OSError as error:
            raise _cannot_write(final, error) from error
        try:
            yield entry
            record = _describe(entry, kind, name, inputs, optional)
            (entry.folder / RECORD).write_bytes(record)
            sync_folder(entry.folder)
            if replace and final.exists():
                shutil.rmtree(final)
            os.rename(entry.folder, final)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise _cannot_write(final, error) from error
        finally:
            shutil.rmtree(entry.folder, ignore_errors=True)
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

    def quarantine(self, kind: str, name: str, inputs: Inputs) -> Path:
        """Moves a damaged artifact away, to be looked at; returns where it went."""
        folder = self.folder(kind, name, inputs)
        target = temporary_folder(self.root / ".damaged" / f"{name.replace('/', '-')}")
        with suppress(FileNotFoundError):  # another process was first
            os.rename(folder, target / folder.name)
        return target / folder.name

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


def read(folder: Path, rehash: bool = False) -> Artifact:
    """The artifact in a folder; with `rehash`, its files but optional ones must be as written.

    Raises Damaged; InputError where a file may not be read, which is no damage.
    """
    try:
        document = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        record = msgspec.convert(document, _Record)
    except PermissionError as error:
        raise InputError(
            f"{folder / RECORD}: may not be read ({error.strerror}); make it readable"
        ) from error
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise Damaged(f"{folder / RECORD}: unreadable ({type(error).__name__}: {error})") from error
    if record.digest != own_digest(document):
        raise Damaged(f"{folder / RECORD}: does not match its own digest")
    artifact = Artifact(
        folder,
        record.kind,
        record.name,
        record.key,
        record.inputs,
        record.content,
        record.files,
        record.digest,
    )
    if rehash:
        for file, stored in record.files.items():
            if not stored.optional:
                artifact.rehash(file)
    return artifact


def problems(folder: Path) -> Iterator[str]:
    """A line for everything in an artifact's folder that is not as written, optional files too."""
    try:
        artifact = read(folder)
        text = (folder / RECORD).read_text(encoding="utf-8")
    except InputError as error:
        yield str(error)
        return
    except Damaged as damage:
        yield str(damage)
        return
    if text != _as_text(json.loads(text)):
        yield f"{folder / RECORD}: is not laid out as it was written"
    if artifact.key != digest(artifact.inputs):
        yield f"{folder / RECORD}: its key is not that of its inputs"
    expected = f"{artifact.name}-{artifact.key}"
    if not folder.as_posix().endswith(
        f"/{KINDS.get(artifact.kind, '')}/{expected}".replace("//", "/")
    ):
        yield f"{folder / RECORD}: is the record of {expected}"
    for file, stored in artifact.files.items():
        if not (folder / file).is_file():
            if not stored.optional:
                yield f"{folder / file}: missing"
            continue
        try:
            artifact.rehash(file)
        except Damaged as damage:
            yield str(damage)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.relative_to(folder).as_posix() not in {RECORD, *artifact.files}:
            yield f"{path}: surplus; the record does not name it"


def own_digest(document: dict[str, Any]) -> str:
    """The digest that `record.json` must hold of the rest of itself."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode())


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
    return _as_text(document).encode()


def _as_text(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _cannot_write(folder: Path, error: OSError) -> InputError:
    return InputError(
        f"{folder}: cannot be written ({error.strerror}); make room or choose another folder; "
        "what was finished before is kept"
    )
