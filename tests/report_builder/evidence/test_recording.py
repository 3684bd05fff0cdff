"""What a computation asks the evidence for becomes its inputs; nothing is asked unrecorded."""

from __future__ import annotations

import ast
from dataclasses import replace

import pytest

from report_builder.evidence.inputs import PENDING, evidence_inputs
from report_builder.evidence.recording import Requests, recorded, recording
from report_builder.figures.images import samples
from report_builder.figures.original import published_logs
from report_builder.figures.training import loss
from report_builder.results.compute import compute, result_inputs
from xo.store.inputs import changes
from xo.store.source_digest import ROOT, Source


def test_requests_are_those_of_the_innermost_recording(evidence):
    with recording() as outer:
        evidence.runs("baseline")
        with recording() as inner:
            evidence.representative("features")
            assert [variant.name for variant in evidence.variants]
            evidence.demonstration("shifts")
    assert outer == Requests(runs={"baseline"})
    assert inner == Requests(every_variant=True, runs={"features"}, demonstrations={"shifts"})


@pytest.mark.parametrize(
    ("measure", "arguments", "requests"),
    [
        (samples.measure, (), Requests()),
        (loss.measure, ("baseline",), Requests(variants={"baseline"}, runs={"baseline"})),
    ],
)
def test_a_figure_asks_for_what_it_shows(evidence, measure, arguments, requests):
    assert recorded(measure, evidence, *arguments)[1].requests == requests


def test_what_shows_the_originals_logs_depends_on_their_file(evidence):
    _, origin = recorded(published_logs.measure, evidence)
    assert list(evidence_inputs(origin.requests, evidence)["text"]) == ["data/published.toml"]


def test_inputs_are_the_digests_of_what_was_asked_for(evidence):
    runs = {run.name: run.digest for run in evidence.records["baseline"]}
    found = evidence_inputs(Requests(runs={"baseline", "absent"}), evidence)
    assert found == {"data": evidence.data.digest, "records": runs}
    shown = evidence.demonstrations["mixing"]
    found = evidence_inputs(Requests(demonstrations={"mixing"}), evidence)
    assert found["demonstrations"] == {"mixing": shown.digest} and found["records"] == shown.runs
    assert shown.runs and all(run.startswith("one-by-one/") for run in shown.runs)
    assert list(evidence_inputs(Requests(every_variant=True), evidence)["variants"]) == sorted(
        evidence.records
    )


def test_a_run_that_is_to_be_trained_first_counts_where_its_variant_was_asked_for(evidence):
    pending = ["baseline/0", "baseline/7", "features/0"]
    found = evidence_inputs(Requests(runs={"baseline", "channels-11"}), evidence, pending)
    assert {run for run, digest in found["records"].items() if digest == PENDING} == {
        "baseline/0",
        "baseline/7",
    }
    without = replace(evidence, rows=tuple(row for row in evidence.rows if row.name != "features"))
    listed = evidence_inputs(Requests(every_variant=True), without, pending)
    assert "features" in listed["variants"] and listed["records"] == {}


def test_a_variant_that_is_called_otherwise_changes_what_shows_its_name(evidence):
    renamed = replace(evidence, rows=tuple(replace(row, en="Another") for row in evidence.rows))
    requests = Requests(variants={"baseline"})
    before, after = (evidence_inputs(requests, each) for each in (evidence, renamed))
    assert list(before["variants"]) == ["baseline"] and before != after
    assert changes(before, after) == ["variant baseline"]


def test_a_table_depends_on_what_the_values_that_it_quotes_depend_on(evidence):
    found = result_inputs(compute(evidence), evidence, Source())
    for variant in evidence.records:
        assert found[f"value {variant}.epoch_seconds"]["records"].keys() == {
            f"{variant}/{seed}" for seed in range(3)
        }
    cost, accuracy = found["table cost"], found["table accuracy"]
    assert len(cost["records"]) == 3 * len(evidence.records)
    assert "report_builder.results.values:_of_cost" in cost["code"]
    assert "report_builder.results.values:_of_cost" not in accuracy["code"]
    assert "report_builder.results.values:_of_outcome" in accuracy["code"]
    assert found["table plateaus"]["records"] == {}


def test_the_table_of_all_verdicts_depends_on_what_every_claim_depends_on(evidence):
    found = result_inputs(compute(evidence), evidence, Source())
    table = found["table verdicts"]
    for name, inputs in found.items():
        if name.startswith("claim "):
            assert inputs["code"].items() <= table["code"].items(), name
            assert inputs["records"].items() <= table["records"].items(), name
    assert "report_builder.results.claims:family" in table["code"]


def test_a_variant_without_runs_is_asked_for_all_the_same(evidence):
    fewer = replace(
        evidence,
        rows=tuple(row for row in evidence.rows if row.name != "channels-15"),
        records={name: runs for name, runs in evidence.records.items() if name != "channels-15"},
    )
    inputs = result_inputs(compute(fewer), fewer, Source(), ["channels-15/0"])
    assert inputs["claim 15-channels-are-worse"]["records"]["channels-15/0"] == PENDING
    assert "channels-15/0" not in inputs["claim 11-channels-are-fine"]["records"]


def test_results_and_figures_ask_by_the_methods_that_take_note():
    """The fields of Evidence would give the same and note nothing."""
    fields = {"rows", "records", "demonstrations"}
    allowed = ("figures/table.py",)  # lists what can be drawn, which is asked for no result
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for folder in ("results", "figures", "evidence")
        for file in sorted((ROOT / "report_builder" / folder).rglob("*.py"))
        if not file.as_posix().endswith(allowed)
        and (folder != "evidence" or file.name in ("log_explanations.py", "original_logs.py"))
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in fields
        and isinstance(node.value, ast.Name)
        and node.value.id == "evidence"
    ]
    assert found == []
