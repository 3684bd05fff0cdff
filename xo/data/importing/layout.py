"""Finds the images of a source, their classes and their splits, in the layouts that people have:
splits under many names, three of them or none, class folders, a table of labels.
"""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from xo.data import folder as canonical
from xo.data.folder import (
    FEWEST,
    LARGEST_FILE,
    LARGEST_SET,
    MOST,
    MOST_FILES,
    Folder,
    is_image,
    is_printable,
)
from xo.data.images import SUFFIXES
from xo.data.importing import names
from xo.data.importing.options import ImportOptions
from xo.errors import InputError

_EXPECTED = "expected train/<class>/<image> and test/<class>/<image>"
_NO_DATA = ("license", "licence", "readme", "copying", "citation", "changelog", "labels")
_NO_DATA_SUFFIXES = (".csv", ".tsv", ".md", ".json", ".xml", ".yaml", ".yml", ".html", ".ini")


class SourceImage(NamedTuple):
    """An image of a source."""

    path: str  # in the source
    label: str  # the name of its class
    split: str  # train, test or validation; empty: not known


@dataclass
class Source:
    """What was found."""

    images: list[SourceImage] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)  # files that are no data, by name

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(sorted({image.label for image in self.images}))


def find_images(folder: Folder, options: ImportOptions) -> Source:
    """The images of a source in the order of splits, classes and names.

    Raises InputError on whatever could make it another set than was meant.
    """
    source = Source()
    if options.labels:
        source.images = list(_labelled(folder, options, source))
    else:
        source.images = list(_in_folders(folder, options, source))
    _refuse_sizes(folder, source)
    if not FEWEST <= len(source.classes) <= MOST:
        raise InputError(
            f"{folder.name}: {len(source.classes)} classes "
            f"({', '.join(source.classes[:3]) or 'no folders'}); "
            f"{FEWEST} to {MOST} can be told apart"
        )
    return source


def _refuse_sizes(folder: Folder, source: Source) -> None:
    sizes = []
    for image in source.images:
        sizes.append(folder.size(image.path))
        if sizes[-1] > LARGEST_FILE:
            raise InputError(
                f"{folder.name}/{image.path}: {sizes[-1]:,} bytes; at most {LARGEST_FILE:,} are "
                "read, so save the image smaller"
            )
    if len(sizes) > MOST_FILES or sum(sizes) > LARGEST_SET:
        raise InputError(
            f"{folder.name}: {len(sizes):,} images of {sum(sizes):,} bytes; "
            f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give a smaller set"
        )


# Class folders, with or without splits above them


def _in_folders(folder: Folder, options: ImportOptions, source: Source) -> Iterator[SourceImage]:
    folders, _ = folder.list("")
    by_split: dict[str, str] = {}
    for name in folders:
        if split := names.split_of(name):
            if split in by_split:
                raise InputError(
                    f"{folder.name}: holds both {by_split[split]} and {name}; keep one of them"
                )
            if split == "validation" and not _holds_images(folder, name):
                continue
            by_split[split] = name
    if not by_split:
        yield from _without_splits(folder, options, source)
        return
    if "train" not in by_split:
        raise _lacks(folder, next(iter(by_split.values())), "train")
    if "test" not in by_split and "validation" in by_split:
        by_split["test"] = by_split.pop("validation")  # train and val, as many sets have them
    if "test" not in by_split and options.test_share is None:
        raise _lacks(folder, by_split["train"], "test")
    if "test" in by_split and options.test_share is not None:
        raise InputError(f"{folder.name}: has {by_split['test']} already; leave --test-share out")
    if options.without_validation and (left := by_split.pop("validation", "")):
        source.left_out[f"{left} (--without-val)"] += sum(
            len(folder.list(f"{left}/{name}")[1]) for name in folder.list(left)[0]
        )
    found = {split: _classes(folder, top, source) for split, top in by_split.items()}
    _refuse_missing(folder, by_split, found)
    for split in ("train", "validation", "test"):
        for label, path in found.get(split, {}).items():
            for file in _images(folder, path, source):
                known = "" if "test" not in by_split else split
                yield SourceImage(f"{path}/{file}", label, known)


def _lacks(folder: Folder, has: str, missing: str) -> InputError:
    remedy = "; or draw test images from it with --test-share 0.15" if missing == "test" else ""
    return InputError(f"{folder.name}: has {has} but no {missing} folder; {_EXPECTED}{remedy}")


def _without_splits(
    folder: Folder, options: ImportOptions, source: Source
) -> Iterator[SourceImage]:
    """Class folders directly in the source."""
    if options.test_share is None:
        raise _no_splits(folder)
    _, files = folder.list("")
    _refuse_outside(folder, "", files)
    _refuse_level(folder)
    for label, path in _classes(folder, "", source).items():
        for file in _images(folder, path, source):
            yield SourceImage(f"{path}/{file}", label, "")


def _no_splits(folder: Folder) -> InputError:
    """Why a folder without splits is the wrong one, and what would be right."""
    message = str(canonical.no_data_set(folder))
    folders, _ = folder.list("")
    holding = [name for name in folders if _has_images(folder, name)]
    if len(holding) >= FEWEST:
        message += (
            f"; if {', '.join(holding[:3])} are the classes of a set that has no test images, "
            "draw them with --test-share 0.15"
        )
    return InputError(message)


def _refuse_level(folder: Folder) -> None:
    """Raises InputError on a folder around the one that was meant."""
    for name in folder.list("")[0]:
        below = {split for each in folder.list(name)[0] if (split := names.split_of(each))}
        if {"train", "test"} <= below:
            raise canonical.no_data_set(folder)


