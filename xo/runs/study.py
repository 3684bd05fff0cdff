"""Which runs a study asks for, and which of them the store holds."""

from __future__ import annotations

import itertools
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from xo.data.dataset import EMBEDDED, DataSet
from xo.errors import InputError
from xo.runs.record import RunRecord, run_inputs, run_record
from xo.store.artifact import Damaged
from xo.store.inputs import Inputs, digest
from xo.store.source_digest import Source
from xo.store.store import RUNS, Store
from xo.unknown_names import unknown
from xo.variants import VARIANTS, Variant, checked_variant


@dataclass(frozen=True)
class Study:
    """A named set of runs over all variants: the seeds of each, with exceptions."""

    seeds: range
    exceptions: Mapping[str, range] = field(default_factory=dict)  # seeds by variant
    # Seeds of every variant that no wording and no decision rule had seen when they were trained,
    # so that they can confirm what the others show.
    confirming: range = range(0)
    epochs: int | None = None  # instead of the variant's own
    images: tuple[int, int] | None = None  # training and test images per class, instead of all

    def seeds_of(self, variant: str, count: int = 0) -> tuple[int, ...]:
        """The seeds of a variant of that name; where `count` is larger than their number, the next
        ones as well, but never more that are to confirm.
        """
        own = self.exceptions.get(variant, self.seeds)
        more = (seed for seed in itertools.count(own.stop) if seed not in CONFIRMING)
        return (*own, *itertools.islice(more, max(0, count - len(own))), *self.confirming)


NONE = range(0)
CONFIRMING = range(1000, 1010)
# Other learning rates and initialisations, which only `full` compares.
SETTINGS_COMPARED = dict.fromkeys(
    ("lr-0-03", "lr-0-01", "kaiming", "kaiming-lr-0-03", "kaiming-lr-0-01"), NONE
)
STUDIES = {
    # Only tries the pipeline: two seeds of one variant, and no replays of the original's odd logs.
    "smoke": Study(
        range(1),
        {
            "baseline": range(2),
            "no-pooling-wrong-folder": NONE,
            "three-conv-uneven": NONE,
            "no-pooling-uneven": NONE,
            **SETTINGS_COMPARED,
        },
        epochs=2,
        images=(32, 12),
    ),
    # The seeds that claims ask for where they are undecided: 10 of each variant at least.
    "default": Study(
        range(10),
        {
            # That 20 epochs are needed takes about 20 seeds, if none solves its task by epoch 10.
            "three-conv": range(24),
            # At 7 solved of 10, a share is told from one half by 24 seeds.
            "channels-11": range(24),
            # Ten times as dear as the others; with fewer than 5 seeds no claim is decided.
            "no-pooling": range(5),
            "no-pooling-wrong-folder": range(5),
            "no-pooling-uneven": range(5),
            # No distinct windows are looked up: dearer than its layers suggest, and no claim's.
            "global-average": range(5),
            **SETTINGS_COMPARED,
        },
    ),
    "full": Study(range(10), confirming=CONFIRMING),
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
        pixels = h * w if self.variant.pool is None else h * w / 7  # measured, not computed
        return self.image_passes * pixels * sum(self.variant.channels)

    @property
    def image_passes(self) -> int:
        """How many images all its steps take together."""
        images = len(self.data.train.labels)
        if self.variant.labels != "class":  # see xo.network.train.labelled_data
            images += len(self.data.test.labels)
        return self.variant.epochs * images


class Lookup(NamedTuple):
    """What the store holds of some runs."""

    found: list[RunRecord]
    missing: list[tuple[Run, str]]  # with the reason


def find_study(name: str) -> Study:
    """The study of that name; InputError names the known ones."""
    if name not in STUDIES:
        raise unknown("study", name, STUDIES)
    return STUDIES[name]


def study_data(study: Study, data: DataSet) -> DataSet:
    """The images that the study uses: all, or its own number per class."""
    return data.subset(*study.images) if study.images else data


def plan(study: Study, data: DataSet, source: Source, seeds: Mapping[str, int] = {}) -> list[Run]:
    """Every run of the study on `data`, its `study_data`, by variant and seed.

    `seeds` are how many of a variant are wanted, where these are more than the study's own.
    """
    runs = []
    for row in map(checked_variant, VARIANTS.values()):
        variant = replace(row, epochs=study.epochs) if study.epochs else row
        runs += [
            one_run(variant, seed, data, source)
            for seed in study.seeds_of(row.name, seeds.get(row.name, 0))
        ]
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
            try:
                found.append(run_record(artifact, run.data))
                continue
            except Damaged as damage:
                why = f"damaged: {damage}"
                if quarantine:
                    why += f", moved to {store.quarantine(artifact)}"
        missing.append((run, why))
    return Lookup(found, missing)


def find_with_weights(run: Run, store: Store) -> Lookup:
    """As `find_records` of one run, whose weights must be there as they were written, too.

    A record with a damaged file is moved away.
    """
    found, missing = find_records([run], store, quarantine=True)
    if not found:
        return Lookup(found, missing)
    if not found[0].has_weights:
        return Lookup([], [(run, "its weights were not kept")])
    if damaged := store.quarantine_damaged([found[0].artifact]):
        return Lookup([], [(run, damaged[0])])
    return Lookup(found, [])


class Networks(NamedTuple):
    """Trained networks of one data set, whose weights are there."""

    best: RunRecord
    others: list[RunRecord]  # best first


def networks(
    variants: Sequence[Variant],
    data: DataSet,
    source: Source,
    store: Store,
    seed: int | None = None,
) -> Networks:
    """The record with weights that has the highest test accuracy, and all others.

    Of equals, the first of the variants and the lowest seed. With `seed`, the best is one of that
    seed. InputError names the command that trains one.
    """
    runs = [
        one_run(variant, each, data, source)
        for variant in variants
        for each in _seeds_stored(variant, store)
    ]
    order = {variant.name: number for number, variant in enumerate(variants)}
    best_first = sorted(
        find_records(runs, store).found,
        key=lambda record: (-record.test_accuracy, order[record.variant], record.seed),
    )
    able = [record for record in best_first if record.has_weights]
    for record in able:
        if seed in (None, record.seed):
            return Networks(record, [each for each in able if each is not record])
    found = [record for record in best_first if seed in (None, record.seed)]
    variant = found[0].variant if found else variants[0].name
    problem = "no record with weights" if found else "no record"
    of_seed = "" if seed is None else f" for seed {seed}"
    seed = found[0].seed if found else seed or 0
    raise InputError(
        f"{store.root}: {problem} of {variant} on {data.name}{of_seed}; "
        f"make one with: {train_command(variant, seed, data.root, store.root)}"
    )


def _seeds_stored(variant: Variant, store: Store) -> list[int]:
    """The seeds that the store has records of, current or not."""
    stored = store.artifacts_below("run", variant.name)
    return sorted(int(seed) for seed in stored if seed.isdecimal())


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
