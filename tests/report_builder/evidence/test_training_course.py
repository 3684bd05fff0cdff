"""The course of training: epochs that print the loss of guessing, layers that fall silent, variants
that differ in the settings of training alone.
"""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from report_builder.evidence.fates import fate
from report_builder.evidence.training_course import (
    assigned_runs,
    assigned_variants,
    chance_printed,
    class_variants,
    compares_settings,
    epoch_ends,
    first_silence,
    initialised_networks,
    prints_chance,
    training_settings,
    until,
)
from xo.network.measurements import LayerState
from xo.variants import VARIANTS

BASELINE = VARIANTS["baseline"]


def run(batch_loss: list[list[float]] | None = None, counts=(850, 850), **fields):
    """A run of which only these fields are known."""
    arrays = {"batch_loss": np.array(batch_loss or [[0.6931] * 20])}
    return SimpleNamespace(array=arrays.__getitem__, label_counts=counts, **fields)


# Losses that print as those of guessing


def test_an_epoch_prints_the_loss_of_guessing_if_all_its_rows_do():
    at_chance, below = [0.6931] * 10, [0.68] * 10
    found = prints_chance(run([at_chance * 2, at_chance + below, below * 2]))
    assert found.tolist() == [True, False, False]


def test_what_guessing_prints_depends_on_the_classes():
    assert chance_printed(run()) == "0.069"
    assert chance_printed(run(counts=(300, 1700))) == "0.042"
    assert chance_printed(run(counts=(5, 5, 5))) == "0.110"
    assert prints_chance(run([[1.0986] * 10], counts=(5, 5, 5))).tolist() == [True]


def test_an_epoch_that_prints_no_row_does_not_print_the_loss_of_guessing():
    assert prints_chance(run([[0.6931] * 9])).tolist() == [False]


@pytest.mark.parametrize(("accuracy", "better"), [(0.5, False), (0.55, False), (0.6, True)])
def test_an_accuracy_is_better_than_guessing_if_its_interval_lies_above(accuracy, better):
    epoch = SimpleNamespace(epoch=1, test_loss=0.69, test_accuracy=accuracy)
    images = {"test_ids": ["image"] * 300, "confusion": ((150, 0), (150, 0))}
    (end,) = epoch_ends([run(epochs=[epoch], **images)])
    assert end.prints_chance and end.better_than_guessing is better


# Layers that fell silent


def with_layers(*sizes: tuple[float, float]) -> SimpleNamespace:
    """A run whose layers conv1 and conv2 have these sizes, first before training, then by epoch."""
    states = [
        (
            LayerState("conv1", 1.0, first, 0.1),
            LayerState("conv2", 1.0, second, 0.1),
            LayerState("logits", None, 0.0, 0.0),
        )
        for first, second in sizes
    ]
    epochs = [
        SimpleNamespace(layers=layers, largest_batch_loss=float(e))
        for e, layers in enumerate(states[1:], 1)
    ]
    return SimpleNamespace(untrained=states[0], epochs=epochs)


@pytest.mark.parametrize(
    ("sizes", "layer", "epoch", "loss"),
    [
        pytest.param([(1, 1), (1, 0), (1, 0)], "conv2", 1, 1.0, id="dead from epoch 1 on"),
        pytest.param([(1, 1), (1, 0), (1, 1), (1, 0)], "conv2", 3, 3.0, id="back once, dead again"),
        pytest.param([(1, 1), (1, 1), (1, 0.01)], "conv2", 2, 2.0, id="a hundredth is silent"),
        pytest.param([(1, 1), (1, 0), (0, 0)], "conv2", 1, 1.0, id="the one that was first"),
        pytest.param([(1, 1), (0, 0)], "conv1", 1, 1.0, id="of two the one nearer to the image"),
        pytest.param([(1, 0), (1, 0)], "conv2", None, None, id="before training"),
    ],
)
def test_the_layer_that_fell_silent_first_and_stayed_so(sizes, layer, epoch, loss):
    silence = first_silence(with_layers(*sizes))
    assert silence[1:] == (layer, epoch, loss)


@pytest.mark.parametrize("sizes", [[(1, 1), (1, 0), (1, 1)], [(1, 1), (1, 0.02)], [(1, 0), (1, 1)]])
def test_a_layer_that_passes_something_on_at_the_end_is_not_silent(sizes):
    assert first_silence(with_layers(*sizes)) is None


# Variants and runs


def test_settings_are_those_of_the_same_network_sorted_by_initialisation_and_rate():
    slow = replace(BASELINE, name="slow", lr=0.01, epochs=20, parameters=0)
    kaiming = replace(BASELINE, name="k", zh="k", initialisation="kaiming")
    others = [
        replace(BASELINE, name="wide", channels=(15, 5), lr=0.01),
        replace(BASELINE, name="batches", batch_size=32),
        VARIANTS["three-conv-wrong-folder"],
    ]
    found = training_settings([kaiming, slow, *others, BASELINE])
    assert [each.name for each in found] == ["baseline", "slow", "k"]
    assert compares_settings([slow, BASELINE]) and not compares_settings([BASELINE, *others])


def test_the_reference_is_the_studys_own_row():
    short = [replace(BASELINE, dense=(8,), epochs=2), replace(BASELINE, name="s", dense=(8,), lr=1)]
    assert [each.name for each in training_settings(short)] == ["s", "baseline"]


def test_networks_differ_before_training_unless_only_rate_epochs_or_labels_do():
    slow, split = replace(BASELINE, name="slow", lr=0.01), replace(BASELINE, labels="split")
    kaiming = replace(BASELINE, name="kaiming", initialisation="kaiming")
    found = initialised_networks([BASELINE, slow, split, kaiming, VARIANTS["three-conv"]])
    assert [each.name for each in found] == ["baseline", "kaiming", "three-conv"]


def test_the_assigned_runs_have_its_labels_and_settings_or_where_none_has_all_are(evidence):
    slow, split = replace(BASELINE, name="slow", lr=0.01), VARIANTS["three-conv-wrong-folder"]
    assert class_variants([BASELINE, slow, split]) == (BASELINE, slow)
    assert assigned_variants([slow, BASELINE, split]) == (BASELINE,)
    assert assigned_variants([slow, split]) == (slow,)
    assert class_variants([split]) == assigned_variants([split]) == (split,)
    assert {(run.settings.labels, run.settings.lr) for run in assigned_runs(evidence)} == {
        ("class", 0.1)
    }


def test_a_run_as_it_stood_after_an_epoch(evidence):
    run = evidence.runs("baseline")[0]
    assert [fate(until(run, epoch)) for epoch in (1, 3)] == ["unsettled", "solved"]
    assert until(run, 2).test_accuracy == run.epochs[1].test_accuracy
