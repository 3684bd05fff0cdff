"""What a log of blind guessing prints: the numbers that the arithmetic starts from.

{"batch": images, "batches_per_row": of a log, "presets": [[images, percent of the rarer class]]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report_builder.evidence.original_logs import BATCH_SIZE, BATCHES_PER_ROW
from report_builder.results.tables import PLATEAUS

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence


def content(_: Evidence) -> dict[str, Any]:
    """The right training set, and the folder above."""
    counts = list(PLATEAUS.values())
    return {
        "batch": BATCH_SIZE,
        "batches_per_row": BATCHES_PER_ROW,
        "presets": [
            [sum(images), round(100 * min(images) / sum(images))]
            for images in (counts[0], counts[-1])
        ],
    }
