"""Photographs of drawings, what networks are shown of each, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, cell_size, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed, shorten
from report_builder.text import Text, class_name, percent

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

IN_A_ROW = 6
TOOLS = {
    "ballpoint": Text("圆珠笔", "ballpoint"),
    "pencil": Text("铅笔", "pencil"),
    "ink pen": Text("钢笔", "ink pen"),
    "marker": Text("记号笔", "marker"),
    "brush": Text("毛笔", "brush"),
    "chalk": Text("粉笔", "chalk"),
}


class Photograph(NamedTuple):
    """One photograph, and the image that it was made into."""

    photograph: np.ndarray  # (h, w, 3) uint8
    redrawn: np.ndarray  # (H, W) uint8
    truth: str
    tool: str
    answer: str  # to the image
    probability: float


class Photographs(NamedTuple):
    """Those that are shown, of so many."""

    network: Network
    shown: list[Photograph]
    photographs: int
    redrawn_right: int
    scaled_right: int


def measure(evidence: Evidence) -> Photographs:
    """What the demonstration "photographs" has recorded."""
    record = evidence.shown_demonstration("photographs")
    facts, redrawn = record.facts, record.array("redrawn.images")
    shown = [
        Photograph(
            record.array(f"photograph.{k}"),
            redrawn[k],
            class_name(each["class"]),
            each["tool"],
            class_name(each["redrawn_class"]),
            each["redrawn_probability"],
        )
        for k, each in enumerate(facts["shown"])
    ]
    counts = facts["photographs"], facts["redrawn_right"], facts["scaled_right"]
    return Photographs(network_of(evidence, record, "baseline"), shown, *counts)


def draw(numbers: Photographs, style: Style) -> Figure:
    """Each photograph, below it the image made of it, and the answer."""
    cell = max(cell_size(numbers.shown[0].redrawn.shape, ACROSS / IN_A_ROW - 12))
    pitch = cell + 12
    width = IN_A_ROW * pitch
    drop = 2 * cell + points(width, 20) + 16
    rows = -(-len(numbers.shown) // IN_A_ROW)
    picture = Picture(style, describe(numbers).title, width, rows * drop + 8)
    for k, each in enumerate(numbers.shown):
        row, column = divmod(k, IN_A_ROW)
        x, y = 6 + column * pitch, 6 + row * drop
        picture.paint_into(_gray(each.photograph), x, y, (cell, cell))
        picture.paint_into(as_rgb(each.redrawn), x, y + cell + 8, (cell, cell))
        answer = f"{shorten(each.answer, 8)} {percent(each.probability)}"
        right = each.answer == each.truth
        mark = "" if right else style.text(Text("，错", ", wrong"))
        color = style.ink if right else style.color("collapsed")
        below = y + 2 * cell + 8 + points(width, 13)
        picture.note(x, below, answer + mark, 9, color=color)
    return picture.finished()


def _gray(photograph: np.ndarray) -> np.ndarray:
    """(h, w, 3) -> (h, w, 3) without its colours, of which the file has too few."""
    return as_rgb(np.rint(photograph @ [0.299, 0.587, 0.114]).astype(np.uint8))


def describe(numbers: Photographs) -> Description:
    """How many are named rightly, and a row for each that is shown."""
    n, network = numbers.photographs, numbers.network
    listing = listed(
        Text("{tool}画的 {truth} → {answer}", "{truth} in {tool} → {answer}").format(
            tool=TOOLS[each.tool], truth=each.truth, answer=each.answer
        )
        for each in numbers.shown
    )
    return Description(
        title=Text(
            f"{n} 幅合成照片：重画之后判对 {numbers.redrawn_right} 幅，不重画判对 "
            f"{numbers.scaled_right} 幅",
            f"Of {n} synthetic photographs, {numbers.redrawn_right} are named rightly once "
            f"redrawn, {numbers.scaled_right} if only scaled",
        ),
        alt=Text(
            f"{len(numbers.shown)} 幅照片，下面是重画成的图像：{listing.zh}。",
            f"{len(numbers.shown)} photographs, below each the image redrawn from it: "
            f"{listing.en}.",
        ),
        caption=Text(
            f"上：合成的照片，每种笔一圈一叉，不作挑选。下：predict --photo 由它重画的图像，即网络"
            f"看到的；再下面是{network.text.zh}的回答和概率。",
            "Above: synthetic photographs, a circle and a cross for each kind of pen, not picked "
            "by eye. Below: what predict --photo redraws from each, which is what the network "
            f"sees, and the answer of {network.text.en} with its probability.",
        ),
        rows=[
            {
                "truth": each.truth,
                "tool": each.tool,
                "answer": each.answer,
                "probability": each.probability,
            }
            for each in numbers.shown
        ],
    )
