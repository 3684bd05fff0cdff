"""The tables of the site: what stands in each column, in both languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from report_builder.evidence.estimates import entropy, share
from report_builder.evidence.fates import FATE_NAMES
from report_builder.evidence.log_explanations import (
    EXPLANATIONS,
    SUSPECT_LOGS,
    compare_explanations,
)
from report_builder.evidence.original_logs import BATCH_SIZE, log_title, logs, place, rows_per_epoch
from report_builder.evidence.recording import Origin, current_requests, recorded
from report_builder.evidence.study import Evidence
from report_builder.evidence.training_course import compares_settings
from report_builder.results.demonstration_tables import DEMONSTRATION_TABLES
from report_builder.results.fate_words import FATE_VALUES
from report_builder.results.forms import TOTAL, Cell, Column, capitalized, interval, table
from report_builder.results.report import Table, Value
from report_builder.results.training_tables import TRAINING_TABLES
from report_builder.results.tried_faults import tried_faults
from report_builder.text import Text, count, decimals, percent, same
from xo.runs.resources import Environment
from xo.variants import Variant

Values = dict[str, Value]


def tables(evidence: Evidence, values: Values) -> Iterator[tuple[str, Table, Origin]]:
    """Every table that the evidence yields, and where it comes from; cells that are values take
    their text from `values`.
    """
    for name in BY_VARIANT:
        yield name, *recorded(by_variant, evidence, values, name)
    for variant in evidence.variants:
        yield f"layers.{variant.name}", *recorded(layers, evidence, variant.name)
    for name, of_training in TRAINING_TABLES.items():
        if not of_training.settings or compares_settings(evidence.variants):
            yield name, *recorded(of_training.make, evidence)
    for name, row in DEMONSTRATION_TABLES.items():
        if evidence.can_show(row.demonstration):
            yield name, *recorded(row.make, evidence)
    yield "data", *recorded(data, evidence)
    yield "accuracy-intervals", *recorded(accuracy_intervals, evidence)
    yield "versions", *recorded(versions, evidence)
    yield "environments", *recorded(environments, evidence)
    if evidence.embedded:  # see results.withheld
        for name in logs():
            yield f"printed-{name}", *recorded(printed_log, evidence, name)
        yield "published", *recorded(original_among_ours, evidence, values)
        yield "readings", *recorded(explanations, evidence, values)
        yield "plateaus", *recorded(plateaus)
    yield "faults", *recorded(tried_faults)


def _quoted(values: Values, name: str) -> Text:
    """The text of a value, which is noted as asked for."""
    current_requests().values.add(name)
    return values[name].text


# One row for each variant: the value in each column, or a function of the variant's row

VARIANT = Column(Text("变体", "Variant"))
POOL = {
    "max": Text("2×2 最大", "2×2 max"),
    "trained": Text("2×2 可训练", "2×2 trained"),
    None: Text("无", "none"),
}
LABELS = {
    "class": Text("类别", "class"),
    "split": Text("哪个文件夹", "which folder"),
    "uneven": Text("类别，数目悬殊", "class, uneven numbers"),
}
AVERAGE = Text("每张特征图的平均", "mean of each map")


def _channels(variant: Variant) -> str:
    return ", ".join(
        f"{width}" + (f" ({kernel}×{kernel})" if kernel != 3 else "")
        for width, kernel in zip(variant.channels, variant.kernel_sizes)
    )


INITIAL = {"pytorch": Text("默认", "default"), "kaiming": same("Kaiming")}
BY_VARIANT: dict[str, list[tuple[Column, str | Callable[[Variant], Cell]]]] = {
    "accuracy": [
        (Column(Text("种子数 n", "Seeds n"), True), "n"),
        *(
            (Column(capitalized(FATE_NAMES[fate]), True), f"fates.{name}")
            for fate, name in FATE_VALUES.items()
        ),
        (
            Column(Text("学会的比例 [95 % 区间]", "Share solved [95 % interval]"), True),
            "solved_share",
        ),
        (Column(Text("准确率中位数", "Median accuracy"), True), "test_accuracy"),
        (Column(Text("学会者的准确率", "Accuracy among the solved"), True), "accuracy_solved"),
    ],
    "variants": [
        (Column(Text("卷积通道", "Channels")), _channels),
        (Column(Text("池化", "Pooling")), lambda variant: POOL[variant.pool]),
        (
            Column(Text("全连接层", "Dense layers")),
            lambda variant: (
                AVERAGE if variant.head == "average" else ", ".join(map(str, variant.dense))
            ),
        ),
        (Column(Text("标签", "Label")), lambda variant: LABELS[variant.labels]),
        (
            Column(Text("初始化", "Initial weights")),
            lambda variant: INITIAL[variant.initialisation],
        ),
        (Column(Text("学习率", "Rate"), True), "lr"),
        (Column(Text("轮数", "Epochs"), True), "epochs"),
        (Column(Text("参数", "Parameters"), True), "parameters"),
        (Column(Text("乘加", "Multiply-adds"), True), "multiply_adds"),
    ],
    "cost": [
        (Column(Text("种子数 n", "Seeds n"), True), "n"),
        (Column(Text("每轮训练", "Per epoch"), True), "epoch_seconds"),
        (Column(Text("整次训练", "Whole run"), True), "train_seconds"),
        (Column(Text("内存峰值", "Peak memory"), True), "peak_memory"),
    ],
}


def by_variant(evidence: Evidence, values: Values, name: str) -> Table:
    """A table of BY_VARIANT."""
    columns = BY_VARIANT[name]

    def cell(variant: Variant, content: str | Callable[[Variant], Cell]) -> Cell:
        if isinstance(content, str):
            return _quoted(values, f"{variant.name}.{content}")
        return content(variant)

    return table(
        [VARIANT, *(column for column, _ in columns)],
        (
            [Text(variant.zh, variant.en), *(cell(variant, content) for _, content in columns)]
            for variant in evidence.variants
        ),
    )


def layers(evidence: Evidence, variant: str) -> Table:
    """The layers of a variant's network, and their sums."""
    columns = [
        Column(Text("层", "Layer")),
        Column(Text("输出形状", "Output shape"), True),
        Column(Text("参数", "Parameters"), True),
        Column(Text("乘加", "Multiply-adds"), True),
    ]
    found = evidence.runs(variant)[0].layers
    rows: list[list[Cell]] = [
        [
            layer.name,
            "×".join(map(str, layer.shape)),
            count(layer.parameters),
            count(layer.multiply_adds),
        ]
        for layer in found
    ]
    sums = [sum(layer.parameters for layer in found), sum(layer.multiply_adds for layer in found)]
    return table(columns, [*rows, [TOTAL, "", *map(count, sums)]])


