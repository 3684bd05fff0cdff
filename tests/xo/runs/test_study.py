from __future__ import annotations

import multiprocessing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.xo.records import stored_run
from xo.errors import CheckFailed, InputError
from xo.runs import execute as execution
from xo.runs import record as records
from xo.runs.execute import execute
from xo.runs.study import (
    SETTINGS_COMPARED,
    STUDIES,
    find_records,
    find_study,
    networks,
    one_run,
    plan,
    shard,
    study_data,
    train_command,
)
from xo.store.source_digest import Source
from xo.variants import ROWS, VARIANTS, find_variant

WEIGHTS = {"conv.0.weight": np.zeros(1, np.float32)}
QUICK = replace(VARIANTS["features"], epochs=1)


def quick_runs(data, seeds=1):
    return [one_run(QUICK, seed, data, Source()) for seed in range(seeds)]


def seeds_by_variant(study, data):
    runs = plan(study, study_data(study, data), Source())
    assert len({run.key for run in runs}) == len(runs)
    return {name: [run.seed for run in runs if run.variant.name == name] for name in VARIANTS}


def test_the_default_has_ten_seeds_of_each_variant_and_five_of_those_that_train_slowly(small):
    seeds = seeds_by_variant(STUDIES["default"], small)
    for name, variant in VARIANTS.items():
        assert seeds[name] == list(range(len(seeds[name])))
        if name in SETTINGS_COMPARED:
            assert not seeds[name]  # only full compares them
        elif variant.pool is None or variant.head == "average":
            assert len(seeds[name]) == 5
        else:
            assert len(seeds[name]) >= 10
    assert len(seeds["channels-11"]) == len(seeds["three-conv"]) == 24


def test_full_has_ten_seeds_of_every_variant_and_ten_that_confirm_which_no_other_study_has(small):
    seen, fresh = list(range(10)), list(range(1000, 1010))
    assert seeds_by_variant(STUDIES["full"], small) == dict.fromkeys(VARIANTS, seen + fresh)
    assert list(STUDIES["full"].confirming) == fresh
    for name in STUDIES.keys() - {"full"}:
        planned = seeds_by_variant(STUDIES[name], small).values()
        assert not STUDIES[name].confirming and not {*fresh} & {*sum(planned, [])}


def test_smoke_is_small_and_leaves_out_what_imitates_the_odd_logs(small):
    seeds = seeds_by_variant(STUDIES["smoke"], small)
    left_out = {"no-pooling-wrong-folder", "three-conv-uneven", "no-pooling-uneven"}
    left_out |= SETTINGS_COMPARED.keys()
    assert {name for name in VARIANTS if not seeds[name]} == left_out
    assert sum(map(len, seeds.values())) == len(VARIANTS) - len(left_out) + 1


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(InputError, match="smoke, default, full$"):
        find_study("huge")
    with pytest.raises(InputError, match="baseline, three-conv"):
        find_variant("vgg")


@pytest.mark.parametrize(
    ("setting", "value", "expected"),
    [
        ("name", "a/b", "hyphens"),
        ("channels", 4, "tuple of counts"),
        ("channels", (), "tuple of counts"),
        ("kernels", (3,), "one side per convolution"),
        ("pool", "avg", "'max', 'trained' or None"),
        ("dense", (0,), "tuple of counts"),
        ("head", "max", "'dense' or 'average'"),
        ("initialisation", "zeros", "'pytorch' or 'kaiming'"),
        ("labels", "none", "'class', 'split' or 'uneven'"),
        ("zh", "", "title in Chinese"),
        ("en", "", "title in English"),
    ],
)
def test_a_row_that_no_network_can_have_is_named_with_what_was_expected(
    small, monkeypatch, setting, value, expected
):
    monkeypatch.setitem(VARIANTS, "mine", replace(QUICK, **{"name": "mine", setting: value}))
    for refused in (lambda: find_variant("mine"), lambda: plan(STUDIES["smoke"], small, Source())):
        with pytest.raises(
            InputError, match=f"xo/variants.py, row '.*': {setting} is .*; expected.*{expected}"
        ):
            refused()


