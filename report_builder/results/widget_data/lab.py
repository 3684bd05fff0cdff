"""The lab: the data set's size and classes, images to begin with, and what is known of each
variant beside its weights, which the page loads as files of their own.

{"size": [H, W], "channels": 1 or 3, "classes": [..], "background": 255, or 0xrrggbb in color,
 "pen": 4, "colors": {"light", "dark"},
 "examples": [{"label": 0, "rows": rows of one hex digit per pixel, in color of three}],
 "variants": [{"name", "title", "runs", "solved", "outcome": of the run shown, "reason": why it is
               not there, or null}],
 "replay": {"variant", "seed", "accuracy": test accuracy after each epoch, "loss"}, or null}
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from report_builder.evidence.shown_network import network_of_run
from report_builder.results.shipped_networks import shipped, shown_run, why_not_shipped
from report_builder.results.widget_data.pixels import MAX_PIXELS, SCALE, image_rows
from report_builder.text import Text
from xo.variants import VARIANTS, Variant

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

STROKES = 29  # of the data's strokes side by side fill an image: 4 of 116 pixels
EXAMPLES = 2  # images of each class
CLASSES = 6  # at most of which examples are there
DIGITS = 10**6  # of all examples, at most


def content(evidence: Evidence) -> dict[str, Any] | None:
    """None where no variant is trained, and where images are too large."""
    if not evidence.variants:
        return None
    data = evidence.data
    pixels = int(np.prod(data.image_size))
    if pixels > MAX_PIXELS:
        return None
    shown = data.test.first(EXAMPLES)
    images = np.asarray(shown.images)
    classes = min(CLASSES, max(2, DIGITS // (EXAMPLES * pixels * data.channels)))
    return {
        "size": list(data.image_size),
        "channels": data.channels,
        "classes": list(data.classes),
        "background": _background(images),
        "pen": max(2, round(min(data.image_size) / STROKES)),
        "colors": SCALE,
        "examples": [
            {"label": int(label), "rows": image_rows(image.reshape(len(image), -1), digits=1)}
            for image, label in zip(images, shown.labels)
            if label < classes
        ],
        "variants": [_described(evidence, row) for row in VARIANTS.values()],
        "replay": _replay(evidence),
    }


def _background(images: np.ndarray) -> int:
    """The pixel of the ground, by the top and bottom rows: black or white; in color the commonest
    of the shades that the examples have.
    """
    frame = np.concatenate([images[:, 0], images[:, -1]])
    if images.ndim == 3:
        return 255 if np.median(frame) > 127 else 0
    shades = (frame.reshape(-1, 3) >> 4).astype(int) @ (256, 16, 1)
    red, green, blue = (17 * int(digit, 16) for digit in f"{np.bincount(shades).argmax():03x}")
    return red << 16 | green << 8 | blue


def _replay(evidence: Evidence) -> dict[str, Any] | None:
    """The run whose weights after each epoch are there."""
    for variant, (_, run) in shipped(evidence).items():
        if run:
            return {
                "variant": variant,
                "seed": run.seed,
                "accuracy": [epoch.test_accuracy for epoch in run.epochs],
                "loss": [epoch.test_loss for epoch in run.epochs],
            }
    return None


def _described(evidence: Evidence, row: Variant) -> dict[str, Any]:
    title, reason = Text(row.zh, row.en), why_not_shipped(evidence, row)
    found: dict[str, Any] = {"name": row.name, "title": title, "reason": reason}
    if any(row.name == each.name for each in evidence.variants):
        runs = evidence.runs(row.name)
        shown = network_of_run(evidence, shown_run(evidence, row.name))
        found["runs"], found["solved"] = len(runs), sum(run.solved for run in runs)
        found["outcome"] = Text(f"种子 {shown.seed}，", f"seed {shown.seed}, ") + shown.outcome
    return found
