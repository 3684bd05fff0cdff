"""C5: the patches of test images that activate each channel most (Zeiler & Fergus 2014)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from xo.network.evaluate import BATCH, as_input
from xo.network.measurements import Field, receptive_fields

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

MOST = 8  # patches of a channel
EACH = 3  # images of the strongest, of the middle and of the weakest
ROUNDING = 1e-5  # of a channel's largest value: what differs by less is equal
DRAWS = 10_000  # of images at random, to estimate what chance gives


@torch.inference_mode()
def patches(nets: Networks, data: DataSet) -> Computed:
    """For each channel after each block, the patches of test images with the largest values.

    The patch of a value is its receptive field. An image counts once, with its largest value; among
    equal values the classes take turns. A channel that is zero on all images is silent. Of the last
    block, patches from the middle and the end of that order as well.
    """
    (run, net), labels = nets["features"][0], data.test.labels
    images = np.asarray(data.test.images)
    seen, count = receptive_fields(run.layers), min(MOST, len(labels))
    levels = [seen.get(f"pool{k}", seen[f"conv{k}"]) for k in range(1, len(net.conv) + 1)]
    facts = {
        "levels": len(levels),
        "count": count,
        "images": len(labels),
        "classes": list(data.classes),
        "same_class_chance": expected_largest_share(labels, count),
    }
    arrays: dict[str, np.ndarray] = {}
    for k, (field, (values, places)) in enumerate(
        zip(levels, _strongest(net, torch.tensor(images))), 1
    ):
        chosen = np.stack([ranked(each, labels)[:count] for each in values.T])  # (C, count)
        found = np.take_along_axis(values.T, chosen, 1)  # (C, count)
        where = np.stack(
            [places[index, channel] for channel, index in enumerate(chosen)]
        )  # (C, count, 2)
        arrays |= {
            f"patches{k}": np.stack(
                [
                    [_patch(images[i], place, field) for i, place in zip(*row)]
                    for row in zip(chosen, where)
                ]
            ),
            f"values{k}": found,
            f"images{k}": chosen,
            f"places{k}": where,
            f"labels{k}": labels[chosen],
        }
        active = [channel for channel in range(len(chosen)) if found[channel, 0] > 0]
        shares = []
        for channel in active:
            of_channel = labels[chosen[channel, found[channel] > 0]]
            shares.append(np.bincount(of_channel).max() / len(of_channel))
        facts |= {
            f"field_{k}": field.size,
            f"stride_{k}": field.stride,
            f"units_{k}": len(chosen),
            f"silent_{k}": len(chosen) - len(active),
            f"typical_{k}": typical_share(values),
            f"same_class_{k}": float(np.mean(shares)) if shares else None,
            f"ids_{k}": [[data.test.ids[index] for index in row] for row in chosen.tolist()],
        }
        if k == len(levels):
            of_ranks = np.stack([by_rank(each, labels) for each in values.T])  # (C, 3, EACH)
            arrays |= {"rank_images": of_ranks, "rank_labels": labels[of_ranks]}
            arrays["rank_values"] = np.stack(
                [each[chosen] for each, chosen in zip(values.T, of_ranks)]
            )
            arrays["rank_patches"] = np.stack(
                [
                    [
                        [_patch(images[i], places[i, channel], field) for i in rank]
                        for rank in of_ranks[channel]
                    ]
                    for channel in range(len(of_ranks))
                ]
            )
    return facts, arrays


def typical_share(values: np.ndarray) -> float | None:
    """Of `(images, channels)` the median over images as a share of the largest, mean over the
    channels that are not silent.
    """
    largest = values.max(0)
    active = largest > 0
    if not active.any():
        return None
    return float((np.median(values[:, active], axis=0) / largest[active]).mean())


def by_rank(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """`(3, EACH)`, images by values `(n,)`: the strongest, those in the middle, the weakest."""
    order = ranked(values, labels)
    each = min(EACH, len(order))
    middle = (len(order) - each) // 2
    return np.stack([order[:each], order[middle : middle + each], order[len(order) - each :]])


def ranked(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Indices of images by values `(n,)`, the largest first; of equal ones by turns of class."""
    turn = np.zeros(len(labels), dtype=int)
    for label in np.unique(labels):
        turn[labels == label] = np.arange((labels == label).sum())
    top = max(float(values.max()), 1e-12)
    return np.lexsort((labels, turn, -np.rint(values / (top * ROUNDING))))


def expected_largest_share(labels: np.ndarray, count: int) -> float:
    """The mean share of the most frequent class among `count` images drawn at random."""
    draws = np.random.default_rng(0).choice(labels, (DRAWS, count))
    return float(np.mean([np.bincount(draw).max() for draw in draws]) / count)


def _strongest(net: Net, images: Tensor) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each block the largest value of every image and channel after ReLU, and its place.

    Values `(N, C)`, rows and columns `(N, C, 2)`.
    """
    values: list[list[Tensor]] = [[] for _ in net.conv]
    places: list[list[Tensor]] = [[] for _ in net.conv]
    for batch in images.split(BATCH):
        steps = dict(net.feature_steps(as_input(batch)))
        for k in range(len(net.conv)):
            maps = steps[f"relu{k + 1}"]
            found = maps.flatten(2).max(2)
            values[k].append(found.values)
            places[k].append(
                torch.stack([found.indices // maps.shape[3], found.indices % maps.shape[3]], 2)
            )
    return [(torch.cat(v).numpy(), torch.cat(p).numpy()) for v, p in zip(values, places)]


def _patch(image: np.ndarray, place: np.ndarray, field: Field) -> np.ndarray:
    """The receptive field of the value at a place; without padding it lies within the image."""
    top, left = (int(field.offset + field.stride * at) for at in place)
    return image[top : top + field.size, left : left + field.size]
