"""The networks that the lab loads: as PyTorch has them but for dense weights of one byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from report_builder.evidence.study import Evidence
from report_builder.results import shipped_networks
from report_builder.results.shipped_networks import (
    FEW,
    NO_WEIGHTS,
    NOT_TRAINED,
    OTHER_TASK,
    as_file,
    probabilities,
    quantised_network,
    shipped,
    why_not_shipped,
)
from xo.network.evaluate import as_input
from xo.network.model import untrained_network
from xo.variants import VARIANTS

SIZE = (33, 30)
KINDS = ("features", "trained-pooling", "one-by-one", "global-average", "no-pooling")


@pytest.mark.parametrize("name", KINDS)
def test_a_quantised_network_gives_nearly_the_probabilities_of_pytorch(name: str):
    variant = replace(VARIANTS[name], dense=(40, 12) if VARIANTS[name].dense else ())
    net = untrained_network(variant, SIZE, 3, seed=1)
    weights = {key: values.numpy() for key, values in net.state_dict().items()}
    arrays = quantised_network(weights, variant)
    for k, layer in enumerate(net.dense, 1):
        name = f"dense{k}" if k < len(net.dense) else "logits"
        codes, scales = arrays[f"{name}.weights"], arrays[f"{name}.scales"]
        weights = layer.weight.detach().numpy()
        assert codes.dtype == (np.int8 if weights.size > FEW else np.float32)
        assert (abs(codes * scales[:, None] - weights) <= scales[:, None] * 0.501).all()
    images = np.random.default_rng(0).integers(0, 256, (3, *SIZE), dtype=np.uint8)
    with torch.inference_mode():
        expected = net(as_input(torch.from_numpy(images))).softmax(1).numpy()
    got = np.array([probabilities(arrays, variant, image) for image in images])
    np.testing.assert_allclose(got, expected, atol=2e-3)


def test_the_same_network_is_the_same_file():
    arrays = {"conv1.kernels": np.ones((2, 1, 3, 3), np.float32), "conv1.biases": np.ones(2)}
    assert len({as_file(arrays, VARIANTS["baseline"]) for _ in range(20)}) == 1


def test_the_lab_names_why_a_variant_is_not_there(evidence: Evidence):
    assert why_not_shipped(evidence, VARIANTS["three-conv-wrong-folder"]) == OTHER_TASK
    assert why_not_shipped(evidence, VARIANTS["baseline"]) == NO_WEIGHTS  # of made-up runs
    without = replace(evidence, rows=evidence.rows[:1])
    assert why_not_shipped(without, VARIANTS["features"]) == NOT_TRAINED
    assert shipped(evidence) == {}


def test_a_network_too_large_for_a_page_is_left_out(evidence: Evidence, monkeypatch):
    monkeypatch.setattr(shipped_networks, "LARGEST", 1)
    reason = why_not_shipped(evidence, VARIANTS["baseline"])
    assert reason is not None and "too large for a page" in reason.en
