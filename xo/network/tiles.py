"""A dense layer on maps that are mostly ground: its work grows with the ink.

A position holds the ground's value or, in a tile with ink, that of its window. With x = ground +
ink, the product splits: the ground meets the sum of the weights over all positions, the ink only
the weights of its tile. What a step of SGD adds to the weights for the ground is the same at every
position, so it is kept once per channel, in `common`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from xo.network.lookup import sum_at
from xo.store.memory import keep_freed_memory

OVERHEAD = 1_200_000  # multiply-adds that fit in the time of starting one tile's three products
SIDES = range(1, 17)  # of tiles, in positions
FREED = 16  # tiles whose memory goes back to the system at a time


class Tiles(NamedTuple):
    """Codes `(N, H, W)` in square tiles; those without ink (all codes 0) are left out."""

    side: int  # positions
    map_size: tuple[int, ...]  # (H, W)
    codes: Tensor  # int (tiles with ink, side * side), image by image; beyond the edge is ground
    places: Tensor  # int64 (tiles with ink,): which tile of its image, row by row
    starts: Tensor  # int64 (N + 1,): the first tile of each image

    @property
    def grid(self) -> tuple[int, int]:
        """How many tiles cover the map, down and across."""
        return _grid(self.map_size, self.side)

    def batch(self, rows: Tensor) -> TileBatch:
        """The tiles of the images with these numbers `(N,)`, by place."""
        first = self.starts[rows]
        counts = self.starts[rows + 1] - first
        chosen = (first + counts - counts.cumsum(0)).repeat_interleave(counts)
        chosen += torch.arange(len(chosen))
        places, order = self.places[chosen].sort(stable=True)
        images = torch.arange(len(rows)).repeat_interleave(counts)[order]
        ends = torch.bincount(places, minlength=self.grid[0] * self.grid[1]).cumsum(0).tolist()
        codes = self.codes.index_select(0, chosen[order])
        return TileBatch(codes, images, [slice(*pair) for pair in zip([0, *ends], ends)], len(rows))


class TileBatch(NamedTuple):
    """The tiles with ink of some images."""

    codes: Tensor  # (tiles, side * side)
    images: Tensor  # int64 (tiles,): which image of the batch
    places: list[slice]  # the tiles at each place of the grid
    size: int  # images


def find_tiles(codes: Tensor, work: int) -> Tiles:
    """Tiles of codes `(N, H, W)`, of the side with the least work.

    `work` is the multiply-adds of a batch for one position with ink.
    """
    arrays, map_size = codes.numpy(), tuple(codes.shape[1:])
    sample = arrays[:: -(-len(arrays) // 64)]

    def cost(side: int) -> float:
        down, across = _grid(map_size, side)
        share = _tiled(sample, side).any(2).mean()
        return down * across * (share * side**2 * work + OVERHEAD)

    side = min(SIDES, key=cost)
    tiles = _tiled(arrays, side)
    ink = tiles.any(2)
    starts = np.concatenate([[0], ink.sum(1).cumsum()])
    return Tiles(side, map_size, *map(torch.from_numpy, (tiles[ink], np.nonzero(ink)[1], starts)))


class TiledDense:
    """The weights of the dense layer that follows the maps, tile by tile, taken out of `layer`.

    Its weight (F, C * H * W) is `weights`, reordered, plus `common` of the channel. They take their
    step of SGD as the gradient passes.
    """

    measured, gradient = False, 0.0  # root mean square of the weights' gradient

    def __init__(self, layer: nn.Linear, tiles: Tiles):
        self.layer, self.tiles, outputs = layer, tiles, layer.out_features
        (down, across), side = tiles.grid, tiles.side
        weight = layer.weight.detach().view(outputs, -1, *tiles.map_size)
        self.channels = weight.shape[1]
        self.sums = weight.sum((2, 3)).t().contiguous()  # (C, F), of the layer's weight
        self.common = torch.zeros_like(self.sums)  # (C, F)
        # Of each place (side * side * C, F), in memory of its own, which is freed alone.
        rows = side * side * self.channels
        self.weights = [weight.new_zeros(rows, outputs) for _ in range(down * across)]
        for own, others in self._bands(weight):
            own.copy_(others)
        layer.weight.data = weight.new_empty(0)
        layer.weight.requires_grad_(False)

    def weight(self, keep: bool = True) -> Tensor:
        """A copy of the layer's weight `(F, C * H * W)`; unless `keep`, the tiles are freed."""
        shape = self.channels, *self.tiles.map_size, self.layer.out_features
        weight = self.common.new_empty(shape).permute(3, 0, 1, 2)
        for place, (own, others) in enumerate(self._bands(weight)):
            others.copy_(own)
            if not keep:
                self.weights[place] = own = own.new_empty(0)  # `own` is a view of the tile
                if place % FREED == 0:
                    keep_freed_memory()
        weight += self.common.t()[:, :, None, None]
        return weight.flatten(1)

    def _bands(self, weight: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        """Views `(F, C, h, w)` of the same parts of `weights` and of `weight` (F, C, H, W).

        The weights of each tile: copying them so needs no memory for a third order.
        """
        side, (_, across) = self.tiles.side, self.tiles.grid
        for place, tile in enumerate(self.weights):
            top, left = (side * at for at in divmod(place, across))
            others = weight[:, :, top : top + side, left : left + side]
            own = tile.view(side, side, self.channels, -1).permute(3, 2, 0, 1)
            yield own[:, :, : others.shape[2], : others.shape[3]], others

    def put_back(self) -> None:
        """Gives the layer its weight again; this object is of no use any more."""
        self.layer.weight.data = self.weight(keep=False)

    def __call__(self, values: Tensor, batch: TileBatch, lr: float) -> Tensor:
        """`(N, F)` of window values `(codes, C)`; backward takes the weights' step of SGD too."""
        ground = values[0]
        return _Product.apply(values - ground, ground, self.layer.bias, self, batch, lr)


class _Product(torch.autograd.Function):
    """`ink` (codes, C) is a window's value less the ground's, `ground` (C,) that of no window."""

    @staticmethod
    def forward(
        ctx: Any,
        ink: Tensor,
        ground: Tensor,
        bias: Tensor,
        dense: TiledDense,
        batch: TileBatch,
        lr: float,
    ) -> Tensor:
        codes = batch.codes
        rows = ink.index_select(0, codes.flatten()).view(*codes.shape, dense.channels)
        sums = ink.new_zeros(batch.size, dense.channels).index_add_(0, batch.images, rows.sum(1))
        rows = rows.flatten(1)
        out = torch.addmm(bias + ground @ dense.sums, sums, dense.common)
        for weights, part in zip(dense.weights, batch.places):
            out.index_add_(0, batch.images[part], rows[part] @ weights)
        ctx.save_for_backward(ink, ground, rows, sums)
        ctx.dense, ctx.batch, ctx.lr = dense, batch, lr
        return out

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None, None]:
        ink, ground, rows, sums = ctx.saved_tensors
        dense, batch, lr = ctx.dense, ctx.batch, ctx.lr
        total = grad.sum(0)
        positions = dense.tiles.map_size[0] * dense.tiles.map_size[1]
        if dense.measured:
            ink_products = _image_products(rows, batch)
            cross = sums @ ground  # (N,)
            products = ink_products + cross[:, None] + cross + positions * ground @ ground
            dense.gradient = gradient_size(products, grad, positions * ground.numel() * len(total))
        grad_ground = dense.sums @ total
        grad_common = grad @ dense.common.t()  # (N, C)
        grad_rows = torch.empty_like(rows)
        for weights, part in zip(dense.weights, batch.places):
            grads = grad.index_select(0, batch.images[part])
            torch.mm(grads, weights.t(), out=grad_rows[part])
            weights.addmm_(rows[part].t(), grads, alpha=-lr)
        grad_rows = grad_rows.view(*batch.codes.shape, -1)
        grad_rows += grad_common.index_select(0, batch.images)[:, None]
        grads = grad_rows.view(-1, dense.channels).t()
        grad_ink = sum_at(batch.codes.flatten(), grads, len(ink))
        grad_ink[0] = 0  # the ground's ink is none
        step = -lr * torch.outer(ground, total)
        dense.common += step
        dense.sums.addmm_(sums.t(), grad, alpha=-lr).add_(step, alpha=positions)
        return grad_ink, grad_ground, total, None, None, None


