"""The tables of the site: what stands in each column, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from report_builder.evidence.log_explanations import ODD, READINGS, judgements
from report_builder.evidence.original_logs import (
    BATCH_SIZE,
    Log,
    blind_loss,
    logs,
    place,
    rows_per_epoch,
)
from report_builder.evidence.study import Evidence
from report_builder.results.demonstration_values import TABLES, Shown
from report_builder.results.values import Value
from report_builder.text import LANGUAGES, count
from xo.demonstrations.record import DemonstrationRecord
from xo.variants import VARIANTS, Variant


class Column(NamedTuple):
    zh: str
    en: str
    number: bool = False  # numbers stand at the right


class Table(NamedTuple):
    columns: dict[str, list[str]]  # by language
    numbers: list[bool]
    rows: dict[str, list[list[str]]]


def tables(evidence: Evidence, values: dict[str, Value]) -> dict[str, Table]:
    """Every table that the evidence bears; cells that are values take their text from `values`."""
    found = {name: _by_variant(evidence, values, columns) for name, columns in BY_VARIANT.items()}
    found |= {f"layers.{variant.name}": _layers(evidence, variant) for variant in evidence.variants}
    found |= {f"printed-{name}": _printed(evidence, log) for name, log in logs().items()}
    found |= {
        name: _of_demonstration(evidence.demonstrations[row.demonstration], row)
        for name, row in TABLES.items()
        if row.demonstration in evidence.demonstrations
        and not evidence.demonstrations[row.demonstration].unavailable
    }
    return found | {
        "data": _data(evidence),
        "versions": _versions(evidence),
        "published": _published(evidence, values),
        "readings": _readings(evidence, values),
        "plateaus": _plateaus(),
    }


def made_by(name: str) -> tuple[str, str | tuple[str, ...] | None, bool]:
    """The function that makes a table, the variants whose runs it rests on (None: all; "": none), whether it shows values."""
    if name in TABLES:
        return f"{TABLES[name].rows.__module__}:{TABLES[name].rows.__name__}", "", False
    kind, _, variant = name.partition(".")
    function, scope = {
        "layers": (_layers, variant),
        "data": (_data, ""),
        "versions": (_versions, None),
        "published": (_published, None),
        "readings": (_readings, None),
        "plateaus": (_plateaus, ""),
        **{f"printed-{log.name}": (_printed, log.variant) for log in logs().values()},
    }.get(kind, (_by_variant, None))
    return f"{__name__}:{function.__name__}", scope, kind in (*BY_VARIANT, "published", "readings")


def demonstration_of(name: str) -> str:
    """The demonstration that a table tells of; empty where it tells of none."""
    return TABLES[name].demonstration if name in TABLES else ""


def _of_demonstration(shown: DemonstrationRecord, row: Shown) -> Table:
    return _table(
        [Column(*heading) for heading in row.headings], lambda language: row.rows(shown, language)
    )


VARIANT = Column("变体", "Variant")
# the columns after the variant's name: heading, and the value shown or a function of the variant and the language
BY_VARIANT: dict[str, list[tuple[Column, str | Callable[[Variant, str], str]]]] = {
    "accuracy": [
        (Column("种子数 n", "Seeds n", True), "n"),
        (Column("学会的种子", "Seeds that solved it", True), "solved"),
        (Column("学会的比例 [95 % 区间]", "Share [95 % interval]", True), "solved_share"),
        (Column("准确率中位数", "Median accuracy", True), "test_accuracy"),
        (Column("学会者的准确率", "Accuracy among the solved", True), "accuracy_solved"),
    ],
    "variants": [
        (
            Column("卷积通道", "Channels"),
            lambda variant, language: ", ".join(
                f"{width}" + (f" ({kernel}×{kernel})" if kernel != 3 else "")
                for width, kernel in zip(variant.channels, variant.kernel_sizes)
            ),
        ),
        (Column("池化", "Pooling"), lambda variant, language: _POOL[language][variant.pool]),
        (
            Column("全连接层", "Dense layers"),
            lambda variant, language: ", ".join(map(str, variant.dense)),
        ),
        (Column("标签", "Label"), lambda variant, language: _LABELS[language][variant.labels]),
        (Column("轮数", "Epochs", True), "epochs"),
        (Column("参数", "Parameters", True), "parameters"),
        (Column("乘加", "Multiply-adds", True), "multiply_adds"),
    ],
    "cost": [
        (Column("种子数 n", "Seeds n", True), "n"),
        (Column("每轮训练", "Per epoch", True), "epoch_seconds"),
        (Column("整次训练", "Whole run", True), "train_seconds"),
        (Column("内存峰值", "Peak memory", True), "peak_memory"),
    ],
}
_POOL = {
    "zh": {"max": "2×2 最大", "trained": "2×2 可训练", None: "无"},
    "en": {"max": "2×2 max", "trained": "2×2 trained", None: "none"},
}
_LABELS = {
    "zh": {"class": "类别", "split": "哪个文件夹", "uneven": "类别，数目悬殊"},
    "en": {"class": "class", "split": "which folder", "uneven": "class, uneven numbers"},
}


def _by_variant(evidence: Evidence, values: dict[str, Value], columns: list) -> Table:
    def cell(content, variant: Variant, language: str) -> str:
        if isinstance(content, str):
            return values[f"{variant.name}.{content}"].text[language]
        return content(variant, language)

    return _table(
        [VARIANT, *(column for column, _ in columns)],
        lambda language: (
            [
                getattr(variant, language),
                *(cell(content, variant, language) for _, content in columns),
            ]
            for variant in evidence.variants
        ),
    )


def _layers(evidence: Evidence, variant: Variant) -> Table:
    rows = evidence.runs(variant.name)[0].layers
    columns = [
        Column("层", "Layer"),
        Column("输出形状", "Output shape", True),
        Column("参数", "Parameters", True),
        Column("乘加", "Multiply-adds", True),
    ]

    def cells(language: str) -> Iterator[list[str]]:
        for row in rows:
            yield [
                row.name,
                "×".join(map(str, row.shape)),
                count(row.parameters),
                count(row.multiply_adds),
            ]
        yield [
            {"zh": "合计", "en": "Total"}[language],
            "",
            *(
                count(sum(getattr(row, name) for row in rows))
                for name in ("parameters", "multiply_adds")
            ),
        ]

    return _table(columns, cells)


def _data(evidence: Evidence) -> Table:
    data = evidence.data
    counts = [
        np.bincount(part.labels, minlength=len(data.classes)) for part in (data.train, data.test)
    ]
    columns = [
        Column("类别", "Class"),
        Column("标签", "Label", True),
        Column("训练图像", "Training images", True),
        Column("测试图像", "Test images", True),
    ]

    def cells(language: str) -> Iterator[list[str]]:
        for label, name in enumerate(data.classes):
            yield [name, str(label), *(count(int(part[label])) for part in counts)]
        yield [
            {"zh": "合计", "en": "Total"}[language],
            "",
            *(count(int(part.sum())) for part in counts),
        ]

    return _table(columns, cells)


def _published(evidence: Evidence, values: dict[str, Value]) -> Table:
    """Where each of the original's logs lies among our runs of the same network."""
    columns = [
        Column("日志", "Log"),
        Column("在原报告的位置", "Place in the original"),
        Column("每轮行数", "Rows an epoch", True),
        Column("标签无误时", "With right labels", True),
        Column("在我们范围之内", "Within our range", True),
        Column("同样远的种子", "Seeds as far", True),
    ]

    def cells(language: str) -> Iterator[list[str]]:
        for name, log in logs().items():
            yield [
                log_title(log, language),
                log.section,
                count(log.rows.shape[1]),
                values["published.right.rows"].text[language],
                *(values[f"published.{name}.{key}"].text[language] for key in ("inside", "as_far")),
            ]

    return _table(columns, cells)


