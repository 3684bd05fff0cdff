"""Values and tables of how training goes."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from report_builder.evidence.training_course import assigned_runs
from report_builder.results.tables import tables
from report_builder.results.training_tables import dead_layers, learning_rates, signal
from report_builder.results.training_values import training_values
from report_builder.results.values import values
from tests.report_builder.made_up_study import with_fate, with_settings
from xo.variants import VARIANTS


def english(table) -> list[list[str]]:
    return [[cell.en for cell in row] for row in table.rows]


@pytest.fixture(scope="module")
def study(make_evidence):
    """The baseline alone: a solved run, one that collapsed and died, one that was always dead."""
    evidence = make_evidence(variants=(VARIANTS["baseline"],))
    solved, other, failed = evidence.runs("baseline")
    losses = with_fate(other, "collapsed").epochs
    layers = (*(epoch.layers for epoch in other.epochs[:-1]), failed.epochs[-1].layers)
    *epochs, last = (
        msgspec.structs.replace(epoch, layers=each) for epoch, each in zip(losses, layers)
    )
    last = msgspec.structs.replace(last, largest_batch_loss=18.8)
    died = msgspec.structs.replace(other, epochs=(*epochs, last))
    return replace(evidence, records={"baseline": (solved, died, failed)})


def test_dead_layers_are_counted_with_how_their_runs_ended(study):
    row, total = english(dead_layers(study))
    loss = study.runs("baseline")[2].epochs[-1].largest_batch_loss
    assert row[:4] == ["Baseline", "3", "2", "2"]
    assert row[4] == "1 collapsed, 1 never left chance"
    assert row[5:] == ["conv2 (2)", "3", f"{loss:.2f}–19"]
    assert total[1:] == row[1:] and total[0] == "Total"


def test_a_variant_without_dead_layers_shows_dashes(study):
    alone = replace(study, records={"baseline": study.runs("baseline")[:1]})
    assert english(dead_layers(alone))[0] == ["Baseline", "1", "0", "0", "—", "—", "—", "—"]


def test_values_count_fates_deaths_and_epochs_that_print_guessing(study):
    found = training_values(study)
    text = {name.removeprefix("training."): value.text.en for name, value in found.items()}
    assert text["runs"] == "3"
    counts = ("solved", "unsettled", "collapsed", "never-left")
    assert [text[f"fates.{each}"] for each in counts] == ["1 of 3", "0 of 3", "1 of 3", "1 of 3"]
    assert (text["dead_of_collapsed"], text["dead"], text["silent"]) == (
        "1 of 1",
        "2 of 3",
        "2 of 3",
    )
    assert text["silence_loss.median"] == "19"
    assert text["printed_chance.epochs"] == "0"  # too few batches to print a row
    assert text["printed_chance.most"] == "—" and found["training.printed_chance.most"].note
    assert (text["activation.first"], text["activation.last"]) == ("1.1", "0.14")


def test_values_without_a_collapse_say_so(evidence):
    found = training_values(evidence)
    assert found["training.silence_loss.most"].text.en == "—"
    assert found["training.dead_of_collapsed"].text.en == "0 of 0"
    assert found["training.runs"].text.en == str(len(assigned_runs(evidence)))
    assert set(found) <= set(values(evidence))


def test_sizes_before_training_have_a_dash_where_a_network_lacks_the_layer(evidence):
    table = signal(evidence)
    assert [column.en for column in table.columns][2:] == [
        *("conv1", "conv2", "conv3", "dense1", "dense2", "logits")
    ]
    baseline, three = english(table)[:2]
    assert baseline[4] == "—" and three[4] != "—"


def test_settings_are_compared_by_rate_and_initialisation(make_evidence):
    evidence = with_settings(make_evidence)
    table = learning_rates(evidence)
    assert [column.en for column in table.columns][4:6] == [
        "Solved at epoch 2",
        "Solved at epoch 3",
    ]
    rows = english(table)
    assert [row[:3] for row in rows] == [
        ["0.1", "PyTorch's default", "3"],
        ["0.01", "PyTorch's default", "3"],
        ["0.1", "Kaiming", "3"],
    ]
    assert [row[3:6] for row in rows] == [["2", "0", "—"], ["3", "0", "2"], ["3", "0", "2"]]
    assert [row[-1] for row in rows] == [">2", "3", "3"]
    found = [name for name, _, _ in tables(evidence, values(evidence))]
    assert "learning-rates" in found and "dead-layers" in found


def test_a_study_of_one_setting_has_no_table_of_settings(study):
    assert "learning-rates" not in [name for name, _, _ in tables(study, values(study))]
