"""What each value, table, page and asset rests on; figures and notebooks know it themselves (`artefacts`).

Code counts definition by definition: a changed function makes stale what reaches it, and a changed comment nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

from report_builder.evidence.study import Evidence
from report_builder.results.steppers import steppers
from report_builder.pages.render import Rendered
from report_builder.results.artefacts import SCHEMES, Drawn, Executed, Ran, files_read, rests_on
from report_builder.results.claims import CLAIMS
from report_builder.results.provenance import digest, file_digest, pack
from report_builder.results.tables import demonstration_of, made_by
from report_builder.results.values import Part
from report_builder.site import page_cache as reuse
from report_builder.text import LANGUAGES
from xo.store.source_digest import Source

COUNTING = ("numpy", "scipy")  # libraries whose version decides what a value says
RENDERING = "report_builder.pages.render:render"


def of_results(
    evidence: Evidence,
    source: Source,
    made: list[Part],
    shown: Iterable[str],
    pending: frozenset[str] = frozenset(),
) -> dict[str, dict]:
    """`value baseline.n` -> its inputs, and the same of every table, claim and stepper; `made` are the values, `shown` the tables."""
    versions, reach = {name: version(name) for name in COUNTING}, cache(source.reach)

    def inputs(
        targets: tuple[str, ...], variants: str | tuple[str, ...] | None, demonstration: str = ""
    ) -> dict:
        code = reach(*targets)
        return {
            "code": code,
            **rests_on(evidence, demonstration, variants, pending),
            "data": evidence.data.digest,
            "versions": versions,
            "text": files_read(code),
        }

    found = {}
    for part in made:
        found |= dict.fromkeys(
            (f"value {name}" for name in part.values),
            inputs((part.code,), part.variant, part.demonstration),
        )
    codes = tuple(sorted({part.code for part in made}))
    for name in shown:
        code, variant, shows_values = made_by(name)
        found[f"table {name}"] = inputs(
            (code, *(codes if shows_values else ())), variant, demonstration_of(name)
        )
    for name, claim in CLAIMS.items():
        row = {"row": digest([each for each in claim if each is not claim.test])}
        of_test = inputs(
            (f"{claim.test.__module__}:{claim.test.__name__}",),
            getattr(claim.test, "variants", None),
            claim.demonstration if claim.demonstration in evidence.demonstrations else "",
        )
        found[f"claim {name}"] = of_test | row
    found |= {
        f"stepper {name}": inputs(("report_builder.results.steppers:steppers",), None, name)
        for name in steppers(evidence)
    }
    return found


def artefacts(
    evidence: Evidence,
    report: dict,
    of_told: dict[str, dict],
    drawn: list[Drawn],
    executed: list[Executed],
    pieces: list[Ran],
) -> dict[str, dict]:
    """The report's `artefacts`: each with its digest or its files, and its inputs; their parts in `details`; and `run_names`,
    "baseline/0" -> "baseline/0-5e533bfc2e90ac6e". `of_told` are the inputs of values, tables, claims and steppers."""
    details: dict[str, dict] = {}
    found, names = {}, {}
    for run in (run for runs in evidence.records.values() for run in runs):
        name = names[f"{run.variant}/{run.seed}"] = f"{run.variant}/{run.seed}-{run.key}"
        found[f"run {name}"] = {"digest": run.digest, "inputs": pack(run.inputs, details)}
    for name, shown in evidence.demonstrations.items():
        found[f"demonstration {name}"] = {
            "digest": shown.digest,
            "inputs": pack(shown.inputs, details),
        }
    for each in drawn:
        files = [
            f"{language}/figures/{each.name}.{ending}"
            for language in LANGUAGES
            for ending in (*(f"{scheme}.{each.meta['kind']}" for scheme in SCHEMES), "csv")
        ]
        found[f"figure {each.name}"] = {"files": files, "inputs": pack(each.inputs, details)}
    for each in executed:
        found[f"notebook {each.name}"] = {
            "digest": file_digest(each.path),
            "inputs": pack(each.inputs, details),
        }
    for each in pieces:
        found[f"snippet {each.name}"] = {
            "digest": digest(each.output),
            "inputs": pack(each.inputs, details),
        }
    for name, inputs in of_told.items():
        kind, _, of_kind = name.partition(" ")
        found[name] = {
            "digest": digest(report[f"{kind}s"][of_kind]),
            "inputs": pack(inputs, details),
        }
    return {"artefacts": found, "details": details, "run_names": names}


def page_artefacts(
    report: dict, rendered: list[Rendered], docs: Path, config: Path
) -> dict[str, dict]:
    """The report's `artefacts` and `details` with pages and assets."""
    details, found = dict(report["details"]), dict(report["artefacts"])
    digests = {name: digest(artefact["inputs"]) for name, artefact in found.items()} | homes(report)
    for name, inputs in (
        of_pages(rendered, docs, config, report, digests, Source()) | of_assets(docs)
    ).items():
        found[name] = {"files": [name.partition(" ")[2]], "inputs": pack(inputs, details)}
    return {"artefacts": found, "details": details}


def homes(report: dict) -> dict[str, str]:
    """`place samples` -> the page where a reader meets that figure."""
    return {f"place {name}": page for name, page in report["figure_pages"].items()}


def of_pages(
    asked: list[Rendered],
    docs: Path,
    config: Path,
    report: dict,
    digests: dict[str, str],
    source: Source,
) -> dict[str, dict]:
    """`page zh/index.md` -> its inputs; `digests` are those of the inputs of all artefacts that pages show."""
    shared = {
        "code": source.reach(RENDERING),
        "versions": {name: version(name) for name in reuse.PACKAGES},
        "layout": reuse.layout_files(config),
        "report": reuse.origin(report) | {"address": os.environ.get("SITE_URL", "")},
        "navigation": {page.path: _front_matter(docs / page.source) for page in asked},
    }
    return {
        f"page {page.path}": shared
        | {
            "text": {f"docs/{page.source}": file_digest(docs / page.source)}
            | (
                files_read(shared["code"])
                if any(used.startswith("published ") for used in page.uses)
                else {}
            ),
            "uses": {name: digests.get(name, "") for name in sorted(page.uses)},
        }
        for page in asked
    }


def of_assets(docs: Path) -> dict[str, dict]:
    """`asset assets/xo.css` -> its inputs, the file itself."""
    names = [
        path.relative_to(docs).as_posix()
        for path in sorted((docs / "assets").rglob("*"))
        if path.is_file()
    ]
    return {f"asset {name}": {"text": {f"docs/{name}": file_digest(docs / name)}} for name in names}


def _front_matter(source: Path) -> str:
    """A digest of the page's title and description, which the navigation of every page shows."""
    text = source.read_text(encoding="utf-8")
    return digest(text.split("\n---", 1)[0]) if text.startswith("---") else ""
