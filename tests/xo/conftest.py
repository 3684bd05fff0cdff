from __future__ import annotations

import pytest

from xo.data import generate
from xo.data.dataset import DataSet, load


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> DataSet:
    """The embedded data set with 80 training and 10 test images per class."""
    folder = tmp_path_factory.mktemp("data")
    generate.generate(folder / "xo", {"train": 80, "test": 10})
    return load(folder / "xo", folder / "cache")


def untrained(data: DataSet, *variants: str) -> dict[str, list]:
    """What a demonstration is given, with networks as they were before training and records that say so."""
    from xo.network.train import initial
    from xo.runs.record import RunRecord
    from xo.variants import VARIANTS

    meta = {"epochs": [{"test_accuracy": 0.5}], "seed": 0}
    return {
        name: [
            (
                RunRecord(data.root, meta),
                initial(VARIANTS[name], data.image_size, len(data.classes), 0),
            )
        ]
        for name in variants
    }
