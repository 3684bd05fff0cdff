"""The trained networks that the lab page loads: which of a study's there are, and each as an
artifact of the build, small enough for a browser.

Convolutions and small dense layers stay float32; large dense layers become int8 with a scale for
each row. How much that changes is measured on all test images and stored with them.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import NamedTuple

import msgspec
import numpy as np

from report_builder.evidence.study import Evidence
from report_builder.text import Text
from xo.data.dataset import DataSet
from xo.network.measurements import POOL
from xo.runs.record import RunRecord, read_weights
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import Variant

KIND = "lab network"  # of artifact
FILE = "network.safetensors"
LARGEST = (
    8_000_000  # parameters of a network that a page may load; without pooling it has 75 million
)
FEW = 4096  # weights of a dense layer that stay as they are: little would be saved
LAYOUT = 2  # of the files; raise it when docs/assets/lab must read them otherwise
TOO_LARGE = Text(
    "它有 {count:,} 个参数，每个只占一个字节也太大，不适合由网页下载",
    "with {count:,} parameters it is too large for a page to load, even at a byte each",
)
NO_WEIGHTS = Text("这次训练的权重没有保存", "the weights of its run were not kept")
OTHER_TASK = Text(
    "它学的是另一个任务，答案不是这些类别", "it learned another task, whose answers are not these"
)
NOT_TRAINED = Text("这次生成没有训练它", "this build has not trained it")

Arrays = dict[str, np.ndarray]


class ShippedContent(msgspec.Struct, frozen=True):
    """What the record of a shipped network holds beside its inputs."""

    seed: int
    test_images: int
    same_class: int  # of the test images, those on which int8 and float32 give the same class
    largest_difference: float  # of a class's probability, between int8 and float32, over them
    epochs: int  # 0..epochs of the run whose dense layers are there after each; 0: none are


class Shipped(NamedTuple):
    """A run whose network the lab loads, and the run that it replays, where there is one."""

    record: RunRecord
    replayed: RunRecord | None


def why_not_shipped(evidence: Evidence, variant: Variant) -> Text | None:
    """Why the lab has no network of that variant; None where it has one."""
    if variant.labels != "class":
        return OTHER_TASK
    if all(row.name != variant.name for row in evidence.variants):
        return NOT_TRAINED
    record = shown_run(evidence, variant.name)
    if record.parameters > LARGEST:
        return Text(
            *(each.format(count=record.parameters) for each in (TOO_LARGE.zh, TOO_LARGE.en))
        )
    return None if record.has_weights else NO_WEIGHTS


def shown_run(evidence: Evidence, variant: str) -> RunRecord:
    """The lowest seed that solved its task and whose weights were kept, or else the representative
    one. The two differ where the level of solving was changed after training.
    """
    runs = evidence.runs(variant)
    kept = (run for run in runs if run.solved and run.has_weights)
    return next(kept, evidence.representative(variant))


def shipped(evidence: Evidence) -> dict[str, Shipped]:
    """The networks of the lab by variant, in the order of the table."""
    found = {}
    for row in evidence.variants:
        if why_not_shipped(evidence, row) is None:
            runs = evidence.runs(row.name)
            replayed = next((run for run in runs if run.has("dense1.scales")), None)
            found[row.name] = Shipped(shown_run(evidence, row.name), replayed)
    return found


def inputs(network: Shipped, data: DataSet, source: Source) -> Inputs:
    """All that decides the files."""
    runs = [network.record, *filter(None, [network.replayed])]
    return {
        "layout": LAYOUT,
        "code": source.reach(f"{__name__}:make"),
        "records": {run.name: run.digest for run in runs},
        "data": data.digest,
        "versions": {"numpy": version("numpy")},
    }


def make(network: Shipped, data: DataSet, inputs: Inputs, store: Store) -> Artifact:
    """Writes the network, and the replayed run's after each epoch, as files of safetensors."""
    from safetensors.numpy import load

    record = network.record
    arrays = quantised_network(load(read_weights(record)), record.settings)
    files = {FILE: as_file(arrays, record.settings)}
    if run := network.replayed:
        for epoch in range(len(run.epochs) + 1):
            files[epoch_file(epoch)] = as_file(_of_epoch(run, epoch), run.settings)
    images = data.test.images
    expected = record.array("test_probabilities")
    got = np.array([probabilities(arrays, record.settings, image) for image in images])
    content = ShippedContent(
        seed=record.seed,
        test_images=len(images),
        same_class=int((got.argmax(1) == expected.argmax(1)).sum()),
        largest_difference=float(np.abs(got - expected).max()),
        epochs=len(run.epochs) if (run := network.replayed) else 0,
    )
    return store.add(KIND, record.variant, inputs, msgspec.to_builtins(content), files)


