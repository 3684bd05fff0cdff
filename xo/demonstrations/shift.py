"""C2 and C3: how maps change when the image is shifted, and what sharing weights saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.data.strokes import background_value
from xo.demonstrations.maps import (
    example_index,
    image_tensor,
    kernel_and_bias,
    most_varied_channel,
)
from xo.demonstrations.table import Unavailable
from xo.network.evaluate import as_input, evaluate

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

MOST = 8  # pixels
PER_CLASS = 50  # test images
SHOWN = (6, 12)  # pixels down and to the right, of the one image whose maps are shown
POOLINGS = {
    "none": lambda maps: maps,
    "max": lambda maps: F.max_pool2d(maps, 2),
    "mean": lambda maps: F.avg_pool2d(maps, 2),
}


@torch.inference_mode()
def shifts(nets: Networks, data: DataSet) -> Computed:
    """Test images shifted by 1 to 8 pixels to the right and, separately, down.

    What comes in is background. Compared is the map of the baseline's first convolution after
    ReLU, unpooled and pooled: shifted back, over what both maps have in common; and not shifted
    back, as the change relative to the map's distance from that of an empty image. The latter, for
    one pixel, of every network of the variant; all else of the first.
    """
    if min(data.image_size) <= 4 * MOST:
        raise Unavailable("images too small to shift", side=4 * MOST, shift=MOST)
    net = nets["baseline"][0][1]
    images = torch.tensor(np.asarray(data.test.first(PER_CLASS).images))
    every, labels = torch.tensor(np.asarray(data.test.images)), torch.tensor(data.test.labels)
    background = background_value(data.test.images)
    n, distances = len(images), range(1, MOST + 1)
    changed = {kind: np.zeros((n, MOST + 1)) for kind in POOLINGS}
    # Largest difference, and correlation, after shifting back by the nearest whole pixels.
    back = {kind: np.zeros(MOST + 1) for kind in POOLINGS}
    alike = {kind: np.zeros(MOST + 1) for kind in POOLINGS}
    accuracy = np.zeros(MOST + 1)
    before, empty = _maps(net, images), _maps(net, empty_image(images, background))
    for distance in range(MOST + 1):
        for axis in (1, 2):
            after = _maps(net, shift_images(images, distance, axis, background))
            for kind, pool in POOLINGS.items():
                a, b = pool(before), pool(after)
                in_common = _shifted_back(a, b, distance, axis + 1, pooled=kind != "none")
                changed[kind][:, distance] += _relative(b - a, a - pool(empty)) / 2
                difference = float((in_common[0] - in_common[1]).abs().max())
                back[kind][distance] = max(back[kind][distance], difference)
                alike[kind][distance] += _correlation(*in_common) / 2
            shifted = shift_images(every, distance, axis, background)
            accuracy[distance] += evaluate(net, shifted, labels).accuracy / 2
    by_seed = [_change_by_one_pixel(other, images, background) for _, other in nets["baseline"]]
    odd = np.arange(1, MOST + 1, 2)
    even = odd + 1
    mean = {kind: values.mean(0) for kind, values in changed.items()}
    facts = {
        "seeds": [run.seed for run, _ in nets["baseline"]],
        "images": n,
        "test_images": len(data.test.labels),
        "most": MOST,
        "conv_difference": float(back["none"].max()),
        "even_difference": float(max(back[kind][even].max() for kind in ("max", "mean"))),
        "odd_correlation_max": float(alike["max"][odd].mean()),
        "odd_correlation_mean": float(alike["mean"][odd].mean()),
        **{
            f"change_{kind}_{distance}": float(mean[kind][distance])
            for kind in POOLINGS
            for distance in distances
        },
        **{f"accuracy_{distance}": float(accuracy[distance]) for distance in range(MOST + 1)},
    }
    arrays = {
        "accuracy": accuracy,
        **{f"by_seed.{kind}": np.array([each[kind] for each in by_seed]) for kind in POOLINGS},
        **{f"change.{kind}": values for kind, values in changed.items()},  # (images, 0 to 8 pixels)
        **{f"back.{kind}": values for kind, values in back.items()},  # (0 to 8 pixels,) each
        **{f"alike.{kind}": values for kind, values in alike.items()},
    }
    return facts, arrays


def _change_by_one_pixel(net: Net, images: Tensor, background: np.ndarray) -> dict[str, float]:
    """The relative change of a map in place, the mean over images and both directions."""
    before, empty = _maps(net, images), _maps(net, empty_image(images, background))
    changed = dict.fromkeys(POOLINGS, 0.0)
    for axis in (1, 2):
        after = _maps(net, shift_images(images, 1, axis, background))
        for kind, pool in POOLINGS.items():
            change = _relative(pool(after) - pool(before), pool(before) - pool(empty))
            changed[kind] += float(change.mean()) / 2
    return changed


@torch.inference_mode()
def sharing(nets: Networks, data: DataSet) -> Computed:
    """Parameters and multiply-adds of three layers with outputs like the baseline's first maps.

    A convolution, a layer with a kernel of its own at every position, and a dense layer. And a map
    of the first, of one image, before and after the image is shifted.
    """
    conv, index = nets["baseline"][0][1].conv[0], example_index(data)
    image = image_tensor(data.test.images[index])
    before = conv(image)
    _, channels, height, width = before.shape
    dense_weights = image.numel() * channels * height * width
    dense = dense_weights + channels * height * width
    window, positions = conv.weight[0].numel(), height * width
    local = channels * positions * (window + 1)  # every position has a kernel and a bias of its own
    shared = sum(p.numel() for p in conv.parameters())
    channel, background = most_varied_channel(before), background_value(data.test.images)
    down, right = (min(most, side // 4) for most, side in zip(SHOWN, data.image_size))
    shifted = torch.tensor(np.asarray(data.test.images[index]))[None]
    for axis, distance in ((1, down), (2, right)):
        shifted = shift_images(shifted, distance, axis, background)
    after = conv(as_input(shifted))
    moved = before[0, channel, : height - down, : width - right]
    facts = {
        "image": data.classes[data.test.labels[index]],
        "channel": channel + 1,
        "background": background.tolist(),  # in color a list
        "shift": [down, right],
        "shift_difference": float((after[0, channel, down:, right:] - moved).abs().max()),
        "channels": channels,
        "window": window,
        "map_height": height,
        "map_width": width,
        "inputs": image.numel(),
        "outputs": channels * positions,
        "shared": shared,
        "local": local,
        "dense": dense,
        "local_times": local / shared,
        "dense_times": dense / shared,
        "multiply_adds_shared": channels * positions * window,
        "multiply_adds_local": channels * positions * window,
        "multiply_adds_dense": dense_weights,
    }
    kernels, biases = zip(*(kernel_and_bias(conv, k) for k in range(channels)))
    arrays = {
        "image": np.asarray(data.test.images[index]),
        "kernels": torch.stack(kernels).numpy(),  # (M, C, k, k)
        "biases": torch.stack(biases).numpy(),
        "map": before[0, channel].numpy(),
        "shifted_image": shifted[0].numpy(),
        "shifted_map": after[0, channel].numpy(),
    }
    return facts, {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def _shifted_back(
    before: Tensor, after: Tensor, distance: int, axis: int, pooled: bool
) -> tuple[Tensor, Tensor]:
    """What maps before and after a shift have in common, `after` shifted back."""
    step = distance // 2 if pooled else distance
    length = before.shape[axis] - step
    a, b = before.narrow(axis, 0, length), after.narrow(axis, step, length)
    if pooled and distance % 2:  # half a pooled pixel short: the first row holds new background
        a, b = a.narrow(axis, 1, length - 1), b.narrow(axis, 1, length - 1)
    return a, b


def empty_image(images: Tensor, background: np.ndarray) -> Tensor:
    """One image of nothing but background, `(1, H, W)` or `(1, H, W, 3)` as `images`."""
    return torch.tensor(background, dtype=images.dtype).expand_as(images[:1])


def shift_images(images: Tensor, distance: int, axis: int, background: np.ndarray) -> Tensor:
    """uint8 `(N, H, W)` or `(N, H, W, 3)` shifted towards higher rows (axis 1) or columns (axis 2).

    `background` is that of `background_value`.
    """
    out = torch.tensor(background, dtype=images.dtype).expand_as(images).clone()
    length = images.shape[axis] - distance
    out.narrow(axis, distance, length).copy_(images.narrow(axis, 0, length))
    return out


def _maps(net: Net, images: Tensor) -> Tensor:
    """Images as for `as_input` -> the first convolution's maps after ReLU, `(N, C, H-2, W-2)`."""
    return net.conv[0](as_input(images)).relu().contiguous()


def _correlation(one: Tensor, other: Tensor) -> float:
    """The correlation of two arrays; 1 where both are constant."""
    a, b = (maps.flatten().double() for maps in (one, other))
    a, b = a - a.mean(), b - b.mean()
    lengths = float(a.norm() * b.norm())
    return float(a @ b) / lengths if lengths else 1.0


def _relative(change: Tensor, maps: Tensor) -> np.ndarray:
    """`(N,)`, the Euclidean length of each change `(N, C, H, W)` over that of the maps."""
    return (change.flatten(1).norm(dim=1) / maps.flatten(1).norm(dim=1).clamp_min(1e-12)).numpy()
