"""Which weights a record keeps, and what its key depends on."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from tests.xo.records import stored_run
from xo.data import generate
from xo.data.load import load
from xo.errors import InputError
from xo.runs import record as records
from xo.runs.execute import execute
from xo.runs.record import read_weights, run_inputs, stored_runs
from xo.runs.resources import environment
from xo.runs.study import find_records, one_run
from xo.store.inputs import changes, digest
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS, Variant

WEIGHTS = {"conv.0.weight": np.ones((2, 2), np.float32)}


@pytest.fixture
def runs(small):
    """Four seeds of one variant."""
    return [one_run(VARIANTS["baseline"], seed, small, Source()) for seed in range(4)]


def test_what_is_written_is_read(store, runs):
    written = stored_run(store, runs[0], accuracy=0.75, weights=WEIGHTS)
    ((found,), missing) = find_records(runs[:1], store)
    assert not missing and found == written and found.name == "baseline/0"
    assert found.array("batch_loss").tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found.has("batch_loss") and not found.has("other")
    assert found.test_accuracy == 0.75 and not found.solved and found.seed == 0
    assert found.settings == replace(VARIANTS["baseline"], zh="", en="", parameters=0)
    assert stored_runs(store) == [written] == stored_runs(store, "baseline")


def test_the_card_of_the_images_says_when_a_task_is_solved_and_leaves_runs_current(
    store, runs, small
):
    written = stored_run(store, runs[0], accuracy=0.97)
    assert not written.solved
    lenient = replace(small, solved_from=0.97)
    ((found,), missing) = find_records([runs[0]._replace(data=lenient)], store)
    assert not missing and found.solved and found.digest == written.digest
    stored_run(store, runs[1]._replace(data=lenient), accuracy=0.97)
    assert [record.solved for record in stored_runs(store)] == [False, True]  # as when trained
    assert lenient.result_inputs == small.result_inputs | {"solved_from": 0.97}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_large_weights_only_those_of_the_lowest_solved_seed_stay(
    store, runs, order, monkeypatch
):
    monkeypatch.setattr(records, "WEIGHTS_SMALL", 0)
    for seed in order:
        stored_run(store, runs[seed], accuracy=0.5 if seed == 0 else 1.0, weights=WEIGHTS)
    found = find_records(runs, store).found
    assert [record.seed for record in found if record.has_weights] == [1]


def test_small_weights_stay_with_every_seed(store, runs):
    assert all(stored_run(store, run, weights=WEIGHTS).has_weights for run in runs)


def test_weights_asked_for_stay(store, runs, monkeypatch):
    monkeypatch.setattr(records, "WEIGHTS_SMALL", 0)
    stored_run(store, runs[3], weights=WEIGHTS, keep_weights=True)
    stored_run(store, runs[1], weights=WEIGHTS)
    found = find_records(runs, store).found
    assert [record.seed for record in found if record.has_weights] == [1, 3]


def test_weights_are_rehashed_and_their_absence_says_what_to_do(store, runs):
    record = stored_run(store, runs[0], weights=WEIGHTS)
    path = record.folder / "weights.safetensors"
    assert read_weights(record) == path.read_bytes()
    path.write_bytes(b"x" + path.read_bytes()[1:])
    with pytest.raises(InputError, match=f"{path}: does not match.*remove the folder"):
        read_weights(record)
    path.unlink()
    with pytest.raises(InputError, match="--keep-weights"):
        read_weights(record)


def test_the_key_depends_on_what_decides_the_result_and_on_nothing_else():
    source, row = Source(), VARIANTS["baseline"]
    key = digest(run_inputs(row, 0, "data", source))
    same = replace(row, name="other", zh="别的", en="Other", parameters=1)
    assert digest(run_inputs(same, 0, "data", source)) == key
    for other in (
        run_inputs(replace(row, lr=0.2), 0, "data", source),
        run_inputs(row, 1, "data", source),
        run_inputs(row, 0, "other", source),
    ):
        assert digest(other) != key


def test_the_key_holds_the_versions_that_decide_a_result(monkeypatch):
    labelled = {"torch": "2.14.1+cpu", "numpy": "2.3.5"}
    monkeypatch.setattr(records, "version", labelled.__getitem__)
    monkeypatch.setattr(records, "_version", records._version.__wrapped__)  # which is remembered
    inputs = run_inputs(VARIANTS["baseline"], 0, "data", Source())
    assert inputs["versions"] == {"torch": "2.14.1", "numpy": "2.3.5"}
    assert platform.python_version() not in json.dumps(inputs | {"code": None})


def test_a_column_at_its_default_leaves_the_key_and_a_used_one_changes_it():
    """Rows of a table with one column more than today's."""

    @dataclass(frozen=True)
    class Later(Variant):
        momentum: float = 0.0

    row = VARIANTS["three-conv"]
    later = Later(**asdict(row))
    now, unused, used = (
        run_inputs(each, 0, "data", Source())
        for each in (row, later, replace(later, momentum=0.9, channels=(4,)))
    )
    assert unused == now and now["variant"] == {"channels": [9, 5, 3], "epochs": 20}
    assert used["variant"] == {"channels": [4], "epochs": 20, "momentum": 0.9}


def test_the_defaults_that_keys_leave_out_are_as_ever():
    assert asdict(Variant("baseline")) == {
        "name": "baseline",
        "zh": "",
        "en": "",
        "channels": (9, 5),
        "kernels": (),
        "pool": "max",
        "dense": (1200, 64),
        "head": "dense",
        "initialisation": "pytorch",
        "epochs": 10,
        "labels": "class",
        "lr": 0.1,
        "batch_size": 64,
        "dense_by_epoch": False,
        "parameters": 0,
    }


def test_a_record_holds_no_host_user_or_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("USER", "LOGNAME", "HOME", "HOSTNAME", "PWD"):
        monkeypatch.setenv(name, f"{tmp_path}/jane-doe")
    generate.generate(tmp_path / "xo", {"train": 2, "test": 2})
    store = Store(tmp_path / "runs")
    run = one_run(
        replace(VARIANTS["features"], epochs=1), 0, load(tmp_path / "xo", store), Source()
    )
    (record,) = execute([run], store, jobs=1)
    text = (record.folder / "record.json").read_text()
    assert record.environment == environment() and record.environment.processor in text
    for private in (tmp_path.name, "jane-doe", platform.node(), str(Path.home()), str(ROOT)):
        assert private not in text


def test_changes_name_the_function_the_setting_and_the_version():
    old = {
        "layout": 1,
        "code": {"xo.network.train:sgd_step": "a", "xo.network.train:gone": "x"},
        "versions": {"torch": "1"},
        "variant": {"epochs": 20, "pool": None},
        "data": "d",
    }
    new = {
        "layout": 2,
        "code": {"xo.network.train:sgd_step": "b"},
        "versions": {"torch": "2"},
        "variant": {"epochs": 25, "lr": 0.2},
        "data": "e",
    }
    assert changes(old, new) == [
        "code xo.network.train:gone (gone)",
        "code xo.network.train:sgd_step",
        "data",
        "layout 1 -> 2",
        "variant epochs 20 -> 25",
        "variant lr default -> 0.2",
        "variant pool None -> default",
        "versions torch 1 -> 2",
    ]
    assert changes(new, json.loads(json.dumps(new))) == []