def as_file(arrays: Arrays, variant: Variant) -> bytes:
    """The arrays as safetensors, with what the lab must know of the network to compute with them.

    That is one entry of its header: several stand in any order there, and the bytes would differ.
    """
    from safetensors.numpy import save

    network = {"pool": poolings(variant), "head": variant.head}
    return save(dict(sorted(arrays.items())), {"network": json.dumps(network)})


def epoch_file(epoch: int) -> str:
    """The file of the replayed run's network after that many epochs."""
    return f"epoch-{epoch:02d}.safetensors"


def poolings(variant: Variant) -> list[str]:
    """What follows each convolution: "max", "trained" or "none"."""
    return [
        variant.pool if variant.pool and kernel > 1 else "none" for kernel in variant.kernel_sizes
    ]


def quantised_network(weights: Arrays, variant: Variant) -> Arrays:
    """PyTorch's parameters by the names that records use, large dense layers' weights as int8.

    `conv1.kernels (O, C, k, k)`, `dense1.weights (F_out, F_in)`, `dense1.scales (F_out,)`, which
    are 1 where the weights are float32, `... .biases`; the last dense layer is `logits`.
    """
    found = {}
    for name, values in weights.items():
        module, place, parameter = name.split(".")
        k = int(place) + 1
        layer = "logits" if module == "dense" and k == len(variant.dense) + 1 else f"{module}{k}"
        if parameter == "bias":
            found[f"{layer}.biases"] = values
        elif module == "dense":
            scaled = (
                quantised(values) if values.size > FEW else (values, np.ones_like(values[:, 0]))
            )
            found[f"{layer}.weights"], found[f"{layer}.scales"] = scaled
        else:
            found[f"{layer}.kernels"] = values
    return found


def quantised(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """int8 `(rows, columns)` and, for each row, the float32 scale to multiply it by.

    As xo.network.activations does for the snapshots of a run, which needs torch.
    """
    scales = np.abs(weights).max(1) / 127
    codes = np.rint(weights / np.where(scales > 0, scales, 1)[:, None])
    return codes.astype(np.int8), scales.astype(np.float32)


def probabilities(arrays: Arrays, variant: Variant, image: np.ndarray) -> np.ndarray:
    """`(classes,)` of one image, uint8 `(H, W)` or `(H, W, 3)`, by the arrays that are shipped."""
    maps = np.atleast_3d(image).transpose(2, 0, 1).astype(np.float32) / 255
    for k, pool in enumerate(poolings(variant), 1):
        kernels, biases = arrays[f"conv{k}.kernels"], arrays[f"conv{k}.biases"]
        windows = np.lib.stride_tricks.sliding_window_view(maps, kernels.shape[2:], (1, 2))
        maps = np.tensordot(kernels, windows, ((1, 2, 3), (0, 3, 4))) + biases[:, None, None]
        if pool != "none":
            height, width = (side // POOL for side in maps.shape[1:])
            cells = maps[:, : height * POOL, : width * POOL]
            cells = cells.reshape(len(maps), height, POOL, width, POOL)
            if pool == "max":
                maps = cells.max((2, 4))
            else:
                pooling = arrays[f"pool{k}.kernels"][:, 0]  # (C, 2, 2)
                maps = np.einsum("chiwj,cij->chw", cells, pooling)
                maps += arrays[f"pool{k}.biases"][:, None, None]
        maps = np.maximum(maps, 0)
    values = maps.mean((1, 2)) if variant.head == "average" else maps.ravel()
    for k in range(1, len(variant.dense) + 1):
        values = np.maximum(_dense(arrays, f"dense{k}", values), 0)
    logits = _dense(arrays, "logits", values)
    powers = np.exp(logits - logits.max())
    return powers / powers.sum()


def _dense(arrays: Arrays, layer: str, values: np.ndarray) -> np.ndarray:
    """`(F_in,) -> (F_out,)`."""
    sums = arrays[f"{layer}.weights"].astype(np.float32) @ values
    return sums * arrays[f"{layer}.scales"] + arrays[f"{layer}.biases"]


def _of_epoch(run: RunRecord, epoch: int) -> Arrays:
    """The parameters after that many epochs, as a record holds them."""
    parts = ("kernels", "weights", "scales", "biases")
    return {
        name: np.ascontiguousarray(run.array(name)[epoch])
        for name in sorted(run.array_names)
        if name.rpartition(".")[2] in parts
    }
