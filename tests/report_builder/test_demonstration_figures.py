"""Figures, values and tables of demonstrations, and why one is not shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from report_builder.results.artefacts import drawings

from report_builder.build import not_shown
from report_builder.figures import table as figures
from report_builder.figures.toolkit.style import Style
from report_builder.results.demonstration_values import FACTS, TABLES
from report_builder.results.tables import tables
from report_builder.results.unavailable import unavailable
from report_builder.results.values import values
from xo.demonstrations.record import Reason
from xo.demonstrations.table import DEMONSTRATIONS
from xo.store.store import Store
from xo.variants import VARIANTS

from .figures.conftest import drawn  # noqa: F401 - a fixture
from .figures.rendering import assert_tidy, render

SHOWN = [name for name, row in figures.FIGURES.items() if row.demonstration]


@pytest.mark.parametrize(
    "choices",
    [
        pytest.param(
            dict(
                classes=tuple(f"class number {k}" for k in range(10)),
                size=(26, 44),
                train=3,
                test=3,
            ),
            id="ten classes of wide images",
        ),
        pytest.param(
            dict(classes=("$a_b$", "汉字"), size=(60, 34), train=3, test=2), id="tall images"
        ),
    ],
)
def test_figures_of_demonstrations_hold_for_other_images(make_evidence, tmp_path, choices):
    study = make_evidence(
        seeds=1,
        epochs=1,
        dense=(8,),
        variants=tuple(
            VARIANTS[name] for name in ("baseline", "features", "trained-pooling", "one-by-one")
        ),
        **choices,
    )
    for name in SHOWN:
        for language in ("zh", "en"):
            result = render(name, study, Style(language, "light"))
            assert_tidy(result)
            assert "nan" not in result.drawing.title + result.drawing.caption + result.drawing.alt


def test_every_demonstration_has_a_figure_and_every_figure_a_demonstration_that_there_is():
    assert {figures.FIGURES[name].demonstration for name in SHOWN} == set(DEMONSTRATIONS)
    assert {row.demonstration for row in TABLES.values()} <= set(DEMONSTRATIONS) and set(
        FACTS
    ) == set(DEMONSTRATIONS)


def test_every_fact_that_is_told_is_a_value_with_both_meanings_and_every_table_is_whole(evidence):
    found = values(evidence)
    assert found["windows.field_pool3"].text == {"zh": "22", "en": "22"}
    assert found["shifts.change_none_1"].note["en"].endswith("mean of n = 12 images")
    assert found["pooling.window"].text["en"].count(",") == 3
    for name in FACTS:
        for fact in FACTS[name]:
            assert (
                "{" not in found[f"{name}.{fact}"].note["zh"] + found[f"{name}.{fact}"].note["en"]
            )
    for name, row in TABLES.items():
        table = tables(evidence, found)[name]
        for language in ("zh", "en"):
            assert table.rows[language] and all(
                len(cells) == len(row.headings) for cells in table.rows[language]
            )


def test_figures_values_and_tables_rest_on_their_demonstration_and_on_no_other_run(
    evidence, tmp_path
):
    (drawing,) = drawings(evidence, ["mixing"], tmp_path)
    assert set(drawing.inputs["records"]) == {"one-by-one/0"}
    assert drawing.inputs["demonstrations"] == {"mixing": evidence.demonstrations["mixing"].digest}


def test_what_does_not_apply_or_has_not_been_computed_is_left_out_and_says_why(evidence):
    there = evidence.demonstrations["shifts"]
    told = replace(
        there, facts={}, unavailable=Reason("images too small to shift", {"side": 32, "shift": 8})
    )
    few = replace(evidence, demonstrations={"shifts": told})
    assert not set(SHOWN) & set(figures.names(few)) and not any(
        name.startswith("shifts.") for name in values(few)
    )
    why = not_shown(few, Store(Path("runs")))
    assert (
        why["figure shifts"]
        == why["table shifts"]
        == why["demonstration shifts"]
        == msgspec.to_builtins(unavailable(told.unavailable))
    )
    assert "--keep-weights" in why["figure sliding-window"]["en"]  # the made-up runs have none
    assert not not_shown(evidence, Store(Path("runs")))
