"""A transposed convolution reaches pixels as often as PyTorch's does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from report_builder.figures.concepts import checkerboard

from ..pictures import drawn, words


@pytest.mark.parametrize("side", [3, 4])
def test_copies_add_up_as_in_pytorch(side):
    values = np.random.default_rng(0).random((5, 7))
    kernel = torch.ones(1, 1, side, side, dtype=torch.float64)
    expected = F.conv_transpose2d(torch.tensor(values)[None, None], kernel, stride=2)[0, 0]
    np.testing.assert_allclose(checkerboard.transposed(values, side), expected.numpy())


def test_only_a_kernel_that_is_a_multiple_of_the_stride_is_even(evidence):
    numbers = checkerboard.measure(evidence)
    assert np.unique(numbers.counts["uneven"]).tolist() == [1, 2, 4]
    assert np.unique(numbers.counts["even"]).tolist() == [4]
    assert np.unique(numbers.counts["resized"]).tolist() == [9]
    assert words(drawn(checkerboard, numbers)).count("2") == 18  # of 36 pixels
    flat = checkerboard.larger(np.full((9, 9), 0.5))
    assert np.unique(flat["even"]).tolist() == [2] and np.unique(flat["resized"]).tolist() == [4.5]
