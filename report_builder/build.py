"""The order of a build, from images to site: what is missing is made, what is unchanged is left,
the site is swapped last.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from report_builder.damage import quarantine_cause
from report_builder.evidence.gather import (
    StudyRuns,
    gather,
    look_up_demonstrations,
    look_up_study,
)
from report_builder.evidence.study import Evidence
from report_builder.figures.toolkit.letters import note_on_letters
from report_builder.first_site import FirstSite, is_complete
from report_builder.last_build import (
    Counts,
    damaged_files,
    expected_finishing,
    fingerprint,
    read_files,
    unchanged_since,
    write_last_build,
)
from report_builder.paths import CONFIG, Paths
from report_builder.results.report import read_report
from report_builder.site.edition.make import Edition, plan
from report_builder.site.publish import Published, load_mkdocs, publish
from report_builder.site.published_site import offers
from report_builder.tally import Summary, Tally
from report_builder.text import seconds as in_words
from xo.demonstrations.execute import execute as compute_demonstrations
from xo.errors import CheckFailed, InputError
from xo.runs.duration import rough_seconds
from xo.runs.record import RunRecord
from xo.runs.schedule import in_order, makespan
from xo.runs.study import Run
from xo.runs.worker import LIBRARIES as TRAINING_LIBRARIES
from xo.store import processes
from xo.store.artifact import Damaged
from xo.store.locks import acquire, release
from xo.store.store import Store

if TYPE_CHECKING:
    from report_builder.make_pages import Follow

# What takes half a second or more to import and several worker processes need.
LIBRARIES = (
    *TRAINING_LIBRARIES,
    "scipy.stats",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
)
Missing = list[tuple[Run, str]]  # with the reason
Train = Callable[[Missing, Callable[[RunRecord], None]], list[RunRecord]]
Expect = Callable[[list[Run]], dict[str, float]]


def build(
    study_name: str,
    paths: Paths,
    train: Train | None,
    jobs: int,
    follow: Follow,
    expect: Expect | None = None,
    say: Callable[[str], None] = lambda line: None,
    in_training: bool = False,
    attach: bool = False,
    edition: bool = False,
) -> Summary:
    """Makes whatever is missing or stale, and publishes the site when all checks have passed.

    What turns out to be damaged only as it is read is named, moved away and made again, once.

    `train` carries out runs, given with why they are missing, calls its second argument with each
    record, and returns all; without it the site is made of the records there are, and says so, and
    where the others are `in_training`. `follow` exhausts an iterator of the names of n things as
    they are made. `expect` estimates the seconds of runs, by their keys; `say` shows a line. With
    `attach`, the site offers an export of the records, with `edition` itself in one file.
    """
    tally = Tally(time.perf_counter())
    paths.claim()
    planned = None
    if edition:
        planned, lacking = plan()
        if lacking:
            say(lacking)
    retried = False
    while True:
        try:
            return _build_once(
                study_name,
                paths,
                train,
                jobs,
                follow,
                expect,
                say,
                in_training,
                attach,
                planned,
                tally,
            )
        except (Damaged, CheckFailed, InputError) as failure:
            damage = [] if retried else quarantine_cause(failure, study_name, paths)
            if not damage:
                raise
            for line in damage:
                say(f"{line}; what was made of it is made again")
            retried = True


def _build_once(
    study_name: str,
    paths: Paths,
    train: Train | None,
    jobs: int,
    follow: Follow,
    expect: Expect | None,
    say: Callable[[str], None],
    in_training: bool,
    attach: bool,
    edition: Edition | None,
    tally: Tally,
) -> Summary:
    """As `build`, which carries it out once more where it comes upon damage."""
    files = read_files(paths.docs)
    study = look_up_study(study_name, paths.data, paths.store, quarantine=True)
    missing = study.lookup.missing if train else []
    attached = bool(read_report(paths.report).attached_runs)
    offered = attached == attach and offers(paths.site, edition)
    if offered and not missing and (counts := unchanged_since(study, paths, files)):
        return tally.summary(study, counts)
    # A build with nothing to do does not wait for these: they import all that makes results.
    from report_builder import artifacts
    from report_builder.assemble import count_runs, outline
    from report_builder.attach import attach_runs
    from report_builder.make_pages import make_pages

    for line in damaged_files(paths):
        say(line)
    if missing:  # much is then to be made
        processes.start_server(LIBRARIES)
    with processes.pool(1, processes.ANEW) as publisher:
        publisher.submit(load_mkdocs)  # meanwhile the rest is made
        trained = []
        if train and missing:
            trained = _train_missing(study, paths, train, jobs, expect, say)
            tally.trained += len(trained)
        training_ended = time.perf_counter()
        with _build_lock(paths, say):
            evidence = _with_demonstrations(study, trained, jobs, follow, say, tally)
            if line := note_on_letters(evidence.data.classes):
                say(line)
            report = msgspec.structs.replace(
                outline(evidence, count_runs(study, evidence, in_training), study.store),
                attached_runs=attach_runs(study_name, paths) if attach else None,
            )
            made = make_pages(report, evidence, paths, files, jobs, follow, say, tally)
            published = _publish(publisher, paths, edition)
            if published.failure:
                say(published.failure)
            counts = made.counts(evidence)
            took = time.perf_counter() - training_ended
            if not in_training:  # else there are more records by now than the site was made of
                write_last_build(
                    fingerprint(study, evidence, paths, made.files),
                    published.made_from,
                    paths,
                    counts,
                    _finishing_seconds(took, tally.kinds, counts) if trained else None,
                )
            artifacts.prune(made.stored, Store(paths.build))
    return tally.summary(study, counts, published.changed)


@contextmanager
def _build_lock(paths: Paths, say: Callable[[str], None]) -> Iterator[None]:
    """Waits for other builds in the same build folder, which draw, render and publish there."""
    lock = acquire(paths.lock, wait=False)
    if lock is None:
        say(f"another build is at work in {paths.build}; this one goes on when it has ended")
        lock = acquire(paths.lock)
    assert lock
    try:
        yield
    finally:
        release(lock)


def _train_missing(
    study: StudyRuns,
    paths: Paths,
    train: Train,
    jobs: int,
    expect: Expect | None,
    say: Callable[[str], None],
) -> list[RunRecord]:
    """Trains what is missing; meanwhile another process makes the first site, if it is worth it."""
    runs = [run for run, _ in study.lookup.missing]
    seconds = expect(runs) if expect else rough_seconds(runs)
    finishing = expected_finishing(paths, jobs)
    worth_seconds = 2 * finishing * jobs
    wanted = not is_complete(study, paths.site)  # else a reader has better already
    if expect:
        training = makespan([seconds[run.key] for run in in_order(runs, jobs)], jobs)
        if wanted and sum(seconds.values()) > worth_seconds:
            training += finishing  # the first site takes its share of the processors
        say(_forecast_line(f"{len(runs)} of {len(study.runs)}", training, finishing))
    with processes.pool(1) as executor:

        def start() -> None:
            made = executor.submit(_make_first_site, study.study, paths, jobs)
            made.add_done_callback(partial(_announce_first_site, paths, say))

        first_site = FirstSite(study, seconds, worth_seconds, start if wanted else lambda: None)
        first_site.start_when_due()
        return train(study.lookup.missing, first_site.record_stored)


def _forecast_line(runs: str, training: float, finishing: float) -> str:
    total, first, then = (in_words(each).en for each in (training + finishing, training, finishing))
    return f"about {total}: {runs} runs to train in {first}, then figures and pages in {then}"


def _make_first_site(study_name: str, paths: Paths, jobs: int) -> str:
    """In a process of its own: publishes what there is, and returns how many runs that is."""
    build(study_name, paths, None, jobs, _without_progress, in_training=True)
    runs = read_report(paths.report).runs
    return f"{runs.made} of {runs.planned} runs" if runs else ""


def _without_progress(names: Iterator[str], n: int) -> None:
    for _ in names:
        pass


def _announce_first_site(paths: Paths, say: Callable[[str], None], made: Future[str]) -> None:
    error = made.exception()
    if not error:
        say(f"a first site, of {made.result()}: open {paths.site / 'index.html'}; training goes on")
    elif not isinstance(error, BrokenProcessPool):  # else this build ends as well
        say(f"no first site: {error}; training goes on")


def _finishing_seconds(took: float, made: list[str], counts: Counts) -> float | None:
    """What all of it would have taken; None where too little was made to tell."""
    drawn = made.count("figure")
    return took * counts.figures / drawn if 2 * drawn > counts.figures else None


def _with_demonstrations(
    study: StudyRuns,
    trained: list[RunRecord],
    jobs: int,
    follow: Follow,
    say: Callable[[str], None],
    tally: Tally,
) -> Evidence:
    """The evidence with all demonstrations that it allows; computes those that are missing."""
    records = study.lookup.found + trained
    evidence = gather(study, records)
    lookup = look_up_demonstrations(evidence, study.store, quarantine=True)
    missing = [planned for planned, _ in lookup.missing]
    for planned, why in lookup.missing:
        if why.startswith("damaged"):
            say(f"the demonstration {planned.name} is computed again; {why}")
    if missing:
        computed = compute_demonstrations(missing, study.store, jobs)
        follow((record.name for record in computed), len(missing))
        tally.computed += len(missing)
        evidence = gather(study, records)
    in_use = [record.artifact for record in evidence.demonstrations.values()]
    study.store.prune("demonstration", in_use)
    return evidence


def _publish(publisher: Executor, paths: Paths, edition: Edition | None) -> Published:
    try:
        return publisher.submit(publish, paths.rendered, paths.site, CONFIG, edition).result()
    except BrokenProcessPool as error:
        raise CheckFailed(
            "the process that publishes the site was killed, most likely for want of memory; run "
            "the same command again; the old site stays, and what was made is kept"
        ) from error
