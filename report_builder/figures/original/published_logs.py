"""The losses that the original printed, each log over those of our runs of the same variant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.estimates import CHANCE
from report_builder.evidence.log_explanations import EXPLANATIONS
from report_builder.evidence.original_logs import (
    Log,
    Placement,
    log_title,
    logs,
    place,
    rows_per_epoch,
)
from report_builder.figures.original import log_panels
from report_builder.figures.toolkit.description import Description
from report_builder.figures.toolkit.style import Style
from report_builder.figures.toolkit.words import listed
from report_builder.text import SPACE, Text

if TYPE_CHECKING:
    from report_builder.figures.toolkit.typing import Evidence, Figure

TENTH = f"ln{SPACE}2{SPACE}/{SPACE}10"


class LogAmongRuns(NamedTuple):
    """A log with our runs of its variant, as far as there are any that print."""

    log: Log
    ours: np.ndarray | None  # (n, epochs, rows), as printed
    placement: Placement | None  # None where they cannot be compared


class PublishedLogs(NamedTuple):
    panels: tuple[LogAmongRuns, ...]


def measure(evidence: Evidence) -> PublishedLogs:
    panels = []
    for log in logs().values():
        runs = evidence.runs(log.variant)
        ours = log_panels.our_rows(evidence, log.variant)
        panels.append(LogAmongRuns(log, ours, place(log, runs) if runs else None))
    return PublishedLogs(tuple(panels))


def draw(numbers: PublishedLogs, style: Style) -> Figure:
    rows = len(numbers.panels) // log_panels.COLUMNS
    figure, panels = log_panels.panel_grid(style, _title(numbers), rows, 3)
    for panel, ax in zip(numbers.panels, panels):
        color = style.color(panel.log.variant)
        inside = panel.placement.inside if panel.placement else None
        log_panels.draw_log(style, ax, panel.log, panel.ours, color, CHANCE / 10, inside)
        lines = (
            (log_title(panel.log), color),
            (_row_counts(panel), style.muted),
            (_as_far(panel), style.muted),
        )
        log_panels.write_heading(style, ax, lines)
    log_panels.label_outer_axes(style, panels)
    return figure


def describe(numbers: PublishedLogs) -> Description:
    n = len(numbers.panels)
    each = [
        Text("{title}：{rows}，{far}", "{title}: {rows}, {far}").format(
            title=log_title(panel.log), rows=_row_counts(panel), far=_as_far(panel)
        )
        for panel in numbers.panels
    ]
    return Description(
        _title(numbers),
        Text(
            f"{n} 个小图，每份日志一个，原报告打印的损失画在我们同一变体的训练之上。{{each}}。",
            f"{n} panels, one for each log: the losses that the original printed, over those of "
            "our runs of the same variant. {each}.",
        ).format(each=listed(each)),
        Text(
            "每十批打印一次的损失（平均损失的十分之一），一轮之内均匀排开。圆点是原报告，"
            "实心的一轮在我们种子的范围之内，空心的在范围之外；细线为单个种子，粗线为中位数；"
            f"点线是两类一样多时随机猜测的水平 {TENTH}。“同样远”：到其余种子的中位数的距离"
            "（各轮之差的绝对值的平均）不小于原日志到我们中位数的距离的种子。高于纵轴的部分不画。",
            "Loss as printed after every ten batches, a tenth of the mean loss, spread evenly over "
            "its epoch. Dots are the original's, full where the epoch lies within the range of our "
            "seeds, open where not; thin lines are single seeds, the thick one their median; the "
            f"dotted line is blind guessing between two equal classes, {TENTH}. A seed lies 'as "
            "far' if its distance from the median of the other seeds (mean absolute difference "
            "over epochs) is no smaller than that of the log from the median of ours. What exceeds "
            "the axis is cut off.",
        ),
        [row for panel in numbers.panels for row in _rows(panel)],
    )


def _title(numbers: PublishedLogs) -> Text:
    """How many logs print too many rows, and how many of the others lie where our seeds do."""
    most = rows_per_epoch(sum(EXPLANATIONS["right"].images))
    right = [panel for panel in numbers.panels if panel.log.rows.shape[1] <= most]
    odd, n = len(numbers.panels) - len(right), len(numbers.panels)
    placed = [panel.placement for panel in right if panel.placement and panel.placement.n > 1]
    start = Text(
        f"{n} 份日志中有 {odd} 份每轮多打印一行，标签无误时打印不出；",
        f"{odd} of {n} logs print more rows an epoch than right labels can; ",
    )
    if not placed:
        return start + Text(
            "其余的还不能与我们的训练相比", "the others cannot be compared with our runs yet"
        )
    near = sum(placement.as_far > 0 for placement in placed)
    return start + Text(
        f"其余 {len(placed)} 份中有 {near} 份不比我们最偏的种子更偏",
        f"of the other {len(placed)}, {near} {'lies' if near == 1 else 'lie'} no further out than "
        "our seeds",
    )


def _row_counts(panel: LogAmongRuns) -> Text:
    theirs = panel.log.rows.shape[1]
    words = Text(f"每轮 {theirs} 行", f"{theirs} rows an epoch")
    if panel.ours is None or panel.ours.shape[2] == theirs:
        return words
    ours = panel.ours.shape[2]
    return words + Text(f"，我们 {ours} 行", f", ours {ours}")


def _as_far(panel: LogAmongRuns) -> Text:
    found = panel.placement
    if panel.ours is None:
        return Text("我们还没有训练", "no run of ours yet")
    if found is None:
        return Text("还不能相比", "cannot be compared yet")
    if found.n == 1:
        return Text("我们只有一个种子", "one seed of ours only")
    k, n = found.as_far, found.n
    return Text(f"同样远的种子 {k}/{n}", f"{k} of {n} seeds as far")


def _rows(panel: LogAmongRuns) -> Iterator[dict]:
    log, found = panel.log, panel.placement
    for e, (rows, mean) in enumerate(zip(log.rows, log.rows.mean(1))):
        row = {
            "log": log.name,
            "section": log.section,
            "epoch": e + 1,
            "printed": " ".join(f"{each:.3f}" for each in rows),
            "mean": float(mean),
        }
        if found is None:
            ours = {"n": 0, "below": "", "percentile": "", "low": "", "median": "", "high": ""}
        else:
            ours = {
                "n": found.n,
                "below": int(found.below[e]),
                "percentile": float(found.percentile[e]),
                "low": float(found.ours[:, e].min()),
                "median": float(np.median(found.ours[:, e])),
                "high": float(found.ours[:, e].max()),
            }
        yield row | ours
