"""The network whose weights or maps a figure shows, as captions name it: with its seed and its
accuracy, and whether it has learned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.text import EMPTY, Text, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import (
        DemonstrationRecord,
        Evidence,
        RunRecord,
        Variant,
    )


class Network(NamedTuple):
    """One trained network."""

    variant: Variant
    seed: int
    test_accuracy: float
    solved: bool

    @property
    def outcome(self) -> Text:
        """The test accuracy, and that it has not solved its task, where it has not."""
        right = percent(self.test_accuracy)
        unsolved = EMPTY if self.solved else Text("，没有学会", ", not solved")
        return Text(f"测试准确率 {right}", f"test accuracy {right}") + unsolved

    @property
    def of_seed(self) -> Text:
        """The seed with the outcome, where the variant has been named."""
        return Text(f"种子 {self.seed}（", f"seed {self.seed} (") + self.outcome + Text("）", ")")

    @property
    def text(self) -> Text:
        """The variant's name with seed and outcome."""
        name = Text(self.variant.zh, f"“{self.variant.en}”")
        seed = Text(f"（种子 {self.seed}，", f" (seed {self.seed}, ")
        return name + seed + self.outcome + Text("）", ")")


def network_of_run(evidence: Evidence, run: RunRecord) -> Network:
    """The network that the run trained."""
    return Network(evidence.variant(run.variant), run.seed, run.test_accuracy, run.solved)


def network_of(evidence: Evidence, record: DemonstrationRecord, variant: str) -> Network:
    """The network of that variant; the demonstration rests on no other run of the variant, unless
    it shows several, the first of them alone in all but what it says of all.
    """
    return network_of_run(evidence, evidence.run_of(record, variant))
