"""What the store keeps: an artifact with its inputs, its content and its files.

`record.json` holds the inputs, the content, the digest of each file and a digest of its own.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from xo.errors import InputError
from xo.store.inputs import Inputs, sha256

RECORD = "record.json"
ARRAYS = "arrays.safetensors"
_CHANGED = f"does not match the digest in {RECORD}"

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
            raise Damaged(self.folder, RECORD, f"not of this version ({error})") from error

    def has(self, file: str) -> bool:
        return file in self.files and (self.folder / file).is_file()

    @property
    def present_files(self) -> list[str]:
        """Its files but for deleted optional ones; raises Damaged where another is missing."""
        for file, stored in self.files.items():
            if not stored.optional and not self.has(file):
                raise Damaged(self.folder, file, "missing")
        return [file for file in self.files if self.has(file)]

    def record(self) -> bytes:
        """The content of its `record.json`, as it was written."""
        return as_text(
            {
                "kind": self.kind,
                "name": self.name,
                "key": self.key,
                "inputs": self.inputs,
                "content": self.content,
                "files": msgspec.to_builtins(self.files),
                "digest": self.digest,
            }
        ).encode()

    def read(self, file: str) -> bytes:
        """The bytes of a file; raises Damaged where they are not those that were written,
        InputError where they may not be read.
        """
        return _read_checked(self.folder, file, self.files[file].sha256)

    def rehash(self, file: str) -> None:
        """Raises Damaged where a file, of any size, is not as it was written."""
        try:
            with open(self.folder / file, "rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise _unreadable(self.folder, file, error) from error
        if found != self.files[file].sha256:
            raise Damaged(self.folder, file, _CHANGED)

    def compare_size(self, file: str) -> None:
        """Raises Damaged where a file is missing, or longer or shorter than it was written."""
        try:
            found = (self.folder / file).stat().st_size
        except OSError as error:
            raise _unreadable(self.folder, file, error) from error
        if found != self.files[file].bytes:
            raise Damaged(self.folder, file, _CHANGED)

    @property
    def array_names(self) -> tuple[str, ...]:
        """The names of the arrays in `arrays.safetensors`."""
        return tuple(_arrays(self.folder, self.files[ARRAYS].sha256))

    def array(self, name: str) -> np.ndarray:
        """One of the arrays; what is stored in half precision comes in single precision."""
        found = _arrays(self.folder, self.files[ARRAYS].sha256)[name]
        return found.astype(np.float32) if found.dtype == np.float16 else found


@lru_cache(maxsize=16)
def _arrays(folder: Path, expected: str) -> dict[str, np.ndarray]:
    from safetensors.numpy import load

    return load(_read_checked(folder, ARRAYS, expected))


def _read_checked(folder: Path, file: str, expected: str) -> bytes:
    try:
        content = (folder / file).read_bytes()
    except OSError as error:
        raise _unreadable(folder, file, error) from error
    if sha256(content) != expected:
        raise Damaged(folder, file, _CHANGED)
    return content


def _unreadable(folder: Path, file: str, error: OSError) -> Damaged | InputError:
    """What a file that cannot be read calls for; one that may not be read is no damage."""
    if isinstance(error, PermissionError):
        return InputError(f"{folder / file}: may not be read ({error.strerror}); make it readable")
    return Damaged(folder, file, f"cannot be read ({error.strerror})")


def read(folder: Path, rehash: bool = False, compare_sizes: bool = False) -> Artifact:
    """The artifact in a folder; with `rehash`, its files but optional ones must be as written, or
    with `compare_sizes` at least as long.

    Raises Damaged; InputError where a file may not be read, which is no damage.
    """
    try:
        document = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        record = msgspec.convert(document, _Record)
    except PermissionError as error:
        raise _unreadable(folder, RECORD, error) from error
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise Damaged(folder, RECORD, f"unreadable ({type(error).__name__}: {error})") from error
    if record.digest != own_digest(document):
        raise Damaged(folder, RECORD, "does not match its own digest")
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
    for file, stored in record.files.items():
        if rehash and not stored.optional:
            artifact.rehash(file)
        elif compare_sizes and not stored.optional:
            artifact.compare_size(file)
    return artifact


def own_digest(document: dict[str, Any]) -> str:
    """The digest that `record.json` must hold of the rest of itself."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode())


def as_text(document: dict[str, Any]) -> str:
    """The text of `record.json`."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
