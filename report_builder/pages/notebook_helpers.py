"""What the notebooks take from the project: images, records, pictures, a Chinese font.

A notebook may lie anywhere. The environment says which images, store and study it uses: `XO_DATA`,
`XO_STORE`, `XO_STUDY`, as a build sets them. Without these it uses what the clone holds that Python
imports the project from, and without a clone the folder it runs in, where the embedded images are
drawn first.
"""

from __future__ import annotations

import html
import os
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from report_builder.evidence.gather import name_damaged
from report_builder.fonts import FONT
from xo.data.dataset import EMBEDDED, DataSet
from xo.data.load import load, load_embedded
from xo.runs.record import RunRecord
from xo.runs.study import find_records, find_study, plan, study_data
from xo.store.ownership import claim
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Half as many again as the page's pixels: sharp on most screens, and still small.
DOTS_PER_INCH = 144
PAGE_PIXELS_PER_INCH = 96


def home() -> Path:
    """The folder that holds images and records."""
    return ROOT if (ROOT / "mkdocs.yml").is_file() else Path.cwd()


def data_set() -> DataSet:
    """The images; the embedded ones are drawn where they are missing."""
    given = os.environ.get("XO_DATA")
    claim(_store().root, "store")
    return load(Path(given), _store()) if given else load_embedded(home() / EMBEDDED, _store())


def recorded() -> dict[str, tuple[RunRecord, ...]]:
    """The records of the study that the store holds, by variant and in the order of seeds.

    The error stream names those that are damaged and so left out.
    """
    study = find_study(os.environ.get("XO_STUDY", "default"))
    lookup = find_records(plan(study, study_data(study, data_set()), Source()), _store())
    name_damaged(lookup)
    found: dict[str, tuple[RunRecord, ...]] = {}
    for record in lookup.found:
        found[record.variant] = (*found.get(record.variant, ()), record)
    return found


def _store() -> Store:
    return Store(Path(os.environ.get("XO_STORE") or home() / "runs"))


def use_font() -> None:
    """Has matplotlib write with the project's font, which has Chinese characters."""
    import matplotlib
    from matplotlib import font_manager

    font_manager.fontManager.addfont(FONT)
    matplotlib.rcParams["text.parse_math"] = False  # a class may be called $x$
    matplotlib.rcParams["font.family"] = [
        font_manager.FontProperties(fname=FONT).get_name(),
        "DejaVu Sans",
    ]


@dataclass(frozen=True)
class Picture:
    """What Jupyter displays as the last value of a cell: a PNG with an alternative text."""

    png: bytes
    width: int  # of the page's pixels
    height: int
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        source = f"data:image/png;base64,{b64encode(self.png).decode()}"
        size = f'width="{self.width}" height="{self.height}"'
        return f'<img alt="{html.escape(self.alt)}" {size} src="{source}">'


def show(figure: Figure, alt: str) -> Picture:
    """The figure as a picture; `alt` says what it shows. The same figure gives the same bytes."""
    import matplotlib.pyplot as plt
    from PIL import Image

    file = BytesIO()
    figure.savefig(file, format="png", dpi=DOTS_PER_INCH, bbox_inches="tight", pad_inches=0.04)
    plt.close(figure)
    drawn, packed = Image.open(file).convert("RGB"), BytesIO()
    # A palette makes the file a third of the size.
    drawn.quantize(256, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
    width, height = (round(side * PAGE_PIXELS_PER_INCH / DOTS_PER_INCH) for side in drawn.size)
    return Picture(packed.getvalue(), width, height, alt)
