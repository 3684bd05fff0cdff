"""C7: the maps that a trained 1×1 layer mixes, with its weights for every output channel.

{"inputs": [rows of values, all with one limit],
 "kernels": [[w for each input], ...], "biases": [..],   an output channel each
 "channel": 2,                                           of the outputs, from 0, shown first
 "limit": 1.2,                                           the largest size of a value of any output
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.results.widget_data.pixels import MAX_PIXELS, SCALE, map_rows

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

DIGITS = 3  # its numbers are shown


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing, does not apply or has too large maps."""
    if not evidence.can_show("mixing"):
        return None
    record = evidence.shown_demonstration("mixing")
    inputs = record.array("inputs").astype(float)
    if inputs.size > MAX_PIXELS // 2:
        return None
    kernels, biases = (record.array(name).astype(float) for name in ("kernels", "biases"))
    outputs = np.einsum("oc,chw->ohw", kernels, inputs) + biases[:, None, None]
    most = float(np.abs(inputs).max()) or 1.0
    return {
        "network": network_of(evidence, record, "one-by-one").text,
        "inputs": [map_rows(each, DIGITS, most) for each in inputs],
        "kernels": kernels.tolist(),
        "biases": biases.tolist(),
        "channel": record.facts["output"] - 1,
        "limit": float(np.abs(outputs).max()) or 1.0,
        "colors": SCALE,
    }
