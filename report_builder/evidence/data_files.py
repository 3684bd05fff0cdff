"""Reads the files below `data/` that hold facts: TOML, validated, read anew only where changed."""

from __future__ import annotations

import tomllib
from collections.abc import Hashable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import msgspec

from report_builder.evidence.recording import current_requests
from xo.errors import InputError
from xo.store.source_digest import ROOT

T = TypeVar("T")


def read_data(file: Path, type_: type[T], root: Path | None = None) -> T:
    """The content of a file below `root`, by default ROOT, which is noted as asked for.

    Raises InputError where it cannot be read or is not of this type.
    """
    name = file.relative_to(root or ROOT).as_posix()
    current_requests().files.add(name)
    try:
        content: T = _converted(file.read_text(encoding="utf-8"), cast(Hashable, type_))
    except (OSError, ValueError) as error:  # of TOML, of msgspec, of an encoding
        raise InputError(
            f"{name}: cannot be read ({error}); mend it, or restore it with 'git checkout {name}'"
        ) from error
    return content


@cache
def _converted(text: str, type_: Hashable) -> Any:
    return msgspec.convert(tomllib.loads(text), type_)
