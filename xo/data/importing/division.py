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
_BLOCK = 1024  # thumbnails that are compared with as many others at a time: 4 MB of distances


def thumbnail(pixels: np.ndarray) -> np.ndarray:
    """(H, W) or (H, W, 3) uint8 -> (SIDE, SIDE) uint8: the mean gray of each of its parts."""
    from PIL import Image

    gray = Image.fromarray(pixels).convert("L")
    return np.asarray(gray.resize((SIDE, SIDE), Image.Resampling.BOX))


def copies(thumbnails: np.ndarray) -> np.ndarray:
    """(N, SIDE, SIDE) -> (N,) int: the number of the first image that each is a near copy of, by
    way of others too; its own where there is none.
    """
    flat = thumbnails.reshape(len(thumbnails), -1)
    limit = ALIKE**2 * flat.shape[1]
    # The means of near copies differ by no more than they do, so only neighbors are compared.
    means = flat.mean(1)
    order = means.argsort(kind="stable")
    first = np.arange(len(flat))

    def root(i: int) -> int:
        while first[i] != i:
            first[i] = first[first[i]]
            i = int(first[i])
        return i

    blocks = [order[start : start + _BLOCK] for start in range(0, len(flat), _BLOCK)]
    for number, rows in enumerate(blocks):
        block, farthest = flat[rows].astype(np.float32), means[rows[-1]] + 1.01 * ALIKE
        for columns in blocks[number:]:
            if means[columns[0]] > farthest:
                break
            others = flat[columns].astype(np.float32)
            for i, j in np.argwhere(_may_be_alike(block, others, limit)):
                if ((block[i] - others[j]) ** 2).sum() <= limit:
                    one, other = sorted((root(int(rows[i])), root(int(columns[j]))))
                    first[other] = one
    return np.array([root(i) for i in range(len(flat))])


def _may_be_alike(some: np.ndarray, others: np.ndarray, limit: float) -> np.ndarray:
    """(N, D), (M, D) -> (N, M) bool: whether the squared distance is at most `limit`, or a little
    more: computed by its parts it is rounded.
    """
    squares = [(each * each).sum(1) for each in (some, others)]
    distance = some @ others.T
    distance *= -2
    distance += squares[0][:, None]
    distance += squares[1]
    rounding = 1e-5 * max(float(each.max()) for each in squares)
    return np.asarray(distance <= limit + rounding)


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
