"""Which stored runs and demonstrations today's code, versions and data set ask for, and why others
are not current.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import msgspec

from xo.data.dataset import DataSet
from xo.demonstrations.record import demonstration_inputs
from xo.demonstrations.table import DEMONSTRATIONS
from xo.runs.study import STUDIES, plan, study_data
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs, changes
from xo.store.source_digest import Source
from xo.store.store import Store

NAMED_CHANGES = 3  # more are counted


class Outdated(NamedTuple):
    """Why a stored artifact is not current."""

    foreign: bool  # of another data set; else stale: of other code, settings or versions
    reason: str

    def __str__(self) -> str:
        return f"{'foreign' if self.foreign else 'stale'}, {self.reason}"


class Current:
    """What the studies ask for on a data set."""

    def __init__(self, data: DataSet, source: Source):
        self.data = data
        subsets = {each.digest: each for each in (study_data(s, data) for s in STUDIES.values())}
        self._of_variant: dict[str, list[Inputs]] = {}
        for study in STUDIES.values():
            for run in plan(study, study_data(study, data), source):
                known = self._of_variant.setdefault(run.variant.name, [])
                if all(run.inputs != each | {"seed": run.seed} for each in known):
                    known.append(run.inputs)
        self._of_demonstration = {
            name: [demonstration_inputs(row, {}, images, source) for images in subsets.values()]
            for name, row in DEMONSTRATIONS.items()
        }

    def runs(self, store: Store) -> set[str]:
        """The digests of the current run records of a store."""
        return {each.digest for each in store.all("run") if not self.why_outdated(each)}

    def why_outdated(self, artifact: Artifact, runs: Collection[str] = ()) -> Outdated | None:
        """None for what is current; `runs` are the digests of the run records that are there."""
        if artifact.kind == "run":
            asked = [
                inputs | {"seed": artifact.inputs.get("seed")}
                for inputs in self._of_variant.get(artifact.name.partition("/")[0], [])
            ]
        else:
            try:
                used = msgspec.convert(artifact.inputs.get("records"), dict[str, str])
            except msgspec.ValidationError:
                return Outdated(False, "its inputs are not of this version")
            asked = [
                inputs | {"records": used}
                for inputs in self._of_demonstration.get(artifact.name, [])
            ]
            if not set(used.values()) <= set(runs):
                return Outdated(False, "the runs that it was computed from are not here")
        if not asked:
            return Outdated(False, f"no study has a {artifact.kind} of that name")
        found = min((changes(artifact.inputs, inputs) for inputs in asked), key=len)
        if "data" in found:
            return Outdated(True, f"of other images than {self.data.root} has")
        return Outdated(False, f"changed: {_counted(found)}") if found else None


def _counted(found: list[str]) -> str:
    more = len(found) - NAMED_CHANGES
    named = ", ".join(found[:NAMED_CHANGES])
    return f"{named} and {more} more" if more > 0 else named
