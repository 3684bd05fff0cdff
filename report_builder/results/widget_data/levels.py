"""C5: the maps of every block of a trained network, for an image of each of two classes.

{"classes": ["O", "X"], "images": [rows of pixels, a digit in hex each, from 0 ink to f paper],
 "channels": 1, or 3 in color, whose pixels are three digits each,
 "levels": [{"name": {"zh", "en"}, "size", "stride", "offset": of what a value sees, in pixels,
             "maps": [[rows of values for each channel], for each image]}],
 "colors": {"light", "dark"}}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from report_builder.evidence.feature_levels import feature_levels
from report_builder.evidence.shown_network import network_of_run
from report_builder.results.widget_data.pixels import (
    MAX_PIXELS,
    SCALE,
    channels_of,
    image_rows,
    map_rows,
)

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where there is no run or its maps are too large."""
    if not evidence.runs("features"):
        return None
    numbers = feature_levels(evidence)
    pixels = sum(level.maps.size for level in numbers.levels)
    if pixels > 1.1 * MAX_PIXELS:
        return None
    return {
        "network": network_of_run(evidence, numbers.run).text,
        "classes": list(numbers.shown.class_names[:2]),
        "channels": channels_of(numbers.shown.images[0]),
        "images": [image_rows(image, digits=1) for image in numbers.shown.images],
        "levels": [
            {
                "name": level.name,
                **level.field._asdict(),
                "maps": [
                    [map_rows(each, limit=float(level.maps.max()) or 1.0) for each in of_image]
                    for of_image in level.maps
                ],
            }
            for level in numbers.levels
        ],
        "colors": SCALE,
    }
