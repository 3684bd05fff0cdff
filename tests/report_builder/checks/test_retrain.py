"""Every number that does not come again when a run is trained again is named."""

from __future__ import annotations

import json
import re

import msgspec
import numpy as np
import pytest

from report_builder.checks.retrain import compare, retrain, retrainable
from tests.report_builder.made_up_study import draw_images
from xo.data.load import load
from xo.errors import InputError
from xo.runs.execute import execute
from xo.runs.record import RunRecord, RunResult, stored_runs, write_run
from xo.store.store import Store


def test_a_run_trained_again_gives_the_same_numbers_bit_by_bit(trained):
    data, root = trained
    requested = []

    def train(runs, scratch):
        requested.extend(map(str, runs))
        assert not scratch.root.is_relative_to(root)
        return list(execute(runs, scratch, jobs=1))

    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    (compared,) = retrain(Store(root), data, 1, 5, "baseline", train)
    assert (compared.run, compared.how, compared.problems) == (
        requested[0],
        "bit by bit (same environment)",
        [],
    )
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_the_sample_follows_the_seed_and_reaches_every_record(trained):
    data, root = trained
    records = {record.key: record for record in stored_runs(Store(root))}

    def sampled(k: int, seed: int, variant: str | None = None) -> list[str]:
        def look_up(runs, scratch):
            return [records[run.key] for run in runs]

        return [each.run for each in retrain(Store(root), data, k, seed, variant, look_up)]

    assert sampled(2, 1) == sampled(2, 1) and len(set(sampled(2, 1))) == 2
    assert {run for seed in range(40) for run in sampled(1, seed)} == {
        "baseline seed 0",
        "baseline seed 1",
        "baseline seed 2",
        "three-conv seed 0",
    }
    assert sampled(9, 0, "three-conv") == ["three-conv seed 0"]


@pytest.fixture
def record(trained) -> RunRecord:
    return stored_runs(Store(trained[1]), "baseline")[0]


@pytest.fixture
def again(record, tmp_path):
    """Stores the record once more as if trained again, some arrays, inputs or measures changed."""

    def store(arrays=None, inputs=None, **measures) -> RunRecord:
        result = {name: getattr(record, name) for name in RunResult.__struct_fields__}
        stored = {name: record.array(name).copy() for name in record.array_names}
        for name, place, change in arrays or ():
            stored[name][place] += change
        return write_run(
            Store(tmp_path / "again"),
            record.inputs | (inputs or {}),
            RunResult(**result | measures),
            stored,
        )

    return store


def test_one_number_that_differs_in_its_last_bit_is_named(record, again):
    losses = record.array("batch_loss")
    fresh = again([("batch_loss", (1, -1), np.spacing(losses[1, -1]))])
    compared = compare("baseline seed 0", record, fresh)
    assert compared.how == "bit by bit (same environment)"
    (problem,) = compared.problems
    assert problem.startswith(
        f"{record.folder}: trained again, batch_loss differs in 1 of {losses.size} numbers, "
        "first at (1, 1)"
    )


def test_a_measure_that_differs_is_named_but_not_the_cost(record, again):
    first, second = record.epochs
    second = msgspec.structs.replace(second, test_loss=second.test_loss + 1e-9)
    cost = msgspec.structs.replace(record.cost, train_seconds=99)
    (problem,) = compare("b", record, again(epochs=(first, second), cost=cost)).problems
    assert problem.startswith(f"{record.folder}: trained again, epochs differs: recorded Epoch(")


@pytest.mark.parametrize(
    ("changed", "how"),
    [
        ({"processor": "arm"}, r"\(environment processor \S.* -> arm\)"),
        ({"instruction_set": "DEFAULT"}, r"\(environment instruction_set \w+ -> DEFAULT\)"),
        ({"threads": 64}, r"\(environment threads \d+ -> 64\)"),
        ({"blas": "open"}, r"\(environment blas .* -> open\)"),
        ({"switches": "MKL_CBWR=SSE2"}, r"\(environment switches .* -> MKL_CBWR=SSE2\)"),
        ({"torch": "9.9+cpu"}, r"\(environment torch \S+ -> 9.9\+cpu\)"),
    ],
)
def test_elsewhere_only_what_rounding_does_not_reach_must_be_the_same(record, again, changed, how):
    elsewhere = msgspec.structs.replace(record.environment, **changed)
    later = ("batch_loss", (1, 0), 0.5)  # the second epoch has gone another way
    rounded = ("conv1.kernels", (0, 0, 0, 0, 0), 1e-7)
    compared = compare("baseline seed 0", record, again([later, rounded], environment=elsewhere))
    assert re.fullmatch("first 10 batches within 0.0001 " + how, compared.how)
    assert compared.problems == []


def test_elsewhere_a_first_batch_that_differs_is_named(record, again):
    elsewhere = msgspec.structs.replace(record.environment, system="Darwin arm64")
    fresh = again([("batch_loss", (0, 0), 0.01)], environment=elsewhere)
    (problem,) = compare("baseline seed 0", record, fresh).problems
    assert "the loss of the first 10 batches differs by up to 0.01, more than 0.0001" in problem


def test_another_python_excuses_no_difference(record, again):
    elsewhere = msgspec.structs.replace(record.environment, python="3.99.0")
    fresh = again([("batch_loss", (1, 0), 1e-9)], environment=elsewhere)
    compared = compare("baseline seed 0", record, fresh)
    assert compared.how == "bit by bit (same environment)" and len(compared.problems) == 1


def test_records_of_other_code_settings_or_data_are_left_out_and_counted(trained, tmp_path):
    data, root = trained
    store = Store(tmp_path / "runs")
    for record in stored_runs(Store(root)):
        inputs = record.inputs
        if record.name == "baseline/1":
            inputs = inputs | {"code": inputs["code"] | {"xo.network.train:train": "another"}}
        arrays = {name: record.array(name) for name in record.array_names}
        result = {name: getattr(record, name) for name in RunResult.__struct_fields__}
        write_run(store, json.loads(json.dumps(inputs)), RunResult(**result), arrays)
    found, others = retrainable(store, data, None)
    assert [str(run) for run, _ in found] == [
        "baseline seed 0",
        "baseline seed 2",
        "three-conv seed 0",
    ]
    assert others == 1
    draw_images(tmp_path / "other", ("a", "b"), (30, 30), 4, 2)
    other = load(tmp_path / "other", Store(tmp_path / "cache"))
    with pytest.raises(
        InputError,
        match=r"no record of any variant on other that can be trained again .*\(4 are of others\)",
    ):
        list(retrain(store, other, 1, 0, None, lambda runs, scratch: []))
