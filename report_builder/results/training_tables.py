"""The tables of how training goes: layers that died, sizes before training, and other settings of
training.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from report_builder.evidence.estimates import first_solved_epoch
from report_builder.evidence.fates import FATE_NAMES, FATES, count_fates, fate
from report_builder.evidence.fates import dead_layers as dead
from report_builder.evidence.study import Evidence
from report_builder.evidence.training_course import (
    Silence,
    assigned_variants,
    class_variants,
    first_silence,
    initialised_networks,
    training_settings,
    until,
)
from report_builder.results.fate_words import fates_in_words, goal_in_words
from report_builder.results.forms import TOTAL, Cell, Column, table
from report_builder.results.report import Table
from report_builder.text import Text, count, number, same
from xo.data.card import goal
from xo.runs.record import RunRecord

VARIANT = Column(Text("变体", "Variant"))
RUNS = Column(Text("训练次数", "Runs"), True)
INITIALISATIONS = {
    "pytorch": Text("PyTorch 默认", "PyTorch's default"),
    "kaiming": Text("Kaiming", "Kaiming"),
}


def dead_layers(evidence: Evidence) -> Table:
    """How many runs ended with a layer that is dead or silent, how these ended, which layer it was
    and what the largest batch loss was in the epoch in which it fell silent.
    """
    columns = [
        VARIANT,
        RUNS,
        Column(Text("末轮有一层全死", "Ended with a dead layer"), True),
        Column(Text("末轮有一层死去或无声", "Dead or silent"), True),
        Column(Text("这些训练的结局", "How these ended")),
        Column(Text("最先无声的层", "Layer that fell silent first")),
        Column(Text("在第几轮", "In epoch"), True),
        Column(Text("那一轮最大的批损失", "Largest batch loss then"), True),
    ]

    def row(name: Text, runs: Sequence[RunRecord], silences: Sequence[Silence]) -> list[Cell]:
        layers = Counter(silence.layer for silence in silences)
        return [
            name,
            count(len(runs)),
            count(sum(bool(dead(run)) for run in runs)),
            count(len(silences)),
            fates_in_words(count_fates(s.run for s in silences)) or same("—"),
            same(", ".join(f"{layer} ({k})" for layer, k in sorted(layers.items())) or "—"),
            _span([float(silence.epoch or 0) for silence in silences]),
            _span([s.largest_batch_loss for s in silences if s.largest_batch_loss is not None]),
        ]

    def rows() -> Iterator[list[Cell]]:
        all_runs: list[RunRecord] = []
        all_silences: list[Silence] = []
        for variant in assigned_variants(evidence.variants):
            runs = evidence.runs(variant.name)
            silences = [silence for run in runs if (silence := first_silence(run))]
            yield row(Text(variant.zh, variant.en), runs, silences)
            all_runs += runs
            all_silences += silences
        yield row(TOTAL, all_runs, all_silences)

    return table(columns, rows())


def _span(values: list[float]) -> str:
    """Least to most, or the one value there is."""
    if not values:
        return "—"
    ends = dict.fromkeys(
        f"{each:g}" if each == int(each) else number(each, 2) for each in (min(values), max(values))
    )
    return "–".join(ends)


def signal(evidence: Evidence) -> Table:
    """The median size of each layer's values before training, of networks that differ then."""
    variants = initialised_networks(class_variants(evidence.variants))
    medians = {
        variant.name: {
            layer.name: float(
                np.median([run.untrained[i].activation for run in evidence.runs(variant.name)])
            )
            for i, layer in enumerate(evidence.runs(variant.name)[0].untrained)
        }
        for variant in variants
    }
    names = sorted(
        {name for found in medians.values() for name in found},
        key=lambda name: (("conv", "dens", "logi").index(name[:4]), name),
    )
    columns = [VARIANT, Column(Text("种子数 n", "Seeds n"), True)]
    columns += [Column(same(name), True) for name in names]
    return table(
        columns,
        (
            [
                Text(variant.zh, variant.en),
                count(len(evidence.runs(variant.name))),
                *(
                    number(found[name], 2) if name in (found := medians[variant.name]) else "—"
                    for name in names
                ),
            ]
            for variant in variants
        ),
    )


def learning_rates(evidence: Evidence) -> Table:
    """How runs end at other learning rates and another initialization."""
    variants = training_settings(evidence.variants)
    runs = {variant.name: evidence.runs(variant.name) for variant in variants}
    trained = {name: len(found[0].epochs) for name, found in runs.items()}
    horizons = sorted(set(trained.values()))
    columns = [
        Column(Text("学习率", "Learning rate"), True),
        Column(Text("初始化", "Initialization")),
        RUNS,
        Column(Text("轮数", "Epochs"), True),
        *(Column(Text(f"第 {h} 轮学会", f"Solved at epoch {h}"), True) for h in horizons),
        *(Column(FATE_NAMES[each], True) for each in FATES if each != "solved"),
        Column(
            Text("首次达到 {level} 的轮次", "First epoch at {level}").format(
                level=goal_in_words(goal(evidence.data))
            ),
            True,
        ),
    ]

    def rows() -> Iterator[list[Cell]]:
        for variant in variants:
            found, epochs = runs[variant.name], trained[variant.name]
            counts = count_fates(found)
            first = float(np.median(first_solved_epoch(found)))
            yield [
                f"{variant.lr:g}",
                INITIALISATIONS[variant.initialisation],
                count(len(found)),
                count(epochs),
                *(
                    count(sum(fate(until(run, h)) == "solved" for run in found))
                    if h <= epochs
                    else "—"
                    for h in horizons
                ),
                *(count(counts[each]) for each in FATES if each != "solved"),
                f"{first:g}" if np.isfinite(first) else f">{epochs}",
            ]

    return table(columns, rows())


class TrainingTable(NamedTuple):
    """A table of all runs with right labels."""

    make: Callable[[Evidence], Table]
    settings: bool = False  # whether it compares settings of training: it takes two of them


TRAINING_TABLES = {
    "dead-layers": TrainingTable(dead_layers),
    "signal": TrainingTable(signal),
    "learning-rates": TrainingTable(learning_rates, settings=True),
}
