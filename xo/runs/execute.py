"""How runs are carried out: spread over processes here, or over a Dask cluster.

Workers hand results back; only the caller writes. An interrupted study goes on where it was and loses at worst the runs
in hand.
"""

from __future__ import annotations

import os
import platform
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timezone
from multiprocessing.managers import SyncManager
from typing import NamedTuple

import msgspec
import numpy as np

from xo.data.dataset import DataSet, load
from xo.errors import CheckFailed, InputError
from xo.network.measurements import Training
from xo.runs.record import (
    WEIGHTS_LIMIT,
    Cost,
    DataDescription,
    RunRecord,
    RunResult,
    run_inputs,
    write_run,
)
from xo.runs.study import Run
from xo.store.inputs import changes
from xo.store.processes import CONTEXT, begin, keep_freed_memory, one_thread, pool
from xo.store.source_digest import Source
from xo.store.store import Store


class EpochDone(NamedTuple):
    """One epoch of one run has ended."""

    run: str
    epoch: int
    epochs: int
    loss: float  # of the test images
    accuracy: float  # 0..1, of the test images


def execute(
    runs: list[Run],
    store: Store,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    keep_weights: bool = False,
    on_progress: Callable[[EpochDone], None] = lambda progress: None,
) -> Iterator[RunRecord]:
    """Trains `runs`, seed by seed and the longest first, and yields each record once it is in the store.

    With `scheduler` a Dask cluster does the work and progress comes run by run. A run during which the code or the data
    changed is dropped; CheckFailed names it at the end, when all others are kept.
    """
    runs = sorted(
        runs, key=lambda run: (run.seed, -run.cost)
    )  # cut short, a study has as many seeds of every variant
    if scheduler:  # its workers may be machines that do not see our files
        runs = [run._replace(data=_in_memory(run.data)) for run in runs]
    by_key = {run.key: run for run in runs}
    data_before = _data_now(runs, store)
    void = []
    with (
        _executor(jobs or cores(), len(runs), scheduler) as executor,
        _queue(on_progress, remote=bool(scheduler)) as queue,
    ):
        for outcome in _guarded(_results(runs, executor, queue, keep_weights)):
            run = by_key[outcome.key]
            now = run_inputs(run.variant, run.seed, run.data.digest, Source())
            if now != run.inputs or _data_now(runs, store) != data_before:
                void.append(f"{run} ({', '.join(changes(run.inputs, now)) or 'data'})")
                continue
            result = run_result(run, outcome.measured, outcome.cost, outcome.machine)
            yield write_run(
                store, run.inputs, result, outcome.arrays, outcome.weights, keep_weights
            )
    if void:
        raise CheckFailed(
            f"dropped {len(void)} runs whose inputs changed while they ran: {'; '.join(void)}; "
            "run the same command again to train them"
        )


def run_result(run: Run, measured: Training, cost: Cost, machine: str) -> RunResult:
    """What a record says of a run."""
    data = run.data
    described = DataDescription(
        data.name,
        data.digest,
        data.classes,
        data.image_size,
        len(data.train.labels),
        len(data.test.labels),
    )
    settings = replace(
        run.variant, zh="", en="", parameters=0
    )  # titles belong to the table, counts are measured
    return RunResult(
        settings=settings,
        seed=run.seed,
        data=described,
        cost=cost,
        machine=machine,
        **msgspec.structs.asdict(measured),
    )


def cores() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _data_now(runs: list[Run], store: Store) -> set[str]:
    """The digests of the runs' data sets as they lie on disk."""
    digests = set()
    for root in {run.data.root for run in runs}:
        try:
            digests.add(load(root, store.cache).digest)
        except InputError as error:
            digests.add(str(error))
    return digests


def _in_memory(data: DataSet) -> DataSet:
    train, test = (
        replace(split, pixels=np.array(split.images), rows=None)
        for split in (data.train, data.test)
    )
    return replace(data, train=train, test=test)


