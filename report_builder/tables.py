"""The tables of the site: what stands in each column, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from report_builder.evidence import Evidence
from report_builder.values import Value
from report_builder.wording import LANGUAGES, count
from xo.variants import Variant


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
    return found | {"data": _data(evidence), "versions": _versions(evidence)}


def made_by(name: str) -> tuple[str, str | None, bool]:
    """The function that makes a table, the variant whose runs it rests on (None: all; "": none), whether it shows values."""
    kind, _, variant = name.partition(".")
    function, scope = {"layers": (_layers, variant), "data": (_data, ""), "versions": (_versions, None)}.get(kind, (_by_variant, None))
    return f"{__name__}:{function.__name__}", scope, kind in BY_VARIANT


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
        (Column("卷积通道", "Channels"), lambda variant, language: ", ".join(
            f"{width}" + (f" ({kernel}×{kernel})" if kernel != 3 else "")
            for width, kernel in zip(variant.channels, variant.kernel_sizes))),
        (Column("池化", "Pooling"), lambda variant, language: _POOL[language][variant.pool]),
        (Column("全连接层", "Dense layers"), lambda variant, language: ", ".join(map(str, variant.dense))),
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
_POOL = {"zh": {"max": "2×2 最大", "trained": "2×2 可训练", None: "无"}, "en": {"max": "2×2 max", "trained": "2×2 trained", None: "none"}}
_LABELS = {"zh": {"class": "类别", "split": "哪个文件夹", "uneven": "类别，数目悬殊"},
           "en": {"class": "class", "split": "which folder", "uneven": "class, uneven numbers"}}


def _by_variant(evidence: Evidence, values: dict[str, Value], columns: list) -> Table:
    def cell(content, variant: Variant, language: str) -> str:
        if isinstance(content, str):
            return values[f"{variant.name}.{content}"].text[language]
        return content(variant, language)

    return _table([VARIANT, *(column for column, _ in columns)],
                  lambda language: ([getattr(variant, language), *(cell(content, variant, language) for _, content in columns)]
                                    for variant in evidence.variants))


def _layers(evidence: Evidence, variant: Variant) -> Table:
    rows = evidence.runs(variant.name)[0].meta["layers"]
    columns = [Column("层", "Layer"), Column("输出形状", "Output shape", True), Column("参数", "Parameters", True),
               Column("乘加", "Multiply-adds", True)]

    def cells(language: str) -> Iterator[list[str]]:
        for row in rows:
            yield [row["name"], "×".join(map(str, row["shape"])), count(row["parameters"]), count(row["multiply_adds"])]
        yield [{"zh": "合计", "en": "Total"}[language], "",
               *(count(sum(row[name] for row in rows)) for name in ("parameters", "multiply_adds"))]

    return _table(columns, cells)


def _data(evidence: Evidence) -> Table:
    data = evidence.data
    counts = [np.bincount(part.labels, minlength=len(data.classes)) for part in (data.train, data.test)]
    columns = [Column("类别", "Class"), Column("标签", "Label", True), Column("训练图像", "Training images", True),
               Column("测试图像", "Test images", True)]

    def cells(language: str) -> Iterator[list[str]]:
        for label, name in enumerate(data.classes):
            yield [name, str(label), *(count(int(part[label])) for part in counts)]
        yield [{"zh": "合计", "en": "Total"}[language], "", *(count(int(part.sum())) for part in counts)]

    return _table(columns, cells)


def _versions(evidence: Evidence) -> Table:
    found: dict[tuple[str, str], int] = {}
    for runs in evidence.records.values():
        for run in runs:
            for item in run.meta["inputs"]["versions"].items():
                found[item] = found.get(item, 0) + 1
    return _table([Column("程序", "Program"), Column("版本", "Version", True), Column("训练次数", "Runs", True)],
                  lambda language: ([name, number, count(runs)] for (name, number), runs in sorted(found.items())))


def _table(columns: list[Column], rows: Callable[[str], Iterator[list[str]]]) -> Table:
    return Table({language: [getattr(column, language) for column in columns] for language in LANGUAGES},
                 [column.number for column in columns], {language: list(rows(language)) for language in LANGUAGES})
