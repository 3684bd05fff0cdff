"""Tables hold what the records say, a row for each variant, layer, class, epoch."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from report_builder.evidence.study import Evidence
from report_builder.results.report import Table
from report_builder.results.tables import environments, tables, versions
from report_builder.results.values import values
from xo.variants import VARIANTS


@pytest.fixture(scope="module")
def found(evidence: Evidence) -> dict[str, Table]:
    return {name: table for name, table, _ in tables(evidence, values(evidence))}


def rows(table: Table, language: str) -> list[list[str]]:
    return [[cell[language] for cell in row] for row in table.rows]


def test_tables_have_a_row_per_variant_and_as_many_cells_as_columns(found):
    for name, table in found.items():
        widths = {len(row) for row in table.rows}
        assert widths == {len(table.columns)} == {len(table.numeric)}, name
    for language in ("zh", "en"):
        titles = [getattr(variant, language) for variant in VARIANTS.values()]
        assert [row[0] for row in rows(found["accuracy"], language)] == titles


def test_the_fates_of_a_variant_add_up_to_its_seeds(found):
    columns = [column.en for column in found["accuracy"].columns]
    assert columns[1:6] == ["Seeds n", "Solved", "Unsettled", "Collapsed", "Never left chance"]
    for row in rows(found["accuracy"], "zh"):
        assert row[1:6] == ["3", "2", "0", "0", "1"]


def test_the_layers_add_up(found, evidence):
    parameters = [int(row[2].replace(",", "")) for row in rows(found["layers.baseline"], "en")]
    assert sum(parameters[:-1]) == parameters[-1] == evidence.runs("baseline")[0].parameters


def test_the_data_table_counts_images(found):
    assert rows(found["data"], "en") == [
        ["circles", "0", "8", "6"],
        ["crosses", "1", "8", "6"],
        ["Total", "", "16", "12"],
    ]


def test_the_environments_of_all_runs_are_counted(make_evidence):
    evidence = make_evidence(variants=(VARIANTS["three-conv"],))
    first, *others = evidence.runs("three-conv")
    elsewhere = msgspec.structs.replace(first.environment, processor="another", torch="2.9.0")
    runs = (msgspec.structs.replace(first, environment=elsewhere), *others)
    evidence = replace(evidence, records={"three-conv": runs})
    assert rows(environments(evidence), "en") == [
        ["another", "AVX2", "mkl 2024.2", "Linux x86_64", "1", "1"],
        ["made up", "AVX2", "mkl 2024.2", "Linux x86_64", "1", "2"],
    ]
    assert rows(versions(evidence), "en") == [
        ["numpy", "2.3.5", "3"],
        ["python", "3.13.1", "3"],
        ["torch", "2.9.0", "1"],
        ["torch", "2.9.0+cpu", "2"],
    ]


def test_a_study_that_prints_nothing_still_lists_the_logs(found):
    assert [row[2:4] for row in rows(found["published"], "en")] == [
        ["2", "2"],
        ["3", "2"],
        ["2", "2"],
        ["3", "2"],
        ["2", "2"],
        ["2", "2"],
    ]
    last = rows(found["printed-no-pooling"], "zh")[19]
    assert last[:3] == ["20", "0.006 0.006 0.008", "0.0067"]
    assert len(found["readings"].rows) == 3 + 3 * 3
