from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from tests.xo.records import colour_set, with_images
from xo.data.dataset import DataSet
from xo.network.evaluate import evaluate
from xo.network.model import Net, untrained_network
from xo.network.monitor import Monitor
from xo.network.step import ByPosition, ByWindow, computation, sgd_step
from xo.network.train import labelled_data
from xo.variants import VARIANTS, Variant

NARROW = {"dense": (120, 64)}  # where width is not what is tested


def one_per_network() -> dict[str, Variant]:
    """The variants, without those that only learn from other images or labels, at another rate or
    for other epochs than one before them.
    """
    found: dict[tuple[object, ...], Variant] = {}
    for row in VARIANTS.values():
        found.setdefault((row.channels, row.kernels, row.pool, row.dense, row.head), row)
    return {row.name: row for row in found.values()}


SETTINGS = {
    **one_per_network(),
    "average": replace(VARIANTS["three-conv"], head="average", dense=()),
    "kaiming": replace(VARIANTS["features"], initialisation="kaiming", lr=0.02),
    "split-as-labels": VARIANTS["three-conv-wrong-folder"],
    "odd-kernels": replace(VARIANTS["baseline"], kernels=(5, 2), dense=(40, 20)),
    "first-one-by-one": replace(VARIANTS["baseline"], kernels=(1, 3), dense=(40, 20)),
}
CASES = [(name, images) for name in SETTINGS for images in ("one-bit", "noisy")]


@pytest.fixture(scope="module")
def middle(small: DataSet) -> DataSet:
    """The middle of the images, which asks the same of any network in less time."""
    return with_images(small, lambda images: images[:, 28:88, 26:92])


def noisy(data: DataSet) -> DataSet:
    """Grey images, of which hardly two windows are alike."""

    def change(images: np.ndarray) -> np.ndarray:
        return images // 2 + np.random.default_rng(0).integers(0, 60, images.shape, np.uint8)

    return with_images(data, change)


def images_to_test_on(data: DataSet) -> tuple[torch.Tensor, torch.Tensor]:
    """The numbers of the test images, and their labels."""
    count = len(data.train.labels)
    return torch.arange(count, count + len(data.test.labels)), torch.tensor(data.test.labels)


def inverted(data: DataSet) -> DataSet:
    """White strokes on a black ground."""
    return with_images(data, lambda images: 255 - images)


def three_steps_as_usual(net: Net, data: DataSet, name: str) -> list[float]:
    """The losses of three steps by PyTorch's own layers, loss and optimizer."""
    training, _, _ = labelled_data(SETTINGS[name], data)
    optimizer = torch.optim.SGD(net.parameters(), lr=SETTINGS[name].lr)
    losses = []
    for batch in batches(len(training.labels)):
        images = torch.tensor(data.images[training.numbers[batch]])[:, None].float() / 255
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(usual_order(net, images), training.labels[batch])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def batches(count: int) -> tuple[torch.Tensor, ...]:
    return torch.randperm(count, generator=torch.Generator().manual_seed(0))[:150].split(50)


def usual_order(net: Net, x: torch.Tensor) -> torch.Tensor:
    for conv, pool in zip(net.conv, net.pool):
        after = isinstance(pool, nn.MaxPool2d)
        x = pool(torch.relu(conv(x))) if after else torch.relu(pool(conv(x)))
    return net.head(x.mean((2, 3)) if net.averages else x.flatten(1))


