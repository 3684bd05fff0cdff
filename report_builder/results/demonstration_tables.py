"""Which tables show demonstrations: of each the function of the evidence that makes it, and the
demonstration without which there is none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from report_builder.evidence.study import Evidence
from report_builder.results.channel_mixing_tables import bottleneck, mixing, partial_sums
from report_builder.results.interpretability_tables import ablation, occlusion
from report_builder.results.layer_tables import backward, pooling, sharing, shifts, windows
from report_builder.results.prediction_tables import calibration_by_shift, odd_images
from report_builder.results.probe_tables import few_shot_probes, probes, trivial_baselines
from report_builder.results.report import Table


class DemonstrationTable(NamedTuple):
    """A table that shows a demonstration."""

    demonstration: str
    make: Callable[[Evidence], Table]


DEMONSTRATION_TABLES: dict[str, DemonstrationTable] = {
    "windows": DemonstrationTable("windows", windows),
    "shifts": DemonstrationTable("shifts", shifts),
    "sharing": DemonstrationTable("sharing", sharing),
    "pooling-kinds": DemonstrationTable("pooling", pooling),
    "probes": DemonstrationTable("probes", probes),
    "few-shot-probes": DemonstrationTable("few-shot-probes", few_shot_probes),
    "trivial-baselines": DemonstrationTable("trivial-baselines", trivial_baselines),
    "occlusion": DemonstrationTable("interventions", occlusion),
    "ablation": DemonstrationTable("interventions", ablation),
    "partial-sums": DemonstrationTable("partial-sums", partial_sums),
    "mixing": DemonstrationTable("mixing", mixing),
    "bottleneck": DemonstrationTable("bottleneck", bottleneck),
    "backward": DemonstrationTable("backward", backward),
    "calibration-by-shift": DemonstrationTable("calibration", calibration_by_shift),
    "odd-images": DemonstrationTable("odd-images", odd_images),
}
