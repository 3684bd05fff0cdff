"""Extracts a zip or a tar into a scratch folder; what is hostile or damaged in one is refused by
name.
"""

from __future__ import annotations

import lzma
import os
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

from xo.data.folder import (
    LARGEST_FILE,
    LARGEST_SET,
    MOST_FILES,
    SPLIT_FOLDERS,
    Folder,
    is_clutter,
    is_image,
)
from xo.data.images import short
from xo.errors import InputError

LARGEST_RATIO = 500  # of unpacked to packed bytes; the original's zip has 5, a bomb about 1,000
_UNREADABLE = (
    *(OSError, ValueError, NotImplementedError, EOFError),
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError),
)
_UTF8 = 0x800  # flag of a zip's entry whose name is in UTF-8
_PART = 2**20  # bytes copied at a time


@contextmanager
def extracted(path: Path, names_encoding: str = "") -> Iterator[Folder]:
    """The content of a zip or tar as a folder, which is deleted when the block ends.

    A single outer folder is skipped: the packer made it, the user did not choose it. Names in a zip
    that are not marked as UTF-8 are read in `names_encoding`; unless given, as UTF-8 or GBK, as
    they are valid.
    """
    with tempfile.TemporaryDirectory(prefix="xo-") as scratch:
        folder = Folder(Path(scratch), str(path), extracted=True)
        try:
            if tarfile.is_tarfile(path):
                _extract_tar(path, folder)
            else:
                with zipfile.ZipFile(path) as archive:
                    _extract_zip(archive, path, folder, names_encoding)
        except InputError:
            raise
        except _UNREADABLE as error:
            raise InputError(
                f"{path}: not a readable zip or tar ({short(error)}); "
                "fetch it again, or give a folder"
            ) from None
        yield _inside(folder, lambda name: True)


def without_outer_folder(folder: Folder) -> Folder:
    """The folder, or the only one in it, where nothing but texts lie beside that one."""
    return _inside(folder, is_image)


class _Entry(NamedTuple):
    """A file or folder in an archive."""

    name: str  # as messages show it
    path: str  # with slashes
    is_folder: bool
    size: int  # bytes, as the archive declares


def _extract_zip(archive: zipfile.ZipFile, path: Path, folder: Folder, names_encoding: str) -> None:
    entries = archive.infolist()
    _refuse_bomb(path, len(entries), sum(entry.file_size for entry in entries))
    taken: set[str] = set()
    for info, named in _decoded_names(entries, names_encoding, path).items():
        entry = _Entry(named, named.replace("\\", "/"), named.endswith(("/", "\\")), info.file_size)
        if not _is_wanted(entry, path, folder):
            continue
        if stat.S_ISLNK(info.external_attr >> 16):
            raise InputError(f"{path}: entry {named!r} is a link; pack the file itself")
        if info.flag_bits & 1:
            raise InputError(f"{path}: entry {named!r} is encrypted; pack it without a password")
        _take(entry, path, taken)
        try:
            _write(entry, path, folder, None if entry.is_folder else archive.open(info))
        except InputError:
            raise
        except Exception as error:  # decompressors raise nearly anything on damaged bytes
            raise InputError(
                f"{path}/{named}: cannot be unpacked ({short(error)}); fetch the zip again"
            ) from None


def _decoded_names(
    entries: list[zipfile.ZipInfo], encoding: str, path: Path
) -> dict[zipfile.ZipInfo, str]:
    """The names of all entries; `zipfile` reads those that are not marked as UTF-8 as CP437."""
    unmarked = {
        entry: entry.filename.encode("cp437")
        for entry in entries
        if not (entry.flag_bits & _UTF8 or entry.filename.isascii())
    }
    found = {entry: entry.filename for entry in entries}
    encoding = encoding or _guessed(b"".join(unmarked.values()))
    for entry, raw in unmarked.items():
        try:
            found[entry] = raw.decode(encoding)
        except LookupError:
            raise InputError(
                f"--names {encoding}: no such encoding; try gbk or shift_jis"
            ) from None
        except UnicodeDecodeError:
            raise InputError(
                f"{path}: entry {entry.filename!r} is not named in {encoding}; "
                "choose another encoding with --names"
            ) from None
    return found


