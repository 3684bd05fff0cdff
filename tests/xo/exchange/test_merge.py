"""What arrives is rehashed, compared with today's code and data, and replaces nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.xo.exchange.conftest import files, run
from xo.demonstrations.record import find_demonstrations
from xo.exchange import download
from xo.exchange.export import export
from xo.runs import record as records
from xo.runs.record import stored_runs
from xo.store import sealed
from xo.store.problems import problems
from xo.store.source_digest import Source
from xo.store.store import Store


@pytest.fixture(scope="module")
def exported_once(filled_once, small, tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("exported") / "runs.zip"
    export(file, None, small, filled_once)
    return file


@pytest.fixture
def exported(exported_once, tmp_path) -> Path:
    """A copy of an export, which a test may change."""
    return Path(shutil.copy(exported_once, tmp_path))


@pytest.fixture
def other(tmp_path) -> Store:
    """An empty store."""
    return Store(tmp_path / "other")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def rewrite(archive: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Packs an export again with other entries."""
    with zipfile.ZipFile(archive) as opened:
        entries = {name: opened.read(name) for name in opened.namelist()}
    change(entries)
    with zipfile.ZipFile(archive, "w") as opened:
        for name, content in entries.items():
            opened.writestr(name, content)


def reseal(entries: dict[str, bytes], entry: str, changed: dict[str, object]) -> None:
    """Changes a record so that it agrees with itself again."""
    entries[entry] = sealed.seal_document(json.loads(entries[entry]) | changed)


def name_of(entries: dict[str, bytes], part: str) -> str:
    return next(name for name in entries if part in name)


def test_an_export_brings_records_demonstrations_and_weights(
    exported, filled, other, command, small
):
    result = command("merge", exported, store=other)
    assert result.exit_code == 0
    assert result.stdout.splitlines()[-1].startswith("merged 4 records, 0 were there already")
    arrived, before = files(other.root), files(filled.root)
    assert arrived == {name: before[name] for name in arrived}
    assert {Path(name).name for name in before.keys() - arrived.keys()} == {"weights.safetensors"}
    assert not [
        line
        for kind in ("run", "demonstration")
        for folder in other.folders(kind)
        for line in problems(folder)
    ]
    runs = {"features": tuple(stored_runs(other, "features"))}
    assert [record.has_weights for record in runs["features"]] == [True, False]
    assert "probes" in find_demonstrations(runs, small, other, Source()).found


def test_a_store_is_merged_whole_and_again_changes_nothing(filled, other, command):
    assert command("merge", filled.root, store=other).exit_code == 0
    merged = files(other.root)
    assert merged == files(filled.root)
    again = command("merge", filled.root, store=other)
    assert again.exit_code == 0 and "merged 0 records, 4 were there already" in again.stdout
    assert files(other.root) == merged


def test_two_shards_merge_to_what_one_store_would_hold(small, tmp_path, command, other):
    for seed in (0, 1):
        run(Store(tmp_path / f"shard-{seed}"), small, "features", seed)
    whole = Store(tmp_path / "whole")
    for seed in (0, 1):
        run(whole, small, "features", seed)
    shards = [tmp_path / "shard-0", tmp_path / "shard-1"]
    for shard in shards:
        assert command("list", store=Store(shard)).exit_code == 0  # marks it
    assert command("merge", *shards, store=other).exit_code == 0
    assert files(other.root) == files(whole.root)


def test_what_is_there_is_not_replaced(exported, filled, other, small, command):
    mine = run(other, small, "features", 0, accuracy=0.5)
    command("list", store=filled)
    shutil.copy(filled.root / ".xo-report", other.root)
    result = command("merge", exported, store=other)
    assert "1 were there already" in result.stdout
    assert "demonstration probes: stale, the runs that it was computed from" in result.stdout
    (kept,) = (each for each in stored_runs(other, "features") if each.seed == 0)
    assert kept == mine and result.exit_code == 0


def test_a_hostile_name_forges_no_line_and_orders_the_terminal_nothing(exported, other, command):
    def change(entries: dict[str, bytes]) -> None:
        reseal(entries, name_of(entries, "record.json"), {"name": "x\x1b[31m\nerror: lost\x07/0"})

    rewrite(exported, change)
    result = command("merge", exported, store=other)
    assert result.exit_code == 0
    named, last = (line for line in result.stdout.splitlines() if "run baseline" not in line)
    assert "run x\\x1b[31m\\nerror: lost\\x07/0: stale" in named
    assert "\x1b" not in result.stdout and last.startswith("merged")


def test_a_stale_and_a_foreign_record_are_named_with_the_reason(
    filled, other, small, command, monkeypatch, tmp_path
):
    run(filled, small.subset(5, 5), "features", 3)
    with monkeypatch.context() as patch:
        patch.setattr(records, "LAYOUT", records.LAYOUT - 1)
        run(filled, small, "features", 4)
    result = command("merge", filled.root, store=other)
    assert result.exit_code == 0 and "left out 2" in result.stdout
    assert f"run features/3: foreign, of other images than {small.root} has" in result.stdout
    assert "run features/4: stale, changed: layout" in result.stdout
    assert {each.seed for each in stored_runs(other, "features")} == {0, 1}


@pytest.mark.parametrize("file", ["arrays.safetensors", "weights.safetensors", "record.json"])
def test_a_damaged_record_is_named_and_the_others_are_merged(exported, other, command, file):
    def flip(entries: dict[str, bytes]) -> None:
        name = name_of({each: b"" for each in entries if each.endswith(file)}, "features/0-")
        entries[name] = entries[name][:-3] + b"#" + entries[name][-2:]

    rewrite(exported, flip)
    result = command("merge", exported, store=other)
    assert result.exit_code == 1 and "fetch them again" in result.stderr
    assert f"{exported}/runs/features/0-" in result.stdout and file in result.stdout
    assert "merged 2 records" in result.stdout  # the demonstration's run did not come
    assert {each.name for each in stored_runs(other)} == {"features/1", "baseline/0"}


