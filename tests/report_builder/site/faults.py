"""The faults that publishing must survive, and what causes them at any of its calls to the disk.

`xo.store.disk` and `swap.exchange` are all that publishing calls to write, sync, rename and remove.
MkDocs is played by `write_site`, so that a site takes milliseconds.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from report_builder.site import publish as publishing
from report_builder.site import swap
from report_builder.site.manifest import Commit, published_path
from report_builder.site.publish import publish
from xo.errors import CheckFailed
from xo.store import disk

CALLS = ("write", "make_folder", "sync", "rename", "remove")  # of `disk`
KILLED = 9  # exit status of a killed process
# What happens at a call, and at each of them in turn; None: the process is killed.
AT_CALLS: dict[str, int | None] = {
    "kill": None,
    "ENOSPC": errno.ENOSPC,
    "EIO": errno.EIO,
    "EACCES": errno.EACCES,
    "EFBIG": errno.EFBIG,
}


class Fault(NamedTuple):
    """One kind of fault of a build or of publishing, what becomes of it, and the test of it."""

    name: str
    done: str
    test: str  # file below tests/report_builder, and function


AT_EVERY_CALL = "site/test_faults.py::test_at_every_call_to_the_disk"
DAMAGED = "test_sturdy_builds.py::test_every_damaged_file_of_a_build_is_named_and_made_again"
MIXED = "test_sturdy_builds.py::test_builders_of_one_folder_publish_no_mixed_site"
READERS = "site/test_faults.py::test_readers_never_see_anything_else_while_sites_are_swapped"
FAULTS = (
    Fault(
        "kill",
        "readers see the old site or the new one whole; the next build leaves the new one alone",
        AT_EVERY_CALL,
    ),
    *(
        Fault(name, "one line; the old site stays; nothing is left over", AT_EVERY_CALL)
        for name, number in AT_CALLS.items()
        if number is not None
    ),
    Fault(
        "power loss",
        "the old site or the new one is on the disk, whole",
        "site/test_faults.py::test_power_lost_at_any_moment_leaves_the_old_site_or_the_new_one",
    ),
    Fault(
        "a swap that fails",
        "it is undone",
        "site/test_faults.py::test_a_failing_swap_is_undone",
    ),
    Fault("one bit flipped", "named, made again", DAMAGED),
    Fault("emptied", "named, made again", DAMAGED),
    Fault("cut in half", "named, made again", DAMAGED),
    Fault("deleted", "made again", DAMAGED),
    Fault(
        "one bit of the site flipped",
        "named by build, status and verify; published again",
        "site/test_faults.py::test_a_flipped_bit_of_the_same_size_is_named_and_mended",
    ),
    Fault(
        "odd content of the right form",
        "it counts as none",
        "test_sturdy_builds.py::test_odd_but_valid_content_counts_as_none",
    ),
    Fault(
        "a build that fails",
        "nothing of it counts; the next build goes by the one before",
        "test_sturdy_builds.py::test_of_a_build_that_fails_nothing_counts",
    ),
    Fault(
        "a page edited during a build",
        "all is rendered from the edited page",
        "test_sturdy_builds.py::test_a_page_edited_during_a_build_is_in_it_whole",
    ),
    Fault(
        "code changed during a build",
        "named; the old site stays",
        "test_sturdy_builds.py::test_code_that_changes_during_a_build_ends_it",
    ),
    Fault(
        "pages changed while MkDocs reads them",
        "named; the old site stays",
        "site/test_faults.py::test_a_site_is_made_of_what_it_says",
    ),
    Fault("two and four builders in one folder", "one after the other; no mixed site", MIXED),
    Fault("two and four builders of one site", "the site of one of them, at all times", READERS),
    Fault("verify during builds", "no false alarm", READERS),
    Fault(
        "mkdocs serve during a build",
        "it has a folder of its own",
        "site/test_plugin.py::test_serving_neither_waits_for_a_build_nor_touches_its_pages",
    ),
    Fault(
        "the holder of a lock killed",
        "the lock ends with it",
        "site/test_faults.py::test_a_lock_ends_with_its_holder",
    ),
    Fault(
        "a dictionary written into the temp folder",
        "it is not read",
        "site/test_publish.py::test_nothing_in_a_shared_temp_folder_decides_a_byte_of_the_site",
    ),
)

# How the system replaces one folder by another.
SYSTEMS = {"exchanges folders": True, "renames one after the other": False}


def write_site(docs: Path, site: Path, config: Path) -> None:
    """Takes the place of MkDocs: each page becomes a file."""
    for page in sorted(docs.rglob("*.md")):
        target = site / published_path(page.relative_to(docs).as_posix())
        target.parent.mkdir(parents=True, exist_ok=True)
        disk.write(target, page.read_bytes())


class SmallProject:
    """Two pages in a folder of their own, and where they are published."""

    def __init__(self, root: Path, site: Path | None = None) -> None:
        self.docs, self.site = root / "build" / "docs", site or root / "site"
        self.config = root / "mkdocs.yml"
        self.work = self.site.with_name(f".{self.site.name}.work")
        (self.docs / "en").mkdir(parents=True, exist_ok=True)
        self.config.write_text("")

    def write(self, text: str) -> None:
        for name in ("index.md", "en/index.md"):
            (self.docs / name).write_text(text)

    def publish(self) -> bool:
        return publish(self.docs, self.site, self.config).changed


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallProject:
    """Published once, with the words "old", and written anew, with the word "new"."""
    monkeypatch.setattr(publishing, "_build", write_site)
    monkeypatch.setattr(publishing, "_check", lambda site: None)
    monkeypatch.setattr(
        "report_builder.site.page_cache.layout_digest", lambda config: "the same layout"
    )
    monkeypatch.setattr(
        publishing, "current_commit", lambda folder: Commit("c" * 40, True)
    )  # spares git
    # The disk is not waited for: what a sync is worth is told from the record of calls.
    monkeypatch.setattr(disk, "sync", os.stat)
    project = SmallProject(tmp_path)
    project.write("old, and longer")
    assert project.publish()
    project.write("new")
    return project


@contextmanager
def calls_to_disk(act: Callable[[int, str, tuple[Path, ...]], None]) -> Iterator[None]:
    """Calls `act` with number, name and paths of each call to the disk before it is made."""
    number = 0

    def watched(name: str, call: Callable[..., object]) -> Callable[..., object]:
        def make_call(*arguments: object) -> object:
            nonlocal number
            number += 1
            act(number - 1, name, tuple(each for each in arguments if isinstance(each, Path)))
            return call(*arguments)

        return make_call

    with pytest.MonkeyPatch.context() as patch:
        for name in CALLS:
            patch.setattr(disk, name, watched(name, getattr(disk, name)))
        patch.setattr(swap, "exchange", watched("exchange", swap.exchange))
        yield


def trace(action: Callable[[], object]) -> list[tuple[str, tuple[Path, ...]]]:
    """The calls to the disk that an action makes."""
    calls: list[tuple[str, tuple[Path, ...]]] = []
    with calls_to_disk(lambda number, name, paths: calls.append((name, paths))):
        action()
    return calls


def suffer(action: Callable[[], object], at: int, fault: int | None) -> str:
    """Carries out an action in a process of its own, with a fault at one of its calls to the disk.

    Returns how it ended: "done", "killed", or the line that it ended with.
    """
    answer, ask = os.pipe()
    child = os.fork()
    if child == 0:
        try:

            def act(number: int, name: str, paths: tuple[Path, ...]) -> None:
                if number != at:
                    return
                if fault is None:
                    os._exit(KILLED)
                raise OSError(fault, os.strerror(fault), str(paths[0]))

            with calls_to_disk(act):
                action()
            os.write(ask, b"done")
        except CheckFailed as error:
            os.write(ask, str(error).encode())
        except BaseException as error:  # a traceback, for a user
            os.write(ask, repr(error).encode())
        finally:
            os._exit(0)
    os.close(ask)
    with os.fdopen(answer, "rb") as said:
        words = said.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "killed" if status == KILLED else words
