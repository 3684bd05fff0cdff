"""Computes demonstrations in worker processes; only the caller writes to the store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import as_completed
from concurrent.futures.process import BrokenProcessPool
from importlib import import_module
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from xo.data.dataset import DataSet
from xo.demonstrations.record import (
    DemonstrationRecord,
    DemonstrationResult,
    PlannedDemonstration,
    Reason,
    demonstration_inputs,
    demonstration_record,
)
from xo.demonstrations.table import DEMONSTRATIONS, Unavailable
from xo.errors import CheckFailed
from xo.runs.record import WEIGHTS, RunRecord, read_weights
from xo.store.artifact import ARRAYS
from xo.store.processes import pool
from xo.store.source_digest import Source
from xo.store.store import Store

if TYPE_CHECKING:
    from xo.demonstrations.table import Networks
    from xo.network.model import Net


def execute(
    planned: list[PlannedDemonstration], store: Store, jobs: int
) -> Iterator[DemonstrationRecord]:
    """Computes demonstrations in processes and yields each once it is stored.

    One during which the code changed is dropped; CheckFailed names it when all others are stored.
    Raises Damaged, before anything is computed, where weights are not as they were written.
    """
    _check_weights(planned)
    dropped = []
    processes = min(jobs, len(planned)) or 1  # also for one job: torch stays out of the caller
    with pool(processes, libraries=("torch",)) as executor:
        waiting = {
            executor.submit(_compute, DEMONSTRATIONS[each.name].compute, each.used, each.data): each
            for each in planned
        }
        try:
            for done in as_completed(waiting):
                each, (result, arrays) = waiting[done], done.result()
                row = DEMONSTRATIONS[each.name]
                if demonstration_inputs(row, each.used, each.data, Source()) != each.inputs:
                    dropped.append(each.name)
                    continue
                yield write_demonstration(store, each, result, arrays)
        except BrokenProcessPool as error:
            raise CheckFailed(
                "a process that computes demonstrations was killed, most likely for want of "
                "memory; run the same command again with fewer --jobs; what was finished is kept"
            ) from error
    if dropped:
        raise CheckFailed(
            f"dropped the demonstrations {', '.join(dropped)}, whose inputs changed while they "
            "were computed; run the same command again"
        )


def _check_weights(planned: list[PlannedDemonstration]) -> None:
    """Rehashes the weights that are to be used, each once."""
    used = {run.name: run for each in planned for runs in each.used.values() for run in runs}
    for run in used.values():
        if run.has_weights:
            run.artifact.rehash(WEIGHTS)


def write_demonstration(
    store: Store,
    planned: PlannedDemonstration,
    result: DemonstrationResult,
    arrays: dict[str, np.ndarray],
) -> DemonstrationRecord:
    """Stores what was computed."""
    from safetensors.numpy import save

    contiguous = {name: np.ascontiguousarray(array) for name, array in sorted(arrays.items())}
    content = msgspec.to_builtins(result)
    files = {ARRAYS: save(contiguous)}
    return demonstration_record(
        store.add("demonstration", planned.name, planned.inputs, content, files)
    )


def _compute(
    compute: str, used: dict[str, list[RunRecord]], data: DataSet
) -> tuple[DemonstrationResult, dict[str, np.ndarray]]:
    """One demonstration, in a worker: on one thread, so that sums are taken in one order."""
    import torch

    torch.set_num_threads(1)
    module, _, function = compute.partition(":")
    try:
        facts, arrays = getattr(import_module(module), function)(trained_networks(used), data)
    except Unavailable as reason:
        return DemonstrationResult(unavailable=Reason(reason.reason, reason.numbers)), {}
    return DemonstrationResult(json.loads(json.dumps(facts))), arrays


def trained_networks(used: dict[str, list[RunRecord]]) -> Networks:
    """The trained networks of the records, by variant.

    One whose weights were not kept has the kernels of its record; its dense weights are not a
    number, so that no result can rest on them.
    """
    import torch
    from safetensors.torch import load

    from xo.network.model import Net

    def network_of(run: RunRecord) -> Net:
        net = Net(run.settings, run.data.image_size, len(run.classes), run.data.channels)
        if run.has_weights:
            net.load_state_dict(load(read_weights(run)))
            return net.eval()
        recorded = {"weight": "kernels", "bias": "biases"}
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.fill_(torch.nan)
            for layer, modules in (("conv", net.conv), ("pool", net.pool)):
                for k, module in enumerate(modules, 1):
                    for name, parameter in module.named_parameters():
                        last = run.array(f"{layer}{k}.{recorded[name]}")[-1]
                        parameter.copy_(torch.tensor(last))
        return net.eval()

    return {variant: [(run, network_of(run)) for run in runs] for variant, runs in used.items()}