def _results(
    runs: list[Run], executor: Executor | None, queue, keep_weights: bool
) -> Iterator[Outcome]:
    """What `_carry_out` returns of each run, as they end; none is held on to, for a study's arrays would fill the memory."""
    if executor is None:
        yield from (_carry_out(run, queue, keep_weights) for run in runs)
    else:
        yield from (
            done.result()
            for done in as_completed(
                [executor.submit(_carry_out, run, queue, keep_weights) for run in runs]
            )
        )


class Outcome(NamedTuple):
    """What a worker hands back of one run."""

    key: str
    measured: Training
    cost: Cost
    machine: str
    arrays: dict[str, np.ndarray]
    weights: dict[str, np.ndarray] | None


def _carry_out(run: Run, queue, keep_weights: bool) -> Outcome:
    """One run, in a worker process, or in the caller's where there is one job."""
    from xo.network.train import train

    keep_freed_memory()

    def report(epoch):
        if queue is not None:
            queue.put(
                EpochDone(
                    str(run), epoch.epoch, run.variant.epochs, epoch.test_loss, epoch.test_accuracy
                )
            )

    _reset_peak_memory()
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.filterwarnings(
            "ignore", "overflow", RuntimeWarning
        )  # in the maps of a net that diverged
        net, measured, arrays = train(run.variant, run.data, run.seed, report)
    seconds = time.perf_counter() - started
    keep_freed_memory()  # from now on: what training freed goes back before large weights are copied and written
    tensors = net.state_dict()
    wanted = (
        keep_weights
        or run.variant.labels == "class"
        and sum(t.nbytes for t in tensors.values()) <= WEIGHTS_LIMIT
    )
    weights = (
        {name: tensor.contiguous().numpy() for name, tensor in tensors.items()} if wanted else None
    )
    finished = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Outcome(
        run.key, measured, Cost(seconds, _peak_memory(), finished), _machine(), arrays, weights
    )


@contextmanager
def _executor(jobs: int, tasks: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Processes here, or the cluster; None where there is one job: the caller then does the work itself."""
    if scheduler is None:
        with nullcontext() if jobs == 1 else pool(min(jobs, tasks) or 1) as executor:
            yield executor
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(
            "--engine dask: Dask is not installed; install it with pip install 'xo-report[dask]'"
        ) from error
    try:
        client = Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(
            f"--scheduler {scheduler}: no Dask scheduler answers there; start one with "
            "'dask scheduler' and give its address, as tcp://host:8786"
        ) from error
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def _queue(on_progress: Callable[[EpochDone], None], remote: bool):
    """A queue that carries progress from worker processes to `on_progress`; None where it cannot reach."""
    if remote:
        yield None
        return
    manager = SyncManager(ctx=CONTEXT)
    with one_thread():  # the server of later processes may start with it
        manager.start(begin)
    with manager:
        queue = manager.Queue()

        def listen():
            while (progress := queue.get()) is not None:
                on_progress(progress)

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        try:
            yield queue
        finally:
            queue.put(None)
            listener.join()


def _guarded(results: Iterator) -> Iterator:
    """Turns a worker's sudden death (out of memory, killed) into one line."""
    try:
        yield from results
    except BrokenProcessPool as error:
        raise CheckFailed(
            "a training process was killed, most likely for want of memory; run the same command again "
            "with fewer --jobs; finished runs are kept"
        ) from error


def _machine() -> str:
    """The kind of system and processor; on another the last bits of a result may differ."""
    model = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            model = next(
                (line.partition(":")[2].strip() for line in file if line.startswith("model name")),
                model,
            )
    except OSError:
        pass
    return f"{platform.system()} {platform.machine()} {model}".strip()


def _reset_peak_memory() -> None:
    """Lets the kernel count this process's peak memory anew (Linux), so that a run is not charged for the one before."""
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def _peak_memory() -> int | None:
    """Peak resident memory in bytes since the reset; of the whole process where the system cannot reset."""
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmHWM"))
    except OSError:
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