def _printed(evidence: Evidence, log: Log) -> Table:
    """One of the original's logs epoch by epoch, and what our seeds print on average in the same one."""
    columns = [
        Column("轮", "Epoch", True),
        Column("原报告打印", "The original prints", True),
        Column("平均", "Mean", True),
        Column("我们的中位数", "Our median", True),
        Column("我们的范围", "Our range", True),
        Column("更低的种子", "Seeds below", True),
        Column("百分位", "Percentile", True),
    ]
    runs = evidence.records.get(log.variant, ())
    placed = place(log, runs) if runs else None

    def cells(_: str) -> Iterator[list[str]]:
        for e, rows in enumerate(log.rows):
            ours = ["—"] * 4
            if placed is not None:
                curve = placed.ours[:, e]
                ours = [
                    f"{np.median(curve):.4f}",
                    f"{curve.min():.4f}–{curve.max():.4f}",
                    f"{placed.below[e]}/{placed.n}",
                    f"{100 * placed.percentile[e]:.0f}",
                ]
            yield [
                count(e + 1),
                " ".join(f"{row:.3f}" for row in rows),
                f"{rows.mean():.4f}",
                *ours,
            ]

    return _table(columns, cells)


def _readings(evidence: Evidence, values: dict[str, Value]) -> Table:
    """How each reading does on each part of the odd logs."""
    columns = [
        Column("日志", "Log"),
        Column("轮次", "Epochs"),
        Column("解读", "Reading"),
        Column("每轮行数", "Rows an epoch", True),
        Column("像日志那样的种子", "Seeds like the log", True),
        Column("对数似然差 Δ", "Log-likelihood Δ", True),
    ]

    def cells(language: str) -> Iterator[list[str]]:
        for name in ODD:
            for judgement in judgements(name, evidence):
                for fit in judgement.fits:
                    each = f"published.{name}.{judgement.part}.{fit.reading}"
                    yield [
                        log_title(logs()[name], language),
                        f"{judgement.first}–{judgement.last}",
                        getattr(READINGS[fit.reading], language),
                        values[f"published.{fit.reading}.rows"].text[language],
                        values[f"{each}.alike"].text[language],
                        values[f"{each}.behind"].text[language],
                    ]

    return _table(columns, cells)