def _classes(folder: Folder, top: str, source: Source) -> dict[str, str]:
    """Class -> its folder, sorted by class."""
    where = f"{folder.name}/{top}" if top else folder.name
    folders, files = folder.list(top)
    if top:
        _refuse_outside(folder, top, files)
    if splits := [name for name in folders if names.split_of(name)]:
        raise InputError(
            f"{where}/{splits[0]}: named like a split, where classes are expected: one level too "
            f"high (the very mistake that the original's logs show); give {where}"
        )
    found: dict[str, str] = {}
    for name in folders:
        label = names.class_name(name, where)
        if label in found:
            raise InputError(f"{where}/{name}: a second folder of {label}; merge them")
        found[label] = f"{top}/{name}" if top else name
    names.refuse_alike({label: f"{folder.name}/{path}" for label, path in found.items()})
    return dict(sorted(found.items()))


def _refuse_outside(folder: Folder, top: str, files: list[str]) -> None:
    for file in filter(is_image, files):
        where = f"{folder.name}/{top}" if top else folder.name
        raise InputError(f"{where}/{file}: an image outside every class; move it into one")


def _refuse_missing(
    folder: Folder, by_split: dict[str, str], found: dict[str, dict[str, str]]
) -> None:
    """Raises InputError where a split lacks a class that another has."""
    needed = {label: split for split, classes in found.items() for label in classes}
    for label, having in sorted(needed.items()):
        for split in ("train", "test"):
            if split in found and label not in found[split]:
                raise InputError(
                    f"{folder.name}/{by_split[split]}: lacks class {label}, which "
                    f"{by_split[having]} has; both need the same classes"
                )


def _images(folder: Folder, path: str, source: Source) -> list[str]:
    """The names of a class's images; InputError where there is none, or something else."""
    folders, files = folder.list(path)
    where = f"{folder.name}/{path}"
    if folders:
        raise InputError(
            f"{where}/{folders[0]}: a folder inside a class; move its images up, or remove it"
        )
    found = []
    for file in files:
        if not is_printable(file):
            raise InputError(f"{where}/{file!r}: a name that cannot be printed; rename the file")
        if is_image(file):
            found.append(file)
        elif _is_no_data(file):
            source.left_out[file] += 1
        else:
            raise InputError(
                f"{where}/{file}: not an image by its name ({', '.join(SUFFIXES)}); remove it"
            )
    if not found:
        raise InputError(
            f"{where}: no image in this class; add some, or remove the class from train and test"
        )
    return found


# Labels in a table


def _labelled(folder: Folder, options: ImportOptions, source: Source) -> Iterator[SourceImage]:
    """The images that a CSV names, with the classes that it gives them."""
    assert options.labels
    files = dict.fromkeys(_every_image(folder, ""))
    by_name: dict[str, list[str]] = {}
    for path in files:
        by_name.setdefault(os.path.basename(path), []).append(path)
    rows = _rows(options.labels, options)
    labels: dict[str, str] = {}
    for line, (named, label) in enumerate(rows, 2):
        where = f"{options.labels}:{line}"
        named = named.replace("\\", "/").removeprefix("./")
        found = [named] if named in files else by_name.get(os.path.basename(named), [])
        if len(found) != 1:
            what = "no image" if not found else f"{len(found)} images"
            raise InputError(
                f"{where}: {what} {named!r} in {folder.name}; "
                "name each by its path in there, or remove the line"
            )
        label = names.class_name(label.strip(), where)
        if labels.setdefault(found[0], label) != label:
            raise InputError(f"{where}: {named!r} has another class further up; keep one")
    names.refuse_alike({label: f"class {label!r}" for label in labels.values()})
    source.left_out["images that the labels do not name"] += len(files) - len(labels)
    splits = {path: names.split_of(path.split("/")[0]) or "" for path in labels}
    if options.test_share is None and "test" not in splits.values():
        raise InputError(
            f"{options.labels}: its images are not divided into train and test; "
            "draw test images with --test-share 0.15"
        )
    for path, label in sorted(labels.items(), key=lambda each: (each[1], each[0])):
        yield SourceImage(path, label, "" if options.test_share is not None else splits[path])


def _rows(file: Path, options: ImportOptions) -> list[tuple[str, str]]:
    """(image, class) of every line of a CSV."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: not in UTF-8 ({error.reason}); save it as UTF-8") from None
    table = csv.reader(io.StringIO(text))
    header = next(table, [])
    chosen = []
    for position, wanted in enumerate((options.image_column, options.class_column)):
        if wanted and wanted not in header or position >= len(header):
            raise InputError(
                f"{file}: has no column {wanted or position + 1!r}; its columns are "
                f"{', '.join(header) or 'none'}; name them with --image-column and --class-column"
            )
        chosen.append(header.index(wanted) if wanted else position)
    return [(row[chosen[0]], row[chosen[1]]) for row in table if len(row) > max(chosen)]


def _every_image(folder: Folder, path: str) -> Iterator[str]:
    folders, files = folder.list(path)
    for file in filter(is_image, files):
        yield f"{path}/{file}" if path else file
    for name in folders:
        yield from _every_image(folder, f"{path}/{name}" if path else name)


# Names of files


def _has_images(folder: Folder, path: str) -> bool:
    return any(map(is_image, folder.list(path)[1]))


def _holds_images(folder: Folder, top: str) -> bool:
    return any(_has_images(folder, f"{top}/{name}") for name in folder.list(top)[0])


def _is_no_data(name: str) -> bool:
    """Whether a file beside images is known to be none: a licence, a table of labels."""
    lower = name.lower()
    return lower.endswith(_NO_DATA_SUFFIXES) or lower.partition(".")[0] in _NO_DATA