@pytest.mark.parametrize(("name", "images"), CASES)
def test_three_steps_equal_those_of_the_usual_layers(name, images, middle):
    data = noisy(middle) if images == "noisy" else middle
    variant = SETTINGS[name]
    training, _, classes = labelled_data(variant, data)
    ours, usual = (untrained_network(variant, data.image_size, len(classes), 3) for _ in range(2))
    network = computation(ours, data, variant.batch_size)
    by_window = images == "one-bit" and not ours.averages and name != "first-one-by-one"
    assert isinstance(network, ByWindow if by_window else ByPosition)
    losses = [
        sgd_step(network, training.numbers[batch], training.labels[batch], variant.lr).loss
        for batch in batches(len(training.labels))
    ]
    network.dense.put_back()
    assert losses == pytest.approx(three_steps_as_usual(usual, data, name), rel=1e-5)
    for mine, theirs in zip(ours.parameters(), usual.parameters()):
        torch.testing.assert_close(mine, theirs, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("name", ["baseline", "three-conv", "no-pooling", "trained-pooling"])
def test_gradients_are_exact_in_double_precision(name, middle):
    """After one step, which is the gradient, and with a ground that is not white."""
    data = inverted(middle)
    variant = replace(VARIANTS[name], **NARROW)
    ours, usual = (untrained_network(variant, data.image_size, 2, 3).double() for _ in range(2))
    network = computation(ours, data, 64)
    network.windows = network.windows._replace(pixels=network.windows.pixels.double())
    images, labels = torch.arange(40, 104), torch.tensor(data.train.labels[40:104])
    sgd_step(network, images, labels, lr=1.0)
    network.dense.put_back()

    x = torch.tensor(data.images[images])[:, None].double() / 255
    nn.functional.cross_entropy(usual_order(usual, x), labels).backward()
    for mine, theirs in zip(ours.parameters(), usual.parameters()):
        torch.testing.assert_close(mine, theirs - theirs.grad, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["baseline", "three-conv", "no-pooling", "one-by-one"])
def test_both_computations_agree_on_the_state_of_the_layers(name, middle):
    images, labels = torch.arange(0, 160, 2), torch.tensor(middle.train.labels[::2])
    testing = images_to_test_on(middle)
    states = []
    for kind in (ByPosition, lambda net, data: computation(net, data, 64)):
        variant = replace(VARIANTS[name], **NARROW)
        net = untrained_network(variant, middle.image_size, 2, 3)
        network = kind(net, middle)
        monitor = Monitor(network, (images, labels), testing)
        step = sgd_step(network, images[:64], labels[:64], 0.1, measured=True)
        of_sample, of_test, found = monitor.measure()
        states.append([each.state(name, step.gradients[name]) for name, each in found.items()])

        network.dense.put_back()
        for measured, numbers, truth in ((of_sample, images, labels), (of_test, *testing)):
            expected = evaluate(net, torch.from_numpy(middle.images[numbers]), truth)
            assert measured.accuracy == expected.accuracy
            assert measured.loss == pytest.approx(expected.loss, rel=1e-4)
            assert torch.equal(measured.confusion, expected.confusion)
    for one, other in zip(*states, strict=True):
        assert one.name == other.name
        assert one.alive == other.alive
        assert one.activation == pytest.approx(other.activation, rel=0.02)
        assert one.gradient == pytest.approx(other.gradient, rel=1e-3)


def test_a_layer_is_alive_where_an_image_excites_it(middle):
    net = untrained_network(VARIANTS["baseline"], middle.image_size, 2, 0)
    with torch.no_grad():
        net.conv[0].bias[:3] = -100  # of 9 channels
        net.dense[1].bias[:16] = -100  # of 64 units
    sample = torch.arange(20), torch.tensor(middle.train.labels[:20])
    *_, found = Monitor(computation(net, middle, 64), sample, images_to_test_on(middle)).measure()
    alive = {name: each.state(name, 0.0).alive for name, each in found.items()}
    assert alive["conv1"] <= 6 / 9 and alive["dense2"] <= 48 / 64 and alive["logits"] is None


def test_steps_learn_to_tell_red_from_blue():
    data = colour_set()
    net = untrained_network(VARIANTS["baseline"], (30, 30), 2, seed=0, in_channels=3)
    network = computation(net, data, 16)
    images, labels = torch.arange(32), torch.tensor(data.train.labels)
    losses = [sgd_step(network, images, labels, lr=0.1).loss for _ in range(80)]
    assert losses[0] > 0.6 and losses[-1] < 0.1