def data(evidence: Evidence) -> Table:
    """How many images of each class there are."""
    columns = [
        Column(Text("类别", "Class")),
        Column(Text("标签", "Label"), True),
        Column(Text("训练图像", "Training images"), True),
        Column(Text("测试图像", "Test images"), True),
    ]
    images = evidence.data
    counts = [
        np.bincount(part.labels, minlength=len(images.classes)).tolist()
        for part in (images.train, images.test)
    ]
    rows: list[list[Cell]] = [
        [name, str(label), *map(count, of_class)]
        for label, (name, *of_class) in enumerate(zip(images.classes, *counts))
    ]
    return table(columns, [*rows, [TOTAL, "", *(count(sum(of_split)) for of_split in counts)]])


QUOTED_ACCURACIES = (0.95, 0.98, 0.99, 1.0)


def accuracy_intervals(evidence: Evidence) -> Table:
    """What an accuracy on as many images as the test set has says of all images of its kind."""
    images = len(evidence.data.test.labels)
    digits = decimals(images)
    columns = [
        Column(Text("准确率", "Accuracy"), True),
        Column(Text("判对", "Right"), True),
        Column(Text("测试图像", "Test images"), True),
        Column(Text("95 % 区间", "95 % interval"), True),
    ]
    # of few images two of these are the same number
    right = dict.fromkeys(round(accuracy * images) for accuracy in QUOTED_ACCURACIES)
    found = [share(each, images) for each in right]
    return table(
        columns,
        ([percent(s.k / s.n, digits), count(s.k), count(s.n), interval(s, digits)] for s in found),
    )


def versions(evidence: Evidence) -> Table:
    """Which versions trained how many runs."""
    columns = [
        Column(Text("程序", "Program")),
        Column(Text("版本", "Version"), True),
        Column(Text("训练次数", "Runs"), True),
    ]
    found = Counter(
        (name, getattr(environment, name))
        for environment in _environments(evidence)
        for name in ("numpy", "python", "torch")
    )
    return table(
        columns, ([name, number, count(runs)] for (name, number), runs in sorted(found.items()))
    )


def environments(evidence: Evidence) -> Table:
    """How many runs were trained where; the table names what may change a result's last bits."""
    columns = [
        Column(Text("处理器", "Processor")),
        Column(Text("指令集", "Instruction set")),
        Column(Text("矩阵库", "Matrix library")),
        Column(Text("系统", "System")),
        Column(Text("每次训练的线程", "Threads per run"), True),
        Column(Text("训练次数", "Runs"), True),
    ]
    found = Counter(
        (each.processor, each.instruction_set, each.blas, each.system, count(each.threads))
        for each in _environments(evidence)
    )
    return table(columns, ([*where, count(runs)] for where, runs in sorted(found.items())))


