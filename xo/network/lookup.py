"""Computes maps once per distinct window of a data set, not once per position.

Most of a drawing is ground, and its strokes repeat. So each window that a layer sees anywhere in
the data set has a code, and a table says which codes of the layer before lie in it:

    2 pixels ──> 185 distinct windows of conv1 ──> 952 of pool1 ──> 50,937 of conv2 ──> ...

`find_windows` finds codes and tables of a data set, `Windows.needed` picks the rows that some
images need, `window_maps` computes those rows of each layer. Code 0 is the ground: a window
without ink. Values and gradients equal those of the plain layers up to float rounding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
import torch
from torch import Tensor, nn

from xo.network.measurements import POOL

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net

TRIED = 64  # images, about a batch, on which it is tried how often windows repeat
PART = 200  # images whose windows are compared at a time
LARGEST = 2**27  # bytes of images, whose codes take several times as much memory
DENSEST = 0.25  # the share of distinct windows among all up to which looking them up is faster

Block = tuple[tuple[int, int], ...]  # (side, stride) of the windows of a convolution and its pool


class Windows(NamedTuple):
    """The distinct windows of the first layers of a network in all images of a data set."""

    pixels: Tensor  # (codes, C) distinct pixels in 0..1, the ground first
    blocks: tuple[Block, ...]  # convolutions that are looked up, with their pooling
    tables: tuple[Tensor, ...]  # int (codes, k * k), for each window of the blocks
    codes: Tensor  # int (N, H, W) after the last block; training images, then test images

    def needed(self, codes: Tensor) -> Needed:
        """The rows of all tables that `codes` (...) of the last one need."""
        codes, lookups = codes.long(), []
        for table in reversed(self.tables):
            rows = None
            if len(table) > codes.numel():
                rows, codes = _renumber(codes, len(table))
                table = table.index_select(0, rows)
            lookups.append((codes, rows))
            codes = table.long()
        tables = codes, *(each for each, _ in lookups[:0:-1])
        return Needed(tables, tuple(rows for _, rows in lookups[::-1]), lookups[0][0])

    def counts(self, images: Tensor) -> list[tuple[int, Tensor]]:
        """The table after each block, and how often each of its codes occurs in images `(n,)`.

        Counted are the positions that the last maps depend on.
        """
        ends = (np.cumsum([len(block) for block in self.blocks]) - 1).tolist()
        counts = [torch.zeros(len(table), dtype=torch.int64) for table in self.tables]
        for codes in self.codes[images].split(TRIED):
            windows = [window for block in self.blocks for window in block]
            for place in reversed(range(len(windows))):
                codes = codes.long()
                counts[place] += torch.bincount(codes.flatten(), minlength=len(counts[place]))
                codes = _codes_before(codes, self.tables[place], *windows[place])
        return [(end, counts[end]) for end in ends]


class Needed(NamedTuple):
    """Some rows of the tables, numbered anew; the ground stays 0."""

    tables: tuple[Tensor, ...]  # int64 (codes, k * k)
    rows: tuple[Tensor | None, ...]  # int64 (codes,): which rows of the tables; None: all
    codes: Tensor  # int64, what was asked for


def blocks_to_look_up(net: Net, data: DataSet) -> tuple[Block, ...]:
    """As many convolutions of `net`, with their pooling, as are faster looked up."""
    images = np.asarray(data.train.images)
    if images.nbytes > LARGEST:
        return ()
    codes, _ = _pixel_codes(images[:: -(-len(images) // TRIED)])
    worth: list[Block] = []
    for block in _blocks(net):
        for window in block:
            codes, table = _window_codes(codes, *window)
        if block and len(table) > DENSEST * codes.size:
            break
        worth.append(block)
    return tuple(worth) if worth and worth[0] else ()


def find_windows(data: DataSet, blocks: tuple[Block, ...]) -> Windows:
    """The distinct windows of these convolutions and poolings in all images."""
    codes, pixels = _pixel_codes(data.images)
    tables = []
    for window in (window for block in blocks for window in block):
        codes, table = _window_codes(codes, *window)
        tables.append(torch.from_numpy(table))
    return Windows(pixels, blocks, tuple(tables), torch.from_numpy(codes))


def window_maps(
    net: Net, depth: int, pixels: Tensor, tables: tuple[Tensor, ...]
) -> Iterator[Tensor]:
    """`(codes, C)` after each of the first `depth` convolutions, its pooling and ReLU."""
    values, remaining = pixels, list(tables)
    for conv, pool in list(zip(net.conv, net.pool))[:depth]:
        values = _convolution(values, conv, remaining)
        if isinstance(pool, nn.Conv2d):
            values = _depthwise(values, pool, remaining)
        elif isinstance(pool, nn.MaxPool2d):
            values = LargestOfRows.apply(values, remaining.pop(0))
        values = values.relu()
        yield values


class SumOfRows(torch.autograd.Function):
    """`(rows, C)` looked up by `(codes, k)` and summed to `(codes, C)`."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, table: Tensor) -> Tensor:
        ctx.save_for_backward(table)
        ctx.count = len(rows)
        return nn.functional.embedding_bag(table, rows, mode="sum")

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (table,) = ctx.saved_tensors
        return sum_at(table.t().reshape(-1), grad.t().repeat(1, table.shape[1]), ctx.count), None


