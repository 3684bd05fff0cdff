"""What is written to the disk and read back, by a few calls alone, so that tests can make any of
them fail, kill the process there, or play the loss of power.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path


def read(path: Path) -> bytes:
    """The bytes of a file."""
    return path.read_bytes()


def sha256(path: Path) -> str:
    """The SHA-256 of a file of any size, in 64 hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(path: Path, content: bytes) -> None:
    """Writes a new file."""
    with open(path, "xb") as file:
        file.write(content)


def make_folder(path: Path) -> None:
    """Makes a new folder, with the usual permissions."""
    path.mkdir()


def sync(path: Path) -> None:
    """Has a file, or the names in a folder, written to the disk."""
    if os.name == "nt" and path.is_dir():
        return  # Windows opens no folders
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def rename(old: Path, new: Path) -> None:
    """Gives a file or folder another name; a file takes the place of what was there."""
    os.replace(old, new)


def remove(path: Path) -> None:
    """Deletes a file, or a folder with all in it."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
