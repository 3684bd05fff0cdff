"""The networks of the assignment and their training settings, one row each.

Adding a row to VARIANTS adds its runs, its table rows, its curves and its page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from xo.errors import InputError
from xo.unknown_names import unknown


@dataclass(frozen=True)
class Variant:
    """One network with its training settings; the defaults are the original's.

    A run's key leaves out what is at its default, so a default must never change.
    """

    name: str
    zh: str = ""
    en: str = ""
    channels: tuple[int, ...] = (9, 5)  # output channels of each convolution
    kernels: tuple[int, ...] = ()  # side of each convolution's kernels; unless given, 3
    # 2x2 after each convolution wider than 1x1; "trained": with weights
    pool: Literal["max", "trained"] | None = "max"
    dense: tuple[int, ...] = (1200, 64)  # widths of the hidden dense layers
    # "average": the mean of each of the last maps, then one dense layer to the classes
    head: Literal["dense", "average"] = "dense"
    # "kaiming": normal, by the number of inputs, for ReLU, with zero biases (He et al., 2015)
    initialisation: Literal["pytorch", "kaiming"] = "pytorch"
    epochs: int = 10
    labels: Literal["class", "split", "uneven"] = "class"  # see xo.network.train.labelled_data
    lr: float = 0.1  # SGD without momentum, on the mean loss of a batch
    batch_size: int = 64
    # Whether the first seed's record holds the dense layers' weights after each epoch.
    dense_by_epoch: bool = False
    parameters: int = 0  # for two classes of 116x116 images; a test counts them

    @property
    def kernel_sizes(self) -> tuple[int, ...]:
        """The side of each convolution's kernels in pixels."""
        return self.kernels or (3,) * len(self.channels)


ROWS = (
    Variant("baseline", "基准网络", "Baseline", parameters=4_452_694),
    Variant(
        "three-conv",
        "三层卷积",
        "Three convolutions",
        channels=(9, 5, 3),
        epochs=20,
        parameters=597_232,
    ),
    Variant("no-pooling", "去掉池化", "No pooling", pool=None, epochs=20, parameters=75_342_694),
    Variant("channels-11", "11 个通道", "11 channels", channels=(11, 5), parameters=4_452_804),
    Variant("channels-15", "15 个通道", "15 channels", channels=(15, 5), parameters=4_453_024),
    Variant(
        "features",
        "低中高层特征",
        "Low, middle and high features",
        channels=(9, 5, 5),
        dense=(480, 320),
        epochs=20,
        dense_by_epoch=True,
        parameters=501_372,
    ),
    Variant(
        "trained-pooling", "可训练池化", "Trained pooling", pool="trained", parameters=4_452_764
    ),
    Variant(
        "one-by-one",
        "插入 1×1 卷积",
        "With a 1×1 convolution",
        channels=(9, 4, 5),
        kernels=(3, 1, 3),
        parameters=4_452_509,
    ),
    # The convolutions of `features`, with hardly any weights after them.
    Variant(
        "global-average",
        "全局平均池化",
        "Global average pooling",
        channels=(9, 5, 5),
        dense=(),
        head="average",
        initialisation="kaiming",
        epochs=20,
        parameters=742,
    ),
    Variant(
        "three-conv-wrong-folder",
        "三层卷积（文件夹取错）",
        "Three convolutions, wrong folder",
        channels=(9, 5, 3),
        labels="split",
        parameters=597_232,
    ),
    Variant(
        "no-pooling-wrong-folder",
        "去掉池化（文件夹取错）",
        "No pooling, wrong folder",
        pool=None,
        epochs=20,
        labels="split",
        parameters=75_342_694,
    ),
    Variant(
        "three-conv-uneven",
        "三层卷积（类别悬殊）",
        "Three convolutions, uneven classes",
        channels=(9, 5, 3),
        labels="uneven",
        parameters=597_232,
    ),
    Variant(
        "no-pooling-uneven",
        "去掉池化（类别悬殊）",
        "No pooling, uneven classes",
        pool=None,
        epochs=20,
        labels="uneven",
        parameters=75_342_694,
    ),
    # The baseline at other learning rates and with another initialisation.
    Variant("lr-0-03", "学习率 0.03", "Rate 0.03", epochs=20, lr=0.03, parameters=4_452_694),
    Variant("lr-0-01", "学习率 0.01", "Rate 0.01", epochs=20, lr=0.01, parameters=4_452_694),
    Variant(
        "kaiming",
        "Kaiming 初始化",
        "Kaiming",
        initialisation="kaiming",
        epochs=20,
        parameters=4_452_694,
    ),
    Variant(
        "kaiming-lr-0-03",
        "Kaiming，学习率 0.03",
        "Kaiming, rate 0.03",
        initialisation="kaiming",
        epochs=20,
        lr=0.03,
        parameters=4_452_694,
    ),
    Variant(
        "kaiming-lr-0-01",
        "Kaiming，学习率 0.01",
        "Kaiming, rate 0.01",
        initialisation="kaiming",
        epochs=20,
        lr=0.01,
        parameters=4_452_694,
    ),
)
VARIANTS: dict[str, Variant] = {row.name: row for row in ROWS}


def find_variant(name: str) -> Variant:
    """The row of that name; InputError names the known ones, or what is wrong with the row."""
    if name not in VARIANTS:
        raise unknown("variant", name, VARIANTS)
    return checked_variant(VARIANTS[name])


def checked_variant(row: Variant) -> Variant:
    """The row itself; InputError names the first setting that no network can have."""
    name = re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", row.name)
    unique = sum(each.name == row.name for each in ROWS) <= 1
    channels = row.channels and _are_counts(row.channels)
    kernels = _are_counts(row.kernels) and (
        not row.kernels or not channels or len(row.kernels) == len(row.channels)
    )
    rules = (
        ("name", name, "small letters, digits and hyphens, for it names files"),
        ("name", unique, "a name of its own, for another row has this one"),
        ("zh", row.zh, "its title in Chinese"),
        ("en", row.en, "its title in English"),
        ("channels", channels, "a tuple of counts, as (9, 5) or (9,)"),
        ("kernels", kernels, "one side per convolution, as (3, 1, 3)"),
        ("pool", row.pool in ("max", "trained", None), "'max', 'trained' or None"),
        ("dense", _are_counts(row.dense), "a tuple of counts, as (1200, 64)"),
        ("head", row.head in ("dense", "average"), "'dense' or 'average'"),
        ("dense", row.head != "average" or not row.dense, "(), for head is 'average'"),
        ("initialisation", row.initialisation in ("pytorch", "kaiming"), "'pytorch' or 'kaiming'"),
        ("labels", row.labels in ("class", "split", "uneven"), "'class', 'split' or 'uneven'"),
    )
    for setting, holds, expected in rules:
        if not holds:
            raise InputError(
                f"xo/variants.py, row '{row.name}': {setting} is {getattr(row, setting)!r}; "
                f"expected {expected}"
            )
    return row


def _are_counts(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(each, int) and each > 0 for each in value)
