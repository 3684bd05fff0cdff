"""What a build would make anew, and why: the function, file, setting, version or run that changed since the last one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from report_builder import pages
from report_builder.build import CONFIG, Places, Plan, demonstrated, gather, planned, report_head, wanted
from report_builder.inputs import homes, of_assets, of_pages, of_results
from report_builder.provenance import PENDING, digest, pack, unpack, why
from report_builder.site import is_published
from xo.code import Source
from xo.demonstrations import DEMONSTRATIONS


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
    before = {name: unpack(artefact["inputs"], last["details"]) for name, artefact in last.get("artefacts", {}).items()}
    pending = frozenset(f"{run.variant.name}/{run.seed}" for run, _ in plan_.state.missing)
    if plan_.state.found:
        yield from _of_evidence(plan_, places, before, pending)
    if not is_published(places.site):
        yield Standing(f"site {places.site}", "not published, or not whole")


def _of_evidence(plan_: Plan, places: Places, before: dict[str, dict], pending: frozenset[str]) -> Iterator[Standing]:
    evidence, source = gather(plan_, plan_.state.found), Source()
    shown = demonstrated(evidence, plan_.store)
    stale = {plan.name: why for plan, why in shown.missing} | {name: why["en"] for name, why in shown.lacking.items()}
    yield from (Standing(f"demonstration {name}", stale.get(name, "")) for name in DEMONSTRATIONS)
    head = report_head(evidence, len(plan_.runs), places.docs)
    drawn, executed = wanted(evidence, head, places, pending)
    yield from (Standing(f"figure {each.name}", each.why_stale) for each in drawn)
    yield from (Standing(f"notebook {each.name}", each.why_stale) for each in executed)

    results = of_results(evidence, source, pending)
    yield from (Standing(name, why(before.get(name), inputs, "never made")) for name, inputs in results.items())
    now = results | {f"figure {each.name}": each.inputs for each in drawn} | {f"notebook {each.name}": each.inputs for each in executed}
    for name, inputs in before.items():  # of a variant none of whose runs is there
        waiting = sorted(pending & inputs.get("records", {}).keys())
        if name not in now and name.startswith(("figure ", "value ", "table ")) and stale.keys() & inputs.get("demonstrations", {}).keys():
            yield Standing(name, why(inputs, inputs | {"demonstrations": dict.fromkeys(inputs["demonstrations"], PENDING)}, ""))
        elif name not in now and waiting and name.partition(" ")[0] != "run":
            yield Standing(name, why(inputs, inputs | {"records": inputs["records"] | dict.fromkeys(waiting, PENDING)}, ""))

    digests = {name: digest(pack(inputs, {})) for name, inputs in now.items()} | homes(head)
    asked = [page._replace(uses=frozenset(before.get(f"page {page.path}", {}).get("uses", ()))) for page in pages.asked(places.docs, head)]
    after = head | {"runs": {"made": len(plan_.runs), "planned": len(plan_.runs)}}
    for name, inputs in of_pages(asked, places.docs, CONFIG, after, digests, source).items():
        yield Standing(name, why(before.get(name), inputs, "never rendered"))
    for name, inputs in of_assets(places.docs).items():
        yield Standing(name, why(before.get(name), inputs, "never published"))
