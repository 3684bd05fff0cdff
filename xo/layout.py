"""Finds the images of a train/test set in a folder or a zip, and says by name what is wrong with one that is none.

Known here only: the two layouts that are read, train/<class>/<image> and the original's train_data/<class>_sm/<image>.
"""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

from xo.errors import InputError
from xo.images import SUFFIXES

SPLITS = {"train": ("train", "train_data"), "test": ("test", "test_data")}
CLASSES = {"circles_sm": "circles", "crosses_sm": "crosses"}  # the original's folders -> our class names
FEWEST, MOST = 2, 10  # classes
LARGEST_FILE, LARGEST_SET, MOST_FILES = 2**24, 2**31, 200_000  # bytes, bytes, files
LARGEST_RATIO = 500  # of unpacked to packed bytes; the original's zip has 5, a bomb about 1,000
_CLUTTER = ("Thumbs.db", "desktop.ini", "__MACOSX")  # what file managers leave; so are names that start with a dot
_EXPECTED = "expected train/<class>/<image> and test/<class>/<image>"


@dataclass(frozen=True)
class Layout:
    """Where each image is: paths[split] and, in the same order, labels[split] and ids[split] ("circles/0007.png")."""

    classes: tuple[str, ...]
    paths: dict[str, tuple[str, ...]]
    labels: dict[str, tuple[int, ...]]
    ids: dict[str, tuple[str, ...]]


