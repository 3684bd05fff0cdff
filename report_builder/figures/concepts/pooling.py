"""What the figures of pooling share: the names of its kinds, and one trained map."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from report_builder.evidence.shown_network import Network, network_of
from report_builder.text import Text, class_name

if TYPE_CHECKING:
    from report_builder.evidence.study import Evidence

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
    network: Network

    @property
    def text(self) -> Text:
        """Which layer of which network, whether it has learned its task, channel and image."""
        return Text(
            f"{self.network.text.zh}第一层 ReLU 之前的",
            f"First layer of {self.network.text.en} before ReLU, ",
        )


def measure_map(evidence: Evidence) -> TrainedMap:
    """The map that the demonstration "pooling" has recorded."""
    record = evidence.shown_demonstration("pooling")
    facts = record.facts
    return TrainedMap(
        map=record.array("map"),
        channel=facts["channel"],
        class_name=class_name(facts["image"]),
        network=network_of(evidence, record, "trained-pooling"),
    )
