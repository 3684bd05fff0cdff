"""The backward pass: gradients of the baseline worked out step by step, beside PyTorch's own."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from xo.demonstrations.maps import (
    example_index,
    image_tensor,
    maps_by_layer,
    most_varied_channel,
)
from xo.demonstrations.table import Unavailable
from xo.network.evaluate import as_input

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks
    from xo.network.model import Net

STEP = 1e-5  # by which a weight is moved to measure a slope, in double precision
REGION = 12  # pooled values a side around the patch, that the page can be played with


class OneImage(NamedTuple):
    """What PyTorch computes for one image `(1, C, H, W)` with its label `(1,)`."""

    net: Net
    x: Tensor
    label: Tensor
    steps: dict[str, Tensor]  # the maps (1, C, h, w) after each step, by name
    gradients: dict[str, Tensor]  # of the loss by these maps
    of_weights: list[Tensor]  # of the loss by the kernels (M, N, k, k) of each convolution
    of_biases: list[Tensor]  # by its biases (M,)


def backward(nets: Networks, data: DataSet) -> Computed:
    """Gradients of the loss of one test image, by hand and as autograd gives them.

    The image is the one with the largest loss, since of an image that the network is sure of all
    gradients are nearly zero. The kernel is that of `windows`, in the baseline's first convolution.
    """
    run, net = nets["baseline"][0]
    example = image_tensor(data.test.images[example_index(data)])
    channel = most_varied_channel(maps_by_layer(net, example)["conv1"])
    losses = _losses(net, data)
    index = int(losses.argmax())
    image, label = np.asarray(data.test.images[index]), int(data.test.labels[index])
    one = autograd(net, image_tensor(image), torch.tensor([label]))
    if not one.gradients["conv1"][0, channel].any():
        raise Unavailable("no gradient")
    facts = {
        "image": data.classes[label],
        "id": data.test.ids[index],
        "images": len(losses),
        "loss": float(losses[index]),
        "example_loss": float(losses[example_index(data)]),
        "seed_accuracy": run.test_accuracy,
        "solved": run.solved,
        "channel": channel + 1,
        "channels": len(net.conv[0].weight),
    }
    arrays = {"image": torch.tensor(image)}
    for part in (_of_kernel(one, channel), _of_pooling(one, channel), _of_channels(one)):
        facts |= part[0]
        arrays |= part[1]
    return facts, {name: array.detach().contiguous().numpy() for name, array in arrays.items()}


Part = tuple[dict[str, Any], dict[str, Tensor]]  # facts, arrays


def _of_kernel(one: OneImage, channel: int) -> Part:
    """A kernel's gradient: over all windows, the gradient of the output times the pixels."""
    above = one.gradients["conv1"][0, channel]  # (H', W')
    by_autograd, size = one.of_weights[0][channel], one.of_weights[0].shape[-1]  # (C, k, k)
    windows = one.x[0].unfold(1, size, 1).unfold(2, size, 1).movedim(0, 2)  # (H', W', C, k, k)
    by_hand = torch.einsum("ij,ijcuv->cuv", above, windows)
    measured = slopes(one, channel)
    # of one color a window would show little, so it is one where pixels differ
    telling = above.abs() * windows.std((2, 3, 4))
    row, column = divmod(int(telling.argmax()), above.shape[1])
    facts = {
        "places": above.numel(),
        "places_with_gradient": int((above != 0).sum()),
        "row": row,
        "column": column,
        "upstream": float(above[row, column]),
        "largest": float(by_autograd.abs().max()),
        "difference": float((by_hand - by_autograd).abs().max()),
        "slope_difference": float((measured - by_autograd).abs().max()),
        "bias": float(above.sum()),
        "bias_difference": float((above.sum() - one.of_biases[0][channel]).abs()),
    }
    arrays = {
        "kernel": one.net.conv[0].weight[channel],
        "above": above,
        "by_hand": by_hand,
        "autograd": by_autograd,
        "slopes": measured,
        "pixels": windows[row, column],
        "window": above[row, column] * windows[row, column],
    }
    return facts, arrays


