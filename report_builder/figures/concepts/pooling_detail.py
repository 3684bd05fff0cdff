"""The detail that each of four poolings leaves out of one trained map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.concepts.pooling import KINDS, POOLED, TrainedMap, measure_map
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined
from report_builder.text import EMPTY, Text, percent, plural

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure


class PoolingDetail(NamedTuple):
    """What is left of a map when its pooled form is enlarged again, fitted and subtracted."""

    source: TrainedMap
    rest: dict[str, np.ndarray]  # (H, W) by kind, a name of POOLED
    lost: dict[str, float]  # share of the variance, mean over images and channels
    images: int
    channels: int


def measure(evidence: Evidence) -> PoolingDetail:
    """The rests and shares that the demonstration "pooling" has recorded."""
    record = evidence.shown_demonstration("pooling")
    facts = record.facts
    return PoolingDetail(
        source=measure_map(evidence),
        rest={kind: record.array(f"rest.{kind}") for kind in POOLED},
        lost={kind: facts[f"detail_{kind}"] for kind in POOLED},
        images=facts["images"],
        channels=facts["channels"],
    )


def draw(numbers: PoolingDetail, style: Style) -> Figure:
    """The map less its mean, and beside it the four rests on the same scale."""
    pitch, head = ACROSS // (len(POOLED) + 1), points(ACROSS, 28)
    bar_y = head + pitch - 20 + points(ACROSS, 8)
    picture = Picture(style, describe(numbers).title, ACROSS, bar_y + points(ACROSS, 26))
    centered = numbers.source.map - numbers.source.map.mean()
    limit = largest([centered, *numbers.rest.values()])
    columns = [(centered, Text("特征图减去均值", "Map less mean"), EMPTY)]
    for kind, values in numbers.rest.items():
        lost = percent(numbers.lost[kind])
        name = Text(KINDS[kind].zh, KINDS[kind].en.capitalize())
        columns.append((values, name, Text(f"丢失 {lost}", f"{lost} lost")))
    for k, (values, name, below) in enumerate(columns):
        x, cell = 12 + k * pitch, (pitch - 40, pitch - 40)
        picture.paint_into(picture.around_zero(values, limit), x, head, cell)
        picture.note(x, points(ACROSS, 11), name, 9.5)
        picture.note(x, points(ACROSS, 23), below, 8.5, color=style.muted)
    meaning = Text("差值，全图同一色标", "difference, one scale for all")
    picture.scale_bar(bar_y, limit, meaning)
    return picture.finished()


def describe(numbers: PoolingDetail) -> Description:
    """Least and most loss in words, and a row for each kind."""
    source = numbers.source
    shares = {kind: percent(lost) for kind, lost in numbers.lost.items()}
    order = sorted(POOLED, key=numbers.lost.__getitem__)
    least, most = ((KINDS[kind], shares[kind]) for kind in (order[0], order[-1]))
    losses = joined(
        Text(f"{KINDS[kind].zh} {share}", f"{KINDS[kind].en} {share}")
        for kind, share in shares.items()
    )
    return Description(
        title=Text(
            f"放大再相减，剩下的就是丢掉的细节：{least[0].zh}丢得最少（{least[1]}），"
            f"{most[0].zh}丢得最多（{most[1]}）",
            f"Enlarged and subtracted, what is left is the lost detail: least with {least[0].en} "
            f"({least[1]}), most with {most[0].en} ({most[1]})",
        ),
        alt=Text(
            "一幅特征图，以及四种池化各自丢掉的部分，主要在笔画边缘。"
            f"丢失的方差比例：{losses.zh}。",
            "A map, and what each of four poolings leaves out of it, mostly along the strokes. "
            f"Share of variance lost: {losses.en}.",
        ),
        caption=source.text
        + Text(
            f"第 {source.channel} 个通道，一幅 {source.class_name}。池化结果每个值放大成 2×2，"
            "乘以拟合得最好的系数并平移，再从特征图中减去。百分数是特征图方差中没有被解释的部分，"
            f"n = {numbers.images} 幅测试图像 × {numbers.channels} 个通道的平均。"
            "每窗只留一个值时，平均值的平方误差必定最小。",
            f"channel {source.channel} for an image of {source.class_name}. Each pooled value is "
            "enlarged to 2×2, scaled and shifted to fit best, and subtracted from the map. "
            "Percentages are the share of the map's variance that is not explained, mean of n = "
            f"{plural(numbers.images, 'test image')} × {plural(numbers.channels, 'channel')}. Of "
            "all that keep one value of a window, the mean is bound to have the least squared "
            "error.",
        ),
        rows=[
            {
                "kind": kind,
                "variance_lost": numbers.lost[kind],
                "images": numbers.images,
                "channels": numbers.channels,
                "shown_root_mean_square": float(np.sqrt((values.astype(float) ** 2).mean())),
            }
            for kind, values in numbers.rest.items()
        ],
    )
