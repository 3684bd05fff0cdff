from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from tests.xo.records import stored_run
from xo.cli import main
from xo.data.dataset import DataSet
from xo.demonstrations.execute import write_demonstration
from xo.demonstrations.record import DemonstrationResult, plan_demonstration
from xo.demonstrations.table import DEMONSTRATIONS
from xo.runs.record import RunRecord
from xo.runs.study import one_run
from xo.store.ownership import claim
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS

WEIGHTS = {"conv.0.weight": np.arange(1000, dtype=np.float32)}


@pytest.fixture(scope="session")
def filled_once(small: DataSet, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two runs of features, which solved its task, one of baseline, which did not; all with
    weights; and a demonstration of features. To be read only.
    """
    return fill(Store(tmp_path_factory.mktemp("filled") / "runs"), small)


@pytest.fixture
def filled(filled_once: Store, store: Store) -> Store:
    """A copy of it."""
    shutil.copytree(filled_once.root, store.root)
    return store


def fill(store: Store, data: DataSet) -> Store:
    claim(store.root, "store")
    features = [run(store, data, "features", seed) for seed in (0, 1)]
    run(store, data, "baseline", 0, accuracy=0.5)
    row = DEMONSTRATIONS["probes"]
    planned = plan_demonstration("probes", row, {"features": tuple(features)}, data, Source())
    arrays = {"scores": np.arange(4.0)}
    write_demonstration(store, planned, DemonstrationResult({"n": 1}), arrays)
    return store


def run(store: Store, data: DataSet, variant: str, seed: int, accuracy: float = 1.0) -> RunRecord:
    """Stores a record that nobody trained, with weights."""
    asked = one_run(VARIANTS[variant], seed, data, Source())
    return stored_run(store, asked, accuracy, WEIGHTS)


@pytest.fixture
def command(small: DataSet, tmp_path: Path) -> Callable[..., Result]:
    """Runs `xo runs ...` on the small data set, with a store."""

    def command(name: str, *arguments: object, store: Store) -> Result:
        places = ("--data", small.root, "--store", store.root)
        words = ["runs", name, *arguments, *places]
        return CliRunner().invoke(main, list(map(str, words)), catch_exceptions=False)

    return command


def files(folder: Path) -> dict[str, bytes]:
    """Path -> content of every run and demonstration below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parts[len(folder.parts)] not in (".data", ".xo-report")
    }
