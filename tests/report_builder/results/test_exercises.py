"""Every computed answer, found a second time in another way: PyTorch's shapes and counts, scipy, or
counting by brute force.
"""

from __future__ import annotations

import re
from itertools import product

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import brentq
from torch import nn
from torch.nn import functional as F

from report_builder.pages.render import page_requests
from report_builder.results.exercises import exercise_values
from report_builder.results.report import Report
from report_builder.text import LANGUAGES
from xo.network.model import layers
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

VALUES = {name.partition(".")[2]: value for name, value in exercise_values().items()}
BASELINE = VARIANTS["baseline"]


def shown(name: str) -> list[float]:
    """The numbers that a value shows in English, which must be those in Chinese."""
    numbers = {
        language: [
            float(each.replace(",", ""))
            for each in re.findall(r"\d(?:[\d,]*\d)?(?:\.\d+)?", VALUES[name].text[language])
        ]
        for language in LANGUAGES
    }
    assert numbers["zh"] == numbers["en"] != [], name
    return numbers["en"]


def near(value: float, digits: int) -> object:
    """Equal after rounding to so many decimals."""
    return pytest.approx(value, abs=0.5 * 10.0**-digits + 1e-9)


def sides(steps: list[nn.Module], side: int) -> list[int]:
    """The side after each step, by PyTorch; steps that no longer fit are left out."""
    maps, found = torch.empty(1, 1, side, side, device="meta"), []
    for step in steps:
        try:
            maps = step(maps)
        except RuntimeError:  # the window is larger than the map
            break
        found.append(maps.shape[-1])
    return found


def conv(padding: int = 0, stride: int = 1, kernel: int = 3) -> nn.Module:
    return nn.Conv2d(1, 1, kernel, stride, padding, device="meta")


def count(*modules: nn.Module) -> int:
    return sum(p.numel() for module in modules for p in module.parameters())


def seen(steps: list[tuple[str, int]], side: int) -> int:
    """How many pixels of a row change a value in the middle of the maps, by autograd."""
    image = torch.zeros(1, 1, side, side, requires_grad=True)
    maps: torch.Tensor = image
    for kind, kernel in steps:
        ones = torch.ones(1, 1, kernel, kernel)
        maps = F.conv2d(maps, ones, stride=2 if kind == "pool" else 1)
    (gradient,) = torch.autograd.grad(maps[0, 0, 0, 0], image)
    return int(gradient[0, 0, 0].count_nonzero())


def test_each_answer_is_shown_on_a_page_and_each_has_a_note():
    quoted = {
        name.partition("exercises.")[2]
        for page in page_requests(ROOT / "docs", Report())
        for name in page.results
        if name.startswith("value exercises.")
    }
    assert quoted == VALUES.keys()
    assert all(value.note.zh and value.note.en for value in VALUES.values())


def test_sides_are_those_of_pytorch():
    blocks = sides([step for _ in range(9) for step in (conv(), nn.MaxPool2d(2))], 116)[1::2]
    assert shown("block_sides") == [116, *blocks]
    assert shown("most_blocks") == [len(blocks)]
    assert shown("fourth_side") == [blocks[3]]
    assert shown("fourth_dense") == [3 * blocks[3] ** 2]
    dense = conv(kernel=blocks[1])
    steps = [conv(), nn.MaxPool2d(2), conv(), nn.MaxPool2d(2), dense]
    for side in (117, 119):
        assert shown(f"sides_{side}") == sides(steps, side)
    assert sides(steps, 116)[-1] == 1
    padded = [conv(padding=1), nn.MaxPool2d(2)] * 2
    assert shown("padded_sides") == sides(padded, 116)[1::2]
    assert shown("strided_sides") == sides([conv(stride=2)] * 2, 116)


def test_receptive_fields_are_those_of_autograd():
    block = [("conv", 3), ("pool", 2)]
    fields = [seen(block * k, 100) for k in range(1, 6)]
    assert shown("block_fields") == fields
    assert shown("fourth_field") == [fields[3]]
    assert shown("field_share") == [near(100 * (fields[2] / 116) ** 2, 1)]
    assert shown("heat_field") == [seen([*block, *block, ("conv", 27)], 116)]
    (alone,) = shown("layers_alone")
    field, needed = 1, 0
    while field < 116:
        field, needed = field + 2, needed + 1
    assert alone == needed and seen([("conv", 3)] * 3, 20) == 7


def test_the_row_is_pooled_as_pytorch_does():
    row = torch.tensor([[[0.0, 3, 1, 0, 2, 0]]])
    for moved in range(3):
        pooled = F.max_pool1d(F.pad(row, (moved, 0))[..., :6], 2)
        assert shown(f"pooled_{moved}") == pooled.flatten().tolist()


def test_parameters_are_those_of_pytorch():
    with torch.device("meta"):
        assert shown("grey_conv1") == [count(nn.Conv2d(1, 9, 3))]
        assert shown("color_conv1") == [count(nn.Conv2d(3, 9, 3))]
        assert shown("two_small") == [count(nn.Conv2d(9, 9, 3), nn.Conv2d(9, 9, 3))]
        assert shown("one_large") == [count(nn.Conv2d(9, 9, 5))]
        plain, padded = nn.Linear(5 * 27**2, 1200), nn.Linear(5 * 29**2, 1200)
        strided = nn.Sequential(nn.Conv2d(1, 9, 3, 2), nn.Conv2d(9, 5, 3, 2), nn.Flatten())
        inputs = strided(torch.empty(1, 1, 116, 116)).shape[1]
        whole = [strided, nn.Linear(inputs, 1200), nn.Linear(1200, 64), nn.Linear(64, 2)]
    assert shown("first_dense") == [count(plain)]
    assert shown("padded_dense") == [count(padded)]
    assert shown("padded_ratio") == [near(count(padded) / count(plain), 2)]
    assert shown("strided_dense") == [inputs]
    assert shown("strided_parameters") == [count(*whole)]
    counted = layers(BASELINE, (116, 116), 2)
    assert shown("baseline_parameters") == [sum(layer.parameters for layer in counted)]


