"""Demonstrations as records: what they rest on, what makes them stale, what is kept of them."""

from __future__ import annotations

import shutil
import subprocess
import sys

import numpy as np
import pytest

from xo.data.dataset import DataSet, Split
from xo.demonstrations import table as demonstrations
from xo.demonstrations.table import DEMONSTRATIONS, Demonstration, prune
from xo.errors import CheckFailed
from xo.network.model import untrained_network
from xo.runs.execute import execute
from xo.runs.record import RunRecord
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS

SHARING = {"sharing": DEMONSTRATIONS["sharing"]}
SIZE = (30, 26)


@pytest.fixture
def data(tmp_path) -> DataSet:
    """Two classes of bars on small images."""
    images = np.full((4, *SIZE), 255, np.uint8)
    images[:2, 10:20, 5:8] = images[2:, 14, 5:20] = 0
    split = Split(np.array([0, 0, 1, 1]), ("a/0.png", "a/1.png", "b/0.png", "b/1.png"), images)
    return DataSet("bars", tmp_path / "data", ("a", "b"), SIZE, "digest of bars", split, split)


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")


def trained(
    store: Store, variant: str, seed: int, accuracy: float = 1.0, weights: bool = True
) -> RunRecord:
    """A record of an untrained network that says it was trained."""
    row = VARIANTS[variant]
    net = untrained_network(row, SIZE, 2, seed)
    meta = {
        "layout": 1,
        "variant": {
            "name": variant,
            "channels": list(row.channels),
            "kernels": list(row.kernels),
            "pool": row.pool,
            "dense": list(row.dense),
        },
        "seed": seed,
        "key": f"k{seed}",
        "inputs": {"seed": seed},
        "epochs": [{"test_accuracy": accuracy}],
        "classes": ["a", "b"],
        "data": {"image_size": list(SIZE)},
    }
    kept = (
        {name: tensor.contiguous().numpy() for name, tensor in net.state_dict().items()}
        if weights
        else None
    )
    return store.write(meta, {"batch_loss": np.zeros((1, 1))}, kept, keep_weights=weights)


def by_variant(*runs: RunRecord) -> dict[str, tuple[RunRecord, ...]]:
    return {
        name: tuple(run for run in runs if run.variant == name)
        for name in {run.variant for run in runs}
    }


def test_what_is_computed_is_found_again_and_not_computed_twice(store, data, monkeypatch):
    monkeypatch.setattr(
        demonstrations, "DEMONSTRATIONS", SHARING | {"partial-sums": DEMONSTRATIONS["partial-sums"]}
    )
    runs = by_variant(trained(store, "baseline", 0))
    state = find_demonstrations(runs, data, store, Source())
    assert not state.found and [(plan.name, why) for plan, why in state.missing] == [
        ("sharing", "never computed"),
        ("partial-sums", "never computed"),
    ]
    made = {each.name: each for each in execute([plan for plan, _ in state.missing], store, jobs=1)}
    state = find_demonstrations(runs, data, store, Source())
    assert not state.missing and state.found == made
    assert made["sharing"].facts["shared"] == 9 * 9 + 9 and made["sharing"].runs.keys() == {
        "baseline/0"
    }
    assert (
        made["partial-sums"].array("parts").shape == (9, 12, 10)
        and made["partial-sums"].seed("baseline") == 0
    )
    assert not list(store.root.glob(".demonstrations/*/.*"))


