"""How runs travel over a Dask cluster: images to every worker once, epochs and results back.

The scheduler gives the run of a worker that died to another one. A worker carries out one run at a
time, whatever number of threads it has: start it with `dask worker ADDRESS --nthreads 1`.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from uuid import uuid4

import numpy as np

from xo.data.dataset import DataSet
from xo.errors import CheckFailed, InputError
from xo.runs.record import run_inputs
from xo.runs.study import Run
from xo.runs.worker import EpochDone, Outcome, carry_out
from xo.store.inputs import Inputs, changes
from xo.store.source_digest import Source
from xo.variants import Variant

try:
    from distributed import (
        Client,
        KilledWorker,
        Security,
        WorkerPlugin,
        as_completed,
        get_worker,
        rpc,
    )
    from distributed.utils import LoopRunner, silence_logging_cmgr
except ImportError as error:
    raise InputError(
        "--engine dask: Dask is not installed; install it with pip install 'xo-report[dask]'"
    ) from error

NextRun = Callable[[], Run | None]  # as in xo.runs.execute
TIMEOUT = 10  # seconds until a scheduler must answer and have a worker
AT_A_TIME = 200  # runs that the scheduler is given, for each holds a file of a claim open
ONE_RUN = threading.Lock()  # PyTorch's random state, from which weights are drawn, is the process's


class Images(WorkerPlugin):
    """Data sets in the memory of every worker, also of one that joins later."""

    def __init__(self, name: str, data_sets: dict[str, DataSet]) -> None:
        self.name = name
        self.data_sets = data_sets  # by digest


class Abandoned(Exception):
    """The command that asked for this run has ended."""


def check_scheduler(address: str) -> None:
    """InputError where no scheduler answers; for a wrong address, `Client` itself may hang."""
    try:
        with silence_logging_cmgr(logging.CRITICAL):
            kind = LoopRunner().run_sync(_kind_of_server, address)
    except (OSError, TypeError, ValueError) as error:
        raise InputError(
            f"--scheduler {address}: no Dask scheduler answers there; start one with "
            "'dask scheduler' and give its address, as tcp://host:8786"
        ) from error
    if kind != "Scheduler":
        raise InputError(
            f"--scheduler {address}: a Dask {kind.lower()} answers there; expected a scheduler, "
            "whose address 'dask scheduler' prints"
        )


async def _kind_of_server(address: str) -> str:
    security = Security().get_connection_args("client")
    async with rpc(address, timeout=TIMEOUT, connection_args=security) as server:
        return str((await asyncio.wait_for(server.identity(), TIMEOUT))["type"])


@contextmanager
def cluster(
    scheduler: str,
    runs: list[Run],
    keep_weights: bool,
    on_progress: Callable[[EpochDone], None],
) -> Iterator[tuple[int, Callable[[NextRun], Iterator[Outcome]]]]:
    """How many workers there are, and what has them carry out runs, which must be of `runs`, and
    yields their outcomes as they end.

    InputError where there is no scheduler, no worker, or a worker of another version of the code;
    CheckFailed where the scheduler is lost, or a run whose workers died time and again.
    """
    check_scheduler(scheduler)
    with (
        silence_logging_cmgr(logging.CRITICAL),  # a failed command says why in one line of its own
        Client(scheduler, timeout=TIMEOUT, set_as_default=False) as client,
    ):
        workers = _workers(client, scheduler)
        images = Images(
            f"xo-{uuid4().hex}", {run.data.digest: _in_memory(run.data) for run in runs}
        )
        client.subscribe_topic(images.name, lambda event: on_progress(EpochDone(*event[1])))
        try:
            _register(client, scheduler, images)
            yield workers, partial(_outcomes, client, scheduler, images.name, keep_weights)
        finally:
            if client.status == "running":
                with suppress(Exception):  # a worker without it, or a scheduler that ends just now
                    client.unregister_worker_plugin(images.name)


def _workers(client: Client, scheduler: str) -> int:
    """How many there are, as soon as there is one."""
    try:
        client.wait_for_workers(1, timeout=TIMEOUT)
    except TimeoutError as error:
        raise InputError(
            f"--scheduler {scheduler}: the Dask scheduler has no workers; start some with "
            f"'dask worker {scheduler} --nthreads 1'"
        ) from error
    return len(client.nthreads())


def _register(client: Client, scheduler: str, images: Images) -> None:
    try:
        client.register_plugin(images)
    except OSError as error:
        raise _lost(scheduler) from error
    except Exception as error:  # as Dask hands on whatever a worker raises
        raise InputError(
            f"--scheduler {scheduler}: a worker cannot load the images ({error}); install the same "
            "commit of this program for every worker"
        ) from error


def _in_memory(data: DataSet) -> DataSet:
    """The same with its pixels, which may lie in a file that no worker sees; it has no store."""
    train, test = (
        replace(split, pixels=np.array(split.images), rows=None)
        for split in (data.train, data.test)
    )
    return replace(data, train=train, test=test, store=None)


def _outcomes(
    client: Client, scheduler: str, images: str, keep_weights: bool, take: NextRun
) -> Iterator[Outcome]:
    """The outcome of each run as it ends; none is kept here or in a worker once it is yielded."""
    given_up: list[str] = []
    while runs := list(itertools.islice(iter(take, None), AT_A_TIME)):
        yield from _outcomes_of(client, scheduler, runs, images, keep_weights, given_up)
    if given_up:
        raise CheckFailed(
            f"gave up {len(given_up)} runs, whose workers died time and again, most likely for "
            f"want of memory: {', '.join(given_up)}; finished runs are kept; run the same command "
            "again with fewer workers on a machine"
        )


def _outcomes_of(
    client: Client,
    scheduler: str,
    runs: list[Run],
    images: str,
    keep_weights: bool,
    given_up: list[str],
) -> Iterator[Outcome]:
    """As `_outcomes`, of these runs; those that the scheduler gave up are added to `given_up`."""
    # The keys say which runs make a group, in which order, and their names on Dask's dashboard.
    by_key = {(images, i, str(run)): run for i, run in enumerate(runs)}
    try:
        for future in as_completed(
            client.map(
                partial(_train, images, keep_weights),
                [run.variant for run in runs],
                [run.seed for run in runs],
                [run.data.digest for run in runs],
                [run.inputs for run in runs],
                key=list(by_key),
            ),
            loop=client.loop,
        ):
            try:
                outcome = future.result()
            except KilledWorker:
                given_up.append(str(by_key[future.key]))
            else:
                del future  # a worker that holds a result and dies would have to train it again
                yield outcome
    except (CancelledError, OSError) as error:
        raise _lost(scheduler) from error


def _lost(scheduler: str) -> CheckFailed:
    return CheckFailed(
        f"--scheduler {scheduler}: the connection to the Dask scheduler was lost; finished runs "
        "are kept; start it and its workers again, and the same command goes on from there"
    )


def _train(
    images: str, keep_weights: bool, variant: Variant, seed: int, data: str, inputs: Inputs
) -> Outcome:
    """In a worker: one run on the data set of digest `data` in the plugin named `images`."""
    worker = get_worker()

    def report(done: EpochDone) -> None:
        if images not in worker.plugins:
            raise Abandoned
        worker.log_event(images, list(done))

    with ONE_RUN:
        plugin = worker.plugins.get(images)
        if not isinstance(plugin, Images):
            raise Abandoned
        run = Run(variant, seed, plugin.data_sets[data], inputs)
        _check_inputs(run, worker.address)
        return carry_out(run, report, keep_weights)


def _check_inputs(run: Run, worker: str) -> None:
    """InputError where code or libraries of this worker are not those of the command."""
    try:
        here = run_inputs(run.variant, run.seed, run.data.digest, Source())
    except ImportError as error:
        raise InputError(f"Dask worker {worker}: {error}; install it there") from error
    if here != run.inputs:
        raise InputError(
            f"Dask worker {worker}: differs from this machine in "
            f"{', '.join(changes(run.inputs, here))}; install the same commit and versions there"
        )
