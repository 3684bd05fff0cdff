from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from xo.network import kept_windows
from xo.network.kept_windows import LAYOUT, windows_of
from xo.network.lookup import find_windows
from xo.network.model import untrained_network
from xo.runs.cluster import _in_memory
from xo.store.inputs import sha256
from xo.variants import VARIANTS


@pytest.fixture
def data(small, store):
    """The images beside a store of their own; nothing is known of them in memory."""
    kept_windows._kept.cache_clear()
    yield replace(small, store=store)
    kept_windows._kept.cache_clear()


@pytest.fixture
def net(small):
    return untrained_network(VARIANTS["baseline"], small.image_size, 2, 0)


def equal(one, other) -> bool:
    return one.blocks == other.blocks and all(
        mine.dtype == theirs.dtype and torch.equal(mine, theirs)
        for mine, theirs in zip(
            (one.pixels, one.codes, *one.tables),
            (other.pixels, other.codes, *other.tables),
            strict=True,
        )
    )


def in_a_new_process(net, data):
    """As a process gets them that has not found them itself."""
    kept_windows._kept.cache_clear()
    return windows_of(net, data)


def forbid(*_):
    raise AssertionError("found again")


def test_windows_are_found_once_and_read_from_the_store_after_that(net, data, monkeypatch):
    first = windows_of(net, data)
    assert equal(first, find_windows(data, first.blocks))
    monkeypatch.setattr(kept_windows, "find_windows", forbid)
    assert equal(in_a_new_process(net, data), first)
    with pytest.raises(AssertionError, match="found again"):
        in_a_new_process(net, data.subset(5, 5))  # other images


def test_damaged_windows_are_moved_away_and_found_again(net, data):
    found = find_windows(data, windows_of(net, data).blocks)
    (folder,) = data.store.folders("windows")
    with open(folder / "codes.npy", "r+b") as file:
        file.seek(-1, 2)
        file.write(b"\xff")
    assert equal(in_a_new_process(net, data), found)
    assert len(data.store.folders("windows")) == 1


def test_images_without_a_store_as_a_worker_elsewhere_has_them_leave_nothing(net, data):
    elsewhere = _in_memory(data)
    assert equal(windows_of(net, elsewhere), find_windows(data, windows_of(net, data).blocks))
    assert not data.store.root.exists()


def test_other_codes_or_tables_need_another_layout():
    """Windows that are kept count as right as long as LAYOUT is theirs."""
    random = np.random.default_rng(0)
    images = np.where(random.random((6, 20, 18)) < 0.1, 0, 255).astype(np.uint8)
    found = find_windows(SimpleNamespace(images=images), (((3, 1), (2, 2)), ((2, 1),)))
    arrays = (found.pixels, found.codes, *found.tables)
    content = b"".join(str(each.dtype).encode() + each.numpy().tobytes() for each in arrays)
    assert (LAYOUT, sha256(content)[:16]) == (1, "7a009a26720853d3")
