"""The two images that a network is shown on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.text import class_name

if TYPE_CHECKING:
    from xo.runs.record import RunRecord


class ShownImages(NamedTuple):
    """The first recorded image of each of the first two classes of a run."""

    images: np.ndarray  # (2, H, W) uint8
    image_ids: tuple[str, str]
    class_names: tuple[str, ...]  # of all classes; the first image is of the first class
    places: list[int]  # of the two among the record's activations
    probabilities: np.ndarray  # (2, classes), the run's answers


def measure_images(run: RunRecord) -> ShownImages:
    """Takes them from the record of the run."""
    labels = run.array("shown_labels")
    places = [int(np.flatnonzero(labels == k)[0]) for k in (0, 1)]
    image_ids = run.shown_ids[places[0]], run.shown_ids[places[1]]
    return ShownImages(
        images=run.array("shown_images")[places],
        image_ids=image_ids,
        class_names=tuple(map(class_name, run.classes)),
        places=places,
        probabilities=run.array("test_probabilities")[[run.test_ids.index(i) for i in image_ids]],
    )
