"""The report as it is put together, on the project's own pages."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from report_builder.assemble import assemble, outline
from report_builder.checks.coverage import with_coverage
from report_builder.evidence.training_course import compares_settings
from report_builder.figures.table import FIGURES
from report_builder.pages.render import figure_pages, page_requests, render
from report_builder.results.compute import compute
from report_builder.results.report import DrawnFigure, RunCounts
from report_builder.results.unavailable import unavailable
from report_builder.results.values import values
from report_builder.text import EMPTY
from xo.demonstrations.record import Reason
from xo.demonstrations.table import DEMONSTRATIONS
from xo.store.source_digest import ROOT
from xo.store.store import Store
from xo.variants import VARIANTS


@pytest.mark.parametrize(
    "there",
    [
        VARIANTS.keys(),
        VARIANTS.keys() - {"baseline"},
        VARIANTS.keys() - {"features"},
        {"three-conv"},
    ],
    ids=["all", "without baseline", "without features", "only three-conv"],
)
def test_links_to_figures_lead_to_pages_that_show_them(evidence, tmp_path, there):
    partial = replace(
        evidence,
        rows=tuple(row for row in evidence.rows if row.name in there),
        records={name: runs for name, runs in evidence.records.items() if name in there},
        demonstrations={
            name: each
            for name, each in evidence.demonstrations.items()
            if there >= set(DEMONSTRATIONS[name].variants)
        },
    )
    report = outline(partial, RunCounts(0, 30), Store(Path("runs")))
    requests = page_requests(ROOT / "docs", report)
    places = figure_pages(requests, report.drawable)
    report = msgspec.structs.replace(report, figure_pages=places)
    report = assemble(report, partial, compute(partial), [])
    names = ("zh-light.svg", "zh-dark.svg", "en-light.svg", "en-dark.svg", "data.csv")
    drawn = Store(tmp_path / "build").add("figure", "any", {}, {}, dict.fromkeys(names, b""))
    figure = DrawnFigure(
        kind="svg",
        folder=str(drawn.folder),
        command="",
        title=EMPTY,
        alt=EMPTY,
        caption=EMPTY,
        sizes={"zh": (1, 1), "en": (1, 1)},
        smallest_text=12.5,
        colors=(),
    )
    origins = {f"figure {name}": report.provenance["value study.runs"] for name in places}
    report = msgspec.structs.replace(
        report,
        figures=dict.fromkeys(places, figure),
        provenance=report.provenance | origins,
    )
    report = with_coverage(report, ROOT / "docs", requests)
    render(ROOT / "docs", report, tmp_path / "out")
    links = [
        (file, link)
        for file in (tmp_path / "out").rglob("*.md")
        for link in re.findall(r"\]\(([^()]*)#(figure-[^()]*)\)", file.read_text())
    ]
    assert links
    for file, (page, anchor) in links:
        assert f'id="{anchor}"' in (file.parent / page).read_text(), (file, page, anchor)
    for language in ("zh", "en"):
        assert "]()" not in (tmp_path / "out" / language / "evidence" / "claims.md").read_text()


def test_what_does_not_apply_or_has_not_been_computed_is_left_out_and_says_why(evidence):
    reason = Reason("images too small to shift", {"side": 32, "shift": 8})
    shifts = replace(evidence.demonstrations["shifts"], facts={}, unavailable=reason)
    few, store = replace(evidence, demonstrations={"shifts": shifts}), Store(Path("runs"))
    report = outline(few, RunCounts(0, 30), store)
    of_demonstrations = {name for name, row in FIGURES.items() if row.demonstration}
    assert not of_demonstrations & set(report.drawable)
    assert not any(name.startswith("shifts.") for name in values(few))
    why, expected = report.unavailable, unavailable(reason)
    assert why["figure shifts"] == why["table shifts"] == why["demonstration shifts"] == expected
    assert "--keep-weights" in why["figure sliding-window"].en  # the made-up runs have none
    settings = {"figure learning-rates", "table learning-rates"}
    of_all = outline(evidence, RunCounts(0, 30), store).unavailable
    assert set(of_all) == (set() if compares_settings(evidence.rows) else settings)
    alone = outline(replace(evidence, rows=evidence.rows[:1]), RunCounts(0, 30), store)
    assert "--study full" in alone.unavailable["figure learning-rates"].en
    assert "table learning-rates" in alone.unavailable and "fates" in alone.drawable
