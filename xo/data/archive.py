"""Extracts a zip into a scratch folder; what is hostile or damaged in one is refused by name."""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xo.data.folder import (
    LARGEST_FILE,
    LARGEST_SET,
    MOST_FILES,
    SPLIT_FOLDERS,
    Folder,
    is_clutter,
)
from xo.errors import InputError

LARGEST_RATIO = 500  # of unpacked to packed bytes; the original's zip has 5, a bomb about 1,000


@contextmanager
def extracted(path: Path) -> Iterator[Folder]:
    """The content of a zip as a folder, which is deleted when the block ends.

    A single outer folder is skipped: the packer made it, the user did not choose it.
    """
    with tempfile.TemporaryDirectory(prefix="xo-") as scratch:
        try:
            with zipfile.ZipFile(path) as archive:
                _extract(archive, path, Path(scratch))
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{path}: not a readable zip ({error}); fetch it again, or give a folder"
            ) from None
        folder = Folder(Path(scratch), str(path), extracted=True)
        while True:
            folders, files = folder.list("")
            if files or len(folders) != 1 or folders[0] in SPLIT_FOLDERS:
                break
            (only,) = folders
            folder = Folder(folder.root / only, f"{folder.name}/{only}", extracted=True)
        yield folder


def _extract(archive: zipfile.ZipFile, path: Path, target: Path) -> None:
    entries = archive.infolist()
    _refuse_bomb(entries, path)
    names = set()
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        parts = name.removesuffix("/").split("/")
        if ".." in parts or "" in parts or ":" in parts[0]:  # "" first: an absolute path
            raise InputError(f"{path}: entry {entry.filename!r} leaves the folder; pack it anew")
        if any(map(is_clutter, parts)):
            continue
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise InputError(f"{path}: entry {entry.filename!r} is a link; pack the file itself")
        if entry.flag_bits & 1:
            raise InputError(
                f"{path}: entry {entry.filename!r} is encrypted; pack it without a password"
            )
        if name in names and not name.endswith("/"):
            raise InputError(f"{path}: two entries {entry.filename!r}; pack it anew")
        names.add(name)
        entry.filename = name  # where it is extracted to
        try:
            archive.extract(entry, target)  # never more bytes than the entry declares
        except OSError as error:
            raise InputError(
                f"{path}/{name}: cannot be unpacked into {tempfile.gettempdir()} "
                f"({error.strerror or error}); make room there, or unpack it yourself"
            ) from None
        except (EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            raise InputError(
                f"{path}/{name}: cannot be unpacked ({error}); fetch the zip again"
            ) from None


def _refuse_bomb(entries: list[zipfile.ZipInfo], path: Path) -> None:
    """Raises InputError when unpacking would fill a disk."""
    unpacked, packed = sum(entry.file_size for entry in entries), os.path.getsize(path)
    if len(entries) > MOST_FILES or unpacked > LARGEST_SET:
        raise InputError(
            f"{path}: {len(entries):,} entries, {unpacked:,} bytes unpacked; "
            f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give less"
        )
    if unpacked > LARGEST_FILE and unpacked > LARGEST_RATIO * packed:
        raise InputError(
            f"{path}: unpacks to {unpacked // packed:,} times its size, which no set of images "
            "or records does (a zip bomb?); unpack it yourself if you trust it, and give the folder"
        )
