"""An export holds what another store needs, names no place, and replaces nothing foreign."""

from __future__ import annotations

import getpass
import os
import platform
import socket
import zipfile
from pathlib import Path

import pytest

from tests.xo.exchange.conftest import run
from xo.errors import InputError
from xo.exchange import export as exporting
from xo.exchange.export import export


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def weights(path: Path) -> list[str]:
    return [
        "/".join(name.split("/")[1:3]).rpartition("-")[0]
        for name in names(path)
        if name.endswith("weights.safetensors")
    ]


def test_records_demonstrations_and_one_solved_runs_weights_come_along(filled, command, tmp_path):
    result = command("export", tmp_path / "runs.zip", store=filled)
    assert result.exit_code == 0
    found = names(tmp_path / "runs.zip")
    assert sum(name.endswith("record.json") for name in found) == 4
    assert any(name.startswith("demonstrations/probes-") for name in found)
    assert weights(tmp_path / "runs.zip") == ["features/0"]
    assert "3 runs, 1 of them with weights; without those of baseline" in result.stdout
    assert "1 demonstrations" in result.stdout


def test_all_weights_come_along_when_asked_for(filled, command, tmp_path):
    assert command("export", tmp_path / "all.zip", "--weights", store=filled).exit_code == 0
    assert sorted(weights(tmp_path / "all.zip")) == ["baseline/0", "features/0", "features/1"]


def test_weights_that_would_exceed_the_limit_stay(filled, small, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "LARGEST", 1000)
    done = export(tmp_path / "runs.zip", None, small, filled)
    assert not weights(tmp_path / "runs.zip") and done.without_weights == ["baseline", "features"]


def test_a_study_has_its_own_runs_only_and_says_how_many_lack(filled, command, tmp_path):
    assert "3 of " in command("export", tmp_path / "a.zip", "--study", "full", store=filled).stdout
    other = command("export", tmp_path / "b.zip", "--study", "smoke", store=filled)
    assert other.exit_code == 2 and "no current record of the study smoke" in other.stderr
    assert not (tmp_path / "b.zip").exists()


def test_no_host_user_or_path_is_in_any_entry(filled, small, tmp_path):
    export(tmp_path / "runs.zip", None, small, filled, all_weights=True)
    places = {
        getpass.getuser(),
        os.path.expanduser("~"),
        socket.gethostname(),
        platform.node(),
        str(filled.root),
        str(small.root.parent),
        str(tmp_path),
    }
    with zipfile.ZipFile(tmp_path / "runs.zip") as archive:
        for entry in archive.infolist():
            content = archive.read(entry) + entry.filename.encode() + entry.extra + entry.comment
            for place in places:
                assert place.encode() not in content, (place, entry.filename)


def test_the_same_records_give_the_same_bytes(filled, small, tmp_path):
    export(tmp_path / "first.zip", None, small, filled)
    for path in filled.root.rglob("*"):
        os.utime(path, (1, 1))
    export(tmp_path / "second.zip", None, small, filled)
    assert (tmp_path / "first.zip").read_bytes() == (tmp_path / "second.zip").read_bytes()


def test_a_foreign_file_is_left_as_it_is_and_an_earlier_export_replaced(
    filled, small, command, tmp_path
):
    target = tmp_path / "runs.zip"
    target.write_text("my thesis")
    result = command("export", target, store=filled)
    assert result.exit_code == 2 and "no export of this program" in result.stderr
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("thesis.txt", "mine")
    before = target.read_bytes()
    assert command("export", target, store=filled).exit_code == 2
    assert target.read_bytes() == before
    target.unlink()
    export(target, None, small, filled)
    run(filled, small, "features", 2)
    assert command("export", target, store=filled).exit_code == 0
    assert sum(name.endswith("record.json") for name in names(target)) == 5
    inside = command("export", filled.root / "runs.zip", store=filled)
    assert inside.exit_code == 2 and "a store folder" in inside.stderr


def test_a_damaged_record_is_named_and_nothing_is_written(filled, command, tmp_path):
    path = next(filled.root.glob("features/1-*/arrays.safetensors"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    result = command("export", tmp_path / "runs.zip", store=filled)
    assert result.exit_code == 1 and str(path) in result.stderr
    assert list(tmp_path.glob("*.zip")) == [] and not list(tmp_path.glob(".runs.zip*"))


def test_a_store_without_records_says_how_to_get_some(store, small, tmp_path):
    with pytest.raises(InputError, match="no current record.*report_builder build"):
        export(tmp_path / "runs.zip", None, small, store)
