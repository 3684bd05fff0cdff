"""Tables of how sure and how right answers are, on shifted images and on images of no class."""

from __future__ import annotations

from collections.abc import Iterator

from report_builder.evidence.study import Evidence
from report_builder.results.forms import Cell, Column, table
from report_builder.results.prediction_facts import MEASURES
from report_builder.results.report import Table
from report_builder.text import Text, class_name, count, percent

# what an image of no class shows
ODD = {
    "inverted": Text(
        "取反的测试图像：255 减去每个值", "A test image inverted: 255 less each value"
    ),
    "noise": Text("噪声", "Noise"),
    "pixel": Text("一个像素", "One pixel"),
    "nothing": Text("什么也没有", "Nothing"),
}


def calibration_by_shift(evidence: Evidence) -> Table:
    """Right answers, their mean probability, and images told from the training images."""
    record = evidence.shown_demonstration("calibration")
    columns = (
        Column(Text("平移的像素", "Pixels shifted"), True),
        Column(Text("回答", "Answers"), True),
        Column(Text("判对", "Right"), True),
        Column(Text("平均概率", "Mean probability"), True),
        Column(Text("指出不像训练图像", "Told from the training images"), True),
    )
    right, probability, unlike = (
        record.array(f"by_shift.{name}") for name in ("right", "probability", "unlike")
    )

    def rows() -> Iterator[list[Cell]]:
        for pixels, shares in enumerate(zip(right, probability, unlike)):
            answers = record.facts["images"] * (2 if pixels else 1)
            yield [count(pixels), count(answers), *(percent(float(each)) for each in shares)]

    return table(columns, rows())


def odd_images(evidence: Evidence) -> Table:
    """What is answered to images of no class, and what tells them from the training images."""
    facts = evidence.shown_demonstration("odd-images").facts
    columns = (
        Column(Text("图像", "Image")),
        Column(Text("回答", "Answer")),
        Column(Text("概率", "Probability"), True),
        Column(Text("与训练图像的差别", "Differs from the training images in")),
    )

    def rows() -> Iterator[list[Cell]]:
        for each in facts["answers"]:
            names = [MEASURES[name] for name in each["unlike_in"]]
            differs = Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))
            probability = percent(each["probability"], 2)
            yield [
                ODD[each["shown"]],
                class_name(each["class"]),
                probability,
                differs or Text("没有指出", "nothing"),
            ]

    return table(columns, rows())
