"""What a covered patch or a missing channel does to the answer is what the network itself says."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.xo.records import untrained, with_images
from xo.demonstrations.interventions import (
    channel_means,
    interventions,
    lead,
    lead_map,
    right_by_class,
    without_channel,
)
from xo.network.evaluate import as_input


class ByInk(torch.nn.Module):
    """Says class 0 by the ink in the upper half, class 1 by that in the lower half."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        ink = (1 - x[:, 0]).sum(2)  # (N, H)
        half = ink.shape[1] // 2
        return torch.stack([ink[:, :half].sum(1), ink[:, half:].sum(1)], 1)


def test_the_lead_is_the_right_logit_less_the_best_of_the_others():
    image = torch.full((8, 6), 255, dtype=torch.uint8)
    image[0, :3] = 0
    image[7, 0] = 0
    assert lead(ByInk(), image[None], 0).item() == 2
    assert lead(ByInk(), image[None], 1).item() == -2


def test_a_covered_patch_takes_away_what_lies_in_it():
    image = torch.full((8, 6), 255, dtype=torch.uint8)
    image[1, 1:4] = 0
    image[6, 5] = 0
    found = lead_map(ByInk(), image, 0, side=2, step=2, value=255)
    # rows of patches at 0, 2, 4, 6 and columns at 0, 2, 4; nothing covered gives 2
    assert found.tolist() == [[1, 0, 2], [2, 2, 2], [2, 2, 2], [2, 2, 3]]
    darker = lead_map(ByInk(), image, 0, side=2, step=2, value=0)
    assert darker[0, 2] == 2 + 4 and darker[3, 0] == 2 - 4


@torch.inference_mode()
def test_a_channel_is_replaced_at_every_place(small):
    net = untrained(small, "baseline")["baseline"][0][1]
    images = torch.tensor(np.asarray(small.test.images[:3]))
    for value in (0.0, 0.75):
        steps = dict(without_channel(net, 0, 4, value).feature_steps(as_input(images)))
        before = dict(net.feature_steps(as_input(images)))
        assert (steps["relu1"][:, 4] == value).all()
        others = [channel for channel in range(9) if channel != 4]
        torch.testing.assert_close(steps["relu1"][:, others], before["relu1"][:, others])
    assert net.conv[0].weight[4].abs().max() > 0  # the network itself is left alone


@torch.inference_mode()
def test_means_are_over_images_and_places(small):
    net = untrained(small, "baseline")["baseline"][0][1]
    images = torch.tensor(np.asarray(small.test.images))
    maps = dict(net.feature_steps(as_input(images)))["relu2"]
    assert channel_means(net, images)[1] == pytest.approx(maps.mean((0, 2, 3)).tolist(), rel=1e-4)


def test_what_is_recorded_of_both(small):
    data = with_images(small, lambda images: images[:, 28:88, 26:92])
    nets = untrained(data, "baseline")
    facts, arrays = interventions(nets, data)
    assert facts["patch"] == 60 // 6 and arrays["lead.gray"].shape == arrays["lead.ground"].shape
    assert arrays["lead.ground"][0].size == facts["positions"]
    least = facts["least_ground_first"], facts["least_ground_second"]
    assert arrays["lead.ground"].min((1, 2)).tolist() == pytest.approx(least)
    assert [(row["layer"], row["channel"]) for row in facts["channels"]] == [
        *((1, k) for k in range(1, 10)),
        *((2, k) for k in range(1, 6)),
    ]
    labels = torch.tensor(data.test.labels)
    images = torch.tensor(np.asarray(data.test.images))
    with torch.inference_mode():
        net = without_channel(nets["baseline"][0][1], 1, 2)
        assert facts["channels"][9 + 2]["zero"] == right_by_class(net, images, labels, 2)
    assert facts["right_images"] == sum(facts["right"]) >= facts["covered"] / 2
    fewest = min(sum(row["zero"]) for row in facts["channels"][:9])
    assert facts["least_right_1_zero"] == fewest
    assert sum(facts["channels"][facts["most_1_zero"] - 1]["zero"]) == fewest