PLATEAUS = (
    ("训练图像，两类", "training images, two classes", (850, 850)),
    ("测试图像，两类", "test images, two classes", (150, 150)),
    ("全部图像，两类", "all images, two classes", (1000, 1000)),
    ("全部图像，以两个文件夹为类别", "all images, the two folders as classes", (300, 1700)),
)


def _plateaus() -> Table:
    """What a log of blind guessing looks like, for numbers of images and shares of classes."""
    columns = [
        Column("学的是什么", "What is learned"),
        Column("图像", "Images", True),
        Column("较少一类的比例", "Share of the rarer class", True),
        Column("每轮批数", "Batches an epoch", True),
        Column("每轮行数", "Rows an epoch", True),
        Column("平台的损失", "Plateau loss", True),
        Column("打印", "Printed", True),
    ]

    def cells(language: str) -> Iterator[list[str]]:
        for zh, en, counts in PLATEAUS:
            images = sum(counts)
            yield [
                zh if language == "zh" else en,
                count(images),
                f"{100 * min(counts) / images:.0f} %",
                count(-(-images // BATCH_SIZE)),
                count(rows_per_epoch(images)),
                f"{blind_loss(counts):.4f}",
                f"{blind_loss(counts) / 10:.3f}",
            ]

    return _table(columns, cells)


def log_title(log: Log, language: str) -> str:
    title = getattr(VARIANTS[log.variant], language)
    return {"zh": f"{title}，{log.epochs} 轮", "en": f"{title}, {log.epochs} epochs"}[language]


def _versions(evidence: Evidence) -> Table:
    found: dict[tuple[str, str], int] = {}
    for runs in evidence.records.values():
        for run in runs:
            for item in run.inputs["versions"].items():
                found[item] = found.get(item, 0) + 1
    return _table(
        [
            Column("程序", "Program"),
            Column("版本", "Version", True),
            Column("训练次数", "Runs", True),
        ],
        lambda language: (
            [name, number, count(runs)] for (name, number), runs in sorted(found.items())
        ),
    )


def _table(columns: list[Column], rows: Callable[[str], Iterator[list[str]]]) -> Table:
    return Table(
        {language: [getattr(column, language) for column in columns] for language in LANGUAGES},
        [column.number for column in columns],
        {language: list(rows(language)) for language in LANGUAGES},
    )