class LargestOfRows(torch.autograd.Function):
    """`(rows, C)` looked up by `(codes, k)`, of which the largest, `(codes, C)`.

    The gradient goes to the first of equals, as that of max-pooling does.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, table: Tensor) -> Tensor:
        places = table.t().reshape(-1)
        each = rows.index_select(0, places).view(table.shape[1], -1, rows.shape[1])
        largest = each.amax(0)
        ctx.save_for_backward(places, each, largest)
        ctx.count = len(rows)
        return largest

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        places, each, largest = ctx.saved_tensors
        grads, left = torch.empty_like(each), grad
        for share, values in zip(grads, each):
            torch.mul(left, values == largest, out=share)
            left = left - share
        return sum_at(places, grads.view(-1, grad.shape[1]).t(), ctx.count), None


def sum_at(places: Tensor, values: Tensor, count: int) -> Tensor:
    """Adds up values `(C, n)` by place `(n,)`, to `(count, C)`; twice as fast as index_add_."""
    total = values.new_zeros(len(values), count)
    return total.scatter_add_(1, places.expand(values.shape), values).t()


def _convolution(values: Tensor, conv: nn.Conv2d, tables: list[Tensor]) -> Tensor:
    """`(codes, C_in) -> (codes, C_out)`: products with each weight once, then looked-up sums."""
    outputs, inputs, height, width = conv.weight.shape
    products = values @ conv.weight.permute(1, 2, 3, 0).reshape(inputs, -1)
    if height * width > 1:
        products = _summed(products.view(-1, outputs), tables.pop(0))
    return products + cast("Tensor", conv.bias)


def _depthwise(values: Tensor, pool: nn.Conv2d, tables: list[Tensor]) -> Tensor:
    """`(codes, C) -> (codes, C)` with a kernel for each channel."""
    products = values[:, None] * pool.weight.flatten(1).t()  # (codes, k * k, C)
    return _summed(products.flatten(0, 1), tables.pop(0)) + cast("Tensor", pool.bias)


def _summed(products: Tensor, table: Tensor) -> Tensor:
    """Sums by window; row `k * k * code + i` is the product of a code and the window's weight i."""
    return SumOfRows.apply(products, table * table.shape[1] + torch.arange(table.shape[1]))


def _blocks(net: Net) -> list[Block]:
    blocks = []
    for conv, pool in zip(net.conv, net.pool):
        side = conv.kernel_size[0]
        pooled = () if isinstance(pool, nn.Identity) else ((POOL, POOL),)
        blocks.append((((side, 1),) if side > 1 else ()) + pooled)
    return blocks


