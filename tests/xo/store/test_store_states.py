"""The store in any order of what may happen to it, with two writers.

A model says what must be there: an artifact is found as it was stored, or not at all. Hypothesis
chooses the order, the same in each run, and shortens what fails.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.xo.store import faults
from tests.xo.store.faults import Killed, fault_at
from xo.errors import InputError
from xo.store import disk
from xo.store.artifact import RECORD, Damaged
from xo.store.ownership import MARK
from xo.store.store import KEPT, Store

FILES = {"a.txt": b"first file", "b.txt": b"second file"}
NAMES = st.sampled_from(("baseline/0", "features/0"))
DATA = st.integers(0, KEPT + 1)  # an input, so that prune has more than it keeps
WRITERS = st.integers(0, 1)


class States(RuleBasedStateMachine):
    """Two stores of one folder, another one to merge from, and what must be in them."""

    @initialize()
    def begin(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(disk, "sync", os.stat)  # the disk is not waited for
        self.writers = Store(self.root / "runs"), Store(self.root / "runs")
        self.other = Store(self.root / "other")
        self.stored: set[tuple[str, int]] = set()  # what must be there and whole
        self.doubtful: set[tuple[str, int]] = set()  # damaged, pruned, or killed while written

    def teardown(self) -> None:
        self.patch.undo()
        shutil.rmtree(self.root)

    def _add(self, store: Store, name: str, data: int, replace: bool = False):
        return store.add("run", name, {"data": data}, {"n": data}, FILES, replace)

    def _is_stored(self, name: str, data: int) -> None:
        self.stored.add((name, data))
        self.doubtful.discard((name, data))

    def _is_doubtful(self, name: str, data: int) -> None:
        self.stored.discard((name, data))
        self.doubtful.add((name, data))

    @rule(writer=WRITERS, name=NAMES, data=DATA, replace=st.booleans())
    def put(self, writer, name, data, replace) -> None:
        self._add(self.writers[writer], name, data, replace)
        self._is_stored(name, data)

    @rule(writer=WRITERS, name=NAMES, data=DATA)
    def get(self, writer, name, data) -> None:
        found, why = self.writers[writer].look_up("run", name, {"data": data}, quarantine=True)
        if (name, data) in self.stored:
            assert found, why
        elif (name, data) not in self.doubtful:
            assert found is None
        if found:
            assert found.content_as(dict) == {"n": data} and found.name == name
            assert {file: found.read(file) for file in found.files} == FILES
        self.doubtful.discard((name, data))
        if found:
            self.stored.add((name, data))

    @rule(
        name=NAMES,
        data=DATA,
        file=st.sampled_from([RECORD, *FILES]),
        damage=st.sampled_from(sorted(faults.DAMAGE)),
    )
    def damage(self, name, data, file, damage) -> None:
        path = self.writers[0].folder("run", name, {"data": data}) / file
        if path.is_file() and path.stat().st_size:
            faults.DAMAGE[damage](path)
            self._is_doubtful(name, data)

    @rule(writer=WRITERS, name=NAMES, data=DATA, at=st.integers(0, 8), replace=st.booleans())
    def crash(self, writer, name, data, at, replace) -> None:
        with pytest.raises(Killed), fault_at(at, Killed):
            self._add(self.writers[writer], name, data, replace)
            raise Killed
        self._is_doubtful(name, data)

    @rule(
        writer=WRITERS,
        name=NAMES,
        data=DATA,
        at=st.integers(0, 12),
        error=st.sampled_from(sorted(faults.ERRORS)),
    )
    def fail(self, writer, name, data, at, error) -> None:
        number = faults.ERRORS[error]
        try:
            with fault_at(at, lambda: faults.system_error(number)):
                self._add(self.writers[writer], name, data)
        except (InputError, Damaged):
            if (name, data) not in self.stored:
                self._is_doubtful(name, data)
        else:
            self._is_stored(name, data)

    @rule(writer=WRITERS, name=NAMES, data=DATA)
    def prune(self, writer, name, data) -> None:
        store = self.writers[writer]
        used = self._add(store, name, data)
        self._is_stored(name, data)
        store.prune("run", [used])
        left = [folder for folder in store.folders("run") if folder.parent.name in name]
        assert used.folder in left and len(left) <= KEPT + 1
        for each in [each for each in self.stored if each[0] == name and each[1] != data]:
            self._is_doubtful(*each)

    @rule(name=NAMES, data=DATA)
    def merge(self, name, data) -> None:
        self.writers[0].copy(self._add(self.other, name, data))
        self._is_stored(name, data)

    @rule(names=st.sets(st.tuples(NAMES, DATA), max_size=4))
    def quarantine_damaged(self, names) -> None:
        """Of what was found whole: what is named is moved away, and nothing else."""
        store = self.writers[0]
        wanted = [(name, {"data": data}) for name, data in sorted(names)]
        found = [artifact for artifact, _ in store.look_up_all("run", wanted) if artifact]
        lines = store.quarantine_damaged(found)
        gone = [artifact for artifact in found if not artifact.folder.exists()]
        assert len(lines) == len(gone)
        for artifact in gone:
            assert (artifact.name, artifact.inputs["data"]) in self.doubtful

    @rule()
    def sweep(self) -> None:
        store = self.writers[0]
        store.sweep()
        hidden = {path.name for path in store.root.rglob(".*")} - {".locks", ".damaged", MARK}
        assert not hidden and not list(store.root.glob(".locks/*"))


TestInAnyOrderWhatIsFoundIsWhatWasStored = States.TestCase
TestInAnyOrderWhatIsFoundIsWhatWasStored.settings = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=25,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
