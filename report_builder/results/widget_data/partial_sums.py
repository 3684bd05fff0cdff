"""C6: the maps that the second convolution of a trained network adds up, with all its kernels.

{"inputs": [rows of values, all with one limit],
 "kernels": [[[w row by row, for each input], ...], ...], "biases": [..],   an output channel each
 "channel": 3, "place": [row, column],   of the output, from 0, shown first: where the most cancels
 "limit": 1.3,                           the largest size of a value of any part or any sum
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.results.widget_data.pixels import MAX_PIXELS, SCALE, map_rows

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

DIGITS = 4  # 81 products are added up, and their sum is shown


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing, does not apply or has too large maps."""
    if not evidence.can_show("partial-sums"):
        return None
    record = evidence.shown_demonstration("partial-sums")
    inputs, kernels, biases = (
        record.array(name).astype(float) for name in ("inputs", "every_kernel", "biases")
    )
    if inputs.size > MAX_PIXELS // 2:
        return None
    windows = np.lib.stride_tricks.sliding_window_view(inputs, kernels.shape[2:], (1, 2))
    parts = np.einsum("chwij,mcij->mchw", windows, kernels)
    most = float(np.abs(inputs).max()) or 1.0
    return {
        "network": network_of(evidence, record, "baseline").text,
        "inputs": [map_rows(each, DIGITS, most) for each in inputs],
        "kernels": kernels.reshape(*kernels.shape[:2], -1).tolist(),
        "biases": biases.tolist(),
        "channel": record.facts["unit"] - 1,
        "place": [record.facts["row"], record.facts["column"]],
        # Running sums reach further than the parts and the output.
        "limit": float(np.abs(np.cumsum(parts, 1)).max()) or 1.0,
        "colors": SCALE,
    }
