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
from multiprocessing.context import BaseContext
from threading import Thread

ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# what takes half a second or more to import and several processes need; torch takes up _dynamo to find the shapes of layers
LIBRARIES = (
    "torch",
    "torch._dynamo",
    "scipy.stats",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "ipykernel.kernelapp",
)
ANEW = multiprocessing.get_context("spawn")
CONTEXT = multiprocessing.get_context("forkserver") if sys.platform == "linux" else ANEW
Process = CONTEXT.Process


def load_libraries() -> None:
    """Has the server import LIBRARIES, so that no later process need; nothing is waited for.

    Worth its time before many processes. A server that runs already stays as it is.
    """
    if CONTEXT.get_start_method() == "forkserver":
        from multiprocessing import forkserver

        CONTEXT.set_forkserver_preload(list(LIBRARIES))
        with one_thread(), _no_interrupts():
            forkserver.ensure_running()


@contextmanager
def pool(jobs: int, context: BaseContext = CONTEXT) -> Iterator[Executor]:
    """An executor of `jobs` processes. They are gone when the block is left, at once where that is by an exception.

    With the context ANEW they do not wait for the server and its libraries.
    concurrent.futures.process.BrokenProcessPool is raised by the results when one of them was killed.
    """
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(jobs, context, begin)
    try:
        with one_thread():
            _start(executor, context)
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


@contextmanager
def one_thread() -> Iterator[None]:
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


def _end_with_caller() -> None:
    multiprocessing.parent_process().join()
    os._exit(1)


def _start(executor: Executor, context: BaseContext) -> None:
    """Ctrl-C from here on finds no process that has not yet come to `begin`."""
    if context is ANEW:
        with _no_interrupts():
            executor.submit(os.getpid)
    else:  # until the server has its libraries this takes seconds, which Ctrl-C may end
        process = Process(target=os.getpid)
        process.start()
        process.join()


def keep_freed_memory() -> None:
    """A step allocates anew what the last one freed: given back to the system between, mapping it takes a third of the time."""
    libc = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(libc, "mallopt"):  # glibc
        for option in (
            -1,
            -3,
        ):  # M_TRIM_THRESHOLD, M_MMAP_THRESHOLD: what is freed from now on stays in the process,
            libc.mallopt(option, 1 << 30)
        libc.malloc_trim(0)  # but not what the run before left


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """What starts within does not hear Ctrl-C, which is the caller's to handle."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
