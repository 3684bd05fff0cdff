"""Demonstrations as records: what they are computed from, what makes them stale, what is kept."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.xo.records import result_of, stored_run, weights_of
from xo.data.dataset import DataSet, Split
from xo.demonstrations import execute as execution
from xo.demonstrations import record as demonstrations
from xo.demonstrations.execute import execute, trained_networks, write_demonstration
from xo.demonstrations.record import (
    DemonstrationResult,
    PlannedDemonstration,
    find_demonstrations,
)
from xo.demonstrations.table import DEMONSTRATIONS, Demonstration
from xo.errors import CheckFailed
from xo.runs.record import RunRecord, write_run
from xo.runs.study import one_run
from xo.store.source_digest import ROOT, Source
from xo.variants import VARIANTS

SIZE = (30, 26)


@pytest.fixture
def data(tmp_path) -> DataSet:
    """Two classes of bars on small images."""
    images = np.full((4, *SIZE), 255, np.uint8)
    images[:2, 10:20, 5:8] = images[2:, 14, 5:20] = 0
    split = Split(np.array([0, 0, 1, 1]), ("a/0.png", "a/1.png", "b/0.png", "b/1.png"), images)
    return DataSet("bars", tmp_path / "data", ("a", "b"), SIZE, "digest of bars", split, split)


@pytest.fixture
def train(store, data):
    """Stores a record of an untrained network that says it was trained."""

    def train(variant: str, seed: int, accuracy: float = 1.0, weights: bool = True) -> RunRecord:
        run = one_run(VARIANTS[variant], seed, data, Source())
        return stored_run(store, run, accuracy, weights_of(run) if weights else None, weights)

    return train


@pytest.fixture
def use(monkeypatch):
    """Has the table hold certain rows only."""

    def use(*names: str, **rows: Demonstration) -> None:
        table = {name: DEMONSTRATIONS[name] for name in names} | rows
        monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", table)

    return use


def by_variant(*runs: RunRecord) -> dict[str, tuple[RunRecord, ...]]:
    return {
        name: tuple(run for run in runs if run.variant == name)
        for name in {run.variant for run in runs}
    }


def write(store, planned: PlannedDemonstration, **arrays: np.ndarray):
    return write_demonstration(store, planned, DemonstrationResult(), arrays)


def planned(runs: dict, data: DataSet, store) -> list[PlannedDemonstration]:
    return [each for each, _ in find_demonstrations(runs, data, store, Source()).missing]


def test_what_is_computed_is_found_again_and_not_computed_twice(store, data, train, use):
    use("sharing", "partial-sums")
    runs = by_variant(train("baseline", 0))
    before = find_demonstrations(runs, data, store, Source())
    assert not before.found and [(each.name, why) for each, why in before.missing] == [
        ("sharing", "never made"),
        ("partial-sums", "never made"),
    ]
    made = {each.name: each for each in execute([each for each, _ in before.missing], store, 1)}
    after = find_demonstrations(runs, data, store, Source())
    assert not after.missing and after.found == made
    sharing, sums = made["sharing"], made["partial-sums"]
    assert sharing.facts["shared"] == 9 * 9 + 9 and sharing.runs.keys() == {"baseline/0"}
    assert sums.array("parts").shape == (9, 12, 10) and sums.seed("baseline") == 0
    assert not list(store.root.glob(".demonstrations/.*"))


def test_the_caller_stays_without_torch():
    """In a process of its own: this one has imported it long ago."""
    code = """
