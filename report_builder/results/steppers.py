"""The demonstration `windows` as data for docs/assets/stepper.js.

{"image": ["00ff.."],      a string per row, a byte in hex per pixel, 0 ink and 255 paper
 "kernel": [[..] * 3],     one of conv1's kernels, float32
 "bias": 0.1,
 "start": [row, column],   of the output pixel that it shows first
 "colors": {"light", "dark"}: seven colors from the most negative to the most positive value,
 "layers": [{"name", "variant", "title": {"zh", "en"}, "channel", "size", "stride", "offset": as the
             demonstration has them, "limit": m, "map": ["80a1.."]}]}
                           that channel; m its largest |value|, and a byte 0 to 255 for -m to m
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from report_builder.palette import DIVERGING
from xo.variants import VARIANTS

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

DEMONSTRATION = "windows"
MAX_PIXELS = 2**16  # of an image that a page can hold, with its maps, without growing heavy


def steppers(evidence: Evidence) -> dict[str, dict]:
    """What the script reads, under the demonstration's name.

    Empty where the demonstration is missing, does not apply or has too large an image.
    """
    record = evidence.demonstration(DEMONSTRATION)
    if record is None or record.unavailable or record.array("image").size > MAX_PIXELS:
        return {}
    layers = []
    for layer in record.facts["layers"]:
        variant = VARIANTS[layer["variant"]]
        values = record.array("map" if layer["name"] == "conv1" else f"map.{layer['name']}")
        limit = float(np.abs(values).max()) or 1.0
        layers.append(
            {
                **layer,
                "title": {"zh": variant.zh, "en": variant.en},
                "limit": limit,
                "map": _hex(np.rint(127.5 + 127.5 * values / limit).astype(np.uint8)),
            }
        )
    return {
        DEMONSTRATION: {
            "image": _hex(record.array("image")),
            "kernel": record.array("kernel").astype(float).tolist(),
            "bias": float(record.array("bias").item()),
            "start": record.facts["start"],
            "colors": dict(zip(("light", "dark"), DIVERGING, strict=True)),
            "layers": layers,
        }
    }


def _hex(rows: np.ndarray) -> list[str]:
    return [row.tobytes().hex() for row in rows]
