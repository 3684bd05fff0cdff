"""The computations behind the concept pages, one row each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from xo.network.model import Net
    from xo.runs.record import RunRecord

    Networks = dict[str, list[tuple[RunRecord, Net]]]  # by variant
    Computed = tuple[dict[str, Any], dict[str, np.ndarray]]  # facts, arrays


@dataclass(frozen=True)
class Demonstration:
    """A function that computes something on trained networks, and which networks it needs.

    `compute` names a function `(Networks, DataSet) -> Computed`.
    Facts are plain data for record.json. It raises Unavailable for a data set or network that it
    cannot be shown on.
    """

    compute: str  # "module:function"
    variants: tuple[str, ...]
    # Of each variant: the representative run; all runs whose weights were kept; or all, that one
    # first, of which those without weights have the kernels of their record and no dense weights.
    seeds: Literal["representative", "with weights", "all"] = "representative"


DEMONSTRATIONS: dict[str, Demonstration] = {
    "convolution": Demonstration("xo.demonstrations.convolution:convolution", ("baseline",)),
    "windows": Demonstration("xo.demonstrations.receptive_field:windows", ("baseline", "features")),
    "shifts": Demonstration("xo.demonstrations.shift:shifts", ("baseline",), seeds="all"),
    "sharing": Demonstration("xo.demonstrations.shift:sharing", ("baseline",)),
    "pooling": Demonstration("xo.demonstrations.pooling:pooling", ("trained-pooling",)),
    "fcn": Demonstration("xo.demonstrations.canvas:fcn", ("baseline",)),
    "probes": Demonstration(
        "xo.demonstrations.linear_probe:probes", ("features",), seeds="with weights"
    ),
    "few-shot-probes": Demonstration(
        "xo.demonstrations.few_shot:few_shot_probes", ("features",), seeds="with weights"
    ),
    "trivial-baselines": Demonstration("xo.demonstrations.trivial_baselines:trivial_baselines", ()),
    "patches": Demonstration("xo.demonstrations.top_patches:patches", ("features",)),
    "interventions": Demonstration("xo.demonstrations.interventions:interventions", ("baseline",)),
    "partial-sums": Demonstration("xo.demonstrations.channel_mixing:partial_sums", ("baseline",)),
    "mixing": Demonstration("xo.demonstrations.channel_mixing:mixing", ("one-by-one",)),
    "bottleneck": Demonstration(
        "xo.demonstrations.channel_mixing:bottleneck", ("baseline", "one-by-one")
    ),
    "backward": Demonstration("xo.demonstrations.backward:backward", ("baseline",)),
    "calibration": Demonstration("xo.demonstrations.calibration:calibration", ("baseline",)),
    "odd-images": Demonstration("xo.demonstrations.calibration:odd_images", ("baseline",)),
    "photographs": Demonstration("xo.demonstrations.photographs:photographs", ("baseline",)),
}


class Unavailable(Exception):
    """A demonstration cannot be shown, for a reason known by its name, with its numbers."""

    def __init__(self, reason: str, **numbers: float):
        super().__init__(reason, numbers)
        self.reason, self.numbers = reason, numbers
