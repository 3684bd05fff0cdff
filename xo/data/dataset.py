"""What a data set is: images of two or more classes as arrays, split for training and testing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from xo.store.inputs import Inputs
from xo.store.store import Store

EMBEDDED = Path("data/xo")  # where the embedded data set is drawn


@dataclass(frozen=True, eq=False)
class Split:
    """The training or the test images; pickles small when the pixels lie in a file."""

    labels: np.ndarray  # (N,) int64, index of the class
    ids: tuple[str, ...]  # "circles/0007.png"
    pixels: Path | np.ndarray = field(repr=False)  # a .npy file, or as `images`, of M images
    # (N,) indices of the images used, of the M in `pixels`; None: all of them
    rows: np.ndarray | None = field(default=None, repr=False)

    @property
    def images(self) -> np.ndarray:
        """uint8, grey (N, H, W), 0 black and 255 white, or colour (N, H, W, 3), red, green, blue.

        Memory-mapped where they lie in a file.
        """
        return self._stored if self.rows is None else self._stored[self.rows]

    @property
    def channels(self) -> int:
        """1 for grey images, 3 for colour."""
        return 1 if self._stored.ndim == 3 else 3

    @property
    def _stored(self) -> np.ndarray:
        stored = self.pixels
        return stored if isinstance(stored, np.ndarray) else np.load(stored, mmap_mode="r")

    def first(self, per_class: int) -> Split:
        """The first `per_class` images of every class, or all where there are fewer."""
        by_class = [np.flatnonzero(self.labels == label) for label in np.unique(self.labels)]
        rows = np.concatenate([of_class[:per_class] for of_class in by_class])
        ids = tuple(self.ids[row] for row in rows)
        stored_rows = rows if self.rows is None else self.rows[rows]
        return Split(self.labels[rows], ids, self.pixels, stored_rows)


@dataclass(frozen=True, eq=False)
class DataSet:
    """Images of two or more classes, all of one size, with their splits."""

    name: str  # of its folder
    root: Path
    classes: tuple[str, ...]  # sorted; a label is an index into it
    image_size: tuple[int, int]  # (H, W) in pixels
    digest: str  # of names, labels and pixels: the same on every machine, for every file format
    train: Split
    test: Split
    solved_from: float | None = None  # as its card says; see xo.data.card.goal
    # Where what is computed of its images alone is kept; None: nowhere.
    store: Store | None = field(default=None, repr=False)

    def __eq__(self, other: object) -> bool:
        """Equal are sets of the same images, wherever they lie."""
        return isinstance(other, DataSet) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    @property
    def channels(self) -> int:
        """1 for grey images, 3 for colour."""
        return self.train.channels

    @property
    def result_inputs(self) -> Inputs:
        """What results take from the data set: its images, which alone decide a run, and from which
        accuracy a run has solved its task, where the card says so.
        """
        goal = {} if self.solved_from is None else {"solved_from": self.solved_from}
        return {"data": self.digest, **goal}

    @property
    def images(self) -> np.ndarray:
        """A copy of the training images, then the test images."""
        return np.concatenate([self.train.images, self.test.images])

    def subset(self, train_per_class: int, test_per_class: int) -> DataSet:
        """The first images of every class, at most so many, with a digest of their own."""
        train, test = self.train.first(train_per_class), self.test.first(test_per_class)
        digest = data_digest(self.classes, self.image_size, train, test)
        return replace(self, digest=digest, train=train, test=test)


def data_digest(
    classes: tuple[str, ...], image_size: tuple[int, int], train: Split, test: Split
) -> str:
    """SHA-256 over what decides a result: classes, size, ids with labels in order, pixels."""
    splits = (train, test)
    names = [(split.ids, split.labels.tolist()) for split in splits]
    digest = digest_of_names(classes, image_size, names)
    for split in splits:
        digest.update(np.ascontiguousarray(split.images).ravel().data)
    return digest.hexdigest()


def digest_of_names(
    classes: tuple[str, ...],
    image_size: tuple[int, int],
    splits: Iterable[tuple[tuple[str, ...], list[int]]],
) -> hashlib._Hash:
    """What `data_digest` begins with, ids and labels of each split; pixels are yet to be added."""
    names = [classes, image_size, *(part for split in splits for part in split)]
    return hashlib.sha256(json.dumps(names).encode())
