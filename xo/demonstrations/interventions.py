"""X7: what becomes of the answer when a patch of the image is covered (Zeiler & Fergus 2014), or a
channel is taken out of the network (Morcos et al. 2018).
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from xo.data.strokes import background_value
from xo.network.evaluate import BATCH, as_input, evaluate

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

PER_CLASS = 50  # test images that are covered
PATCHES = 6  # that fit along the shorter side of the image
STEPS = 4  # positions of the patch along its own side; of the many images, one
GRAY = 128


@torch.inference_mode()
def interventions(nets: Networks, data: DataSet) -> Computed:
    """A patch slides over an image, filled with the background or with gray; and each channel of
    each convolution is replaced, at all positions and for all images, by zero or by its mean.

    Counts are of test images that the network is right on: of the first ones of each class for the
    patch, of all for the channels.
    """
    net, images = nets["baseline"][0][1], torch.tensor(np.asarray(data.test.images))
    labels, classes = torch.tensor(data.test.labels), len(data.classes)
    fills = {"ground": background_value(data.test.images), "gray": np.array(GRAY)}
    side = max(2, min(data.image_size) // PATCHES)
    step = max(1, side // STEPS)
    shown = [int(np.flatnonzero(data.test.labels == label)[0]) for label in (0, 1)]
    facts: dict[str, Any] = {
        "classes": list(data.classes),
        "first": data.classes[0],
        "second": data.classes[1],
        "ids": [data.test.ids[index] for index in shown],
        "patch": side,
        "step": step,
        **_named("lead", [lead(net, images[[i]], int(labels[i])).item() for i in shown]),
    }
    arrays: dict[str, np.ndarray] = {"images": images[shown].numpy()}
    for fill, value in fills.items():
        maps = torch.stack(
            [lead_map(net, images[i], int(labels[i]), side, step, value) for i in shown]
        )  # (2, h, w)
        arrays[f"lead.{fill}"] = maps.numpy()
        facts |= {
            **_named(f"least_{fill}", maps.flatten(1).min(1).values.tolist()),
            **_named(f"wrong_{fill}", (maps < 0).flatten(1).sum(1).tolist()),
            "positions": maps[0].numel(),
        }
    facts |= _of_many(net, data.test.first(PER_CLASS), side, fills)
    facts |= {
        "test_images": len(labels),
        "of_class": labels.bincount(minlength=classes).tolist(),
        "right": right_by_class(net, images, labels, classes),
        "channels": channel_counts(net, images, labels, classes),
    }
    return facts | _summary(facts), arrays


def lead(net: Net, images: Tensor, label: int) -> Tensor:
    """`(N,)`, the logit of that class less the largest of the others; below zero it is wrong."""
    scores = torch.cat([net(as_input(batch)) for batch in images.split(BATCH)])
    others = scores.clone()
    others[:, label] = -torch.inf
    return scores[:, label] - others.max(1).values


def lead_map(
    net: Net, image: Tensor, label: int, side: int, step: int, value: np.ndarray
) -> Tensor:
    """`(h, w)`, the lead of the right class with a square of the image covered.

    The image is uint8 `(H, W)` or `(H, W, 3)`; `value` is `()`, or `(3,)` for the latter.

    Row i and column j belong to the square whose upper left pixel is (i * step, j * step).
    """
    tops, lefts = (range(0, pixels - side + 1, step) for pixels in image.shape[:2])
    covered = image.repeat(len(tops) * len(lefts), *[1] * image.ndim)
    cover = torch.tensor(value, dtype=image.dtype)
    for one, (top, left) in zip(covered, ((i, j) for i in tops for j in lefts)):
        one[top : top + side, left : left + side] = cover
    return lead(net, covered, label).reshape(len(tops), len(lefts))


def without_channel(net: Net, layer: int, channel: int, value: float = 0.0) -> Net:
    """A copy of the network in which that channel of a convolution, counted from 0, is `value` at
    every position of every image.
    """
    changed = copy.deepcopy(net)
    convolution = changed.conv[layer]
    convolution.weight[channel] = 0
    convolution.state_dict()["bias"][channel] = value
    return changed


def channel_counts(net: Net, images: Tensor, labels: Tensor, classes: int) -> list[dict[str, Any]]:
    """For every channel of every convolution, how many images of each class are right without."""
    found = []
    for layer, means in enumerate(channel_means(net, images)):
        for channel, mean in enumerate(means):
            replaced = {"zero": 0.0, "mean": mean}
            found.append(
                {
                    "layer": layer + 1,
                    "channel": channel + 1,
                    "mean_value": mean,
                    **{
                        name: right_by_class(
                            without_channel(net, layer, channel, value), images, labels, classes
                        )
                        for name, value in replaced.items()
                    },
                }
            )
    return found


def channel_means(net: Net, images: Tensor) -> list[list[float]]:
    """The mean of each channel after ReLU, over images and positions, for each convolution."""
    totals = [torch.zeros(conv.out_channels, dtype=torch.float64) for conv in net.conv]
    for batch in images.split(BATCH):
        steps = dict(net.feature_steps(as_input(batch)))
        for k, total in enumerate(totals, 1):
            total += steps[f"relu{k}"].double().mean((2, 3)).sum(0)
    return [(total / len(images)).tolist() for total in totals]


def right_by_class(net: Net, images: Tensor, labels: Tensor, classes: int) -> list[int]:
    """How many images of each class the network is right on."""
    counts: list[int] = evaluate(net, images, labels).confusion.diagonal()[:classes].tolist()
    return counts


def _named(fact: str, of_both: list[Any]) -> dict[str, Any]:
    """A fact of each of the two images that are shown."""
    return dict(zip((f"{fact}_first", f"{fact}_second"), of_both))


def _of_many(net: Net, split: Any, side: int, fills: dict[str, np.ndarray]) -> dict[str, Any]:
    """Of these images, those that the network is right on, and that a patch makes it wrong on."""
    images, labels = torch.tensor(np.asarray(split.images)), split.labels.tolist()
    right = [i for i, label in enumerate(labels) if lead(net, images[[i]], label).item() > 0]
    found: dict[str, Any] = {"covered": len(right)}
    for fill, value in fills.items():
        wrong = [
            float(lead_map(net, images[i], labels[i], side, side, value).min()) < 0 for i in right
        ]
        found[f"turned_{fill}"] = sum(wrong)
    return found


def _summary(facts: dict[str, Any]) -> dict[str, Any]:
    """Of each convolution the channel that costs most, and how many cost nothing."""
    found: dict[str, Any] = {}
    right, images = sum(facts["right"]), facts["test_images"]
    for layer in {row["layer"] for row in facts["channels"]}:
        rows = [row for row in facts["channels"] if row["layer"] == layer]
        found[f"channels_{layer}"] = len(rows)
        for replaced in ("zero", "mean"):
            most = min(rows, key=lambda row: sum(row[replaced]))
            found |= {
                f"most_{layer}_{replaced}": most["channel"],
                f"least_right_{layer}_{replaced}": sum(most[replaced]),
                f"least_accuracy_{layer}_{replaced}": sum(most[replaced]) / images,
                f"harmless_{layer}_{replaced}": sum(sum(row[replaced]) >= right for row in rows),
            }
    return found | {"right_images": right, "accuracy": right / images}
