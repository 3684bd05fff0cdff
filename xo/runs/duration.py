"""How long runs will take on this machine: from what earlier ones took, or from a short trial."""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import replace
from statistics import median

from xo.data.dataset import DataSet
from xo.network.measurements import Epoch
from xo.runs.record import stored_runs
from xo.runs.resources import processor
from xo.runs.study import Run
from xo.runs.worker import LIBRARIES
from xo.store.processes import pool
from xo.store.store import Store
from xo.variants import Variant

Network = tuple[object, ...]  # the settings that decide what an image takes

# For work so short that a trial would take too large a share of it; typical of a processor of 2026.
SECONDS_PER_COST = 1e-8
SHORT = 30.0  # seconds of one process
TRIAL_IMAGES, TRIAL_TEST_IMAGES, TRIAL_EPOCHS = 320, 56, 3


def expected_seconds(runs: list[Run], store: Store, jobs: int) -> dict[str, float]:
    """Key -> the seconds that one process here will take for the run.

    They are those of stored runs of the same network, images, code and machine. Of networks without
    any, a few steps are trained in `jobs` processes, unless the runs are short.
    """
    per_image = _of_stored_runs(runs, store)
    unknown = [run for run in runs if _network(run.variant) not in per_image]
    if sum(rough_seconds(unknown).values()) > SHORT:
        per_image |= _of_trials(unknown, jobs)
    return rough_seconds(runs) | {
        run.key: per_image[network] * run.image_passes
        for run in runs
        if (network := _network(run.variant)) in per_image
    }


def rough_seconds(runs: list[Run]) -> dict[str, float]:
    """Key -> the seconds that one process of a usual machine takes for the run."""
    return {run.key: run.cost * SECONDS_PER_COST for run in runs}


def _network(variant: Variant) -> Network:
    row = variant
    return row.channels, row.kernel_sizes, row.pool, row.dense, row.batch_size


def _of_stored_runs(runs: list[Run], store: Store) -> dict[Network, float]:
    """The median of the seconds per image that runs of each network took."""
    here = processor()
    comparable = {
        (run.data.digest, here, str(run.inputs["code"]), str(run.inputs["versions"]))
        for run in runs
    }
    found = defaultdict(list)
    for record in stored_runs(store):
        inputs = record.inputs
        made_by = (record.environment.processor, str(inputs["code"]), str(inputs["versions"]))
        if (record.data.digest, *made_by) in comparable:
            images = sum(record.label_counts) * len(record.epochs)
            found[_network(record.settings)].append(record.cost.train_seconds / images)
    return {network: median(seconds) for network, seconds in found.items()}


def _of_trials(runs: list[Run], jobs: int) -> dict[Network, float]:
    """The seconds per image that a few steps of each network take."""
    variants = {_network(run.variant): run.variant for run in runs}
    data = runs[0].data
    classes = len(data.classes)
    few = data.subset(-(-TRIAL_IMAGES // classes), -(-TRIAL_TEST_IMAGES // classes))
    few = replace(few, store=None)  # nothing of a trial is kept
    # All processes are busy, as they will be, for they share caches and memory.
    with pool(min(jobs, len(variants)), libraries=LIBRARIES) as executor:
        return dict(zip(variants, executor.map(_try, variants.values(), [few] * len(variants))))


def _try(variant: Variant, data: DataSet) -> float:
    """The seconds per training image, in a worker; the first epoch allocates and does not count."""
    from xo.network.train import train

    ended: list[float] = []

    def note(epoch: Epoch) -> None:
        ended.append(time.perf_counter())

    train(replace(variant, epochs=TRIAL_EPOCHS, labels="class"), data, 0, note)
    images = (TRIAL_EPOCHS - 1) * len(data.train.labels)
    return (ended[-1] - ended[0]) / images
