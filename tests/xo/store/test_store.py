"""An artifact is stored whole or not at all, found by its inputs, and never returned damaged."""

from __future__ import annotations

import errno
import hashlib
import json
import math

import pytest

from xo.errors import InputError
from xo.store import disk, sealed
from xo.store.artifact import Damaged
from xo.store.problems import problems
from xo.store.store import KEPT, NEVER, Store

INPUTS = {"seed": 0, "data": "d", "code": {"module:name": "c"}}


def add(store, inputs=INPUTS, name="baseline/0", **options):
    content = {"accuracy": 0.5}
    return store.add("run", name, inputs, content, {"notes.txt": b"mine"}, **options)


def test_what_is_added_is_found_by_its_inputs_alone(store):
    added = add(store)
    assert store.find("run", "baseline/0", INPUTS) == added
    assert added.content_as(dict) == {"accuracy": 0.5} and added.read("notes.txt") == b"mine"
    assert store.find("run", "baseline/0", INPUTS | {"seed": 1}) is None
    assert store.find("run", "baseline/1", INPUTS) is None
    assert store.folders("run") == [added.folder] and not list(problems(added.folder))


def test_what_a_diverged_network_leaves_is_read_back(store):
    content = {"loss": math.nan, "largest": math.inf}
    added = store.add("run", "baseline/0", INPUTS, content, {})
    found = store.find("run", "baseline/0", INPUTS)
    assert found == added and not list(problems(added.folder))
    loss, largest = found.content_as(dict[str, float]).values()
    assert math.isnan(loss) and largest == math.inf
    with pytest.raises(Damaged, match="not of this version"):
        found.content_as(dict[str, bool])


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ("content", '{"loss": "\xff"}'),
        ("content", '{"loss": "\\ud800"}'),
        ("content", "[]"),
        ("content", "[" * 3000 + "]" * 3000),
        ("inputs", '{"seed": "\\ud800"}'),
        ("inputs", '{"seed": ' + "[" * 994 + "]" * 994 + "}"),
        ("files", '{"notes.txt": {"sha256": "0", "bytes": "12"}}'),
    ],
)
def test_a_sealed_record_that_says_what_none_says_is_damaged(store, part, text):
    path = add(store).folder / "record.json"
    document = json.loads(path.read_text()) | {part: "HERE"}
    sealed_text = sealed.seal_document(document)
    path.write_bytes(
        sealed.seal(
            sealed_text.rpartition(b',\n "digest"')[0].replace(b'"HERE"', text.encode("latin-1"))
        )
    )
    assert [str(path) in line for line in problems(path.parent)][:1] == [True]


def test_a_record_of_the_form_before_is_read_unless_a_byte_of_it_changed(store):
    """Its digest was that of its other entries, sorted."""
    path = add(store).folder / "record.json"
    document = json.loads(path.read_text())
    del document["digest"]
    text = json.dumps(document, sort_keys=True, ensure_ascii=False)
    document["digest"] = hashlib.sha256(text.encode()).hexdigest()
    old = json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"
    path.write_bytes(old)
    found = store.find("run", "baseline/0", INPUTS)
    assert found.digest == document["digest"] and not list(problems(path.parent))
    copied = Store(store.root.with_name("copy"))
    assert copied.copy(found)
    assert (copied.folder_of(found) / "record.json").read_bytes() == old
    for at in range(len(old)):
        changed = old[:at] + bytes([old[at] ^ 1]) + old[at + 1 :]
        path.write_bytes(changed)
        assert list(problems(path.parent)) or json.loads(changed) == document, at


def test_why_it_is_missing_names_what_changed_since_the_nearest(store):
    assert store.look_up("run", "baseline/0", INPUTS)[1] == NEVER
    add(store)
    add(store, INPUTS | {"data": "other"})
    code = {"module:name": "changed"}
    asked = {"seed": 1, "data": "other", "code": code}
    assert store.look_up("run", "baseline/0", asked)[1] == "changed: code module:name, seed 0 -> 1"


@pytest.mark.parametrize("file", ["record.json", "notes.txt"])
def test_a_flipped_byte_is_named_and_the_artifact_moved_away(store, file):
    folder = add(store).folder
    content = bytearray((folder / file).read_bytes())
    content[-3] ^= 1
    (folder / file).write_bytes(content)
    with pytest.raises(Damaged, match=folder.name):
        store.find("run", "baseline/0", INPUTS)
    assert [str(folder / file) in line for line in problems(folder)] == [True]
    found, why = store.look_up("run", "baseline/0", INPUTS)
    assert found is None and why.startswith("damaged: ") and folder.is_dir()
    found, why = store.look_up("run", "baseline/0", INPUTS, quarantine=True)
    (moved,) = store.root.glob(".damaged/*")
    assert found is None and f"moved to {moved}" in why and not folder.exists()
    assert (moved / "record.json").is_file() and add(store).folder == folder


