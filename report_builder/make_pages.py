"""Makes what the pages request and renders them, anew where they are edited meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from report_builder import artifacts
from report_builder.assemble import assemble, with_pages
from report_builder.checks.coverage import with_coverage
from report_builder.evidence.study import Evidence
from report_builder.last_build import Counts, read_files
from report_builder.pages.render import cited_on, figure_pages, page_requests, render
from report_builder.paths import CONFIG, Paths
from report_builder.results.compute import Results, compute
from report_builder.results.report import Report, write_report
from report_builder.tally import Tally
from xo.errors import CheckFailed, InputError

MOST_EDITS = 4  # of pages during one build, after which it ends
Follow = Callable[[Iterator[str], int], None]  # the names of what is made, as it is, and how many


class MadePages(NamedTuple):
    """What was made of the pages as they are in `files`."""

    files: dict[str, str]
    stored: list[artifacts.RequestedArtifact]
    pages: int

    def counts(self, evidence: Evidence) -> Counts:
        kinds = [each.kind for each in self.stored]
        return Counts(
            len(evidence.demonstrations), kinds.count("figure"), kinds.count("notebook"), self.pages
        )


def make_pages(
    report: Report,
    evidence: Evidence,
    paths: Paths,
    began_with: dict[str, str],
    jobs: int,
    follow: Follow,
    say: Callable[[str], None],
    tally: Tally,
) -> MadePages:
    """Makes what the pages request and renders them; once more where they were edited meanwhile.

    `report` is an outline; `began_with` are the files when this process took up its code. Raises
    CheckFailed where code or settings are others by now: what was made of them would be taken for
    what the new ones make.
    """
    results = compute(evidence)
    for _ in range(MOST_EDITS):
        files = read_files(paths.docs)
        if changed := _differing(began_with, files, but=paths.docs):
            break
        try:
            stored, complete = _make_once(
                report, evidence, results, paths, jobs, follow, say, tally
            )
        except InputError:
            if not (changed := _differing(files, read_files(paths.docs))):
                raise
            continue
        if not (changed := _differing(files, read_files(paths.docs))):
            write_report(paths.report, complete)
            pages = sum(name.startswith("page ") for name in complete.provenance)
            return MadePages(files, stored, pages)
    raise CheckFailed(
        f"{changed[0]}: changed while the site was being made from it; run the same command again; "
        "the old site stays, and what was finished is kept"
    )


def _make_once(
    report: Report,
    evidence: Evidence,
    results: Results,
    paths: Paths,
    jobs: int,
    follow: Follow,
    say: Callable[[str], None],
    tally: Tally,
) -> tuple[list[artifacts.RequestedArtifact], Report]:
    """What the pages request as the store holds it now, and the report they are rendered from."""
    requests = page_requests(paths.docs, report)
    report = msgspec.structs.replace(
        report,
        figure_pages=figure_pages(requests, report.drawable),
        cited_on=cited_on(paths.docs, requests),
    )
    requested = artifacts.requested_artifacts(evidence, requests, paths, report.drawable)
    for each in requested:
        if each.why_missing.startswith("damaged"):
            say(f"{each.kind} {each.name}: {each.why_missing}; it is made again")
    made = _make_missing(requested, jobs, follow)
    tally.kinds += [kind for kind, _ in made]
    stored = [made.get((each.kind, each.name), each) for each in requested]
    report = assemble(report, evidence, results, stored)
    report = with_coverage(report, paths.docs, requests)
    rendered = render(paths.docs, report, paths.rendered)
    return stored, with_pages(report, rendered, paths.docs, CONFIG)


def _differing(before: dict[str, str], after: dict[str, str], but: Path | None = None) -> list[str]:
    """The files that are not the same, those below the folder `but` left out."""
    return sorted(
        name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name) and not (but and Path(name).is_relative_to(but))
    )


def _make_missing(
    requested: list[artifacts.RequestedArtifact], jobs: int, follow: Follow
) -> dict[tuple[str, str], artifacts.RequestedArtifact]:
    """What was missing, by kind and name, now that it is made."""
    made = {}

    def names() -> Iterator[str]:
        for each in artifacts.make_missing(requested, jobs):
            made[each.kind, each.name] = each
            yield each.name

    follow(names(), sum(each.artifact is None for each in requested))
    return made
