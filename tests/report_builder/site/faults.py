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

import pytest

from report_builder.results.tried_faults import (
    DISK_ERROR,
    KILL,
    NO_RIGHTS,
    NO_SPACE,
    TOO_LARGE,
)
from report_builder.site import publish as publishing
from report_builder.site import swap
from report_builder.site.checkout import Commit
from report_builder.site.manifest import published_path
from report_builder.site.publish import publish
from xo.errors import CheckFailed
from xo.store import disk

CALLS = ("write", "make_folder", "sync", "rename", "remove")  # of `disk`
KILLED = 9  # exit status of a killed process
# What happens at a call, and at each of them in turn; None: the process is killed.
AT_CALLS: dict[str, int | None] = {
    KILL.en: None,
    NO_SPACE.en: errno.ENOSPC,
    DISK_ERROR.en: errno.EIO,
    NO_RIGHTS.en: errno.EACCES,
    TOO_LARGE.en: errno.EFBIG,
}


# How the system replaces one folder by another.
SYSTEMS = {"exchanges folders": True, "renames one after the other": False}


def write_site(docs: Path, site: Path, config: Path, made_from: str = "") -> None:
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
    """Carries out an action with a fault at one of its calls to the disk; where that kills, in a
    process of its own.

    Returns how it ended: "done", "killed", or the line that it ended with.
    """

    def act(number: int, name: str, paths: tuple[Path, ...]) -> None:
        if number != at:
            return
        if fault is None:
            os._exit(KILLED)
        raise OSError(fault, os.strerror(fault), str(paths[0]))

    def end() -> str:
        try:
            with calls_to_disk(act):
                action()
        except CheckFailed as error:
            return str(error)
        except Exception as error:  # a traceback, for a user
            return repr(error)
        return "done"

    if fault is not None:
        return end()
    answer, ask = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(ask, end().encode())
        finally:
            os._exit(0)
    os.close(ask)
    with os.fdopen(answer, "rb") as said:
        words = said.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return "killed" if status == KILLED else words
