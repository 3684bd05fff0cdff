"""Single numbers on how training goes, over all runs with right labels and the original's settings:
`training.fates.collapsed`, `training.printed_chance.most`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from report_builder.evidence.estimates import spread
from report_builder.evidence.fates import (
    FATE_NAMES,
    FATES,
    Fate,
    dead_layers,
    fate,
)
from report_builder.evidence.study import Evidence
from report_builder.evidence.training_course import (
    EpochEnd,
    assigned_runs,
    assigned_variants,
    chance_printed,
    epoch_ends,
    first_silence,
)
from report_builder.results.fate_words import FATE_VALUES
from report_builder.results.forms import dash, plain
from report_builder.results.report import Value
from report_builder.text import Text, count, number, percent, plural, same
from xo.runs.record import RunRecord

Values = dict[str, Value]

NONE = dash("没有这样的训练", "there is no such run")


def training_values(evidence: Evidence) -> Values:
    """Fates, dead layers, and the epochs that print the loss of guessing."""
    runs = assigned_runs(evidence)
    fates = list(map(fate, runs))
    return {
        "training.runs": plain(count(len(runs))),
        **{
            f"training.fates.{FATE_VALUES[each]}": _out_of(fates.count(each), len(runs))
            for each in FATES
        },
        **_dead(runs, fates),
        **_printed_chance(runs),
        **_signal(evidence, runs),
    }


def _out_of(k: int, n: int) -> Value:
    return Value(
        Text(f"{n} 次中的 {k} 次", f"{k} of {n}"),
        Text(f"n = {n} 次训练", f"n = {plural(n, 'run')}"),
    )


def _dead(runs: tuple[RunRecord, ...], fates: list[Fate]) -> Values:
    """Layers that are dead or silent at the end, of all runs and of the collapsed ones."""
    collapsed = [run for run, ended in zip(runs, fates) if ended == "collapsed"]
    silences = list(map(first_silence, runs))
    losses = [
        silence.largest_batch_loss
        for silence, ended in zip(silences, fates)
        if silence and ended == "collapsed" and silence.largest_batch_loss is not None
    ]
    found = {
        "training.dead": _out_of(sum(bool(dead_layers(run)) for run in runs), len(runs)),
        "training.dead_of_collapsed": _out_of(
            sum(bool(dead_layers(run)) for run in collapsed), len(collapsed)
        ),
        "training.silent": _out_of(sum(map(bool, silences)), len(runs)),
    }
    note = Text(
        f"nat，有一层无声的那一轮最大的批损失，n = {len(losses)} 次崩溃的训练",
        f"nats, the largest batch loss of the epoch in which a layer fell silent, n = {len(losses)}"
        " collapsed runs",
    )
    return found | _span("training.silence_loss", losses, lambda loss: number(loss, 2), note)


def _span(
    prefix: str, values: list[float], write: Callable[[float], str], note: Text
) -> dict[str, Value]:
    """Least, median and most of the values."""
    if not values:
        return dict.fromkeys((f"{prefix}.{name}" for name in ("least", "median", "most")), NONE)
    middle, low, high, _ = spread(np.array(values))
    return {
        f"{prefix}.{name}": Value(same(write(value)), note)
        for name, value in (("least", low), ("median", middle), ("most", high))
    }


def _printed_chance(runs: tuple[RunRecord, ...]) -> Values:
    """Of the epochs that print nothing but the loss of guessing: how right the network is after."""
    ends = [end for end in epoch_ends(runs) if end.prints_chance]
    prefix = "training.printed_chance"
    found = {
        f"{prefix}.row": plain(chance_printed(runs[0])),
        f"{prefix}.epochs": Value(same(count(len(ends))), _of_runs(ends)),
        f"{prefix}.better": Value(
            same(count(sum(end.better_than_guessing for end in ends))),
            Text(
                "准确率的 95 % 区间（Wilson）在随机猜测之上的轮次",
                "epochs whose 95 % interval of accuracy (Wilson) lies above that of guessing",
            ),
        ),
        f"{prefix}.runs_better": _out_of(
            len({end.run.name for end in ends if end.better_than_guessing}),
            len({end.run.name for end in ends}),
        ),
    }
    return found | _span(prefix, [end.accuracy for end in ends], percent, _of_runs(ends))


def _signal(evidence: Evidence, runs: tuple[RunRecord, ...]) -> Values:
    """Sizes before training: of the first network's first and last hidden layer, and the smallest
    of all.
    """
    variant = assigned_variants(evidence.variants)[0]
    own = evidence.runs(variant.name)
    hidden = [[layer for layer in run.untrained if layer.alive is not None] for run in own]
    found = {}
    for key, place in (("first", 0), ("last", -1)):
        for what, zh, en in (
            ("activation", "各值大小的平均", "mean size of the values"),
            ("gradient", "权重梯度的均方根", "root mean square of the weights' gradients"),
        ):
            sizes = np.array([getattr(layers[place], what) for layers in hidden])
            layer = hidden[0][place].name
            note = Text(
                f"“{variant.zh}”的 {layer}，训练之前{zh}，n = {len(own)} 个种子的中位数",
                f"{layer} of “{variant.en}” before training: {en}, median of n = "
                f"{plural(len(own), 'seed')}",
            )
            found[f"training.{what}.{key}"] = Value(same(number(float(np.median(sizes)), 2)), note)
    size, run, layer = min(
        ((layer.activation, run, layer.name) for run in runs for layer in run.untrained),
        key=lambda each: each[0],
    )
    row = evidence.variant(run.variant)
    note = Text(
        f"“{row.zh}”种子 {run.seed} 的 {layer}，{FATE_NAMES[fate(run)].zh}",
        f"{layer} of “{row.en}”, seed {run.seed}: {FATE_NAMES[fate(run)].en}",
    )
    return found | {"training.activation.least": Value(same(number(size, 2)), note)}


def _of_runs(ends: list[EpochEnd]) -> Text:
    runs = len({end.run.name for end in ends})
    return Text(f"{len(ends)} 轮，{runs} 次训练", f"{len(ends)} epochs of {runs} runs")
