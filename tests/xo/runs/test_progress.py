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
def test_epochs_that_another_worker_does_again_count_once(small, monkeypatch, terminal):
    monkeypatch.delenv("CI", raising=False)
    shown = shown_of(small, terminal)
    counts = re.findall(r"(\d) of 2 runs done", shown)
    assert max(counts) == counts[-1] == "2"
    assert "time left -" not in shown


@pytest.mark.parametrize(("terminal", "ci"), [(False, ""), (False, "true"), (True, "true")])
def test_piped_or_in_ci_each_run_is_one_line(small, monkeypatch, terminal, ci):
    monkeypatch.setenv("CI", ci)
    first, second = shown_of(small, terminal).splitlines()
    state = "epoch 3/3, test loss 0.5000, accuracy 75.0 %"
    assert first.startswith(f"features seed 0: {state}; 1 of 2 runs done, time left 0:0")
    assert second == f"features seed 1: {state}; 2 of 2 runs done, time left 0:00:00"


def shown_of(small, terminal: bool) -> str:
    """What is shown of two runs, the second of which begins anew, and is then done again."""
    shown = StringIO()
    variant = replace(VARIANTS["features"], epochs=3)
    runs = [one_run(variant, seed, small, Source()) for seed in (0, 1)]
    with progress_shown(runs, Console(file=shown, force_terminal=terminal, width=120)) as on_epoch:
        for run, epochs in zip(runs, [(1, 2, 3), (1, 2, 1, 2, 3, 1, 2, 3)]):
            for epoch in epochs:
                on_epoch(EpochDone(str(run), epoch, 3, 0.5, 0.75))
    return shown.getvalue()
