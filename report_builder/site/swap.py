"""Puts a new site in place of the old one: whatever interrupts it, readers find one of them whole.

Linux and macOS exchange two folders in one step. Elsewhere there is a moment between two renames;
what goes wrong in it is undone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from xo.store import disk

AT_FDCWD = -100  # of Linux: paths start from the working folder
EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def put_in_place(new: Path, site: Path, aside: Path) -> None:
    """`new` becomes `site`, which may be there already; what was there is deleted.

    All three lie on one file system, and nothing is at `aside`. Raises OSError, and the old site
    stands then.
    """
    for path in sorted(new.rglob("*"), reverse=True):  # what a folder holds comes before it
        disk.sync(path)
    disk.sync(new)
    if not os.path.lexists(site):
        disk.rename(new, site)
    elif not exchange(new, site):
        disk.rename(site, aside)
        try:
            disk.rename(new, site)
        except BaseException:
            disk.rename(aside, site)
            raise
    # It stands. That the disk has it matters before anything of the old one is deleted.
    with suppress(OSError):
        disk.sync(site.parent)
        disk.sync(new.parent)
        for old in (new, aside):
            if old.is_dir():
                disk.remove(old)


def exchange(one: Path, other: Path) -> bool:
    """Whether the system exchanged two folders in one step; if not, they are as they were."""
    call = _exchange_call()
    return call is not None and call(os.fsencode(one), os.fsencode(other)) == 0


@cache
def _exchange_call() -> Callable[[bytes, bytes], int] | None:
    if os.name != "posix":
        return None
    libc = ctypes.CDLL(None)
    if sys.platform == "linux" and hasattr(libc, "renameat2"):
        return lambda one, other: libc.renameat2(AT_FDCWD, one, AT_FDCWD, other, EXCHANGE)
    if sys.platform == "darwin" and hasattr(libc, "renamex_np"):
        return lambda one, other: libc.renamex_np(one, other, EXCHANGE)
    return None