def _environments(evidence: Evidence) -> Iterator[Environment]:
    """That of every run."""
    for variant in evidence.variants:
        for run in evidence.runs(variant.name):
            yield run.environment


# The original's logs


def original_among_ours(evidence: Evidence, values: Values) -> Table:
    """Where each of the original's logs lies among our runs of the same network."""
    columns = [
        Column(Text("日志", "Log")),
        Column(Text("在原报告的位置", "Place in the original")),
        Column(Text("每轮行数", "Rows an epoch"), True),
        Column(Text("标签无误时", "With right labels"), True),
        Column(Text("在我们范围之内", "Within our range"), True),
        Column(Text("同样远的种子", "Seeds as far"), True),
        Column(Text("下降时更低的种子", "Seeds below in its fall"), True),
    ]
    return table(
        columns,
        (
            [
                log_title(log),
                log.section,
                count(log.rows.shape[1]),
                _quoted(values, "published.right.rows"),
                _quoted(values, f"published.{name}.inside"),
                _quoted(values, f"published.{name}.as_far"),
                _quoted(values, f"published.{name}.below_in_fall"),
            ]
            for name, log in logs().items()
        ),
    )


def printed_log(evidence: Evidence, name: str) -> Table:
    """One of the original's logs epoch by epoch, and what our seeds print on average in the same
    one.
    """
    columns = [
        Column(Text("轮", "Epoch"), True),
        Column(Text("原报告打印", "The original prints"), True),
        Column(Text("平均", "Mean"), True),
        Column(Text("我们的中位数", "Our median"), True),
        Column(Text("我们的范围", "Our range"), True),
        Column(Text("更低的种子", "Seeds below"), True),
        Column(Text("百分位", "Percentile"), True),
    ]
    log = logs()[name]
    runs = evidence.runs(log.variant)
    placement = place(log, runs) if runs else None

    def ours(e: int) -> list[str]:
        if placement is None:
            return ["—"] * 4
        curve = placement.ours[:, e]
        return [
            f"{np.median(curve):.4f}",
            f"{curve.min():.4f}–{curve.max():.4f}",
            f"{placement.below[e]}/{placement.n}",
            f"{100 * placement.percentile[e]:.0f}",
        ]

    return table(
        columns,
        (
            [count(e + 1), " ".join(f"{row:.3f}" for row in rows), f"{rows.mean():.4f}", *ours(e)]
            for e, rows in enumerate(log.rows)
        ),
    )


def explanations(evidence: Evidence, values: Values) -> Table:
    """How each explanation fits each part of the suspect logs."""
    columns = [
        Column(Text("日志", "Log")),
        Column(Text("轮次", "Epochs")),
        Column(Text("解读", "Reading")),
        Column(Text("每轮行数", "Rows an epoch"), True),
        Column(Text("像日志那样的种子", "Seeds like the log"), True),
        Column(Text("对数似然差 Δ", "Log-likelihood Δ"), True),
    ]

    def rows() -> Iterator[list[Cell]]:
        for name in SUSPECT_LOGS:
            for comparison in compare_explanations(name, evidence):
                for fit in comparison.fits:
                    prefix = f"published.{name}.{comparison.part}.{fit.explanation}"
                    yield [
                        log_title(logs()[name]),
                        f"{comparison.first}–{comparison.last}",
                        EXPLANATIONS[fit.explanation].title,
                        _quoted(values, f"published.{fit.explanation}.rows"),
                        _quoted(values, f"{prefix}.alike"),
                        _quoted(values, f"{prefix}.behind"),
                    ]

    return table(columns, rows())


PLATEAUS = {
    Text("训练图像，两类", "training images, two classes"): (850, 850),
    Text("测试图像，两类", "test images, two classes"): (150, 150),
    Text("全部图像，两类", "all images, two classes"): (1000, 1000),
    Text("全部图像，以两个文件夹为类别", "all images, the two folders as classes"): (300, 1700),
}


def plateaus() -> Table:
    """What a log of blind guessing looks like, for numbers of images and shares of classes."""
    columns = [
        Column(Text("学的是什么", "What is learned")),
        Column(Text("图像", "Images"), True),
        Column(Text("较少一类的比例", "Share of the rarer class"), True),
        Column(Text("每轮批数", "Batches an epoch"), True),
        Column(Text("每轮行数", "Rows an epoch"), True),
        Column(Text("平台的损失", "Plateau loss"), True),
        Column(Text("打印", "Printed"), True),
    ]
    return table(
        columns,
        (
            [
                task,
                count(sum(counts)),
                f"{100 * min(counts) / sum(counts):.0f} %",
                count(-(-sum(counts) // BATCH_SIZE)),
                count(rows_per_epoch(sum(counts))),
                f"{entropy(counts):.4f}",
                f"{entropy(counts) / 10:.3f}",
            ]
            for task, counts in PLATEAUS.items()
        ),
    )
