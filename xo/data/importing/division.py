"""Draws test images from a source that has none: of every class the same share, the same ones each
time, and never a copy of a training image.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from xo.errors import InputError

SIDE = 16  # pixels of the thumbnails that are compared
# Root mean square of the difference of two thumbnails, in levels of gray: what JPEG, scaling and
# other formats change is below 1, two drawings of one shape differ by 5 and more.
ALIKE = 2.0
_BLOCK = 512  # thumbnails compared with all at a time: 100 MB for 50,000


def thumbnail(pixels: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 -> (SIDE, SIDE) float32: the mean gray of each of its parts."""
    from PIL import Image

    gray = Image.fromarray(pixels).convert("L")
    return np.asarray(gray.resize((SIDE, SIDE), Image.Resampling.BOX), np.float32)


def copies(thumbnails: np.ndarray) -> np.ndarray:
    """(N, SIDE, SIDE) -> (N,) int: the number of the first image that each is a near copy of, by
    way of others too; its own where there is none.
    """
    flat = thumbnails.reshape(len(thumbnails), -1).astype(np.float32)
    squares = (flat * flat).sum(1)
    limit = ALIKE**2 * flat.shape[1]
    first = np.arange(len(flat))

    def root(i: int) -> int:
        while first[i] != i:
            first[i] = first[first[i]]
            i = int(first[i])
        return i

    for start in range(0, len(flat), _BLOCK):
        block = flat[start : start + _BLOCK]
        # Computed by its parts, the squared distance is rounded: what may be a copy is compared.
        distance = squares[start : start + _BLOCK, None] + squares - 2 * block @ flat.T
        for i, j in np.argwhere(distance <= limit + 1e-5 * squares.max()):
            i += start
            if i < j and ((flat[i] - flat[j]) ** 2).sum() <= limit:
                one, other = sorted((root(int(i)), root(int(j))))
                first[other] = one
    return np.array([root(i) for i in range(len(flat))])


def drawn_for_testing(
    labels: Sequence[str], thumbnails: np.ndarray, share: float, seed: int
) -> np.ndarray:
    """(N,) bool: the images drawn for testing, of every class the share, rounded, at least one.

    Near copies are drawn together or not at all; copies with different labels are not drawn.
    Raises InputError where a class has too few images that are no copies.
    """
    by_group: dict[int, list[int]] = {}
    for i, first in enumerate(copies(thumbnails)):
        by_group.setdefault(int(first), []).append(i)
    by_class: dict[str, list[list[int]]] = {label: [] for label in sorted(set(labels))}
    sizes = Counter(labels)
    for members in by_group.values():
        if len({labels[i] for i in members}) == 1:
            by_class[labels[members[0]]].append(members)
    rng = np.random.RandomState(seed)  # whose numbers never change
    drawn = np.zeros(len(labels), bool)
    for label, groups in by_class.items():
        wanted = min(max(1, round(share * sizes[label])), sizes[label] - 1)
        count = 0
        for k in rng.permutation(len(groups)):
            if count + len(groups[k]) <= wanted:
                drawn[groups[k]] = True
                count += len(groups[k])
        if not count:
            raise InputError(
                f"class {label}: {sizes[label]} images, of which none can be kept for testing, "
                "because it is the only one or they are copies of one another; add some"
            )
    return drawn
