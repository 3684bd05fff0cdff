"""Worker processes: how they start, with large libraries already in memory, and how they end.

On Linux each is forked from a server that has imported libraries and done nothing else; on other
systems each starts anew. Work is spread over processes, so each computes on one thread.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import BaseContext
from threading import Thread

from xo.store.memory import keep_freed_memory

ONE_THREAD = {"OMP_NUM_THREADS": "1"}
ANEW = multiprocessing.get_context("spawn")  # does not wait for the server and its libraries
CONTEXT = multiprocessing.get_context("forkserver") if sys.platform == "linux" else ANEW
Process = CONTEXT.Process


def start_server(libraries: tuple[str, ...] = ()) -> None:
    """Starts the server, which imports `libraries` so that no later process need; returns at once.

    A server that runs already stays as it is.
    """
    if CONTEXT is not ANEW:
        CONTEXT.set_forkserver_preload(list(libraries))
        with one_thread(), _no_interrupts():
            forkserver.ensure_running()


@contextmanager
def pool(
    jobs: int,
    context: BaseContext = CONTEXT,
    libraries: tuple[str, ...] = (),
    background: bool = False,
) -> Iterator[Executor]:
    """An executor of `jobs` processes, killed when the block ends by an exception.

    Where no server runs yet, one is started that imports `libraries`. In the `background` they take
    the time that other processes leave. Results raise
    concurrent.futures.process.BrokenProcessPool when a process was killed.
    """
    before = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(jobs, context, _begin_behind_others if background else begin)
    try:
        with one_thread():
            if context is ANEW:
                with _no_interrupts():
                    executor.submit(os.getpid)  # so that a process has come to `begin`
            else:
                start_server(libraries)
            yield executor
    except BaseException:
        for process in set(multiprocessing.active_children()) - before:
            process.kill()
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def begin() -> None:
    """Must be called first in every process: it ends with its caller, which alone hears Ctrl-C and
    SIGHUP.
    """
    for ends in ("SIGINT", "SIGHUP"):
        if hasattr(signal, ends):
            signal.signal(getattr(signal, ends), signal.SIG_IGN)
    Thread(target=_end_with_caller, daemon=True).start()
    keep_freed_memory()


def _begin_behind_others() -> None:
    begin()
    if hasattr(os, "nice"):
        os.nice(10)


def _end_with_caller() -> None:
    if caller := multiprocessing.parent_process():
        caller.join()
        os._exit(1)


@contextmanager
def one_thread() -> Iterator[None]:
    """Processes started within have ONE_THREAD in their environment."""
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


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Processes started within do not hear Ctrl-C, which is the caller's to handle."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
