"""What a store holds by variant, and the deletion of what is outdated or named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import NamedTuple

from xo.data.dataset import DataSet
from xo.errors import InputError
from xo.exchange.current import Current, Outdated
from xo.runs.record import WEIGHTS, run_record
from xo.store.artifact import Artifact, Damaged, read
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.unknown_names import did_you_mean

DEMONSTRATIONS = "demonstrations"  # the row of all of them


class Stored(NamedTuple):
    """A run or demonstration of the store."""

    artifact: Artifact
    outdated: Outdated | None  # None: current
    data: DataSet

    @property
    def row(self) -> str:
        """What it is counted under: its variant, or `demonstrations`."""
        kind, name = self.artifact.kind, self.artifact.name
        return name.partition("/")[0] if kind == "run" else DEMONSTRATIONS

    @property
    def bytes(self) -> int:
        """Of its files on disk."""
        return sum(path.stat().st_size for path in self.artifact.folder.iterdir())

    @property
    def solved(self) -> bool:
        """Whether it is a current run that solved its task."""
        is_run = self.artifact.kind == "run" and not self.outdated
        return is_run and run_record(self.artifact, self.data).solved

    @property
    def has_weights(self) -> bool:
        """Whether the weights of the run are there."""
        return self.artifact.has(WEIGHTS)


class Contents(NamedTuple):
    """All of a store."""

    stored: list[Stored]
    damaged: list[str]


class Row(NamedTuple):
    """The runs of one variant, or all demonstrations."""

    name: str
    artifacts: int
    solved: int
    with_weights: int
    outdated: int
    bytes: int


def contents(data: DataSet, store: Store) -> Contents:
    """Every run and demonstration of a store, and a line for each that is damaged."""
    current = Current(data, Source())
    found, damaged = [], []
    runs: set[str] = set()
    for kind in ("run", "demonstration"):
        for folder in store.folders(kind):
            try:
                artifact = read(folder)
            except Damaged as damage:
                damaged.append(str(damage))
                continue
            outdated = current.why_outdated(artifact, runs)
            if kind == "run" and not outdated:
                runs.add(artifact.digest)
            found.append(Stored(artifact, outdated, data))
    return Contents(found, damaged)


def rows(stored: Iterable[Stored]) -> list[Row]:
    """Counts by variant; demonstrations come last."""
    by_row: dict[str, list[Stored]] = {}
    for each in stored:
        by_row.setdefault(each.row, []).append(each)
    return [
        Row(
            name,
            len(of_row),
            sum(each.solved for each in of_row),
            sum(each.has_weights for each in of_row),
            sum(each.outdated is not None for each in of_row),
            sum(each.bytes for each in of_row),
        )
        for name, of_row in by_row.items()
    ]


def reasons(stored: Iterable[Stored]) -> list[tuple[str, int]]:
    """Why artifacts are outdated, and how many for each reason, the most frequent first."""
    found = Counter(f"{each.row}: {each.outdated}" for each in stored if each.outdated)
    return found.most_common()


def select(stored: Iterable[Stored], names: Collection[str], outdated: bool) -> list[Stored]:
    """What `runs prune` deletes: what is outdated, and all of the runs named as `baseline/3`.

    A variant's name means all its runs. InputError where a name fits nothing.
    """
    stored = list(stored)
    known = {each.artifact.name for each in stored} | {each.row for each in stored}
    for name in names:
        if name not in known:
            raise InputError(
                f"{name}: nothing of that name is stored{did_you_mean(name, known)}; "
                "'python -m xo runs list' names what is"
            )
    return [
        each
        for each in stored
        if (outdated and each.outdated) or {each.artifact.name, each.row} & set(names)
    ]
