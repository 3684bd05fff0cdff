from __future__ import annotations

import pytest

from xo import generate
from xo.data import DataSet, load


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> DataSet:
    """The embedded data set with 80 training and 10 test images per class."""
    folder = tmp_path_factory.mktemp("data")
    generate.generate(folder / "xo", {"train": 80, "test": 10})
    return load(folder / "xo", folder / "cache")
