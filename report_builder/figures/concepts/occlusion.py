"""How far the right class leads while a patch of the image is covered, place by place."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, as_rgb, enlarged, fit, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.text import Text, class_name, hundredths

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

FILLS = {
    "ground": Text("一块换成底色", "Covered with background"),
    "gray": Text("一块换成灰色", "Covered with gray"),
}


class Occlusion(NamedTuple):
    """An image of each of the first two classes, and a map of the lead for each filling."""

    images: np.ndarray  # (2, H, W) or (2, H, W, 3) uint8
    image_ids: list[str]
    class_names: tuple[str, ...]
    leads: dict[str, np.ndarray]  # (2, h, w) by filling: logit of the right class less the others'
    whole: list[float]  # the lead with nothing covered, for each image
    patch: int  # pixels a side
    step: int  # pixels between two positions
    network: Network

    def least(self, fill: str, image: int) -> float:
        return float(self.leads[fill][image].min())

    def worst(self, image: int) -> tuple[int, int]:
        """Upper left pixel of the patch of background that costs most."""
        lead = self.leads["ground"][image]
        row, column = divmod(int(lead.argmin()), lead.shape[1])
        return row * self.step, column * self.step


def measure(evidence: Evidence) -> Occlusion:
    """The leads that the demonstration "interventions" has recorded."""
    record = evidence.shown_demonstration("interventions")
    facts = record.facts
    return Occlusion(
        images=record.array("images"),
        image_ids=facts["ids"],
        class_names=tuple(map(class_name, facts["classes"])),
        leads={fill: record.array(f"lead.{fill}") for fill in FILLS},
        whole=[facts[f"lead_{which}"] for which in ("first", "second")],
        patch=facts["patch"],
        step=facts["step"],
        network=network_of(evidence, record, "baseline"),
    )


def draw(numbers: Occlusion, style: Style) -> Figure:
    """A row for each image: itself with the worst patch framed, and its maps of the lead."""
    pitch = ACROSS // (1 + len(FILLS))
    height, width = numbers.images.shape[1:3]
    painted = [fit(as_rgb(image), pitch - 70, pitch - 70) for image in numbers.images]
    scale = painted[0].shape[1] / width
    tall = painted[0].shape[0]
    head, row_height = points(ACROSS, 16), tall + points(ACROSS, 20)
    bar_y = head + 2 * row_height
    picture = Picture(style, describe(numbers).title, ACROSS, bar_y + points(ACROSS, 26))
    limit = largest([*numbers.leads.values(), np.array(numbers.whole)])
    for k, words in enumerate(FILLS.values(), 1):
        picture.note(20 + k * pitch, head - 8, words, 9.5)
    for i, image in enumerate(painted):
        y = head + i * row_height
        color = style.class_colors(numbers.class_names)[i]
        picture.paint(image, 20, y, color)
        row, column = (round(at * scale) for at in numbers.worst(i))
        side = round(numbers.patch * scale)
        frame = style.color("receptive field")
        picture.outline(20 + column, y + row, side, side, frame)
        lead = hundredths(numbers.whole[i])
        below = y + tall + points(ACROSS, 11)
        whole = Text(f"原图领先 {lead}", f"Lead with nothing covered: {lead}")
        picture.note(20, below, whole, 8.5, color=style.muted)
        for k, fill in enumerate(FILLS, 1):
            x = 20 + k * pitch
            _paint_map(picture, numbers.leads[fill][i], limit, (x, y), image.shape[:2])
            least = hundredths(numbers.least(fill, i))
            words = Text(f"最低 {least}", f"Lowest {least}")
            picture.note(x, below, words, 8.5, color=style.muted)
    words = Text("正确类别的领先，全图同一色标", "lead of the right class, one scale")
    picture.scale_bar(bar_y, limit, words)
    return picture.finished()


def _paint_map(
    picture: Picture,
    lead: np.ndarray,
    limit: float,
    corner: tuple[int, int],
    size: tuple[int, ...],
) -> None:
    """A map in the middle of a frame as large as the image, so that places lie beside each other:
    each value stands where the middle of its patch does.
    """
    (x, y), (tall, wide) = corner, size
    colors = picture.around_zero(lead, limit)
    factor = max(1, min(tall // lead.shape[0], wide // lead.shape[1]))
    colors = enlarged(colors, factor)
    h, w = colors.shape[:2]
    picture.outline(x, y, wide, tall, picture.style.color("grid"))
    picture.paint(colors, x + (wide - w) // 2, y + (tall - h) // 2)


def describe(numbers: Occlusion) -> Description:
    """The lowest lead in words, and a row for each image, filling and position."""
    names, side = numbers.class_names, numbers.patch
    (one, other), (first, second) = map(hundredths, numbers.whole), names[:2]
    least = [hundredths(numbers.least("ground", i)) for i in (0, 1)]
    gray_least = [hundredths(numbers.least("gray", i)) for i in (0, 1)]
    return Description(
        title=Text(
            f"把 {side}×{side} 的一块换成底色，正确类别的领先最低降到：{first} {one} → {least[0]}，"
            f"{second} {other} → {least[1]}；为负就判错",
            f"With {side}×{side} pixels covered, the lead of the right class falls as low as "
            f"{least[0]} of {one} for the {first} and {least[1]} of {other} for the {second}; "
            "where it is negative, the answer is wrong",
        ),
        alt=Text(
            f"两行，{first} 和 {second} 各一行：图像，用底色遮挡和用灰色遮挡时各处的领先。"
            f"用灰色遮挡，最低是 {gray_least[0]} 和 {gray_least[1]}。",
            f"Two rows, {first} and {second}: the image, and the lead at each place of the patch "
            f"with background and with gray. With gray the lowest are {gray_least[0]} and "
            f"{gray_least[1]}.",
        ),
        caption=Text(
            f"{numbers.network.text.zh}，两类各一幅测试图像。边长 {side} 个像素的方块每次移动 "
            f"{numbers.step} 个像素；图上一格画的是方块中心在该处时，正确类别的得分减去其余类别中"
            "最高的得分。红框是用底色遮挡时代价最大的一块。底色只抹去笔画；灰色还添了网络没有见过"
            "的边。",
            f"{numbers.network.text.en}, a test image of each of two classes. A square of {side} "
            f"pixels a side moves by {numbers.step} pixels at a time; each cell, at the place of "
            "its middle, is the score of the right class less the highest one of the others. "
            "Framed: the patch of background that costs most. Background only takes strokes away; "
            "gray also adds edges that the network has never seen.",
        ),
        rows=[
            {
                "image": numbers.image_ids[i],
                "filled": fill,
                "top": row * numbers.step,
                "left": column * numbers.step,
                "lead": float(leads[i, row, column]),
            }
            for fill, leads in numbers.leads.items()
            for i, row, column in np.ndindex(leads.shape)
        ],
    )
