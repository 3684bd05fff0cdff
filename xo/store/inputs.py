"""What decides an artifact: its inputs as plain data, their digest, and how two of them differ.

Inputs are a dict of parts, as `{"code": {"module:name": digest}, "data": digest, "seed": 0}`. A
part is a scalar or a dict of named digests or values.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Inputs = dict[str, Any]

KEY_LENGTH = 16  # hexadecimal digits of SHA-256, enough for all inputs that a store will ever see
# Parts whose entries a reader knows by name alone, and the word that is put before the name.
NAMED_PARTS = {
    "records": "run ",
    "variants": "variant ",
    "demonstrations": "demonstration ",
    "text": "file ",
    "layout": "file ",
    "style": "style ",
    "navigation": "navigation ",
    "uses": "",
}
MANY_RUNS = 3  # more changed runs of one variant are counted instead of named


def sha256(content: bytes) -> str:
    """SHA-256 in 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest(data: object) -> str:
    """A short digest of plain data, the same for any order of the keys of a dict."""
    return sha256(json.dumps(data, sort_keys=True, ensure_ascii=False).encode())[:KEY_LENGTH]


def file_digest(path: Path) -> str:
    """A short digest of the bytes of a file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:KEY_LENGTH]


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The inputs that differ, each by the name of what a reader would look for.

    As `code xo.network.step:sgd_step`, `run baseline/0`, `12 runs of baseline`,
    `versions torch 2.13.0 -> 2.14.1`, `data`.
    """
    found: list[str] = []
    for part in sorted(old.keys() | new.keys()):
        before, after = old.get(part), new.get(part)
        if before == after:
            continue
        if not all(isinstance(value, Mapping | None) for value in (before, after)):
            found.append("data" if part == "data" else f"{part} {before} -> {after}")
        elif part == "records":
            found += _changed_runs(before or {}, after or {})
        elif part in NAMED_PARTS:
            found += [
                NAMED_PARTS[part] + name + _new_or_gone(name, before or {}, after or {})
                for name in _differing(before or {}, after or {})
            ]
        else:
            found += _changed_entries(part, before or {}, after or {})
    return found


def _changed_entries(
    part: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[str]:
    for name in _differing(before, after):
        if part == "variant":  # settings at their default are left out
            yield f"variant {name} {before.get(name, 'default')} -> {after.get(name, 'default')}"
            continue
        suffix = _new_or_gone(name, before, after)
        if part != "code":  # the digest of a function says nothing, a value or a version does
            suffix = suffix or f" {before[name]} -> {after[name]}"
        yield f"{part} {name}{suffix}"


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name in sorted(before.keys() | after.keys())
        # A value may be None, which is not the same as no value.
        if (name in before, before.get(name)) != (name in after, after.get(name))
    ]


def _new_or_gone(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    return " (new)" if name not in before else " (gone)" if name not in after else ""


def _changed_runs(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """`run baseline/0`, or how many runs of a variant where they are many."""
    by_variant: dict[str, list[str]] = {}
    for run in _differing(before, after):
        by_variant.setdefault(run.partition("/")[0], []).append(run)
    for variant, runs in by_variant.items():
        if len(runs) > MANY_RUNS:
            yield f"{len(runs)} runs of {variant}"
        else:
            yield from (f"run {run}" for run in runs)
