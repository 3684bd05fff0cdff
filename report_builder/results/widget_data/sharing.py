"""C2: the first convolution of a trained network on an image that the reader shifts.

{"image": rows of pixels, "channels": 1, or 3 in color,
 "background": of the pixels that come in, in color a list,
 "kernels": [[..] * 9, ...], "biases": [..],      in color [..] * 27, red, green, blue
 "channel": 5,        of the kernels, from 0, that it shows first
 "shift": [down, right],
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report_builder.evidence.shown_network import network_of
from report_builder.results.widget_data.pixels import MAX_PIXELS, SCALE, channels_of, image_rows

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing, does not apply or has too large an image."""
    if not evidence.can_show("sharing"):
        return None
    record = evidence.shown_demonstration("sharing")
    image, kernels = record.array("image"), record.array("kernels").astype(float)
    if image.size > MAX_PIXELS:
        return None
    return {
        "network": network_of(evidence, record, "baseline").text,
        "image": image_rows(image),
        "channels": channels_of(image),
        "background": record.facts["background"],
        "kernels": kernels.reshape(len(kernels), -1).tolist(),
        "biases": record.array("biases").astype(float).tolist(),
        "channel": record.facts["channel"] - 1,
        "shift": record.facts["shift"],
        "colors": SCALE,
    }
