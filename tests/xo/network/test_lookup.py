from __future__ import annotations

import numpy as np
import pytest
import torch

from xo.network.lookup import LargestOfRows, SumOfRows, blocks_to_look_up, find_windows
from xo.network.model import untrained_network
from xo.network.tiles import find_tiles
from xo.variants import VARIANTS

THREE, TWO = ((3, 1),), ((3, 1), (2, 2))


def test_windows_that_look_alike_have_one_code_and_others_do_not(small):
    """A window of conv1 and its pooling is 4 pixels wide and moves by 2."""
    windows = find_windows(small, (TWO,))
    images = small.images
    seen = np.lib.stride_tricks.sliding_window_view(images, (4, 4), (1, 2))[:, ::2, ::2]
    by_code = {}
    for code, window in zip(windows.codes.flatten().tolist(), seen.reshape(-1, 16)):
        assert by_code.setdefault(code, window.tobytes()) == window.tobytes()
    assert len(set(by_code.values())) == len(by_code) == len(windows.tables[-1])
    assert by_code[0] == bytes([255] * 16)  # the ground is white


def test_needed_rows_lead_to_the_same_pixels(small):
    windows = find_windows(small, (TWO, THREE))
    codes = windows.codes[5:7]
    needed = windows.needed(codes)
    assert len(needed.tables[-1]) < len(windows.tables[-1])
    pixels = []
    for tables, numbers in ((windows.tables, codes.long()), (needed.tables, needed.codes)):
        for table in reversed(tables):
            numbers = table.long()[numbers]
        pixels.append(numbers)
    assert torch.equal(*pixels)


def test_counts_are_those_of_all_positions(small):
    windows = find_windows(small, (TWO, TWO))
    images = torch.tensor([3, 170])
    (first, counts), (last, last_counts) = windows.counts(images)
    assert (first, last) == (1, 3)
    assert last_counts.sum() == 2 * 27 * 27
    assert torch.equal(
        last_counts,
        torch.bincount(windows.codes[images].flatten().long(), minlength=len(last_counts)),
    )
    earlier = find_windows(small, (TWO,)).codes[images][:, :56, :56]  # what 27 x 27 positions see
    assert torch.equal(
        counts.sort().values[-5:], earlier.long().flatten().bincount().sort().values[-5:]
    )


def test_as_many_convolutions_are_looked_up_as_repeat(small):
    def depth(name: str) -> int:
        net = untrained_network(VARIANTS[name], small.image_size, 2, 0)
        return len(blocks_to_look_up(net, small))

    assert depth("baseline") == 2 and depth("no-pooling") == 2
    assert 1 <= depth("three-conv") <= 3


def test_sets_whose_codes_would_fill_memory_are_not_looked_up(small, monkeypatch):
    monkeypatch.setattr("xo.network.lookup.LARGEST", small.train.images.nbytes - 1)
    net = untrained_network(VARIANTS["baseline"], small.image_size, 2, 0)
    assert blocks_to_look_up(net, small) == ()


@pytest.mark.parametrize("function", [SumOfRows, LargestOfRows])
def test_lookups_have_the_gradients_of_what_they_compute(function):
    rows = torch.randn(7, 3, dtype=torch.double, requires_grad=True)
    table = torch.randint(0, 7, (10, 4))
    expected = rows[table].sum(1) if function is SumOfRows else rows[table].amax(1)
    torch.testing.assert_close(function.apply(rows, table), expected)
    assert torch.autograd.gradcheck(lambda each: function.apply(each, table), (rows,))


@pytest.mark.parametrize("shape", [(27, 27), (12, 20)])
def test_tiles_hold_every_position_with_ink(shape):
    codes = torch.randint(0, 50, (30, *shape)) * (torch.rand(30, *shape) < 0.02)
    tiles = find_tiles(codes.int(), 100_000)
    images = torch.tensor([4, 9, 4])
    batch = tiles.batch(images)
    for row, image in enumerate(images):
        found = batch.codes[batch.images == row]
        assert found.any(1).all()  # no tile without ink
        assert sorted(found[found > 0].tolist()) == sorted(codes[image][codes[image] > 0].tolist())
