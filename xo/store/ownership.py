"""Which folders are the program's own: nothing it did not make is ever overwritten or deleted.

A folder it writes to carries the file MARK, which says of what kind it is. A folder without that
file is used only when it is absent or empty, or when an earlier version of this program
recognisably made it. Anything else is refused by name.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xo.errors import InputError
from xo.store import disk
from xo.store.files import write_atomically
from xo.store.locks import LOCKS
from xo.store.source_digest import ROOT

MARK = ".xo-report"
NOTE = "made by xo-report, which may replace or delete what lies in this folder"
SOURCES = ("docs", "xo", "report_builder", "tests", ".git")  # of the checkout: hold no output
# Kind -> a file that only this program writes there, and keys that its JSON then has. A published
# site has no other mark: hosts often leave out files whose names begin with a dot.
RECOGNISED: dict[str, dict[str, set[str]]] = {
    "store": {
        "*/*-*/record.json": {"layout", "variant", "digest"},
        "*/[0-9]*-*/record.json": {"kind", "key", "inputs", "files", "digest"},  # today's
        ".data/*/index.json": {"classes", "image_size", "digest"},
    },
    "build": {"last.json": {"fingerprint", "counts"}},
    "site": {"manifest.json": {"made_from", "files", "digest"}},
    "publishing": {"lock": set()},
}
WRITTEN = ("--store", "--build", "--site")  # options that name a folder that is written to


def kind_of(folder: Path) -> str | None:
    """The kind on the folder's mark: "store", "build", "site", "publishing"; None without one."""
    return _json(folder / MARK).get("kind")


def is_own(folder: Path, kind: str) -> bool:
    """Whether this program made the folder as one of that kind."""
    if marked := kind_of(folder):
        return marked == kind
    return any(
        keys <= _json(file).keys()
        for pattern, keys in RECOGNISED.get(kind, {}).items()
        for file in folder.glob(pattern)
    )


def refuse_foreign(folder: Path, kind: str) -> None:
    """Raises InputError unless the folder is absent, empty or the program's own of that kind."""
    remedy = (
        f"choose another folder with --{kind}, or move this one away"
        if f"--{kind}" in WRITTEN
        else "move it away"
    )
    if os.path.lexists(folder) and not folder.is_dir():
        raise InputError(f"{folder}: expected a folder, found a file or a broken link; {remedy}")
    if is_own(folder, kind):
        return
    if marked := kind_of(folder):
        raise InputError(
            f"{folder}: is a {marked} folder of this program, expected a {kind} folder; {remedy}"
        )
    for above in _absolute(folder).parents:
        if (other := kind_of(above)) and not other == kind == "build":
            raise InputError(
                f"{folder}: lies in {above}, a {other} folder whose content is replaced; {remedy}"
            )
    if folder.is_dir() and any(
        not path.name.startswith((f".{MARK}.", f"{MARK}-", LOCKS)) for path in folder.iterdir()
    ):
        raise InputError(
            f"{folder}: not empty, and not a {kind} folder that this program made; {remedy}"
        )


def claim(folder: Path, kind: str) -> None:
    """Creates the folder, unless it exists, and marks it as the program's own.

    Raises InputError on a foreign one.
    """
    refuse_foreign(folder, kind)
    if kind_of(folder) == kind:
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / MARK, json.dumps({"kind": kind, "note": NOTE}))
    disk.sync(folder)  # without its mark, what lies there later would be foreign


def refuse_inside_own(path: Path, option: str) -> None:
    """Raises InputError for a new path in a folder whose content the program replaces."""
    for above in _absolute(path).parents:
        if kind := kind_of(above):
            raise InputError(
                f"{path}: lies in {above}, a {kind} folder whose content is replaced; "
                f"choose another place with {option}"
            )


def keep_apart(folders: Mapping[str, Path]) -> None:
    """Raises InputError where a folder that is written to (`WRITTEN`) harms another.

    It may not hold the checkout or the home folder, lie in the checkout's sources, or share its
    content with another of the folders.
    """
    places = {option: _absolute(folder) for option, folder in folders.items()}
    written = {option: place for option, place in places.items() if option in WRITTEN}
    for option, place in written.items():
        for name, kept in (("the checkout", ROOT), ("the home folder", Path.home())):
            if _absolute(kept).is_relative_to(place):
                raise InputError(
                    f"{folders[option]}: is or holds {name} ({kept}); "
                    f"choose another folder with {option}"
                )
        for source in SOURCES:
            if place.is_relative_to(_absolute(ROOT / source)):
                raise InputError(
                    f"{folders[option]}: is or lies in {ROOT / source}, which holds sources; "
                    f"choose another folder with {option}"
                )
    for option, place in written.items():
        for other, second in places.items():
            if other != option and (place.is_relative_to(second) or second.is_relative_to(place)):
                raise InputError(
                    f"{folders[option]}: {option} and {other} ({folders[other]}) are the same "
                    "folder, or one holds the other; choose another folder for one of them"
                )


def _absolute(path: Path) -> Path:
    """Without links; unlike Path.resolve, a loop of links raises nothing here."""
    return Path(os.path.realpath(path))


def _json(file: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
