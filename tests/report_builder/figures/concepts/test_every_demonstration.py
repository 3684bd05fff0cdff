"""Every demonstration has figures or a table, which rest on it alone and hold for other images."""

from __future__ import annotations

import pytest

from report_builder.evidence.inputs import evidence_inputs
from report_builder.evidence.recording import recording
from report_builder.figures import table
from report_builder.figures.toolkit.style import Style
from report_builder.results.demonstration_tables import DEMONSTRATION_TABLES
from xo.demonstrations.table import DEMONSTRATIONS
from xo.variants import VARIANTS

from ..rendering import assert_tidy, render_styles

FIGURES = {name: row for name, row in table.FIGURES.items() if row.demonstration}
VARIANTS_USED = ("baseline", "features", "trained-pooling", "one-by-one")
TEN_CLASSES = tuple(f"class number {k}" for k in range(10))


def test_every_demonstration_has_a_figure_or_a_table():
    shown = (*FIGURES.values(), *DEMONSTRATION_TABLES.values())
    assert {row.demonstration for row in shown} == set(DEMONSTRATIONS)
    assert {name for row in DEMONSTRATIONS.values() for name in row.variants} == set(VARIANTS_USED)


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_rests_on_its_demonstration_and_on_no_other_run(evidence, name):
    row = FIGURES[name]
    record = evidence.demonstrations[row.demonstration]
    with recording() as requests:
        row.source.describe(row.source.measure(evidence))
    inputs = evidence_inputs(requests, evidence)
    assert inputs["demonstrations"] == {row.demonstration: record.digest}
    assert inputs["records"].keys() == record.runs.keys() and not requests.every_variant


@pytest.mark.parametrize(
    ("language", "images"),
    [
        pytest.param("zh", {"classes": TEN_CLASSES, "size": (26, 44), "train": 3}, id="ten"),
        pytest.param("en", {"classes": ("$a_b$", "汉字"), "size": (60, 34), "train": 3}, id="tall"),
    ],
)
def test_figures_hold_for_other_images(make_evidence, language, images):
    variants = tuple(VARIANTS[name] for name in VARIANTS_USED)
    study = make_evidence(seeds=1, epochs=1, dense=(8,), variants=variants, test=3, **images)
    for name in FIGURES:
        (result,) = render_styles(name, study, [Style(language, "light")])
        assert_tidy(result)
        assert "nan" not in result.drawing.title + result.drawing.caption + result.drawing.alt
