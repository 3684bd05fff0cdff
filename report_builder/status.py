"""What a build would make anew, and why: the function, file, setting, version or run that changed
since the last one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

import msgspec

from report_builder.artifacts import requested_artifacts
from report_builder.assemble import count_runs, outline
from report_builder.evidence.gather import (
    StudyRuns,
    gather,
    look_up_demonstrations,
    look_up_study,
)
from report_builder.evidence.inputs import PENDING
from report_builder.pages.render import cited_on, figure_pages, page_requests
from report_builder.paths import CONFIG, Paths
from report_builder.results.compute import compute, result_inputs
from report_builder.results.report import Packer, Report, RunCounts, read_report
from report_builder.site.manifest import read_manifest
from report_builder.site.page_inputs import asset_inputs, page_inputs
from report_builder.site.published_site import damage
from xo.store.inputs import Inputs, changes, digest
from xo.store.ownership import refuse_foreign
from xo.store.source_digest import Source
from xo.store.store import NEVER

FROM_EVIDENCE = ("figure ", "value ", "table ", "claim ", "widget ")


class Status(NamedTuple):
    """Whether something that a build makes is up to date."""

    name: str
    why_stale: str  # empty when it is up to date


def status(study_name: str, paths: Paths) -> Iterator[Status]:
    """Every run of a study, and every demonstration, figure, notebook, result, page and asset made
    of them.

    Raises InputError where the build folder is none of a build.
    """
    refuse_foreign(paths.build, "build")
    study = look_up_study(study_name, paths.data, paths.store)
    reasons = {run.name: reason for run, reason in study.lookup.missing}
    yield from (Status(f"run {run}", reasons.get(run.name, "")) for run in study.runs)
    last = read_report(paths.report)
    yield from _made_of_records(study, paths, last)
    if why := _why_site_is_stale(paths, last):
        yield Status(f"site {paths.site}", why)


def _why_site_is_stale(paths: Paths, last: Report) -> str:
    if why := damage(paths.site):
        return why
    manifest = read_manifest(paths.site)
    if manifest is None:
        return ""
    runs = manifest.runs
    if runs and runs.made != runs.planned:
        kind = "a first site" if runs.in_training else "made"
        return f"{kind} of {runs.made} of {runs.planned} runs"
    made = {name: each.inputs for name, each in manifest.artefacts.items()}
    now = {name: each.inputs for name, each in last.provenance.items()}
    if (manifest.study, made) != (last.study, now):
        return "published by another build than the last one here"
    return ""


def _made_of_records(study: StudyRuns, paths: Paths, last: Report) -> Iterator[Status]:
    before = {name: last.inputs(name) for name in last.provenance}
    evidence, source = gather(study, may_be_empty=True), Source()
    demonstrations = look_up_demonstrations(evidence, study.store)
    to_compute = {planned.name: why for planned, why in demonstrations.missing}
    for name in demonstrations.found.keys() | to_compute.keys():
        yield Status(f"demonstration {name}", to_compute.get(name, ""))

    report = outline(evidence, count_runs(study, evidence), study.store)
    requests = page_requests(paths.docs, report)
    report = msgspec.structs.replace(
        report,
        figure_pages=figure_pages(requests, report.drawable),
        cited_on=cited_on(paths.docs, requests),
    )
    now: dict[str, Inputs] = {}
    for each in requested_artifacts(evidence, requests, paths, report.drawable, study.pending):
        now[f"{each.kind} {each.name}"] = each.inputs
        yield Status(f"{each.kind} {each.name}", each.why_missing)
    if evidence.rows:
        results = result_inputs(compute(evidence), evidence, source, study.pending)
        yield from (_compared(name, before, inputs, NEVER) for name, inputs in results.items())
        now |= results
    others = {
        name: inputs
        for name, inputs in before.items()
        if name not in now and name.startswith(FROM_EVIDENCE)
    }
    waiting = _waiting(others, study, to_compute)
    yield from (_compared(name, before, inputs, NEVER) for name, inputs in waiting.items())

    now |= waiting
    packer = Packer()
    digests = {name: digest(packer.pack(inputs)) for name, inputs in now.items()}
    pages = [
        page._replace(results=frozenset(before.get(f"page {page.path}", {}).get("uses", ())))
        for page in requests
    ]
    complete = _complete(report, study, last)
    of_pages = page_inputs(pages, paths.docs, CONFIG, complete, digests, source)
    for name, inputs in of_pages.items():
        yield _compared(name, before, inputs, "never rendered")
    for name, inputs in asset_inputs(paths.docs).items():
        yield _compared(name, before, inputs, "never published")


def _compared(name: str, before: dict[str, Inputs], inputs: Inputs, never: str) -> Status:
    if name not in before:
        return Status(name, never)
    found = changes(before[name], inputs)
    return Status(name, f"changed: {', '.join(found)}" if found else "")


def _waiting(
    before: dict[str, Inputs], study: StudyRuns, to_compute: Collection[str]
) -> dict[str, Inputs]:
    """What the last build had and cannot be computed until runs or demonstrations are made: its
    inputs as they will differ.
    """
    found = {}
    for name, inputs in before.items():
        parts = {
            "records": inputs.get("records", {}).keys() & study.pending,
            "demonstrations": inputs.get("demonstrations", {}).keys() & set(to_compute),
        }
        later = inputs | {
            part: inputs[part] | dict.fromkeys(names, PENDING)
            for part, names in parts.items()
            if names
        }
        if not study.lookup.found:
            later.pop("solved_from", None)
            later |= study.data.result_inputs
        if later != inputs or not study.lookup.found:
            found[name] = later
    return found


def _complete(report: Report, study: StudyRuns, last: Report) -> Report:
    """The report as a build leaves it, with all runs, and with what the last one attached."""
    runs = RunCounts(len(study.runs), len(study.runs))
    return msgspec.structs.replace(report, runs=runs, attached_runs=last.attached_runs)
