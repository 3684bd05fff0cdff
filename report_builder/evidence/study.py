"""The records of one study on one data set.

What is asked of them is noted in the recording that is on.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from report_builder.evidence.recording import current_requests
from xo.data.card import DataCard
from xo.data.dataset import DataSet
from xo.demonstrations.record import DemonstrationRecord
from xo.runs.record import RunRecord
from xo.variants import Variant


@dataclass(frozen=True)
class Evidence:
    """The records of one study on one data set.

    What is computed of them for a reader uses the methods, which note what was asked for; the
    fields note nothing.
    """

    study: str
    data: DataSet
    rows: tuple[Variant, ...]  # of the variants that have runs
    records: dict[str, tuple[RunRecord, ...]]  # by variant, in the order of the seeds
    demonstrations: dict[str, DemonstrationRecord] = field(default_factory=dict)  # by name
    confirming: Collection[int] = ()  # seeds that no decision rule had seen; see xo.runs.study
    embedded: bool = True  # whether the images are of the embedded set, the original's replicate
    card: DataCard = DataCard()  # what is known of the images beside them
    whole: DataSet | None = None  # all images, where the study uses a part of them

    def of_seeds(self, confirming: bool) -> Evidence:
        """What the confirming seeds alone show, or all others."""
        records = {
            name: kept
            for name, runs in self.records.items()
            if (kept := tuple(run for run in runs if (run.seed in self.confirming) == confirming))
        }
        rows = tuple(row for row in self.rows if row.name in records)
        return replace(self, rows=rows, records=records)

    def is_confirmed(self, variants: Collection[str]) -> bool:
        """Whether there are runs of these variants, and all their confirming seeds: none decides
        before the last is there.
        """
        runs = [self.records[name] for name in variants if name in self.records]
        confirming = set(self.confirming)
        return bool(confirming and runs) and all(
            confirming <= {run.seed for run in each} for each in runs
        )

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants that have runs, in the order of the table."""
        current_requests().every_variant = True
        return self.rows

    def runs(self, variant: str) -> tuple[RunRecord, ...]:
        """The runs of a variant in the order of their seeds; none where there is none."""
        current_requests().runs.add(variant)
        return self.records.get(variant, ())

    def representative(self, variant: str) -> RunRecord:
        """The run whose images and kernels are shown: the lowest seed that solved its task, else
        the lowest.
        """
        runs = self.runs(variant)
        return next((run for run in runs if run.solved), runs[0])

    def run_of(self, demonstration: DemonstrationRecord, variant: str) -> RunRecord:
        """The run of a variant whose network a demonstration shows. Nothing is noted: it is one of
        the demonstration's own inputs.
        """
        seed = demonstration.seed(variant)
        return next(run for run in self.records[variant] if run.seed == seed)

    def variant(self, name: str) -> Variant:
        """The row of a variant that has runs."""
        current_requests().variants.add(name)
        return next(row for row in self.rows if row.name == name)

    def can_show(self, demonstration: str) -> bool:
        """Whether a demonstration has been computed and applies to this data set."""
        record = self.demonstration(demonstration)
        return record is not None and not record.unavailable

    def shown_demonstration(self, name: str) -> DemonstrationRecord:
        """The record of a demonstration that `can_show` allows."""
        record = self.demonstration(name)
        if record is None:
            raise KeyError(name)
        return record

    def demonstration(self, name: str) -> DemonstrationRecord | None:
        """A demonstration as it was recorded; None where it has not been computed."""
        current_requests().demonstrations.add(name)
        return self.demonstrations.get(name)
