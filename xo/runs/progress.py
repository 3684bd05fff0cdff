"""Trains runs and shows how far they are: bars in a terminal, a line for each run elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from xo.runs.execute import execute
from xo.runs.record import RunRecord
from xo.runs.study import Run
from xo.runs.worker import EpochDone
from xo.store.store import NEVER, Store


def train_missing(
    missing: list[tuple[Run, str]],
    store: Store,
    *,
    jobs: int | None = None,
    scheduler: str | None = None,
    keep_weights: bool = False,
    on_record: Callable[[RunRecord], None] = lambda record: None,
) -> list[RunRecord]:
    """Trains runs, given with the reason why each is missing, and returns their records.

    `on_record` is called with each record once it is stored. The error stream shows progress, and
    why a run that was there is trained again. Ctrl-C raises KeyboardInterrupt with a message that
    says what is kept.
    """
    console = Console(stderr=True)
    for run, why in missing:
        if why != NEVER:
            _print(console, f"{run} is trained again; {why}")
    runs = [run for run, _ in missing]
    records = []
    try:
        with progress_shown(runs, console) as on_progress:
            for record in execute(
                runs,
                store,
                jobs=jobs,
                scheduler=scheduler,
                keep_weights=keep_weights,
                on_progress=on_progress,
                on_wait=lambda waiting: _print(console, _waits_for(waiting)),
            ):
                records.append(record)
                on_record(record)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(
            f"{len(records)} of {len(runs)} runs are finished and kept in {store.root}"
        ) from None
    return records


def _waits_for(runs: list[Run]) -> str:
    named = f"{runs[0]}{f' and {len(runs) - 1} more' if runs[1:] else ''}"
    return f"waiting for {named}, which another command trains"


@contextmanager
def progress_shown(runs: list[Run], console: Console) -> Iterator[Callable[[EpochDone], None]]:
    """Yields the function to call when an epoch of one of the runs has ended."""
    if not has_reader(console):
        yield _lines(runs, console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as progress:
        yield _bars(runs, progress)


def has_reader(console: Console) -> bool:
    """Whether somebody watches: not where output is piped, nor in CI, which may set FORCE_COLOR."""
    return console.is_terminal and not os.environ.get("CI")


def _bars(runs: list[Run], progress: Progress) -> Callable[[EpochDone], None]:
    """A bar for each run that is being trained, and one for all."""
    costs = _epoch_costs(runs)
    total_cost = sum(run.cost for run in runs)
    total = progress.add_task("all runs", total=total_cost, state=_count({}, runs))
    tasks: dict[str, TaskID] = {}
    reached: dict[str, int] = {}

    def show(done: EpochDone) -> None:
        if done.run not in tasks:
            tasks[done.run] = progress.add_task(done.run, total=done.epochs, state="")
        progress.update(tasks[done.run], completed=done.epoch, state=_state(done))
        reached[done.run] = done.epoch
        progress.update(total, completed=_cost(reached, costs), state=_count(reached, runs))
        if done.epoch == done.epochs:
            progress.remove_task(tasks.pop(done.run))
            _print(progress.console, f"{done.run}: {_state(done)}")

    return show


def _lines(runs: list[Run], console: Console) -> Callable[[EpochDone], None]:
    """A line for each run that has ended."""
    costs = _epoch_costs(runs)
    total = sum(run.cost for run in runs)
    started = time.monotonic()
    reached: dict[str, int] = {}

    def show(done: EpochDone) -> None:
        if reached.get(done.run) == done.epochs:  # a worker that was thought lost trained it too
            return
        reached[done.run] = done.epoch
        if done.epoch < done.epochs:
            return
        left = (time.monotonic() - started) * (total / _cost(reached, costs) - 1)
        _print(
            console,
            f"{done.run}: {_state(done)}; {_count(reached, runs)}, time left {_clock(left)}",
        )

    return show


def _epoch_costs(runs: list[Run]) -> dict[str, float]:
    """What one epoch of each run costs, in the unit of `Run.cost`."""
    return {str(run): run.cost / run.variant.epochs for run in runs}


def _cost(reached: dict[str, int], costs: dict[str, float]) -> float:
    """Of the epochs there are by now; a run that begins anew on another worker loses its own."""
    return sum(costs[run] * epochs for run, epochs in reached.items())


def _count(reached: dict[str, int], runs: list[Run]) -> str:
    finished = sum(reached.get(str(run)) == run.variant.epochs for run in runs)
    return f"{finished} of {len(runs)} runs done"


def _print(console: Console, line: str) -> None:
    console.print(line, highlight=False, soft_wrap=True, markup=False)


def _state(done: EpochDone) -> str:
    return (
        f"epoch {done.epoch}/{done.epochs}, test loss {done.loss:.4f}, "
        f"accuracy {100 * done.accuracy:.1f} %"
    )


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
