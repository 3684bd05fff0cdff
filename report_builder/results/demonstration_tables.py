"""The tables of demonstrations: each a function of the evidence, and the demonstration without
which there is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from report_builder.evidence.estimates import share
from report_builder.evidence.study import Evidence
from report_builder.results.forms import TOTAL, Cell, Column, interval, table
from report_builder.results.layer_facts import POOLING_KINDS
from report_builder.results.network_facts import PROBE_DEPTHS
from report_builder.results.prediction_tables import calibration_by_shift, odd_images
from report_builder.results.report import Table
from report_builder.text import (
    Text,
    class_name,
    count,
    decimals,
    hundredths,
    number,
    percent,
    same,
    thousandths,
)

COLORS = Text("红 ", "red "), Text("绿 ", "green "), Text("蓝 ", "blue ")  # of three channels
CLASSES_APART = 4  # classes that have room for a column each


class DemonstrationTable(NamedTuple):
    """A table that shows a demonstration."""

    demonstration: str
    make: Callable[[Evidence], Table]


def windows(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("windows")
    columns = (
        Column(Text("位置（行，列）", "Place (row, column)")),
        Column(Text("像素", "Pixel"), True),
        Column(Text("权重", "Weight"), True),
        Column(Text("乘积", "Product"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        patch, kernel = record.array("patch"), record.array("kernel")  # (C, k, k) each
        for (c, i, j), product in np.ndenumerate(record.array("products")):
            yield [
                _place_of(c, i, j, len(kernel)),
                f"{patch[c, i, j]:.4g}",
                thousandths(float(kernel[c, i, j])),
                thousandths(float(product)) if product else "0",
            ]

    return table(columns, rows())


def shifts(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("shifts")
    columns = (
        Column(Text("平移的像素数", "Pixels moved"), True),
        Column(Text("不池化", "No pooling"), True),
        Column(Text("最大池化", "Max"), True),
        Column(Text("平均池化", "Mean"), True),
        Column(Text("基准网络的准确率", "Accuracy of the baseline"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        for distance in range(1, record.facts["most"] + 1):
            yield [
                count(distance),
                *(
                    hundredths(record.facts[f"change_{kind}_{distance}"])
                    for kind in ("none", "max", "mean")
                ),
                percent(record.facts[f"accuracy_{distance}"]),
            ]

    return table(columns, rows())


def sharing(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("sharing")
    columns = (
        Column(Text("层", "Layer")),
        Column(Text("参数", "Parameters"), True),
        Column(Text("乘加", "Multiply-adds"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        names = {
            "shared": Text("卷积", "Convolution"),
            "local": Text("局部连接", "Locally connected"),
            "dense": Text("全连接", "Dense"),
        }
        for name, words in names.items():
            yield [
                words,
                count(record.facts[name]),
                count(record.facts[f"multiply_adds_{name}"]),
            ]

    return table(columns, rows())


def pooling(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("pooling")
    columns = (
        Column(Text("池化", "Pooling")),
        Column(Text("规则", "Rule")),
        Column(Text("参数", "Parameters"), True),
        Column(Text("丢失的细节", "Detail lost"), True),
        Column(Text("右移 1 像素的变化", "Change for 1 px"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        rules = {
            "max": Text("四个值中最大的", "the largest of four values"),
            "mean": Text("四个值的平均", "the mean of four values"),
            "gaussian": Text(
                "4×4 二项式核模糊，每隔一个取一个",
                "blurred by a 4×4 binomial kernel, every second value kept",
            ),
            "trained": Text(
                "四个训练出来的权重加权求和，再加偏置",
                "a sum weighted by four trained weights, and a bias",
            ),
        }
        for kind, title in POOLING_KINDS.items():
            if kind == "none":
                continue
            yield [
                Text(title.zh, title.en.capitalize()),
                rules[kind],
                count(record.facts[f"parameters_{kind}"]),
                percent(record.facts[f"detail_{kind}"]),
                hundredths(record.facts[f"change_{kind}"]),
            ]

    return table(columns, rows())


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


def partial_sums(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("partial-sums")
    columns = (
        Column(Text("输入通道", "Input channel"), True),
        Column(Text("这一格的结果", "Part"), True),
        Column(Text("累计", "Running sum"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        for i, (part, total) in enumerate(
            zip(record.facts["parts"], np.cumsum(record.facts["parts"])), 1
        ):
            yield [count(i), thousandths(part) if part else "0", thousandths(total)]
        yield [
            Text("偏置", "Bias"),
            thousandths(record.facts["bias"]),
            thousandths(record.facts["output"]),
        ]

    return table(columns, rows())


def mixing(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("mixing")
    columns = (
        Column(Text("输入通道", "Input channel"), True),
        Column(Text("权重", "Weight"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        for i, weight in enumerate(record.facts["weights"], 1):
            yield [count(i), thousandths(weight)]
        yield [Text("偏置", "Bias"), thousandths(record.facts["bias"])]

    return table(columns, rows())


def bottleneck(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("bottleneck")
    columns = (
        Column(Text("做法", "Design")),
        Column(Text("核", "Kernel")),
        Column(Text("通道", "Channels")),
        Column(Text("参数", "Parameters"), True),
        Column(Text("乘加", "Multiply-adds"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        names = {
            "plain": Text("普通", "Plain"),
            "bottleneck": Text("瓶颈", "Bottleneck"),
            "own_plain": Text("基准网络", "Baseline"),
            "own_narrow": Text("插入 1×1 卷积", "With a 1×1 convolution"),
        }
        for name, layers in record.facts["layers"].items():
            for layer in layers:
                yield [
                    names[name],
                    f"{layer['kernel']}×{layer['kernel']}",
                    f"{layer['in']} → {layer['out']}",
                    count(layer["parameters"]),
                    count(layer["multiply_adds"]),
                ]
            if len(layers) > 1:
                yield [
                    names[name],
                    TOTAL,
                    "",
                    count(record.facts[f"{name}_parameters"]),
                    count(record.facts[f"{name}_multiply_adds"]),
                ]

    return table(columns, rows())


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


def backward(evidence: Evidence) -> Table:
    record = evidence.shown_demonstration("backward")
    columns = (
        Column(Text("权重（行，列）", "Weight (row, column)")),
        Column(Text("手算", "By hand"), True),
        Column(Text("autograd", "autograd"), True),
        Column(Text("拨动权重量出", "Measured by moving it"), True),
        Column(Text("其中一个窗口的贡献", "From one window"), True),
    )

    def rows() -> Iterator[list[Cell]]:
        window = record.array("window")
        ways = [record.array(name) for name in ("by_hand", "autograd", "slopes")]
        for c, i, j in np.ndindex(window.shape):
            yield [
                _place_of(c, i, j, len(window)),
                *(number(float(way[c, i, j]), 4) for way in ways),
                number(float(window[c, i, j]), 4) if window[c, i, j] else "0",
            ]

    return table(columns, rows())


def _place_of(channel: int, row: int, column: int, channels: int) -> Text:
    """A place in a window, and in images of three channels which color it is."""
    place = same(f"({row}, {column})")
    return COLORS[channel] + place if channels > 1 else place


DEMONSTRATION_TABLES: dict[str, DemonstrationTable] = {
    "windows": DemonstrationTable("windows", windows),
    "shifts": DemonstrationTable("shifts", shifts),
    "sharing": DemonstrationTable("sharing", sharing),
    "pooling-kinds": DemonstrationTable("pooling", pooling),
    "probes": DemonstrationTable("probes", probes),
    "few-shot-probes": DemonstrationTable("few-shot-probes", few_shot_probes),
    "trivial-baselines": DemonstrationTable("trivial-baselines", trivial_baselines),
    "occlusion": DemonstrationTable("interventions", occlusion),
    "ablation": DemonstrationTable("interventions", ablation),
    "partial-sums": DemonstrationTable("partial-sums", partial_sums),
    "mixing": DemonstrationTable("mixing", mixing),
    "bottleneck": DemonstrationTable("bottleneck", bottleneck),
    "backward": DemonstrationTable("backward", backward),
    "calibration-by-shift": DemonstrationTable("calibration", calibration_by_shift),
    "odd-images": DemonstrationTable("odd-images", odd_images),
}
