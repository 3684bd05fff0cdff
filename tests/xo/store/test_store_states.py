"""The store in any order of what may happen to it, with two writers, from seeds that can be named.

A model says what must be there: an artifact is found as it was stored, or not at all.
"""

from __future__ import annotations

import os
import random

import pytest

from tests.xo.store import faults
from tests.xo.store.faults import Killed, fault_at
from xo.errors import InputError
from xo.store import disk
from xo.store.artifact import RECORD, Damaged
from xo.store.ownership import MARK
from xo.store.store import KEPT, Store

NAMES = ("baseline/0", "baseline/1", "features/0")
FILES = {"a.txt": b"first file", "b.txt": b"second file"}
STEPS = 60


class States:
    """Two stores of one folder, another one to merge from, and what must be in them."""

    def __init__(self, root, chance: random.Random):
        self.writers = Store(root / "runs"), Store(root / "runs")
        self.other = Store(root / "other")
        self.chance = chance
        self.stored: set[tuple[str, int]] = set()  # what must be there and whole
        self.doubtful: set[tuple[str, int]] = set()  # damaged, pruned, or killed while written

    def any(self) -> tuple[Store, str, int]:
        return self.chance.choice(self.writers), self.chance.choice(NAMES), self.chance.randrange(7)

    def _add(self, store: Store, name: str, data: int, replace: bool = False):
        return store.add("run", name, {"data": data}, {"n": data}, FILES, replace)

    def put(self) -> None:
        store, name, data = self.any()
        self._add(store, name, data, self.chance.random() < 0.3)
        self.stored.add((name, data))
        self.doubtful.discard((name, data))

    def get(self) -> None:
        store, name, data = self.any()
        found, why = store.look_up("run", name, {"data": data}, quarantine=True)
        if (name, data) in self.stored:
            assert found, why
        elif (name, data) not in self.doubtful:
            assert found is None
        if found:
            assert found.content == {"n": data} and found.name == name
            assert {file: found.read(file) for file in found.files} == FILES
        elif (name, data) in self.doubtful:
            self.doubtful.discard((name, data))

    def damage(self) -> None:
        store, name, data = self.any()
        folder = store.folder("run", name, {"data": data})
        file = folder / self.chance.choice([RECORD, *FILES])
        if file.is_file():
            self.chance.choice(list(faults.DAMAGE.values()))(file)
            self._doubt(name, data)

    def crash(self) -> None:
        store, name, data = self.any()
        with pytest.raises(Killed), fault_at(self.chance.randrange(8), Killed):
            self._add(store, name, data, self.chance.random() < 0.5)
            raise Killed
        self._doubt(name, data)

    def fail(self) -> None:
        store, name, data = self.any()
        error = self.chance.choice(list(faults.ERRORS.values()))
        try:
            with fault_at(self.chance.randrange(12), lambda: faults.system_error(error)):
                self._add(store, name, data)
        except (InputError, Damaged):
            if (name, data) not in self.stored:
                self._doubt(name, data)
        else:
            self.stored.add((name, data))
            self.doubtful.discard((name, data))

    def prune(self) -> None:
        store, name, data = self.any()
        used = self._add(store, name, data)
        self.stored.add((name, data))
        self.doubtful.discard((name, data))
        store.prune("run", [used])
        left = [folder for folder in store.folders("run") if folder.parent.name in name]
        of_name = [folder for folder in left if folder.name.startswith(f"{name[-1]}-")]
        assert used.folder in of_name and len(of_name) <= KEPT + 1
        for each in [each for each in self.stored if each[0] == name and each[1] != data]:
            self._doubt(*each)

    def merge(self) -> None:
        _, name, data = self.any()
        self.writers[0].copy(self._add(self.other, name, data))
        self.stored.add((name, data))
        self.doubtful.discard((name, data))

    def sweep(self) -> None:
        store = self.writers[0]
        store.sweep()
        hidden = {path.name for path in store.root.rglob(".*")} - {".locks", ".damaged", MARK}
        assert not hidden and not list(store.root.glob(".locks/*"))

    def _doubt(self, name: str, data: int) -> None:
        self.stored.discard((name, data))
        self.doubtful.add((name, data))


@pytest.mark.parametrize("seed", range(12))
def test_in_any_order_what_is_found_is_what_was_stored(tmp_path, monkeypatch, seed):
    monkeypatch.setattr(disk, "sync", os.stat)  # the disk is not waited for
    states = States(tmp_path, random.Random(seed))
    names = ("put", "get", "get", "damage", "crash", "fail", "prune", "merge", "sweep")
    done = []
    for _ in range(STEPS):
        done.append(states.chance.choice(names))
        try:
            getattr(states, done[-1])()
        except AssertionError as error:
            pytest.fail(f"after {', '.join(done)}: {error}")
