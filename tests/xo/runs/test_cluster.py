"""A scheduler and workers as a user starts them, in processes of their own on loopback."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from runpy import run_module
from typing import TypeVar

import pytest
from click.testing import CliRunner

from report_builder.cli import main
from xo.data.dataset import DataSet
from xo.errors import CheckFailed, InputError
from xo.runs.cluster import check_scheduler
from xo.runs.execute import execute
from xo.runs.study import STUDIES, Run, find_records, one_run, plan, study_data
from xo.runs.worker import LIBRARIES, EpochDone
from xo.store.processes import Process, start_server
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS

distributed = pytest.importorskip("distributed")
Found = TypeVar("Found")
WAIT = 60  # seconds, then a test fails
LOCAL = ("--host", "127.0.0.1", "--no-dashboard")
LONG = 1_000_000  # epochs; a run of so many does not end in a test


class Cluster:
    """A Dask scheduler, and workers by their addresses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: dict[str, Process | subprocess.Popen] = {}
        file = folder / "scheduler.json"
        self.scheduler = start("scheduler", "--port", "0", "--scheduler-file", str(file))
        self.address = await_that(lambda: address_in(file))
        self.client = distributed.Client(self.address, set_as_default=False)

    def have_workers(self, count: int, threads: int = 1) -> list[str]:
        """Starts as many as it lacks of so many; returns the addresses of all."""
        command = ("worker", self.address, "--local-directory", str(self.folder))
        options = ("--no-nanny", "--nthreads", str(threads))
        self._await([start(*command, *options) for _ in range(len(self.workers), count)])
        return list(self.workers)

    def add_worker_of(self, source: Path) -> str:
        """Starts one with the code in that folder; returns its address."""
        worker = subprocess.Popen(
            [sys.executable, "-m", "dask", "worker", self.address, "--no-nanny", *LOCAL],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(source)},
            stderr=subprocess.DEVNULL,
        )
        self._await([worker])
        return list(self.workers)[-1]

    def _await(self, started: list[Process | subprocess.Popen]) -> None:
        expected = len(self.workers) + len(started)
        await_that(lambda: len(self.client.nthreads()) == expected)
        addresses = {pid: address for address, pid in self.client.run(os.getpid).items()}
        self.workers |= {addresses[process.pid]: process for process in started}

    def active(self) -> dict[str, list[str]]:
        """The runs that each worker carries out."""
        return self.client.run(
            lambda dask_worker: [run for _, _, run in dask_worker.active_threads.values()]
        )

    def worker_of(self, run: str) -> str:
        """The address of the worker that carries out a run, once one does."""
        (address,) = await_that(
            lambda: [worker for worker, runs in self.active().items() if run in runs]
        )
        return address

    def kill(self, worker: str) -> None:
        end(self.workers.pop(worker))
        await_that(lambda: worker not in self.client.nthreads())

    def close(self) -> None:
        self.client.close()
        for process in (*self.workers.values(), self.scheduler):
            end(process)


def start(*command: str) -> Process:
    """`dask` in a process of its own, forked from one that has loaded the libraries."""
    start_server((*LIBRARIES, "distributed.cli.dask_worker"))
    process = Process(target=run_dask, args=command, daemon=True)  # ends with the tests
    process.start()
    return process


def run_dask(*command: str) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    sys.argv = ["dask", *command, *LOCAL]
    run_module("dask", run_name="__main__")


def end(process: Process | subprocess.Popen) -> None:
    process.kill()
    process.wait() if isinstance(process, subprocess.Popen) else process.join()


def address_in(file: Path) -> str:
    """The address in a scheduler's file; empty until Dask has written all of it."""
    try:
        return json.loads(file.read_text())["address"]
    except (FileNotFoundError, json.JSONDecodeError):
        return ""


def await_that(condition: Callable[[], Found]) -> Found:
    """What it returns as soon as that is true."""
    deadline = time.monotonic() + WAIT
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler that several tests use, with as many workers as they ask for."""
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    yield started
    started.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A scheduler of a test's own, as yet without workers."""
    started = Cluster(tmp_path)
    yield started
    started.close()


