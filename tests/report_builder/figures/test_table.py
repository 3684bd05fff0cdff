"""Names of figures, and the code behind them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from report_builder.figures import table
from xo.errors import InputError
from xo.store.source_digest import ROOT, Source
from xo.variants import VARIANTS

from .rendering import EN


def test_names_lists_what_can_be_drawn(evidence):
    names = table.names(evidence)
    assert len(names) == len(set(names))
    assert {name.partition(".")[0] for name in names} == set(table.FIGURES)
    assert {f"loss.{variant}" for variant in VARIANTS} <= set(names)
    assert "maps3.features" in names and "maps3.baseline" not in names
    assert table.names(replace(evidence, rows=())) == []


@pytest.mark.parametrize(
    "name", ["", "los.baseline", "loss", "loss.nothing", "maps3.baseline", "samples.baseline"]
)
def test_an_unknown_figure_is_answered_with_the_known_ones(evidence, name):
    with pytest.raises(InputError) as error:
        table.draw(name, evidence, EN)
    message = str(error.value)
    assert repr(name) in message and "\n" not in message
    assert all(known in message for known in [*table.FIGURES, "three-conv"])


def test_the_code_of_a_figure_can_be_followed():
    for row in table.FIGURES.values():
        reached = Source().reach(*table.code_of(row))
        assert set(table.code_of(row)) <= reached.keys()
        assert "report_builder.figures.toolkit.layout:sheet" in reached


def test_importing_the_table_imports_neither_torch_nor_matplotlib():
    code = (
        "import report_builder.figures.table, sys; "
        "print({'torch', 'matplotlib', 'PIL'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"
