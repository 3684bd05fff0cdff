"""Four ways to pool, and how much of a map each leaves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tests.xo.records import untrained
from xo.demonstrations.pooling import (
    gaussian_pooling,
    pooling,
    pooling_methods,
    residual,
    unexplained_variance,
    upsample,
)


def test_each_kind_makes_one_value_of_four():
    layer = nn.Conv2d(1, 1, 2, stride=2)
    nn.init.constant_(layer.bias, 0.5)
    layer.weight.data = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    window = torch.tensor([[[[1.0, 2.0], [3.0, 6.0]]]])
    found = {kind: pool(window).item() for kind, pool in pooling_methods(layer).items()}
    assert found == pytest.approx(
        {"max": 6, "mean": 3, "trained": 1 + 4 + 9 + 24 + 0.5, "gaussian": 3}
    )
    assert {
        tuple(pool(torch.rand(2, 1, 7, 5)).shape) for pool in pooling_methods(layer).values()
    } == {(2, 1, 3, 2)}


def test_gaussian_pooling_keeps_a_constant_map_and_blurs_a_point():
    assert gaussian_pooling(torch.full((1, 3, 6, 6), 4.0)).flatten().tolist() == pytest.approx(
        [4] * 27
    )
    point = torch.zeros(1, 1, 8, 8)
    point[..., 3, 3] = 1
    assert gaussian_pooling(point)[0, 0, 1, 1].item() == pytest.approx(
        (3 / 8) ** 2
    )  # of its own window
    assert gaussian_pooling(point)[0, 0, 2, 1].item() == pytest.approx(
        1 / 8 * 3 / 8
    )  # of the window below, which mean pooling leaves out


def test_a_map_that_is_constant_in_each_window_is_explained_at_any_scale():
    coarse = torch.rand(1, 2, 5, 5)
    full = upsample(coarse)
    assert unexplained_variance(full, 3 * coarse - 7).abs().max() < 1e-5
    assert residual(full[0, 0], -2 * coarse[0, 0] + 1).abs().max() < 1e-5


def test_a_map_that_varies_within_windows_only_is_not_explained():
    board = (torch.arange(8)[:, None] + torch.arange(8)) % 2 * 1.0
    assert unexplained_variance(board[None, None], torch.rand(1, 1, 4, 4)).item() == pytest.approx(
        1, abs=1e-5
    )
    assert unexplained_variance(torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2)).isnan().item()


def test_what_is_recorded_is_of_one_map_of_the_trained_pooling(small):
    facts, arrays = pooling(untrained(small, "trained-pooling"), small)
    full, at = arrays["map"], (2 * facts["row"], 2 * facts["column"])
    window = full[at[0] : at[0] + 2, at[1] : at[1] + 2].ravel()
    assert facts["window"] == window.tolist()
    assert facts["window_max"] == pytest.approx(window.max()) and facts[
        "window_mean"
    ] == pytest.approx(window.mean(), abs=1e-6)
    assert facts["window_trained"] == pytest.approx(
        np.dot(window, facts["trained_weights"]) + facts["bias"], abs=1e-5
    )
    assert arrays["pooled.max"].shape == (57, 57) and arrays["rest.max"].shape == (114, 114)
    for kind in ("max", "mean", "gaussian", "trained"):
        assert 0 < facts[f"detail_{kind}"] < 1
    assert (
        facts["kept_share"] == 0.25
        and facts["parameters_trained"] == 9 * 4 + 9
        and facts["parameters_max"] == 0
    )
    # the mean is what fits best among all that have one value per window
    assert facts["detail_mean"] == min(
        facts[f"detail_{kind}"] for kind in ("max", "mean", "gaussian", "trained")
    )
