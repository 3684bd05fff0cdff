"""Finds the images of a data set in a folder, and says by name why a wrong folder is wrong.

Two layouts are read: train/<class>/<image> and the original's train_data/<class>_sm/<image>.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from xo.data.images import SUFFIXES
from xo.errors import InputError

SPLITS = {"train": ("train", "train_data"), "test": ("test", "test_data")}
SPLIT_FOLDERS = tuple(name for names in SPLITS.values() for name in names)
CLASSES = {"circles_sm": "circles", "crosses_sm": "crosses"}  # the original's folders -> ours
FEWEST, MOST = 2, 100  # classes
LARGEST_FILE, LARGEST_SET, MOST_FILES = 2**24, 2**31, 200_000  # bytes, bytes, files
# What file managers and the like leave behind, in any case; so are names that start with a dot.
CLUTTER = ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "__pycache__")
_EXPECTED = "expected train/<class>/<image> and test/<class>/<image>"


@dataclass(frozen=True)
class Folder:
    """A folder on disk, read by paths inside it; links that leave it are refused."""

    root: Path
    name: str  # what messages call it: its path, or that of the archive it was extracted from
    extracted: bool = False
    left_out: set[str] = field(default_factory=set, compare=False)  # paths of clutter met so far

    def list(self, path: str) -> tuple[list[str], list[str]]:
        """Names of the folders and of the files in one folder, sorted; clutter is left out."""
        folders, files = [], []
        try:
            with os.scandir(self.root / path) as entries:
                for entry in entries:
                    if is_clutter(entry.name):
                        self.left_out.add(f"{path}/{entry.name}")
                        continue
                    where = (
                        f"{self.name}/{path}/{entry.name}" if path else f"{self.name}/{entry.name}"
                    )
                    if entry.is_symlink():
                        self._refuse_leaving(entry, where)
                    if entry.is_dir():
                        folders.append(entry.name)
                    elif stat.S_ISREG(entry.stat().st_mode):
                        files.append(entry.name)
                    else:
                        raise InputError(f"{where}: neither a file nor a folder; remove it")
        except OSError as error:
            raise _unreadable(error.filename or self.name, error) from None
        return sorted(folders), sorted(files)

    def _refuse_leaving(self, entry: os.DirEntry[str], where: str) -> None:
        target = Path(os.path.realpath(entry.path))
        if not target.is_relative_to(os.path.realpath(self.root)):
            raise InputError(
                f"{where}: a link that leaves the folder (to {target}); "
                "copy the file in, or remove the link"
            )

    def size(self, path: str) -> int:
        """Bytes of a file."""
        return (self.root / path).stat().st_size

    def read(self, path: str) -> bytes:
        """The bytes of a file."""
        try:
            return (self.root / path).read_bytes()
        except OSError as error:
            raise _unreadable(f"{self.name}/{path}", error) from None


def open_folder(root: Path) -> Folder:
    """The folder at `root`; InputError where there is none."""
    if not root.exists():
        raise InputError(f"{root}: no such folder; expected one with train and test in it")
    if not root.is_dir():
        raise InputError(
            f"{root}: not a folder; bring a zip in with `python -m xo data import {root}`"
        )
    return Folder(root, str(root))


class ImageFile(NamedTuple):
    """Where an image lies and what it is."""

    path: str  # in the folder: "train_data/circles_sm/0007.bmp"
    label: int  # index of the class
    id: str  # "circles/0007.bmp"


@dataclass(frozen=True)
class Layout:
    """Where the images of a data set lie."""

    classes: tuple[str, ...]
    files: dict[str, tuple[ImageFile, ...]]  # by split, in the order of classes and names


def find_layout(folder: Folder) -> Layout:
    """The layout of a set of 2 to 100 classes.

    Whatever could make it another set than was meant is refused with an InputError.
    """
    folders, _ = folder.list("")
    split_folders = {}
    for split, names in SPLITS.items():
        found = [name for name in names if name in folders]
        if len(found) > 1:
            raise InputError(
                f"{folder.name}: holds both {found[0]} and {found[1]}; keep one of them"
            )
        if found:
            split_folders[split] = found[0]
    if len(split_folders) < len(SPLITS):
        raise no_data_set(folder, split_folders)
    classes = _classes(folder, split_folders)
    files = {
        split: tuple(
            ImageFile(f"{top}/{names[split]}/{file}", label, f"{name}/{file}")
            for label, (name, names) in enumerate(classes.items())
            for file in _images(folder, f"{top}/{names[split]}")
        )
        for split, top in split_folders.items()
    }
    sizes = [folder.size(file.path) for split in files.values() for file in split]
    if len(sizes) > MOST_FILES or sum(sizes) > LARGEST_SET:
        raise InputError(
            f"{folder.name}: {len(sizes):,} images of {sum(sizes):,} bytes; "
            f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give a smaller set"
        )
    return Layout(tuple(classes), files)


def no_data_set(folder: Folder, found: Mapping[str, str] = MappingProxyType({})) -> InputError:
    """Why a folder without both splits is the wrong one, and which one would be right; `found` are
    the splits that it has, with their folders.
    """
    folders, files = folder.list("")
    if found:
        missing = next(split for split in SPLITS if split not in found)
        return InputError(
            f"{folder.name}: has {next(iter(found.values()))} but no {missing} folder; {_EXPECTED}"
        )
    guess = ""
    if any(map(is_image, files)):
        guess = (
            "; if its images are of one class, it is two levels too low: "
            "give the folder that holds train and test"
        )
    for name in folders:
        try:
            below, images = folder.list(name)
        except InputError:
            continue
        if all(any(each in below for each in names) for names in SPLITS.values()):
            splits = [each for each in SPLIT_FOLDERS if each in below]
            return _too_high(folder, splits, name)
        if any(map(is_image, images)):
            parent = os.path.dirname(os.path.abspath(folder.name))
            guess = (
                f"; if {', '.join(folders[:3])} are classes, it is one level too low: "
                f"give the folder above it ({'packed anew' if folder.extracted else parent})"
            )
    return InputError(f"{folder.name}: holds no train and test folders; {_EXPECTED}{guess}")


def _too_high(folder: Folder, classes: list[str], right: str) -> InputError:
    return InputError(
        f"{folder.name}: one level too high, its classes would be {' and '.join(classes)} "
        f"(the very mistake that the original's logs show); give {folder.name}/{right}"
    )


def _classes(folder: Folder, split_folders: dict[str, str]) -> dict[str, dict[str, str]]:
    """Class name -> {split: its folder}, sorted by name; both splits hold the same 2 to 100."""
    classes: dict[str, dict[str, str]] = {}
    for split, top in split_folders.items():
        where = f"{folder.name}/{top}"
        folders, files = folder.list(top)
        for file in filter(is_image, files):
            raise InputError(f"{where}/{file}: an image outside every class; move it into one")
        if any(all(name in folders for name in names) for names in zip(*SPLITS.values())):
            raise _too_high(folder, folders, top)
        for name in folders:
            if not is_printable(name):
                raise InputError(
                    f"{where}/{name!r}: a name that cannot be printed; rename the folder"
                )
            if classes.setdefault(CLASSES.get(name, name), {}).setdefault(split, name) != name:
                raise InputError(f"{where}/{name}: a second folder of {CLASSES[name]}; merge them")
    for name, by_split in classes.items():
        for split in split_folders:
            if split not in by_split:
                raise InputError(
                    f"{folder.name}/{split_folders[split]}: lacks class {name}, which "
                    f"{split_folders[next(iter(by_split))]} has; both need the same classes"
                )
    if not FEWEST <= len(classes) <= MOST:
        raise InputError(
            f"{folder.name}: {len(classes)} classes in {split_folders['train']} "
            f"({', '.join(sorted(classes)[:3]) or 'no folders'}); "
            f"{FEWEST} to {MOST} can be told apart"
        )
    return dict(sorted(classes.items()))


def _images(folder: Folder, path: str) -> list[str]:
    """The files of one class; InputError when there is none, or one that is no image."""
    folders, files = folder.list(path)
    where = f"{folder.name}/{path}"
    if folders:
        raise InputError(
            f"{where}/{folders[0]}: a folder inside a class; move its images up, or remove it"
        )
    if not files:
        raise InputError(
            f"{where}: no image in this class; add some, or remove the class from train and test"
        )
    for file in files:
        if not is_image(file):
            raise InputError(
                f"{where}/{file}: not an image by its name ({', '.join(SUFFIXES)}); remove it"
            )
        if not is_printable(file):
            raise InputError(f"{where}/{file!r}: a name that cannot be printed; rename the file")
        if (size := folder.size(f"{path}/{file}")) > LARGEST_FILE:
            raise InputError(
                f"{where}/{file}: {size:,} bytes; at most {LARGEST_FILE:,} are read, "
                "so save the image smaller"
            )
    return files


# Joiners that Persian, Indian scripts and emoji are written with, and their variation selectors.
_JOINERS = dict.fromkeys(map(ord, "\u200c\u200d\ufe0e\ufe0f"))


def is_printable(name: str) -> bool:
    """Whether a name shows, with the joiners that some scripts need."""
    return name.translate(_JOINERS).isprintable()


def is_clutter(name: str) -> bool:
    """Whether a file or folder of that name is left behind by a file manager."""
    return name.startswith(".") or name.casefold() in CLUTTER


def is_image(name: str) -> bool:
    """Whether a file of that name is taken for an image."""
    return name.lower().endswith(SUFFIXES)


def _unreadable(where: str, error: OSError) -> InputError:
    return InputError(f"{where}: cannot be read ({error.strerror}); remove it, or make it readable")