def test_the_caller_stays_without_torch():
    """In a process of its own: this one has imported it long ago."""
    code = """
import sys
if __name__ == "__main__":
    import xo.demonstrations.table as d
    try:
        list(d.execute([d.Plan("sharing", {}, "key", {}, None)], None, 1))
    except KeyError as error:  # there is no network among nothing
        print(error, "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.strip() == "'baseline' False", done.stderr


def test_without_weights_it_says_which_and_how_to_get_them(store, data, monkeypatch):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", SHARING)
    runs = by_variant(trained(store, "baseline", 3, weights=False))
    for known in (runs, {}):
        state = find_demonstrations(known, data, store, Source())
        seed = 3 if known else 0
        assert not state.missing
        for language in ("zh", "en"):
            assert (
                f"python -m xo train baseline --seed {seed} --keep-weights"
                in state.lacking["sharing"][language]
            )


def test_it_is_of_the_lowest_seed_that_solved_its_task_or_of_every_seed_with_weights(
    store, data, monkeypatch
):
    monkeypatch.setattr(
        demonstrations,
        "DEMONSTRATIONS",
        {
            "one": Demonstration("xo.demonstrations.shift:sharing", ("baseline",)),
            "all": Demonstration("xo.demonstrations.shift:sharing", ("baseline",), True),
        },
    )
    runs = [
        trained(store, "baseline", 0, 0.5),
        trained(store, "baseline", 1),
        trained(store, "baseline", 2, weights=False),
        trained(store, "baseline", 3),
    ]
    used = {
        plan.name: [run.seed for run in plan.used["baseline"]]
        for plan, _ in find_demonstrations(by_variant(*runs), data, store, Source()).missing
    }
    assert used == {"one": [1], "all": [0, 1, 3]}
    unsolved = find_demonstrations(by_variant(runs[0]), data, store, Source()).missing
    assert [run.seed for run in unsolved[0][0].used["baseline"]] == [0]


def test_it_goes_stale_by_the_runs_it_uses_and_by_no_others(store, data, monkeypatch):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", SHARING)
    first, second = trained(store, "baseline", 0), trained(store, "baseline", 1)
    plans = [
        plan for plan, _ in find_demonstrations(by_variant(first), data, store, Source()).missing
    ]
    demonstrations.write(plans[0], {"facts": {}}, {}, store)
    assert find_demonstrations(
        by_variant(first, second, trained(store, "features", 0)), data, store, Source()
    ).found
    again = RunRecord(first.path, first.meta | {"digest": "another"})
    ((_, why),) = find_demonstrations(by_variant(again, second), data, store, Source()).missing
    assert why.startswith("changed: records baseline/0")


@pytest.mark.parametrize(
    "file, old, new, stale",
    [
        ("shifts", "(window + 1)", "(window + 2)", {"sharing"}),
        ("shifts", "MOST = 8", "MOST = 7", set()),
        ("channels", "WIDE, NARROW = 256, 64", "WIDE, NARROW = 128, 32", {"bottleneck"}),
        ("windows", "test.labels == 0)[0]", "test.labels == 0)[-1]", {"partial-sums"}),
        ("model", "POOL = 2", "POOL = 2  # pixels", set()),
        ("model", "POOL = 2", "POOL = 3", {"sharing", "bottleneck", "partial-sums"}),
    ],
)
def test_it_goes_stale_by_the_code_it_reaches_and_by_no_other(
    store, data, tmp_path, monkeypatch, file, old, new, stale
):
    names = ("sharing", "bottleneck", "partial-sums")
    monkeypatch.setattr(
        demonstrations, "DEMONSTRATIONS", {name: DEMONSTRATIONS[name] for name in names}
    )
    runs = by_variant(trained(store, "baseline", 0), trained(store, "one-by-one", 0))
    for plan, _ in find_demonstrations(runs, data, store, Source()).missing:
        demonstrations.write(plan, {"facts": {}}, {}, store)
    shutil.copytree(
        ROOT / "xo", tmp_path / "tree" / "xo", ignore=shutil.ignore_patterns("__pycache__")
    )
    path = tmp_path / "tree" / "xo" / f"{file}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    missing = {
        plan.name: why
        for plan, why in find_demonstrations(runs, data, store, Source(tmp_path / "tree")).missing
    }
    assert set(missing) == stale and all(f"code xo.{file}:" in why for why in missing.values())


@pytest.mark.parametrize("name", ["record.json", "arrays.safetensors"])
def test_a_damaged_one_is_named_set_aside_and_computed_again(store, data, monkeypatch, name):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", SHARING)
    runs = by_variant(trained(store, "baseline", 0))
    (plan,) = [plan for plan, _ in find_demonstrations(runs, data, store, Source()).missing]
    path = demonstrations.write(plan, {"facts": {}}, {"map": np.ones(4)}, store).path
    content = bytearray((path / name).read_bytes())
    content[-5] ^= 1
    (path / name).write_bytes(content)
    ((_, why),) = find_demonstrations(runs, data, store, Source()).missing
    assert why.startswith("damaged") and path.is_dir()
    ((_, why),) = find_demonstrations(runs, data, store, Source(), quarantine=True).missing
    assert (
        "set aside" in why
        and not path.exists()
        and list(store.root.glob(".damaged/*/record/record.json"))
    )
    (made,) = execute([plan], store, jobs=1)
    assert made.path == path and find_demonstrations(runs, data, store, Source()).found


def test_where_it_does_not_apply_it_says_why_in_both_languages(store, data, monkeypatch):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", {"shifts": DEMONSTRATIONS["shifts"]})
    runs = by_variant(trained(store, "baseline", 0))
    list(
        execute(
            [plan for plan, _ in find_demonstrations(runs, data, store, Source()).missing],
            store,
            jobs=1,
        )
    )
    state = find_demonstrations(runs, data, store, Source())
    assert not state.missing  # it is known, and not computed again
    told = state.found["shifts"]
    assert not told.applies and "32" in told.reason["zh"] and "32 pixels" in told.reason["en"]


def test_one_whose_code_changed_while_it_was_computed_is_dropped(store, data, monkeypatch):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", SHARING)
    (plan,) = [
        plan
        for plan, _ in find_demonstrations(
            by_variant(trained(store, "baseline", 0)), data, store, Source()
        ).missing
    ]
    with pytest.raises(CheckFailed, match="dropped the demonstrations sharing"):
        list(execute([plan._replace(inputs=plan.inputs | {"code": {}})], store, jobs=1))
    assert not list(store.root.glob(".demonstrations/*/*"))


def test_two_that_compute_the_same_do_no_harm(store, data, monkeypatch):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", SHARING)
    (plan,) = [
        plan
        for plan, _ in find_demonstrations(
            by_variant(trained(store, "baseline", 0)), data, store, Source()
        ).missing
    ]
    first, second = (demonstrations.write(plan, {"facts": {"n": 1}}, {}, store) for _ in range(2))
    assert first == second and len(list(first.path.parent.iterdir())) == 1


def test_old_ones_are_removed_but_the_last_few(store, data, monkeypatch):
    monkeypatch.setattr(demonstrations, "DEMONSTRATIONS", SHARING)
    (plan,) = [
        plan
        for plan, _ in find_demonstrations(
            by_variant(trained(store, "baseline", 0)), data, store, Source()
        ).missing
    ]
    old = [
        demonstrations.write(plan._replace(key=f"old{k}"), {"facts": {}}, {}, store)
        for k in range(demonstrations.KEPT + 2)
    ]
    used = demonstrations.write(plan, {"facts": {}}, {}, store)
    prune({"sharing": used})
    assert used.path.is_dir() and sum(each.path.is_dir() for each in old) == demonstrations.KEPT
