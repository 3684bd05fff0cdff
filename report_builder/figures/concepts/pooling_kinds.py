"""One trained map pooled in four ways, with the numbers of one window."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.concepts.pooling import KINDS, POOLED, TrainedMap, measure_map
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.picture import Picture
from report_builder.figures.toolkit.pixels import ACROSS, enlarged, largest, points
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import joined
from report_builder.text import Text, hundredths

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

AROUND = 6  # values a side of the detail of the map that is enlarged


class PoolingKinds(NamedTuple):
    """A map, its pooled forms, and the value that each makes of one window."""

    source: TrainedMap
    pooled: dict[str, np.ndarray]  # (H / 2, W / 2) by kind, a name of POOLED
    row: int  # of the window, in pooled values
    column: int
    window: list[float]  # its four values, row by row
    results: dict[str, float]  # by kind


def measure(evidence: Evidence) -> PoolingKinds:
    """The maps and the window that the demonstration "pooling" has recorded."""
    record = evidence.shown_demonstration("pooling")
    facts = record.facts
    return PoolingKinds(
        source=measure_map(evidence),
        pooled={kind: record.array(f"pooled.{kind}") for kind in POOLED},
        row=facts["row"],
        column=facts["column"],
        window=facts["window"],
        results={kind: facts[f"window_{kind}"] for kind in POOLED},
    )


def draw(numbers: PoolingKinds, style: Style) -> Figure:
    """The map and its pooled forms, each with its detail around the window below it."""
    full, pooled = numbers.source.map, numbers.pooled
    row, column = _detail(numbers)
    pitch = ACROSS // (len(POOLED) + 1)
    side = pitch - 40
    map_y = points(ACROSS, 28)
    detail_y = map_y + side + points(ACROSS, 18)
    numbers_y = detail_y + side + points(ACROSS, 14)
    bar_y = numbers_y + points(ACROSS, 22)
    picture = Picture(style, describe(numbers).title, ACROSS, bar_y + points(ACROSS, 26))
    limit = largest([full, *pooled.values()])
    scale = side // AROUND
    frame_x, frame_y = (2 * numbers.column - column) * scale, (2 * numbers.row - row) * scale
    window = [hundredths(value) for value in numbers.window]

    detail = full[row : row + AROUND, column : column + AROUND]
    columns = [(full, detail, Text("池化之前", "Before"), f"{window[0]}  {window[1]}")]
    for kind, values in pooled.items():
        detail = values[row // 2 : (row + AROUND) // 2, column // 2 : (column + AROUND) // 2]
        name = Text(KINDS[kind].zh, KINDS[kind].en.capitalize())
        columns.append((values, enlarged(detail, 2), name, hundredths(numbers.results[kind])))
    for k, (values, detail, name, words) in enumerate(columns):
        x = 12 + k * pitch
        picture.paint_into(picture.around_zero(values, limit), x, map_y, (side, side))
        picture.paint(enlarged(picture.around_zero(detail, limit), scale), x, detail_y)
        color = style.color("receptive field")
        picture.outline(x + frame_x, detail_y + frame_y, 2 * scale, 2 * scale, color)
        picture.note(x, points(ACROSS, 11), name, 9.5)
        shape = f"{values.shape[0]}×{values.shape[1]}"
        picture.note(x, points(ACROSS, 23), shape, 8.5, color=style.muted)
        picture.note(x + frame_x + scale, numbers_y, words, ha="center")
    second_line = 12 + frame_x + scale, numbers_y + points(ACROSS, 13)
    picture.note(*second_line, f"{window[2]}  {window[3]}", ha="center")
    meaning = Text("激活值，全图同一色标", "activation, one scale for all")
    picture.scale_bar(bar_y, limit, meaning)
    return picture.finished()


def _detail(numbers: PoolingKinds) -> tuple[int, int]:
    """The upper left corner of the detail on the map, in whole windows."""
    places = zip((numbers.row, numbers.column), numbers.source.map.shape)
    row, column = (
        int(np.clip(2 * at - (AROUND - 2) // 2, 0, 2 * (length // 2 - AROUND // 2))) // 2 * 2
        for at, length in places
    )
    return row, column


def describe(numbers: PoolingKinds) -> Description:
    """What becomes of the window in words, and a row for each kind."""
    source, window = numbers.source, [hundredths(value) for value in numbers.window]
    shape = f"{source.map.shape[0]}×{source.map.shape[1]}"
    results = joined(
        Text(f"{KINDS[kind].zh} {hundredths(value)}", f"{hundredths(value)} ({KINDS[kind].en})")
        for kind, value in numbers.results.items()
    )
    return Description(
        title=Text(
            f"同一窗口 {'、'.join(window)} 池化之后：{results.zh}",
            f"One window, {', '.join(window)}, comes to {results.en}",
        ),
        alt=Text(
            f"一幅 {shape} 的特征图和它的四种池化结果，下一行是红框窗口周围的放大。"
            f"窗口的四个值 {'、'.join(window)} 变成一个。",
            f"A map of {shape} and its four pooled forms; below, the surroundings of the framed "
            f"window enlarged. Its four values {', '.join(window)} become one.",
        ),
        caption=source.text
        + Text(
            f"第 {source.channel} 个通道，输入为一幅 {source.class_name}。四种都把 2×2 个值变成一"
            "个：最大值；平均值；先用 4×4 的二项式核（近似高斯）模糊、再每隔一个取一个；"
            "用训练出来的四个权重加权求和、再加偏置。",
            f"channel {source.channel} for an image of {source.class_name}. Each makes one value "
            "of 2×2: the largest; the mean; every second value after blurring with a 4×4 binomial "
            "kernel, nearly a Gaussian; a sum weighted by four trained weights, and a bias.",
        ),
        rows=[
            {
                "kind": kind,
                "height": values.shape[0],
                "width": values.shape[1],
                "window": numbers.results[kind],
                "minimum": float(values.min()),
                "mean": float(values.mean(dtype=float)),
                "maximum": float(values.max()),
            }
            for kind, values in numbers.pooled.items()
        ],
    )
