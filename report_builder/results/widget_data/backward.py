"""Part of a trained map with the gradient that reaches the ReLU behind its pooling.

{"map": a map, before pooling,
 "after": the gradient by the outputs of ReLU, one for each 2x2 window,
 "winners": ["0312.."],  which value of each window is the largest: 0 to 3, row by row, the first of
                         equal ones
 "corner": [row, column],  of the part on the pooled map
 "start": [row, column],   of the window that it shows first, in the part
 "channel": 1,
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.results.widget_data.pixels import SCALE, map_rows

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

DIGITS = 4  # its numbers are shown


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing or does not apply."""
    if not evidence.can_show("backward"):
        return None
    record = evidence.shown_demonstration("backward")
    values, facts = record.array("region.map"), record.facts
    rows, columns = (length // 2 for length in values.shape)
    windows = values.reshape(rows, 2, columns, 2).transpose(0, 2, 1, 3).reshape(rows, columns, 4)
    winners = np.argmax(windows, axis=2)
    after = record.array("region.after")
    first = np.abs(after) * (windows.max(2) > 0)  # one that passes much on
    return {
        "network": network_of(evidence, record, "baseline").text,
        "map": map_rows(values, DIGITS),
        "after": map_rows(after, DIGITS),
        "winners": ["".join(map(str, row)) for row in winners.tolist()],
        "corner": facts["corner"],
        "start": [int(at) for at in np.unravel_index(first.argmax(), first.shape)],
        "channel": facts["channel"],
        "colors": SCALE,
    }
