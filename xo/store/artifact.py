"""What the store keeps: an artifact with its inputs, its content and its files.

`record.json` holds the inputs, the content, the digest of each file and, sealed, its own.
"""

from __future__ import annotations

import errno
import json
import os
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import numpy as np

from xo.errors import InputError
from xo.store import disk, sealed
from xo.store.inputs import Inputs, digest, sha256

RECORD = "record.json"
ARRAYS = "arrays.safetensors"
SMALL = 2**12  # bytes of an array that stays in memory
_CHANGED = f"does not match the digest in {RECORD}"
# What the system says of a file that is not there as it was written. Whatever else keeps it from
# being read, as want of rights, says nothing about the file.
_DAMAGE = (errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EIO)

T = TypeVar("T")


class Damaged(Exception):
    """An artifact that does not read back as it was written."""

    def __init__(self, folder: Path, file: str, problem: str):
        super().__init__(folder, file, problem)
        self.folder = folder

    def __str__(self) -> str:
        folder, file, problem = self.args
        return f"{folder / file}: {problem}"

    def at(self, folder: Path) -> Damaged:
        """The same of the artifact in another folder."""
        return Damaged(folder, *self.args[1:])


class StoredFile(msgspec.Struct, frozen=True):
    """What `record.json` says of one file of an artifact."""

    sha256: str
    bytes: int
    optional: bool = False  # it may be deleted later without harm, as the weights of a run


class _Record(msgspec.Struct, frozen=True):
    """What `record.json` says beside the content."""

    kind: str
    name: str
    key: str
    inputs: Inputs
    files: dict[str, StoredFile]
    digest: str  # SHA-256 of all before it, see `sealed`


class _Content(msgspec.Struct, Generic[T], frozen=True):
    """The content in `record.json`."""

    content: T


@dataclass(frozen=True)
class Artifact:
    """Something that was computed and kept; its files are rehashed as they are read."""

    folder: Path
    kind: str
    name: str
    key: str
    inputs: Inputs = field(repr=False)
    files: dict[str, StoredFile] = field(repr=False)
    digest: str
    record: bytes = field(repr=False)  # the text of its `record.json`; empty in a RunRecord

    def content_as(self, type_: type[T]) -> T:
        """The content, validated; raises Damaged where it is not of this type."""
        try:
            content = _decode(self.record, _Content[type_], strict=False)  # type: ignore[valid-type]
            return content.content
        except (ValueError, RecursionError) as error:
            raise Damaged(self.folder, RECORD, f"not of this version ({error})") from error

    @property
    def has_own_key(self) -> bool:
        """Whether its key is that of its inputs."""
        try:
            return self.key == digest(self.inputs)
        except RecursionError:  # of inputs that lie deeper than any that were written
            return False

    def has(self, file: str) -> bool:
        return file in self.files and (self.folder / file).is_file()

    def lacks(self, file: str) -> bool:
        """Whether there is nothing of that name; what is there may still be damaged."""
        return not os.path.lexists(self.folder / file)

    @property
    def present_files(self) -> list[str]:
        """Its files but for deleted optional ones; raises Damaged where another is missing."""
        for file, stored in self.files.items():
            if not stored.optional and not self.has(file):
                raise Damaged(self.folder, file, "missing")
        return [file for file in self.files if self.has(file)]

    def read(self, file: str) -> bytes:
        """The bytes of a file; raises Damaged where they are not those that were written,
        InputError where they may not be read.
        """
        return _read_checked(self.folder, file, self.files[file].sha256)

    def rehash(self, file: str) -> None:
        """Raises Damaged where a file, of any size, is not as it was written."""
        try:
            found = disk.sha256(self.folder / file)
        except OSError as error:
            raise unreadable(self.folder, file, error) from error
        if found != self.files[file].sha256:
            raise Damaged(self.folder, file, _CHANGED)

    def rehash_all(self) -> None:
        """Raises Damaged where any file that is there, weights too, is not as it was written, or
        one is missing that may not be deleted.
        """
        for file in self.present_files:
            self.rehash(file)

    def compare_size(self, file: str) -> None:
        """Raises Damaged where a file is missing, or longer or shorter than it was written."""
        try:
            found = (self.folder / file).stat().st_size
        except OSError as error:
            raise unreadable(self.folder, file, error) from error
        if found != self.files[file].bytes:
            raise Damaged(self.folder, file, _CHANGED)

    @property
    def array_names(self) -> tuple[str, ...]:
        """The names of the arrays in `arrays.safetensors`."""
        return tuple(_arrays(self.folder, self.files[ARRAYS].sha256))

    def array(self, name: str) -> np.ndarray:
        """One of the arrays; what is stored in half precision comes in single precision."""
        expected = self.files[ARRAYS].sha256
        found = _small_array(self.folder, expected, name)
        if found is None:
            found = _arrays(self.folder, expected)[name]
        return found.astype(np.float32) if found.dtype == np.float16 else found