import sys
from types import SimpleNamespace
from xo.demonstrations.execute import execute
from xo.demonstrations.record import PlannedDemonstration
if __name__ == "__main__":
    try:
        data = SimpleNamespace(channels=1)
        list(execute([PlannedDemonstration("sharing", {}, {}, data)], None, 1))
    except KeyError as error:  # there is no network among nothing
        print(error, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "'baseline' False", done.stderr


def test_without_weights_it_names_the_command_that_makes_them(store, data, train, use):
    use("sharing")
    runs = by_variant(train("baseline", 3, weights=False))
    for known in (runs, {}):
        found = find_demonstrations(known, data, store, Source())
        weights = found.impossible["sharing"]
        assert not found.missing and weights.seed == (3 if known else 0)
        assert weights.command == (
            f"python -m xo train baseline --seed {weights.seed} --data {data.root} "
            f"--store {store.root} --keep-weights"
        )


def test_it_uses_the_lowest_seed_that_solved_its_task_or_every_seed_with_weights_or_every_seed(
    store, data, train, use
):
    row = Demonstration("xo.demonstrations.shift:sharing", ("baseline",))
    use(one=row, kept=replace(row, seeds="with weights"), all=replace(row, seeds="all"))
    runs = [
        train("baseline", 0, 0.5),
        train("baseline", 1),
        train("baseline", 2, weights=False),
        train("baseline", 3),
    ]
    used = {
        each.name: [run.seed for run in each.used["baseline"]]
        for each in planned(by_variant(*runs), data, store)
    }
    assert used == {"one": [1], "kept": [0, 1, 3], "all": [1, 0, 2, 3]}
    unsolved, *_ = planned(by_variant(runs[0]), data, store)
    assert [run.seed for run in unsolved.used["baseline"]] == [0]


def test_a_run_without_weights_has_its_recorded_kernels_and_nothing_can_rest_on_its_dense_layers(
    store, data
):
    run = one_run(VARIANTS["baseline"], 0, data, Source())
    arrays = {}
    for name, values in weights_of(run).items():
        if name.startswith("conv."):
            _, index, what = name.split(".")
            recorded = {"weight": "kernels", "bias": "biases"}[what]
            arrays[f"conv{int(index) + 1}.{recorded}"] = np.stack([values - 1, values])
    record = write_run(store, run.inputs, result_of(run), arrays)
    ((_, net),) = trained_networks({"baseline": [record]})["baseline"]
    for name, tensor in net.state_dict().items():
        if name.startswith("conv."):
            assert np.array_equal(tensor.numpy(), weights_of(run)[name]), name
        else:
            assert np.isnan(tensor.numpy()).all(), name


def test_it_goes_stale_by_the_runs_it_uses_and_by_no_others(store, data, train, use):
    use("sharing")
    first, second = train("baseline", 0), train("baseline", 1)
    (each,) = planned(by_variant(first), data, store)
    write(store, each)
    others = by_variant(first, second, train("features", 0))
    assert find_demonstrations(others, data, store, Source()).found
    again = train("baseline", 0, accuracy=0.99)
    ((_, why),) = find_demonstrations(by_variant(again, second), data, store, Source()).missing
    assert why == "changed: run baseline/0"


@pytest.mark.parametrize(
    "file, old, new, stale",
    [
        ("demonstrations/shift", "(window + 1)", "(window + 2)", {"sharing"}),
        ("demonstrations/shift", "MOST = 8", "MOST = 7", set()),
        (
            "demonstrations/channel_mixing",
            "WIDE, NARROW = 256",
            "WIDE, NARROW = 128",
            {"bottleneck"},
        ),
        ("demonstrations/maps", "labels == 0)[0]", "labels == 0)[-1]", {"sharing", "partial-sums"}),
        ("network/measurements", "POOL = 2  #", "POOL = 2  # indeed", set()),
        (
            "network/measurements",
            "POOL = 2 ",
            "POOL = 3 ",
            {"sharing", "bottleneck", "partial-sums"},
        ),
    ],
)
def test_it_goes_stale_by_the_code_it_reaches_and_by_no_other(
    store, data, tmp_path, train, use, file, old, new, stale
):
    use("sharing", "bottleneck", "partial-sums")
    runs = by_variant(train("baseline", 0), train("one-by-one", 0))
    for each in planned(runs, data, store):
        write(store, each)
    tree = tmp_path / "tree"
    shutil.copytree(ROOT / "xo", tree / "xo", ignore=shutil.ignore_patterns("__pycache__"))
    path = tree / "xo" / f"{file}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    missing = find_demonstrations(runs, data, store, Source(tree)).missing
    assert {each.name for each, _ in missing} == stale
    assert all(f"code xo.{file.replace('/', '.')}:" in why for _, why in missing)


@pytest.mark.parametrize("name", ["record.json", "arrays.safetensors"])
def test_a_damaged_one_is_named_moved_away_and_computed_again(store, data, train, use, name):
    use("sharing")
    runs = by_variant(train("baseline", 0))
    (each,) = planned(runs, data, store)
    folder = write(store, each, map=np.ones(4)).artifact.folder
    content = bytearray((folder / name).read_bytes())
    content[-5] ^= 1
    (folder / name).write_bytes(content)
    ((_, why),) = find_demonstrations(runs, data, store, Source()).missing
    assert why.startswith("damaged") and folder.is_dir()
    found = find_demonstrations(runs, data, store, Source(), quarantine=True)
    assert "moved to" in found.missing[0][1] and not folder.exists()
    (made,) = execute([each], store, 1)
    assert made.artifact.folder == folder
    assert find_demonstrations(runs, data, store, Source()).found


def test_where_it_does_not_apply_the_reason_is_recorded(store, data, train, use):
    use("shifts")
    runs = by_variant(train("baseline", 0))
    list(execute(planned(runs, data, store), store, 1))
    found = find_demonstrations(runs, data, store, Source())
    assert not found.missing  # it is known, and not computed again
    unavailable = found.found["shifts"].unavailable
    assert unavailable.reason == "images too small to shift"
    assert unavailable.numbers == {"side": 32, "shift": 8}


def test_one_whose_code_changed_while_it_was_computed_is_dropped(
    store, data, train, use, monkeypatch
):
    use("sharing")
    (each,) = planned(by_variant(train("baseline", 0)), data, store)
    monkeypatch.setattr(execution, "demonstration_inputs", lambda *_: each.inputs | {"code": {}})
    with pytest.raises(CheckFailed, match="dropped the demonstrations sharing"):
        list(execute([each], store, 1))
    assert not list(store.root.glob(".demonstrations/*"))
