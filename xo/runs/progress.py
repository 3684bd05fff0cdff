"""How training shows itself: a bar per run and one for all in a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from xo.runs.execute import EpochDone
from xo.runs.study import Run


@contextmanager
def shown(runs: list[Run], console: Console) -> Iterator[Callable[[EpochDone], None]]:
    """Yields what `execute` takes as `on_progress`."""
    weights = {str(run): run.cost / run.variant.epochs for run in runs}
    if console.is_terminal:
        with _bars(console) as bars:
            total = bars.add_task(
                "all runs", total=sum(run.cost for run in runs), state=f"{len(runs)} runs"
            )
            tasks = {}

            def show(progress: EpochDone) -> None:
                if progress.run not in tasks:
                    tasks[progress.run] = bars.add_task(
                        progress.run, total=progress.epochs, state=""
                    )
                bars.update(tasks[progress.run], completed=progress.epoch, state=_state(progress))
                bars.advance(total, weights[progress.run])
                if progress.epoch == progress.epochs:
                    bars.remove_task(tasks[progress.run])
                    console.print(f"{progress.run}: {_state(progress)}", highlight=False)

            yield show
        return

    started, done = time.monotonic(), 0.0

    def tell(progress: EpochDone) -> None:
        nonlocal done
        done += weights[progress.run]
        left = (time.monotonic() - started) * (sum(run.cost for run in runs) / done - 1)
        console.print(
            f"{progress.run}: {_state(progress)}, time left {_clock(left)}",
            highlight=False,
            soft_wrap=True,
        )

    yield tell


def _bars(console: Console) -> Bars:
    return Bars(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[state]}"),
        TimeRemainingColumn(),
        console=console,
    )


def _state(progress: EpochDone) -> str:
    return (
        f"epoch {progress.epoch}/{progress.epochs}, test loss {progress.loss:.4f}, "
        f"accuracy {100 * progress.accuracy:.1f} %"
    )


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
