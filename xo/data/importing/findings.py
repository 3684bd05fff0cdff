"""What is odd about the images of a source, though no reason to refuse it: a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from xo.data.importing.convert import DARK

LOPSIDED = 20  # how many times as many images the largest class has as the smallest, to be named


class Imported(NamedTuple):
    """An image that was converted."""

    path: str  # in the source
    label: str
    split: str  # train or test
    digest: str  # of its pixels
    ground: float  # gray value of its edge


def findings(images: Sequence[Imported], near: np.ndarray | None = None) -> Iterator[str]:
    """What a user should know; `near` holds for each image the number of one it is a near copy of,
    its own where there is none.
    """
    by_digest: dict[str, list[Imported]] = {}
    for image in images:
        by_digest.setdefault(image.digest, []).append(image)
    if len(by_digest) == 1:
        yield f"all {len(images)} images are the same"
    else:
        yield from _in_two_classes(by_digest)
    counts = Counter(image.label for image in images)
    for label, count in sorted(counts.items()):
        if min(Counter(i.split for i in images if i.label == label).values()) == 1:
            yield f"class {label}: one image alone in training or testing ({count} in all)"
    (largest, most), *_, (smallest, fewest) = counts.most_common()
    if most >= LOPSIDED * fewest:
        yield f"class {largest} has {most} images and class {smallest} {fewest}"
    dark = sum(image.ground < DARK for image in images)
    if 2 * dark > len(images):
        yield (
            f"{dark} of {len(images)} images are light on a dark ground; "
            "--invert makes them dark on light, as drawings on paper are"
        )
    if near is not None:
        pairs = [
            (images[i], images[first])
            for i, first in enumerate(near)
            if images[i].split != images[first].split and images[i].digest != images[first].digest
        ]
        if pairs:
            one, other = pairs[0]
            yield (
                f"{len(pairs)} test images are nearly the same as training images, "
                f"{one.path} as {other.path} for one"
            )


def _in_two_classes(by_digest: dict[str, list[Imported]]) -> Iterator[str]:
    shared = [same for same in by_digest.values() if len({image.label for image in same}) > 1]
    if shared:
        one, other = shared[0][0], next(i for i in shared[0] if i.label != shared[0][0].label)
        yield (
            f"{len(shared)} images stand in two classes, {one.path} and {other.path} for one: "
            "the same pixels with different labels"
        )
