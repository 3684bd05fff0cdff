"""Tables of what a network's answers depend on: places of the image, and channels."""

from __future__ import annotations

from collections.abc import Iterator

from report_builder.evidence.estimates import share
from report_builder.evidence.study import Evidence
from report_builder.results.forms import Cell, Column, interval, table
from report_builder.results.report import Table
from report_builder.text import Text, class_name, count, decimals, percent

CLASSES_APART = 4  # classes that have room for a column each


def occlusion(evidence: Evidence) -> Table:
    """How many images some place of the covered square makes wrong."""
    facts = evidence.shown_demonstration("interventions").facts
    n = facts["covered"]
    columns = (
        Column(Text("方块的颜色", "Square of")),
        Column(Text("原来判对的图像", "Images right before"), True),
        Column(Text("至少一处遮住后判错", "Wrong at some place"), True),
        Column(Text("比例", "Share"), True),
        Column(Text("95 % 区间", "95 % interval"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        for fill, title in (
            ("ground", Text("底色", "background")),
            ("gray", Text("灰色", "gray")),
        ):
            found = share(facts[f"turned_{fill}"], n) if n else None
            yield [
                title,
                count(n),
                count(facts[f"turned_{fill}"]),
                percent(found.k / n, decimals(n)) if found else "—",
                interval(found, decimals(n)) if found else "—",
            ]

    return table(columns, rows())


def ablation(evidence: Evidence) -> Table:
    """Each channel with the images that are right without it; classes apart where they are few."""
    facts = evidence.shown_demonstration("interventions").facts
    n, apart = facts["test_images"], len(facts["classes"]) <= CLASSES_APART
    names = list(map(class_name, facts["classes"])) if apart else []
    columns = (
        Column(Text("卷积层", "Convolution"), True),
        Column(Text("通道", "Channel"), True),
        Column(Text("换成 0：准确率", "Accuracy with 0"), True),
        Column(Text("95 % 区间", "95 % interval"), True),
        *(Column(Text(f"判对的 {name}", f"{name} right"), True) for name in names),
        Column(Text("换成平均：准确率", "Accuracy with its mean"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        for row in facts["channels"]:
            found = share(sum(row["zero"]), n)
            yield [
                count(row["layer"]),
                count(row["channel"]),
                percent(found.k / n),
                interval(found, decimals(n)),
                *(count(k) for k in row["zero"][: len(names)]),
                percent(sum(row["mean"]) / n),
            ]

    return table(columns, rows())
