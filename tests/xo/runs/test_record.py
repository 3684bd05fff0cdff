from __future__ import annotations

import json

import numpy as np
import pytest

from xo.errors import InputError
from xo.runs import record as records
from xo.runs.record import read, read_weights
from xo.store.inputs import changes
from xo.store.source_digest import Source
from xo.store.store import Damaged, Store
from xo.variants import VARIANTS


def meta(seed: int = 0, accuracy: float = 1.0, key: str = "k") -> dict:
    return {
        "layout": 1,
        "variant": {"name": "baseline"},
        "seed": seed,
        "key": f"{key}{seed}",
        "inputs": {"seed": seed, "data": "d"},
        "epochs": [{"test_accuracy": accuracy}],
    }


ARRAYS = {"batch_loss": np.arange(6.0).reshape(2, 3)}
WEIGHTS = {"conv.0.weight": np.ones((2, 2), np.float32)}


def test_what_is_written_is_read(tmp_path):
    written = Store(tmp_path).write(meta(), ARRAYS)
    found = Store(tmp_path).find("baseline", 0, "k0")
    assert found == written and np.array_equal(found.array("batch_loss"), ARRAYS["batch_loss"])
    assert found.has("batch_loss") and not found.has("other")
    assert Store(tmp_path).find("baseline", 1, "k1") is None


@pytest.mark.parametrize("file", ["record.json", "arrays.safetensors"])
def test_a_flipped_byte_is_named(tmp_path, file):
    path = Store(tmp_path).write(meta(), ARRAYS).path / file
    data = bytearray(path.read_bytes())
    data[-5] ^= 1
    path.write_bytes(data)
    with pytest.raises(Damaged, match=path.parent.name):
        Store(tmp_path).find("baseline", 0, "k0")


def test_a_damaged_record_is_set_aside_whole(tmp_path):
    store = Store(tmp_path)
    store.write(meta(), ARRAYS)
    aside = store.set_aside("baseline", 0, "k0")
    assert read(aside).seed == 0 and store.find("baseline", 0, "k0") is None


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def full(fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(records.os, "fsync", full)
    with pytest.raises(InputError, match="No space left"):
        Store(tmp_path).write(meta(), ARRAYS)
    assert list((tmp_path / "baseline").iterdir()) == []


def test_two_writers_of_one_record_do_no_harm(tmp_path):
    first = Store(tmp_path).write(meta(), ARRAYS)
    assert Store(tmp_path).write(meta(), ARRAYS).path == first.path
    assert sorted(path.name for path in (tmp_path / "baseline").iterdir()) == ["0-k0"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_of_large_weights_only_the_lowest_solved_seeds_stay(tmp_path, order, monkeypatch):
    monkeypatch.setattr(records, "WEIGHTS_SMALL", 0)
    store = Store(tmp_path)
    for seed in order:
        store.write(meta(seed, accuracy=0.5 if seed == 0 else 1.0), ARRAYS, WEIGHTS)
    assert [seed for seed in range(3) if store.find("baseline", seed, f"k{seed}").weights] == [1]


def test_small_weights_stay_with_every_seed(tmp_path):
    store = Store(tmp_path)
    kept = [store.write(meta(seed, accuracy=1.0), ARRAYS, WEIGHTS).weights for seed in range(3)]
    assert all(path and path.is_file() for path in kept)


def test_weights_asked_for_stay(tmp_path):
    store = Store(tmp_path)
    store.write(meta(3), ARRAYS, WEIGHTS, keep_weights=True)
    store.write(meta(1), ARRAYS, WEIGHTS)
    assert all(store.find("baseline", seed, f"k{seed}").weights for seed in (1, 3))


def test_weights_are_rehashed_and_their_absence_says_what_to_do(tmp_path):
    store = Store(tmp_path)
    record = store.write(meta(0), ARRAYS, WEIGHTS)
    assert read_weights(record)
    record.weights.write_bytes(b"x" + record.weights.read_bytes()[1:])
    with pytest.raises(InputError, match="damaged"):
        read_weights(record)
    record.weights.unlink()
    with pytest.raises(InputError, match="--keep-weights"):
        read_weights(record)


def test_the_key_depends_on_what_decides_the_result_and_on_nothing_else():
    from dataclasses import replace

    source, row = Source(), VARIANTS["baseline"]
    key = records.key(records.inputs(row, 0, "data", source))
    same = replace(row, name="other", zh="别的", en="Other", parameters=1)
    assert records.key(records.inputs(same, 0, "data", source)) == key
    for other in (
        records.inputs(replace(row, lr=0.2), 0, "data", source),
        records.inputs(row, 1, "data", source),
        records.inputs(row, 0, "other", source),
    ):
        assert records.key(other) != key


def test_changes_name_the_function_the_setting_and_the_version():
    old = {
        "layout": 1,
        "code": {"xo.network.train:step": "a", "xo.network.train:gone": "x"},
        "versions": {"torch": "1"},
        "variant": {"lr": 0.1},
        "data": "d",
    }
    new = {
        "layout": 2,
        "code": {"xo.network.train:step": "b"},
        "versions": {"torch": "2"},
        "variant": {"lr": 0.2},
        "data": "e",
    }
    assert changes(old, new) == [
        "code xo.network.train:gone (gone)",
        "code xo.network.train:step",
        "data",
        "layout 1 -> 2",
        "variant lr 0.1 -> 0.2",
        "versions torch 1 -> 2",
    ]
    assert changes(new, json.loads(json.dumps(new))) == []
