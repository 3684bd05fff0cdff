"""The windows of a data set, found once and kept in its store, where it has one."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import torch

from xo.network.lookup import Block, Windows, blocks_to_look_up, find_windows

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from xo.data.dataset import DataSet
    from xo.network.model import Net

LAYOUT = 1  # raise it when `find_windows` finds other codes or tables for the same images
ARTIFACT = "windows"  # kind and name in the store


def windows_of(net: Net, data: DataSet) -> Windows | None:
    """The windows of as many convolutions of `net` as are faster looked up; None: of none."""
    blocks = blocks_to_look_up(net, data)
    return _kept(data, blocks) if blocks else None


@lru_cache(maxsize=4)
def _kept(data: DataSet, blocks: tuple[Block, ...]) -> Windows:
    if data.store is None:
        return find_windows(data, blocks)
    inputs = {"layout": LAYOUT, "data": data.digest, "blocks": [list(block) for block in blocks]}
    artifact, _ = data.store.look_up(ARTIFACT, ARTIFACT, inputs, quarantine=True)
    if artifact is None:
        windows = find_windows(data, blocks)  # not while the entry is held: others would wait
        with data.store.new_entry(ARTIFACT, ARTIFACT, inputs) as entry:
            arrays = {"pixels": windows.pixels, "codes": windows.codes}
            arrays |= {f"table-{k}": table for k, table in enumerate(windows.tables)}
            for name, values in arrays.items():
                with open(entry.folder / f"{name}.npy", "wb") as file:
                    np.save(file, values.numpy())
        artifact = entry.artifact
    return _read(artifact.folder, blocks)


def _read(folder: Path, blocks: tuple[Block, ...]) -> Windows:
    """The windows in a folder of the store, memory-mapped."""

    def array(name: str) -> Tensor:
        # Copied where it is written to, which nothing does: PyTorch has no arrays for reading only.
        return torch.from_numpy(np.load(folder / f"{name}.npy", mmap_mode="c"))

    tables = sum(len(block) for block in blocks)
    return Windows(
        array("pixels"),
        blocks,
        tuple(array(f"table-{k}") for k in range(tables)),
        array("codes"),
    )
