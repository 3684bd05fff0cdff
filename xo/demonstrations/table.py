"""The computations behind the concept pages, one row each: a trained network taken apart, shifted, run on a canvas.

They are recorded like runs, in `runs/.demonstrations/<name>/<key>/`, and go stale by their own inputs only: the code that
they reach, the records and weights they use, the data set, versions. Needs no torch; a worker process computes.
"""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Iterator
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from safetensors.numpy import load, save

from xo.runs import record as records
from xo.store.source_digest import Source
from xo.data.dataset import DataSet
from xo.errors import CheckFailed
from xo.store.processes import pool
from xo.runs.record import Damaged, Record, Store

if TYPE_CHECKING:
    from xo.network.model import Net

LAYOUT = 1  # of record.json and its arrays; raise it when readers must change
KEPT = 4  # old records of a demonstration that stay, for going back and forth between studies and data sets
LOADING = "xo.demonstrations.table:nets_of"  # what every computation starts from


@dataclass(frozen=True)
class Demonstration:
    """`compute` names a function of `nets`, variant -> `[(Record, Net), ...]`, and of the data set, `-> (facts, arrays)`.

    Facts are plain data for record.json. Of each variant it gets the representative run, or with `every_seed` all runs
    whose weights were kept. It raises DoesNotApply for a data set that it cannot be shown on.
    """

    compute: str  # "module:function"
    variants: tuple[str, ...]
    every_seed: bool = False


DEMONSTRATIONS: dict[str, Demonstration] = {
    "windows": Demonstration("xo.demonstrations.receptive_field:windows", ("baseline", "features")),
    "shifts": Demonstration("xo.demonstrations.shift:shifts", ("baseline",)),
    "sharing": Demonstration("xo.demonstrations.shift:sharing", ("baseline",)),
    "pooling": Demonstration("xo.demonstrations.pooling:pooling", ("trained-pooling",)),
    "fcn": Demonstration("xo.demonstrations.canvas:fcn", ("baseline",)),
    "probes": Demonstration("xo.demonstrations.linear_probe:probes", ("features",), every_seed=True),
    "patches": Demonstration("xo.demonstrations.top_patches:patches", ("features",)),
    "partial-sums": Demonstration("xo.demonstrations.channel_mixing:partial_sums", ("baseline",)),
    "mixing": Demonstration("xo.demonstrations.channel_mixing:mixing", ("one-by-one",)),
    "bottleneck": Demonstration("xo.demonstrations.channel_mixing:bottleneck", ("baseline", "one-by-one")),
}


class DoesNotApply(Exception):
    """Says in both languages why a demonstration cannot be shown on a data set."""

    def __init__(self, zh: str, en: str):
        super().__init__(zh, en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Demonstrated:
    """A demonstration as recorded."""

    path: Path
    meta: dict

    @property
    def name(self) -> str:
        return self.meta["name"]

    @property
    def applies(self) -> bool:
        return "does_not_apply" not in self.meta

    @property
    def reason(self) -> dict[str, str]:
        """Why it does not apply, by language."""
        return self.meta["does_not_apply"]

    @property
    def facts(self) -> dict:
        return self.meta["facts"]

    @property
    def runs(self) -> dict[str, str]:
        """`baseline/0` -> digest of the record, of the runs that it was computed from."""
        return self.meta["inputs"]["records"]

    def seed(self, variant: str) -> int:
        """The seed of the representative run of that variant."""
        return min(int(run.partition("/")[2]) for run in self.runs if run.partition("/")[0] == variant)

    def array(self, name: str) -> np.ndarray:
        return load((self.path / "arrays.safetensors").read_bytes())[name]


class Plan(NamedTuple):
    """One demonstration on one data set, with the runs it is to be computed from."""

    name: str
    inputs: dict
    key: str
    used: dict[str, list[Record]]  # by variant
    data: DataSet


class State(NamedTuple):
    """What the store holds of the demonstrations of a study."""

    found: dict[str, Demonstrated]
    missing: list[tuple[Plan, str]]  # with the reason
    lacking: dict[str, dict[str, str]]  # those that cannot be computed, and why, by language


def look_up(by_variant: dict[str, tuple[Record, ...]], data: DataSet, store: Store, source: Source,
            set_aside: bool = False) -> State:
    """Reads and rehashes every demonstration; damaged ones count as missing and, on request, are set aside."""
    found, missing, lacking = {}, [], {}
    for name, row in DEMONSTRATIONS.items():
        if why := lacks(row, by_variant):
            lacking[name] = why
            continue
        plan = _plan(name, row, by_variant, data, source)
        folder = _folder(store, plan)
        try:
            if folder.is_dir():
                found[name] = Demonstrated(folder, records.read(folder).meta)
            else:
                missing.append((plan, _why_missing(plan, store)))
        except Damaged as damage:
            where = f", set aside in {records.move_aside(store.root, folder)}" if set_aside else ""
            missing.append((plan, f"damaged: {damage}{where}"))
    return State(found, missing, lacking)


def lacks(row: Demonstration, by_variant: dict[str, tuple[Record, ...]]) -> dict[str, str]:
    """By language, which run or weights it cannot do without, and how to get them; empty where nothing is missing."""
    for variant in row.variants:
        runs = by_variant.get(variant, ())
        if runs and _used(row, runs):
            continue
        command = f"python -m xo train {variant} --seed {_representative(runs).seed if runs else 0} --keep-weights"
        return {"zh": f"这项演示需要 {variant} 训练好的权重，而存储中没有；可以用 {command} 得到",
                "en": f"needs trained weights of {variant}, which the store does not have; '{command}' makes them"}
    return {}


def _representative(runs: tuple[Record, ...]) -> Record:
    """The lowest seed that solved its task, else the lowest."""
    return next((run for run in runs if run.solved), runs[0])


def _used(row: Demonstration, runs: tuple[Record, ...]) -> list[Record]:
    """The runs of a variant whose weights are taken; none where these were not kept."""
    kept = [run for run in runs if run.weights]
    if row.every_seed:
        return kept
    wanted = _representative(runs)
    return [run for run in kept if run == wanted or run.solved][:1]


def _plan(name: str, row: Demonstration, by_variant: dict[str, tuple[Record, ...]], data: DataSet, source: Source) -> Plan:
    used = {variant: _used(row, by_variant[variant]) for variant in row.variants}
    inputs = _inputs(row, used, data, source)
    return Plan(name, inputs, records.key(inputs), used, data)


def _inputs(row: Demonstration, used: dict[str, list[Record]], data: DataSet, source: Source) -> dict:
    """All that decides what is computed; a run's record holds the digest of its weights."""
    return {
        "layout": LAYOUT,
        "code": source.reach(row.compute, LOADING),
        "records": {f"{run.variant}/{run.seed}": run.meta["digest"] for runs in used.values() for run in runs},
        "data": data.digest,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("torch", "numpy")},
        "device": "cpu",
    }


