"""What a worker does with one run: trains it, says when an epoch has ended, hands the result back.

A worker writes no record: it may be a machine that does not see the store.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from xo.network.measurements import Epoch, Training
from xo.runs.record import WEIGHTS_LIMIT, Cost
from xo.runs.resources import Environment, environment, peak_memory, reset_peak_memory
from xo.runs.study import Run
from xo.store.memory import keep_freed_memory

LIBRARIES = ("torch",)  # what training imports, which takes seconds


class EpochDone(NamedTuple):
    """One epoch of one run has ended."""

    run: str
    epoch: int
    epochs: int
    loss: float  # of the test images
    accuracy: float  # 0..1, of the test images


class Outcome(NamedTuple):
    """What a worker hands back of one run."""

    key: str
    measured: Training
    cost: Cost
    environment: Environment
    arrays: dict[str, np.ndarray]
    weights: dict[str, np.ndarray] | None


def carry_out(run: Run, on_progress: Callable[[EpochDone], None], keep_weights: bool) -> Outcome:
    """Trains one run in this process."""
    from xo.network.train import train

    keep_freed_memory()

    def report(epoch: Epoch) -> None:
        loss, accuracy = epoch.test_loss, epoch.test_accuracy
        on_progress(EpochDone(str(run), epoch.epoch, run.variant.epochs, loss, accuracy))

    reset_peak_memory()
    started = time.perf_counter()
    with warnings.catch_warnings():
        # In the maps of a network that diverged.
        warnings.filterwarnings("ignore", "overflow", RuntimeWarning)
        net, measured, arrays = train(run.variant, run.data, run.seed, report)
    seconds = time.perf_counter() - started
    # safetensors writes what lies in memory, whatever the strides.
    arrays = {name: np.asarray(values, order="C") for name, values in arrays.items()}
    keep_freed_memory()  # what training freed goes back before large weights are copied and written
    tensors = net.state_dict()
    small = sum(tensor.nbytes for tensor in tensors.values()) <= WEIGHTS_LIMIT
    weights = None
    if keep_weights or (run.variant.labels == "class" and small):
        weights = {name: tensor.contiguous().numpy() for name, tensor in tensors.items()}
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    cost = Cost(seconds, peak_memory(), finished)
    return Outcome(run.key, measured, cost, environment(), arrays, weights)
