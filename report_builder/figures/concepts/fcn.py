"""What the figures of the fully convolutional network share."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from report_builder.figures.toolkit.words import class_name, variant_of
from report_builder.palette import COLORS
from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.variants import Variant

GAP = 12  # pixels around panels
ON_WHITE = COLORS["receptive field"][0]  # images are white on dark pages too


class Network(NamedTuple):
    """The classifier that has become a fully convolutional network."""

    variant: Variant
    seed: int
    class_names: tuple[str, ...]

    @property
    def text(self) -> Text:
        return Text(
            f"{self.variant.zh}（种子 {self.seed}）",
            f"“{self.variant.en}” (seed {self.seed})",
        )


def measure_network(evidence: Evidence) -> Network:
    """The network of the demonstration "fcn"."""
    record = evidence.demonstrations["fcn"]
    names = tuple(map(class_name, record.facts["classes"]))
    return Network(variant_of(evidence, "baseline"), record.seed("baseline"), names)