def _of_pooling(one: OneImage, channel: int) -> Part:
    """Where the gradient that reaches the first ReLU goes, through max- and through mean-pooling.

    As for mean-pooling, it is asked where the same gradient would go.
    """
    maps, pooled, after = one.steps["conv1"], one.steps["pool1"], one.gradients["relu1"]
    means = F.avg_pool2d(maps, 2)
    through = after * (pooled > 0)
    routed, spread = to_winners(maps, through), to_all(maps, after * (means > 0))
    top, left = _patch(pooled[0, channel], through[0, channel])
    facts = {
        "patch": [top, left],
        "share_before_relu": _share(after),
        "share_after_relu": _share(through),
        "share_max": _share(routed),
        "share_mean": _share(spread),
        "routing_difference": float((routed - one.gradients["conv1"]).abs().max()),
    }
    of_patch = {"max": routed, "mean": spread, "map": maps}
    arrays = {
        f"patch.{name}": values[0, channel, 2 * top : 2 * top + 4, 2 * left : 2 * left + 4]
        for name, values in of_patch.items()
    }
    of_pooled = {"pooled": pooled, "means": means, "after": after}
    arrays |= {
        f"patch.{name}": values[0, channel, top : top + 2, left : left + 2]
        for name, values in of_pooled.items()
    }
    corner, sides = [], []
    for at, length in zip((top, left), pooled.shape[2:]):
        sides.append(min(REGION, length))
        corner.append(max(0, min(at + 1 - sides[-1] // 2, length - sides[-1])))
    small = tuple(slice(at, at + side) for at, side in zip(corner, sides))
    large = tuple(slice(2 * at, 2 * (at + side)) for at, side in zip(corner, sides))
    arrays |= {
        "region.map": maps[0, channel][large],
        "region.after": after[0, channel][small],
    }
    return facts | {"corner": corner}, arrays


def _of_channels(one: OneImage) -> Part:
    """The gradients by the input maps and the biases of the second convolution."""
    upstream, by_autograd = one.gradients["conv2"][0], one.gradients["relu1"][0]
    kernels = one.net.conv[1].weight.detach()
    by_hand = through_channels(upstream, kernels)
    transposed = F.conv_transpose2d(upstream[None], kernels)[0]
    biases = upstream.sum((1, 2))
    unit = int(biases.abs().argmax())
    return {
        "inputs": len(by_hand),
        "outputs": len(upstream),
        "sum_largest": float(by_autograd.abs().max()),
        "sum_difference": float((by_hand - by_autograd).abs().max()),
        "transposed_difference": float((transposed - by_autograd).abs().max()),
        "unit": unit + 1,
        "unit_bias": float(biases[unit]),
        "unit_bias_difference": float((biases[unit] - one.of_biases[1][unit]).abs()),
    }, {}


def autograd(net: Net, x: Tensor, label: Tensor) -> OneImage:
    """The maps of an image, and the gradients of its loss, as PyTorch computes them."""
    steps = dict(net.feature_steps(x))
    loss = F.cross_entropy(net.head(list(steps.values())[-1].flatten(1)), label)
    parameters = [parameter for conv in net.conv for parameter in conv.parameters()]
    found = torch.autograd.grad(loss, [*steps.values(), *parameters])
    of_parameters = [each.contiguous() for each in found[len(steps) :]]
    return OneImage(
        net,
        x,
        label,
        {name: values.detach().contiguous() for name, values in steps.items()},
        {name: gradient.contiguous() for name, gradient in zip(steps, found)},
        of_parameters[::2],
        of_parameters[1::2],
    )


def slopes(one: OneImage, channel: int) -> Tensor:
    """By how much the loss moves with each weight `(C, k, k)` of a kernel of the first convolution.

    Measured: the weight is moved a little up and down, and the loss computed anew.
    """
    net, x = deepcopy(one.net).double(), one.x.double()
    kernel = net.conv[0].weight[channel]
    found = torch.zeros(kernel.shape)
    with torch.no_grad():
        for place in np.ndindex(*kernel.shape):
            kept, losses = float(kernel[place]), []
            for moved in (kept + STEP, kept - STEP):
                kernel[place] = moved
                losses.append(float(F.cross_entropy(net(x), one.label)))
            kernel[place] = kept
            found[place] = (losses[0] - losses[1]) / (2 * STEP)
    return found


def to_winners(maps: Tensor, gradient: Tensor) -> Tensor:
    """Max-pooling backwards: `(N, C, H // 2, W // 2) -> (N, C, H, W)`.

    The gradient of each 2x2 window goes to its largest value, of equal ones to the first.
    """
    height, width = gradient.shape[2:]
    even = maps[..., : 2 * height, : 2 * width]
    windows = even.unfold(2, 2, 2).unfold(3, 2, 2).flatten(4)  # (N, C, h, w, 4)
    winners = F.one_hot(windows.argmax(4), 4) * gradient[..., None]
    back = torch.zeros_like(maps)
    back[..., : 2 * height, : 2 * width] = F.pixel_shuffle(
        winners.permute(0, 1, 4, 2, 3).flatten(1, 2), 2
    )
    return back


def to_all(maps: Tensor, gradient: Tensor) -> Tensor:
    """Mean-pooling backwards: each of the four values gets a quarter of the gradient."""
    back = torch.zeros_like(maps)
    quarters = (gradient / 4).repeat_interleave(2, 2).repeat_interleave(2, 3)
    back[..., : quarters.shape[2], : quarters.shape[3]] = quarters
    return back


def through_channels(upstream: Tensor, kernels: Tensor) -> Tensor:
    """A convolution backwards: the gradients by its inputs, `(M, h, w) -> (N, h + k - 1, ...)`.

    An input channel gets from each output channel that one's gradient, padded, under the kernel
    `(M, N, k, k)` that joins them, flipped.
    """
    around = kernels.shape[-1] - 1
    flipped = kernels.flip(2, 3).transpose(0, 1)  # (N, M, k, k)
    return F.conv2d(F.pad(upstream, (around,) * 4)[None], flipped)[0]


@torch.inference_mode()
def _losses(net: Net, data: DataSet) -> Tensor:
    """`(N,)`, of the test images in nats."""
    images, labels = torch.tensor(np.asarray(data.test.images)), torch.tensor(data.test.labels)
    logits = torch.cat([net(as_input(batch)) for batch in images.split(100)])
    return F.cross_entropy(logits, labels, reduction="none")


def _share(gradient: Tensor) -> float:
    """Of the places that get any gradient."""
    return float((gradient != 0).float().mean())


def _patch(pooled: Tensor, gradient: Tensor) -> tuple[int, int]:
    """Row and column of 2x2 pooled values `(h, w)` that show most.

    Some of them ReLU holds back if there are such, and what passes is as large as can be.
    """
    held = F.max_pool2d((pooled <= 0).float()[None], 2, 1)[0]
    passed = F.avg_pool2d(gradient.abs()[None], 2, 1)[0]
    wanted = torch.where((held > 0) & (passed > 0), passed, 0)
    wanted = wanted if wanted.any() else passed
    row, column = divmod(int(wanted.argmax()), wanted.shape[1])
    return row, column
