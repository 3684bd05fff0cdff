"""Whatever goes wrong while a site is published, readers see the old or the new one whole, and the
next build ends with the site of an undisturbed one and leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from report_builder.checks.integrity import check_site
from report_builder.results.tried_faults import AT_EVERY_CALL, DISK_ERROR, IN_BUILDS
from report_builder.site import publish as publishing
from report_builder.site import swap
from report_builder.site.manifest import MANIFEST
from report_builder.site.published_site import damage, is_published
from tests.report_builder.test_sturdy_builds import DAMAGES
from xo.errors import CheckFailed
from xo.store.locks import acquire, locked, release
from xo.store.ownership import MARK

from .conftest import files
from .faults import AT_CALLS, SYSTEMS, SmallProject, suffer, trace


@pytest.fixture(params=SYSTEMS)
def exchanges(request, monkeypatch) -> bool:
    if SYSTEMS[request.param]:
        if swap._exchange_call() is None:
            pytest.skip("this system exchanges no folders")
    else:
        monkeypatch.setattr(swap, "_exchange_call", lambda: None)
    return SYSTEMS[request.param]


@pytest.mark.parametrize("fault", AT_CALLS)
def test_at_every_call_to_the_disk(small, tmp_path, exchanges, fault):
    before = files(small.site)
    shutil.copytree(tmp_path, tmp_path.with_name("undisturbed"))
    other = SmallProject(tmp_path.with_name("undisturbed"))
    calls = trace(other.publish)
    after = files(other.site)
    shutil.rmtree(tmp_path.with_name("undisturbed"))
    assert before != after and {name for name, _ in calls} >= {"write", "sync", "remove"}
    for at, (name, paths) in enumerate(calls):
        ended = suffer(small.publish, at, AT_CALLS[fault])
        where = f"{name} {paths[0]}: {ended}"
        if not small.site.exists():  # where the system has no exchange, and only for a killed one
            assert not exchanges and ended == "killed", where
            assert files(small.work / "old") == before, where
        else:
            assert files(small.site) in (before, after) and is_published(small.site), where
            is_old = files(small.site) == before
            assert ended == "done" or is_old or ended == "killed", where
        assert ended in ("done", "killed") or ended.startswith("the site is not published"), where
        assert "\n" not in ended and "Error" not in ended, where
        small.publish()
        assert files(small.site) == after, where
        assert {path.name for path in small.work.iterdir()} == {MARK, MANIFEST}, where
        small.write("old, and longer")
        small.publish()
        assert files(small.site) == before, where
        small.write("new")


@pytest.mark.parametrize(
    "exchanges", [name for name, able in SYSTEMS.items() if able], indirect=True
)
def test_power_lost_at_any_moment_leaves_the_old_site_or_the_new_one(small, exchanges):
    """What was not synced may be missing or short; a name is on the disk once its folder was synced
    after, and any time before. Where folders cannot be exchanged, there is no site between the two
    renames, so the promise is not made there.
    """
    calls = trace(small.publish)
    new = small.work / "new"
    content = {new, *(new / path.relative_to(small.site) for path in small.site.rglob("*"))}
    for moment in range(len(calls) + 1):
        synced, durable, swapped, removed = set(), False, False, False
        for name, paths in calls[:moment]:
            if name == "sync" and not swapped:
                synced.add(paths[0])
            elif name == "write":
                synced.discard(paths[0])
            elif name == "exchange":
                swapped = True
            elif name == "sync" and paths[0] == small.site.parent:
                durable = True
            elif name == "remove" and paths[0] == new:
                removed = True
        if swapped:
            assert content <= synced, "the new site may be on the disk, and is not whole"
        if removed:
            assert durable, "the old site may still be the one on the disk, and is deleted"


def test_a_failing_swap_is_undone(small, exchanges):
    """Until the last rename the old site stands, and the message says so."""
    before = files(small.site)
    last = max(at for at, (name, paths) in enumerate(trace_of_copy(small)) if name in RENAMES)
    ended = suffer(small.publish, last, AT_CALLS[DISK_ERROR.en])
    assert "the old one stays" in ended and files(small.site) == before


RENAMES = ("exchange", "rename")


def trace_of_copy(project: SmallProject) -> list:
    copy = project.site.parent.with_name("copy")
    shutil.copytree(project.site.parent, copy)
    found = trace(SmallProject(copy).publish)
    shutil.rmtree(copy)
    return found


def test_readers_never_see_anything_else_while_sites_are_swapped(small, tmp_path):
    """Two and four builders with folders of their own and one site; `verify` looks all the time."""
    if swap._exchange_call() is None:
        pytest.skip("this system exchanges no folders")
    for builders in (2, 4):
        children = []
        for number in range(builders):
            child = os.fork()
            if child == 0:
                try:
                    own = SmallProject(tmp_path / f"builder-{number}", small.site)
                    for turn in range(5):
                        own.write(f"{number} {turn}")
                        own.publish()
                    os._exit(0)
                finally:
                    os._exit(1)
            children.append(child)
        looked = 0
        while children:
            assert damage(small.site) == ""
            assert check_site(str(small.site)).problems == []
            looked += 1
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended:
                assert status == 0
                children.remove(ended)
        assert looked > 3
        assert files(small.site)["index.html"] in {f"{n} 4".encode() for n in range(builders)}
        assert {path.name for path in small.work.iterdir()} == {MARK, MANIFEST}


def test_a_site_is_made_of_what_it_says(small, monkeypatch):
    """A page that changes while MkDocs reads it is not published under the digest of the old."""
    before = files(small.site)

    def build(docs: Path, site: Path, config: Path, made_from: str) -> None:
        (docs / "index.md").write_text("newer")
        write(docs, site, config, made_from)

    write = publishing._build
    monkeypatch.setattr(publishing, "_build", build)
    (small.docs / "index.md").write_text("new")
    with pytest.raises(CheckFailed, match="the old one stays: pages or settings changed while"):
        small.publish()
    assert files(small.site) == before
    assert small.publish() and files(small.site)["index.html"] == b"newer"


@pytest.mark.parametrize("name", ["index.html", "en/index.html", MANIFEST])
def test_a_flipped_bit_of_the_same_size_is_named_and_mended(small, name):
    small.publish()
    before = files(small.site)
    path = small.site / name
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=times)
    assert damage(small.site).startswith(f"damaged: {name} is not as it was")
    checked = check_site(str(small.site))
    assert checked.problems and "python -m report_builder build" in checked.remedy
    assert small.publish() and files(small.site) == before


def test_a_lock_ends_with_its_holder(tmp_path):
    file = tmp_path / "locks" / "build"
    child = os.fork()
    if child == 0:
        with locked(file):
            (tmp_path / "held").touch()
            time.sleep(60)
        os._exit(0)
    while not (tmp_path / "held").exists():
        time.sleep(0.01)
    assert acquire(file, wait=False) is None
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    lock = acquire(file)
    assert lock
    release(lock)
    assert not file.exists()


def test_every_fault_of_the_list_has_a_test():
    at_every_call = {fault.name for fault in IN_BUILDS if fault.test == AT_EVERY_CALL}
    assert at_every_call == AT_CALLS.keys()
    assert set(DAMAGES) <= {fault.name for fault in IN_BUILDS}
    tests = Path(__file__).parents[1]
    for fault in IN_BUILDS:
        file, _, function = fault.test.partition("::")
        assert f"def {function}(" in (tests / file).read_text(encoding="utf-8"), fault
