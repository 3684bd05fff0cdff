"""What a run left: its typed record, the inputs that decide it, and which weights are kept.

`runs/<variant>/<seed>-<key>/` holds `record.json`, `arrays.safetensors` and perhaps
`weights.safetensors`. Needs no torch.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import fields, replace
from functools import cache, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from xo.data.card import goal
from xo.errors import InputError
from xo.network.measurements import Training
from xo.runs.resources import Environment
from xo.store.artifact import ARRAYS, RECORD, Artifact, Damaged, read
from xo.store.inputs import Inputs
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import Variant

if TYPE_CHECKING:
    from xo.data.dataset import DataSet

LAYOUT = 4  # of the record and its arrays; raise it when readers must change
WEIGHTS = "weights.safetensors"
WEIGHTS_LIMIT = 100e6  # bytes; larger weights (no pooling: 300 MB) are kept on request only
WEIGHTS_SMALL = 3e6  # bytes; smaller weights (three convolutions) are kept of every seed
TRAINING = (
    "xo.network.train:train"  # its code, with all that it reaches, decides what a run computes
)
# Fields of a record that are the same in many.
COMMON = ("settings", "data", "environment", "classes", "layers", "test_ids", "shown_ids")
NOT_DECIDING = ("name", "zh", "en", "parameters")  # of a variant's row


class DataDescription(msgspec.Struct, frozen=True):
    """The data set that a run was trained on."""

    name: str
    digest: str
    classes: tuple[str, ...]
    image_size: tuple[int, int]  # (H, W) in pixels
    train_images: int
    test_images: int
    channels: int = 1  # 1: grey, 3: colour
    solved_from: float | None = None  # of its card; see xo.data.card.goal


class Cost(msgspec.Struct, frozen=True):
    """What a run took; no result depends on it."""

    train_seconds: float
    peak_memory_bytes: int | None  # None where the system does not say
    finished: str  # ISO 8601


class RunResult(Training, frozen=True, kw_only=True):
    """What `record.json` says of a run, beside its inputs."""

    settings: Variant
    seed: int
    data: DataDescription
    cost: Cost
    environment: Environment
    weights_requested: bool = False  # by --keep-weights; they are then deleted by hand only


class RunRecord(RunResult, frozen=True, kw_only=True):
    """One run as stored; arrays are read from disk when asked for."""

    artifact: Artifact

    @property
    def variant(self) -> str:
        """The name of the variant."""
        return self.settings.name

    @property
    def name(self) -> str:
        """`baseline/0`: variant and seed."""
        return self.artifact.name

    @property
    def key(self) -> str:
        """The digest of all that decides the run."""
        return self.artifact.key

    @property
    def digest(self) -> str:
        """The digest of the record, with those of its files."""
        return self.artifact.digest

    @property
    def folder(self) -> Path:
        """Where it is stored."""
        return self.artifact.folder

    @property
    def inputs(self) -> Inputs:
        """All that decides the run."""
        return self.artifact.inputs

    @property
    def test_accuracy(self) -> float:
        """0..1, of the last epoch."""
        return self.epochs[-1].test_accuracy

    @property
    def solved(self) -> bool:
        """Whether it has solved its task at the end."""
        return self.test_accuracy >= goal(self.data)

    @property
    def has_weights(self) -> bool:
        """Whether its weights were kept."""
        return self.artifact.has(WEIGHTS)

    @property
    def array_names(self) -> tuple[str, ...]:
        """The names of its arrays."""
        return self.artifact.array_names

    def has(self, name: str) -> bool:
        """Whether there is an array of that name."""
        return name in self.array_names

    def array(self, name: str) -> np.ndarray:
        """One of its arrays, rehashed."""
        return self.artifact.array(name)


class _Inputs(msgspec.Struct, frozen=True):
    """What every record of this version says of its inputs."""

    seed: int
    code: dict[str, str]
    versions: dict[str, str]


def run_record(artifact: Artifact, data: DataSet | None = None) -> RunRecord:
    """The typed record of a stored run; raises Damaged where its content is not of this version.

    What `data` says of when a task is solved counts, as far as it is known, in place of what was
    said when the run was trained. What many runs have in common is in memory once.
    """
    result = msgspec.structs.asdict(artifact.content_as(RunResult))
    if data and data.solved_from != result["data"].solved_from:
        result["data"] = msgspec.structs.replace(result["data"], solved_from=data.solved_from)
    result |= {name: _shared(result[name]) for name in COMMON}
    try:
        inputs = msgspec.convert(artifact.inputs, _Inputs)
    except msgspec.ValidationError as error:
        raise Damaged(artifact.folder, RECORD, f"not of this version ({error})") from error
    code = _shared_dict(tuple(inputs.code.items()))
    artifact = replace(artifact, inputs=artifact.inputs | {"code": code}, record=b"")
    return RunRecord(**result, artifact=artifact)


@lru_cache(maxsize=256)
def _shared(value: Any) -> Any:
    """An equal value that came before."""
    return value


@lru_cache(maxsize=256)
def _shared_dict(items: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return dict(items)


def run_inputs(variant: Variant, seed: int, data_digest: str, source: Source) -> Inputs:
    """All that decides a run's result, and no more."""
    return {
        "layout": LAYOUT,
        "variant": deciding_settings(variant),
        "seed": seed,
        "data": data_digest,
        "code": source.reach(TRAINING),
        "versions": deciding_versions(),
        "device": "cpu",
    }


