"""Rules without a network: one class, the ink, a linear model; fitted to training images alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.xo.demonstrations.test_linear_probe import drawn
from xo.demonstrations.trivial_baselines import ink, ink_rule, trivial_baselines


def answered(amounts, bounds, answers):
    return answers[np.searchsorted(bounds, amounts)]


def test_ink_is_how_many_pixels_differ_from_the_background():
    image = np.array([[[255, 0, 255], [0, 0, 255]]], np.uint8)
    assert ink(image, 255) == pytest.approx([3]) and ink(255 - image, 0) == pytest.approx([3])
    colour = np.stack([image] * 3, -1)
    assert ink(colour, 255) == pytest.approx([3])
    assert ink(np.full((1, 2, 2), 128, np.uint8), 0) == pytest.approx([4 * 128 / 255])


def test_two_classes_are_told_apart_by_the_bound_that_is_right_most_often():
    amounts, labels = np.array([5, 6, 1, 2, 4.0]), np.array([0, 0, 1, 1, 1])
    bounds, answers = ink_rule(amounts, labels, 2)
    assert bounds.tolist() == [4.5] and answers.tolist() == [1, 0]
    bounds, answers = ink_rule(amounts, 1 - labels, 2)
    assert bounds.tolist() == [4.5] and answers.tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_no_other_bound_is_right_more_often(seed):
    rng = np.random.default_rng(seed)
    amounts, labels = rng.integers(0, 6, 15).astype(float), rng.integers(0, 2, 15)
    found = (answered(amounts, *ink_rule(amounts, labels, 2)) == labels).sum()
    others = [
        ((amounts > bound) == (labels == high)).sum()
        for bound in np.arange(0.5, 5)
        for high in (0, 1)
        if (amounts > bound).any() and (amounts < bound).any()
    ]
    assert found == max(others)


def test_of_more_classes_the_nearest_mean_is_answered():
    amounts, labels = np.array([9, 11, 1, 3, 5, 7.0]), np.array([0, 0, 1, 1, 2, 2])
    bounds, answers = ink_rule(amounts, labels, 3)
    assert bounds.tolist() == [4, 8] and answers.tolist() == [1, 2, 0]
    assert answered(np.array([0, 3.9, 4.1, 20]), bounds, answers).tolist() == [1, 1, 2, 0]


def test_equal_amounts_are_not_told_apart():
    bounds, answers = ink_rule(np.full(4, 3.0), np.array([0, 0, 1, 1]), 2)
    assert len(set(answered(np.full(4, 3.0), bounds, answers))) == 1


@pytest.mark.parametrize("classes", [2, 3])
def test_each_rule_is_counted_on_the_test_images(classes):
    data = drawn(classes)
    facts, _ = trivial_baselines({}, data)
    images = len(data.test.labels)
    assert facts["images_test"] == images == 6 * classes
    assert facts["commonest"] == pytest.approx(1 / classes) and facts["commonest_right"] == 6
    dark = (data.train.images == 0).sum((1, 2))
    rule = ink_rule(dark.astype(float), data.train.labels, classes)
    right = answered((data.test.images == 0).sum((1, 2)), *rule) == data.test.labels
    assert facts["ink_right"] == right.sum() and facts["ink"] == pytest.approx(right.mean())
    assert facts["linear_right"] / images == pytest.approx(facts["linear"])
    assert facts["linear"] > facts["commonest"]


def test_the_commonest_class_is_that_of_the_training_images():
    data = drawn(2)
    labels = np.repeat([0, 1], [9, 15])  # of 12 images each
    facts, _ = trivial_baselines({}, replace(data, train=replace(data.train, labels=labels)))
    assert facts["commonest_class"] == "c1" and facts["commonest_right"] == 6
