"""The site of the first runs, which is published while the others are being trained."""

from __future__ import annotations

import shutil

import pytest
from msgspec.structs import replace

from report_builder import build as build_module
from report_builder.build import build
from report_builder.results.report import RunCounts, read_report
from report_builder.site.checkout import Commit
from report_builder.site.manifest import MANIFEST, Manifest, PublishedArtifact, as_text
from report_builder.status import status
from report_builder.text import LANGUAGES
from tests.report_builder.small_builds import RUNS
from xo.errors import CheckFailed
from xo.variants import VARIANTS

POOLED = {name for name, variant in VARIANTS.items() if variant.pool}


class Build:
    """Builds the smoke study as if each run took so many seconds, and notes what is shown."""

    def __init__(self, paths, train):
        self.paths, self.train, self.lines = paths, train, []
        self.reports: list[RunCounts | None] = []  # after each run

    def __call__(self, seconds):
        def train(missing, on_record):
            def stored(record):
                on_record(record)
                self.reports.append(read_report(self.paths.report).runs)

            by_seed = sorted(missing, key=lambda each: (each[0].seed, each[0].variant.pool is None))
            return self.train(by_seed, stored)

        return build(
            "smoke",
            self.paths,
            train,
            jobs=1,
            follow=lambda names, n: list(names),
            expect=lambda runs: {run.key: seconds for run in runs},
            say=self.lines.append,
        )


@pytest.fixture
def watched(paths, train):
    for language in LANGUAGES:
        (paths.docs / language / "index.md").write_text(
            '# Page\n\n{{ value("baseline.solved") }}\n'
        )
    return Build(paths, train)


def test_it_comes_with_the_first_run_of_every_pooled_variant_and_is_replaced(watched, paths):
    assert watched(1000.0).trained == (RUNS, RUNS)
    first = next(runs for runs in watched.reports if runs)
    known = watched.train.runs[: watched.reports.index(first) + 1]
    variants = [run.partition(" ")[0] for run in known]
    assert set(variants) == {run.partition(" ")[0] for run in watched.train.runs} & POOLED
    assert len(variants) == len(set(variants))  # no-pooling and a second seed of baseline lack
    assert first.in_training and (first.made, first.planned) == (len(known), RUNS)
    assert sum(planned - made for made, planned in first.incomplete.values()) == RUNS - len(known)
    assert watched.reports[-1] == first  # made once
    assert f"a first site, of {first.made} of {RUNS} runs" in watched.lines[1]
    assert read_report(paths.report).runs == RunCounts(RUNS, RUNS)


def test_the_next_build_starts_from_all_records_whatever_a_first_site_was_made_of(watched, paths):
    build("smoke", paths, watched.train, 1, lambda names, n: list(names))
    last = (paths.build / "last.json").read_bytes()
    (paths.docs / "en" / "index.md").write_text("# Page\n")
    build("smoke", paths, None, 1, lambda names, n: list(names), in_training=True)
    assert (paths.build / "last.json").read_bytes() == last
    build("smoke", paths, None, 1, lambda names, n: list(names))
    assert (paths.build / "last.json").read_bytes() != last


def test_status_names_the_runs_that_a_site_was_made_of(watched, paths):
    def why() -> dict[str, str]:
        return {each.name: each.why_stale for each in status("smoke", paths)}

    def site_of(runs: RunCounts) -> None:
        report = read_report(paths.report)
        artefacts = {
            name: PublishedArtifact(made.inputs) for name, made in report.provenance.items()
        }
        manifest = Manifest(
            made_from="",
            commit=Commit(None),
            study=report.study,
            runs=runs,
            files={},
            artefacts=artefacts,
        )
        (paths.site / MANIFEST).write_bytes(as_text(manifest))

    build("smoke", paths, watched.train, 1, lambda names, n: list(names))
    shutil.rmtree(paths.store / "features")
    build("smoke", paths, None, 1, lambda names, n: list(names))
    page = why()["page en/index.md"]
    assert "report missing runs" in page
    assert f"report runs {RUNS - 1} of {RUNS} -> {RUNS} of {RUNS}" in page
    paths.site.mkdir(exist_ok=True)
    lacking = RunCounts(9, RUNS, {"baseline": (1, 2)})
    site_of(lacking)
    assert why()[f"site {paths.site}"] == f"made of 9 of {RUNS} runs"
    site_of(replace(lacking, in_training=True))
    assert why()[f"site {paths.site}"] == f"a first site of 9 of {RUNS} runs"
    site_of(RunCounts(RUNS, RUNS))
    assert f"site {paths.site}" not in why()


def test_where_little_is_left_to_train_there_is_none(watched):
    watched(0.1)
    assert watched.reports == [None] * RUNS and len(watched.lines) == 1


def test_the_site_of_a_finished_study_is_not_replaced_by_a_first_one(watched, monkeypatch):
    monkeypatch.setattr(build_module, "is_complete", lambda study, site: True)
    watched(1000.0)
    assert watched.reports == [None] * RUNS


def test_a_first_site_that_fails_stops_no_training(watched, monkeypatch):
    def fail(*_):
        raise CheckFailed("the site is not published, the old one stays: a page warns")

    monkeypatch.setattr(build_module, "_make_first_site", fail)
    assert watched(1000.0).trained == (RUNS, RUNS)
    assert watched.lines[1].startswith("no first site: the site is not published")


def test_before_it_trains_a_build_says_how_long_it_takes(watched, paths):
    watched(60.0)
    assert watched.lines[0].startswith("about ")
    assert f"{RUNS} of {RUNS} runs to train in {RUNS + 1.5:.2g}" in watched.lines[0]
