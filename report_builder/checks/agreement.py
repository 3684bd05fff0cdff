"""Whether words and results agree: claims, results typed in, references, both languages,
exercises, links.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from report_builder.checks import (
    exercises,
    languages,
    legibility,
    references,
    relations,
    typed_numbers,
)
from report_builder.pages import notebooks, render
from report_builder.pages.templating import BUILD
from report_builder.results.report import read_report
from report_builder.site.publish import build_problems
from xo.errors import InputError
from xo.store.ownership import claim
from xo.store.source_digest import ROOT


def faults(build: Path) -> Iterator[str]:
    """A line for each; raises InputError where the folder `build` holds no report."""
    report, docs = read_report(build / "report.json"), ROOT / "docs"
    if not report.has_results:
        raise InputError(f"{build / 'report.json'}: not there; run '{BUILD}' first")
    claim(build, "build")
    requests, unrendered = render.requests_and_faults(docs, report)
    yield from unrendered
    yield from render.unstated_claims(requests, report)
    yield from references.faults(requests)
    yield from references.typed_citations(docs, ROOT / "report_builder")
    yield from typed_numbers.typed_results(docs, ROOT / "report_builder")
    yield from relations.faults(report)
    yield from legibility.faults(report)
    yield from notebooks.faults(docs)
    yield from languages.differences(docs)
    yield from exercises.faults(docs)
    yield from build_problems(build / "docs", ROOT / "mkdocs.yml")
