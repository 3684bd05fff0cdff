"""Which runs a study asks for, which of them the store still lacks, and how those are carried out.

Runs are independent: they are spread over processes here, or over a Dask cluster. Workers hand results back; only
the caller writes. An interrupted study goes on where it was and loses at worst the runs in hand.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from multiprocessing.managers import SyncManager
from typing import NamedTuple

import numpy as np

from xo.runs import record as records
from xo.store.source_digest import Source
from xo.data.dataset import DataSet, load
from xo.errors import CheckFailed, InputError
from xo.store.processes import CONTEXT, begin, keep_freed_memory, one_thread, pool
from xo.runs.record import Damaged, Record, Store
from xo.variants import ROWS, VARIANTS, Variant


@dataclass(frozen=True)
class Study:
    """A named set of runs over all variants: seeds 0 to `seeds` - 1, or so many as `but` says of a variant."""

    seeds: int
    but: dict[str, int]  # more of some, fewer of the slow ones, 0 to leave out
    epochs: int | None = None  # instead of the variant's own
    images: tuple[int, int] | None = None  # training and test images per class, instead of all


_LEFT_OUT = dict.fromkeys(("no-pooling-wrong-folder", "three-conv-uneven", "no-pooling-uneven"), 0)  # replays of odd logs
STUDIES = {
    "smoke": Study(1, {"baseline": 2, **_LEFT_OUT}, epochs=2, images=(32, 12)),  # a minute or two
    "default": Study(1, {"baseline": 3, "three-conv": 3, **_LEFT_OUT}),  # ten minutes
    "full": Study(20, {"no-pooling": 10, "no-pooling-wrong-folder": 10, "no-pooling-uneven": 10}),
}


NEVER = "never trained"


class Run(NamedTuple):
    variant: Variant
    seed: int
    data: DataSet
    inputs: dict
    key: str

    def __str__(self) -> str:
        return f"{self.variant.name} seed {self.seed}"

    @property
    def cost(self) -> float:
        """Roughly how long it takes, in arbitrary units: what is computed and what is updated in each epoch."""
        h, w = self.data.image_size
        side = h * w if self.variant.pool is None else h * w / 10
        return self.variant.epochs * side * sum(self.variant.channels)


def find_study(name: str) -> Study:
    return _known(STUDIES, name, "study")


def find_variant(name: str) -> Variant:
    return _sound(_known(VARIANTS, name, "variant"))


def _sound(row: Variant) -> Variant:
    """The row of the table as it is; InputError names the first setting that no network can have."""
    def counts(value) -> bool:
        return isinstance(value, tuple) and all(isinstance(each, int) and each > 0 for each in value)

    rules = (
        ("name", re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.name), "small letters, digits and hyphens, for it names files"),
        ("name", sum(each.name == row.name for each in ROWS) <= 1, "a name of its own, for another row has this one"),
        ("zh", row.zh, "its title in Chinese"),
        ("en", row.en, "its title in English"),
        ("channels", counts(row.channels) and row.channels, "a tuple of counts, as (9, 5) or (9,)"),
        ("kernels", counts(row.kernels) and (not row.kernels or not counts(row.channels) or len(row.kernels) == len(row.channels)),
         "one side per convolution, as (3, 1, 3)"),
        ("pool", row.pool in ("max", "trained", None), "'max', 'trained' or None"),
        ("dense", counts(row.dense), "a tuple of counts, as (1200, 64)"),
        ("labels", row.labels in ("class", "split", "uneven"), "'class', 'split' or 'uneven'"),
    )
    for setting, holds, expected in rules:
        if not holds:
            raise InputError(f"xo/variants.py, row '{row.name}': {setting} is {getattr(row, setting)!r}; expected {expected}")
    return row


def _known(table: dict, name: str, what: str):
    if name not in table:
        raise InputError(f"{what} '{name}': not known; known are {', '.join(table)}")
    return table[name]


def study_data(study: Study, data: DataSet) -> DataSet:
    """The images that the study uses: all, or its own number per class."""
    return data.subset(*study.images) if study.images else data


def plan(study: Study, data: DataSet, source: Source) -> list[Run]:
    """Every run of the study on `data` (as `study_data` gives it), in the order of the table and the seeds."""
    runs = []
    for row in map(_sound, VARIANTS.values()):
        variant = replace(row, epochs=study.epochs) if study.epochs else row
        seeds = range(study.but.get(row.name, study.seeds))
        runs += [one_run(variant, seed, data, source) for seed in seeds]
    return runs


def one_run(variant: Variant, seed: int, data: DataSet, source: Source) -> Run:
    inputs = records.inputs(variant, seed, data.digest, source)
    return Run(variant, seed, data, inputs, records.key(inputs))


def why_missing(run: Run, store: Store) -> str:
    """Why the store has no record of this run: never trained, or which inputs changed since the nearest one."""
    others = [each["inputs"] for each in store.relatives(run.variant.name, run.seed) if "inputs" in each]
    others = [each for each in others if each.get("data") == run.inputs["data"]] or others
    if not others:
        return NEVER
    return "changed: " + ", ".join(min((records.changes(each, run.inputs) for each in others), key=len))


class State(NamedTuple):
    """What the store holds of a plan."""

    found: list[Record]
    missing: list[tuple[Run, str]]  # with the reason


def look_up(runs: list[Run], store: Store, set_aside: bool = False) -> State:
    """Reads and rehashes the records of `runs`; damaged ones count as missing and, on request, are set aside."""
    found, missing = [], []
    for run in runs:
        place = (run.variant.name, run.seed, run.key)
        try:
            record = store.find(*place)
            if record:
                found.append(record)
            else:
                missing.append((run, why_missing(run, store)))
        except Damaged as damage:
            where = f", set aside in {store.set_aside(*place)}" if set_aside else ""
            missing.append((run, f"damaged: {damage}{where}"))
    return State(found, missing)


def stored(variant: Variant, data: DataSet, source: Source, store: Store, seed: int | None = None) -> Record:
    """The record with weights of `seed`, or else of the seed with the highest test accuracy; of equals, the lowest."""
    if seed is not None:
        runs = [one_run(variant, seed, data, source)]
    else:
        seeds = {int(folder.name.partition("-")[0]) for folder in (store.root / variant.name).glob("[0-9]*-*")}
        runs = [one_run(variant, each, data, source) for each in sorted(seeds)]
    found = look_up(runs, store).found
    best_first = sorted(found, key=lambda record: (-record.test_accuracy, record.seed))
    if usable := [record for record in best_first if record.weights]:
        return usable[0]
    lacking = "no record with weights" if found else "no record"
    command = ["python", "-m", "xo", "train", variant.name, "--seed", str(best_first[0].seed if found else seed or 0),
               "--data", str(data.root), "--store", str(store.root), "--keep-weights"]
    raise InputError(f"{store.root}: {lacking} of {variant.name} on {data.name}{'' if seed is None else f' for seed {seed}'}; "
                     f"make one with: {shlex.join(command)}")


class Progress(NamedTuple):
    """One epoch of one run has ended."""

    run: str
    epoch: int
    epochs: int
    loss: float  # of the test images
    accuracy: float  # 0..1, of the test images


def execute(runs: list[Run], store: Store, *, jobs: int | None = None, scheduler: str | None = None,
            keep_weights: bool = False, on_progress: Callable[[Progress], None] = lambda progress: None) -> Iterator[Record]:
    """Trains `runs`, seed by seed and the longest first, and yields each record once it is in the store.

    With `scheduler` a Dask cluster does the work and progress comes run by run. A run during which the code or the data
    changed is dropped; CheckFailed names it at the end, when all others are kept.
    """
    runs = sorted(runs, key=lambda run: (run.seed, -run.cost))  # cut short, a study has as many seeds of every variant
    if scheduler:  # its workers may be machines that do not see our files
        runs = [run._replace(data=_in_memory(run.data)) for run in runs]
    by_key = {run.key: run for run in runs}
    data_before = _data_now(runs, store)
    void = []
    with _executor(jobs or cores(), len(runs), scheduler) as executor, _queue(on_progress, remote=bool(scheduler)) as queue:
        for key, facts, arrays, weights in _guarded(_results(runs, executor, queue, keep_weights)):
            run = by_key[key]
            now = records.inputs(run.variant, run.seed, run.data.digest, Source())
            if now != run.inputs or _data_now(runs, store) != data_before:
                void.append(f"{run} ({', '.join(records.changes(run.inputs, now)) or 'data'})")
                continue
            meta = {"layout": records.LAYOUT, "variant": run.inputs["variant"] | {"name": run.variant.name},
                    "seed": run.seed, "key": key, "inputs": run.inputs, "data": _described(run.data), **facts}
            yield store.write(meta, arrays, weights, keep_weights)
    if void:
        raise CheckFailed(f"dropped {len(void)} runs whose inputs changed while they ran: {'; '.join(void)}; "
                          "run the same command again to train them")


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
    train, test = (replace(split, pixels=np.array(split.images), rows=None) for split in (data.train, data.test))
    return replace(data, train=train, test=test)


def _described(data: DataSet) -> dict:
    return {"name": data.name, "digest": data.digest, "classes": list(data.classes), "image_size": list(data.image_size),
            "train_images": len(data.train.labels), "test_images": len(data.test.labels)}


def _results(runs: list[Run], executor: Executor | None, queue, keep_weights: bool) -> Iterator[tuple]:
    """What `_carry_out` returns of each run, as they end; none is held on to, for a study's arrays would fill the memory."""
    if executor is None:
        yield from (_carry_out(run, queue, keep_weights) for run in runs)
    else:
        yield from (done.result() for done in as_completed([executor.submit(_carry_out, run, queue, keep_weights) for run in runs]))