def test_a_missing_file_is_named(exported, other, command):
    rewrite(exported, lambda entries: entries.pop(name_of(entries, "arrays.safetensors")))
    result = command("merge", exported, store=other)
    assert result.exit_code == 1 and "arrays.safetensors: missing" in result.stdout


HOSTILE = {
    "a name that leaves the store": {"name": "features/../../../evil"},
    "another run's name": {"name": "features/7"},
    "another key": {"key": "0" * 16},
    "a file that leaves the folder": {
        "files": {"../../../evil": {"sha256": "0" * 64, "bytes": 1, "optional": False}}
    },
    "inputs of another kind": {"inputs": {"records": [1], "seed": [], "code": 3}},
    "an unknown kind": {"kind": "figure"},
    "no content": {"content": {}},
}


@pytest.mark.parametrize(
    ("which", "case"),
    [
        (which, case)
        for which in ("runs/features/1-", "demonstrations/probes-")
        for case in HOSTILE
        if (which, case) != ("demonstrations/probes-", "no content")  # it may have none
    ],
)
def test_a_record_that_agrees_with_itself_alone_decides_no_path(
    exported, other, command, case, which, tmp_path
):
    rewrite(exported, lambda entries: reseal(entries, name_of(entries, which), HOSTILE[case]))
    before = {path for path in tmp_path.rglob("*") if not path.is_relative_to(other.root)}
    command("merge", exported, store=other)
    after = {path for path in tmp_path.rglob("*") if not path.is_relative_to(other.root)}
    assert after == before and not list(other.root.rglob("evil*"))
    assert {each.name for each in stored_runs(other)} >= {"features/0", "baseline/0"}
    assert len(stored_runs(other)) + len(other.folders("demonstration")) <= 3


def refused(result, *parts: str) -> None:
    (line,) = result.stderr.strip().splitlines()
    assert result.exit_code == 2 and all(part in line for part in parts), line


def test_hostile_archives_are_refused_by_name(exported, other, command, tmp_path, monkeypatch):
    original = exported.read_bytes()
    for name in ("../evil", "/evil", "runs/../../evil"):
        exported.write_bytes(original)
        with zipfile.ZipFile(exported, "a") as archive:
            archive.writestr(zipfile.ZipInfo(name), b"x")
        refused(command("merge", exported, store=other), str(exported), "leaves the folder")
    exported.write_bytes(original)
    link = zipfile.ZipInfo("runs/link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(exported, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    refused(command("merge", exported, store=other), "'runs/link' is a link")
    exported.write_bytes(original)
    monkeypatch.setattr("xo.data.archive.LARGEST_SET", 1000)
    refused(command("merge", exported, store=other), "at most", "1,000")
    assert not files(other.root)


def test_what_is_no_source_is_refused_by_name(other, command, filled, small, tmp_path):
    (tmp_path / "note.zip").write_text("no zip")
    (tmp_path / "folder").mkdir()
    for source, *parts in (
        (tmp_path / "note.zip", "no export", "runs export"),
        (tmp_path / "none.zip", "no such file or folder"),
        (tmp_path / "folder", "no store"),
        (other.root, "SOURCE", "the same"),
        ("ftp://host/runs.zip", "http://"),
    ):
        refused(command("merge", source, store=other), str(source), *parts)
    twice = command("merge", filled.root, filled.root, "--sha256", "0" * 64, store=other)
    refused(twice, "--sha256")


def test_a_file_may_be_checked_against_a_digest(exported, other, command):
    wrong = command("merge", exported, "--sha256", "0" * 64, store=other)
    assert wrong.exit_code == 1 and digest(exported) in wrong.stderr and not files(other.root)
    right = command("merge", exported, "--sha256", digest(exported).upper(), store=other)
    assert right.exit_code == 0 and "merged 4" in right.stdout


# --- from an address


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def address(exported) -> Iterator[str]:
    """Where a web server serves the export."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=exported.parent))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{exported.name}"
    server.shutdown()
    server.server_close()


def test_an_address_needs_the_digest_expected_there(address, exported, other, command):
    refused(command("merge", address, store=other), address, "--sha256", "#sha256=DIGEST")
    refused(command("merge", f"{address}#sha256=12", store=other), "64 hexadecimal digits")
    wrong = command("merge", f"{address}#sha256={'0' * 64}", store=other)
    assert wrong.exit_code == 1 and digest(exported) in wrong.stderr and not files(other.root)
    for given in (
        (f"{address}#sha256={digest(exported)}",),
        (address, "--sha256", digest(exported)),
    ):
        result = command("merge", *given, store=other)
        assert result.exit_code == 0, result.stderr
    assert "merged 0 records, 4 were there already" in result.stdout


def test_what_cannot_be_had_or_is_too_large_is_named_in_one_line(
    address, exported, other, command, monkeypatch
):
    expected = ("--sha256", digest(exported))
    refused(command("merge", f"{address}x", *expected, store=other), f"{address}x", "cannot be had")
    nobody = "http://127.0.0.1:9/runs.zip"
    refused(command("merge", nobody, *expected, store=other), nobody, "can this machine reach it?")
    monkeypatch.setattr(download, "LARGEST", 100)
    refused(command("merge", address, *expected, store=other), "larger than 100 bytes")