def test_a_head_of_averages_has_no_hidden_dense_layers(monkeypatch):
    monkeypatch.setitem(VARIANTS, "mine", replace(QUICK, name="mine", head="average"))
    with pytest.raises(InputError, match=r"dense is \(480, 320\); expected \(\), for head is"):
        find_variant("mine")
    row = replace(QUICK, name="mine", head="average", dense=(), initialisation="kaiming")
    monkeypatch.setitem(VARIANTS, "mine", row)
    assert find_variant("mine") == row


def test_a_second_row_of_the_same_name_is_refused(small, monkeypatch):
    monkeypatch.setattr("xo.variants.ROWS", (*ROWS, replace(QUICK, name="baseline")))
    with pytest.raises(
        InputError, match="row 'baseline': name is 'baseline'; expected a name of its own"
    ):
        plan(STUDIES["smoke"], small, Source())


def test_what_is_trained_is_found_and_not_trained_again(small, store):
    runs = quick_runs(small, 2)
    assert [why for _, why in find_records(runs, store).missing] == ["never made"] * 2
    heard = []
    records = list(execute(runs, store, jobs=2, on_progress=heard.append))
    assert sorted(record.seed for record in records) == [0, 1]
    assert {(progress.run, progress.epoch, progress.epochs) for progress in heard} == {
        ("features seed 0", 1, 1),
        ("features seed 1", 1, 1),
    }
    state = find_records(runs, store)
    assert [record.seed for record in state.found] == [0, 1] and not state.missing
    cost = state.found[0].cost
    assert 0 < state.found[0].epoch_seconds[0] < cost.train_seconds
    assert cost.peak_memory_bytes > 100e6


def test_a_process_trains_as_the_caller_would(small, store):
    from xo.network.train import train

    (record,) = execute(quick_runs(small), store, jobs=1)
    here = train(QUICK, small, 0)
    assert set(record.array_names) == here.arrays.keys()
    for name, values in here.arrays.items():
        assert np.array_equal(record.array(name), values), name


def test_a_changed_setting_is_named(small, store):
    stored_run(store, quick_runs(small)[0])
    other = one_run(replace(QUICK, lr=0.2), 0, small, Source())
    assert [why for _, why in find_records([other], store).missing] == [
        "changed: variant lr default -> 0.2"
    ]
    fewer = one_run(QUICK, 0, small.subset(10, 5), Source())
    assert [why for _, why in find_records([fewer], store).missing] == ["changed: data"]


def test_a_record_of_an_older_layout_is_named(small, store, monkeypatch):
    stored_run(store, quick_runs(small)[0])
    monkeypatch.setattr(records, "LAYOUT", records.LAYOUT + 1)
    ((_, why),) = find_records(quick_runs(small), store).missing
    now = records.LAYOUT
    assert why == f"changed: layout {now - 1} -> {now}"


def test_a_damaged_record_is_moved_away_and_trained_again(small, store):
    record = stored_run(store, quick_runs(small)[0])
    (record.folder / "arrays.safetensors").write_bytes(b"broken")
    state = find_records(quick_runs(small), store, quarantine=True)
    assert "damaged" in state.missing[0][1] and "moved to" in state.missing[0][1]
    (again,) = execute([run for run, _ in state.missing], store, jobs=1)
    assert again.array("batch_loss").tobytes()


def test_a_run_whose_data_change_meanwhile_is_dropped(small, store, monkeypatch):
    digests = iter([{"before"}, {"after"}])
    monkeypatch.setattr(execution, "_data_on_disk", lambda runs, store: next(digests))
    with pytest.raises(CheckFailed, match="features seed 0.*run the same command again"):
        list(execute(quick_runs(small), store, jobs=1))
    assert not find_records(quick_runs(small), store).found


