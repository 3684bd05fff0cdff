"""Which runs this command has in hand: commands that share a store train no run twice.

A claim is a lock in the store, which the system frees when its holder ends, however that is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from xo.runs.record import RunRecord
from xo.runs.study import Run, find_records
from xo.store.locks import BaseFileLock, release
from xo.store.store import Store


class Claims:
    """The runs that a command wants, taken in hand one by one."""

    def __init__(self, runs: Sequence[Run], store: Store, keep_weights: bool):
        self.waiting = list(runs)  # not in hand
        self._store = store
        self._keep_weights = keep_weights
        self._held: dict[str, BaseFileLock] = {}  # by key
        self._elsewhere: list[RunRecord] = []

    def take(self) -> Run | None:
        """The next run that nobody has in hand, now in that of this command."""
        for run in list(self.waiting):
            lock = self._store.claim("run", run.name, run.inputs)
            if lock is None:
                continue
            self.waiting.remove(run)
            self._held[run.key] = lock
            record = self._stored(run)
            if record is None:
                return run
            self._elsewhere.append(record)
            self.release(run.key)
        return None

    def release(self, key: str) -> None:
        """The run is stored or given up."""
        release(self._held.pop(key))

    def trained_elsewhere(self) -> Iterator[RunRecord]:
        """The records that other commands have stored meanwhile, each of them once."""
        while self._elsewhere:
            yield self._elsewhere.pop(0)

    def _stored(self, run: Run) -> RunRecord | None:
        if not self._store.folder("run", run.name, run.inputs).exists():
            return None  # which spares reading the other runs of the variant
        found = find_records([run], self._store, quarantine=True).found
        if not found:
            return None
        kept = found[0].weights_requested and found[0].has_weights
        return found[0] if kept or not self._keep_weights else None


@contextmanager
def claims(runs: Sequence[Run], store: Store, keep_weights: bool) -> Iterator[Claims]:
    """Claims that are given up when the block ends."""
    taken = Claims(runs, store, keep_weights)
    try:
        yield taken
    finally:
        for key in list(taken._held):
            taken.release(key)
