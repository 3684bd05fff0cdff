"""Carries out runs, spread over processes here or over a Dask cluster.

Workers hand results back; only the caller writes to the store. An interrupted study goes on where
it was and loses at worst the runs in hand. A run that another command has in hand is waited for.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing.managers import SyncManager
from queue import Queue

import msgspec

from xo.data.load import load
from xo.errors import CheckFailed, InputError
from xo.network.measurements import Training
from xo.runs.claims import Claims, claims
from xo.runs.record import Cost, DataDescription, RunRecord, RunResult, run_inputs, write_run
from xo.runs.resources import Environment, cores
from xo.runs.schedule import in_order
from xo.runs.study import Run
from xo.runs.worker import LIBRARIES, EpochDone, Outcome, carry_out
from xo.store.inputs import changes
from xo.store.processes import CONTEXT, begin, pool, start_server
from xo.store.source_digest import Source
from xo.store.store import Store

POLL = 0.5  # seconds between two looks at the runs that other commands have in hand
NextRun = Callable[[], Run | None]  # the next one to carry out; None where there is none just now


def execute(
    runs: list[Run],
    store: Store,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    keep_weights: bool = False,
    on_progress: Callable[[EpochDone], None] = lambda progress: None,
    on_wait: Callable[[list[Run]], None] = lambda runs: None,
) -> Iterator[RunRecord]:
    """Trains `runs` in the order of `in_order` and yields each record once it is stored.

    One that another command trains meanwhile is not trained here; before it waits for some,
    `on_wait` gets them.
    With `scheduler` a Dask cluster does the work instead of `jobs` processes. A run during which
    the code or the data changed is dropped; CheckFailed names it when all others are stored.
    """
    by_key = {run.key: run for run in runs}
    data_before = _data_on_disk(runs, store)
    dropped = []
    if scheduler:
        from xo.runs.cluster import cluster

        workers = cluster(scheduler, runs, keep_weights, on_progress)
    else:
        workers = _processes(jobs or cores(), runs, keep_weights, on_progress)
    with (
        workers as (count, outcomes_of),
        claims(in_order(runs, count), store, keep_weights) as claimed,
    ):
        for outcome in _until_all_are_done(claimed, outcomes_of, on_wait):
            if isinstance(outcome, RunRecord):
                yield outcome
                continue
            run = by_key[outcome.key]
            inputs = run_inputs(run.variant, run.seed, run.data.digest, Source())
            if inputs != run.inputs or _data_on_disk(runs, store) != data_before:
                dropped.append(f"{run} ({', '.join(changes(run.inputs, inputs)) or 'data'})")
                claimed.release(run.key)
                continue
            result = run_result(run, outcome.measured, outcome.cost, outcome.environment)
            record = write_run(
                store, run.inputs, result, outcome.arrays, outcome.weights, keep_weights
            )
            claimed.release(run.key)
            yield record
    if dropped:
        raise CheckFailed(
            f"dropped {len(dropped)} runs whose inputs changed while they ran: "
            f"{'; '.join(dropped)}; run the same command again to train them"
        )


def _until_all_are_done(
    claimed: Claims,
    outcomes_of: Callable[[NextRun], Iterator[Outcome]],
    on_wait: Callable[[list[Run]], None],
) -> Iterator[Outcome | RunRecord]:
    """The outcomes of runs that were carried out here, and the records of those that were not."""
    announced = False
    while True:
        for outcome in outcomes_of(claimed.take):
            yield outcome
            yield from claimed.trained_elsewhere()
        yield from claimed.trained_elsewhere()
        if not claimed.waiting:
            return
        if not announced:
            on_wait(claimed.waiting)
            announced = True
        time.sleep(POLL)


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
        data.solved_from,
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


@contextmanager
def _processes(
    jobs: int,
    runs: list[Run],
    keep_weights: bool,
    on_progress: Callable[[EpochDone], None],
) -> Iterator[tuple[int, Callable[[NextRun], Iterator[Outcome]]]]:
    """How many processes there are, and what has them carry out runs and yields their outcomes.

    CheckFailed where one of them dies suddenly (out of memory, killed). One job is the caller's.
    """
    if jobs == 1:
        yield (
            1,
            lambda take: (carry_out(run, on_progress, keep_weights) for run in iter(take, None)),
        )
        return
    count = min(jobs, len(runs)) or 1
    with (
        pool(count, libraries=LIBRARIES, background=True) as executor,
        _progress_queue(on_progress) as queue,
    ):
        yield jobs, partial(_outcomes, executor, count, queue, keep_weights)


def _outcomes(
    executor: Executor, count: int, queue: Queue, keep_weights: bool, take: NextRun
) -> Iterator[Outcome]:
    """The outcome of each run as it ends; none is kept, for a study's arrays would fill memory."""
    in_hand: set[Future[Outcome]] = set()

    def fill() -> None:
        while len(in_hand) < count and (run := take()):
            in_hand.add(executor.submit(carry_out, run, queue.put, keep_weights))

    try:
        fill()
        while in_hand:
            future = wait(in_hand, return_when=FIRST_COMPLETED).done.pop()
            in_hand.remove(future)
            fill()
            yield future.result()
    except BrokenProcessPool as error:
        raise CheckFailed(
            "a training process was killed, most likely for want of memory; run the same command "
            "again with fewer --jobs; finished runs are kept"
        ) from error


@contextmanager
def _progress_queue(on_progress: Callable[[EpochDone], None]) -> Iterator[Queue]:
    """A queue that carries progress from processes to `on_progress`."""
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
