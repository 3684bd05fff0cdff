"""Records of runs that nobody trained: untrained networks, and results as a test sets them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from xo.data.dataset import DataSet, Split, data_digest
from xo.network.measurements import Epoch, Training
from xo.network.model import Net, layers, untrained_network
from xo.runs.execute import run_result
from xo.runs.record import Cost, RunRecord, RunResult, write_run
from xo.runs.resources import environment
from xo.runs.study import Run, one_run
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS, Variant


def colour_set(file: Path | None = None) -> DataSet:
    """Red and blue images `(N, 30, 30, 3)`: 16 and 4 of each; the training ones in a .npy `file`.

    On average over the channels, both classes are the same.
    """

    def split(count: int) -> Split:
        labels = np.repeat([0, 1], count)
        images = np.random.default_rng(count).integers(0, 100, (2 * count, 30, 30, 3), np.uint8)
        images[labels == 0, ..., 2] += 150
        images[labels == 1, ..., 0] += 150
        ids = tuple(f"{label}/{number}.png" for number, label in enumerate(labels))
        return Split(labels, ids, images)

    train, test = split(16), split(4)
    if file:
        np.save(file, train.images)
        train = replace(train, pixels=file)
    size, classes = (30, 30), ("blue", "red")
    digest = data_digest(classes, size, train, test)
    return DataSet("colours", Path("colours"), classes, size, digest, train, test)


def with_images(data: DataSet, change: Callable[[np.ndarray], np.ndarray]) -> DataSet:
    """The data set with other images in place of its own `(N, H, W)`."""
    train, test = (
        replace(part, pixels=change(np.asarray(part.images)), rows=None)
        for part in (data.train, data.test)
    )
    _, height, width = train.images.shape
    digest = data_digest(data.classes, (height, width), train, test)
    return DataSet("changed", data.root, data.classes, (height, width), digest, train, test)


def result_of(run: Run, accuracy: float = 0.5) -> RunResult:
    """What a record of the run says, with that test accuracy."""
    data = run.data
    rows = layers(run.variant, data.image_size, len(data.classes), data.channels)
    measured = Training(
        classes=data.classes,
        label_counts=tuple(np.bincount(data.train.labels).tolist()),
        parameters=sum(row.parameters for row in rows),
        layers=tuple(rows),
        untrained=(),
        epochs=(Epoch(1, 0.7, 0.5, 0.7, accuracy, 0.8, 0.7, accuracy, ()),),
        epoch_seconds=(1.0,),
        confusion=((1, 0), (0, 1)),
        test_ids=data.test.ids,
        shown_ids=(),
    )
    cost = Cost(1.0, None, "2026-01-01T00:00:00+00:00")
    return run_result(run, measured, cost, environment())


def record_of(variant: Variant, data: DataSet, seed: int = 0, accuracy: float = 0.5) -> RunRecord:
    """A record that lies in no store."""
    result = result_of(one_run(variant, seed, data, Source()), accuracy)
    return RunRecord(**msgspec.structs.asdict(result), artifact=None)


def untrained(data: DataSet, *variants: str) -> dict[str, list[tuple[RunRecord, Net]]]:
    """What a demonstration is given, with networks as they were before training."""
    return {
        name: [
            (
                record_of(VARIANTS[name], data),
                untrained_network(
                    VARIANTS[name], data.image_size, len(data.classes), 0, data.channels
                ),
            )
        ]
        for name in variants
    }


def stored_run(
    store: Store,
    run: Run,
    accuracy: float = 1.0,
    weights: Mapping[str, np.ndarray] | None = None,
    keep_weights: bool = False,
) -> RunRecord:
    """A record in the store."""
    arrays = {"batch_loss": np.arange(6.0).reshape(2, 3)}
    result = result_of(run, accuracy)
    return write_run(store, run.inputs, result, arrays, weights, keep_weights)


def weights_of(run: Run) -> dict[str, np.ndarray]:
    """The weights of its network before training."""
    net = untrained_network(run.variant, run.data.image_size, len(run.data.classes), run.seed)
    return {name: tensor.contiguous().numpy() for name, tensor in net.state_dict().items()}
