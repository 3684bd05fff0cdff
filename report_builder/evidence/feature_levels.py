"""The maps of every block of a network, from low to high level, for two images."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_images import ShownImages, measure_images
from report_builder.text import Text
from xo.network.measurements import Field, receptive_fields

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.runs.record import RunRecord

NAMES = Text("低层", "Low level"), Text("中层", "Middle level"), Text("高层", "High level")
ONLY = Text("唯一一层", "Only level")


class Level(NamedTuple):
    """The maps of one block after ReLU."""

    name: Text
    maps: np.ndarray  # (2, C, H, W)
    field: Field  # that a value sees, in pixels

    @property
    def size(self) -> str:
        return f"{self.maps.shape[2]}×{self.maps.shape[3]}"

    def strongest(self, image: int) -> tuple[int, int]:
        """Row and column of the largest value of any channel."""
        values = self.maps[image].max(axis=0)
        row, column = np.unravel_index(int(values.argmax()), values.shape)
        return int(row), int(column)


class FeatureLevels(NamedTuple):
    """All blocks of the network of one run."""

    run: RunRecord
    shown: ShownImages
    levels: list[Level]


def feature_levels(evidence: Evidence) -> FeatureLevels:
    """Those of the variant "features" or, without it, of the one with the most convolutions."""
    if evidence.runs("features"):
        variant = evidence.variant("features")
    else:
        variant = max(evidence.variants, key=lambda each: len(each.channels))
    run = evidence.representative(variant.name)
    shown, fields = measure_images(run), receptive_fields(run.layers)
    blocks = [layer.name for layer in run.layers if layer.kind == "relu"]
    levels = [
        Level(_name(b, len(blocks)), run.array(f"maps.{block}")[shown.places], fields[block])
        for b, block in enumerate(blocks)
    ]
    return FeatureLevels(run, shown, levels)


def _name(level: int, levels: int) -> Text:
    if levels == 1:
        return ONLY
    return NAMES[0 if level == 0 else 2 if level == levels - 1 else 1]
