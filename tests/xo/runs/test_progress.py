from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from xo.runs.progress import progress_shown
from xo.runs.study import one_run
from xo.runs.worker import EpochDone
from xo.store.source_digest import Source
from xo.variants import VARIANTS


@pytest.mark.parametrize("terminal", [False, True])
def test_epochs_that_another_worker_does_again_count_once(small, terminal):
    shown = StringIO()
    variant = replace(VARIANTS["features"], epochs=3)
    runs = [one_run(variant, seed, small, Source()) for seed in (0, 1)]
    with progress_shown(runs, Console(file=shown, force_terminal=terminal, width=120)) as on_epoch:
        for run, epochs in zip(runs, [(1, 2, 3), (1, 2, 1, 2, 3, 1, 2, 3)]):
            for epoch in epochs:
                on_epoch(EpochDone(str(run), epoch, 3, 0.5, 0.75))
    counts = re.findall(r"(\d) of 2 runs done", shown.getvalue())
    assert max(counts) == counts[-1] == "2"
    assert "time left -" not in shown.getvalue()
    if not terminal:
        assert "".join(counts) == "00111112112"
