"""Few-shot probes are ridge regressions on the images whose labels are told, and on no other."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.xo.demonstrations.test_linear_probe import DEPTHS, SIZE, drawn, networks
from xo.demonstrations.few_shot import (
    DRAWS,
    LABELLED,
    drawn_images,
    few_shot,
    few_shot_probes,
    mean_products,
)
from xo.demonstrations.linear_probe import PENALTIES
from xo.demonstrations.table import Unavailable


@pytest.fixture(scope="module", params=[2, 3])
def classes(request) -> int:
    return request.param


@pytest.fixture(scope="module")
def data(classes):
    return drawn(classes, train=25)


@pytest.fixture(scope="module")
def probed(classes, data):
    return few_shot_probes(networks(3, classes), data)


def by_hand(x, y, tests, penalty):
    """Scores of ridge regression in the space of the values, without kernels."""
    targets = np.eye(y.max() + 1)[y] - 1 / (y.max() + 1)
    weights = np.linalg.solve(x.T @ x + penalty * np.eye(x.shape[1]), x.T @ targets)
    return tests @ weights


def test_a_probe_is_the_ridge_regression_on_the_labelled_images(data):
    images = drawn_images(data)
    values = torch.tensor(np.random.default_rng(0).normal(size=(len(images.labels), 7)))
    values[:, 0] += images.labels  # of some use
    found = few_shot(mean_products(values, images.drawn), images, 5)
    centred = (values - values[: images.drawn].mean(0)).numpy()
    centred /= np.sqrt((centred[: images.drawn] ** 2).sum(1).mean())
    n, tests = images.drawn, (len(images.labels) - images.drawn) // 2
    labels = images.labels.numpy()
    for draw in (0, DRAWS - 1):
        rows = images.draws[draw, :, :5].ravel()
        x, y = centred[rows], labels[rows]
        for i, penalty in enumerate(PENALTIES):
            right = by_hand(x, y, centred[n:], penalty).argmax(1) == labels[n:]
            assert found.test[i, draw] == pytest.approx(right[:tests].mean())
            assert found.shifted[i, draw] == pytest.approx(right[tests:].mean())
            without = [
                by_hand(np.delete(x, k, 0), np.delete(y, k), x[k : k + 1], penalty).argmax() == y[k]
                for k in range(len(y))
            ]
            assert found.left_out[i, draw] == pytest.approx(np.mean(without))


def test_every_draw_takes_as_many_images_of_every_class(data, classes):
    images, again = drawn_images(data), drawn_images(data)
    assert (images.draws == again.draws).all()
    assert images.draws.shape == (DRAWS, classes, LABELLED[-1])
    for draw in images.draws:
        assert (images.labels.numpy()[draw] == np.arange(classes)[:, None]).all()
        assert len(np.unique(draw)) == draw.size
    assert len({tuple(draw.ravel()) for draw in images.draws}) == DRAWS
    assert images.drawn <= len(data.train.labels)


def test_shifted_images_are_the_test_images_moved(data):
    images, tests = drawn_images(data), len(data.test.labels)
    shown = images.pixels[images.drawn :].numpy()
    by = images.shift
    assert by == 1 == min(SIZE) // 16 and (shown[:tests] == data.test.images).all()
    assert (shown[tests:, by:, by:] == data.test.images[:, :-by, :-by]).all()
    assert (shown[tests:, :by] == 255).all() and (shown[tests:, :, :by] == 255).all()


def test_every_depth_of_every_seed_is_probed_before_and_after_training(probed, data, classes):
    facts, arrays = probed
    assert facts["depths"] == DEPTHS == list(facts["sizes"])
    assert facts["labelled"] == list(LABELLED) and facts["seeds"] == [0, 1, 2]
    assert len(facts["penalties"]) == len(LABELLED)
    assert facts["blind"] == pytest.approx(1 / classes)
    for array in arrays.values():
        assert array.shape == (2, 6, len(LABELLED), DRAWS, 3)
    pixels = arrays["test"][:, 0]  # of one image the pixels are the same, whatever the network
    assert (pixels == pixels[:1, ..., :1]).all()
    by_seed = arrays["test"][0, 2].mean(1)  # trained, relu2: (labelled, seeds)
    assert facts["relu2_fewest"] == pytest.approx(np.median(by_seed[0]))
    assert facts["relu2"] == pytest.approx(np.median(by_seed.mean(0)))
    assert facts["shifted_relu2_most"] == pytest.approx(
        np.median(arrays["shifted"][0, 2].mean(1)[-1])
    )
    assert facts["untrained_input"] == facts["input"]


def test_more_labels_help_where_classes_can_be_separated(probed):
    assert probed[0]["input_fewest"] < probed[0]["input_most"]


def test_a_network_whose_outputs_are_all_alike_leaves_a_blind_guess(data, classes):
    images = drawn_images(data)
    alike = torch.full((len(images.labels), 4), 0.3)
    found = few_shot(mean_products(alike, images.drawn), images, 2)
    assert found.test == pytest.approx(1 / classes) and found.shifted == pytest.approx(1 / classes)


def test_with_few_images_fewer_are_labelled_and_with_one_none():
    facts, _ = few_shot_probes(networks(1), drawn(train=6))
    assert facts["labelled"] == [2, 5] and facts["most"] == 5
    with pytest.raises(Unavailable, match="too few images to label"):
        drawn_images(drawn(train=1))
