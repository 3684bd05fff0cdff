"""Finds the images of a train/test set in a folder or a zip, and says by name why a wrong one is wrong.

Known here only: the two layouts that are read, train/<class>/<image> and the original's train_data/<class>_sm/<image>.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from xo.data.archive import LARGEST_FILE, LARGEST_SET, MOST_FILES, Archive, Folder
from xo.data.images import SUFFIXES
from xo.errors import InputError

SPLITS = {"train": ("train", "train_data"), "test": ("test", "test_data")}
_SPLIT_FOLDERS = tuple(name for names in SPLITS.values() for name in names)
CLASSES = {
    "circles_sm": "circles",
    "crosses_sm": "crosses",
}  # the original's folders -> our class names
FEWEST, MOST = 2, 10  # classes
_EXPECTED = "expected train/<class>/<image> and test/<class>/<image>"


@dataclass(frozen=True)
class Layout:
    """Where each image is: paths[split] and, in the same order, labels[split] and ids[split] ("circles/0007.png")."""

    classes: tuple[str, ...]
    paths: dict[str, tuple[str, ...]]
    labels: dict[str, tuple[int, ...]]
    ids: dict[str, tuple[str, ...]]


def find(source: Folder | Archive) -> Layout:
    """The layout of a set of 2 to 10 classes; anything that could make it another set than was meant is refused."""
    folders, files = source.list("")
    while (
        isinstance(source, Archive)
        and not files
        and len(folders) == 1
        and folders[0] not in _SPLIT_FOLDERS
    ):
        source.enter(
            folders[0]
        )  # a zip's single outer folder is the packer's, not a choice of the user's
        folders, files = source.list("")
    split_folders = {}
    for split, names in SPLITS.items():
        found = [name for name in names if name in folders]
        if len(found) > 1:
            raise InputError(
                f"{source.name}: holds both {found[0]} and {found[1]}; keep one of them"
            )
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
        raise InputError(
            f"{source.name}: {len(everything):,} images of {sum(map(source.size, everything)):,} bytes; "
            f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give a smaller set"
        )
    return Layout(
        tuple(classes),
        *({split: tuple(part[split]) for split in SPLITS} for part in (paths, labels, ids)),
    )


def _misplaced(source: Folder | Archive, found: dict[str, str]) -> InputError:
    """Why a folder without both splits is the wrong one, and which would be right."""
    folders, files = source.list("")
    name = source.name
    above = os.path.dirname(os.path.abspath(name)) if isinstance(source, Folder) else "packed anew"
    if found:
        there, missing = (
            next(iter(found.values())),
            next(split for split in SPLITS if split not in found),
        )
        return InputError(f"{name}: has {there} but no {missing} folder; {_EXPECTED}")
    guess = ""
    if any(map(_is_image, files)):
        guess = "; if its images are of one class, it is two levels too low: give the folder that holds train and test"
    for folder in folders:
        try:
            below, images = source.list(folder)
        except InputError:
            continue
        if all(any(n in below for n in names) for names in SPLITS.values()):
            return _too_high(name, [n for n in _SPLIT_FOLDERS if n in below], f"{name}/{folder}")
        if any(map(_is_image, images)):
            guess = (
                f"; if {', '.join(folders[:3])} are classes, it is one level too low: "
                f"give the folder above it ({above})"
            )
    return InputError(f"{name}: holds no train and test folders; {_EXPECTED}{guess}")


def _too_high(name: str, classes: list[str], right: str) -> InputError:
    return InputError(
        f"{name}: one level too high, its classes would be {' and '.join(classes)} (the very mistake "
        f"that the original's logs show); give {right}"
    )


def _classes(source: Folder | Archive, split_folders: dict[str, str]) -> dict[str, dict[str, str]]:
    """Class name -> {split: its folder}, sorted by name; both splits must hold the same 2 to 10."""
    inside: dict[str, dict[str, str]] = {}
    for split, folder in split_folders.items():
        folders, files = source.list(folder)
        for file in filter(_is_image, files):
            raise InputError(
                f"{source.name}/{folder}/{file}: an image outside every class; move it into one"
            )
        if any(all(n in folders for n in names) for names in zip(*SPLITS.values())):
            raise _too_high(source.name, folders, f"{source.name}/{folder}")
        for name in folders:
            if not name.isprintable():
                raise InputError(
                    f"{source.name}/{folder}/{name!r}: a name that cannot be printed; rename the folder"
                )
            if inside.setdefault(CLASSES.get(name, name), {}).setdefault(split, name) != name:
                raise InputError(
                    f"{source.name}/{folder}/{name}: a second folder of {CLASSES[name]}; merge them"
                )
    for name, by_split in inside.items():
        for split in split_folders:
            if split not in by_split:
                other = next(iter(by_split))
                raise InputError(
                    f"{source.name}/{split_folders[split]}: lacks class {name}, which "
                    f"{split_folders[other]} has; both need the same classes"
                )
    if not FEWEST <= len(inside) <= MOST:
        raise InputError(
            f"{source.name}: {len(inside)} classes in {split_folders['train']} "
            f"({', '.join(sorted(inside)[:3]) or 'no folders'}); {FEWEST} to {MOST} can be told apart"
        )
    return dict(sorted(inside.items()))


def _images(source: Folder | Archive, folder: str) -> list[str]:
    """The files of one class, or raise when there is none or something that is no image."""
    folders, files = source.list(folder)
    where = f"{source.name}/{folder}"
    if folders:
        raise InputError(
            f"{where}/{folders[0]}: a folder inside a class; move its images up, or remove it"
        )
    if not files:
        raise InputError(
            f"{where}: no image in this class; add some, or remove the class from train and test"
        )
    for file in files:
        if not _is_image(file):
            raise InputError(
                f"{where}/{file}: not an image by its name ({', '.join(SUFFIXES)}); remove it"
            )
        if not file.isprintable():
            raise InputError(f"{where}/{file!r}: a name that cannot be printed; rename the file")
        if source.size(f"{folder}/{file}") > LARGEST_FILE:
            raise InputError(
                f"{where}/{file}: {source.size(f'{folder}/{file}'):,} bytes; at most {LARGEST_FILE:,} "
                "are read, so save the image smaller"
            )
    return files


def _is_image(name: str) -> bool:
    return name.lower().endswith(SUFFIXES)
