"""What a store holds, what of it is outdated and why; what is deleted is chosen and asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner

from tests.xo.exchange.conftest import run
from xo.cli import main
from xo.exchange.contents import contents, rows
from xo.runs import record as records
from xo.runs.record import stored_runs
from xo.store.store import Store


@pytest.fixture
def mixed(filled: Store, small, monkeypatch) -> Store:
    """The filled store with a stale and a foreign run."""
    run(filled, small.subset(5, 5), "features", 3)
    with monkeypatch.context() as patch:
        patch.setattr(records, "LAYOUT", records.LAYOUT - 1)
        run(filled, small, "baseline", 4)
    return filled


def names(store: Store) -> set[str]:
    return {each.name for kind in ("run", "demonstration") for each in store.all(kind)}


def test_the_list_counts_by_variant_and_says_why_something_is_outdated(mixed, small, command):
    counted = {row.name: row[1:5] for row in rows(contents(small, mixed).stored)}
    assert counted == {
        "baseline": (2, 0, 2, 1),  # runs, solved and current, with weights, outdated
        "features": (3, 2, 3, 1),
        "demonstrations": (1, 0, 0, 0),
    }
    result = command("list", store=mixed)
    assert result.exit_code == 0
    assert "1 of baseline: stale, changed: layout" in result.stdout
    assert f"1 of features: foreign, of other images than {small.root} has" in result.stdout


def test_the_card_says_which_runs_count_as_solved_and_that_a_demonstration_is_another(
    filled, small
):
    lenient = replace(small, solved_from=0.5)
    stored = contents(lenient, filled).stored
    assert {row.name: row.solved for row in rows(stored)} == {
        "baseline": 1,
        "features": 2,
        "demonstrations": 0,
    }
    (outdated,) = (str(each.outdated) for each in stored if each.outdated)
    assert outdated == "stale, changed: solved_from None -> 0.5"


def test_a_damaged_record_is_listed(filled, command):
    path = next(filled.root.glob("features/1-*/record.json"))
    path.write_text("{")
    assert f"damaged: {path}: unreadable" in command("list", store=filled).stdout


def test_bytes_are_those_on_disk(filled, small):
    (row,) = (row for row in rows(contents(small, filled).stored) if row.name == "features")
    on_disk = (path for path in filled.root.glob("features/*/*") if path.is_file())
    assert row.bytes == sum(path.stat().st_size for path in on_disk)


def test_stale_ones_are_deleted_and_nothing_else(mixed, command):
    result = command("prune", "--stale", "--yes", store=mixed)
    assert result.exit_code == 0 and "deleted 2 records" in result.stdout
    assert names(mixed) == {"features/0", "features/1", "baseline/0", "probes"}
    assert "deleted 0 records" in command("prune", "--stale", store=mixed).stdout


def test_named_ones_are_deleted(mixed, command):
    assert command("prune", "features/0", "baseline", "--yes", store=mixed).exit_code == 0
    assert names(mixed) == {"features/1", "features/3", "probes"}
    unknown = command("prune", "vgg/3", "features/1", "--yes", store=mixed)
    assert unknown.exit_code == 2 and "vgg/3: nothing of that name" in unknown.stderr
    assert "features/1" in names(mixed)
    nothing = command("prune", store=mixed)
    assert nothing.exit_code == 2 and "--stale" in nothing.stderr


@pytest.mark.parametrize(("answer", "left"), [("n\n", 2), ("y\n", 1)])
def test_it_asks_first(filled, small, answer, left):
    words = ["runs", "prune", "features/0", "--data", str(small.root), "--store", str(filled.root)]
    result = CliRunner().invoke(main, words, input=answer)
    assert result.exit_code == 0 and "features/0-" in result.stdout
    assert len(stored_runs(filled, "features")) == left


def test_what_the_program_did_not_make_is_never_deleted(filled, command):
    (folder,) = filled.root.glob("features/0-*")
    (folder / "notes.txt").write_text("mine")
    result = command("prune", "features", "--yes", store=filled)
    assert result.exit_code == 2 and str(folder / "notes.txt") in result.stderr
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "record.json").is_file()