def gradient_size(products: Tensor, grad: Tensor, weights: int) -> float:
    """Root mean square of a dense layer's gradient, which itself is as large as its weights.

    From the products of the images' inputs with each other `(N, N)`, and the gradient of the
    outputs `(N, F)`: the squares of grad.T @ x sum up to those of the products' products.
    """
    return float(((grad @ grad.t()) * products).sum().div(weights).clamp_min(0).sqrt())


def _image_products(rows: Tensor, batch: TileBatch) -> Tensor:
    """`(N, N)`: the products of the images' ink `(tiles, inputs)` with each other."""
    places = len(batch.places)
    sizes = torch.tensor([part.stop - part.start for part in batch.places])
    ink = rows.new_zeros(batch.size * places, rows.shape[1])
    ink[batch.images * places + torch.arange(places).repeat_interleave(sizes)] = rows
    ink = ink.view(batch.size, -1)
    return ink @ ink.t()


def _grid(map_size: tuple[int, ...], side: int) -> tuple[int, int]:
    return -(-map_size[0] // side), -(-map_size[1] // side)


def _tiled(codes: np.ndarray, side: int) -> np.ndarray:
    """`(N, H, W) -> (N, tiles, side * side)`, row by row."""
    count, height, width = codes.shape
    padded = np.pad(codes, ((0, 0), (0, -height % side), (0, -width % side)))
    down, across = _grid((height, width), side)
    tiles = padded.reshape(count, down, side, across, side).swapaxes(2, 3)
    return tiles.reshape(count, down * across, side * side)
