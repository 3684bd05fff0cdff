"""JSON files of a build that later builds take over: each holds the digest of its own text, so that
a damaged one counts as missing.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeVar

import msgspec

from xo.store.files import write_atomically
from xo.store.inputs import sha256

T = TypeVar("T")
_SEAL = re.compile(rb',\n "sealed": "([0-9a-f]{64})"\n}\n\Z')


def seal(content: bytes) -> bytes:
    """The text of a JSON object with entries, and as its last one the digest of what is before."""
    text = content.rstrip().removesuffix(b"}").rstrip()
    return text + f',\n "sealed": "{sha256(text)}"\n}}\n'.encode()


def write(path: Path, content: bytes) -> None:
    """Writes a JSON object, sealed; an unchanged file is left alone."""
    text = seal(content)
    if not path.is_file() or path.read_bytes() != text:
        write_atomically(path, text)


def read(path: Path, type_: type[T]) -> T | None:
    """What was written there; None where there is nothing of this version, as it was written."""
    try:
        text = path.read_bytes()
        found = _SEAL.search(text)
        if not found or sha256(text[: found.start()]) != found[1].decode():
            return None
        return msgspec.json.decode(text, type=type_)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
