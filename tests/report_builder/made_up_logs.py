"""Made-up runs that print chosen losses, to be compared with the logs that the original printed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import msgspec
import numpy as np
import pytest

from report_builder.evidence.log_explanations import plateau_level
from report_builder.evidence.original_logs import logs
from report_builder.evidence.study import Evidence
from xo.runs.record import RunRecord, RunResult, write_run
from xo.store.artifact import read
from xo.store.store import Store


@pytest.fixture
def runs(evidence, tmp_path) -> Callable[..., tuple[RunRecord, ...]]:
    """Makes runs of a variant, one for each of `curves` (seeds, epochs, rows), that print just
    this.
    """
    store, made = Store(tmp_path), count()

    def make(variant: str, curves: np.ndarray) -> tuple[RunRecord, ...]:
        artifact = read(evidence.runs(variant)[0].folder)
        inputs, content = artifact.inputs, artifact.content_as(dict)
        batches = np.repeat(
            10 * np.asarray(curves, dtype=float), 10, axis=2
        )  # a row is a tenth of the mean of ten batches
        left_over = np.full(
            (*batches.shape[:2], 2), 9.0
        )  # batches after the last row are never printed
        return tuple(
            write_run(
                store,
                inputs | {"seed": seed, "made": next(made)},
                msgspec.convert(content | {"seed": seed}, RunResult, strict=False),
                {"batch_loss": losses},
            )
            for seed, losses in enumerate(np.concatenate([batches, left_over], axis=2))
        )

    return make


@pytest.fixture
def study(evidence, runs) -> Callable[..., Evidence]:
    """The made-up study with these curves in place of some variants' runs; a variant given None has
    none.
    """

    def make(curves: dict[str, np.ndarray | None]) -> Evidence:
        records = evidence.records | {
            name: runs(name, rows) for name, rows in curves.items() if rows is not None
        }
        records = {
            name: found for name, found in records.items() if curves.get(name, ...) is not None
        }
        rows = tuple(row for row in evidence.rows if row.name in records)
        return replace(evidence, records=records, rows=rows)

    return make


def noisy(rows: np.ndarray, n: int, salt: int = 0) -> np.ndarray:
    """`(n, epochs, rows)`: n copies that differ as batches of a plateau do."""
    return np.clip(rows + np.random.default_rng(salt).normal(0, 0.002, (n, *rows.shape)), 0, 1)


def flat(log: str) -> np.ndarray:
    """The log as it would be had it stayed on its plateau."""
    return np.full_like(logs()[log].rows, plateau_level(logs()[log]))


def fallen(log: str, until: int) -> np.ndarray:
    """Its plateau up to epoch `until`, then its rows."""
    rows = flat(log)
    rows[until:] = logs()[log].rows[until:]
    return rows