@pytest.fixture(scope="module")
def few(small: DataSet) -> DataSet:
    return small.subset(10, 4)


def runs_of(data: DataSet, *epochs: int) -> list[Run]:
    """Runs of a small network, of so many epochs each."""
    return [
        one_run(replace(VARIANTS["features"], epochs=count), seed, data, Source())
        for seed, count in enumerate(epochs)
    ]


def every_epoch(runs: list[Run]) -> list[tuple[str, int]]:
    return [(str(run), epoch) for run in runs for epoch in range(1, run.variant.epochs + 1)]


def test_workers_give_the_records_of_processes_bit_for_bit_and_get_the_images_once(
    few, store, shared, monkeypatch
):
    shared.have_workers(2)
    sent = []
    monkeypatch.setattr(
        DataSet, "__getstate__", lambda data: sent.append(data) or dict(vars(data)), raising=False
    )
    runs = runs_of(few, 2, 2, 2, 2)
    heard: list[EpochDone] = []
    remote = list(execute(runs, store, scheduler=shared.address, on_progress=heard.append))
    assert len(sent) == 1
    assert sorted((done.run, done.epoch) for done in heard) == every_epoch(runs)
    local = {each.key: each for each in execute(runs, Store(store.root / "local"), jobs=1)}
    assert {each.key for each in remote} == local.keys()
    for record in remote:
        other = local[record.key]
        assert record.artifact.files == other.artifact.files  # with their digests
        assert record.epochs == other.epochs and record.environment == other.environment


def test_a_worker_of_two_threads_carries_out_one_run_at_a_time(few, store, cluster):
    cluster.have_workers(1, threads=2)
    runs = runs_of(few, 20, 20)
    heard: list[EpochDone] = []
    assert list(execute(runs, store, scheduler=cluster.address, on_progress=heard.append))
    in_turn = [run for run, _ in groupby(done.run for done in heard)]
    assert sorted(in_turn) == [str(run) for run in runs]


def test_a_killed_worker_costs_its_run_only_which_one_that_joins_later_takes(few, store, shared):
    shared.have_workers(2)
    endless, first, second = runs = runs_of(few, LONG, 100, 110)
    heard: list[EpochDone] = []
    records = execute(runs, store, scheduler=shared.address, on_progress=heard.append)
    assert next(records).key == second.key  # the dearer
    await_that(lambda: any(done.run == str(first) for done in heard))
    shared.kill(shared.worker_of(str(first)))  # which carried out `second` before
    shared.have_workers(2)
    assert next(records).key == first.key
    records.close()
    epochs = {str(run): [done.epoch for done in heard if done.run == str(run)] for run in runs}
    assert epochs[str(first)].count(1) == 2
    for run in (second, endless):
        assert epochs[str(run)] == list(range(1, len(epochs[str(run)]) + 1))


def test_a_run_that_is_given_up_is_named_and_the_others_are_kept(few, store, shared, request):
    def allow(failures: int, dask_scheduler=None) -> None:
        dask_scheduler.allowed_failures = failures

    allowed = shared.client.run_on_scheduler(lambda dask_scheduler: dask_scheduler.allowed_failures)
    request.addfinalizer(lambda: shared.client.run_on_scheduler(allow, allowed))
    shared.client.run_on_scheduler(allow, 0)
    shared.have_workers(2)
    endless, *others = runs = runs_of(few, LONG, 4, 2)
    heard: list[EpochDone] = []
    records = execute(runs, store, scheduler=shared.address, on_progress=heard.append)
    done = [next(records)]
    await_that(lambda: {each.run for each in heard} == set(map(str, runs)))
    shared.kill(shared.worker_of(str(endless)))
    with pytest.raises(CheckFailed, match=f"gave up 1 runs.*: {endless}; finished runs are kept"):
        done += records
    assert {record.key for record in done} == {run.key for run in others}


