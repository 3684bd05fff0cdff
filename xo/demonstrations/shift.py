"""C2 and C3: what becomes of a map, before and after pooling, when the image moves; and what sharing weights saves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.demonstrations.table import Unavailable
from xo.network.evaluate import as_input, evaluate

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net
    from xo.runs.record import RunRecord

MOST = 8  # pixels
PER_CLASS = 50  # test images
POOLINGS = {
    "none": lambda maps: maps,
    "max": lambda maps: F.max_pool2d(maps, 2),
    "mean": lambda maps: F.avg_pool2d(maps, 2),
}


@torch.inference_mode()
def shifts(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """Test images moved by 1 to 8 pixels, to the right and, apart from that, down; behind them comes the ground.

    Compared is the map of the baseline's first convolution after ReLU, as it is and pooled. Moved back, over what both
    images have in common; and not moved back, as the change relative to what sets the map apart from that of empty ground.
    """
    if min(data.image_size) <= 4 * MOST:
        raise Unavailable("images too small to shift", side=4 * MOST, shift=MOST)
    net = nets["baseline"][0][1]
    some = data.test.first(PER_CLASS)
    images, ground = torch.tensor(np.asarray(some.images)), ground_of(data.test.images)
    n, distances = len(images), range(1, MOST + 1)
    empty = torch.full_like(images[:1], ground)
    changed = {kind: np.zeros((n, MOST + 1)) for kind in POOLINGS}
    back = {kind: np.zeros(MOST + 1) for kind in POOLINGS}  # largest difference after moving back
    alike = {
        kind: np.zeros(MOST + 1) for kind in POOLINGS
    }  # correlation after moving back by the nearest whole pixels
    accuracy = np.zeros(MOST + 1)
    before = _maps(net, images)
    background = _maps(net, empty)
    for distance in range(MOST + 1):
        for axis in (1, 2):
            after = _maps(net, moved(images, distance, axis, ground))
            for kind, pool in POOLINGS.items():
                a, b = pool(before), pool(after)
                step = distance // (1 if kind == "none" else 2)
                length = a.shape[axis + 1]
                kept, came = (
                    a.narrow(axis + 1, 0, length - step),
                    b.narrow(axis + 1, step, length - step),
                )
                if (
                    distance % 2 and kind != "none"
                ):  # half of a pooled pixel short: the first row holds new ground
                    kept, came = (
                        kept.narrow(axis + 1, 1, length - step - 1),
                        came.narrow(axis + 1, 1, length - step - 1),
                    )
                changed[kind][:, distance] += _relative(b - a, a - pool(background)) / 2
                back[kind][distance] = max(back[kind][distance], float((kept - came).abs().max()))
                alike[kind][distance] += _correlation(kept, came) / 2
            every = moved(torch.tensor(np.asarray(data.test.images)), distance, axis, ground)
            accuracy[distance] += evaluate(net, every, torch.tensor(data.test.labels)).accuracy / 2
    odd = np.arange(1, MOST + 1, 2)
    even = odd + 1
    mean = {kind: values.mean(0) for kind, values in changed.items()}
    facts = {
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
        **{f"change.{kind}": values for kind, values in changed.items()},  # (images, 0 to 8 pixels)
        **{f"back.{kind}": values for kind, values in back.items()},  # (0 to 8 pixels,) each
        **{f"alike.{kind}": values for kind, values in alike.items()},
    }
    return facts, arrays


def moved(images: Tensor, distance: int, axis: int, ground: int) -> Tensor:
    """uint8 `(N, H, W)` moved towards higher rows (axis 1) or columns (axis 2); what comes in is ground."""
    out = torch.full_like(images, ground)
    length = images.shape[axis] - distance
    out.narrow(axis, distance, length).copy_(images.narrow(axis, 0, length))
    return out


def ground_of(images: np.ndarray) -> int:
    """The commonest value on the border of `(N, H, W)` uint8."""
    border = np.concatenate(
        [
            images[:, 0].ravel(),
            images[:, -1].ravel(),
            images[:, :, 0].ravel(),
            images[:, :, -1].ravel(),
        ]
    )
    return int(np.bincount(border, minlength=256).argmax())


def _maps(net: Net, images: Tensor) -> Tensor:
    """`(N, H, W)` -> the first convolution's maps after ReLU, `(N, C, H-2, W-2)`."""
    return net.conv[0](as_input(images)).relu().contiguous()


def _correlation(one: Tensor, other: Tensor) -> float:
    """Of two maps; 1 where both are the same everywhere."""
    a, b = (maps.flatten().double() for maps in (one, other))
    a, b = a - a.mean(), b - b.mean()
    lengths = float(a.norm() * b.norm())
    return float(a @ b) / lengths if lengths else 1.0


def _relative(change: Tensor, whole: Tensor) -> np.ndarray:
    """`(N,)`, the length of each change `(N, C, H, W)` over that of the whole."""
    return (change.flatten(1).norm(dim=1) / whole.flatten(1).norm(dim=1).clamp_min(1e-12)).numpy()


@torch.inference_mode()
def sharing(
    nets: dict[str, list[tuple[RunRecord, Net]]], data: DataSet
) -> tuple[dict, dict[str, np.ndarray]]:
    """Parameters and multiply-adds of three layers that make maps of the size of the baseline's first convolution."""
    conv, image = nets["baseline"][0][1].conv[0], torch.empty(1, 1, *data.image_size)
    _, channels, height, width = conv(image).shape
    with torch.device("meta"):
        dense = nn.Linear(image.numel(), channels * height * width)  # every output sees every pixel
    window, positions = conv.weight[0].numel(), height * width
    local = channels * positions * (window + 1)  # every position has a kernel and a bias of its own
    shared, full = (sum(p.numel() for p in layer.parameters()) for layer in (conv, dense))
    facts = {
        "channels": channels,
        "window": window,
        "map_height": height,
        "map_width": width,
        "inputs": image.numel(),
        "outputs": channels * positions,
        "shared": shared,
        "local": local,
        "dense": full,
        "local_times": local / shared,
        "dense_times": full / shared,
        "multiply_adds_shared": channels * positions * window,
        "multiply_adds_local": channels * positions * window,
        "multiply_adds_dense": dense.weight.numel(),
    }
    return facts, {}
