"""How artifacts lie in folders: looks through them, and names a folder that the system refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from xo.errors import InputError
from xo.store.artifact import RECORD, unreadable


def names_in(folder: Path) -> list[str]:
    """The names in a folder; none where there is no folder."""
    try:
        return os.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise unreadable(folder, "", error) from error


def folders_below(top: Path, depth: int = 3) -> Iterator[tuple[Path, bool]]:
    """`top` and the folders in it that artifacts may lie in, and with True those of artifacts.

    Hidden ones are left out, and links are followed.
    """
    yield top, False
    for name in names_in(top):
        folder = top / name
        if name.startswith(".") or not os.path.isdir(folder):
            continue
        if os.path.lexists(folder / RECORD):
            yield folder, True
        elif depth:
            yield from folders_below(folder, depth - 1)


def is_there(folder: Path) -> bool:
    """Whether anything of that name is there; InputError where the system does not say."""
    try:
        os.lstat(folder)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise unreadable(folder, "", error) from error
    return True


def newest_first(folders: list[Path]) -> list[Path]:
    """By the time of their last change."""

    def changed(folder: Path) -> float:
        with suppress(OSError):  # removed meanwhile
            return folder.stat().st_mtime
        return 0.0

    return sorted(folders, key=changed, reverse=True)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Raises InputError, which names the folder, where the system refuses to write there."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"{folder}: cannot be written ({error.strerror}); make room or choose another folder; "
            "what was finished before is kept"
        ) from error
