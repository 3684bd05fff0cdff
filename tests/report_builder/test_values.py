from __future__ import annotations

import re
from dataclasses import replace

from report_builder.results.tables import tables
from report_builder.results.values import values
from report_builder.text import LANGUAGES
from xo.variants import VARIANTS

from .conftest import with_losses


def test_values_say_what_the_records_hold(evidence):
    found = values(evidence)
    assert found["baseline.n"].text["en"] == "3"
    assert found["baseline.solved_share"].text["en"] == "67\u00a0% [21, 94]"
    assert found["baseline.solved"].text == {"zh": "3 个种子中的 2 个", "en": "2 of 3"}
    assert "n = 3 seeds, 95 % Wilson interval" in found["baseline.solved"].note["en"]
    assert found["data.train_images"].text["zh"] == "16"
    assert found["study.runs"].text["en"] == str(3 * len(VARIANTS))
    record = evidence.runs("baseline")[0]
    assert found["baseline.parameters"].text["en"] == f"{record.parameters:,}"
    assert found["baseline.seed"].text["en"] == "0"
    # three epochs: whether a seed would have solved the task by epoch 10 is not known, which is not 'none did'
    assert found["baseline.solved_by_10"].text["en"] == "—"
    assert "fewer than 10 epochs" in found["baseline.solved_by_10"].note["en"]


def test_a_value_of_a_block_sees_what_its_windows_and_steps_add_up_to(evidence):
    found = values(evidence)
    assert [found[f"features.field{k}"].text["en"] for k in (1, 2, 3)] == ["4", "10", "22"]
    assert [found[f"no-pooling.field{k}"].text["en"] for k in (1, 2)] == ["3", "5"]


def test_when_no_seed_solves_nothing_is_said_of_the_solved(make_evidence):
    found = values(make_evidence(solving=0, seeds=1, epochs=1))
    assert found["baseline.solved"].text["en"] == "0 of 1"
    for name in ("accuracy_solved", "escape_epoch"):
        assert found[f"baseline.{name}"] == (
            {"zh": "—", "en": "—"},
            {"zh": "没有种子学会", "en": "no seed solved the task"},
        )


def test_a_random_result_never_comes_without_n(evidence):
    for name, value in values(evidence).items():
        if name.rpartition(".")[2] in (
            "solved",
            "solved_share",
            "test_accuracy",
            "final_loss",
            "epoch_seconds",
            "peak_memory",
        ):
            assert all(re.search(r"n = \d+", value.note[language]) for language in LANGUAGES), name


def test_a_loss_that_diverged_is_the_largest_of_all(evidence):
    first, *others = evidence.runs("baseline")
    lost = with_losses(first, float("nan"))
    text, note = values(
        replace(evidence, records=evidence.records | {"baseline": (lost, *others)})
    )["baseline.final_loss"]
    assert (
        "nan" not in f"{text}{note}"
        and note["zh"].endswith("最大 发散")
        and note["en"].endswith("most diverged")
    )


def test_tables_have_a_row_per_variant_and_as_many_cells_as_columns(evidence):
    found = tables(evidence, values(evidence))
    for name, table in found.items():
        for language in LANGUAGES:
            assert (
                {len(row) for row in table.rows[language]}
                == {len(table.columns[language])}
                == {len(table.numbers)}
            ), name
    assert [row[0] for row in found["accuracy"].rows["en"]] == [
        variant.en for variant in VARIANTS.values()
    ]
    assert [row[0] for row in found["accuracy"].rows["zh"]] == [
        variant.zh for variant in VARIANTS.values()
    ]


def test_the_layers_add_up(evidence):
    rows = tables(evidence, values(evidence))["layers.baseline"].rows["en"]
    parameters = [int(row[2].replace(",", "")) for row in rows]
    assert sum(parameters[:-1]) == parameters[-1] == evidence.runs("baseline")[0].parameters


def test_the_data_table_counts_images(evidence):
    rows = tables(evidence, values(evidence))["data"].rows["en"]
    assert rows == [
        ["circles", "0", "8", "6"],
        ["crosses", "1", "8", "6"],
        ["Total", "", "16", "12"],
    ]
