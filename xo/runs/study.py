"""Which runs a study asks for, and which of them the store holds."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from xo.data.dataset import EMBEDDED, DataSet
from xo.errors import InputError
from xo.runs.record import RunRecord, run_inputs, run_record
from xo.store.inputs import Inputs, digest
from xo.store.source_digest import Source
from xo.store.store import RUNS, Store
from xo.variants import VARIANTS, Variant, checked_variant


@dataclass(frozen=True)
class Study:
    """A named set of runs over all variants: seeds 0 to `seeds` - 1, with exceptions."""

    seeds: int
    exceptions: dict[str, int]  # number of seeds by variant; 0 leaves it out
    epochs: int | None = None  # instead of the variant's own
    images: tuple[int, int] | None = None  # training and test images per class, instead of all


# Variants that imitate the original's unusual logs, left out of short studies.
_LEFT_OUT = {"no-pooling-wrong-folder": 0, "three-conv-uneven": 0, "no-pooling-uneven": 0}
STUDIES = {
    "smoke": Study(1, {"baseline": 2, **_LEFT_OUT}, epochs=2, images=(32, 12)),  # a minute or two
    "default": Study(1, {"baseline": 3, "three-conv": 3, **_LEFT_OUT}),  # ten minutes
    "full": Study(20, {"no-pooling": 10, "no-pooling-wrong-folder": 10, "no-pooling-uneven": 10}),
}


class Run(NamedTuple):
    """One variant, one seed, one data set, and all that decides the result."""

    variant: Variant
    seed: int
    data: DataSet
    inputs: Inputs

    def __str__(self) -> str:
        return f"{self.variant.name} seed {self.seed}"

    @property
    def name(self) -> str:
        """Its name in the store."""
        return f"{self.variant.name}/{self.seed}"

    @property
    def key(self) -> str:
        return digest(self.inputs)

    @property
    def cost(self) -> float:
        """Roughly how long it takes, in arbitrary units."""
        h, w = self.data.image_size
        side = h * w if self.variant.pool is None else h * w / 10
        return self.variant.epochs * side * sum(self.variant.channels)


class Lookup(NamedTuple):
    """What the store holds of some runs."""

    found: list[RunRecord]
    missing: list[tuple[Run, str]]  # with the reason


def find_study(name: str) -> Study:
    """The study of that name; InputError names the known ones."""
    if name not in STUDIES:
        raise InputError(f"study '{name}': not known; known are {', '.join(STUDIES)}")
    return STUDIES[name]


def study_data(study: Study, data: DataSet) -> DataSet:
    """The images that the study uses: all, or its own number per class."""
    return data.subset(*study.images) if study.images else data


def plan(study: Study, data: DataSet, source: Source) -> list[Run]:
    """Every run of the study on `data`, its `study_data`, by variant and seed."""
    runs = []
    for row in map(checked_variant, VARIANTS.values()):
        variant = replace(row, epochs=study.epochs) if study.epochs else row
        seeds = range(study.exceptions.get(row.name, study.seeds))
        runs += [one_run(variant, seed, data, source) for seed in seeds]
    return runs


def one_run(variant: Variant, seed: int, data: DataSet, source: Source) -> Run:
    """One run, with all that decides its result."""
    return Run(variant, seed, data, run_inputs(variant, seed, data.digest, source))


def find_records(runs: list[Run], store: Store, quarantine: bool = False) -> Lookup:
    """Reads the records of `runs`; their files are rehashed as they are read.

    Damaged ones count as missing and, with `quarantine`, are moved away.
    """
    found, missing = [], []
    wanted = [(run.name, run.inputs) for run in runs]
    for run, (artifact, why) in zip(runs, store.look_up_all("run", wanted, quarantine)):
        if artifact:
            found.append(run_record(artifact))
        else:
            missing.append((run, why))
    return Lookup(found, missing)


def best_network(
    variant: Variant, data: DataSet, source: Source, store: Store, seed: int | None = None
) -> RunRecord:
    """The record with weights that has the highest test accuracy; of equals, the lowest seed.

    With `seed`, that of this seed. InputError names the command that trains one.
    """
    if seed is not None:
        seeds = {seed}
    else:
        folders = (store.root / variant.name).glob("[0-9]*-*")
        seeds = {int(folder.name.partition("-")[0]) for folder in folders}
    runs = [one_run(variant, each, data, source) for each in sorted(seeds)]
    found = find_records(runs, store).found
    best_first = sorted(found, key=lambda record: (-record.test_accuracy, record.seed))
    for record in best_first:
        if record.has_weights:
            return record
    problem = "no record with weights" if found else "no record"
    of_seed = "" if seed is None else f" for seed {seed}"
    seed = best_first[0].seed if found else seed or 0
    raise InputError(
        f"{store.root}: {problem} of {variant.name} on {data.name}{of_seed}; "
        f"make one with: {train_command(variant.name, seed, data.root, store.root)}"
    )


def train_command(variant: str, seed: int, data: Path, store: Path) -> str:
    """The shell line that trains a run and keeps its weights, with options not at their default."""
    words = ["python", "-m", "xo", "train", variant, "--seed", str(seed)]
    if data != EMBEDDED:
        words += ["--data", str(data)]
    if store != RUNS:
        words += ["--store", str(store)]
    return shlex.join([*words, "--keep-weights"])


def shard(runs: list[Run], index: int, count: int) -> list[Run]:
    """The runs of shard `index`, 1 to `count`, of about equal cost; every run is in one of them.

    The dearest first, each goes to the shard with the least cost so far.
    """
    if not 1 <= index <= count:
        raise InputError(f"shard {index}/{count}: expected I/N with I from 1 to N, as 1/4")
    costs = [0.0] * count
    chosen = []
    for run in sorted(runs, key=lambda run: (-run.cost, run.variant.name, run.seed)):
        least = costs.index(min(costs))
        costs[least] += run.cost
        if least == index - 1:
            chosen.append(run)
    return chosen
