"""What a build would make anew, and why: the function, file, setting, version or run that changed since the last one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from report_builder.build import (
    CONFIG,
    Places,
    Plan,
    demonstrated,
    gather,
    planned,
    report_head,
    wanted,
)
from report_builder.pages import render as pages
from report_builder.results.inputs import homes, of_assets, of_pages, of_results
from report_builder.results.provenance import PENDING, digest, pack, unpack, why
from report_builder.results.results import counted
from report_builder.site.publish import is_published
from xo.store.source_digest import Source


class Standing(NamedTuple):
    """Whether an artefact is up to date, and if not, why."""

    name: str
    why: str  # empty when it is


def status(study: str, places: Places) -> Iterator[Standing]:
    """Every run of a study, and every demonstration, figure, notebook, value, table, page and asset that is made of them."""
    plan_ = planned(study, places)
    reasons = {run.key: reason for run, reason in plan_.state.missing}
    yield from (Standing(f"run {run}", reasons.get(run.key, "")) for run in plan_.runs)
    last = pages.load_report(places.build / "report.json")
    before = {
        name: unpack(artefact["inputs"], last["details"])
        for name, artefact in last.get("artefacts", {}).items()
    }
    pending = frozenset(f"{run.variant.name}/{run.seed}" for run, _ in plan_.state.missing)
    yield from _of_evidence(plan_, places, before, pending)
    if not is_published(places.site):
        yield Standing(f"site {places.site}", "not published, or not whole")


def _of_evidence(
    plan_: Plan, places: Places, before: dict[str, dict], pending: frozenset[str]
) -> Iterator[Standing]:
    evidence, source = gather(plan_, plan_.state.found), Source()
    shown = demonstrated(evidence, plan_.store)
    reasons = {plan.name: reason for plan, reason in shown.missing}
    yield from (
        Standing(f"demonstration {name}", reasons.get(name, ""))
        for name in shown.found.keys() | reasons.keys()
    )
    head = report_head(evidence, len(plan_.runs), places.docs, plan_.store)
    drawn, executed, pieces = wanted(evidence, head, places, pending)
    yield from (Standing(f"figure {each.name}", each.why_stale) for each in drawn)
    yield from (Standing(f"notebook {each.name}", each.why_stale) for each in executed)
    yield from (Standing(f"snippet {each.name}", each.why_stale) for each in pieces)

    results = of_results(evidence, source, *counted(evidence), pending) if evidence.variants else {}
    yield from (
        Standing(name, why(before.get(name), inputs, "never made"))
        for name, inputs in results.items()
    )
    now = (
        results
        | {f"figure {each.name}": each.inputs for each in drawn}
        | {f"notebook {each.name}": each.inputs for each in executed}
    )
    now |= {f"snippet {each.name}": each.inputs for each in pieces}
    others = {
        name: inputs
        for name, inputs in before.items()
        if name not in now and name.startswith(("figure ", "value ", "table ", "claim "))
    }
    waiting = _waiting(others, pending, reasons.keys())
    if not evidence.variants:  # what rests on no run cannot be told either, but for the data set
        waiting = {
            name: inputs | {"data": plan_.data.digest} for name, inputs in others.items()
        } | waiting
    yield from (Standing(name, why(before[name], inputs, "")) for name, inputs in waiting.items())

    now |= waiting
    digests = {name: digest(pack(inputs, {})) for name, inputs in now.items()} | homes(head)
    asked = [
        page._replace(uses=frozenset(before.get(f"page {page.path}", {}).get("uses", ())))
        for page in pages.asked(places.docs, head)
    ]
    after = head | {"runs": {"made": len(plan_.runs), "planned": len(plan_.runs)}}
    for name, inputs in of_pages(asked, places.docs, CONFIG, after, digests, source).items():
        yield Standing(name, why(before.get(name), inputs, "never rendered"))
    for name, inputs in of_assets(places.docs).items():
        yield Standing(name, why(before.get(name), inputs, "never published"))


def _waiting(
    before: dict[str, dict], pending: frozenset[str], demonstrations: Collection[str]
) -> dict[str, dict]:
    """What cannot be told yet, since its runs or demonstrations are to be made first: its inputs as they will then differ."""
    found = {}
    for name, inputs in before.items():
        made = {
            part: dict.fromkeys(inputs.get(part, {}).keys() & stale, PENDING)
            for part, stale in (("records", pending), ("demonstrations", demonstrations))
        }
        if any(made.values()):
            found[name] = inputs | {
                part: inputs[part] | of_part for part, of_part in made.items() if of_part
            }
    return found
