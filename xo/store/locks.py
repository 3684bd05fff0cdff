"""Locks that the system frees when their holder ends, however that is; no file of one stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

LOCKS = ".locks"  # in a store; a file for each lock that is held
POLL = 0.05  # seconds between two tries to get a lock that is held


def acquire(file: Path, wait: bool = True) -> BaseFileLock | None:
    """The lock of that file, held; None where another holds it and this is not to `wait`."""
    file.parent.mkdir(parents=True, exist_ok=True)
    # Any user of the store may have to lock the file that a killed process of another one left.
    lock = FileLock(file, mode=0o666, thread_local=False)
    try:
        lock.acquire(timeout=-1 if wait else 0, poll_interval=POLL)
    except Timeout:
        return None
    return lock


def release(lock: BaseFileLock) -> None:
    """Frees a lock and removes its file; a process that waits for that makes a new one."""
    with suppress(OSError):  # Windows removes no open file
        Path(lock.lock_file).unlink()
    lock.release()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock of that file, once nobody else does."""
    lock = acquire(file)
    assert lock
    try:
        yield
    finally:
        release(lock)


def remove_if_free(file: Path) -> bool:
    """Removes the file of a lock that nobody holds; False where somebody does."""
    if lock := acquire(file, wait=False):
        release(lock)
    return lock is not None
