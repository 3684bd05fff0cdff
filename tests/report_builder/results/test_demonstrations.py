"""Values and tables of demonstrations."""

from __future__ import annotations

from report_builder.results.demonstration_tables import DEMONSTRATION_TABLES
from report_builder.results.demonstration_values import QUOTED_FACTS
from report_builder.results.tables import tables
from report_builder.results.values import values
from report_builder.text import same
from xo.demonstrations.table import DEMONSTRATIONS


def test_every_demonstration_has_values_and_every_table_a_demonstration():
    assert set(QUOTED_FACTS) == set(DEMONSTRATIONS)
    assert {row.demonstration for row in DEMONSTRATION_TABLES.values()} <= set(DEMONSTRATIONS)


def test_every_quoted_fact_is_a_value_with_a_note_in_both_languages(evidence):
    found = values(evidence)
    assert found["windows.field_pool3"].text == same("22")
    assert found["shifts.change_none_1"].note.en.endswith("mean of n = 12 images")
    assert found["pooling.window"].text.en.count(",") == 3
    for name, facts in QUOTED_FACTS.items():
        for fact in facts:
            note = found[f"{name}.{fact}"].note
            assert bool(note.zh) == bool(note.en) and "{" not in note.zh + note.en


def test_every_table_of_a_demonstration_has_rows(evidence):
    found = {name: table for name, table, _ in tables(evidence, values(evidence))}
    assert all(found[name].rows for name in DEMONSTRATION_TABLES)