def test_a_run_in_hand_ends_soon_after_the_command(few, store, shared):
    shared.have_workers(2)
    endless, short = runs_of(few, LONG, 2)
    records = execute([endless, short], store, scheduler=shared.address)
    assert next(records).key == short.key
    shared.worker_of(str(endless))
    records.close()
    await_that(lambda: not any(shared.active().values()))


def test_a_worker_of_another_version_is_named_with_what_differs(few, store, cluster, tmp_path):
    shutil.copytree(ROOT / "xo", tmp_path / "other" / "xo")
    step = tmp_path / "other" / "xo" / "network" / "train.py"
    step.write_text(step.read_text().replace("SHOWN_PER_CLASS = 2", "SHOWN_PER_CLASS = 3"))
    worker = cluster.add_worker_of(tmp_path / "other")
    with pytest.raises(
        InputError, match=f"{worker}: differs .*SHOWN_PER_CLASS.*install the same commit"
    ):
        list(execute(runs_of(few, 1), store, scheduler=cluster.address))
    assert not store.root.exists() or find_records(runs_of(few, 1), store).missing


def test_a_worker_without_this_program_is_named(few, store, cluster, tmp_path):
    (tmp_path / "other" / "xo").mkdir(parents=True)
    # An editable install would find the modules that an empty package lacks.
    (tmp_path / "other" / "xo" / "__init__.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'xo'\")\n"
    )
    cluster.add_worker_of(tmp_path / "other")
    with pytest.raises(InputError, match="No module named.*install the same commit.*every worker"):
        list(execute(runs_of(few, 1), store, scheduler=cluster.address))


def build(*options: str) -> list[str]:
    command = ["build", "--study", "smoke", "--engine", "dask", *options]
    return [sys.executable, "-m", "report_builder", *command]


def test_a_lost_scheduler_gives_one_line_and_what_came_back_is_kept(small, store, cluster):
    cluster.have_workers(1)
    command = subprocess.Popen(
        build("--shard", "1/1", "--scheduler", cluster.address, "--data", str(small.root))
        + ["--store", str(store.root)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    await_that(lambda: any(store.root.glob("*/0-*/record.json")))
    end(cluster.scheduler)
    _, lines = command.communicate(timeout=WAIT)
    assert command.returncode == 1, lines
    *progress, last = lines.splitlines()
    assert last.startswith(f"error: --scheduler {cluster.address}: the connection")
    assert all(" epoch " in line for line in progress)
    study = STUDIES["smoke"]
    runs = plan(study, study_data(study, small), Source())
    found = find_records(runs, store).found
    assert 0 < len(found) < len(runs)


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:9", "localhost", "http://127.0.0.1:9", "tls://"]
)
def test_a_missing_scheduler_is_named_even_where_nothing_is_to_be_trained(monkeypatch, address):
    monkeypatch.setattr("xo.runs.cluster.TIMEOUT", 1)
    result = CliRunner().invoke(main, build("--partial", "--scheduler", address)[3:])
    assert result.exit_code == 2
    assert result.output.startswith(f"error: --scheduler {address}: no Dask scheduler answers")
    assert result.output.count("\n") == 1


def test_an_address_where_something_else_listens_is_named(shared, monkeypatch):
    monkeypatch.setattr("xo.runs.cluster.TIMEOUT", 1)
    worker, *_ = shared.have_workers(1)
    with pytest.raises(InputError, match=f"{worker}: a Dask worker answers there; expected"):
        check_scheduler(worker)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        with pytest.raises(InputError, match="no Dask scheduler answers there"):
            check_scheduler(f"tcp://127.0.0.1:{silent.getsockname()[1]}")


def test_a_scheduler_without_workers_is_named(few, store, cluster, monkeypatch):
    monkeypatch.setattr("xo.runs.cluster.TIMEOUT", 1)
    with pytest.raises(InputError, match=f"{cluster.address}: .* has no workers; start some with"):
        list(execute(runs_of(few, 1), store, scheduler=cluster.address))
