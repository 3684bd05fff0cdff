"""The store under every fault of `faults.py`: what is found is whole, and nothing stays broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from report_builder.results.tried_faults import DELETED, FLIPPED, IN_STORE, KILL
from tests.xo.store import faults
from tests.xo.store.faults import DAMAGE, ERRORS, Killed, fault_at, system_error
from xo.errors import InputError
from xo.runs.record import WEIGHTS
from xo.store import disk
from xo.store.artifact import ARRAYS, RECORD, Damaged
from xo.store.locks import acquire
from xo.store.ownership import MARK, claim
from xo.store.problems import problems
from xo.store.source_digest import ROOT
from xo.store.store import KEPT, Store

RUN = ("run", "baseline/0", {"seed": 0, "data": "d", "code": {"module:name": "c"}})
FIGURE = ("figure", "accuracy", {"code": {"module:name": "c"}, "style": {"a": "b"}})
FILES = {
    "run": {ARRAYS: b"arrays of a run", WEIGHTS: b"weights of a run"},
    "figure": {"zh-light.svg": b"<svg>zh</svg>", "data.csv": b"a,b\n1,2\n"},
}


@pytest.fixture(autouse=True)
def without_waiting(monkeypatch):
    """The disk is not waited for: what a sync is worth is told from the record of calls."""
    monkeypatch.setattr(disk, "sync", os.stat)


def put(store: Store, what=RUN, replace: bool = False, **inputs):
    kind, name, given = what
    content = {"accuracy": 0.5}
    return store.add(kind, name, given | inputs, content, FILES[kind], replace, optional=(WEIGHTS,))


def find(store: Store, what=RUN):
    return store.find(*what)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def leftovers(store: Store) -> list[str]:
    """What is hidden, but for the locks' folder, which is empty."""
    hidden = (path for path in store.root.rglob(".*") if path.name not in (".locks", MARK))
    return [path.name for path in hidden] + [path.name for path in store.root.glob(".locks/*")]


def test_the_list_of_faults_names_what_is_tried_here():
    source = Path(__file__).read_text(encoding="utf-8")
    marked = {line.split('"')[1] for line in source.splitlines() if line.startswith("# tries")}
    assert {fault.name for fault in IN_STORE} == marked | set(ERRORS) | set(DAMAGE)
    assert len({fault.name for fault in IN_STORE}) == len(IN_STORE)


# tries "killed at any call to the disk"


def points_of(store: Store, action) -> list[str]:
    """The calls that an action makes of the disk."""
    with fault_at(10**6, Killed) as calls:
        action(store)
    return calls


@pytest.mark.parametrize("what", [RUN, FIGURE], ids=["run", "figure"])
@pytest.mark.parametrize("replace", [False, True], ids=["new", "replaced"])
@pytest.mark.parametrize("fault", [KILL.en, *ERRORS])
def test_whatever_call_fails_what_is_found_is_whole_and_the_next_attempt_ends_alike(
    tmp_path, what, replace, fault
):
    def store_at(name: str) -> Store:
        store = Store(tmp_path / name)
        if replace:
            put(store, what)
        return store

    expected = put(store_at("whole"), what, replace).folder
    files = tree(expected)
    points = points_of(store_at("calls"), lambda store: put(store, what, replace))
    assert {"write", "sync", "rename", "make_folder", "read", "sha256"} <= set(points)
    for point in range(len(points)):
        store = store_at(f"{point}")
        raised = Killed if fault == KILL.en else lambda: system_error(ERRORS[fault])
        with fault_at(point, raised) as calls:
            try:
                put(store, what, replace)
            except (Killed, InputError, Damaged) as error:
                assert isinstance(error, Killed) or str(store.root) in str(error)
        assert calls[point] == points[point]
        found = find(store, what)
        assert found is None or tree(found.folder) == files
        if found is None and fault != KILL.en and replace:
            pytest.fail(f"call {point}, {calls[point]}: what was there is lost")
        store.sweep()
        assert not leftovers(store), (point, calls[point])
        assert tree(put(store, what, replace).folder) == files
        assert not leftovers(store) and find(store, what)


