"""The course of training, run by run: which epochs print the loss of guessing, when a layer fell
silent, and which variants differ in nothing but the settings of training.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import msgspec
import numpy as np

from report_builder.evidence.estimates import printed, share
from report_builder.evidence.fates import SILENT, chance_accuracy, chance_loss
from report_builder.evidence.study import Evidence
from xo.runs.record import RunRecord
from xo.variants import VARIANTS, Variant

REFERENCE = "baseline"  # whose settings of training the others are compared with


def class_variants(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """Those that learn the classes, or all where each learns the split."""
    return tuple(variant for variant in variants if variant.labels == "class") or tuple(variants)


def assigned_variants(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """The `class_variants` that are trained at the original's learning rate from its
    initialization, or all of these where there is none.
    """
    reference = VARIANTS[REFERENCE]
    found = class_variants(variants)
    assigned = (
        variant
        for variant in found
        if (variant.lr, variant.initialisation) == (reference.lr, reference.initialisation)
    )
    return tuple(assigned) or found


def assigned_runs(evidence: Evidence) -> tuple[RunRecord, ...]:
    """All runs of the `assigned_variants`, in the order of variants and seeds."""
    variants = assigned_variants(evidence.variants)
    return tuple(run for variant in variants for run in evidence.runs(variant.name))


def until(run: RunRecord, epoch: int) -> RunRecord:
    """The run as it stood after an epoch, counted from 1."""
    return msgspec.structs.replace(run, epochs=run.epochs[:epoch])


# Losses that print as those of guessing


def chance_printed(run: RunRecord) -> str:
    """What the original's script prints of guessing: `0.069` for two equally frequent classes."""
    return f"{chance_loss(run) / 10:.3f}"


def prints_chance(run: RunRecord) -> np.ndarray:
    """`(epochs,)` bool: whether every row that the epoch prints is `chance_printed`."""
    rows = printed(run)  # (epochs, rows)
    level = chance_printed(run)
    return np.array([len(row) > 0 and all(f"{loss:.3f}" == level for loss in row) for row in rows])


class EpochEnd(NamedTuple):
    """One run after one epoch, on the test images."""

    run: RunRecord
    epoch: int  # from 1
    loss: float  # nats
    accuracy: float  # 0..1
    prints_chance: bool

    @property
    def better_than_guessing(self) -> bool:
        """Whether the 95 % interval of the accuracy (Wilson) lies above that of guessing."""
        images = len(self.run.test_ids)
        return share(round(self.accuracy * images), images).low > chance_accuracy(self.run)


def epoch_ends(runs: Iterable[RunRecord]) -> list[EpochEnd]:
    """Every epoch of every run."""
    return [
        EpochEnd(run, each.epoch, each.test_loss, each.test_accuracy, bool(flat))
        for run in runs
        for each, flat in zip(run.epochs, prints_chance(run))
    ]


# Layers that fell silent


class Silence(NamedTuple):
    """A hidden layer that passes next to nothing on, from some epoch to the end."""

    run: RunRecord
    layer: str
    epoch: int | None  # from 1, at whose end it was found silent; None: it was before training
    largest_batch_loss: float | None  # nats, in that epoch


def first_silence(run: RunRecord) -> Silence | None:
    """The hidden layer that fell silent first and stayed so, of several the one nearest to the
    image; None where no layer is silent at the end. Silent is what `silent_layers` says.
    """
    epochs = [{layer.name: layer.activation for layer in epoch.layers} for epoch in run.epochs]
    sizes = {
        layer.name: [layer.activation, *(epoch[layer.name] for epoch in epochs)]
        for layer in run.untrained
        if layer.alive is not None
    }
    found: list[tuple[int, int, str]] = []  # (state from which on it is silent, place, layer)
    for place, (name, values) in enumerate(sizes.items()):
        loud = [i for i, size in enumerate(values) if size > SILENT * values[0]]
        since = max(loud, default=-1) + 1
        if since < len(values):
            found.append((since, place, name))
    if not found:
        return None
    since, _, name = min(found)
    if since == 0:
        return Silence(run, name, None, None)
    return Silence(run, name, since, run.epochs[since - 1].largest_batch_loss)


# Variants that differ in the settings of training alone


def training_settings(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """The reference and the variants with its network, images and batches, but another learning
    rate or initialization: by initialization, then the largest learning rate first.
    """
    known = {variant.name: variant for variant in variants}
    reference = known.get(REFERENCE, VARIANTS[REFERENCE])
    alike = [variant for variant in variants if _as(variant, reference) == reference]
    return tuple(sorted(alike, key=lambda each: (each.initialisation != "pytorch", -each.lr)))


def compares_settings(variants: Sequence[Variant]) -> bool:
    """Whether there are two settings of training to compare."""
    return len(training_settings(variants)) > 1


def _as(variant: Variant, other: Variant) -> Variant:
    """The variant with the other's names and settings of training."""
    names = ("name", "zh", "en", "parameters", "lr", "initialisation", "epochs", "dense_by_epoch")
    return replace(variant, **{name: getattr(other, name) for name in names})


def initialised_networks(variants: Sequence[Variant]) -> tuple[Variant, ...]:
    """The first variant of each network and initialization that differ before the first step."""
    found: dict[Variant, Variant] = {}
    reference = VARIANTS[REFERENCE]
    for variant in variants:
        key = replace(
            _as(variant, reference),
            initialisation=variant.initialisation,
            labels=reference.labels,
            batch_size=reference.batch_size,
        )
        found.setdefault(key, variant)
    return tuple(found.values())
