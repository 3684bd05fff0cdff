"""Faults put in the place of the calls of `xo.store.disk`, and states that a loss of power leaves.

`report_builder.results.tried_faults` lists what is tried and what becomes of it; a test compares
that list with what is done.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from report_builder.results.tried_faults import (
    DELETED,
    DISK_ERROR,
    EMPTIED,
    FLIPPED,
    NO_RIGHTS,
    NO_SPACE,
    TRUNCATED,
)
from xo.store import disk

CALLS = ("read", "sha256", "write", "make_folder", "sync", "rename", "remove")
ERRORS = {NO_SPACE.en: errno.ENOSPC, DISK_ERROR.en: errno.EIO, NO_RIGHTS.en: errno.EACCES}


class Killed(BaseException):
    """The process ends here: nothing that it would still do is done."""


@contextmanager
def fault_at(point: int, raised: Callable[[], BaseException]) -> Iterator[list[str]]:
    """Raises at the call of that number, counted from 0; yields the names of the calls so far.

    After Killed, all later calls fail too, so that no cleaning up helps: a dead process does none.
    """
    calls: list[str] = []
    real = {name: getattr(disk, name) for name in CALLS}
    dead: list[BaseException] = []

    def faulty(name: str) -> Callable:
        def call(*arguments):
            if dead:
                raise dead[0]
            calls.append(name)
            if len(calls) == point + 1:
                error = raised()
                if isinstance(error, Killed):
                    dead.append(error)
                if name == "write" and not isinstance(error, Killed):
                    real["write"](arguments[0], arguments[1][: len(arguments[1]) // 2])
                elif name == "write":
                    real["write"](arguments[0], b"")
                raise error
            return real[name](*arguments)

        return call

    for name in CALLS:
        setattr(disk, name, faulty(name))
    try:
        yield calls
    finally:
        for name in CALLS:
            setattr(disk, name, real[name])


def system_error(number: int) -> OSError:
    return OSError(number, os.strerror(number), "the file")


# Damage to a file, its size and time as they were where that can be


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip_bit(path: Path) -> None:
    status, content = path.stat(), bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def delete(path: Path) -> None:
    path.unlink()


def swap(path: Path, other: Path) -> None:
    """Exchanges two files."""
    aside = path.with_name("aside")
    path.rename(aside)
    other.rename(path)
    aside.rename(other)


DAMAGE: dict[str, Callable[[Path], None]] = {
    TRUNCATED.en: truncate,
    EMPTIED.en: empty,
    FLIPPED.en: flip_bit,
    DELETED.en: delete,
}


# Loss of power


Tree = dict[str, bytes | None]  # path below a folder -> content; None: a folder


class Recorded(NamedTuple):
    """One call that changes the disk, with its paths below the folder that is recorded."""

    call: str
    path: str
    content: bytes | None = None  # of a write
    target: str = ""  # of a rename


@contextmanager
def recording(root: Path) -> Iterator[list[Recorded]]:
    """Yields the list of calls below `root` while they are made."""
    calls: list[Recorded] = []
    real = {name: getattr(disk, name) for name in CALLS}

    def below(path: Path) -> str:
        return path.relative_to(root).as_posix()

    def write(path, content):
        real["write"](path, content)
        calls.append(Recorded("write", below(path), content))

    def make_folder(path):
        real["make_folder"](path)
        calls.append(Recorded("make_folder", below(path)))

    def sync(path):
        real["sync"](path)
        calls.append(Recorded("sync folder" if path.is_dir() else "sync", below(path)))

    def rename(old, new):
        real["rename"](old, new)
        calls.append(Recorded("rename", below(old), target=below(new)))

    def remove(path):
        real["remove"](path)
        calls.append(Recorded("remove", below(path)))

    replaced = {f.__name__: f for f in (write, make_folder, sync, rename, remove)}
    for name, function in replaced.items():
        setattr(disk, name, function)
    try:
        yield calls
    finally:
        for name in replaced:
            setattr(disk, name, real[name])


def states_after_power_loss(
    before: Path, calls: list[Recorded], scratch: Path
) -> Iterator[tuple[str, int, Path]]:
    """Each state that a file system may leave when power is lost after one of the calls.

    Yields a description, the number of calls that were made, and a folder with the state, which is
    used anew for the next one. Content that was not synced may be missing or short; a name that was
    given, changed or removed in a folder that was not synced may be as it was. What is lost is all
    of that, none, each alone, or all but one, for it reaches the disk in any order. Of losses that
    leave the same, one is yielded.
    """
    tree: Tree = {
        path.relative_to(before).as_posix(): None if path.is_dir() else path.read_bytes()
        for path in before.rglob("*")
    }
    for made in range(len(calls) + 1):
        done = calls[:made]
        names = [i for i, call in enumerate(done) if not _name_is_safe(i, done)]
        contents = [
            i for i, call in enumerate(done) if call.call == "write" and not _is_synced(i, done)
        ]
        seen = []
        for names_lost in _choices(names):
            for contents_lost in _choices(contents):
                for share in (0.0, 0.5) if contents_lost else (1.0,):
                    state = _replay(tree, done, names_lost, contents_lost, share)
                    if state in seen:
                        continue
                    seen.append(state)
                    _write_tree(state, scratch)
                    lost = [done[i][:2] for i in sorted(names_lost | contents_lost)]
                    yield f"after {made} calls, lost {lost}, of content {share} kept", made, scratch


def _choices(unsafe: list[int]) -> list[frozenset[int]]:
    every = frozenset(unsafe)
    one = {frozenset({i}) for i in unsafe}
    return sorted({frozenset(), every} | one | {every - each for each in one}, key=sorted)


def _is_synced(index: int, done: list[Recorded]) -> bool:
    """Whether the content of a write has reached the disk."""
    path = done[index].path
    for later in done[index + 1 :]:
        if later.call == "rename" and f"{path}/".startswith(f"{later.path}/"):
            path = later.target + path[len(later.path) :]
        if later.call == "sync" and later.path == path:
            return True
    return False


def _name_is_safe(index: int, done: list[Recorded]) -> bool:
    """Whether what a call did to names has reached the disk, by a sync of every folder of them."""
    call = done[index]
    if call.call.startswith("sync"):
        return True
    open_folders = {os.path.dirname(path) or "." for path in (call.path, call.target) if path}
    for later in done[index + 1 :]:
        if later.call == "rename":
            if later.path == call.path and call.call == "write":
                return True  # its name is then that rename's
            open_folders = {
                later.target + each[len(later.path) :]
                if f"{each}/".startswith(f"{later.path}/")
                else each
                for each in open_folders
            }
        if later.call == "sync folder":
            open_folders.discard(later.path)
    return not open_folders


def _replay(
    tree: Tree,
    done: list[Recorded],
    names_lost: frozenset[int],
    contents_lost: frozenset[int],
    share: float,
) -> Tree:
    """Carries out the calls again, but for what is lost; what then has no place is lost too."""
    state = dict(tree)

    def has_folder(path: str) -> bool:
        above = os.path.dirname(path)
        return not above or (above in state and state[above] is None)

    def below(path: str) -> list[str]:
        return [name for name in state if name.startswith(f"{path}/")]

    for i, call in enumerate(done):
        if i in names_lost or not has_folder(call.path):
            continue
        if call.call == "make_folder":
            state.setdefault(call.path, None)
        elif call.call == "write" and call.content is not None:
            size = len(call.content)
            state[call.path] = call.content[: int(size * share) if i in contents_lost else size]
        elif call.call == "rename" and call.path in state:
            # Onto a folder whose moving away was lost: one that holds both is not left.
            if has_folder(call.target) and not below(call.target):
                for name in [call.path, *below(call.path)]:
                    state[call.target + name[len(call.path) :]] = state.pop(name)
        elif call.call == "remove" and call.path in state:
            for name in [call.path, *below(call.path)]:
                del state[name]
    return state


def _write_tree(tree: Tree, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name in sorted(tree):  # a folder comes before what it holds
        content = tree[name]
        if content is None:
            (folder / name).mkdir()
        else:
            (folder / name).write_bytes(content)
