"""The parts of a binary drawing that hang together, and the lines in the middle of its strokes."""

from __future__ import annotations

import numpy as np


def label_parts(ink: np.ndarray) -> tuple[np.ndarray, int]:
    """bool `(H, W)` -> the part that each pixel belongs to, from 1, 0 where there is no ink, and
    how many parts there are.

    Pixels that touch at a side or a corner are of one part. Runs of ink within a row are joined
    with those above (two passes, Rosenfeld & Pfaltz 1966).
    """
    labels = np.zeros(ink.shape, np.int32)
    parents = [0]

    def root(label: int) -> int:
        while parents[label] != label:
            parents[label] = parents[parents[label]]
            label = parents[label]
        return label

    above: list[tuple[int, int, int]] = []  # start, end, label
    for row, steps in enumerate(np.diff(np.pad(ink, ((0, 0), (1, 1))).astype(np.int8), axis=1)):
        runs = []
        for start, end in zip(np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)):
            touching = {root(of) for first, last, of in above if first <= end and start <= last}
            if touching:
                label = min(touching)
                for other in touching:
                    parents[other] = label
            else:
                label = len(parents)
                parents.append(label)
            labels[row, start:end] = label
            runs.append((int(start), int(end), label))
        above = runs
    roots, numbered = np.unique([root(label) for label in range(len(parents))], return_inverse=True)
    return numbered.astype(np.int32)[labels], len(roots) - 1


def center_lines(ink: np.ndarray) -> np.ndarray:
    """bool `(H, W)` -> bool `(H, W)`, the strokes thinned to lines of one pixel.

    Zhang & Suen (1984): border pixels are taken off, in turn from the lower right and the upper
    left, as long as no part falls apart and no line becomes shorter.
    """
    lines = np.pad(ink, 1).astype(np.int8)
    while True:
        before = np.count_nonzero(lines)
        for first in (True, False):
            # the eight neighbours, clockwise from above
            around = [
                np.roll(lines, shift, (0, 1))
                for shift in (
                    (1, 0), (1, -1), (0, -1), (-1, -1), (-1, 0), (-1, 1), (0, 1), (1, 1)
                )
            ]  # fmt: skip
            up, _, right, _, down, _, left, _ = around
            count = sum(around)
            begins = sum((a == 0) & (b == 1) for a, b in zip(around, [*around[1:], around[0]]))
            if first:
                kept_by_side = (up * right * down) | (right * down * left)
            else:
                kept_by_side = (up * right * left) | (up * down * left)
            taken_off = (count >= 2) & (count <= 6) & (begins == 1) & (kept_by_side == 0)
            lines = np.where(taken_off, 0, lines).astype(np.int8)
        if np.count_nonzero(lines) == before:
            return lines[1:-1, 1:-1].astype(bool)
