"""Evidence of plain numbers, for tests of what figures measure: without images and files."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from xo.data.card import SOLVED
from xo.network.measurements import LayerState
from xo.variants import VARIANTS


class PlainEvidence:
    """Runs by the name of their variant, in the order of `VARIANTS`."""

    def __init__(self, labels: list[int] | None = None, **runs: list[SimpleNamespace]):
        self.records = {name.replace("_", "-"): tuple(found) for name, found in runs.items()}
        self.variants = tuple(v for v in VARIANTS.values() if v.name in self.records)
        test = SimpleNamespace(labels=np.array(labels or [0, 1]))
        self.data = SimpleNamespace(test=test, solved_from=None)

    def runs(self, variant: str) -> tuple[SimpleNamespace, ...]:
        return self.records[variant]

    def variant(self, name: str):
        return VARIANTS[name]

    def representative(self, variant: str) -> SimpleNamespace:
        return self.records[variant][-1]


def runs(accuracy: list[list[float]], loss: float = 0.5, **fields) -> list[SimpleNamespace]:
    """A run for each row of `accuracy` (seeds, epochs); `loss` is that of every batch and epoch,
    but on the sample of training images, where it falls from ln 2 to 0 as accuracy rises from 0.5.
    At 0.5 a layer is silent and dead.
    """
    fields = {"label_counts": (1, 1), **fields}
    return [
        SimpleNamespace(
            seed=seed,
            epochs=[
                SimpleNamespace(
                    epoch=epoch,
                    train_loss=loss,
                    test_loss=loss,
                    largest_batch_loss=loss,
                    test_accuracy=value,
                    sample_loss=np.log(2) * 2 * (1 - value),
                    layers=[LayerState("conv2", alive, alive, alive)],
                )
                for epoch, value in enumerate(line, 1)
                for alive in [float(value > 0.5)]
            ],
            untrained=[LayerState("conv2", 1.0, 1.0, 1.0)],
            data=SimpleNamespace(solved_from=None),
            solved=line[-1] >= SOLVED,
            array={"batch_loss": np.full((len(line), 2), loss)}.__getitem__,
            **fields,
        )
        for seed, line in enumerate(accuracy)
    ]
