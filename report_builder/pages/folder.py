"""Keeps the folder of rendered pages in line with what was rendered, and touches nothing else.

A list beside the folder, `docs.json` beside `docs`, names the files that were rendered.
"""

from __future__ import annotations

import filecmp
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from report_builder.pages.sources import is_leftover
from xo.errors import InputError
from xo.store import sealed


def fill_folder(out: Path, files: Mapping[str, bytes | Path]) -> None:
    """Writes files whose content changed, copies those given by their path, removes former ones.

    Raises InputError, before anything is written, on a file that was not rendered.
    """
    listing = _listing(out)
    present = {
        file.relative_to(out).as_posix(): file
        for file in out.rglob("*")
        if file.is_symlink() or not file.is_dir()
    }
    rendered = _read_listing(listing)
    if rendered is None:  # the first time, as an earlier version left it, or damaged
        rendered = set(present)
    for name in sorted(present.keys() - rendered):
        if not any(map(is_leftover, name.split("/"))):  # which xo-report keeps from MkDocs
            raise InputError(
                f"{present[name]}: was not rendered, and this folder holds rendered pages only; "
                "move it out"
            )
    _write_listing(listing, rendered | files.keys())  # both, until the former files are gone
    for name, content in files.items():
        _write(out / name, content)
    for name in rendered & present.keys() - files.keys():
        present[name].unlink(missing_ok=True)
    folders = (path for path in out.rglob("*") if path.is_dir() and not path.is_symlink())
    for folder in sorted(folders, reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
    _write_listing(listing, files.keys())


def is_rendered(folder: Path) -> bool:
    """Whether the folder holds rendered pages."""
    return _read_listing(_listing(folder)) is not None


def _listing(out: Path) -> Path:
    return out.with_name(f"{out.name}.json")


def _write(target: Path, content: bytes | Path) -> None:
    """Writes or copies a file where it differs."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if content == target:  # it lies there already
        return
    if isinstance(content, Path):
        if not target.is_file() or not filecmp.cmp(content, target, shallow=False):
            shutil.copyfile(content, target)
    elif not target.is_file() or target.read_bytes() != content:
        target.write_bytes(content)


class _Listing(msgspec.Struct, frozen=True):
    files: list[str]


def _read_listing(path: Path) -> set[str] | None:
    listing = sealed.read(path, _Listing)
    return set(listing.files) if listing else None


def _write_listing(path: Path, names: Iterable[str]) -> None:
    sealed.write(path, msgspec.json.format(msgspec.json.encode(_Listing(sorted(names))), indent=0))
