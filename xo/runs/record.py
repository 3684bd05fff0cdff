"""The store: what a run left behind, where it lies, and when it still counts.

`runs/<variant>/<seed>-<key>/` holds `record.json`, `arrays.safetensors` and perhaps `weights.safetensors`. The key digests
all that decides the result, so a record is either exactly right or not found. Needs no torch.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save

from xo.store.source_digest import Source
from xo.errors import InputError
from xo.variants import Variant

LAYOUT = 2  # of record.json and its arrays; raise it when readers must change
SOLVED = 0.98  # test accuracy from which a run counts as having solved its task
WEIGHTS_LIMIT = 100e6  # bytes; larger weights (no pooling: 300 MB) are kept on request only
WEIGHTS_SMALL = 3e6  # bytes; smaller weights (three convolutions) are kept of every seed
TRAINING = "xo.network.train:train"  # the function whose reach decides what a run computes
NOT_DECIDING = ("name", "zh", "en", "parameters")  # of a variant's row


class Damaged(Exception):
    """A record that does not read back as it was written."""


@dataclass(frozen=True)
class Record:
    """One run as stored. `array(name)` reads from disk when asked; pickling a record costs nothing."""

    path: Path
    meta: dict

    @property
    def variant(self) -> str:
        return self.meta["variant"]["name"]

    @property
    def seed(self) -> int:
        return self.meta["seed"]

    @property
    def key(self) -> str:
        return self.meta["key"]

    @property
    def test_accuracy(self) -> float:
        """0..1, of the last epoch."""
        return self.meta["epochs"][-1]["test_accuracy"]

    @property
    def solved(self) -> bool:
        return self.test_accuracy >= SOLVED

    @property
    def weights(self) -> Path | None:
        path = self.path / "weights.safetensors"
        return path if path.is_file() else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        with safe_open(self.path / "arrays.safetensors", "np") as arrays:
            return tuple(arrays.keys())

    def has(self, name: str) -> bool:
        return name in self.names

    def array(self, name: str) -> np.ndarray:
        with safe_open(self.path / "arrays.safetensors", "np") as arrays:
            found = arrays.get_tensor(name)
        return found.astype(np.float32) if found.dtype == np.float16 else found  # maps are stored in half the room


@dataclass(frozen=True)
class Store:
    root: Path

    @property
    def cache(self) -> Path:
        """Where data sets lie decoded."""
        return self.root / ".data"

    def folder(self, variant: str, seed: int, key: str) -> Path:
        return self.root / variant / f"{seed}-{key}"

    def find(self, variant: str, seed: int, key: str) -> Record | None:
        """The record of that key, rehashed; raises Damaged when it is there but not as written."""
        folder = self.folder(variant, seed, key)
        return read(folder) if folder.is_dir() else None

    def relatives(self, variant: str, seed: int) -> list[dict]:
        """`record.json` of every other readable record of this variant and seed, newest first."""
        folders = sorted((self.root / variant).glob(f"{seed}-*/record.json"), key=lambda f: -f.stat().st_mtime)
        found = []
        for file in folders:
            try:
                found.append(json.loads(file.read_text(encoding="utf-8")))
            except (OSError, ValueError):
                continue  # a damaged relative explains nothing
        return found

    def set_aside(self, variant: str, seed: int, key: str) -> Path:
        """Moves a damaged record out of the way, to be looked at; returns where it went."""
        return move_aside(self.root, self.folder(variant, seed, key))

    def write(self, meta: dict, arrays: Mapping[str, np.ndarray], weights: Mapping[str, np.ndarray] | None = None,
              keep_weights: bool = False) -> Record:
        """Writes a record whole or not at all. Of large weights, unless `keep_weights`, one seed's stay: the lowest that solved."""
        folder = self.folder(meta["variant"]["name"], meta["seed"], meta["key"])
        payloads = {"arrays.safetensors": save(dict(sorted(arrays.items())))}
        if weights is not None:
            payloads["weights.safetensors"] = save(dict(sorted(weights.items())))
        if keep_weights:
            meta = meta | {"weights_asked": True}
        written = write_whole(folder, meta, payloads, replace=keep_weights)  # asked for anew, this time with its weights
        if written is None:
            return read(folder)
        record = Record(folder, written)
        if not keep_weights:
            self._keep_one_set_of_weights(record)
        return record

    def _keep_one_set_of_weights(self, record: Record) -> None:
        siblings = [read(file.parent, rehash=False) for file in (self.root / record.variant).glob("*/record.json")]
        same = sorted((each for each in siblings if _but_seed(each) == _but_seed(record)), key=lambda each: each.seed)
        solved = [each for each in same if each.solved]
        for each in same:
            large = each.weights and each.weights.stat().st_size > WEIGHTS_SMALL
            if large and each != (solved or same)[0] and not each.meta.get("weights_asked"):
                each.weights.unlink(missing_ok=True)


