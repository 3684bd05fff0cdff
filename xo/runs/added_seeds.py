"""Which seeds were added to a study, beyond its own, to settle what these leave open.

The store keeps them in `added-seeds.json`, by study and digest of the data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from xo.data.dataset import DataSet
from xo.errors import InputError
from xo.store.files import write_atomically

FILE = "added-seeds.json"


class AddedSeeds(msgspec.Struct, frozen=True):
    """What was added to a study on some images."""

    seeds: dict[str, int] = {}  # of each variant in all, the study's own included
    # The questions that they are to settle and that still lack some, by the names of who asked.
    open: tuple[str, ...] = ()


Added = dict[str, dict[str, AddedSeeds]]


def added_seeds(store: Path, study: str, data: DataSet) -> AddedSeeds:
    """What was added to the study on these images."""
    return _read(store).get(study, {}).get(data.digest, AddedSeeds())


def add_seeds(
    store: Path, study: str, data: DataSet, seeds: Mapping[str, int], open_questions: Iterable[str]
) -> None:
    """Has the study ask for so many seeds of each variant; a larger number stays as it is."""
    added = _read(store)
    of_study = added.setdefault(study, {})
    known = of_study.get(data.digest, AddedSeeds()).seeds
    most = {name: max(n, known.get(name, 0)) for name, n in (known | dict(seeds)).items()}
    of_study[data.digest] = AddedSeeds(most, tuple(open_questions))
    store.mkdir(parents=True, exist_ok=True)
    write_atomically(store / FILE, msgspec.json.format(msgspec.json.encode(added), indent=1))


def _read(store: Path) -> Added:
    file = store / FILE
    if not file.is_file():
        return {}
    try:
        return msgspec.json.decode(file.read_bytes(), type=Added)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"{file}: expected the seeds that were added to studies ({error}); remove the file, "
            "and they are no longer counted"
        ) from error
