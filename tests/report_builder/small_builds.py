"""Builds of a small project: two pages, few images, made-up records instead of training, nothing
published.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path

import pytest

from report_builder import build as build_module
from report_builder import last_build
from report_builder import status as status_module
from report_builder.build import Summary, build
from report_builder.pages import notebooks
from report_builder.pages.data_words import data_words
from report_builder.paths import Paths
from report_builder.results.report import Report
from report_builder.site.publish import Published
from tests.report_builder.made_up_study import draw_images, write_record
from xo.demonstrations import execute as demonstrating
from xo.runs.record import RunRecord
from xo.runs.study import STUDIES, Run
from xo.store.store import Store
from xo.variants import VARIANTS

PAGE = (
    '# Page\n\n{{ value("baseline.solved") }}\n\n{{ figure("samples") }}\n\n'
    '{{ figure("loss.baseline") }}\n'
)
PAGE += '\n{{ figure("accuracy.features") }}\n'
SMOKE = STUDIES["smoke"]
RUNS = sum(len(SMOKE.seeds_of(name)) for name in VARIANTS)


class Inline(Executor):
    """Takes the place of a pool of processes: carries out at once, in this process."""

    def submit(self, function, *arguments, **named):
        made: Future = Future()
        try:
            made.set_result(function(*arguments, **named))
        except Exception as error:
            made.set_exception(error)
        return made


@contextmanager
def inline(*_, **__):
    yield Inline()


@pytest.fixture
def paths(tmp_path, monkeypatch) -> Paths:
    return small_project(tmp_path, monkeypatch)


def small_project(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    """Pages and images in a folder, to be built as `build_here` says."""
    build_here(monkeypatch)
    for language in ("zh", "en"):
        (folder / "docs" / language).mkdir(parents=True)
        (folder / "docs" / language / "index.md").write_text(PAGE)
    draw_images(folder / "data", ("circles", "crosses"), (30, 30), 8, 6)
    return Paths(
        folder / "data",
        folder / "runs",
        folder / "build",
        folder / "site",
        folder / "docs",
    )


def build_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the patch is undone, a build works in this process alone and publishes nothing."""
    monkeypatch.setattr(build_module.processes, "pool", inline)
    monkeypatch.setattr(demonstrating, "pool", inline)
    monkeypatch.setattr(build_module.processes, "start_server", lambda libraries=(): None)
    published = Published(True, "all of it")
    monkeypatch.setattr(build_module, "_publish", lambda publisher, paths, edition: published)
    monkeypatch.setattr(build_module, "load_mkdocs", int)
    monkeypatch.setattr(last_build, "published_from", lambda site: published.made_from)
    monkeypatch.setattr(status_module, "damage", lambda site: "")


class Training:
    """Takes the place of training: writes a made-up record for each run, and lists them."""

    def __init__(self, store: Path) -> None:
        self.store = Store(store)
        self.runs: list[str] = []

    def __call__(
        self,
        missing: list[tuple[Run, str]],
        on_record: Callable[[RunRecord], None] = lambda record: None,
    ) -> list[RunRecord]:
        records = []
        for run, _ in missing:
            solves = run.seed == 0
            self.runs.append(str(run))
            records.append(
                write_record(self.store, run.variant, run.data, run.seed, solves, run.inputs)
            )
            on_record(records[-1])
        return records


@pytest.fixture
def train(paths: Paths) -> Training:
    return Training(paths.store)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory) -> Paths:
    """The small project after a build, to be copied from: its records and its artifacts."""
    with pytest.MonkeyPatch.context() as patch:
        made = small_project(tmp_path_factory.mktemp("made-once"), patch)
        build("smoke", made, Training(made.store), jobs=1, follow=lambda names, n: [*names])
    return made


@pytest.fixture
def built(paths: Paths, made_once: Paths) -> Paths:
    """The small project of this test, with the records and the build of `made_once`."""
    shutil.copytree(made_once.store, paths.store)
    shutil.copytree(made_once.build, paths.build)
    return paths


@pytest.fixture
def run(paths: Paths, train: Training) -> Callable[[], tuple[Summary, set[str]]]:
    """Builds the smoke study and returns the summary and the names of what was made."""

    def run() -> tuple[Summary, set[str]]:
        made: list[str] = []
        summary = build("smoke", paths, train, jobs=1, follow=lambda names, n: made.extend(names))
        return summary, set(made)

    return run


def leave_unexecuted(source: Path, variables: Mapping[str, str]) -> bytes:
    """Takes the place of executing a notebook."""
    return notebooks.current(source, None, "en", data_words(Report(), "en"))
