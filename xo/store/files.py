"""Writes files and folders whole or not at all, whatever interrupts or else writes the same.

What is not finished lies beside its place under a hidden name, which nothing else has.
"""

from __future__ import annotations

import glob
import itertools
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from xo.store import disk

LONGEST_WRITE = 600  # seconds; an unfinished file that is older belongs to nobody
_UNFINISHED_FILE = re.compile(r"\.(?P<name>.+)\.[0-9a-f]{8}")
_UNFINISHED_FOLDER = re.compile(r"\.(?P<name>.+)-[0-9a-f]{8}")


def write_atomically(path: Path, content: bytes | str) -> None:
    """Writes a file; a reader sees the old content or the new one. Its folder may be missing."""
    make_folders(path.parent)
    with _replacing(path) as temporary:
        disk.write(temporary, content.encode() if isinstance(content, str) else content)


@contextmanager
def open_atomically(path: Path) -> Iterator[IO[bytes]]:
    """A new file to write to, which takes the place of `path` when the block ends without error."""
    with _replacing(path) as temporary, open(temporary, "xb") as file:
        yield file


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        yield temporary
        disk.sync(temporary)
        disk.rename(temporary, path)
    except BaseException:
        with suppress(OSError):
            disk.remove(temporary)
        raise


def make_folders(folder: Path) -> None:
    """Makes a folder, unless it is there, with those that it lies in."""
    missing = itertools.takewhile(lambda each: not each.is_dir(), (folder, *folder.parents))
    for each in reversed(list(missing)):
        try:
            disk.make_folder(each)
        except FileExistsError:  # another process was first
            if not each.is_dir():
                raise


def temporary_folder(beside: Path) -> Path:
    """A new empty hidden folder next to `beside`, with the usual permissions."""
    make_folders(beside.parent)
    folder = unfinished_name(beside)
    disk.make_folder(folder)
    return folder


def unfinished_name(folder: Path) -> Path:
    """A hidden name next to `folder` that nothing else has."""
    return folder.with_name(f".{folder.name}-{secrets.token_hex(4)}")


def unfinished_folder(path: Path) -> Path | None:
    """The folder that an unfinished one was to become, or an old one was; None for any other."""
    match = _UNFINISHED_FOLDER.fullmatch(path.name)
    return path.with_name(match["name"]) if match else None


def sweep_folders(folder: Path) -> None:
    """Removes the unfinished ones and the old ones of `folder`, whose writers are not at work any
    more; the caller keeps others from writing it.
    """
    for path in folder.parent.glob(f".{glob.escape(folder.name)}-*"):
        if unfinished_folder(path) == folder:
            with suppress(OSError):
                disk.remove(path)


def sweep_files(folder: Path) -> None:
    """Removes the unfinished files in `folder` that nobody writes any more."""
    for path in folder.glob(".*"):
        with suppress(OSError):
            if _UNFINISHED_FILE.fullmatch(path.name) and path.is_file():
                if time.time() - path.lstat().st_mtime > LONGEST_WRITE:
                    disk.remove(path)


def sync_tree(folder: Path) -> None:
    """Has every file and folder in `folder`, and the folder itself, written to the disk."""
    for path in sorted(folder.rglob("*"), reverse=True):  # what a folder holds comes before it
        disk.sync(path)
    disk.sync(folder)
