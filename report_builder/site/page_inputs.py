"""What decides each page and asset of the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import msgspec

from report_builder.evidence import measured_elsewhere, original_logs
from report_builder.evidence.references import LITERATURE, REFERENCES, Section
from report_builder.pages import sources
from report_builder.pages.functions import ATTACHED_RUNS
from report_builder.pages.render import PageRequest
from report_builder.pages.result_functions import WITHHELD_CLAIMS
from report_builder.pages.templating import TEMPLATES
from report_builder.results.report import Report
from report_builder.site.page_cache import PACKAGES, footer, layout_files, surroundings
from xo.store.inputs import Inputs, digest, file_digest
from xo.store.source_digest import ROOT, Source

RENDERING = "report_builder.pages.render:render"
# Tables that count what the whole site has: report_builder/checks/coverage
OF_EVERYTHING = ("table checked", "table legibility")
COUNTED = ("figure ", "value ", "table ", "claim ")
# Data that pages quote, and the kinds of request that do.
READ_FOR = {
    original_logs.FILE: {"published"},
    measured_elsewhere.FILE: {"measured-elsewhere"},
    REFERENCES: {"reference", "references", "literature"},
    LITERATURE: {"literature"},
}


def page_inputs(
    requests: Iterable[PageRequest],
    docs: Path,
    config: Path,
    report: Report,
    digests: Mapping[str, str],
    source: Source,
) -> dict[str, Inputs]:
    """`page zh/index.md` -> its inputs; `digests` are those of the inputs of all results and
    artifacts.
    """
    requests = list(requests)
    places = {f"place {name}": page for name, page in report.figure_pages.items()}
    unsolved = {f"network {variant}": "not solved" for variant in report.unsolved}
    attached = digest(msgspec.to_builtins(report.attached_runs))
    cited = digest(msgspec.to_builtins(report.cited_on))
    lists = {f"references {section}": cited for section in get_args(Section)}
    everything = _everything(requests, docs, digests)
    digests = {
        **digests,
        **dict.fromkeys(OF_EVERYTHING, everything),
        **places,
        **unsolved,
        **lists,
        ATTACHED_RUNS: attached,
        WITHHELD_CLAIMS: digest(msgspec.to_builtins(report.withheld_claims)),
    }
    shared = {
        "code": source.reach(RENDERING),
        "versions": {name: version(name) for name in PACKAGES},
        "layout": dict(layout_files(config)) | _templates(),
        "report": (footer(report) or {}) | _runs(report) | surroundings(config),
        "navigation": {page.path: _front_matter(docs / page.source) for page in requests},
    }
    found = {}
    for page in requests:
        files = {f"docs/{page.source}": docs / page.source}
        kinds = {name.partition(" ")[0] for name in page.results}
        for file, readers in READ_FOR.items():
            if kinds & readers:
                files[file.relative_to(ROOT).as_posix()] = file
        found[f"page {page.path}"] = shared | {
            "text": {name: file_digest(file) for name, file in files.items()},
            "uses": {name: digests.get(name, "") for name in sorted(page.results)},
        }
    return found


def _everything(requests: Iterable[PageRequest], docs: Path, digests: Mapping[str, str]) -> str:
    """A digest of all results, figures and sources of pages."""
    results = {name: made for name, made in digests.items() if name.startswith(COUNTED)}
    return digest([results, {page.source: file_digest(docs / page.source) for page in requests}])


def _runs(report: Report) -> dict[str, str]:
    """How many runs there are of how many, in short, and a digest of what pages list of them."""
    if not report.runs:
        return {}
    shown = {"runs": f"{report.runs.made} of {report.runs.planned}"}
    if report.runs.incomplete:
        shown["missing runs"] = digest(msgspec.to_builtins(report.runs))
    return shown


def _templates() -> dict[str, str]:
    """The digests of the templates of Markdown, which reading the code does not find."""
    files = sorted(TEMPLATES.glob("*.j2"))
    return {file.relative_to(ROOT).as_posix(): file_digest(file) for file in files}


def asset_inputs(docs: Path) -> dict[str, Inputs]:
    """`asset assets/xo.css` -> its inputs, the file itself."""
    files = sources.files(docs / "assets")
    names = {path.relative_to(docs).as_posix(): path for path in files}
    return {
        f"asset {name}": {"text": {f"docs/{name}": file_digest(path)}}
        for name, path in names.items()
    }


def _front_matter(source: Path) -> str:
    """A digest of the page's title and description, which the navigation of every page shows."""
    text = sources.read(source)
    return digest(text.split("\n---", 1)[0]) if text.startswith("---") else ""
