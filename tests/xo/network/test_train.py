from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from tests.xo.records import colour_set
from xo.cli import original_log
from xo.network.evaluate import evaluate
from xo.network.step import sgd_step
from xo.network.train import labelled_data, train
from xo.variants import VARIANTS

ONE_EPOCH = replace(VARIANTS["features"], epochs=1)


def test_one_seed_gives_the_same_bytes_and_two_do_not(small):
    one, again, other = (train(ONE_EPOCH, small, seed) for seed in (0, 0, 1))
    assert one.measured.epochs == again.measured.epochs
    assert {name: array.tobytes() for name, array in one.arrays.items()} == {
        name: array.tobytes() for name, array in again.arrays.items()
    }
    assert one.arrays["batch_loss"].tobytes() != other.arrays["batch_loss"].tobytes()
    assert one.arrays["conv1.kernels"].tobytes() != other.arrays["conv1.kernels"].tobytes()


def test_what_a_run_leaves_agrees_with_itself(small):
    trained = train(ONE_EPOCH, small, 0)
    measured, arrays = trained.measured, trained.arrays
    right = arrays["test_probabilities"].argmax(1) == arrays["test_labels"]
    assert measured.epochs[-1].test_accuracy == right.mean()
    assert (
        np.trace(measured.confusion) == right.sum()
        and np.sum(measured.confusion) == len(measured.test_ids) == 20
    )
    assert arrays["batch_loss"].shape == (1, 3)  # 160 images in batches of 64
    weights = np.array([64, 64, 32]) / 160
    assert measured.epochs[0].train_loss == pytest.approx(arrays["batch_loss"][0] @ weights)
    assert list(arrays["shown_labels"]) == [0, 0, 1, 1]
    assert np.array_equal(arrays["conv2.kernels"][-1], trained.net.conv[1].weight.detach().numpy())


def test_a_record_follows_kernels_layers_and_a_sample_of_the_training_images(small):
    trained = train(replace(ONE_EPOCH, epochs=3), small, 0)
    measured, arrays = trained.measured, trained.arrays
    assert arrays["conv3.kernels"].shape == (4, 5, 5, 3, 3)  # before, and after each epoch
    assert arrays["conv3.biases"].shape == (4, 5)
    names = ["conv1", "conv2", "conv3", "dense1", "dense2", "logits"]
    for states in (measured.untrained, *(epoch.layers for epoch in measured.epochs)):
        assert [state.name for state in states] == names
    epoch = measured.epochs[-1]
    assert epoch.largest_batch_loss == max(arrays["batch_loss"][-1])
    sample = np.linspace(0, 159, 20).astype(int)  # as many as there are test images
    of_sample = evaluate(
        trained.net,
        torch.tensor(small.train.images[sample]),
        torch.tensor(small.train.labels[sample]),
    )
    assert epoch.sample_loss == pytest.approx(of_sample.loss, rel=1e-5)
    assert epoch.sample_accuracy == of_sample.accuracy


def test_only_the_first_seed_of_a_variant_that_asks_keeps_dense_weights_by_epoch(small):
    trained = train(ONE_EPOCH, small, 0)
    arrays = trained.arrays
    assert arrays["dense1.weights"].dtype == np.int8 and len(arrays["dense1.weights"]) == 2
    for name, layer in zip(("dense1", "dense2", "logits"), trained.net.dense):
        scales = arrays[f"{name}.scales"][-1][:, None]
        found = arrays[f"{name}.weights"][-1] * scales
        assert np.abs(found - layer.weight.detach().numpy()).max() <= 0.51 * scales.max()
    assert "dense1.weights" not in train(ONE_EPOCH, small, 1).arrays
    assert "dense1.weights" not in train(replace(VARIANTS["baseline"], epochs=1), small, 0).arrays


