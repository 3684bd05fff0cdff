"""What a user may choose for an import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ImportOptions:
    """The defaults leave every pixel as it is, but for bringing colors to gray, transparent pixels
    onto white, and more than 8 bits to 8.
    """

    test_share: float | None = None  # of each class, for a source without test images
    seed: int = 0  # of the draw of these test images
    without_validation: bool = False  # else validation images are trained on
    size: tuple[int, int] | None = None  # (width, height) that images are scaled and padded to
    crop_to_ink: bool = False  # to what differs from the ground
    ground: int = 255  # gray value that shows through transparent pixels
    invert: bool = False  # black becomes white
    first_frame: bool = False  # of animated images
    colour: bool = False  # keep red, green and blue
    names_encoding: str = ""  # of the names in a zip, where it is neither UTF-8 nor GBK
    labels: Path | None = None  # a CSV that says which class each image is of
    image_column: str = ""  # of that CSV; empty: its first
    class_column: str = ""  # of that CSV; empty: its second
    solved_from: float | None = None  # what the card says of it; None: the usual accuracy
