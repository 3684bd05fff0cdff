"""Tables of the demonstrations of a single layer, forward and backward."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from report_builder.evidence.study import Evidence
from report_builder.results.forms import Cell, Column, table
from report_builder.results.layer_facts import POOLING_KINDS
from report_builder.results.report import Table
from report_builder.text import Text, count, hundredths, number, percent, same, thousandths

COLORS = Text("红 ", "red "), Text("绿 ", "green "), Text("蓝 ", "blue ")  # of three channels


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
