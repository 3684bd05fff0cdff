"""How a run ended follows from its losses and its last accuracy alone."""

from __future__ import annotations

from math import inf, log, nan
from types import SimpleNamespace

import pytest

from report_builder.evidence.fates import (
    FATE_NAMES,
    FATES,
    chance_accuracy,
    chance_loss,
    collapse_epoch,
    count_fates,
    dead_layers,
    fate,
    left_chance_epoch,
    silent_layers,
    thrown_off_epoch,
)
from xo.data.card import SOLVED
from xo.network.measurements import LayerState

TWO, THREE, UNEVEN = (850, 850), (500, 500, 500), (300, 1700)
LOSS = {TWO: log(2), THREE: log(3), UNEVEN: 0.4227}  # of guessing, in nats


def layers(activation: float = 1.0) -> tuple[LayerState, ...]:
    """Two layers, the second with values of this size; the outputs have no units."""
    return (
        LayerState("conv1", 1.0, 1.0, 0.1),
        LayerState("conv2", float(activation > 0), activation, 0.1),
        LayerState("logits", None, 0.0, 0.1),
    )


def run(
    losses: list[float],
    accuracy: float = 0.5,
    counts: tuple[int, ...] = TWO,
    activation: float = 0.0,
    **fields,
):
    """A run with this loss on the sample after each epoch, the largest of its batches as well, and
    this last test accuracy; conv2 ends with values of the size `activation`, 1 before training.
    """
    epochs = [
        SimpleNamespace(epoch=e, sample_loss=x, largest_batch_loss=x, layers=())
        for e, x in enumerate(losses, 1)
    ]
    epochs[-1].layers = layers(activation)
    return SimpleNamespace(
        epochs=epochs,
        untrained=layers(),
        label_counts=counts,
        solved=accuracy >= SOLVED,
        **fields,
    )


def course(*shares: float, counts: tuple[int, ...] = TWO) -> list[float]:
    """Losses as shares of that of guessing."""
    return [share * LOSS[counts] for share in shares]


@pytest.mark.parametrize("counts", [TWO, THREE, UNEVEN])
@pytest.mark.parametrize(
    ("shares", "accuracy", "expected", "left", "fell_back"),
    [
        ((1, 0.5, 0.01), 0.99, "solved", 2, None),
        ((1, 0.5, 0.3), 0.9, "unsettled", 2, None),
        ((1, 1, 0.95), 0.6, "unsettled", 3, None),  # on its way
        ((1, 0.05, 1, 1), 0.5, "collapsed", 2, 3),
        ((1, 0.5, 1.7), 0.5, "collapsed", 2, 3),  # beyond chance
        ((0.5, 1, 0.5, 1), 0.5, "collapsed", 1, 4),  # for good in the last
        ((1, 1, 1.0002), 0.5, "never left chance", None, None),
        ((1.9, 1, 0.995), 0.5, "never left chance", None, None),
        ((1, 2.5, 0.995), 0.5, "collapsed", None, 2),  # thrown off by a batch
        ((1,), 0.5, "never left chance", None, None),
    ],
)
def test_a_fate_is_judged_by_the_loss_of_guessing_among_these_classes(
    counts, shares, accuracy, expected, left, fell_back
):
    found = run(course(*shares, counts=counts), accuracy, counts)
    assert (fate(found), left_chance_epoch(found), collapse_epoch(found)) == (
        expected,
        left,
        fell_back,
    )


def test_the_loss_of_guessing_knows_the_shares_of_the_classes():
    for counts, loss in LOSS.items():
        assert chance_loss(run([1.0], counts=counts)) == pytest.approx(loss, abs=1e-4)


def test_among_three_classes_ln_2_is_no_guessing():
    assert fate(run([log(2)] * 3, counts=THREE)) == "unsettled"
    assert fate(run([log(2)] * 3)) == "never left chance"


def test_among_uneven_classes_the_accuracy_of_always_answering_the_largest_is_no_success():
    found = run([0.4227] * 3, 0.85, UNEVEN, confusion=((0, 45), (0, 255)))
    assert fate(found) == "never left chance"
    assert chance_accuracy(found) == pytest.approx(0.85)
    swapped = run([0.4227] * 3, 0.5, (1700, 300), confusion=((150, 0), (150, 0)))
    assert chance_accuracy(swapped) == 0.5  # of the test images, which are even


@pytest.mark.parametrize("lost", [nan, inf])
def test_a_loss_that_is_no_number_is_no_better_than_guessing(lost):
    diverged = run([0.6, 0.1, lost, lost])
    assert (fate(diverged), collapse_epoch(diverged)) == ("collapsed", 3)
    at_once = run([lost, lost])
    assert (fate(at_once), collapse_epoch(at_once)) == ("collapsed", 1)


def test_a_run_that_got_97_percent_right_and_then_fell_has_collapsed():
    # the loss of channels-11 seed 0, which got 97.3 % right after epoch 4
    found = run([0.69, 0.61, 0.25, 0.08, 0.6932, 0.6931, 0.6931, 0.6931, 0.6931, 0.6931])
    assert fate(found) == "collapsed"
    assert (left_chance_epoch(found), collapse_epoch(found)) == (2, 5)


@pytest.mark.parametrize(
    ("shares", "epoch"),
    [
        ((1, 1.9, 0.1), None),
        ((1, 2.5, 3), 2),  # the first of them
        ((1, nan), 2),
        ((inf, 1), 1),
        ((2, 1), None),  # twice the loss of guessing is not above it
    ],
)
@pytest.mark.parametrize("counts", [TWO, THREE])
def test_a_batch_throws_a_run_off_by_more_than_twice_the_loss_of_guessing(shares, epoch, counts):
    level = chance_loss(run([1.0], counts=counts))
    assert thrown_off_epoch(run([share * level for share in shares], counts=counts)) == epoch


def test_the_last_accuracy_alone_decides_whether_a_run_solved_its_task():
    assert fate(run([0.69, 0.01, 0.02], SOLVED)) == "solved"
    assert fate(run([0.69, 0.01, 0.02], SOLVED - 1 / 300)) == "unsettled"


@pytest.mark.parametrize(
    ("activation", "expected", "silent", "dead"),
    [
        (0.0, "collapsed", ("conv2",), ("conv2",)),
        (0.009, "collapsed", ("conv2",), ()),
        (nan, "collapsed", ("conv2",), ("conv2",)),
        (0.02, "unsettled", (), ()),
    ],
)
def test_a_run_that_is_back_at_chance_has_collapsed_only_if_a_layer_fell_silent(
    activation, expected, silent, dead
):
    found = run(course(1, 0.05, 1), activation=activation)
    assert (fate(found), silent_layers(found), dead_layers(found)) == (expected, silent, dead)
    assert dead_layers(found, 0) == ()


def test_every_fate_is_counted_also_those_that_no_run_met():
    collapsed, solved = run([0.1, 0.7]), run([0.1], 1.0)
    assert count_fates([collapsed, solved, collapsed]) == {
        "solved": 1,
        "unsettled": 0,
        "collapsed": 2,
        "never left chance": 0,
    }
    assert tuple(count_fates([])) == FATES == tuple(FATE_NAMES)