def write_whole(folder: Path, meta: dict, payloads: dict[str, bytes], replace: bool = False) -> dict | None:
    """Writes `record.json` and its payloads beside the folder and renames them into place: whole or not at all.

    Returns what `record.json` says, with digests; None where another process was faster, with the same result.
    """
    meta = meta | {"payloads": {name: {"sha256": _sha256(data), "bytes": len(data)} for name, data in payloads.items()}}
    meta["digest"] = _own_digest(meta)
    text = (json.dumps(meta, indent=1, ensure_ascii=False) + "\n").encode()
    temporary = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for name, data in (payloads | {"record.json": text}).items():
            with open(temporary / name, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        if replace and folder.exists():
            shutil.rmtree(folder)
        os.rename(temporary, folder)
    except OSError as error:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return None
        raise InputError(f"{folder}: cannot write the record ({error.strerror}); make room or choose another place "
                         "with --store; what was finished before is kept") from error
    return meta


def move_aside(root: Path, folder: Path) -> Path:
    """Moves a damaged record out of the way within its store; returns where it went."""
    aside = root / ".damaged"
    aside.mkdir(parents=True, exist_ok=True)
    target = Path(tempfile.mkdtemp(prefix=f"{folder.parent.name}-{folder.name}-", dir=aside))
    os.rename(folder, target / "record")
    return target / "record"


def inputs(variant: Variant, seed: int, data_digest: str, source: Source) -> dict:
    """All that decides a run's result."""
    row = {name: value for name, value in asdict(variant).items() if name not in NOT_DECIDING}
    return {
        "layout": LAYOUT,
        "variant": json.loads(json.dumps(row)),
        "seed": seed,
        "data": data_digest,
        "code": source.reach(TRAINING),
        "versions": {"python": platform.python_version()} | {name: version(name) for name in ("torch", "numpy")},
        "device": "cpu",
    }


def key(run_inputs: dict) -> str:
    return _sha256(json.dumps(run_inputs, sort_keys=True).encode())[:16]


def changes(old: dict, new: dict, prefix: str = "") -> list[str]:
    """The names of the inputs that differ, as `code xo.network.train:step` or `versions torch 2.13.0 -> 2.14.1`."""
    found = []
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            found += changes(before, after, f"{prefix}{name} ")
        elif prefix.startswith("code") or name == "data":
            found.append(f"{prefix}{name}" + (" (new)" if before is None else " (gone)" if after is None else ""))
        else:
            found.append(f"{prefix}{name} {before} -> {after}")
    return found


def read(folder: Path, rehash: bool = True) -> Record:
    """Reads a record; with `rehash`, its arrays' bytes must still have the digest they were written with."""
    try:
        meta = json.loads((folder / "record.json").read_text(encoding="utf-8"))
        if meta["digest"] != _own_digest(meta):
            raise Damaged(f"{folder / 'record.json'}: does not match its own digest")
        name = "arrays.safetensors"
        if rehash and _sha256((folder / name).read_bytes()) != meta["payloads"][name]["sha256"]:
            raise Damaged(f"{folder / name}: does not match the digest in record.json")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{folder}: unreadable ({type(error).__name__}: {error})") from error
    return Record(folder, meta)


def read_weights(record: Record) -> bytes:
    """The bytes of the record's weights (safetensors), rehashed."""
    if record.weights is None:
        raise InputError(f"{record.path}: its weights were not kept; remove this folder and train the run again, "
                         "with --keep-weights")
    data = record.weights.read_bytes()
    if _sha256(data) != record.meta["payloads"]["weights.safetensors"]["sha256"]:
        raise InputError(f"{record.weights}: damaged, its bytes do not match the digest in record.json; remove the folder "
                         f"{record.path} and train the run again")
    return data


def _but_seed(record: Record) -> dict:
    return {name: value for name, value in record.meta["inputs"].items() if name != "seed"}


def _own_digest(meta: dict) -> str:
    return _sha256(json.dumps({k: v for k, v in meta.items() if k != "digest"}, sort_keys=True, ensure_ascii=False).encode())


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
