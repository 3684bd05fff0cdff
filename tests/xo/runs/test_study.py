from __future__ import annotations

import multiprocessing
from dataclasses import replace

import numpy as np
import pytest

from xo.errors import CheckFailed, InputError
from xo.runs import study
from xo.runs.execute import execute
from xo.runs.study import STUDIES, find_records, find_study, one_run, plan, stored, study_data
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import ROWS, VARIANTS, find_variant

QUICK = replace(VARIANTS["features"], epochs=1)


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "runs")


def quick_runs(data, seeds=1):
    return [one_run(QUICK, seed, data, Source()) for seed in range(seeds)]


def test_full_has_twenty_seeds_of_each_variant_and_ten_without_pooling(small):
    runs = plan(STUDIES["full"], small, Source())
    seeds = {name: [run.seed for run in runs if run.variant.name == name] for name in VARIANTS}
    for name, variant in VARIANTS.items():
        assert seeds[name] == list(range(10 if variant.pool is None else 20))


def test_every_study_has_runs_of_its_variants_each_with_a_key_of_its_own(small):
    for name, each in STUDIES.items():
        runs = plan(each, study_data(each, small), Source())
        # ten minutes, or one, do not hold these replays of the odd logs
        left_out = (
            {"no-pooling-wrong-folder", "three-conv-uneven", "no-pooling-uneven"}
            if name != "full"
            else set()
        )
        assert {run.variant.name for run in runs} == set(VARIANTS) - left_out
        assert len({run.key for run in runs}) == len(runs)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(InputError, match="smoke, default, full"):
        find_study("huge")
    with pytest.raises(InputError, match="baseline, three-conv"):
        find_variant("vgg")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("name", "a/b", "hyphens"),
        ("channels", 4, "tuple of counts"),
        ("channels", (), "tuple of counts"),
        ("kernels", (3,), "one side per convolution"),
        ("pool", "avg", "'max', 'trained' or None"),
        ("dense", (0,), "tuple of counts"),
        ("labels", "none", "'class', 'split' or 'uneven'"),
        ("zh", "", "title in Chinese"),
        ("en", "", "title in English"),
    ],
)
def test_a_row_that_no_network_can_have_is_named_with_what_was_expected(
    small, monkeypatch, setting, value, said
):
    monkeypatch.setitem(VARIANTS, "mine", replace(QUICK, **{"name": "mine", setting: value}))
    for refused in (lambda: find_variant("mine"), lambda: plan(STUDIES["smoke"], small, Source())):
        with pytest.raises(
            InputError, match=f"xo/variants.py, row '.*': {setting} is .*; expected.*{said}"
        ):
            refused()


def test_a_second_row_of_the_same_name_is_refused(small, monkeypatch):
    monkeypatch.setattr("xo.variants.ROWS", (*ROWS, replace(QUICK, name="baseline")))
    with pytest.raises(
        InputError, match="row 'baseline': name is 'baseline'; expected a name of its own"
    ):
        plan(STUDIES["smoke"], small, Source())


def test_what_is_trained_is_found_and_not_trained_again(small, store):
    runs = quick_runs(small, 2)
    assert [why for _, why in find_records(runs, store).missing] == ["never trained"] * 2
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
    assert (
        0 < cost["epoch_seconds"][0] < cost["train_seconds"] and cost["peak_memory_bytes"] > 100e6
    )


def test_a_process_trains_as_the_caller_would(small, store):
    from xo.network.train import train

    (record,) = execute(quick_runs(small), store, jobs=1)
    here = train(QUICK, small, 0)
    assert record.array("batch_loss").tobytes() == here.arrays["batch_loss"].tobytes()
    assert np.array_equal(record.array("maps.conv1"), here.arrays["maps.conv1"])


def test_a_changed_setting_is_named(small, store):
    list(execute(quick_runs(small), store, jobs=1))
    other = one_run(replace(QUICK, lr=0.2), 0, small, Source())
    assert [why for _, why in find_records([other], store).missing] == [
        "changed: variant lr 0.1 -> 0.2"
    ]
    fewer = one_run(QUICK, 0, small.subset(10, 5), Source())
    assert [why for _, why in find_records([fewer], store).missing] == ["changed: data"]


def test_a_record_of_an_older_layout_is_named(small, store, monkeypatch):
    list(execute(quick_runs(small), store, jobs=1))
    monkeypatch.setattr(study.records, "LAYOUT", study.records.LAYOUT + 1)
    ((_, why),) = find_records(quick_runs(small), store).missing
    now = study.records.LAYOUT
    assert why == f"changed: layout {now - 1} -> {now}"