def _carry_out(run: Run, queue, keep_weights: bool):
    """One run, in a worker process, or in the caller's where there is one job."""
    from xo.network.train import train

    keep_freed_memory()

    def report(epoch):
        if queue is not None:
            queue.put(Progress(str(run), epoch.epoch, run.variant.epochs, epoch.test_loss, epoch.test_accuracy))

    _reset_peak_memory()
    started = time.perf_counter()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "overflow", RuntimeWarning)  # in the maps of a net that diverged
        net, facts, arrays = train(run.variant, run.data, run.seed, report)
    seconds = time.perf_counter() - started
    keep_freed_memory()  # from now on: what training freed goes back before large weights are copied and written
    tensors = net.state_dict()
    wanted = keep_weights or run.variant.labels == "class" and sum(t.nbytes for t in tensors.values()) <= records.WEIGHTS_LIMIT
    weights = {name: tensor.contiguous().numpy() for name, tensor in tensors.items()} if wanted else None
    facts["cost"] = {
        "train_seconds": seconds,
        "epoch_seconds": facts.pop("epoch_seconds"),
        "peak_memory_bytes": _peak_memory(),
        "finished": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    facts["machine"] = _machine()
    return run.key, facts, arrays, weights


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
        raise InputError("--engine dask: Dask is not installed; install it with pip install 'xo-report[dask]'") from error
    try:
        client = Client(scheduler, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError(f"--scheduler {scheduler}: no Dask scheduler answers there; start one with "
                         "'dask scheduler' and give its address, as tcp://host:8786") from error
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def _queue(on_progress: Callable[[Progress], None], remote: bool):
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
        raise CheckFailed("a training process was killed, most likely for want of memory; run the same command again "
                          "with fewer --jobs; finished runs are kept") from error


def _machine() -> str:
    """The kind of system and processor; on another the last bits of a result may differ."""
    model = platform.processor()
    try:
        with open("/proc/cpuinfo") as file:
            model = next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), model)
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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
