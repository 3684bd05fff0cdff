"""A small made-up study for tests: no randomness, no training, whole numbers behind every value:
the same everywhere.

Some seeds solve their task, the last one stays at chance; the maps really are what the kernels make
of the images.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from report_builder.evidence.estimates import entropy
from report_builder.evidence.fates import Fate, chance_loss
from report_builder.evidence.study import Evidence
from report_builder.evidence.training_course import until
from report_builder.results.claims import claims
from report_builder.results.report import DecidedClaim
from tests.report_builder.made_up_demonstrations import demonstrations
from xo.data.dataset import DataSet
from xo.data.load import load
from xo.network.measurements import Epoch, Layer, LayerState, Training
from xo.runs.execute import run_result
from xo.runs.record import Cost, RunRecord, write_run
from xo.runs.resources import Environment
from xo.runs.study import Run
from xo.store.inputs import Inputs
from xo.store.store import Store
from xo.variants import VARIANTS, Variant

ENVIRONMENT = Environment(
    python="3.13.1",
    torch="2.9.0+cpu",
    numpy="2.3.5",
    instruction_set="AVX2",
    blas="mkl 2024.2",
    threads=1,
    system="Linux x86_64",
    processor="made up",
)


@pytest.fixture(scope="session")
def make_evidence(tmp_path_factory) -> Callable[..., Evidence]:
    """Writes images and records of a made-up study and returns its evidence; `small_evidence` takes
    the choices.
    """

    def make(**choices) -> Evidence:
        return small_evidence(tmp_path_factory.mktemp("study"), **choices)

    return make


@pytest.fixture(scope="session")
def evidence(make_evidence) -> Evidence:
    """All variants, three seeds of three epochs, two classes of 30x30 images."""
    return make_evidence()


def small_evidence(
    folder: Path,
    *,
    classes: tuple[str, ...] = ("circles", "crosses"),
    size: tuple[int, int] = (30, 30),
    train: int = 8,
    test: int = 6,
    seeds: int = 3,
    epochs: int = 3,
    solving: int | None = None,
    variants: tuple[Variant, ...] = tuple(VARIANTS.values()),
    dense: tuple[int, ...] | None = None,
) -> Evidence:
    """`train` and `test` images per class; the first `solving` seeds solve their task, by default
    all but one.
    """
    draw_images(folder / "data", classes, size, train, test)
    store = Store(folder / "runs")
    data = load(folder / "data", store)
    solving = max(seeds - 1, 0) if solving is None else solving
    variants = tuple(
        replace(v, epochs=epochs, dense=v.dense if dense is None else dense) for v in variants
    )
    records = {
        v.name: tuple(write_record(store, v, data, seed, seed < solving) for seed in range(seeds))
        for v in variants
    }
    return Evidence("test", data, variants, records, demonstrations(store, data, records))


def draw_images(
    root: Path, classes: tuple[str, ...], size: tuple[int, int], train: int, test: int
) -> None:
    """Rings, crosses, and for further classes bars, each image a little different."""
    h, w = size
    y, x = np.mgrid[:h, :w]
    for k, name in enumerate(classes):
        for split, first, count in (("train", 0, train), ("test", train, test)):
            (root / split / name).mkdir(parents=True, exist_ok=True)
            for i in range(first, first + count):
                cy, cx, r = h // 2 + i % 3 - 1, w // 2 + i // 3 % 3 - 1, min(h, w) // 4 + i // 9
                shapes = [
                    abs((y - cy) ** 2 + (x - cx) ** 2 - r * r) <= 2 * r,
                    (abs(abs(y - cy) - abs(x - cx)) <= 1) & (abs(y - cy) <= r),
                    (y - cy) % (k + 2) == 0,
                ]
                image = np.where(shapes[min(k, 2)], 0, 255).astype(np.uint8)
                image[0, :12] = [
                    255 * (~(i + 100 * k) >> bit & 1) for bit in range(12)
                ]  # no two images are the same
                Image.fromarray(image).save(root / split / name / f"{i:04d}.png")


def write_record(
    store: Store,
    variant: Variant,
    data: DataSet,
    seed: int,
    solves: bool,
    inputs: Inputs | None = None,
) -> RunRecord:
    """One record as `xo` writes it; with `inputs`, as the record of that planned run."""
    split = variant.labels == "split"
    names = ("test", "train") if split else data.classes
    images, labels, ids = (
        (
            np.concatenate([data.test.images, data.train.images]),
            np.repeat([0, 1], [len(data.test.ids), len(data.train.ids)]),
            (*(f"test/{i}" for i in data.test.ids), *(f"train/{i}" for i in data.train.ids)),
        )
        if split
        else (np.asarray(data.test.images), data.test.labels, data.test.ids)
    )
    shown = np.concatenate([np.flatnonzero(labels == k)[:2] for k in (0, 1)])
    arrays = {
        "shown_images": images[shown],
        "shown_labels": labels[shown],
        "test_labels": labels,
        "batch_loss": batch_losses(variant, data, seed, solves, len(names)),
        "test_probabilities": probabilities(labels, len(names), seed, solves),
    }
    layers = run_network(variant, images[shown], len(names), seed, arrays)
    predicted = arrays["test_probabilities"].argmax(1)
    guessing = entropy(tuple(label_counts(variant, data)))
    accuracy = float((predicted == labels).mean())
    epochs = [
        Epoch(
            e + 1,
            train_loss=float(losses.mean()),
            train_accuracy=0.5 + 0.4 * solves * e / variant.epochs,
            test_loss=float(losses[-1]) * 1.25,
            test_accuracy=accuracy
            if e == variant.epochs - 1
            else 0.5 + 0.3 * solves * e / variant.epochs,
            largest_batch_loss=float(losses.max()),
            sample_loss=float(losses[-1]) if solves else guessing,
            sample_accuracy=accuracy,
            layers=layer_states(variant, seed, silent=not solves and e == variant.epochs - 1),
        )
        for e, losses in enumerate(arrays["batch_loss"])
    ]
    confusion = np.bincount(labels * len(names) + predicted, minlength=len(names) ** 2)
    measured = Training(
        classes=tuple(names),
        label_counts=tuple(label_counts(variant, data)),
        parameters=sum(layer.parameters for layer in layers),
        layers=tuple(layers),
        untrained=layer_states(variant, seed),
        epochs=tuple(epochs),
        epoch_seconds=tuple(2.0 + seed / 4 + e / 8 for e in range(variant.epochs)),
        confusion=tuple(map(tuple, confusion.reshape(len(names), -1).tolist())),
        test_ids=tuple(ids),
        shown_ids=tuple(ids[i] for i in shown),
    )
    versions = {"torch": "2.9.0", "numpy": "2.3.5"}
    run = Run(
        variant,
        seed,
        data,
        inputs
        or {
            "code": {"xo.network.train:train": "0"},
            "variant": variant.name,
            "seed": seed,
            "data": data.digest,
            "versions": versions,
        },
    )
    cost = Cost(8.0 + seed, 800_000_000 + 1_000_000 * seed, "2025-01-01T00:00:00+00:00")
    return write_run(store, run.inputs, run_result(run, measured, cost, ENVIRONMENT), arrays)


def layer_states(variant: Variant, seed: int, silent: bool = False) -> tuple[LayerState, ...]:
    """Each layer half as large as the one before; a silent network's last convolution is dead."""
    convolutions = [f"conv{k}" for k in range(1, len(variant.channels) + 1)]
    hidden = [*convolutions, *(f"dense{k}" for k in range(1, len(variant.dense) + 1))]
    states = [
        LayerState(name, 1 - place / 8, (1 + seed / 8) / 2**place, (1 + seed / 8) / 64 / 2**place)
        for place, name in enumerate(hidden)
    ]
    if silent:
        states[len(convolutions) - 1] = LayerState(convolutions[-1], 0.0, 0.0, 0.0)
    return (*states, LayerState("logits", None, 1 / 64, 1 / 64))