def test_the_widest_bottleneck_is_the_last_that_saves():
    def saves(width: int, channels: int) -> bool:
        return 2 * channels * width + 9 * width**2 < 9 * channels**2

    assert shown("widest_of_64") == [max(b for b in range(65) if saves(b, 64))]
    largest = max(b for b in range(10**5) if saves(b, 10**5))
    assert shown("widest_bottleneck") == [near(largest / 10**5, 3)]


def test_kernels_start_within_their_bound():
    torch.manual_seed(0)
    weights = nn.Conv2d(9, 2000, 3).weight
    assert shown("kernel_bound") == [pytest.approx(weights.abs().max().item(), abs=1e-3)]
    assert shown("kernel_deviation") == [pytest.approx(weights.std().item(), abs=1e-3)]


def rows(images: int) -> int:
    """How many rows an epoch prints, by going through the batches."""
    batches = torch.arange(images).split(64)
    return sum(k % 10 == 9 for k in range(len(batches)))


def test_batches_and_rows_are_counted():
    batches = torch.arange(1700).split(64)
    assert shown("batches") == [len(batches)]
    assert shown("last_batch") == [len(batches[-1])]
    assert shown("rows_of_300") == [rows(300)]
    three = [n for n in range(1, 3000) if rows(n) == 3]
    assert shown("fewest_images") == [three[0]]
    assert shown("most_images") == [three[-1]]


@pytest.mark.parametrize("name, shares", [("uneven", (0.15, 0.85)), ("three", (0.1, 0.3, 0.6))])
def test_the_loss_of_guessing_is_the_entropy(name, shares):
    loss = stats.entropy(shares)
    assert shown(f"{name}_loss") == [near(loss, 3)]
    assert shown(f"{name}_printed") == [near(loss / 10, 3)]


def test_losses_and_probabilities_are_those_of_pytorch():
    def loss(d: float) -> float:
        return F.cross_entropy(torch.tensor([[d, 0.0]]).double(), torch.tensor([0])).item()

    largest = brentq(lambda d: loss(d) - 0.685, 0, 1)
    assert shown("largest_d") == [near(largest, 3)]
    assert f"{loss(largest * 0.999) / 10:.3f}" == "0.069" and loss(largest * 1.1) < 0.685
    (mean,) = shown("mean_probability")
    assert -np.log(mean / 100) == pytest.approx(0.35, abs=0.01)
    scores = torch.tensor([2.0, -1.0])
    assert shown("softmax") == [near(100 * scores.softmax(0)[0].item(), 1)]


def test_intervals_are_those_of_scipy():
    for name, k, n, digits in (("7_of_10", 7, 10, 0), ("297_of_300", 297, 300, 1)):
        bounds = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert shown(f"wilson_{name}") == [near(100 * bound, digits) for bound in bounds]
    low = stats.binomtest(7, 10).proportion_ci(method="wilson").low
    assert shown("wilson_low") == [near(low, 3)]
    assert shown("wilson_low_again") == [near(stats.norm.ppf(0.975), 2)]
    for n in (3, 10):
        exact = stats.binomtest(n, n).proportion_ci(method="exact")
        assert shown(f"lowest_of_{n}") == [near(100 * exact.low, 0)]


def test_holm_is_a_step_down_over_all_subsets():
    """A hypothesis is adjusted to the largest Bonferroni p of the sets that hold it (closure)."""
    p = (0.01, 0.02, 0.04)
    sets = [s for s in product((False, True), repeat=3) if any(s)]
    adjusted = [
        max(
            sum(s) * min(value for value, held in zip(p, s, strict=True) if held)
            for s in sets
            if s[k]
        )
        for k in range(3)
    ]
    assert shown("holm") == [pytest.approx(each) for each in adjusted]


def test_chances_are_counted():
    draws = list(product((0, 1), repeat=8))
    alike = sum(len(set(draw)) == 1 for draw in draws) / len(draws)
    assert shown("one_class_by_chance") == [near(100 * alike, 1)]
    some = 1 - stats.binom.pmf(0, 9, alike)
    assert shown("any_channel_by_chance") == [near(100 * some, 1)]
    assert shown("fails_once") == [near(100 * stats.binom.pmf(0, 1, 0.8), 0)]
    assert shown("six_in_a_row") == [near(100 * stats.binom.pmf(6, 6, 0.8), 0)]
    (m,) = shown("discordant")
    assert stats.binomtest(int(m), int(m)).pvalue <= 0.05
    assert stats.binomtest(int(m) - 1, int(m) - 1).pvalue > 0.05
    assert shown("images_to_tell") == [300 * m]
    assert shown("found_by_3") == [near(100 * stats.binom.sf(0, 3, 0.05), 0)]
    (n,) = shown("sample_needed")
    assert stats.binom.pmf(0, n, 0.05) <= 0.05 < stats.binom.pmf(0, n - 1, 0.05)


def test_so_many_seeds_have_the_power_that_was_asked_for():
    (n,) = shown("seeds_to_tell")

    def power(seeds: float) -> float:
        error = np.sqrt((0.8 * 0.2 + 0.9 * 0.1) / seeds)
        return float(stats.norm.sf(stats.norm.ppf(0.975) - 0.1 / error))

    assert power(n) >= 0.8 > power(n - 1)
