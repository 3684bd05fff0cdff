"""Tables of how a convolution combines channels."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from report_builder.evidence.study import Evidence
from report_builder.results.forms import TOTAL, Cell, Column, table
from report_builder.results.report import Table
from report_builder.text import Text, count, thousandths


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
