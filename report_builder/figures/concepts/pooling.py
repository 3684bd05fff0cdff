"""What the figures of pooling share: the names of the kinds, and one trained map in all its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.figures.toolkit.words import class_name, variant_of
from report_builder.text import Text, percent

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence
    from xo.variants import Variant

KINDS = {
    "none": Text("不池化", "no pooling"),
    "max": Text("最大池化", "max"),
    "mean": Text("平均池化", "mean"),
    "gaussian": Text("高斯池化", "Gaussian"),
    "trained": Text("可训练池化", "trained"),
}
POOLED = ("max", "mean", "gaussian", "trained")


class TrainedMap(NamedTuple):
    """One channel's map before pooling, and which network and image it is of."""

    map: np.ndarray  # (H, W)
    channel: int  # from 1
    class_name: str  # of the image
    variant: Variant
    seed: int
    test_accuracy: float
    solved: bool

    @property
    def text(self) -> Text:
        """Which layer of which network, whether it has learned its task, channel and image."""
        right = percent(self.test_accuracy)
        unsolved = Text("", "") if self.solved else Text("，没有学会", ", not solved")
        return Text(
            f"{self.variant.zh}（种子 {self.seed}，测试准确率 {right}{unsolved.zh}）第一层 ReLU 之前的",
            f"First layer of “{self.variant.en}” before ReLU (seed {self.seed}, "
            f"test accuracy {right}{unsolved.en}), ",
        )


def measure_map(evidence: Evidence) -> TrainedMap:
    """The map that the demonstration "pooling" has recorded."""
    record = evidence.demonstrations["pooling"]
    facts = record.facts
    return TrainedMap(
        map=record.array("map"),
        channel=facts["channel"],
        class_name=class_name(facts["image"]),
        variant=variant_of(evidence, "trained-pooling"),
        seed=record.seed("trained-pooling"),
        test_accuracy=facts["seed_accuracy"],
        solved=facts["solved"],
    )
