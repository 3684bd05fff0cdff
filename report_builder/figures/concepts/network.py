"""The network that a demonstration was computed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import DemonstrationRecord, Evidence, Variant


class Network(NamedTuple):
    """One trained network."""

    variant: Variant
    seed: int

    @property
    def text(self) -> Text:
        """The variant's name with the seed."""
        return Text(
            f"{self.variant.zh}（种子 {self.seed}）", f"“{self.variant.en}” (seed {self.seed})"
        )


def network_of(evidence: Evidence, record: DemonstrationRecord, variant: str) -> Network:
    """The network of that variant; the demonstration rests on no other run of the variant."""
    return Network(evidence.variant(variant), record.seed(variant))