def _guessed(raw: bytes) -> str:
    """UTF-8 or, as Windows writes Chinese, GBK; CP437, in which all is valid, where it is neither.

    Some Chinese in GBK is valid UTF-8 by chance, of several scripts then.
    """
    valid = {}
    for encoding in ("utf-8", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = raw.decode(encoding)
            valid[encoding] = {unicodedata.name(c, "?").split()[0] for c in text if not c.isascii()}
    if "utf-8" in valid and ("CJK" in valid["utf-8"] or len(valid["utf-8"]) == 1):
        return "utf-8"
    return "gb18030" if valid.get("gb18030") else "utf-8" if "utf-8" in valid else "cp437"


def _extract_tar(path: Path, folder: Folder) -> None:
    taken: set[str] = set()
    count = size = 0
    with tarfile.open(path) as archive:
        while (info := archive.next()) is not None:
            count, size = count + 1, size + info.size
            _refuse_bomb(path, count, size)
            name = info.name.removeprefix("./")
            entry = _Entry(name, name, info.isdir(), info.size)
            if name in ("", ".") or not _is_wanted(entry, path, folder):
                continue
            if not (info.isfile() or info.isdir()):
                raise InputError(f"{path}: entry {name!r} is a link; pack the file itself")
            _take(entry, path, taken)
            _write(entry, path, folder, archive.extractfile(info))


def _is_wanted(entry: _Entry, path: Path, folder: Folder) -> bool:
    """Whether it is no clutter; InputError where it would lie outside the folder."""
    parts = entry.path.removesuffix("/").split("/")
    if ".." in parts or "" in parts or ":" in parts[0] or "\0" in entry.path:
        raise InputError(f"{path}: entry {entry.name!r} leaves the folder; pack it anew")
    if any(map(is_clutter, parts)):
        if not entry.is_folder:
            folder.left_out.add(entry.path)
        return False
    return True


def _take(entry: _Entry, path: Path, taken: set[str]) -> None:
    if entry.path in taken and not entry.is_folder:
        raise InputError(f"{path}: two entries {entry.name!r}; pack it anew")
    taken.add(entry.path)


def _write(entry: _Entry, path: Path, folder: Folder, content: IO[bytes] | None) -> None:
    """Writes one file or makes one folder; never more bytes than the archive declares."""
    target = folder.root / entry.path
    try:
        if content is None:
            target.mkdir(parents=True, exist_ok=True)
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        file = open(target, "xb")
    except (OSError, ValueError) as error:
        raise _no_room(path, entry, error) from None
    with content, file:
        left = entry.size
        while left > 0 and (part := content.read(min(_PART, left))):
            left -= len(part)
            try:
                file.write(part)
            except OSError as error:
                raise _no_room(path, entry, error) from None
        content.read(1)  # has a zip's sum checked


def _no_room(path: Path, entry: _Entry, error: Exception) -> InputError:
    return InputError(
        f"{path}/{entry.name}: cannot be unpacked into {tempfile.gettempdir()} "
        f"({short(error)}); make room there, or unpack it yourself"
    )


def _inside(folder: Folder, is_content: Callable[[str], bool]) -> Folder:
    """Goes down while there is one folder alone and no file that counts as content."""
    while True:
        folders, files = folder.list("")
        if any(map(is_content, files)) or len(folders) != 1 or folders[0] in SPLIT_FOLDERS:
            return folder
        (only,) = folders
        folder = Folder(
            folder.root / only, f"{folder.name}/{only}", extracted=True, left_out=folder.left_out
        )


def _refuse_bomb(path: Path, count: int, unpacked: int) -> None:
    """Raises InputError when unpacking would fill a disk."""
    packed = os.path.getsize(path)
    if count > MOST_FILES or unpacked > LARGEST_SET:
        raise InputError(
            f"{path}: {count:,} entries, {unpacked:,} bytes unpacked; "
            f"at most {MOST_FILES:,} and {LARGEST_SET:,} are read, so give less"
        )
    if unpacked > LARGEST_FILE and unpacked > LARGEST_RATIO * packed:
        raise InputError(
            f"{path}: unpacks to {unpacked // packed:,} times its size, which no set of images "
            "or records does (a zip bomb?); unpack it yourself if you trust it, and give the folder"
        )