def in_child(action: Callable[[], str]) -> tuple[int, str]:
    """Carries out an action in a process of its own: its exit status, and what it returned."""
    answer, ask = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(ask, action().encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(ask)
    with os.fdopen(answer, "rb") as said:
        words = said.read().decode()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words


def test_a_process_killed_at_any_call_leaves_a_lock_that_is_free(tmp_path):
    """In a process of its own, which `os._exit` ends as a kill does."""

    def put_and_die(store: Store, name: str, left: int) -> str:
        real = getattr(disk, name)

        def call(*arguments):
            nonlocal left
            left -= 1
            if left < 0:
                os._exit(9)
            return real(*arguments)

        setattr(disk, name, call)
        put(store)
        return ""

    for call, count in (("rename", 0), ("sync", 1), ("write", 1)):
        store = Store(tmp_path / call)
        status, _ = in_child(partial(put_and_die, store, call, count))
        assert status == 9 and leftovers(store) and not find(store)
        store.sweep()
        assert not leftovers(store) and put(store)


def test_what_somebody_still_writes_is_not_swept(tmp_path):
    store = Store(tmp_path / "runs")
    with store.new_entry(*RUN) as entry:
        Store(store.root).sweep()
        assert entry.folder.is_dir()
    assert find(store) and not leftovers(store)


def test_hidden_folders_of_others_are_not_swept(tmp_path):
    store = Store(tmp_path / "runs")
    put(store)
    kept = [store.root / "baseline" / ".git-01234567", store.root / "notes" / ".venv-python12"]
    for folder in kept:
        folder.mkdir(parents=True)
    store.sweep()
    assert all(folder.is_dir() for folder in kept)


def test_a_leftover_is_read_by_nothing(tmp_path):
    store = Store(tmp_path / "runs")
    folder = put(store).folder
    for name, record in ((".01234567", b""), ("", (folder / RECORD).read_bytes())):
        left = folder.with_name(f".{folder.name}-0123456{len(name)}")
        left.mkdir()
        (left / RECORD).write_bytes(record)
    assert [each.folder for each in store.all("run")] == [folder] == store.folders("run")
    assert [each.folder for each in store.artifacts("run", "baseline/0")] == [folder]
    store.sweep()
    assert not leftovers(store) and find(store)


def test_unfinished_files_are_swept_once_nobody_can_be_writing_them(tmp_path):
    claim(tmp_path / "runs", "store")
    old, new = (tmp_path / "runs" / f".added-seeds.json.{n}" for n in ("01234567", "89abcdef"))
    for file in (old, new):
        file.write_text("{")
    os.utime(old, (0, 0))
    Store(tmp_path / "runs").sweep()
    assert not old.exists() and new.exists()


# tries "power lost"


@pytest.mark.parametrize("what", [RUN, FIGURE], ids=["run", "figure"])
@pytest.mark.parametrize("replace", [False, True], ids=["new", "replaced"])
def test_after_a_loss_of_power_what_is_found_is_whole(tmp_path, what, replace):
    store, before = Store(tmp_path / "store"), tmp_path / "before"
    store.root.mkdir()
    if replace:
        put(store, what)
    shutil.copytree(store.root, before)
    with faults.recording(store.root) as calls:
        files = tree(put(store, what, replace).folder)
    states = 0
    for state, made, folder in faults.states_after_power_loss(before, calls, tmp_path / "state"):
        states += 1
        left = Store(folder)
        try:
            found = find(left, what)
        except Damaged as damage:
            pytest.fail(f"{state}: {damage}")
        assert found is None or tree(found.folder) == files, state
        returned = all(call.call == "remove" for call in calls[made:])
        assert found or not returned, f"{state}: stored, and lost"
    assert states > 50
    left.sweep()
    assert not leftovers(left)


def test_a_sync_that_is_left_out_is_noticed(tmp_path, monkeypatch):
    """The test above can fail."""
    store, before = Store(tmp_path / "store"), tmp_path / "before"
    store.root.mkdir()
    before.mkdir()
    monkeypatch.setattr(disk, "sync", lambda path: None)
    with faults.recording(store.root) as calls:
        put(store)
    kept = [call for call in calls if not call.call.startswith("sync")]
    damaged = 0
    for _, _, folder in faults.states_after_power_loss(before, kept, tmp_path / "state"):
        try:
            find(Store(folder))
        except Damaged:
            damaged += 1
    assert damaged


def test_the_mark_of_a_store_is_never_half_written(tmp_path):
    (tmp_path / "before").mkdir()
    (tmp_path / "store").mkdir()
    with faults.recording(tmp_path / "store") as calls:
        claim(tmp_path / "store", "store")
    for state, made, folder in faults.states_after_power_loss(
        tmp_path / "before", calls, tmp_path / "state"
    ):
        claim(folder, "store")  # is not refused
        assert made < len(calls) or (folder / MARK).is_file(), state


# Damage: every file of every kind


@pytest.mark.parametrize("what", [RUN, FIGURE], ids=["run", "figure"])
@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_to_any_file_is_named_and_healed(tmp_path, what, damage):
    for file in (RECORD, *FILES[what[0]]):
        store = Store(tmp_path / file)
        folder = put(store, what).folder
        whole = tree(folder)
        DAMAGE[damage](folder / file)
        named = list(problems(folder))
        found, why = store.look_up(*what, quarantine=True)
        if file == WEIGHTS and damage == DELETED.en:
            assert found and not named and not found.has(WEIGHTS)
            continue
        assert len(named) == 1 and str(folder / file) in named[0]
        if file == WEIGHTS and damage == FLIPPED.en:  # rehashed when they are read
            with pytest.raises(Damaged, match=WEIGHTS):
                found.read(WEIGHTS)
            store.quarantine(found)
        else:
            assert found is None and why.startswith("damaged: ") and file in why
        assert not folder.exists()
        (moved,) = (store.root / ".damaged").iterdir()
        assert moved.name.startswith(f"{what[1].replace('/', '-')}-")
        assert tree(put(store, what).folder) == whole and find(store, what)


# tries "files swapped"


@pytest.mark.parametrize("file", [RECORD, ARRAYS, WEIGHTS, "all"])
def test_files_that_were_swapped_are_named_and_healed(tmp_path, file):
    store = Store(tmp_path / "runs")
    first, second = put(store), put(store, seed=1)
    (second.folder / ARRAYS).write_bytes(b"arrays of a rum")
    shutil.rmtree(second.folder)
    second = store.add(*RUN[:2], RUN[2] | {"seed": 1}, {}, {ARRAYS: b"others", WEIGHTS: b"others"})
    if file == "all":
        faults.swap(first.folder, second.folder)
    else:
        faults.swap(first.folder / file, second.folder / file)
    for seed in (0, 1):
        inputs = RUN[2] | {"seed": seed}
        found, why = store.look_up(*RUN[:2], inputs, quarantine=True)
        assert found is None and why.startswith("damaged: "), why
        assert put(store, seed=seed) and store.find(*RUN[:2], inputs)


def test_a_damaged_artifact_that_is_there_when_another_is_stored_is_replaced(tmp_path):
    store, other = Store(tmp_path / "runs"), Store(tmp_path / "other")
    whole = tree(put(store).folder)
    faults.empty(find(store).folder / ARRAYS)
    assert tree(put(store).folder) == whole
    faults.truncate(find(store).folder / RECORD)
    assert other.copy(put(Store(tmp_path / "third"))) and store.copy(find(other))
    assert tree(find(store).folder) == whole
    assert len(list((store.root / ".damaged").iterdir())) == 2


def test_another_artifact_in_its_place_is_no_reason_not_to_store_one(tmp_path):
    store = Store(tmp_path / "runs")
    first, second = put(store), put(store, seed=1)
    faults.swap(first.folder, second.folder)
    assert put(store).inputs == RUN[2] and find(store).inputs == RUN[2]


def test_one_that_another_process_has_mended_meanwhile_is_not_moved_away(tmp_path, monkeypatch):
    store = Store(tmp_path / "runs")
    folder = put(store).folder
    whole = (folder / ARRAYS).read_bytes()
    faults.empty(folder / ARRAYS)
    locked = Store._locked

    def mended_before(self, folder):
        (folder / ARRAYS).write_bytes(whole)
        return locked(self, folder)

    monkeypatch.setattr(Store, "_locked", mended_before)
    found, why = store.look_up(*RUN, quarantine=True)
    assert found and not why and not (store.root / ".damaged").exists()


@pytest.mark.parametrize(
    "text",
    ["", "[]", "null", "{}", "[" * 100_000, '{"digest": "\\ud800"}', "\ufeff{}", '{"kind": 1}'],
    ids=["empty", "list", "null", "object", "deep", "surrogate", "mark", "kind"],
)
def test_an_odd_record_beside_a_good_one_does_no_harm(tmp_path, text):
    store = Store(tmp_path / "runs")
    folder = put(store).folder
    beside = folder.with_name("0-0123456789abcdef")
    beside.mkdir()
    (beside / RECORD).write_text(text)
    assert find(store) and [each.folder for each in store.all("run")] == [folder]
    assert store.look_up(*RUN[:2], RUN[2] | {"seed": 1})[1] == "changed: seed 0 -> 1"
    (line,) = problems(beside)
    assert line.startswith(f"{beside / RECORD}: ")


def test_alien_folders_and_files_in_a_store_are_left_alone(tmp_path):
    store = Store(tmp_path / "runs")
    kept = [put(store, data=f"{n}").folder for n in range(KEPT)]
    alien = [
        store.root / "baseline" / "0-0123456789abcdef",
        store.root / "baseline" / "photos",
        store.root / "0x-notes",
    ]
    for folder in alien:
        folder.mkdir()
        (folder / "mine.txt").write_text("mine")
    (store.root / "file").write_text("mine")
    store.prune("run", [put(store)])
    store.sweep()
    assert all((folder / "mine.txt").is_file() for folder in alien)
    assert len(store.folders("run")) == len(kept) + 1


# tries "a file that may not be read"


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
@pytest.mark.parametrize("kept", ["record", "arrays", "folder", "above"])
def test_what_another_user_may_not_read_is_not_damaged_and_not_missing(tmp_path, kept):
    store = Store(tmp_path / "runs")
    folder = put(store).folder
    path = {
        "record": folder / RECORD,
        "arrays": folder / ARRAYS,
        "folder": folder,
        "above": folder.parent,
    }[kept]
    path.chmod(0)

    def look() -> str:
        if os.getuid() == 0:
            os.setuid(65534)
        lines = []
        for look_up in (store.find, partial(store.look_up, quarantine=True)):
            try:
                lines.append(str(look_up(*RUN)))
            except InputError as error:
                lines.append(str(error))
        return "\n".join(lines)

    for above in tmp_path.parents[:2]:
        above.chmod(0o755)
    tmp_path.chmod(0o755)
    _, words = in_child(look)
    path.chmod(0o755)
    lines = words.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert "cannot be read (Permission denied); make it readable" in line
    assert find(store) and not (store.root / ".damaged").exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
@pytest.mark.parametrize(
    ("mask", "folders", "files"), [(0o022, 0o755, 0o644), (0o002, 0o775, 0o664)]
)
def test_rights_are_those_that_the_user_wants_also_where_threads_write(
    tmp_path, mask, folders, files
):
    store, before = Store(tmp_path / "runs"), os.umask(mask)
    try:
        claim(store.root, "store")
        threads = [
            threading.Thread(target=put, args=(store,), kwargs={"seed": n}) for n in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    paths = [path for path in store.root.rglob("*") if ".locks" not in path.parts]
    assert len(store.folders("run")) == 8
    for path in paths:
        assert path.stat().st_mode & 0o777 == (folders if path.is_dir() else files), path


# tries "a linked store"
# tries "a store on another file system"


@pytest.mark.parametrize("where", ["link", "link of a variant", "another file system"])
def test_a_store_may_be_linked_and_lie_elsewhere(tmp_path, where, request):
    store, elsewhere = Store(tmp_path / "runs"), tmp_path / "elsewhere"
    if where == "another file system":
        shared = Path("/dev/shm")
        if not os.access(shared, os.W_OK) or shared.stat().st_dev == tmp_path.stat().st_dev:
            pytest.skip("needs a second file system")
        elsewhere = shared / f"xo-{os.getpid()}"
        request.addfinalizer(lambda: shutil.rmtree(elsewhere, ignore_errors=True))
    elsewhere.mkdir()
    if where == "link of a variant":
        store.root.mkdir()
        (store.root / "baseline").symlink_to(elsewhere)
    else:
        store.root.symlink_to(elsewhere)
        claim(store.root, "store")
    folder = put(store).folder
    assert find(store) and store.folders("run") == [folder]
    faults.flip_bit(folder / ARRAYS)
    if where == "link of a variant" and elsewhere.stat().st_dev != store.root.stat().st_dev:
        return
    assert store.look_up(*RUN, quarantine=True)[0] is None
    assert put(store, replace=True) and find(store)
    store.sweep()
    assert not leftovers(store) or set(leftovers(store)) == {".damaged"}


# Locks


def test_a_lock_whose_file_was_removed_is_not_shared(tmp_path):
    held: list[bool] = []
    most = [0]

    def count() -> None:
        for _ in range(20):
            lock = acquire(tmp_path / "lock")
            held.append(True)
            most[0] = max(most[0], len(held))
            held.pop()
            from xo.store.locks import release

            release(lock)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most[0] == 1 and not (tmp_path / "lock").exists()


# tries "process killed with a run in hand" and, in test_claims.py, the two builders
# tries "two builds train at once"


def test_the_claim_of_a_killed_process_ends_with_it(tmp_path):
    store = Store(tmp_path / "runs")
    script = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from tests.xo.store.test_faults import RUN, Store\n"
        "claim = Store(Path(sys.argv[1])).claim(*RUN)\n"
        "print('held', flush=True)\n"
        "time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(store.root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout.readline() == "held\n"
    assert store.claim(*RUN) is None
    store.sweep()
    assert store.claim(*RUN) is None and put(store)  # a claim keeps nobody from storing
    holder.kill()
    holder.wait()
    store.sweep()
    assert not leftovers(store)
    assert store.claim(*RUN)
