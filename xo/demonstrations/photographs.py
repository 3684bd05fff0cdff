"""How well a network does on photographs of drawings: only scaled, and redrawn with another pen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from xo.data import generate
from xo.data.photograph import pen_of, read_photograph, redraw
from xo.data.scaling import scaled
from xo.data.synthetic_photographs import TOOLS, synthetic_photographs
from xo.demonstrations.calibration import answers
from xo.demonstrations.table import Unavailable
from xo.runs.unlikeness import measure, outside, see, spread_of

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks

PHOTOGRAPHS = 48  # four of each class and tool
SEED = 2
SHOWN_SIDE = 220  # pixels of the longer side of a photograph that is shown


def photographs(nets: Networks, data: DataSet) -> Computed:
    """How many of PHOTOGRAPHS synthetic photographs the baseline names rightly, and how many are
    told from the training images: scaled as by --resize, and redrawn as by --photo.

    The first of each class and tool are kept to be shown.
    """
    if set(data.classes) != set(generate.CLASSES) or data.channels != 1:
        raise Unavailable("no drawings of O and X")
    net = nets["baseline"][0][1]
    spread, pen = spread_of(net, data.train.images), pen_of(data.train.images)
    taken = synthetic_photographs(PHOTOGRAPHS, SEED)
    labels = np.array([data.classes.index(each.label) for each in taken])
    read = [read_photograph(each.jpeg, each.label) for each in taken]
    ways = {
        "scaled": np.stack([scaled(each, data.image_size) for each in read]),
        "redrawn": np.stack([redraw(each, pen) for each in read]),
    }
    shown = range(2 * len(TOOLS))
    answered: list[dict[str, str | float]] = [
        {"class": taken[k].label, "tool": taken[k].tool} for k in shown
    ]
    facts = {"photographs": len(taken), "tools": len(TOOLS), "shown": answered}
    arrays = {f"photograph.{k}": _small(taken[k].jpeg) for k in shown}  # (h, w, 3) uint8
    for way, images in ways.items():
        seen = see(net, images)
        probability, named = answers(seen)
        unlike = outside(measure(images, seen, spread), spread).any(axis=1)
        right = named == labels
        facts |= {
            f"{way}_right": int(right.sum()),
            f"{way}_share": [int(right.sum()), len(right)],
            f"{way}_unlike": int(unlike.sum()),
        }
        for k in shown:
            answered[k] |= {
                f"{way}_class": data.classes[named[k]],
                f"{way}_probability": float(probability[k]),
            }
        arrays[f"{way}.images"] = images[: len(shown)]  # (12, H, W) uint8
    return facts, arrays


def _small(jpeg: bytes) -> np.ndarray:
    """The photograph in colour, of SHOWN_SIDE pixels."""
    with Image.open(io.BytesIO(jpeg)) as image:
        image.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
        return np.array(image.convert("RGB"))
