"""A folder and a zip read the same way: `list` and `read` by a path inside, nothing outside ever touched.

Known here only: what a hostile or damaged folder or zip looks like.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from pathlib import Path

from xo.errors import InputError

LARGEST_FILE, LARGEST_SET, MOST_FILES = 2**24, 2**31, 200_000  # bytes, bytes, files
LARGEST_RATIO = 500  # of unpacked to packed bytes; the original's zip has 5, a bomb about 1,000
_CLUTTER = (
    "Thumbs.db",
    "desktop.ini",
    "__MACOSX",
)  # what file managers leave; so are names that start with a dot


class Folder:
    """A folder of the file system; `stamps` keeps size and times of every file that was listed."""

    def __init__(self, root: Path):
        self.name = str(root)
        self.stamps: dict[str, tuple[int, int, int]] = {}  # path -> (bytes, mtime, ctime in ns)
        if not root.is_dir():
            raise InputError(
                f"{root}: no such folder; expected one with train and test in it"
                if not root.exists()
                else f"{root}: not a folder; bring a zip in with `python -m xo data import {root}`"
            )
        self._real = os.path.realpath(root)

    def list(self, path: str) -> tuple[list[str], list[str]]:
        """Names of the folders and of the files in one folder, sorted."""
        folders, files = [], []
        try:
            with os.scandir(os.path.join(self.name, path)) as entries:
                for entry in entries:
                    if _is_clutter(entry.name):
                        continue
                    inside = f"{path}/{entry.name}" if path else entry.name
                    if entry.is_symlink():
                        self._refuse_leaving(entry, inside)
                    if entry.is_dir():
                        folders.append(entry.name)
                    else:
                        status = entry.stat()
                        if not stat.S_ISREG(status.st_mode):
                            raise InputError(
                                f"{self.name}/{inside}: neither a file nor a folder; remove it"
                            )
                        self.stamps[inside] = (
                            status.st_size,
                            status.st_mtime_ns,
                            status.st_ctime_ns,
                        )
                        files.append(entry.name)
        except OSError as error:
            raise InputError(
                f"{error.filename or self.name}: cannot be read ({error.strerror}); "
                "remove it, or make it readable"
            ) from None
        return sorted(folders), sorted(files)

    def _refuse_leaving(self, entry: os.DirEntry, inside: str) -> None:
        """Raise when a symbolic link points out of the folder."""
        real = os.path.realpath(entry.path)
        if not Path(real).is_relative_to(self._real):
            raise InputError(
                f"{self.name}/{inside}: a link that leaves the folder (to {real}); "
                "copy the file in, or remove the link"
            )

    def size(self, path: str) -> int:
        """Bytes of a file that was listed."""
        return self.stamps[path][0]

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        try:
            return Path(self.name, path).read_bytes()
        except OSError as error:
            raise InputError(
                f"{self.name}/{path}: cannot be read ({error.strerror}); "
                "remove it, or make it readable"
            ) from None


class Archive:
    """A zip, read as if it were unpacked, which it never is."""

    def __init__(self, path: Path):
        self.name = str(path)
        self._tree: dict[str, tuple[set[str], set[str]]] = {
            "": (set(), set())
        }  # folder -> (folders, files) in it
        self._entries: dict[str, zipfile.ZipInfo] = {}
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise InputError(
                f"{path}: not a readable zip ({error}); fetch it again, or give a folder"
            ) from None
        self._refuse_bomb(entries)
        for entry in entries:
            self._add(entry)
        self._top = ""

    def enter(self, folder: str) -> None:
        """Take a folder inside for the whole."""
        self._top, self.name = self._join(self._top, folder), f"{self.name}/{folder}"

    def _refuse_bomb(self, entries: list[zipfile.ZipInfo]) -> None:
        """Raise when unpacking would fill a disk. zipfile never gives more bytes than an entry declares."""
        unpacked, packed = sum(entry.file_size for entry in entries), os.path.getsize(self.name)
        if len(entries) > MOST_FILES or unpacked > LARGEST_SET:
            raise InputError(
                f"{self.name}: {len(entries):,} entries, {unpacked:,} bytes unpacked; "
                f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give a smaller set"
            )
        if unpacked > LARGEST_FILE and unpacked > LARGEST_RATIO * packed:
            raise InputError(
                f"{self.name}: unpacks to {unpacked // packed:,} times its size, which no set of images "
                "does (a zip bomb?); unpack it yourself if you trust it, and give the folder"
            )

    def _add(self, entry: zipfile.ZipInfo) -> None:
        """Put one entry into the tree, or raise."""
        name = entry.filename.replace("\\", "/")
        parts = name.rstrip("/").split("/")
        if ".." in parts or "" in parts or ":" in parts[0]:  # "" first: an absolute path
            raise InputError(
                f"{self.name}: entry {entry.filename!r} leaves the folder; pack the set anew"
            )
        if any(_is_clutter(part) for part in parts):
            return
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise InputError(
                f"{self.name}: entry {entry.filename!r} is a link; pack the file itself"
            )
        if entry.flag_bits & 1:
            raise InputError(
                f"{self.name}: entry {entry.filename!r} is encrypted; pack it without a password"
            )
        folder = ""
        for part in parts[:-1] if not name.endswith("/") else parts:
            self._tree[folder][0].add(part)
            folder = self._join(folder, part)
            self._tree.setdefault(folder, (set(), set()))
        if not name.endswith("/"):
            if parts[-1] in self._tree[folder][1]:
                raise InputError(f"{self.name}: two entries {entry.filename!r}; pack the set anew")
            self._tree[folder][1].add(parts[-1])
            self._entries["/".join(parts)] = entry

    @staticmethod
    def _join(folder: str, name: str) -> str:
        return f"{folder}/{name}" if folder else name

    def list(self, path: str) -> tuple[list[str], list[str]]:
        """Names of the folders and of the files in one folder, sorted."""
        folders, files = self._tree[self._join(self._top, path).rstrip("/")]
        return sorted(folders), sorted(files)

    def size(self, path: str) -> int:
        """Bytes of a file, unpacked."""
        return self._entries[self._join(self._top, path)].file_size

    def read(self, path: str) -> bytes:
        """The bytes of a file, unpacked and checked against the zip's CRC."""
        try:
            return self._zip.read(self._entries[self._join(self._top, path)])
        except (OSError, EOFError, RuntimeError, zlib.error, zipfile.BadZipFile) as error:
            raise InputError(
                f"{self.name}/{path}: cannot be unpacked ({error}); fetch the zip again"
            ) from None


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name in _CLUTTER
