"""JSON text whose last entry is the digest of all before it, so that it shows by itself whether it
is as it was written: records of artifacts, manifests of sites, what a build keeps for the next.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from xo.store.files import write_atomically
from xo.store.inputs import sha256

T = TypeVar("T")
_BEFORE, _AFTER = b',\n "digest": "', b'"\n}\n'


def seal(text: bytes) -> bytes:
    """The text of a JSON object that has entries, with the digest of what is before as its last."""
    text = text.rstrip().removesuffix(b"}").rstrip()
    return text + _BEFORE + sha256(text).encode() + _AFTER


def seal_document(document: Mapping[str, Any]) -> bytes:
    """The sealed text of plain data that has entries; a digest that it holds is replaced."""
    rest = {name: part for name, part in document.items() if name != "digest"}
    return seal(json.dumps(rest, indent=1, ensure_ascii=False).encode())


def is_intact(text: bytes) -> bool:
    """Whether a text is as it was sealed, or says what it said then, where it is of the form before
    this one.
    """
    before, _, end = text.rpartition(_BEFORE)
    return end == sha256(before).encode() + _AFTER or _is_intact_old(text)


def _is_intact_old(text: bytes) -> bool:
    """Until November 2026 the digest was that of all other entries, sorted."""
    try:
        document = json.loads(text)
        own = document.pop("digest")
        rest = json.dumps(document, sort_keys=True, ensure_ascii=False)
        return bool(own == sha256(rest.encode()))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return False


def write(path: Path, content: bytes) -> None:
    """Writes a JSON object, sealed; an unchanged file is left alone."""
    text = seal(content)
    if not path.is_file() or path.read_bytes() != text:
        write_atomically(path, text)


def read(path: Path, type_: type[T]) -> T | None:
    """What was written there; None where there is nothing of this version, as it was written."""
    try:
        return decode(path.read_bytes(), type_)
    except OSError:
        return None


def decode(text: bytes, type_: type[T]) -> T | None:
    """What a sealed text says; None where it is not as it was sealed, or not of this version."""
    try:
        return msgspec.json.decode(text, type=type_) if is_intact(text) else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
