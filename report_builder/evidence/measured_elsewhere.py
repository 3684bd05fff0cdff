"""What was measured once, outside of any build, read from data/measured-elsewhere.toml.

The file holds counts with their date; accuracies and medians are computed here.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import msgspec
import numpy as np

from report_builder.evidence.data_files import read_data
from report_builder.text import Text, count, percent
from xo.data.card import SOLVED
from xo.store.source_digest import ROOT

FILE = ROOT / "data" / "measured-elsewhere.toml"


class MeasuredFact(NamedTuple):
    """A number as pages quote it, when it was measured, and what it is."""

    text: str
    date: date
    meaning: Text


class OtherImages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How networks trained on the embedded images do on others that no build has."""

    date: date
    own_images: int  # test images of the embedded data set
    images: int  # of the others
    seeds: tuple[int, ...]
    own_right: tuple[int, ...]  # of the own images, by seed
    right: tuple[int, ...]  # of the others, by seed

    def __post_init__(self) -> None:
        """Raises ValueError where a seed lacks a count, or has one that cannot be."""
        if not len(self.seeds) == len(self.own_right) == len(self.right):
            raise ValueError("seeds, own_right and right must be of one length")
        pairs = ((self.own_right, self.own_images), (self.right, self.images))
        if not all(0 <= each <= images for counts, images in pairs for each in counts):
            raise ValueError("a count must be from 0 to the number of images")

    @property
    def solved(self) -> np.ndarray:
        """`(seeds,)` bool: whether the network had solved its own task."""
        return np.array(self.own_right) / self.own_images >= SOLVED

    @property
    def accuracy(self) -> np.ndarray:
        """`(solved,)`, 0 to 1, on the other images, of the networks that had solved their task."""
        return np.array(self.right)[self.solved] / self.images


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """All that the file holds."""

    original_images: OtherImages


def facts() -> dict[str, MeasuredFact]:
    """Everything that a page may quote: `original-images.seeds`, `original-images.median`, ..."""
    found = document().original_images
    n, accuracy = int(found.solved.sum()), found.accuracy
    of_solved = Text(f"n = {n} 个学会的种子", f"n = {n} seeds that solved their own task")
    of_images = Text(f"{found.images:,} 幅图像", f"{found.images:,} images")
    written = {
        "seeds": (count(len(found.seeds)), Text("训练的种子", "seeds trained")),
        "solved": (
            count(n),
            Text(
                f"在自己的 {found.own_images} 幅测试图像上准确率不低于 {100 * SOLVED:g} % 的种子",
                f"seeds right on at least {100 * SOLVED:g} % of their own {found.own_images} test "
                "images",
            ),
        ),
        "images": (count(found.images), Text("图像", "images")),
        "median": (
            percent(float(np.median(accuracy))),
            Text("中位数，", "median of ") + of_solved + Text("，", ", ") + of_images,
        ),
        "lowest": (
            percent(float(accuracy.min())),
            Text("最低，", "lowest of ") + of_solved + Text("，", ", ") + of_images,
        ),
    }
    return {
        f"original-images.{name}": MeasuredFact(text, found.date, meaning)
        for name, (text, meaning) in written.items()
    }


def document() -> Document:
    """What the file holds; raises InputError where it cannot be read or is not of this form."""
    return read_data(FILE, Document)
