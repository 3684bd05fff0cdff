"""Reads the evidence of a study from the store: runs, and demonstrations computed from them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from report_builder.evidence.study import Evidence
from xo.command_line import say
from xo.data.card import DataCard, read_card
from xo.data.dataset import DataSet
from xo.data.generate import DIGEST as EMBEDDED_DIGEST
from xo.data.load import open_data
from xo.demonstrations.record import DemonstrationLookup, find_demonstrations
from xo.errors import InputError
from xo.runs.added_seeds import added_seeds
from xo.runs.record import RunRecord
from xo.runs.study import Lookup, Run, find_records, find_study, plan, study_data
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS


class StudyRuns(NamedTuple):
    """The runs of a study and what the store holds of them."""

    study: str
    data: DataSet
    runs: list[Run]
    lookup: Lookup
    store: Store
    whole: DataSet  # all images, of which the study may use a part
    card: DataCard  # of the images, as it was when they were read

    @property
    def pending(self) -> frozenset[str]:
        """The runs that are still to be trained, as `baseline/0`."""
        return frozenset(run.name for run, _ in self.lookup.missing)


def look_up_study(
    name: str,
    data: Path,
    store: Path,
    quarantine: bool = False,
    seeds: Mapping[str, int] | None = None,
) -> StudyRuns:
    """The runs of a study on the images in the folder `data`.

    `seeds` are how many of a variant are wanted, by default those that were added to settle claims.
    Damaged records count as missing and, with `quarantine`, are moved away. Raises InputError for
    an unknown study.
    """
    study = find_study(name)
    whole = open_data(data, store)
    images = study_data(study, whole)
    added = added_seeds(store, name, images).seeds
    runs = plan(study, images, Source(), added | dict(seeds or {}))
    lookup = find_records(runs, Store(store), quarantine)
    return StudyRuns(name, images, runs, lookup, Store(store), whole, read_card(data))


def gather(
    study: StudyRuns, records: list[RunRecord] | None = None, may_be_empty: bool = False
) -> Evidence:
    """The evidence of these records, by default of those that the store holds.

    Raises InputError where there are none, unless it may be empty.
    """
    records = study.lookup.found if records is None else records
    if not records and not may_be_empty:
        raise InputError(
            f"{study.store.root}: no record of the study {study.study} on {study.data.name}; "
            "train it with 'python -m report_builder build' first"
        )
    by_variant: dict[str, list[RunRecord]] = {}
    for record in sorted(records, key=lambda record: record.seed):
        by_variant.setdefault(record.variant, []).append(record)
    rows = tuple(variant for variant in VARIANTS.values() if variant.name in by_variant)
    ordered = {row.name: tuple(by_variant[row.name]) for row in rows}
    confirming = find_study(study.study).confirming
    evidence = Evidence(
        study.study,
        study.data,
        rows,
        ordered,
        confirming=confirming,
        embedded=study.whole.digest == EMBEDDED_DIGEST,  # a set of the same size is another
        card=study.card,
        whole=study.whole,
    )
    return replace(evidence, demonstrations=look_up_demonstrations(evidence, study.store).found)


def name_damaged(lookup: Lookup) -> None:
    """A line on the error stream for each record that is left out because it is damaged."""
    for run, why in lookup.missing:
        if why.startswith("damaged"):
            remedy = "'python -m report_builder build' trains it again"
            say(f"left out: {run}: {why}; {remedy}", err=True)


def look_up_demonstrations(
    evidence: Evidence, store: Store, quarantine: bool = False
) -> DemonstrationLookup:
    """What the store holds of the demonstrations that these records allow."""
    return find_demonstrations(evidence.records, evidence.data, store, Source(), quarantine)
