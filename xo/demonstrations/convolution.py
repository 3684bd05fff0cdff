"""What a convolution is: one small enough to do by hand, its dense matrix, and what edges lose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from xo.network.measurements import receptive_fields

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.demonstrations.table import Computed, Networks

# A white ring of 5x5 pixels on black, 1 and 0, and a kernel that compares left with right.
RING = ((0, 1, 1, 1, 0), (1, 0, 0, 0, 1), (1, 0, 0, 0, 1), (1, 0, 0, 0, 1), (0, 1, 1, 1, 0))
LEFT_MINUS_RIGHT = ((1, 0, -1), (1, 0, -1), (1, 0, -1))
PADDINGS = (0, 1)
STRIDES = (1, 2)


@torch.inference_mode()
def convolution(nets: Networks, data: DataSet) -> Computed:
    """The small convolution with every padding and stride, and the baseline's use of each pixel.

    `windows` counts the windows of the first convolution that a pixel lies in; `units` the units
    of the last map whose receptive fields it lies in.
    """
    image, kernel = torch.tensor(RING).float(), torch.tensor(LEFT_MINUS_RIGHT).float()
    size = len(kernel)
    products = windows_of(image, size) * kernel  # (H', W', k, k)
    output = products.sum((2, 3))
    numbered = torch.arange(1.0, kernel.numel() + 1).reshape(kernel.shape)
    which_weight = dense_matrix(numbered, len(image))  # (outputs, inputs), 0 for none
    inside = which_weight > 0
    free = torch.randn(which_weight.shape, generator=torch.Generator().manual_seed(0))
    dense = dense_matrix(kernel, len(image))
    placed = {
        (padding, stride): F.conv2d(image[None, None], kernel[None, None], None, stride, padding)
        for padding in PADDINGS
        for stride in STRIDES
    }

    layers = nets["baseline"][0][0].layers
    last = [layer for layer in layers if layer.kind in ("conv", "pool")][-1]
    first_size = next(layer.kernel for layer in layers if layer.kind == "conv") or 1
    height, width = data.image_size
    windows = coverage((height - first_size + 1, width - first_size + 1), first_size, 1)
    padded = coverage((height, width), first_size, 1)[
        first_size // 2 : first_size // 2 + height, first_size // 2 : first_size // 2 + width
    ]
    field = receptive_fields(layers)[last.name]
    seen = coverage((last.shape[1], last.shape[2]), field.size, field.stride)
    units = torch.zeros(height, width)
    units[
        field.offset : field.offset + seen.shape[0], field.offset : field.offset + seen.shape[1]
    ] = seen
    facts = {
        "side": len(image),
        "kernel": size,
        "inputs": image.numel(),
        "outputs": output.numel(),
        "first": int(output[0, 0]),
        "turned": F.conv2d(image[None, None], kernel.T[None, None]).int().flatten().tolist(),
        "exercise_side": F.conv2d(
            torch.ones(1, 1, 116, 116), torch.ones(1, 1, 5, 5), None, 2, 1
        ).shape[-1],
        "difference": float((dense @ image.flatten() - placed[0, 1].flatten()).abs().max()),
        **{
            f"side_padding_{padding}_stride_{stride}": values.shape[-1]
            for (padding, stride), values in placed.items()
        },
        "free_dense": free.numel(),
        "free_local": int(inside.sum()),
        "free_shared": kernel.numel(),
        "corner_windows": int(windows[0, 0]),
        "edge_windows": int(windows[0, width // 2]),
        "middle_windows": int(windows.max()),
        "corner_windows_padded": int(padded[0, 0]),
        "rim_share": float((windows < windows.max()).float().mean()),
        "last": last.name,
        "field": field.size,
        "units": last.shape[1] * last.shape[2],
        "corner_units": int(units[0, 0]),
        "middle_units": int(units.max()),
        "unseen": int((units == 0).sum()),
        "unseen_share": float((units == 0).float().mean()),
    }
    arrays = {
        "image": image,
        "kernel": kernel,
        "products": products,
        "output": output,
        "flipped": F.conv2d(image[None, None], kernel.flip(0, 1)[None, None])[0, 0],
        "which_weight": which_weight,
        "dense": free,
        "local": free * inside,
        "windows": windows,
        "units": units,
        **{
            f"output.padding_{padding}.stride_{stride}": values[0, 0]
            for (padding, stride), values in placed.items()
        },
    }
    return facts, {name: array.contiguous().numpy() for name, array in arrays.items()}


def windows_of(image: Tensor, size: int) -> Tensor:
    """All windows of an image `(H, W)`, as `(H - size + 1, W - size + 1, size, size)`."""
    return image.unfold(0, size, 1).unfold(1, size, 1)


def dense_matrix(kernel: Tensor, side: int) -> Tensor:
    """The weights `(outputs, inputs)` of the dense layer that does what the convolution does.

    It takes a square image of that side, row by row; a column is what one pixel alone gives.
    """
    pixels = torch.eye(side * side).reshape(-1, 1, side, side)
    return F.conv2d(pixels, kernel[None, None]).flatten(1).T


def coverage(outputs: tuple[int, int], size: int, stride: int) -> Tensor:
    """In how many windows each pixel lies, `(H, W)`, of `outputs` rows and columns of windows."""
    window = torch.ones(1, 1, size, size)
    return F.conv_transpose2d(torch.ones(1, 1, *outputs), window, stride=stride)[0, 0]
