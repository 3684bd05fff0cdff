"""C1: one window of an image under one trained kernel, and the receptive field of each layer."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional as F

from xo.demonstrations.maps import (
    example_index,
    image_tensor,
    kernel_and_bias,
    largest_value,
    maps_by_layer,
    most_varied_channel,
)
from xo.network.measurements import Field, receptive_fields

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

STEPS = 4  # positions of the window that the strip shows, one pixel apart
FAR = 20  # pixels: a distance at which two pixels of one image are nearly unrelated
# Layers whose receptive fields are shown, and of which network.
SHOWN_LAYERS = (
    ("conv1", "baseline"),
    ("pool1", "baseline"),
    ("conv2", "baseline"),
    ("pool2", "baseline"),
    ("conv3", "features"),
    ("pool3", "features"),
)


def windows(nets: Networks, data: DataSet) -> Computed:
    """One window of the example image, and the maps of every layer of SHOWN_LAYERS.

    The kernel is the one of the baseline's first convolution whose map varies most.
    """
    index = example_index(data)
    image = np.asarray(data.test.images[index])
    x = image_tensor(image)
    maps = {name: maps_by_layer(nets[name][0][1], x) for name in ("baseline", "features")}
    net, conv1 = nets["baseline"][0][1], maps["baseline"]["conv1"]
    channel = most_varied_channel(conv1)
    kernel, bias = kernel_and_bias(net.conv[0], channel)  # (C, k, k), ()
    size = kernel.shape[-1]
    output = conv1[0, channel]  # (H', W')
    # Every window as a row of 9 pixels, or of 27 values in color.
    by_hand = F.unfold(x, size)[0].T @ kernel.flatten() + bias
    row, column = _worked_window(image, output.numpy(), size)
    patch = x[0, :, row : row + size, column : column + size].contiguous()
    fields = {name: receptive_fields(nets[name][0][0].layers) for name in maps}
    shown = {"conv1": channel, "pool1": channel}
    layers = []
    for name, variant in SHOWN_LAYERS:
        if name not in shown:  # a convolution and its pooling show the same channel
            shown[name] = shown[f"pool{name[-1]}"] = most_varied_channel(maps[variant][name])
        field = fields[variant][name]
        layers.append({"name": name, "variant": variant, "channel": shown[name], **field._asdict()})
    unit = largest_value(maps["baseline"]["conv2"][0, shown["conv2"]])
    inside, outside = effect_of_inversion(
        net, "conv2", shown["conv2"], unit, image, fields["baseline"]["conv2"]
    )
    far = min(FAR, min(data.image_size) // 4)
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
        "pytorch": float(output[row, column]),
        "difference": float((by_hand - output.flatten()).abs().max()),
        "layers": layers,
        **{f"field_{layer['name']}": layer["size"] for layer in layers},
        "images": len(data.test.labels),
        "distance_far": far,
        "unit": [shown["conv2"], *unit],
        "inside_change": inside,
        "outside_change": outside,
        "near": pixel_correlation(data.test.images, 1),
        "far": pixel_correlation(data.test.images, far),
    }
    arrays = {
        "image": image,
        "kernel": kernel.numpy(),
        "bias": bias.numpy(),
        "patch": patch.numpy(),
        "products": (patch * kernel).numpy(),
        "map": output.numpy(),
        **{
            f"map.{name}": maps[variant][name][0, shown[name]].numpy()
            for name, variant in SHOWN_LAYERS
            if name != "conv1"
        },
    }
    return facts, arrays


def effect_of_inversion(
    net: Net, layer: str, channel: int, unit: tuple[int, int], image: np.ndarray, field: Field
) -> tuple[float, float]:
    """How much a value of a layer changes when pixels of `image` `(H, W)` or `(H, W, 3)` are
    inverted.

    At most, by one pixel inside its receptive field `field`; and by all pixels outside at once.
    """
    rows, columns = (
        slice(field.offset + field.stride * i, field.offset + field.stride * i + field.size)
        for i in unit
    )
    places = np.moveaxis(np.mgrid[rows, columns], 0, -1).reshape(-1, 2)
    # One image for each pixel inside, one with all pixels outside, one unchanged.
    inverted = np.repeat(image[None], len(places) + 2, axis=0)
    for one, (row, column) in zip(inverted, places):
        one[row, column] = 255 - one[row, column]
    inverted[-2] = 255 - inverted[-2]
    inverted[-2, rows, columns] = image[rows, columns]
    values = torch.cat(
        [
            maps_by_layer(net, image_tensor(one))[layer][:, channel, unit[0], unit[1]]
            for one in inverted
        ]
    )
    change = (values[:-1] - values[-1]).abs()
    return float(change[:-1].max()), float(change[-1])


def pixel_correlation(images: np.ndarray, distance: int) -> float:
    """The correlation of pixels `distance` apart in a row or column, over images `(N, H, W)`, or
    `(N, H, W, 3)` where values of one channel are compared.

    From each value the mean of its place over all images is subtracted.
    """
    centered = images.astype(np.float32) - images.mean(0, dtype=np.float32)
    pairs = (
        (centered[:, distance:], centered[:, :-distance]),
        (centered[:, :, distance:], centered[:, :, :-distance]),
    )
    covariance = fsum(float((a * b).sum(dtype=float)) for a, b in pairs)
    spread = [fsum(float((part * part).sum(dtype=float)) for part in side) for side in zip(*pairs)]
    return covariance / np.sqrt(spread[0] * spread[1]) if min(spread) else 1.0


def _worked_window(image: np.ndarray, values: np.ndarray, size: int) -> tuple[int, int]:
    """Row and column of the window that is computed by hand.

    It lies on an edge, and the outputs of the steps to its right differ most.
    """
    view = np.lib.stride_tricks.sliding_window_view
    pixels = view(image, (size, size), (0, 1)).astype(int)  # (H', W', size, size), or with 3 before
    by_channel = pixels.max((-2, -1)) - pixels.min((-2, -1))
    contrast = by_channel.reshape(*by_channel.shape[:2], -1).sum(2)[:, : 1 - STEPS]
    strips = view(values, STEPS, axis=1)  # (H', W' - STEPS + 1, STEPS)
    spread = np.where(contrast == contrast.max(), strips.max(2) - strips.min(2), -1)
    row, column = np.unravel_index(int(spread.argmax()), spread.shape)
    return int(row), int(column)