def test_missing_and_surplus_files_are_named(store):
    folder = add(store).folder
    (folder / "notes.txt").rename(folder / "other.txt")
    found = list(problems(folder))
    assert len(found) == 2 and "notes.txt: missing" in found[0] and "other.txt: surplus" in found[1]


def test_an_optional_file_may_be_deleted_but_not_changed(store):
    added = add(store, optional=("notes.txt",))
    (added.folder / "notes.txt").write_bytes(b"mind")  # as long as before
    assert store.find("run", "baseline/0", INPUTS)  # it is rehashed when it is read
    with pytest.raises(Damaged, match=r"notes\.txt"):
        added.read("notes.txt")
    (added.folder / "notes.txt").unlink()
    assert not added.has("notes.txt") and not list(problems(added.folder))


def test_a_failed_write_leaves_nothing_behind(store, monkeypatch):
    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(disk, "sync", full)
    with pytest.raises(InputError, match="No space left.*what was finished before is kept"):
        add(store)
    assert list((store.root / "baseline").iterdir()) == []


def test_an_error_while_files_are_written_leaves_nothing_behind(store):
    with pytest.raises(KeyboardInterrupt), store.new_entry("run", "baseline/0", INPUTS) as entry:
        (entry.folder / "half").write_text("")
        raise KeyboardInterrupt
    assert list((store.root / "baseline").iterdir()) == []


def test_two_that_store_the_same_do_no_harm_and_a_replacement_wins(store):
    first = add(store)
    second = store.add("run", "baseline/0", INPUTS, {"accuracy": 1}, {})
    assert second == first and [path.name for path in (store.root / "baseline").iterdir()] == [
        first.folder.name
    ]
    third = store.add("run", "baseline/0", INPUTS, {"accuracy": 1}, {}, replace=True)
    assert (
        third.content_as(dict)
        == {"accuracy": 1}
        == json.loads((first.folder / "record.json").read_text())["content"]
    )


def test_old_artifacts_are_removed_but_the_last_few(store):
    old = [add(store, INPUTS | {"seed": seed}) for seed in range(1, KEPT + 3)]
    other = add(store, name="features/0")
    used = add(store)
    store.prune("run", [used])
    assert used.folder.is_dir() and other.folder.is_dir()
    assert sum(each.folder.is_dir() for each in old) == KEPT


def test_what_was_made_of_a_data_set_stays_however_many_others_follow(store):
    first = [add(store, INPUTS | {"data": "first", "seed": seed}) for seed in range(KEPT)]
    for number in range(2 * KEPT):
        store.prune("run", [add(store, INPUTS | {"data": f"other {number}"})])
    assert all(each.folder.is_dir() for each in first)


def test_of_many_that_are_looked_up_only_sizes_are_compared(store):
    folder = add(store).folder
    (folder / "notes.txt").write_bytes(b"mind")  # as long as before
    wanted = [("baseline/0", INPUTS), ("baseline/1", INPUTS), ("none/0", INPUTS)]
    (found, _), *others = store.look_up_all("run", wanted)
    assert others == [(None, NEVER), (None, NEVER)]
    with pytest.raises(Damaged, match=r"notes\.txt: does not match"):
        found.read("notes.txt")
    for spoiled in (lambda path: path.write_bytes(b"longer"), lambda path: path.unlink()):
        spoiled(folder / "notes.txt")
        ((found, why),) = store.look_up_all("run", wanted[:1])
        assert found is None and why.startswith("damaged: ") and "notes.txt" in why


def test_a_copy_is_byte_for_byte_and_a_damaged_one_is_not_taken(store, tmp_path):
    added, other = add(store, optional=("notes.txt",)), Store(tmp_path / "other")
    assert other.copy(added) and not other.copy(added)
    (copied,) = other.all("run")
    for file in ("record.json", "notes.txt"):
        assert (copied.folder / file).read_bytes() == (added.folder / file).read_bytes()
    second = add(store, INPUTS | {"seed": 1})
    (second.folder / "notes.txt").write_bytes(b"mind")
    with pytest.raises(Damaged, match=second.folder.name):
        other.copy(second)
    assert [each.folder for each in other.all("run")] == [copied.folder]
    assert [path.name for path in copied.folder.parent.iterdir()] == [copied.folder.name]


def test_what_may_not_be_read_is_not_called_damaged(store, monkeypatch):
    artifact = store.add("figure", "loss", {"n": 1}, {}, {"a.svg": b"a"})

    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("xo.store.disk.sha256", refuse)
    with pytest.raises(InputError, match=r"a\.svg: cannot be read .*make it readable"):
        store.look_up("figure", "loss", {"n": 1}, quarantine=True)
    assert list(problems(artifact.folder)) == [
        f"{artifact.folder / 'a.svg'}: cannot be read (Permission denied); make it readable, "
        "with all above it"
    ]
    assert artifact.folder.is_dir()
