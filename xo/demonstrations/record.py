"""What a demonstration left, the inputs that decide it, and which of them the store holds.

They are stored like runs and go stale by their own inputs only: the code that they reach, the
records and weights they use, the data set, versions. Needs no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
import numpy as np

from xo.data.dataset import DataSet
from xo.demonstrations.table import DEMONSTRATIONS, Demonstration
from xo.runs.record import WEIGHTS, RunRecord, deciding_versions
from xo.runs.study import train_command
from xo.store.artifact import Artifact, Damaged
from xo.store.inputs import Inputs
from xo.store.source_digest import Source
from xo.store.store import Store

LAYOUT = 2  # of the record and its arrays; raise it when readers must change
LOADING = "xo.demonstrations.execute:trained_networks"  # what every computation starts from

RunsByVariant = dict[str, tuple[RunRecord, ...]]


class Reason(msgspec.Struct, frozen=True):
    """Why a demonstration cannot be shown."""

    reason: str
    numbers: dict[str, float] = {}


class DemonstrationResult(msgspec.Struct, frozen=True):
    """What `record.json` says of a demonstration, beside its inputs."""

    facts: dict[str, Any] = {}
    unavailable: Reason | None = None


@dataclass(frozen=True)
class DemonstrationRecord:
    """A demonstration as stored; arrays are read from disk when asked for."""

    artifact: Artifact
    facts: dict[str, Any]
    unavailable: Reason | None

    @property
    def name(self) -> str:
        """Its row in DEMONSTRATIONS."""
        return self.artifact.name

    @property
    def digest(self) -> str:
        """The digest of the record, with those of its files."""
        return self.artifact.digest

    @property
    def inputs(self) -> Inputs:
        """All that decides what is computed."""
        return self.artifact.inputs

    @property
    def runs(self) -> dict[str, str]:
        """`baseline/0` -> digest of the record, of the runs that it was computed from."""
        return dict(self.inputs["records"])

    def seed(self, variant: str) -> int:
        """The seed of the network of that variant that is shown; of several, the first."""
        runs = (run.split("/") for run in self.runs)
        seeds = [int(seed) for name, seed in runs if name == variant]
        return seeds[0] if len(seeds) == 1 else self.facts["seeds"][0]

    def array(self, name: str) -> np.ndarray:
        """One of its arrays, rehashed."""
        return self.artifact.array(name)


class PlannedDemonstration(NamedTuple):
    """One demonstration on one data set, with the runs it is to be computed from."""

    name: str
    inputs: Inputs
    used: dict[str, list[RunRecord]]  # by variant
    data: DataSet


class MissingWeights(NamedTuple):
    """The run whose weights a demonstration cannot do without, and the command that makes them."""

    variant: str
    seed: int
    command: str


class DemonstrationLookup(NamedTuple):
    """What the store holds of the demonstrations of a study."""

    found: dict[str, DemonstrationRecord]
    missing: list[tuple[PlannedDemonstration, str]]  # with the reason
    impossible: dict[str, MissingWeights]  # those that cannot be computed


def demonstration_record(artifact: Artifact) -> DemonstrationRecord:
    """The typed record; raises Damaged where its content is not of this version."""
    result = artifact.content_as(DemonstrationResult)
    return DemonstrationRecord(artifact, result.facts, result.unavailable)


def find_demonstrations(
    by_variant: RunsByVariant, data: DataSet, store: Store, source: Source, quarantine: bool = False
) -> DemonstrationLookup:
    """Reads and rehashes every demonstration.

    Damaged ones count as missing and, with `quarantine`, are moved away.
    """
    found, missing, impossible = {}, [], {}
    for name, row in DEMONSTRATIONS.items():
        if record := _find_without_weights(name, row, by_variant, data, store, source):
            found[name] = record
            continue
        if weights := missing_weights(row, by_variant, data, store):
            impossible[name] = weights
            continue
        planned = plan_demonstration(name, row, by_variant, data, source)
        artifact, why = store.look_up("demonstration", name, planned.inputs, quarantine)
        if artifact:
            try:
                found[name] = demonstration_record(artifact)
                continue
            except Damaged as damage:
                why = f"damaged: {damage}"
                if quarantine:
                    why += f", moved to {store.quarantine(artifact)}"
        missing.append((planned, why))
    return DemonstrationLookup(found, missing, impossible)


def _find_without_weights(
    name: str,
    row: Demonstration,
    by_variant: RunsByVariant,
    data: DataSet,
    store: Store,
    source: Source,
) -> DemonstrationRecord | None:
    """One that was computed elsewhere, from weights that were kept there but did not come along."""
    used = {
        variant: _used(row, by_variant.get(variant, ()), lambda run: WEIGHTS in run.artifact.files)
        for variant in row.variants
    }
    runs = [run for of_variant in used.values() for run in of_variant]
    if not all(used.values()) or all(run.has_weights for run in runs):
        return None
    inputs = demonstration_inputs(row, used, data, source)
    artifact = store.look_up("demonstration", name, inputs)[0]
    with suppress(Damaged):
        return demonstration_record(artifact) if artifact else None
    return None


def missing_weights(
    row: Demonstration, by_variant: RunsByVariant, data: DataSet, store: Store
) -> MissingWeights | None:
    """The first run whose weights the demonstration needs; None where nothing is missing."""
    for variant in row.variants:
        runs = by_variant.get(variant, ())
        if not (runs and _used(row, runs)):
            seed = _representative(runs).seed if runs else 0
            command = train_command(variant, seed, data.root, store.root)
            return MissingWeights(variant, seed, command)
    return None


def plan_demonstration(
    name: str, row: Demonstration, by_variant: RunsByVariant, data: DataSet, source: Source
) -> PlannedDemonstration:
    """The demonstration with the runs that it is computed from, whose weights must be there."""
    used = {variant: _used(row, by_variant[variant]) for variant in row.variants}
    return PlannedDemonstration(name, demonstration_inputs(row, used, data, source), used, data)


def demonstration_inputs(
    row: Demonstration, used: dict[str, list[RunRecord]], data: DataSet, source: Source
) -> Inputs:
    """All that decides what is computed; a run's record holds the digest of its weights."""
    return {
        "layout": LAYOUT,
        "code": source.reach(row.compute, LOADING),
        "records": {run.name: run.digest for runs in used.values() for run in runs},
        **data.result_inputs,
        "versions": deciding_versions(),
        "device": "cpu",
    }


def _representative(runs: tuple[RunRecord, ...]) -> RunRecord:
    """The lowest seed that solved its task, else the lowest."""
    return next((run for run in runs if run.solved), runs[0])


def _used(
    row: Demonstration,
    runs: tuple[RunRecord, ...],
    has_weights: Callable[[RunRecord], bool] = lambda run: run.has_weights,
) -> list[RunRecord]:
    """The runs of a variant that it is computed from; none where no weights were kept."""
    kept = [run for run in runs if has_weights(run)]
    if row.seeds == "with weights" or not kept:
        return kept
    wanted = _representative(runs)
    first = [run for run in kept if run.folder == wanted.folder or run.solved][:1]
    if row.seeds == "representative" or not first:
        return first
    return first + [run for run in runs if run.folder != first[0].folder]
