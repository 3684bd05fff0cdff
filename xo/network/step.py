"""A step of SGD, and the two ways to compute the layers in it: plainly, or by distinct windows.

Both give the same losses and weights up to float rounding. `computation` chooses by counting
windows. In both, the first dense layer, which holds nearly all weights, takes its own step as the
gradient passes, so that its gradient is never stored.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from xo.network.evaluate import as_input
from xo.network.kept_windows import windows_of
from xo.network.lookup import Needed, SumOfRows, Windows, window_maps
from xo.network.tiles import TiledDense, find_tiles, gradient_size
from xo.store.memory import keep_freed_memory

if TYPE_CHECKING:
    from xo.data.dataset import DataSet
    from xo.network.model import Net

BLOCK = 256  # inputs of a dense layer whose weights stay in the processor's cache


def computation(net: Net, data: DataSet, batch_size: int) -> Computation:
    """The faster way to compute `net` on the images of `data`."""
    windows = None if net.averages else windows_of(net, data)
    return ByWindow(net, windows, batch_size) if windows else ByPosition(net, data)


class Computation:
    """How the layers of a network are computed for images given by number.

    Numbers count the training images of a data set, then its test images.
    """

    net: Net
    dense: Any  # the first dense layer: PlainDense or TiledDense
    at_once: int  # images, to bound memory

    def layers(self, images: Tensor, lr: float = 0.0) -> Iterator[tuple[str, Tensor]]:
        """conv1, conv2, ... after pooling and ReLU, dense1, ... after ReLU, logits.

        Of images `(N,)`: maps `(N, C, H, W)`, or `(codes, C)` where they are looked up; `(N, F)`.
        `lr` is the step that the first dense layer takes when gradients pass it.
        """
        raise NotImplementedError

    def counts(self, images: Tensor, counted: Tensor) -> dict[str, Tensor]:
        """How often each row `(codes,)` of a layer that is looked up for `images` occurs in those
        of them that are `counted`.
        """
        return {}


class ByPosition(Computation):
    """Plain layers; maps are channels-last in memory, for faster convolutions."""

    at_once = 100

    def __init__(self, net: Net, data: DataSet):
        self.net = net.to(memory_format=torch.channels_last)
        self.images = torch.from_numpy(data.images)
        self.dense = PlainDense(net.dense[0])

    def layers(self, images: Tensor, lr: float = 0.0) -> Iterator[tuple[str, Tensor]]:
        yield from plain_layers(self.net, as_input(self.images[images]), self.dense, lr)


class ByWindow(Computation):
    """Convolutions by distinct windows; where all of them are, the first dense layer by tiles."""

    at_once = 1024

    def __init__(self, net: Net, windows: Windows, batch_size: int):
        self.net, self.windows = net, windows
        self.depth = len(windows.blocks)
        if self.depth == len(net.conv):
            weights = net.dense[0].weight.numel() // windows.codes[0].numel()  # of a position
            tiles = find_tiles(windows.codes, 3 * batch_size * weights)
            keep_freed_memory()  # returns what finding windows and tiles took
            self.dense = TiledDense(net.dense[0], tiles)
            keep_freed_memory()  # and the weights' first layout
        else:
            net.to(memory_format=torch.channels_last)
            self.dense = PlainDense(net.dense[0])

    def layers(self, images: Tensor, lr: float = 0.0) -> Iterator[tuple[str, Tensor]]:
        dense, windows = self.dense, self.windows
        if isinstance(dense, TiledDense):
            batch = dense.tiles.batch(images)
            needed = windows.needed(batch.codes)
            for name, values in self._looked_up(needed):
                yield name, values
            batch = batch._replace(codes=needed.codes)
            yield from self.net.head_steps(values, lambda values: dense(values, batch, lr))
        else:
            needed = windows.needed(windows.codes[images])
            for name, values in self._looked_up(needed):
                yield name, values
            rows = SumOfRows.apply(values, needed.codes.view(-1, 1))
            maps = rows.view(*needed.codes.shape, -1).permute(0, 3, 1, 2)  # (N, C, H, W)
            yield from plain_layers(self.net, maps, dense, lr, self.depth)

    def _looked_up(self, needed: Needed) -> Iterator[tuple[str, Tensor]]:
        maps = window_maps(self.net, self.depth, self.windows.pixels, needed.tables)
        yield from ((f"conv{k}", values) for k, values in enumerate(maps, 1))

    def counts(self, images: Tensor, counted: Tensor) -> dict[str, Tensor]:
        dense, codes = self.dense, self.windows.codes
        tiled = isinstance(dense, TiledDense)
        rows = self.windows.needed(dense.tiles.batch(images).codes if tiled else codes[images]).rows
        return {
            f"conv{k}": counts if rows[end] is None else counts[rows[end]]
            for k, (end, counts) in enumerate(self.windows.counts(counted), 1)
        }


def plain_layers(
    net: Net, x: Tensor, dense: PlainDense, lr: float, depth: int = 0
) -> Iterator[tuple[str, Tensor]]:
    """The layers after the first `depth` convolutions, whose maps are `x` `(N, C, H, W)`."""
    for name, maps in net.feature_steps(x, depth):
        if name.startswith("relu"):
            yield name.replace("relu", "conv"), maps
    yield from net.head_steps(maps.flatten(1), lambda flat: dense(flat, lr))


class Step(NamedTuple):
    """One step of SGD, measured before the weights changed."""

    loss: float  # mean cross-entropy of the batch in nats
    correct: int  # images classified correctly
    images: int  # of the batch
    gradients: dict[str, float]  # root mean square over the weights of each layer, where asked for


def sgd_step(
    computation: Computation, images: Tensor, labels: Tensor, lr: float, measured: bool = False
) -> Step:
    """One step of SGD on the mean cross-entropy of images `(N,)`, given by number.

    With `measured`, the sizes of the gradients are found too.
    """
    net, first = computation.net, computation.dense
    first.measured = measured
    for _, logits in computation.layers(images, lr):  # noqa: B007
        pass
    loss = F.cross_entropy(logits, labels)
    loss.backward()
    gradients = {}
    if measured:
        layers: dict[str, nn.Module] = {f"conv{k}": conv for k, conv in enumerate(net.conv, 1)}
        layers |= {f"dense{k}": dense for k, dense in enumerate(net.dense[:-1], 1)}
        layers["logits"] = net.dense[-1]
        for name, layer in layers.items():
            grad = cast("Tensor", layer.weight).grad
            gradients[name] = (
                float(grad.square().mean().sqrt()) if grad is not None else first.gradient
            )
    with torch.no_grad():
        for parameter in net.parameters():
            if parameter.grad is not None:
                parameter.add_(parameter.grad, alpha=-lr)
                parameter.grad = None
    return Step(loss.item(), int((logits.argmax(1) == labels).sum()), len(labels), gradients)


class PlainDense:
    """The first dense layer, whose weights take their step of SGD as the gradient passes."""

    measured, gradient = False, 0.0  # root mean square of the weights' gradient

    def __init__(self, layer: nn.Linear):
        self.layer = layer
        # (outputs, inputs): the weights of an input, and so those of a block, become neighbors.
        layer.weight.data = layer.weight.data.t().contiguous().t()
        layer.weight.requires_grad_(False)

    def __call__(self, x: Tensor, lr: float) -> Tensor:
        """`(N, inputs) -> (N, outputs)`."""
        return _UpdatingLinear.apply(x, self.layer.bias, self, lr)

    def weight(self) -> Tensor:
        """The layer's weight `(outputs, inputs)`."""
        return self.layer.weight

    def put_back(self) -> None:
        """The layer has kept its weight."""


class _UpdatingLinear(torch.autograd.Function):
    """Finds `grad_x` and does `W -= lr * grad_out.T @ x` block by block.

    So a block of weights is read from memory once.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, bias: Tensor, dense: PlainDense, lr: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.dense, ctx.lr = dense, lr
        return torch.addmm(bias, x, dense.layer.weight.t())

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None, None]:
        (x,) = ctx.saved_tensors
        weight, grad_x = ctx.dense.layer.weight, torch.empty_like(x)
        if ctx.dense.measured:
            ctx.dense.gradient = gradient_size(x @ x.t(), grad, weight.numel())
        for block in (slice(start, start + BLOCK) for start in range(0, x.shape[1], BLOCK)):
            torch.mm(grad, weight[:, block], out=grad_x[:, block])
            weight[:, block].addmm_(grad.t(), x[:, block], alpha=-ctx.lr)
        return grad_x, grad.sum(0), None, None
