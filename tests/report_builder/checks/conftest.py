"""A store of really trained runs, for the checks that read one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.report_builder.made_up_study import draw_images
from xo.data.dataset import DataSet
from xo.data.load import load
from xo.runs.execute import execute
from xo.runs.study import one_run
from xo.store.ownership import claim
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS

RUNS = (("baseline", 0), ("baseline", 1), ("baseline", 2), ("three-conv", 0))


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[DataSet, Path]:
    """Data set and store: three seeds of one variant and one of another, on 30x30 images."""
    folder = tmp_path_factory.mktemp("trained")
    draw_images(folder / "data", ("circles", "crosses"), (30, 30), 40, 6)
    store = Store(folder / "runs")
    claim(store.root, "store")
    data = load(folder / "data", store)
    small = {name: replace(VARIANTS[name], epochs=2, dense=(8,)) for name, _ in RUNS}
    runs = [one_run(small[name], seed, data, Source()) for name, seed in RUNS]
    assert len(list(execute(runs, store, jobs=1))) == len(RUNS)
    return data, store.root
