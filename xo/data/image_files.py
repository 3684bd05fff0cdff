"""The image files that a command line names: files, folders, patterns, standard input."""

from __future__ import annotations

import glob
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from xo.data.images import SUFFIXES
from xo.errors import InputError

STANDARD_INPUT = "-"
LARGEST_FILE = 200_000_000  # bytes


class ImageFile(NamedTuple):
    """One image to be read; STANDARD_INPUT may stand for its path."""

    path: str

    def read(self) -> bytes:
        """Its bytes; InputError where it cannot be read."""
        try:
            if self.path == STANDARD_INPUT:
                return _limited(sys.stdin.buffer, "standard input")
            with open(self.path, "rb") as file:
                return _limited(file, self.path)
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be read ({error.strerror}); "
                "give the path of a png, bmp or jpg file"
            ) from error


def image_files(names: tuple[str, ...]) -> Iterator[ImageFile | InputError]:
    """Every image of these names, in their order, and what is wrong with a name.

    A folder stands for the images in it and below it, in the order of their names, without hidden
    ones. A name with *, ? or [ that no file has is a pattern, ** any folders.
    """
    for name in names:
        path = Path(name)
        if name == STANDARD_INPUT:
            yield ImageFile(name)
        elif path.is_dir():
            inside = sorted(each for each in path.rglob("*") if _is_image(each, path))
            yield from (ImageFile(str(each)) for each in inside)
            if not inside:
                yield InputError(
                    f"{name}: no image in this folder; it may hold {', '.join(SUFFIXES)}"
                )
        elif glob.has_magic(name) and not path.exists():
            matching = sorted(glob.glob(name, recursive=True))
            yield from (ImageFile(each) for each in matching)
            if not matching:
                yield InputError(f"{name}: no file is named like this; check the pattern")
        else:
            yield ImageFile(name)


def _is_image(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return path.suffix.lower() in SUFFIXES and not hidden and path.is_file()


def _limited(file: BinaryIO, name: str) -> bytes:
    data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise InputError(f"{name}: more than {LARGEST_FILE:,} bytes; give a smaller image")
    return data
