"""C4: the answers of the fully convolutional network everywhere on a canvas.

{"canvas": rows of pixels, a digit in hex each, from 0 ink to f paper,
 "channels": 1, or 3 in color, whose pixels are three digits each,
 "classes": ["O", "X"], "class_colors": [{"light", "dark"}, ...], "ground": {"light", "dark"},
 "maps": [rows of probabilities, a class each],
 "stride": pixels, "seen": [[size, first], [size, first]],   of a cell's pixels, down and across
 "start": [row, column]}                                     the cell at the first shape
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.shown_network import network_of
from report_builder.palette import COLORS, class_pairs
from report_builder.results.widget_data.pixels import channels_of, image_rows, map_rows
from report_builder.text import class_name

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

DIGITS = 3  # of a probability: its numbers are shown
MAX_CHARACTERS = 140_000  # of canvas and maps together, that a page can hold


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing, does not apply or has too large a canvas."""
    if not evidence.can_show("fcn"):
        return None
    record = evidence.shown_demonstration("fcn")
    facts, canvas, maps = record.facts, record.array("canvas"), record.array("coarse")
    if canvas.size + DIGITS * maps.size > MAX_CHARACTERS:
        return None
    names = tuple(map(class_name, facts["classes"]))
    center = facts["placed"][0]["center"]
    return {
        "network": network_of(evidence, record, "baseline").text,
        "canvas": image_rows(canvas, digits=1),
        "channels": channels_of(canvas),
        "classes": names,
        "class_colors": [_by_scheme(pair) for pair in class_pairs(names)],
        "ground": _by_scheme(COLORS["ground"]),
        "maps": [map_rows(np.asarray(each), DIGITS, limit=1.0) for each in maps],
        "stride": facts["stride"],
        "seen": facts["seen"],
        "start": [
            (pixel - size // 2 - first) // facts["stride"]
            for pixel, (size, first) in zip(center, facts["seen"], strict=True)
        ],
    }


def _by_scheme(pair: tuple[str, str]) -> dict[str, str]:
    return dict(zip(("light", "dark"), pair, strict=True))