@lru_cache(maxsize=2**15)
def _small_array(folder: Path, expected: str, name: str) -> np.ndarray | None:
    """One of the arrays, if it is small, as the losses of all batches, which results of many runs
    ask for again and again.
    """
    found = _arrays(folder, expected)[name]
    return found if found.nbytes <= SMALL else None


@lru_cache(maxsize=16)
def _arrays(folder: Path, expected: str) -> dict[str, np.ndarray]:
    from safetensors.numpy import load

    return load(_read_checked(folder, ARRAYS, expected))


def _read_checked(folder: Path, file: str, expected: str) -> bytes:
    try:
        content = disk.read(folder / file)
    except OSError as error:
        raise unreadable(folder, file, error) from error
    if sha256(content) != expected:
        raise Damaged(folder, file, _CHANGED)
    return content


def unreadable(folder: Path, file: str, error: OSError) -> Damaged | InputError:
    """What to raise where a file cannot be read: InputError where it may be as it was written."""
    if error.errno in _DAMAGE:
        return Damaged(folder, file, f"cannot be read ({error.strerror})")
    return InputError(
        f"{folder / file}: cannot be read ({error.strerror}); make it readable, with all above it"
    )


def read(folder: Path, rehash: bool = False, compare_sizes: bool = False) -> Artifact:
    """The artifact in a folder; with `rehash`, its files but optional ones must be as written, or
    with `compare_sizes` all that are there at least as long.

    Raises Damaged; InputError where a file may not be read, which is no damage.
    """
    try:
        text = disk.read(folder / RECORD)
        record = _decode(text, _Record)
        intact = sealed.is_intact(text)
    except OSError as error:
        raise unreadable(folder, RECORD, error) from error
    except (ValueError, RecursionError) as error:
        raise Damaged(folder, RECORD, f"unreadable ({type(error).__name__}: {error})") from error
    if not intact:
        raise Damaged(folder, RECORD, "does not match its own digest")
    artifact = Artifact(
        folder,
        record.kind,
        record.name,
        record.key,
        record.inputs,
        record.files,
        record.digest,
        text,
    )
    for file, stored in record.files.items():
        if rehash and not stored.optional:
            artifact.rehash(file)
        elif (compare_sizes or rehash) and not (stored.optional and artifact.lacks(file)):
            artifact.compare_size(file)
    return artifact


def _decode(text: bytes, type_: type[T], strict: bool = True) -> T:
    """The JSON in a text, with NaN and infinities too, which standard JSON lacks and a network that
    diverged leaves; raises ValueError.
    """
    try:
        return msgspec.json.decode(text, type=type_, strict=strict)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError:
        document = json.loads(text.decode())
        json.dumps(document, ensure_ascii=False).encode()  # raises where a string is no text
        return msgspec.convert(document, type_, strict=strict)
