"""The small convolution that readers do by hand, and kernels to try on it.

{"image": [[0, 1, ..], ..],                 1 white
 "kernels": [{"title", "weights": [[..] * 3]}, ..],
 "start": 2,                                which kernel it shows first, that of the page
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report_builder.results.widget_data.pixels import SCALE
from report_builder.text import Text

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

KERNELS: tuple[tuple[Text, list[list[float]]], ...] = (
    (Text("不变", "Identity"), [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    (Text("模糊", "Blur"), [[1 / 9] * 3] * 3),
    (Text("竖直的边", "Vertical edges"), [[1, 0, -1]] * 3),
    (Text("水平的边", "Horizontal edges"), [[1] * 3, [0] * 3, [-1] * 3]),
    (Text("锐化", "Sharpen"), [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
)


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing."""
    if not evidence.can_show("convolution"):
        return None
    record = evidence.shown_demonstration("convolution")
    shown = record.array("kernel").tolist()
    return {
        "image": record.array("image").astype(int).tolist(),
        "kernels": [{"title": title, "weights": weights} for title, weights in KERNELS],
        "start": next((k for k, (_, weights) in enumerate(KERNELS) if weights == shown), 0),
        "colors": SCALE,
    }
