"""Processes for work side by side: how they start, with large libraries already in memory, and how they end.

On Linux each is forked from a server, which has imported libraries and done nothing else; on other systems each starts anew.
Work is spread over processes, so each computes on one thread.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from threading import Thread

ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# what takes half a second or more to import and several processes need; torch takes up _dynamo to find the shapes of layers
LIBRARIES = ("torch", "torch._dynamo", "scipy.stats", "matplotlib.figure", "matplotlib.backends.backend_svg", "ipykernel.kernelapp")
CONTEXT = multiprocessing.get_context("forkserver" if sys.platform == "linux" else "spawn")
Process = CONTEXT.Process


def load_libraries() -> None:
    """Has the server import LIBRARIES, so that no later process need; nothing is waited for.

    Worth its time before many processes. A server that runs already stays as it is.
    """
    if CONTEXT.get_start_method() == "forkserver":
        from multiprocessing import forkserver

        CONTEXT.set_forkserver_preload(list(LIBRARIES))
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the caller's to handle, also while it imports
        try:
            with _one_thread():
                forkserver.ensure_running()
        finally:
            signal.signal(signal.SIGINT, before)


@contextmanager
def pool(jobs: int) -> Iterator[Executor]:
    """An executor of `jobs` processes. They are gone when the block is left, at once where that is by an exception.

    concurrent.futures.process.BrokenProcessPool is raised by the results when one of them was killed.
    """
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(jobs, CONTEXT, begin)
    try:
        with _one_thread():
            _wait_for_server()
            yield executor
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def begin() -> None:
    """To be called first in every process: it ends with its caller, even a killed one, and leaves Ctrl-C to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_caller, daemon=True).start()
    keep_freed_memory()


def _end_with_caller() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _wait_for_server() -> None:
    """A process that does nothing starts when the server has its libraries. Ctrl-C until then leaves no half-started worker."""
    if CONTEXT.get_start_method() == "forkserver":
        process = Process(target=os.getpid)
        process.start()
        process.join()


def keep_freed_memory() -> None:
    """A step allocates anew what the last one freed: given back to the system between, mapping it takes a third of the time."""
    libc = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(libc, "mallopt"):  # glibc
        for option in (-1, -3):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD: what is freed from now on stays in the process,
            libc.mallopt(option, 1 << 30)
        libc.malloc_trim(0)  # but not what the run before left


@contextmanager
def _one_thread() -> Iterator[None]:
    """What starts within has ONE_THREAD in its environment, which libraries read when they are loaded."""
    before = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(ONE_THREAD)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