def test_a_damaged_record_is_set_aside_and_trained_again(small, store):
    (record,) = execute(quick_runs(small), store, jobs=1)
    (record.path / "arrays.safetensors").write_bytes(b"broken")
    state = find_records(quick_runs(small), store, quarantine=True)
    assert "damaged" in state.missing[0][1] and "set aside in" in state.missing[0][1]
    (again,) = execute([run for run, _ in state.missing], store, jobs=1)
    assert again.array("batch_loss").tobytes()


def test_a_run_whose_data_change_meanwhile_is_dropped(small, store, monkeypatch):
    digests = iter([{"before"}, {"after"}])
    monkeypatch.setattr(study, "_data_now", lambda runs, store: next(digests))
    with pytest.raises(CheckFailed, match="features seed 0.*run the same command again"):
        list(execute(quick_runs(small), store, jobs=1))
    assert not find_records(quick_runs(small), store).found


def test_data_on_disk_are_digested_anew(small, store, tmp_path):
    from xo.data import generate
    from xo.data.dataset import load

    generate.generate(tmp_path / "xo", {"train": 2, "test": 1})
    runs = quick_runs(load(tmp_path / "xo", store.cache))
    before = study._data_now(runs, store)
    (tmp_path / "xo" / "train" / "circles" / "0001.png").unlink()
    assert study._data_now(runs, store) != before


def test_a_killed_process_is_told_of_in_one_line_and_what_was_finished_is_kept(small, store):
    def kill(progress):
        if progress.run == "features seed 1":
            for process in multiprocessing.active_children():
                if "Manager" not in process.name:  # which carries progress
                    process.kill()

    done = []
    runs = [
        quick_runs(small)[0],
        *(one_run(replace(QUICK, epochs=500), seed, small, Source()) for seed in (1, 2)),
    ]
    with pytest.raises(CheckFailed, match="killed.*fewer --jobs"):
        for record in execute(runs, store, jobs=1 + len(runs), on_progress=kill):
            done.append(record)
    assert done == find_records(runs, store).found


def test_the_stored_network_asked_for(small, store):
    with pytest.raises(InputError, match="python -m xo train features --seed 0"):
        stored(QUICK, small, Source(), store)
    list(execute(quick_runs(small), store, jobs=1))
    assert stored(QUICK, small, Source(), store, seed=0).seed == 0
    with pytest.raises(InputError, match="--seed 7"):
        stored(QUICK, small, Source(), store, seed=7)


@pytest.mark.parametrize(
    ("accuracies", "seed"), [((0.5, 0.75, 0.75, 0.625), 1), ((0.5, 1.0, 0.98), 1), ((0.5, 0.5), 0)]
)
def test_the_stored_network_is_the_best_whether_it_solved_its_task_or_not(
    small, store, accuracies, seed
):
    for run, accuracy in zip(quick_runs(small, len(accuracies)), accuracies):
        write_run(store, run, accuracy, weights=True)
    assert stored(QUICK, small, Source(), store).seed == seed


def test_of_a_network_without_weights_it_is_said_how_to_keep_them(small, store):
    for run, accuracy in zip(quick_runs(small, 3), (0.5, 0.75, 0.625)):
        write_run(store, run, accuracy, weights=False)
    with pytest.raises(
        InputError,
        match=f"no record with weights.*train features --seed 1 --data .* --store {store.root} --keep-weights",
    ):
        stored(QUICK, small, Source(), store)
    write_run(store, quick_runs(small, 4)[3], 0.5, weights=True)
    assert stored(QUICK, small, Source(), store).seed == 3


def write_run(store: Store, run: study.Run, accuracy: float, weights: bool) -> None:
    store.write(
        {
            "variant": {"name": run.variant.name},
            "seed": run.seed,
            "key": run.key,
            "inputs": run.inputs,
            "epochs": [{"test_accuracy": accuracy}],
        },
        {"batch_loss": np.zeros((1, 1))},
        {"conv.0.weight": np.zeros(1, np.float32)} if weights else None,
    )


def test_a_dask_cluster_gives_the_same_result(small, store):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        (remote,) = execute(quick_runs(small), store, scheduler=cluster.scheduler_address)
    (local,) = execute(quick_runs(small), Store(store.root / "local"), jobs=1)
    assert remote.array("batch_loss").tobytes() == local.array("batch_loss").tobytes()


def test_a_scheduler_that_does_not_answer_is_named(small, store):
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="tcp://127.0.0.1:9.*no Dask scheduler"):
        list(execute(quick_runs(small), store, scheduler="tcp://127.0.0.1:9"))