def test_the_loss_of_an_epoch_is_an_exact_sum_in_every_version_of_python(small, monkeypatch):
    """Before Python 3.12, `sum` drops the small losses."""
    losses = iter([1e16, 1.0, 1.0])

    def step_with_loss(*arguments):
        return sgd_step(*arguments)._replace(loss=next(losses))

    monkeypatch.setattr("xo.network.train.sgd_step", step_with_loss)
    trained = train(ONE_EPOCH, small, 0)
    assert trained.measured.epochs[0].train_loss == math.fsum([64e16, 64, 32]) / 160


@pytest.mark.parametrize("head", [{}, {"head": "average", "dense": ()}])
def test_colour_images_are_learned_where_grey_ones_would_be_alike(head):
    data = colour_set()
    row = replace(VARIANTS["baseline"], epochs=12, lr=0.02, batch_size=4, **head)
    trained = train(replace(row, initialisation="kaiming"), data, 0)
    assert trained.measured.epochs[-1].test_accuracy == 1
    assert trained.arrays["shown_images"].shape == (4, 30, 30, 3)
    assert trained.arrays["conv1.kernels"].shape == (13, 9, 3, 3, 3)
    for layer in trained.measured.layers[1:]:
        assert trained.arrays[f"maps.{layer.name}"].shape == (4, *layer.shape)


def test_the_recorded_maps_are_those_of_the_trained_network(small):
    trained = train(ONE_EPOCH, small, 0)
    x = torch.tensor(trained.arrays["shown_images"])[:, None].float() / 255
    first = trained.net.conv[0](x)
    np.testing.assert_allclose(trained.arrays["maps.conv1"], first.detach(), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(
        trained.arrays["maps.relu1"],
        torch.relu(nn.functional.max_pool2d(first, 2)).detach(),
        rtol=1e-3,
        atol=1e-5,
    )
    shapes = {row.name: tuple(row.shape) for row in trained.measured.layers}
    for name, shape in shapes.items():
        if name != "input":
            assert trained.arrays[f"maps.{name}"].shape == (4, *shape)


def test_the_wrong_folder_asks_which_split_an_image_came_from(small):
    training, testing, classes = labelled_data(VARIANTS["three-conv-wrong-folder"], small)
    assert classes == ("test", "train")
    assert torch.bincount(training.labels).tolist() == [20, 160]
    # measured on every ninth image of both, so that the shares stay
    assert torch.bincount(testing.labels).tolist() == [3, 17]
    assert testing.numbers[1] == training.numbers[9] and testing.ids[1] == training.ids[9]
    # the numbers count the training images, then the test images
    images = small.images[training.numbers]
    assert np.array_equal(images[:20], small.test.images)
    assert np.array_equal(images[20:], small.train.images)


def test_uneven_classes_have_the_shares_of_the_two_folders(small):
    training, testing, classes = labelled_data(VARIANTS["three-conv-uneven"], small)
    assert classes == small.classes and testing.ids == small.test.ids
    # Of 80 and 80 training images the second class twice, and of the first as many as make the
    # shares of 20 test images and 160 training images.
    assert torch.bincount(training.labels).tolist() == [20, 160]
    assert len(set(training.ids)) == 20 + 80


def test_evaluation_counts_by_eye():
    class Fixed(nn.Module):
        def forward(self, x):
            return torch.tensor([[9.0, 0], [0, 9], [9, 0]])[: len(x)]

    found = evaluate(Fixed(), torch.zeros(3, 4, 4, dtype=torch.uint8), torch.tensor([0, 0, 1]))
    assert found.confusion.tolist() == [[1, 1], [1, 0]]
    assert found.accuracy == pytest.approx(1 / 3)


def test_the_original_log_is_a_tenth_of_the_mean_of_ten_batches():
    losses = np.full((2, 27), np.log(2))
    assert original_log(losses) == [
        "[1    10] loss: 0.069",
        "[1    20] loss: 0.069",
        "[2    10] loss: 0.069",
        "[2    20] loss: 0.069",
    ]
