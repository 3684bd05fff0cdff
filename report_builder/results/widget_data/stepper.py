"""C1: the window of a trained kernel on an image, and what a unit of any layer sees of it.

{"image": rows of pixels, "channels": 1, or 3 in color,
 "kernel": [[[..] * 3]],   one of conv1's kernels, float32, a square for each channel
 "bias": 0.1,
 "start": [row, column],   of the output pixel that it shows first
 "colors": {"light", "dark"},
 "layers": [{"name", "variant", "title", "channel", "size", "stride", "offset": as the
             demonstration has them, "map": that channel}]}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report_builder.evidence.shown_network import network_of
from report_builder.results.widget_data.pixels import (
    MAX_PIXELS,
    SCALE,
    channels_of,
    image_rows,
    map_rows,
)
from report_builder.text import Text
from xo.variants import VARIANTS

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where the demonstration is missing, does not apply or has too large an image."""
    if not evidence.can_show("windows"):
        return None
    record = evidence.shown_demonstration("windows")
    image = record.array("image")
    if image.size > MAX_PIXELS:
        return None
    layers = []
    for layer in record.facts["layers"]:
        variant = VARIANTS[layer["variant"]]
        values = record.array("map" if layer["name"] == "conv1" else f"map.{layer['name']}")
        layers.append({**layer, "title": Text(variant.zh, variant.en), "map": map_rows(values)})
    return {
        "network": network_of(evidence, record, "baseline").text,
        "image": image_rows(image),
        "channels": channels_of(image),
        "kernel": record.array("kernel").astype(float).tolist(),
        "bias": float(record.array("bias").item()),
        "start": record.facts["start"],
        "colors": SCALE,
        "layers": layers,
    }
