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
    "never left chance": Text("从未离开瞎猜", "never left chance"),
}
LEFT_CHANCE = 0.9  # of the loss of guessing: a training loss below it has left chance
AT_CHANCE = 0.99  # of the loss of guessing: a training loss above it is back at chance


def chance_loss(run: RunRecord) -> float:
    """The cross-entropy, in nats, of knowing only how frequent the classes are in training:
    ln k for k equally frequent ones.
    """
    return entropy(run.label_counts)


def chance_accuracy(run: RunRecord) -> float:
    """0..1, the test accuracy of always answering the class that is most frequent in training."""
    counts = np.array(run.confusion).sum(1)
    return float(counts[int(np.argmax(run.label_counts))] / counts.sum())


def left_chance_epoch(run: RunRecord) -> int | None:
    """The first epoch, from 1, after which the loss on training images was below LEFT_CHANCE times
    that of guessing; None where there is none.
    """
    level = LEFT_CHANCE * chance_loss(run)
    return next((each.epoch for each in run.epochs if each.sample_loss < level), None)


def collapse_epoch(run: RunRecord) -> int | None:
    """The epoch, from 1, in which a collapsed run fell back to chance; None for another fate."""
    if fate(run) != "collapsed":
        return None
    level = AT_CHANCE * chance_loss(run)
    off_chance = [each.epoch for each in run.epochs if each.sample_loss < level]
    return off_chance[-1] + 1


def fate(run: RunRecord) -> Fate:
    """How a run ended.

    *Solved*: its last test accuracy is at least SOLVED. *Collapsed*: its loss on training images
    had left chance and is back there at the end. *Never left chance*: that loss never fell below
    LEFT_CHANCE of guessing's, and is near guessing's at the end. *Unsettled*: anything else.
    """
    if run.solved:
        return "solved"
    back = not run.epochs[-1].sample_loss < AT_CHANCE * chance_loss(run)  # true for NaN as well
    if not back:
        return "unsettled"
    return "never left chance" if left_chance_epoch(run) is None else "collapsed"


def dead_layers(run: RunRecord, epoch: int = -1) -> tuple[str, ...]:
    """The layers of which no channel or unit responded to any of the sampled training images after
    an epoch: behind such a layer every image looks the same.
    """
    return tuple(layer.name for layer in run.epochs[epoch].layers if layer.alive == 0)


def count_fates(runs: Iterable[RunRecord]) -> dict[Fate, int]:
    """How many of the runs ended in each way, in the order of FATES, zeros included."""
    counts = Counter(map(fate, runs))
    return {each: counts[each] for each in FATES}
