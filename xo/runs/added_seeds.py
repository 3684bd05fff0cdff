"""Which seeds were added to a study, beyond its own, to settle what these leave open.

The store keeps their numbers in `added-seeds.json`, by study, digest of the data, and variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from xo.data.dataset import DataSet
from xo.errors import InputError
from xo.store.files import write_atomically

FILE = "added-seeds.json"

Numbers = dict[str, dict[str, dict[str, int]]]


def added_seeds(store: Path, study: str, data: DataSet) -> dict[str, int]:
    """How many seeds of each variant the study has on these images, where some were added."""
    return _read(store).get(study, {}).get(data.digest, {})


def add_seeds(store: Path, study: str, data: DataSet, seeds: Mapping[str, int]) -> None:
    """Has the study ask for so many seeds of each variant; a larger number stays as it is."""
    numbers = _read(store)
    known = numbers.setdefault(study, {}).setdefault(data.digest, {})
    for variant, number in seeds.items():
        known[variant] = max(number, known.get(variant, 0))
    store.mkdir(parents=True, exist_ok=True)
    write_atomically(store / FILE, msgspec.json.format(msgspec.json.encode(numbers), indent=1))


def _read(store: Path) -> Numbers:
    file = store / FILE
    if not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=Numbers)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: expected numbers of seeds by study, data and variant ({error}); remove the "
            "file, and the seeds that it added are no longer counted"
        ) from error
