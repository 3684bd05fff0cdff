from __future__ import annotations

import pytest

from xo.data import generate
from xo.data.dataset import DataSet
from xo.data.load import load
from xo.store.store import Store


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> DataSet:
    """The embedded data set with 80 training and 10 test images per class."""
    folder = tmp_path_factory.mktemp("data")
    generate.generate(folder / "xo", {"train": 80, "test": 10})
    return load(folder / "xo", Store(folder / "runs"))


@pytest.fixture
def store(tmp_path) -> Store:
    return Store(tmp_path / "runs")
