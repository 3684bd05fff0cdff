"""Commands that share a store train no run twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from multiprocessing.synchronize import Event
from pathlib import Path

from tests.xo.records import stored_run, weights_of
from xo.data.dataset import DataSet
from xo.data.load import load
from xo.runs import execute as execution
from xo.runs.execute import execute
from xo.runs.study import Run, find_records, find_with_weights, one_run
from xo.runs.worker import LIBRARIES
from xo.store.locks import release
from xo.store.processes import CONTEXT, Process, start_server
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS

QUICK = replace(VARIANTS["features"], epochs=1)


def runs_of(data, count: int):
    return [one_run(QUICK, seed, data, Source()) for seed in range(count)]


def counted(monkeypatch) -> list[str]:
    """The runs that are trained from now on."""
    trained: list[str] = []
    real = execution.carry_out

    def carry_out(run, *arguments):
        trained.append(str(run))
        return real(run, *arguments)

    monkeypatch.setattr(execution, "carry_out", carry_out)
    monkeypatch.setattr(execution, "POLL", 0.02)
    return trained


def test_two_builders_train_no_run_twice_and_both_get_all_records(small, store, monkeypatch):
    trained, runs = counted(monkeypatch), runs_of(small, 4)
    got: list[set[str]] = []

    def build() -> None:
        got.append({record.name for record in execute(runs, store, jobs=1)})

    builders = [threading.Thread(target=build) for _ in range(2)]
    for each in builders:
        each.start()
    for each in builders:
        each.join()
    assert sorted(trained) == sorted(map(str, runs))
    assert got == [{run.name for run in runs}] * 2
    assert not list((store.root / ".locks").iterdir())


def test_a_run_in_hand_is_waited_for_and_trained_where_it_was_given_up(small, store, monkeypatch):
    trained, (first, second) = counted(monkeypatch), runs_of(small, 2)
    claim = store.claim("run", first.name, first.inputs)
    told: list[list[str]] = []

    def wait(waiting) -> None:
        told.append([run.name for run in waiting])
        release(claim)  # as the system does when its holder ends

    records = list(execute([first, second], store, jobs=1, on_wait=wait))
    assert trained == [str(second), str(first)] and told == [[first.name]]
    assert [record.name for record in records] == [second.name, first.name]


def test_what_another_has_stored_meanwhile_is_not_trained(small, store, monkeypatch):
    trained, (first, second) = counted(monkeypatch), runs_of(small, 2)
    claim = store.claim("run", first.name, first.inputs)

    def wait(waiting) -> None:
        stored_run(store, first)
        release(claim)

    records = list(execute([first, second], store, jobs=1, on_wait=wait))
    assert trained == [str(second)] and {each.name for each in records} == {
        first.name,
        second.name,
    }


def endless_run(data: DataSet) -> Run:
    return one_run(replace(QUICK, epochs=100_000), 0, data, Source())


def train_endlessly(store: Path, data: Path, began: Event) -> None:
    run = endless_run(load(data, Store(store)))
    list(execute([run], Store(store), jobs=1, on_progress=lambda done: began.set()))


def test_a_killed_builder_leaves_its_runs_to_another(small, store):
    """The first is killed while it trains a run that would never end."""
    endless, began = endless_run(small), CONTEXT.Event()
    start_server(LIBRARIES)
    builder = Process(target=train_endlessly, args=(store.root, small.root, began), daemon=True)
    builder.start()
    assert began.wait(60)
    assert store.claim("run", endless.name, endless.inputs) is None
    builder.kill()
    builder.join()
    claim = store.claim("run", endless.name, endless.inputs)
    assert claim
    release(claim)
    store.sweep()
    assert not list((store.root / ".locks").iterdir())


def test_damaged_weights_are_moved_away_and_trained_again(small, store):
    """Half, empty and deleted ones, and those with a bit flipped."""
    (run,) = runs_of(small, 1)

    def flip(path: Path) -> None:
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)

    for damage in (
        lambda path: path.write_bytes(path.read_bytes()[:-9]),
        lambda path: path.write_bytes(b""),
        lambda path: path.unlink(),
        flip,
    ):
        record = stored_run(store, run, weights=weights_of(run), keep_weights=True)
        assert find_with_weights(run, store).found == [record]
        damage(record.folder / "weights.safetensors")
        ((_, why),) = find_with_weights(run, store).missing
        assert why.startswith("damaged: ") or why == "its weights were not kept"
        if why.startswith("damaged"):
            assert "weights.safetensors" in why and "moved to" in why
            assert not find_records([run], store).found
        list(execute([run], store, jobs=1, keep_weights=True))
        assert find_with_weights(run, store).found


def test_an_alien_folder_or_an_odd_record_beside_a_run_does_no_harm(small, store):
    from xo.runs.duration import expected_seconds
    from xo.runs.study import networks

    (run,) = runs_of(small, 1)
    record = stored_run(store, run, weights=weights_of(run))
    (record.folder.parent / "3x-notes").mkdir()
    (record.folder.parent / "4-notes").mkdir()
    text = (record.folder / "record.json").read_bytes()
    for name in (f"{record.folder.name}-copy", f".{record.folder.name}-01234567", "empty"):
        copy = record.folder.with_name(name)
        copy.mkdir()
        (copy / "record.json").write_bytes(b"" if name == "empty" else text)
    assert networks([QUICK], small, Source(), store).best == record
    assert expected_seconds([run], store, 1).keys() == {run.key}
    again = stored_run(Store(store.root), runs_of(small, 2)[1], weights=weights_of(run))
    assert record.has_weights and again.has_weights


def test_a_record_of_other_inputs_is_damaged_not_a_traceback(small, store):
    (run,) = runs_of(small, 1)
    record = stored_run(store, run)
    content = {"settings": {}}
    store.add("run", run.name, run.inputs | {"code": ["odd"]}, content, {})
    store.add("run", run.name, run.inputs, content, {}, replace=True)
    ((_, why),) = find_records([run], store, quarantine=True).missing
    assert why.startswith("damaged: ") and "not of this version" in why and "moved to" in why
    assert not record.folder.exists()
    assert stored_run(store, run) and find_records([run], store).found