def test_data_on_disk_are_digested_anew(small, store, tmp_path):
    from xo.data import generate
    from xo.data.load import load

    generate.generate(tmp_path / "xo", {"train": 2, "test": 1})
    runs = quick_runs(load(tmp_path / "xo", store))
    before = execution._data_on_disk(runs, store)
    (tmp_path / "xo" / "train" / "circles" / "0001.png").unlink()
    assert execution._data_on_disk(runs, store) != before


def test_a_killed_process_is_named_in_one_line_and_what_was_finished_is_kept(small, store):
    def kill(progress):
        if progress.run == "features seed 1":
            for process in multiprocessing.active_children():
                if "Manager" not in process.name:  # which carries progress
                    process.kill()

    done = []
    endless = one_run(replace(QUICK, epochs=500), 1, small, Source())
    runs = [*quick_runs(small), endless]
    with pytest.raises(CheckFailed, match="killed.*fewer --jobs"):
        for record in execute(runs, store, jobs=1 + len(runs), on_progress=kill):
            done.append(record)
    assert done == find_records(runs, store).found


def test_the_network_of_the_seed_asked_for(small, store):
    with pytest.raises(InputError, match="python -m xo train features --seed 0"):
        networks([QUICK], small, Source(), store)
    list(execute(quick_runs(small), store, jobs=1))
    assert networks([QUICK], small, Source(), store, seed=0).best.seed == 0
    with pytest.raises(InputError, match="--seed 7"):
        networks([QUICK], small, Source(), store, seed=7)


@pytest.mark.parametrize(
    ("accuracies", "seed"), [((0.5, 0.75, 0.75, 0.625), 1), ((0.5, 1.0, 0.98), 1), ((0.5, 0.5), 0)]
)
def test_the_best_network_has_the_highest_accuracy_whether_it_solved_its_task_or_not(
    small, store, accuracies, seed
):
    for run, accuracy in zip(quick_runs(small, len(accuracies)), accuracies):
        stored_run(store, run, accuracy, WEIGHTS)
    assert networks([QUICK], small, Source(), store).best.seed == seed


def test_a_missing_network_is_answered_with_the_command_that_keeps_its_weights(small, store):
    for run, accuracy in zip(quick_runs(small, 3), (0.5, 0.75, 0.625)):
        stored_run(store, run, accuracy)
    with pytest.raises(
        InputError,
        match="no record with weights.*train features --seed 1 --data .* "
        f"--store {store.root} --keep-weights",
    ):
        networks([QUICK], small, Source(), store)
    stored_run(store, quick_runs(small, 4)[3], 0.5, WEIGHTS)
    assert networks([QUICK], small, Source(), store).best.seed == 3


def test_the_command_that_trains_a_run_names_data_and_store_unless_they_are_the_default():
    command = "python -m xo train baseline --seed 3"
    assert (
        train_command("baseline", 3, Path("data/xo"), Path("runs")) == f"{command} --keep-weights"
    )
    assert (
        train_command("baseline", 3, Path("my data"), Path("my runs"))
        == f"{command} --data 'my data' --store 'my runs' --keep-weights"
    )


@pytest.mark.parametrize("study", STUDIES)
def test_shards_are_a_partition_of_about_equal_cost(small, study):
    planned = plan(STUDIES[study], small, Source())
    for count, runs in (
        (1, planned),
        (2, planned),
        (7, planned),
        (9, planned[:9]),
        (11, planned[:9]),
    ):
        shards = [shard(runs, index, count) for index in range(1, count + 1)]
        assert sorted(str(run) for each in shards for run in each) == sorted(map(str, runs))
        costs = [sum(run.cost for run in each) for each in shards]
        # No shard is dearer than another by more than the last run that it was given.
        assert max(costs) - min(costs) <= max(run.cost for run in runs)
        assert shards == [shard(runs[::-1], index, count) for index in range(1, count + 1)]


@pytest.mark.parametrize(("index", "count"), [(0, 2), (3, 2), (1, 0), (-1, 2)])
def test_a_shard_that_is_not_there_is_refused(small, index, count):
    with pytest.raises(InputError, match=f"shard {index}/{count}: expected I/N"):
        shard([], index, count)
