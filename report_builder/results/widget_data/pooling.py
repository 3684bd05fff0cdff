"""C3: one map of a trained network, which the reader pools in four ways.

{"map": rows of values, before ReLU,
 "weights": [[w, w], [w, w]], "bias": 0.1,   of the trained pooling of this channel
 "blur": [1/8, 3/8, 3/8, 1/8],               of the Gaussian pooling, along an axis
 "channel": 3, "window": [row, column],      of the pooled map
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.results.widget_data.pixels import MAX_PIXELS, SCALE, map_rows

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

DIGITS = 4  # its numbers are shown


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing, does not apply or has too large a map."""
    if not evidence.can_show("pooling"):
        return None
    record = evidence.shown_demonstration("pooling")
    values, facts = record.array("map"), record.facts
    if values.size > MAX_PIXELS // 2:
        return None
    return {
        "network": network_of(evidence, record, "trained-pooling").text,
        "map": map_rows(values, DIGITS),
        "weights": np.reshape(facts["trained_weights"], (2, 2)).tolist(),
        "bias": facts["bias"],
        "blur": facts["blur"],
        "channel": facts["channel"],
        "window": [facts["row"], facts["column"]],
        "colors": SCALE,
    }