def label_counts(variant: Variant, data: DataSet) -> list[int]:
    if variant.labels == "split":
        return [len(data.test.ids), len(data.train.ids)]
    counts = np.bincount(data.train.labels, minlength=len(data.classes)).tolist()
    return [3, *(2 * count for count in counts[1:])] if variant.labels == "uneven" else counts


def batch_losses(
    variant: Variant, data: DataSet, seed: int, solves: bool, classes: int
) -> np.ndarray:
    """`(epochs, batches)`: near chance, then, for a seed that solves, halved and halved again."""
    batches = max(2, -(-len(data.train.ids) // variant.batch_size))
    step = np.arange(variant.epochs * batches).reshape(variant.epochs, batches)
    chance = {2: 0.6931, 3: 1.0986}.get(classes, 2.3026)
    return (
        chance * 0.5 ** (np.maximum(step - seed, 0) * solves)
        + whole((variant.epochs, batches), seed) / 256
    )


def probabilities(labels: np.ndarray, classes: int, seed: int, solves: bool) -> np.ndarray:
    """`(n, classes)`: sure and right, or, for a seed that does not solve, nearly even and always
    the first class.
    """
    share = np.full((len(labels), classes), 1 / 1024)
    share[np.arange(len(labels)), labels if solves else 0] += 1
    share += (np.arange(len(labels)) * (seed + 3) % 7 / 16)[:, None] if solves else 16
    return (share / share.sum(axis=1, keepdims=True)).astype(np.float32)


def whole(shape: tuple[int, ...], salt: int) -> np.ndarray:
    """Numbers from -8 to 8 in an order that looks like none."""
    n = np.arange(int(np.prod(shape))) + 97 * salt + 5
    return ((n * n * 31 + n * 17) % 257 % 17 - 8.0).reshape(shape)


def run_network(
    variant: Variant, images: np.ndarray, classes: int, seed: int, arrays: dict[str, np.ndarray]
) -> list[Layer]:
    """Adds kernels and activations to `arrays`; returns the rows that describe the layers."""
    x = (images // 255)[:, None].astype(float)  # (4, 1, H, W)
    rows = [Layer("input", "input", x.shape[1:], 0, 0)]

    def add(
        name: str, kind: str, values: np.ndarray, weights: int = 0, kernel: int | None = None
    ) -> None:
        arrays[f"maps.{name}"] = values.astype(np.float32)
        positions = int(np.prod(values.shape[2:]))
        parameters = weights + values.shape[1] * (weights > 0)
        rows.append(Layer(name, kind, values.shape[1:], parameters, weights * positions, kernel))

    for k, (out, size) in enumerate(zip(variant.channels, variant.kernel_sizes), 1):
        before = whole((out, x.shape[1], size, size), k + seed) / 16
        after = before + whole(before.shape, k + seed + 40) / 64
        arrays |= {
            f"conv{k}.kernels": np.stack([before, after]).astype(np.float32),
        }
        windows = np.lib.stride_tricks.sliding_window_view(
            x, (size, size), axis=(2, 3)
        )  # (4, C_in, H', W', size, size)
        x = np.einsum("nchwij,ocij->nohw", windows, after) / 4
        add(f"conv{k}", "conv", x, after.size, kernel=size)
        if variant.pool and size > 1:
            h, w = x.shape[2] // 2, x.shape[3] // 2
            x = x[:, :, : 2 * h, : 2 * w].reshape(4, out, h, 2, w, 2)
            x = x.max(axis=(3, 5)) if variant.pool == "max" else x.mean(axis=(3, 5))
            add(f"pool{k}", "pool", x, 4 * out * (variant.pool == "trained"))
        x = np.maximum(x, 0)
        add(f"relu{k}", "relu", x)
    if variant.head == "average":
        x = x.mean(axis=(2, 3))
        add("average", "average", x)
    x = x.reshape(4, -1)
    for k, out in enumerate(variant.dense, 1):
        add(f"dense{k}", "dense", np.maximum(whole((4, out), k + seed), 0), x.shape[1] * out)
        x = x[:, :1].repeat(out, axis=1)
    add("logits", "dense", whole((4, classes), seed), x.shape[1] * classes)
    return rows


def with_losses(run: RunRecord, loss: float) -> RunRecord:
    """The record with this loss in every epoch."""
    epochs = tuple(
        msgspec.structs.replace(epoch, train_loss=loss, test_loss=loss, sample_loss=loss)
        for epoch in run.epochs
    )
    return msgspec.structs.replace(run, epochs=epochs)


def with_fate(run: RunRecord, fate: Fate) -> RunRecord:
    """The record, of at least two epochs, with losses and accuracies of a run that ends so.

    One that collapses has reached 98 % in the epoch before the last.
    """
    first, before, last = {
        "solved": ((1.0, 0.5), (0.1, 0.99), (0.1, 1.0)),
        "unsettled": ((1.0, 0.5), (0.5, 0.75), (0.5, 0.75)),
        "collapsed": ((1.0, 0.5), (0.1, 0.99), (1.0, 0.5)),
        "never left chance": ((1.0, 0.5), (1.0, 0.5), (1.0, 0.5)),
    }[fate]
    course = [*[first] * (len(run.epochs) - 2), before, last]
    rows = [row.name for row in run.layers if row.kind in ("conv", "dense")]

    def states(size: float) -> tuple[LayerState, ...]:
        return tuple(
            LayerState(name, None if name == "logits" else size, size, 0.0) for name in rows
        )

    epochs = tuple(
        msgspec.structs.replace(
            epoch,
            sample_loss=share * chance_loss(run),
            test_accuracy=accuracy,
            layers=states(float(share < 1)),
        )
        for epoch, (share, accuracy) in zip(run.epochs, course, strict=True)
    )
    return msgspec.structs.replace(run, epochs=epochs, untrained=states(1.0))


def decided(evidence: Evidence) -> dict[str, DecidedClaim]:
    """Every claim with what the records say of it."""
    return {name: claim for name, claim, _ in claims(evidence)}


def with_settings(make_evidence: Callable[..., Evidence], short: int = 2) -> Evidence:
    """Three seeds of the baseline, of `short` epochs, and of other settings, of three."""
    baseline = VARIANTS["baseline"]
    others = (
        replace(baseline, name="slow", zh="慢", en="Slow", lr=0.01),
        replace(baseline, name="kaiming", zh="何", en="Kaiming", initialisation="kaiming"),
    )
    study = make_evidence(variants=(baseline, *others))
    cut = tuple(until(run, short) for run in study.runs("baseline"))
    return replace(study, records={**study.records, "baseline": cut})
