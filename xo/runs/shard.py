"""Trains one share of a study, so that several machines train it together without a cluster."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

from xo.data.load import open_data
from xo.errors import InputError
from xo.runs.record import RunRecord
from xo.runs.study import Run, find_records, find_study, plan, shard, study_data
from xo.store.source_digest import Source
from xo.store.store import Store


def train_shard(
    study_name: str,
    share: str,
    data: Path,
    store: Path,
    train: Callable[[list[tuple[Run, str]]], list[RunRecord]],
) -> str:
    """Trains what the store lacks of a share I/N of a study; returns what was done, in one line."""
    started = time.perf_counter()
    index, count = _parse(share)
    study = find_study(study_name)
    images = study_data(study, open_data(data, store))
    runs = shard(plan(study, images, Source()), index, count)
    missing = find_records(runs, Store(store), quarantine=True).missing
    trained = train(missing) if missing else []
    return (
        f"shard {share} of {study_name}: trained {len(trained)} of {len(runs)} runs into {store}, "
        f"in {time.perf_counter() - started:.1f} s"
    )


def _parse(share: str) -> tuple[int, int]:
    if not (match := re.fullmatch(r"([0-9]{1,9})/([0-9]{1,9})", share)):
        raise InputError(f"--shard {share}: expected I/N with I from 1 to N, as 1/4")
    return int(match[1]), int(match[2])
