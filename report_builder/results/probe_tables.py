"""Tables of how well the simplest classifiers do, on what each layer gives and on pixels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from report_builder.evidence.estimates import share
from report_builder.evidence.study import Evidence
from report_builder.results.forms import Cell, Column, interval, table
from report_builder.results.probe_facts import PROBE_DEPTHS
from report_builder.results.report import Table
from report_builder.text import Text, count, decimals, percent


def probes(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("probes")
    columns = (
        Column(Text("深度", "Depth")),
        Column(Text("每幅图像的数值", "Values of an image"), True),
        Column(Text("准确率中位数", "Median accuracy"), True),
        Column(Text("最低", "Least"), True),
        Column(Text("最高", "Most"), True),
        Column(Text("训练之前的中位数", "Median before training"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        for depth, title in PROBE_DEPTHS.items():
            after, before = (record.facts[state][depth] for state in ("accuracy", "untrained"))
            yield [
                Text(title.zh, title.en.removeprefix("the ").capitalize()),
                count(record.facts["sizes"][depth]),
                *(
                    percent(value)
                    for value in (
                        float(np.median(after)),
                        min(after),
                        max(after),
                        float(np.median(before)),
                    )
                ),
            ]

    return table(columns, rows())


def few_shot_probes(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("few-shot-probes")
    labelled = record.facts["labelled"]
    columns = (
        Column(Text("深度", "Depth")),
        *(Column(Text(f"每类 {n} 幅", f"{n} of each class"), True) for n in labelled),
        Column(Text("平均", "Mean"), True),
        Column(Text("平移之后的平均", "Mean, shifted"), True),
        Column(Text("训练之前的平均", "Mean before training"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        # (depths, labelled): mean over draws, median over seeds
        by_number = np.median(record.array("test")[0].mean(2), axis=2)
        for row, (depth, title) in zip(by_number, PROBE_DEPTHS.items()):
            means = (record.facts[f"{state}{depth}"] for state in ("", "shifted_", "untrained_"))
            yield [
                Text(title.zh, title.en.removeprefix("the ").capitalize()),
                *(percent(float(value)) for value in (*row, *means)),
            ]

    return table(columns, rows())


def trivial_baselines(evidence: Evidence) -> Table:
    """How many test images rules without a network get right, and how many the network of each
    variant that pages show.
    """
    facts = evidence.shown_demonstration("trivial-baselines").facts
    columns = (
        Column(Text("规则或网络", "Rule or network")),
        Column(Text("判对", "Right"), True),
        Column(Text("测试图像", "Test images"), True),
        Column(Text("准确率", "Accuracy"), True),
        Column(Text("95 % 区间", "95 % interval"), True),
    )
    rules = {
        "commonest": Text("总答一类", "Always one class"),
        "ink": Text("一个数：墨量", "One number, the ink"),
        "linear": Text("像素的线性模型", "Linear model of the pixels"),
    }

    def rows() -> Iterator[list[Cell]]:
        for rule, title in rules.items():
            yield [title, *_right_of(facts[f"{rule}_right"], facts["images_test"])]
        for variant in evidence.variants:
            if variant.labels != "class":
                continue
            run = evidence.representative(variant.name)
            title = Text(f"{variant.zh}，种子 {run.seed}", f"{variant.en}, seed {run.seed}")
            yield [title, *_right_of(int(np.trace(run.confusion)), int(np.sum(run.confusion)))]

    return table(columns, rows())


def _right_of(right: int, images: int) -> list[Cell]:
    """The cells that say how many of the test images are right."""
    digits = decimals(images)
    of_all = share(right, images)
    return [count(right), count(images), percent(right / images, digits), interval(of_all, digits)]