def deciding_versions() -> dict[str, str]:
    """The versions of the libraries that decide a result.

    Python's does not: in Python itself are computed only counts and exact sums. Nor does the label
    of PyTorch's build (`+cpu`, `+cu130`): on the processor all of them run the same code.
    """
    return {name: _version(name) for name in ("torch", "numpy")}


@cache
def _version(library: str) -> str:
    return version(library).partition("+")[0]


def deciding_settings(variant: Variant) -> dict[str, Any]:
    """The settings that decide a run's result, as JSON, without those at their default.

    So a new column in the table of variants leaves the keys of the rows that do not use it.
    """
    row = {
        column.name: getattr(variant, column.name)
        for column in fields(variant)
        if column.name not in NOT_DECIDING and getattr(variant, column.name) != column.default
    }
    settings: dict[str, Any] = json.loads(json.dumps(row))
    return settings


def write_run(
    store: Store,
    inputs: Inputs,
    result: RunResult,
    arrays: Mapping[str, np.ndarray],
    weights: Mapping[str, np.ndarray] | None = None,
    keep_weights: bool = False,
) -> RunRecord:
    """Stores a run.

    Of large weights, unless `keep_weights`, only one seed's stay: the lowest that solved its task.
    """
    from safetensors.numpy import save

    files = {ARRAYS: save(dict(sorted(arrays.items())))}
    if weights is not None:
        files[WEIGHTS] = save(dict(sorted(weights.items())))
    result = msgspec.structs.replace(result, weights_requested=keep_weights)
    artifact = store.add(
        "run",
        f"{result.settings.name}/{result.seed}",
        inputs,
        msgspec.to_builtins(result),
        files,
        replace=keep_weights,
        optional=(WEIGHTS,),
    )
    record = run_record(artifact)
    if weights is not None and not keep_weights:
        _keep_one_set_of_weights(store, record)
    return record


def stored_runs(store: Store, variant: str = "*") -> list[RunRecord]:
    """Every readable record of a variant, or of all, by folder; files are not rehashed.

    One in a folder that is not its own, as a copy, is left out.
    """
    found = []
    for file in sorted(store.root.glob(f"{variant}/[!.]*/{RECORD}")):
        with suppress(Damaged, InputError):
            artifact = read(file.parent)
            if artifact.kind == "run" and file.parent == store.folder_of(artifact):
                found.append(run_record(artifact))
    return found


def read_weights(record: RunRecord) -> bytes:
    """The bytes of the record's weights (safetensors), rehashed."""
    if not record.has_weights:
        raise InputError(
            f"{record.folder}: its weights were not kept; remove this folder and train the run "
            "again, with --keep-weights"
        )
    try:
        return record.artifact.read(WEIGHTS)
    except Damaged as damage:
        raise InputError(
            f"{damage}; remove the folder {record.folder} and train the run again"
        ) from damage


def _keep_one_set_of_weights(store: Store, record: RunRecord) -> None:
    same = [
        each
        for each in stored_runs(store, record.variant)
        if _all_but_seed(each) == _all_but_seed(record)
    ]
    same.sort(key=lambda each: each.seed)
    kept = next((each for each in same if each.solved), same[0])
    for each in same:
        stored = each.artifact.files.get(WEIGHTS)
        large = stored and stored.bytes > WEIGHTS_SMALL
        if large and not each.weights_requested and each.folder != kept.folder:
            (each.folder / WEIGHTS).unlink(missing_ok=True)


def _all_but_seed(record: RunRecord) -> Inputs:
    return {name: value for name, value in record.inputs.items() if name != "seed"}
