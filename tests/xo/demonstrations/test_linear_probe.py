"""Probes are ridge regressions, and patches are what activates a channel most."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.xo.records import record_of
from xo.data.dataset import DataSet, Split
from xo.demonstrations import linear_probe as probing
from xo.demonstrations.linear_probe import PENALTIES, probe, probes, values_by_depth
from xo.demonstrations.top_patches import (
    by_rank,
    expected_largest_share,
    patches,
    ranked,
    typical_share,
)
from xo.network.evaluate import as_input
from xo.network.model import untrained_network
from xo.variants import Variant

SIZE = (34, 30)
ROW = Variant("features", "", "", channels=(4, 3, 3), dense=(12, 8))
DEPTHS = ["input", "relu1", "relu2", "relu3", "dense1", "dense2"]


def drawn(classes: int = 2, train: int = 12, test: int = 6) -> DataSet:
    """Horizontal bars, vertical bars, and for a third class both, with a little noise."""
    rng = np.random.default_rng(0)

    def split(each: int) -> Split:
        images = np.full((classes * each, *SIZE), 255, np.uint8)
        labels = np.repeat(np.arange(classes), each)
        for image, label in zip(images, labels):
            row, column = rng.integers(4, 20, 2)
            image[row : row + 3, 2:28] = 0 if label != 1 else 255
            if label:
                image[2:32, column : column + 3] = 0
            image[rng.random(SIZE) < 0.01] = 0
        return Split(labels, tuple(f"c{k}/{i}.png" for i, k in enumerate(labels)), images)

    return DataSet(
        "drawn",
        Path(),
        tuple(f"c{k}" for k in range(classes)),
        SIZE,
        "digest",
        split(train),
        split(test),
    )


def networks(n: int = 2, classes: int = 2) -> dict:
    data = drawn(classes)
    return {
        "features": [
            (
                record_of(ROW, data, seed, accuracy=1.0 - seed / 2),
                untrained_network(ROW, SIZE, classes, seed + 50).eval(),
            )
            for seed in range(n)
        ]
    }


# probes


def by_hand(train: np.ndarray, labels: np.ndarray, test: np.ndarray, penalty: float) -> np.ndarray:
    """The scores `(m, classes)` of a ridge regression, in as many equations as there are values."""
    spread = train.std(0)
    kept = spread > 1e-6
    x, t = (
        (each[:, kept] - train[:, kept].mean(0)) / spread[kept] / kept.sum() ** 0.5
        for each in (train, test)
    )
    targets = np.eye(labels.max() + 1)[labels]
    weights = np.linalg.solve(
        x.T @ x + penalty * np.eye(kept.sum()), x.T @ (targets - targets.mean(0))
    )
    return targets.mean(0) + t @ weights


@pytest.mark.parametrize("values", [9, 60])  # fewer and more than images
@pytest.mark.parametrize("classes", [2, 3])
def test_a_probe_is_the_ridge_regression_of_the_classes(values, classes):
    rng = np.random.default_rng(1)
    train, test = (
        rng.normal(size=(30, values)).astype(np.float32),
        rng.normal(size=(200, values)).astype(np.float32),
    )
    train[:, 3] = test[:, 3] = 7  # says nothing
    labels, test_labels = rng.integers(0, classes, 30), rng.integers(0, classes, 200)
    labels[:classes] = range(classes)
    result = probe(*(torch.tensor(each) for each in (train, test, labels, test_labels)))
    expected = [
        (by_hand(train, labels, test, penalty).argmax(1) == test_labels).mean()
        for penalty in PENALTIES
    ]
    np.testing.assert_allclose(
        result.test, expected, atol=0.011
    )  # one or two ties of 200 may fall otherwise
    assert len(set(result.test)) > 1


@pytest.mark.parametrize("values", [9, 60])
def test_left_out_images_are_judged_by_a_probe_without_them(values):
    rng = np.random.default_rng(2)
    x, labels = rng.normal(size=(40, values)), np.arange(40) % 2
    x[labels == 1, 0] += 2.5
    x = (x - x.mean(0)) / x.std(0)
    result = probe(
        *(
            torch.tensor(each)
            for each in (x.astype(np.float32), x.astype(np.float32), labels, labels)
        )
    )
    for penalty, found in zip(PENALTIES, result.left_out):
        right = 0
        for i in range(40):
            rest, targets = np.delete(x, i, 0), np.eye(2)[np.delete(labels, i)]
            mean, center = rest.mean(0), targets.mean(0)  # the scale stays that of all images
            weights = np.linalg.solve(
                (rest - mean).T @ (rest - mean) / values + penalty * np.eye(values),
                (rest - mean).T @ (targets - center) / values**0.5,
            )
            right += (center + (x[i] - mean) / values**0.5 @ weights).argmax() == labels[i]
        assert found == pytest.approx(right / 40, abs=0.026)  # one tie
    assert result.left_out.min() < result.test.min()  # which are the training images here


def test_values_that_do_not_vary_leave_a_blind_guess():
    labels = torch.tensor([0, 0, 0, 1, 1])
    result = probe(
        torch.full((5, 20), 0.3), torch.full((4, 20), 0.7), labels, torch.tensor([0, 1, 1, 1])
    )
    assert result.test.tolist() == [0.25] * len(PENALTIES)


@pytest.mark.parametrize("classes", [2, 3])
def test_every_depth_of_every_seed_is_probed_under_one_penalty(classes):
    data, nets = drawn(classes), networks(3, classes)
    facts, arrays = probes(nets, data)
    assert (
        facts["depths"]
        == DEPTHS
        == list(facts["accuracy"])
        == list(facts["untrained"])
        == list(facts["sizes"])
    )
    assert all(
        len(facts[state][depth]) == 3 for state in ("accuracy", "untrained") for depth in DEPTHS
    )
    assert (
        facts["seeds"] == [0, 1, 2]
        and facts["solved"] == [True, False, False]
        and facts["n_solved"] == 1
    )
    assert (facts["images_train"], facts["images_test"]) == (12 * classes, 6 * classes) and facts[
        "blind"
    ] == pytest.approx(1 / classes)
    assert facts["sizes"]["input"] == 34 * 30 and facts["sizes"]["dense2"] == 8
    assert len(set(facts["accuracy"]["input"])) == 1 and facts["relu1"] == np.median(
        facts["accuracy"]["relu1"]
    )
    assert facts["untrained_best"] == max(np.median(v) for v in facts["untrained"].values())
    assert arrays["left_out"].shape == (3, 6, len(PENALTIES))
    assert facts["penalty"] == PENALTIES[int(arrays["left_out"].mean((0, 1)).argmax())]
    net = nets["features"][1][1]
    with torch.no_grad():
        values = [
            values_by_depth(net, torch.tensor(part.images))[1][1].numpy()
            for part in (data.train, data.test)
        ]
    right = (
        by_hand(
            values[0].astype(float), data.train.labels, values[1].astype(float), facts["penalty"]
        ).argmax(1)
        == data.test.labels
    ).mean()
    assert facts["accuracy"]["relu2"][1] == pytest.approx(
        right, abs=1 / len(data.test.labels) + 1e-9
    )


@torch.inference_mode()
def test_the_depths_are_the_networks_own():
    data, ((_, net),) = drawn(), networks(1)["features"]
    images = torch.tensor(data.train.images)
    found = dict(values_by_depth(net, images))
    torch.testing.assert_close(net.dense[-1](found["dense2"]), net(as_input(images)))
    torch.testing.assert_close(net.head(found["relu3"]), net(as_input(images)))


def test_the_untrained_network_is_the_one_that_training_starts_from():
    net = untrained_network(ROW, SIZE, 3, 5)
    state = torch.random.get_rng_state()
    again = probing.network_before_training(record_of(ROW, drawn(3), seed=5))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), net.parameters()))


# patches


def test_patches_are_what_the_strongest_value_of_an_image_sees():
    data, nets = drawn(3), networks(1, 3)
    net = nets["features"][0][1]
    facts, arrays = patches(nets, data)
    assert [facts[f"field_{k}"] for k in (1, 2, 3)] == [4, 10, 22] and [
        facts[f"units_{k}"] for k in (1, 2, 3)
    ] == [4, 3, 3]
    for k in (1, 2, 3):
        with torch.no_grad():
            maps = dict(net.feature_steps(as_input(torch.tensor(data.test.images))))[
                f"relu{k}"
            ].numpy()  # (N, C, h, w)
        field, stride, images = facts[f"field_{k}"], facts[f"stride_{k}"], arrays[f"images{k}"]
        for channel in range(facts[f"units_{k}"]):
            order = np.sort(maps[:, channel].max((1, 2)))[::-1]
            np.testing.assert_allclose(
                arrays[f"values{k}"][channel], order[:8], rtol=1e-4, atol=1e-6
            )
            assert len(set(images[channel])) == 8
            for i, (row, column) in enumerate(arrays[f"places{k}"][channel]):
                image = images[channel, i]
                assert maps[image, channel, row, column] == maps[image, channel].max()
                expected = data.test.images[image][
                    row * stride : row * stride + field, column * stride : column * stride + field
                ]
                assert (
                    expected.shape == (field, field)
                    and (arrays[f"patches{k}"][channel, i] == expected).all()
                )
        assert (arrays[f"labels{k}"] == data.test.labels[images]).all()
        assert facts[f"ids_{k}"][0][0] == data.test.ids[images[0, 0]]


def test_among_equal_values_the_classes_take_turns():
    labels = np.array([0, 0, 0, 1, 1, 1])
    assert ranked(np.array([1, 1, 1, 1, 1, 1.0]), labels).tolist() == [0, 3, 1, 4, 2, 5]
    assert ranked(np.array([1, 1.0000001, 1, 1, 1, 2.0]), labels).tolist() == [
        5,
        0,
        3,
        1,
        4,
        2,
    ]  # rounding is no order


def test_a_channel_that_never_fires_is_silent():
    data, nets = drawn(), networks(1)
    net = nets["features"][0][1]
    with torch.no_grad():
        net.conv[1].weight[2] = 0
        net.conv[1].bias[2] = -1
    facts, arrays = patches(nets, data)
    assert (
        facts["silent_2"] == 1
        and arrays["values2"][2].max() == 0
        and 0.5 <= facts["same_class_2"] <= 1
    )
    with torch.no_grad():
        net.conv[1].weight[:] = 0
        net.conv[1].bias[:] = -1
    assert patches(nets, data)[0]["same_class_2"] is None


def test_what_chance_gives_of_one_class():
    assert expected_largest_share(np.array([0, 0, 1, 1]), 1) == 1
    assert expected_largest_share(np.array([0, 0, 1, 1]), 2) == pytest.approx(0.75, abs=0.02)


def test_images_are_taken_from_the_head_the_middle_and_the_end_of_the_line():
    values, labels = np.array([1.0, 9, 5, 7, 3, 8, 2, 6, 4]), np.zeros(9, dtype=int)
    assert by_rank(values, labels).tolist() == [[1, 5, 3], [7, 2, 8], [4, 6, 0]]
    assert by_rank(values[:2], labels[:2]).tolist() == [[1, 0]] * 3


def test_a_typical_response_is_the_median_by_the_largest_of_channels_that_respond():
    values = np.array([[4.0, 0, 10], [2, 0, 1], [1, 0, 9]])
    assert typical_share(values) == pytest.approx((2 / 4 + 9 / 10) / 2)
    assert typical_share(np.zeros((3, 2))) is None
