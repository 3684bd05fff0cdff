"""How a run ended: a rule over what its record holds, the same for every variant and data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np

from report_builder.evidence.estimates import entropy
from report_builder.text import Text
from xo.runs.record import RunRecord

Fate = Literal["solved", "unsettled", "collapsed", "never left chance"]
FATES: tuple[Fate, ...] = get_args(Fate)  # from best to worst, as figures and tables list them
FATE_NAMES: dict[Fate, Text] = {
    "solved": Text("学会", "solved"),
    "unsettled": Text("未定", "unsettled"),
    "collapsed": Text("崩溃", "collapsed"),
    "never left chance": Text("从未离开随机猜测", "never left chance"),
}
LEFT_CHANCE = 0.98  # of the loss of guessing: a training loss below it has left chance
THROWN_OFF = 2  # times the loss of guessing: a batch with a larger loss has left it as well
SILENT = 0.01  # of the size of its values before training: below it a layer has fallen silent


def chance_loss(run: RunRecord) -> float:
    """The cross-entropy, in nats, of knowing only how frequent the classes are in training:
    ln k for k equally frequent ones.
    """
    return entropy(run.label_counts)


def chance_accuracy(run: RunRecord) -> float:
    """0..1, the test accuracy of always answering the class that is most frequent in training."""
    counts = np.array(run.confusion).sum(1)
    return float(counts[int(np.argmax(run.label_counts))] / counts.sum())


def off_chance(run: RunRecord) -> tuple[bool, ...]:
    """Of each epoch, whether the loss on training images after it was below LEFT_CHANCE times that
    of guessing; not where it is not a number.
    """
    level = LEFT_CHANCE * chance_loss(run)
    return tuple(epoch.sample_loss < level for epoch in run.epochs)


def left_chance_epoch(run: RunRecord) -> int | None:
    """The first epoch, from 1, that ended off chance; None where there is none."""
    return next((epoch for epoch, off in enumerate(off_chance(run), 1) if off), None)


def thrown_off_epoch(run: RunRecord) -> int | None:
    """The first epoch, from 1, with a batch whose loss was above THROWN_OFF times that of guessing,
    or not a number; None where there is none.
    """
    level = THROWN_OFF * chance_loss(run)
    return next((each.epoch for each in run.epochs if not each.largest_batch_loss <= level), None)


def collapse_epoch(run: RunRecord) -> int | None:
    """The epoch, from 1, in which a collapsed run fell back to chance; None for another fate."""
    if fate(run) != "collapsed":
        return None
    off = [epoch for epoch, is_off in enumerate(off_chance(run), 1) if is_off]
    return off[-1] + 1 if off else thrown_off_epoch(run)


def silent_layers(run: RunRecord, epoch: int = -1) -> tuple[str, ...]:
    """The layers that no sampled training image excites any more after an epoch, or next to none:
    their values are below SILENT times as large as before training. Behind such a layer all images
    look alike.
    """
    return tuple(
        layer.name
        for before, layer in zip(run.untrained, run.epochs[epoch].layers)
        if layer.alive is not None and not layer.activation > SILENT * before.activation
    )


def dead_layers(run: RunRecord, epoch: int = -1) -> tuple[str, ...]:
    """The layers of which no channel or unit responds to any sampled training image after an epoch:
    no gradient reaches what lies before them.
    """
    return tuple(layer.name for layer in run.epochs[epoch].layers if layer.alive == 0)


def fate(run: RunRecord) -> Fate:
    """How a run ended.

    *Solved*: its last test accuracy is at least the goal. *Never left chance*: no epoch ended off
    chance, and no batch threw it off. *Collapsed*: it had left chance, the last epoch did not end
    off it, and a layer has fallen silent. *Unsettled*: anything else.
    """
    if run.solved:
        return "solved"
    if left_chance_epoch(run) is None and thrown_off_epoch(run) is None:
        return "never left chance"
    return "collapsed" if not off_chance(run)[-1] and silent_layers(run) else "unsettled"


def count_fates(runs: Iterable[RunRecord]) -> dict[Fate, int]:
    """How many of the runs ended in each way, in the order of FATES, zeros included."""
    counts = Counter(map(fate, runs))
    return {each: counts[each] for each in FATES}
