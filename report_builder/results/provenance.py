"""What an artefact rests on, as plain data, and what changed in it.

Inputs are a dict of parts, such as `{"code": {"module:name": digest}, "records": {"baseline/0": digest}, "data": digest,
"versions": {"numpy": "2.3.5"}}`. Many artefacts share most of theirs, so a report keeps every part once, under its digest:
that of the part "code" is what pages call the code digest.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from xo.store.inputs import changes

# parts whose entries are told by their names alone, and the word before the name
NAMED = {
    "records": "run ",
    "demonstrations": "demonstration ",
    "text": "file ",
    "layout": "file ",
    "style": "style ",
    "navigation": "navigation ",
    "uses": "",
}
MANY = 3  # changed runs of one variant from which they are counted instead of named
PENDING = "to be made"  # stands for the digest of what a build would make anew


def digest(content) -> str:
    """Of plain data."""
    return hashlib.sha256(
        json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
    ).hexdigest()[:16]


def file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def pack(inputs: dict, details: dict[str, dict]) -> dict[str, str]:
    """The inputs with each part that is a dict replaced by its digest, under which `details` then holds it."""
    packed = {}
    for part, content in inputs.items():
        if isinstance(content, dict):
            packed[part] = digest(content)
            details[packed[part]] = content
        else:
            packed[part] = content
    return packed


def unpack(packed: dict[str, str], details: dict[str, dict]) -> dict:
    return {part: details.get(content, content) for part, content in packed.items()}


def changed(old: dict, new: dict) -> list[str]:
    """The inputs that differ, each by what a reader would look for: a function, a run, a file, a version."""
    found = []
    for part in sorted(old.keys() | new.keys()):
        before, after = old.get(part), new.get(part)
        if part in NAMED:
            before, after = before or {}, after or {}
            names = [
                name
                for name in sorted(before.keys() | after.keys())
                if before.get(name) != after.get(name)
            ]
            found += (
                _counted(names)
                if part == "records"
                else [NAMED[part] + name + _fate(name, before, after) for name in names]
            )
        else:
            found += changes({part: before}, {part: after})
    return found


def _fate(name: str, before: dict, after: dict) -> str:
    return " (new)" if name not in before else " (gone)" if name not in after else ""


def _counted(runs: list[str]) -> list[str]:
    """`run baseline/0`, or how many of a variant where they are many."""
    by_variant: dict[str, list[str]] = {}
    for run in runs:
        by_variant.setdefault(run.partition("/")[0], []).append(run)
    return [
        said
        for variant, of_it in by_variant.items()
        for said in (
            [f"run {run}" for run in of_it]
            if len(of_it) <= MANY
            else [f"{len(of_it)} runs of {variant}"]
        )
    ]


def why(old: dict | None, new: dict, never: str) -> str:
    """In one line what made an artefact stale; empty where nothing did, `never` where there was none before."""
    if old is None:
        return never
    found = changed(old, new)
    return f"changed: {', '.join(found)}" if found else ""
