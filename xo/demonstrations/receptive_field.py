"""C1: one window of one image under one trained kernel, in numbers, and how much of the image a value of each layer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net
    from xo.runs.record import RunRecord

STEPS = 4  # positions of the window that the strip shows, one pixel apart
FAR = 20  # pixels: a distance at which two pixels of one image are nearly unrelated
SEEN = (
    ("conv1", "baseline"),
    ("pool1", "baseline"),
    ("conv2", "baseline"),
    ("pool2", "baseline"),
    ("conv3", "features"),
    ("pool3", "features"),
)  # layers whose receptive fields are shown, and of which network


class Field(NamedTuple):
    """Value i of a layer sees the input pixels from `offset + stride * i` to just before `offset + stride * i + size`."""

    size: int
    stride: int
    offset: int


def windows(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """The example image under the liveliest kernel of the baseline's first convolution, and maps of every depth."""
    index = example(data)
    image = np.asarray(data.test.images[index])
    x = as_input(torch.tensor(image)[None])
    steps = {name: steps_of(nets[name][0][1], x) for name in ("baseline", "features")}
    net, maps = nets["baseline"][0][1], steps["baseline"]
    channel = liveliest(maps["conv1"])
    kernel, bias = net.conv[0].weight[channel, 0].detach(), net.conv[0].bias[channel].detach()
    found = maps["conv1"][0, channel]  # (H', W')
    by_hand = (
        F.unfold(x, kernel.shape)[0].T @ kernel.flatten() + bias
    )  # every window as a row of 9 pixels
    row, column = _start(image, found.numpy(), kernel.shape[-1])
    patch = x[0, 0, row : row + kernel.shape[0], column : column + kernel.shape[1]]
    shown = {"conv1": channel, "pool1": channel}
    layers = []
    for name, variant in SEEN:
        if name not in shown:  # one channel for a block: its convolution's and its pooling's
            shown[name] = shown[f"pool{name[-1]}"] = liveliest(steps[variant][name])
        layers.append(
            {
                "name": name,
                "variant": variant,
                "channel": shown[name],
                **fields(nets[variant][0][1])[name]._asdict(),
            }
        )
    unit = _unit(maps["conv2"][0, shown["conv2"]])
    inside, outside = changes(net, "conv2", shown["conv2"], unit, image)
    facts = {
        "image": data.classes[data.test.labels[index]],
        "id": data.test.ids[index],
        "channel": channel,
        "kernel": channel + 1,
        "start": [row, column],
        "row": row,
        "column": column,
        "steps": STEPS,
        "sum": float((patch * kernel).sum()),
        "bias": float(bias),
        "output": float((patch * kernel).sum() + bias),
        "pytorch": float(found[row, column]),
        "difference": float((by_hand - found.flatten()).abs().max()),
        "layers": layers,
        **{f"field_{layer['name']}": layer["size"] for layer in layers},
        "images": len(data.test.labels),
        "distance_far": min(FAR, min(data.image_size) // 4),
        "unit": [shown["conv2"], *unit],
        "inside_change": inside,
        "outside_change": outside,
    }
    facts |= {
        "near": relation(data.test.images, 1),
        "far": relation(data.test.images, facts["distance_far"]),
    }
    arrays = {
        "image": image,
        "kernel": kernel.numpy(),
        "bias": bias.numpy(),
        "patch": patch.numpy(),
        "products": (patch * kernel).numpy(),
        "map": found.numpy(),
        **{
            f"map.{name}": steps[variant][name][0, shown[name]].numpy()
            for name, variant in SEEN
            if name != "conv1"
        },
    }
    return facts, arrays


def example(data: DataSet) -> int:
    """The image that demonstrations take apart: the first test image of the first class."""
    return int(np.flatnonzero(data.test.labels == 0)[0])


@torch.inference_mode()
def steps_of(net: Net, x: Tensor) -> dict[str, Tensor]:
    """`(N, C, H, W)` after each convolution, pooling and ReLU, by name."""
    return {
        name: values.clone(memory_format=torch.contiguous_format)
        for name, values in net.feature_steps(x)
    }


def liveliest(maps: Tensor) -> int:
    """The channel of `(N, C, H, W)` whose values after ReLU vary the most."""
    return int(maps.relu().flatten(2).std(dim=2).mean(0).argmax())


def fields(net: Net) -> dict[str, Field]:
    """The receptive field of each convolution and pooling: a window of k pixels widens it by k - 1 of the strides so far."""
    found, size, stride, offset = {}, 1, 1, 0
    for k, (conv, pool) in enumerate(zip(net.conv, net.pool), 1):
        for name, layer in ((f"conv{k}", conv), (f"pool{k}", pool)):
            if isinstance(layer, nn.Identity):
                continue
            window, step, padding = (
                each[0] if isinstance(each, tuple) else each
                for each in (layer.kernel_size, layer.stride, layer.padding)
            )
            size, offset, stride = (
                size + (window - 1) * stride,
                offset - padding * stride,
                stride * step,
            )
            found[name] = Field(size, stride, offset)
    return found


def changes(
    net: Net, layer: str, channel: int, unit: tuple[int, int], image: np.ndarray
) -> tuple[float, float]:
    """How far one value of a layer moves when pixels of `image` (H, W) are inverted: at most, by one pixel inside of its
    receptive field, and by all pixels outside at once."""
    field = fields(net)[layer]
    rows, columns = (
        slice(field.offset + field.stride * i, field.offset + field.stride * i + field.size)
        for i in unit
    )
    places = np.stack(np.mgrid[rows, columns], -1).reshape(-1, 2)
    flipped = np.repeat(
        image[None], len(places) + 2, axis=0
    )  # one for each pixel inside, all outside, none
    for one, (row, column) in zip(flipped, places):
        one[row, column] = 255 - one[row, column]
    flipped[-2] = 255 - flipped[-2]
    flipped[-2, rows, columns] = image[rows, columns]
    value = torch.cat(
        [
            steps_of(net, as_input(torch.tensor(one)[None]))[layer][:, channel, unit[0], unit[1]]
            for one in flipped
        ]
    )
    moved = (value[:-1] - value[-1]).abs()
    return float(moved[:-1].max()), float(moved[-1])


def relation(images: np.ndarray, distance: int) -> float:
    """The correlation, over images `(N, H, W)`, of pixels so far apart in a row or column, less each place's own mean."""
    less = images.astype(np.float32) - images.mean(0, dtype=np.float32)
    pairs = (
        (less[:, distance:], less[:, :-distance]),
        (less[:, :, distance:], less[:, :, :-distance]),
    )
    covariance = sum(float((a * b).sum(dtype=float)) for a, b in pairs)
    spread = [sum(float((part * part).sum(dtype=float)) for part in side) for side in zip(*pairs)]
    return covariance / np.sqrt(spread[0] * spread[1]) if min(spread) else 1.0


def _start(image: np.ndarray, values: np.ndarray, size: int) -> tuple[int, int]:
    """Where the worked window stands: on an edge, and where the outputs of the steps to its right differ the most."""
    seen = np.lib.stride_tricks.sliding_window_view(image, (size, size)).astype(
        int
    )  # (H', W', size, size)
    contrast = (seen.max((2, 3)) - seen.min((2, 3)))[:, : 1 - STEPS]
    strips = np.lib.stride_tricks.sliding_window_view(
        values, STEPS, axis=1
    )  # (H', W' - STEPS + 1, STEPS)
    differing = np.where(contrast == contrast.max(), strips.max(2) - strips.min(2), -1)
    row, column = np.unravel_index(int(differing.argmax()), differing.shape)
    return int(row), int(column)


def _unit(values: Tensor) -> tuple[int, int]:
    """The place of the largest value of a map `(H, W)`."""
    row, column = divmod(int(values.argmax()), values.shape[1])
    return row, column
