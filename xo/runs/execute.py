"""Carries out runs, spread over processes here or over a Dask cluster.

Workers hand results back; only the caller writes to the store. An interrupted study goes on where
it was and loses at worst the runs in hand.
"""

from __future__ import annotations

import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing.managers import SyncManager
from queue import Queue
from typing import NamedTuple

import msgspec
import numpy as np

from xo.data.dataset import DataSet
from xo.data.load import load
from xo.errors import CheckFailed, InputError
from xo.network.measurements import Epoch, Training
from xo.runs.record import (
    WEIGHTS_LIMIT,
    Cost,
    DataDescription,
    RunRecord,
    RunResult,
    run_inputs,
    write_run,
)
from xo.runs.resources import Environment, cores, environment, peak_memory, reset_peak_memory
from xo.runs.schedule import in_order
from xo.runs.study import Run
from xo.store.inputs import changes
from xo.store.processes import CONTEXT, begin, keep_freed_memory, pool, start_server
from xo.store.source_digest import Source
from xo.store.store import Store

SCHEDULER_TIMEOUT = 10  # seconds


class EpochDone(NamedTuple):
    """One epoch of one run has ended."""

    run: str
    epoch: int
    epochs: int
    loss: float  # of the test images
    accuracy: float  # 0..1, of the test images


class Outcome(NamedTuple):
    """What a worker hands back of one run."""

    key: str
    measured: Training
    cost: Cost
    environment: Environment
    arrays: dict[str, np.ndarray]
    weights: dict[str, np.ndarray] | None


def execute(
    runs: list[Run],
    store: Store,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    keep_weights: bool = False,
    on_progress: Callable[[EpochDone], None] = lambda progress: None,
) -> Iterator[RunRecord]:
    """Trains `runs` in the order of `in_order` and yields each record once it is stored.

    With `scheduler` a Dask cluster does the work, and `on_progress` is not called. A run during
    which the code or the data changed is dropped; CheckFailed names it when all others are stored.
    """
    runs = in_order(runs, jobs or cores())
    if scheduler:  # its workers may be machines that do not see our files
        runs = [run._replace(data=_in_memory(run.data)) for run in runs]
    by_key = {run.key: run for run in runs}
    data_before = _data_on_disk(runs, store)
    dropped = []
    with (
        _executor(jobs or cores(), len(runs), scheduler) as executor,
        _progress_queue(on_progress, remote=bool(scheduler)) as queue,
    ):
        for outcome in _outcomes(runs, executor, queue, keep_weights):
            run = by_key[outcome.key]
            inputs = run_inputs(run.variant, run.seed, run.data.digest, Source())
            if inputs != run.inputs or _data_on_disk(runs, store) != data_before:
                dropped.append(f"{run} ({', '.join(changes(run.inputs, inputs)) or 'data'})")
                continue
            result = run_result(run, outcome.measured, outcome.cost, outcome.environment)
            yield write_run(
                store, run.inputs, result, outcome.arrays, outcome.weights, keep_weights
            )
    if dropped:
        raise CheckFailed(
            f"dropped {len(dropped)} runs whose inputs changed while they ran: "
            f"{'; '.join(dropped)}; run the same command again to train them"
        )


def run_result(run: Run, measured: Training, cost: Cost, environment: Environment) -> RunResult:
    """What a record says of a run."""
    data = run.data
    described = DataDescription(
        data.name,
        data.digest,
        data.classes,
        data.image_size,
        len(data.train.labels),
        len(data.test.labels),
        data.channels,
    )
    # Titles belong to the table of variants, and parameters are measured.
    settings = replace(run.variant, zh="", en="", parameters=0)
    return RunResult(
        settings=settings,
        seed=run.seed,
        data=described,
        cost=cost,
        environment=environment,
        **msgspec.structs.asdict(measured),
    )


def _data_on_disk(runs: list[Run], store: Store) -> set[str]:
    """The digests of the runs' data sets as they lie on disk now."""
    digests = set()
    for root in {run.data.root for run in runs}:
        try:
            digests.add(load(root, store).digest)
        except InputError as error:
            digests.add(str(error))
    return digests


def _in_memory(data: DataSet) -> DataSet:
    train, test = (
        replace(split, pixels=np.array(split.images), rows=None)
        for split in (data.train, data.test)
    )
    return replace(data, train=train, test=test)


def _outcomes(
    runs: list[Run], executor: Executor | None, queue: Queue | None, keep_weights: bool
) -> Iterator[Outcome]:
    """The outcome of each run as it ends; none is kept, for a study's arrays would fill memory.

    A worker's sudden death (out of memory, killed) raises CheckFailed.
    """
    if executor is None:
        yield from (_carry_out(run, queue, keep_weights) for run in runs)
        return
    try:
        for future in as_completed(
            [executor.submit(_carry_out, run, queue, keep_weights) for run in runs]
        ):
            yield future.result()
    except BrokenProcessPool as error:
        raise CheckFailed(
            "a training process was killed, most likely for want of memory; run the same command "
            "again with fewer --jobs; finished runs are kept"
        ) from error


def _carry_out(run: Run, queue: Queue | None, keep_weights: bool) -> Outcome:
    """One run, in a worker process, or in the caller's where there is one job."""
    from xo.network.train import train

    keep_freed_memory()

    def report(epoch: Epoch) -> None:
        if queue is not None:
            loss, accuracy = epoch.test_loss, epoch.test_accuracy
            queue.put(EpochDone(str(run), epoch.epoch, run.variant.epochs, loss, accuracy))

    reset_peak_memory()
    started = time.perf_counter()
    with warnings.catch_warnings():
        # In the maps of a network that diverged.
        warnings.filterwarnings("ignore", "overflow", RuntimeWarning)
        net, measured, arrays = train(run.variant, run.data, run.seed, report)
    seconds = time.perf_counter() - started
    keep_freed_memory()  # what training freed goes back before large weights are copied and written
    tensors = net.state_dict()
    small = sum(tensor.nbytes for tensor in tensors.values()) <= WEIGHTS_LIMIT
    weights = None
    if keep_weights or (run.variant.labels == "class" and small):
        weights = {name: tensor.contiguous().numpy() for name, tensor in tensors.items()}
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    cost = Cost(seconds, peak_memory(), finished)
    return Outcome(run.key, measured, cost, environment(), arrays, weights)


@contextmanager
def _executor(jobs: int, tasks: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Processes here, or the cluster; None where the caller does the one job itself."""
    if scheduler is None:
        if jobs == 1:
            yield None
            return
        with pool(min(jobs, tasks) or 1, libraries=("torch",), background=True) as executor:
            yield executor
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(
            "--engine dask: Dask is not installed; install it with pip install 'xo-report[dask]'"
        ) from error
    try:
        client = Client(scheduler, timeout=SCHEDULER_TIMEOUT)
    except (OSError, ValueError) as error:
        raise InputError(
            f"--scheduler {scheduler}: no Dask scheduler answers there; start one with "
            "'dask scheduler' and give its address, as tcp://host:8786"
        ) from error
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def _progress_queue(
    on_progress: Callable[[EpochDone], None], remote: bool
) -> Iterator[Queue | None]:
    """A queue that carries progress from workers to `on_progress`; None where it cannot reach."""
    if remote:
        yield None
        return
    start_server()
    manager = SyncManager(ctx=CONTEXT)
    manager.start(begin)
    with manager:
        queue = manager.Queue()

        def listen() -> None:
            while (progress := queue.get()) is not None:
                on_progress(progress)

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        try:
            yield queue
        finally:
            queue.put(None)
            listener.join()