def _pixel_codes(images: np.ndarray) -> tuple[np.ndarray, Tensor]:
    """Codes `(N, H, W)` of uint8 images, and the pixels `(codes, C)`, the commonest first."""
    channels = 1
    packed = images
    if images.ndim == 4:  # (N, H, W, C)
        channels = images.shape[3]
        packed = images.astype(np.int32) @ (1 << 8 * np.arange(channels, dtype=np.int32))
    counts = np.bincount(packed.ravel())
    values = np.flatnonzero(counts)
    values = values[np.argsort(-counts[values], kind="stable")]
    codes = np.zeros(len(counts), _smallest(len(values)))
    codes[values] = np.arange(len(values))
    pixels = np.stack([values >> 8 * k & 255 for k in range(channels)], 1)
    return codes[packed], torch.from_numpy(pixels).float() / 255


def _window_codes(codes: np.ndarray, side: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes `(N, H', W')` of the windows of codes `(N, H, W)`, and their table, the ground first.

    Windows with ink are compared by a random hash, drawn anew should two of them share one.
    """
    random = np.random.default_rng(0)
    while True:
        factors = random.integers(1, 2**62, side * side)
        parts = [_windows_with_ink(part, side, stride)[1] @ factors for part in _parts(codes)]
        _, first, numbers = np.unique(np.concatenate(parts), return_index=True, return_inverse=True)
        found, start, exact = [], 0, True
        table = np.zeros((len(first) + 1, side * side), codes.dtype)  # the ground is all 0
        for part in _parts(codes):
            ink, rows = _windows_with_ink(part, side, stride)
            end = start + len(rows)
            new = (first >= start) & (first < end)
            table[1:][new] = rows[first[new] - start]
            own = numbers[start:end] + 1
            exact = exact and np.array_equal(table[own], rows)
            found.append(np.zeros(ink.shape, _smallest(len(table))))
            found[-1][ink] = own
            start = end
        if exact:
            return np.concatenate(found), table


def _parts(codes: np.ndarray) -> list[np.ndarray]:
    """Some images at a time, to bound memory."""
    return [codes[start : start + PART] for start in range(0, len(codes), PART)]


def _windows_with_ink(codes: np.ndarray, side: int, stride: int) -> tuple[np.ndarray, np.ndarray]:
    """Which windows `(N, H', W')` hold ink, and those, `(windows, side * side)`."""

    def windows(values: np.ndarray) -> np.ndarray:
        views = np.lib.stride_tricks.sliding_window_view(values, (side, side), (1, 2))
        return views[:, ::stride, ::stride]

    seen = windows(codes != 0)
    ink = np.zeros(seen.shape[:3], dtype=bool)
    for i, j in np.ndindex(side, side):
        ink |= seen[..., i, j]
    return ink, windows(codes)[ink].reshape(-1, side * side)


def _smallest(codes: int) -> type[np.integer]:
    """The smallest type for so many codes, for there is one at each position of each image."""
    return np.int16 if codes < 2**15 else np.int32


def _codes_before(codes: Tensor, table: Tensor, side: int, stride: int) -> Tensor:
    """Codes `(N, H, W)` of the layer before, as far as those windows see them."""
    count, height, width = codes.shape
    seen = table.index_select(0, codes.flatten()).view(count, height, width, side, side)
    extents = ((length - 1) * stride + side for length in (height, width))
    before = torch.zeros(count, *extents, dtype=table.dtype)
    for i, j in np.ndindex(side, side):
        before[:, i::stride, j::stride][:, :height, :width] = seen[..., i, j]
    return before


def _renumber(codes: Tensor, count: int) -> tuple[Tensor, Tensor]:
    """The distinct `codes` below `count`, and 0, in order, and where among them each code is."""
    marked = torch.zeros(count, dtype=torch.int64).index_fill_(0, codes.flatten(), 1)
    marked[0] = 1
    numbers = marked.cumsum(0) - 1
    return marked.nonzero()[:, 0], numbers.index_select(0, codes.flatten()).view(codes.shape)