class Folder:
    """A folder of the file system; `stamps` keeps size and times of every file that was listed."""

    def __init__(self, root: Path):
        self.name = str(root)
        self.stamps: dict[str, tuple[int, int, int]] = {}  # path -> (bytes, mtime, ctime in ns)
        if not root.is_dir():
            raise InputError(f"{root}: no such folder; {_EXPECTED}" if not root.exists() else
                             f"{root}: not a folder; bring a zip in with `python -m xo data import {root}`")
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
                            raise InputError(f"{self.name}/{inside}: neither a file nor a folder; remove it")
                        self.stamps[inside] = (status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                        files.append(entry.name)
        except OSError as error:
            raise InputError(f"{error.filename or self.name}: cannot be read ({error.strerror}); "
                             "remove it, or make it readable") from None
        return sorted(folders), sorted(files)

    def _refuse_leaving(self, entry: os.DirEntry, inside: str) -> None:
        """Raise when a symbolic link points out of the folder."""
        real = os.path.realpath(entry.path)
        if not Path(real).is_relative_to(self._real):
            raise InputError(f"{self.name}/{inside}: a link that leaves the folder (to {real}); "
                             "copy the file in, or remove the link")

    def size(self, path: str) -> int:
        """Bytes of a file that was listed."""
        return self.stamps[path][0]

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        try:
            return Path(self.name, path).read_bytes()
        except OSError as error:
            raise InputError(f"{self.name}/{path}: cannot be read ({error.strerror}); "
                             "remove it, or make it readable") from None


class Archive:
    """A zip, read as if it were unpacked, which it never is; a single folder around everything is looked into."""

    def __init__(self, path: Path):
        self.name = str(path)
        self._tree: dict[str, tuple[set[str], set[str]]] = {"": (set(), set())}  # folder -> (folders, files) in it
        self._entries: dict[str, zipfile.ZipInfo] = {}
        try:
            self._zip = zipfile.ZipFile(path)
            entries = self._zip.infolist()
        except (OSError, ValueError, NotImplementedError, zipfile.BadZipFile) as error:
            raise InputError(f"{path}: not a readable zip ({error}); fetch it again, or give a folder") from None
        self._refuse_bomb(entries)
        for entry in entries:
            self._add(entry)
        self._top = ""
        while not self._tree[self._top][1] and len(self._tree[self._top][0]) == 1:
            only = next(iter(self._tree[self._top][0]))
            if any(only in names for names in SPLITS.values()):
                break
            self._top = self._join(self._top, only)

    def _refuse_bomb(self, entries: list[zipfile.ZipInfo]) -> None:
        """Raise when unpacking would fill a disk. zipfile never gives more bytes than an entry declares."""
        unpacked, packed = sum(entry.file_size for entry in entries), os.path.getsize(self.name)
        if len(entries) > MOST_FILES or unpacked > LARGEST_SET:
            raise InputError(f"{self.name}: {len(entries):,} entries, {unpacked:,} bytes unpacked; "
                             f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give a smaller set")
        if unpacked > LARGEST_FILE and unpacked > LARGEST_RATIO * packed:
            raise InputError(f"{self.name}: unpacks to {unpacked // packed:,} times its size, which no set of images "
                             "does (a zip bomb?); unpack it yourself if you trust it, and give the folder")

    def _add(self, entry: zipfile.ZipInfo) -> None:
        """Put one entry into the tree, or raise."""
        name = entry.filename.replace("\\", "/")
        parts = name.rstrip("/").split("/")
        if name.startswith("/") or ".." in parts or ":" in parts[0]:
            raise InputError(f"{self.name}: entry {entry.filename!r} leaves the folder; pack the set anew")
        if any(_is_clutter(part) for part in parts):
            return
        if stat.S_ISLNK(entry.external_attr >> 16):
            raise InputError(f"{self.name}: entry {entry.filename!r} is a link; pack the file itself")
        if entry.flag_bits & 1:
            raise InputError(f"{self.name}: entry {entry.filename!r} is encrypted; pack it without a password")
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
            raise InputError(f"{self.name}/{path}: cannot be unpacked ({error}); fetch the zip again") from None


def find(source: Folder | Archive) -> Layout:
    """The layout of a set of 2 to 10 classes; anything that could make it another set than was meant is refused."""
    folders, _ = source.list("")
    split_folders = {}
    for split, names in SPLITS.items():
        found = [name for name in names if name in folders]
        if len(found) > 1:
            raise InputError(f"{source.name}: holds both {found[0]} and {found[1]}; keep one of them")
        if found:
            split_folders[split] = found[0]
    if len(split_folders) < len(SPLITS):
        raise _misplaced(source, split_folders)
    classes = _classes(source, split_folders)
    paths: dict[str, list[str]] = {split: [] for split in SPLITS}
    labels: dict[str, list[int]] = {split: [] for split in SPLITS}
    ids: dict[str, list[str]] = {split: [] for split in SPLITS}
    for split, folder in split_folders.items():
        for label, (name, inside) in enumerate(classes.items()):
            for file in _images(source, f"{folder}/{inside[split]}"):
                paths[split].append(f"{folder}/{inside[split]}/{file}")
                labels[split].append(label)
                ids[split].append(f"{name}/{file}")
    everything = [path for split in paths.values() for path in split]
    if len(everything) > MOST_FILES or sum(map(source.size, everything)) > LARGEST_SET:
        raise InputError(f"{source.name}: {len(everything):,} images of {sum(map(source.size, everything)):,} bytes; "
                         f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give a smaller set")
    return Layout(tuple(classes), *({split: tuple(rows) for split, rows in part.items()} for part in (paths, labels, ids)))


def _misplaced(source: Folder | Archive, found: dict[str, str]) -> InputError:
    """Why a folder without both splits is the wrong one, and which would be right."""
    folders, files = source.list("")
    name = source.name
    if found:
        there, missing = next(iter(found.values())), next(split for split in SPLITS if split not in found)
        return InputError(f"{name}: has {there} but no {missing} folder; {_EXPECTED}")
    for folder in folders:
        try:
            below, images = source.list(folder)
        except InputError:
            continue
        if all(any(n in below for n in names) for names in SPLITS.values()):
            split_names = [n for names in SPLITS.values() for n in names if n in below]
            return _too_high(name, split_names, f"{name}/{folder}")
        if any(map(_is_image, images)):
            return InputError(f"{name}: one level too low, its folders ({', '.join(folders[:3])}) are classes and not "
                              f"train and test; give the folder above it ({os.path.dirname(os.path.abspath(name))})")
    if any(map(_is_image, files)):
        above = os.path.dirname(os.path.dirname(os.path.abspath(name)))
        return InputError(f"{name}: two levels too low, it holds the images of one class; "
                          f"give the folder that holds train and test ({above})")
    return InputError(f"{name}: holds no train and test folders; {_EXPECTED}")


def _too_high(name: str, classes: list[str], right: str) -> InputError:
    return InputError(f"{name}: one level too high, its classes would be {' and '.join(classes)} (the very mistake that "
                      f"the original's logs show); give {right}")


def _classes(source: Folder | Archive, split_folders: dict[str, str]) -> dict[str, dict[str, str]]:
    """Class name -> {split: its folder}, sorted by name; both splits must hold the same 2 to 10."""
    inside: dict[str, dict[str, str]] = {}
    for split, folder in split_folders.items():
        folders, files = source.list(folder)
        for file in filter(_is_image, files):
            raise InputError(f"{source.name}/{folder}/{file}: an image outside every class; move it into a class's folder")
        if any(all(n in folders for n in names) for names in zip(*SPLITS.values())):
            raise _too_high(source.name, folders, f"{source.name}/{folder}")
        for name in folders:
            if not name.isprintable():
                raise InputError(f"{source.name}/{folder}/{name!r}: a name that cannot be printed; rename the folder")
            if inside.setdefault(CLASSES.get(name, name), {}).setdefault(split, name) != name:
                raise InputError(f"{source.name}/{folder}/{name}: a second folder for class {CLASSES[name]}; merge them")
    for name, by_split in inside.items():
        for split in split_folders:
            if split not in by_split:
                other = next(iter(by_split))
                raise InputError(f"{source.name}/{split_folders[split]}: lacks class {name}, which "
                                 f"{split_folders[other]} has; both need the same classes")
    if not FEWEST <= len(inside) <= MOST:
        raise InputError(f"{source.name}: {len(inside)} classes in {split_folders['train']} "
                         f"({', '.join(sorted(inside)[:3]) or 'no folders'}); from {FEWEST} to {MOST} can be told apart")
    return dict(sorted(inside.items()))


def _images(source: Folder | Archive, folder: str) -> list[str]:
    """The files of one class, or raise when there is none or something that is no image."""
    folders, files = source.list(folder)
    where = f"{source.name}/{folder}"
    if folders:
        raise InputError(f"{where}/{folders[0]}: a folder inside a class; move its images up, or remove it")
    if not files:
        raise InputError(f"{where}: no image in this class; add some, or remove the class from train and test")
    for file in files:
        if not _is_image(file):
            raise InputError(f"{where}/{file}: not an image by its name ({', '.join(SUFFIXES)}); remove it")
        if not file.isprintable():
            raise InputError(f"{where}/{file!r}: a name that cannot be printed; rename the file")
        if source.size(f"{folder}/{file}") > LARGEST_FILE:
            raise InputError(f"{where}/{file}: {source.size(f'{folder}/{file}'):,} bytes; at most {LARGEST_FILE:,} "
                             "are read, so save the image smaller")
    return files


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)


def _is_clutter(name: str) -> bool:
    return name.startswith(".") or name in _CLUTTER