def _folder(store: Store, plan: Plan) -> Path:
    return store.root / ".demonstrations" / plan.name / plan.key


def _why_missing(plan: Plan, store: Store) -> str:
    """Which inputs changed since the nearest record of this demonstration, on the same data if there is one."""
    others = []
    for file in _folder(store, plan).parent.glob("[!.]*/record.json"):
        try:
            others.append(json.loads(file.read_text(encoding="utf-8"))["inputs"])
        except (OSError, ValueError, KeyError):
            continue  # a damaged relative explains nothing
    others = [each for each in others if each["data"] == plan.data.digest] or others
    if not others:
        return "never computed"
    return "changed: " + ", ".join(min((records.changes(each, plan.inputs) for each in others), key=len))


def execute(plans: list[Plan], store: Store, jobs: int) -> Iterator[Demonstrated]:
    """Computes in processes and yields each demonstration once it is in the store.

    One during which the code changed is dropped; CheckFailed names it at the end, when all others are kept.
    """
    void = []
    # a process of its own also for one job: torch stays out of the caller
    with pool(min(jobs, len(plans)) or 1) as executor:  # also for one job: torch stays out of the caller
        waiting = {executor.submit(_computed, DEMONSTRATIONS[plan.name].compute, plan.used, plan.data): plan for plan in plans}
        try:
            for done in as_completed(waiting):
                plan, (outcome, arrays) = waiting[done], done.result()
                if _inputs(DEMONSTRATIONS[plan.name], plan.used, plan.data, Source()) != plan.inputs:
                    void.append(plan.name)
                    continue
                yield write(plan, outcome, arrays, store)
        except BrokenProcessPool as error:
            raise CheckFailed("a process that computes demonstrations was killed, most likely for want of memory; run the "
                              "same command again with fewer --jobs; what was finished is kept") from error
    if void:
        raise CheckFailed(f"dropped the demonstrations {', '.join(void)}, whose inputs changed while they were computed; "
                          "run the same command again")


def write(plan: Plan, outcome: dict, arrays: dict[str, np.ndarray], store: Store) -> Demonstrated:
    """Records what was computed, whole or not at all."""
    meta = {"layout": LAYOUT, "name": plan.name, "key": plan.key, "inputs": plan.inputs, **outcome}
    folder = _folder(store, plan)
    contiguous = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    written = records.write_whole(folder, meta, {"arrays.safetensors": save(contiguous)})
    return Demonstrated(folder, written or records.read(folder).meta)


def prune(in_use: dict[str, Demonstrated]) -> None:
    """Removes old records of the demonstrations in use, but the last few."""
    for demonstrated in in_use.values():
        others = [folder for folder in demonstrated.path.parent.glob("[!.]*") if folder != demonstrated.path]
        for folder in sorted(others, key=lambda folder: -folder.stat().st_mtime)[KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


def _computed(compute: str, used: dict[str, list[Record]], data: DataSet) -> tuple[dict, dict[str, np.ndarray]]:
    """In a worker: what goes to record.json, and the arrays; on one thread, so that sums are taken in one order."""
    import torch

    torch.set_num_threads(1)
    module, _, function = compute.partition(":")
    try:
        facts, arrays = getattr(import_module(module), function)(nets_of(used), data)
    except DoesNotApply as reason:
        return {"does_not_apply": {"zh": reason.zh, "en": reason.en}}, {}
    return {"facts": json.loads(json.dumps(facts))}, arrays


def nets_of(used: dict[str, list[Record]]) -> dict[str, list[tuple[Record, Net]]]:
    """The trained networks of the records, rebuilt from what these say of themselves."""
    from safetensors.torch import load as load_tensors

    from xo.network.model import Net
    from xo.variants import Variant

    def net_of(run: Record) -> Net:
        row = {name: tuple(value) if isinstance(value, list) else value for name, value in run.meta["variant"].items()}
        net = Net(Variant(**{"zh": "", "en": "", **row}), tuple(run.meta["data"]["image_size"]), len(run.meta["classes"]))
        net.load_state_dict(load_tensors(records.read_weights(run)))
        return net.eval()

    return {variant: [(run, net_of(run)) for run in runs] for variant, runs in used.items()}
