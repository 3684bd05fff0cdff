"""How many times faster xo trains than a plain script: the same runs with the same seeds.

xo trains as a study does (a process per core with one thread each, tests every epoch, keeps
records); the plain script (plain.py) takes one run after the other, each on all cores. Training
images per second are compared.

    python benchmarks/training.py                        every variant, 2 epochs, a seed per core
    python benchmarks/training.py --epochs 0             all epochs
    python benchmarks/training.py baseline no-pooling
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click
import torch
from rich.console import Console
from rich.table import Table

from xo.data.dataset import DataSet
from xo.data.load import load, load_embedded
from xo.runs.execute import execute
from xo.runs.resources import cores
from xo.runs.study import Run, one_run
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS


def images_trained(run: Run) -> int:
    count = len(run.data.train.labels) + (
        len(run.data.test.labels) if run.variant.labels == "split" else 0
    )
    return count * run.variant.epochs


@click.command()
@click.argument("names", metavar="[VARIANT]...", nargs=-1, type=click.Choice(list(VARIANTS)))
@click.option(
    "--epochs",
    default=2,
    show_default=True,
    type=click.IntRange(0),
    help="0: as many as the variant's row says.",
)
@click.option("--seeds", default=cores(), show_default="one per core", type=click.IntRange(1))
@click.option(
    "--data",
    "root",
    type=click.Path(exists=True, path_type=Path),
    help="Instead of the embedded data set.",
)
def main(names: tuple[str, ...], epochs: int, seeds: int, root: Path | None) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(Path(scratch) / "runs")
        data = load(root, store) if root else load_embedded(Path(scratch) / "data", store)
        variants = [
            replace(VARIANTS[name], epochs=epochs or VARIANTS[name].epochs)
            for name in names or VARIANTS
        ]
        runs = [
            one_run(variant, seed, data, Source()) for variant in variants for seed in range(seeds)
        ]
        report(runs, *by_xo(runs, store), *by_plain(runs, data))


def by_xo(runs: list[Run], store: Store) -> tuple[dict[str, float], dict[str, int], float]:
    """Seconds of the runs in their processes and peak memory in bytes, by variant; wall seconds."""
    seconds, memory = {}, {}
    started = time.perf_counter()
    for record in execute(runs, store):
        cost = record.cost
        seconds[record.variant] = seconds.get(record.variant, 0) + cost.train_seconds
        memory[record.variant] = max(memory.get(record.variant, 0), cost.peak_memory_bytes or 0)
    return seconds, memory, time.perf_counter() - started


def by_plain(runs: list[Run], data: DataSet) -> tuple[dict[str, float], float]:
    """Per variant the seconds of all its runs; seconds in all."""
    import plain  # not on top: xo's processes would import it, and torchvision into their memory

    torch.set_num_threads(cores())
    seconds = {}
    for run in runs:
        started = time.perf_counter()
        plain.train(run.variant, data.root, run.seed)
        seconds[run.variant.name] = seconds.get(run.variant.name, 0) + time.perf_counter() - started
    return seconds, sum(seconds.values())


def report(
    runs: list[Run],
    xo: dict[str, float],
    memory: dict[str, int],
    xo_wall: float,
    plain_: dict[str, float],
    plain_wall: float,
) -> None:
    processes = min(cores(), len(runs))
    epochs = sum(run.variant.epochs for run in runs)
    table = Table(
        title=f"{len(runs)} runs, {epochs} epochs; {cores()} cores, torch {torch.__version__}"
    )
    for heading in (
        "variant",
        "plain (images/s)",
        "xo (images/s)",
        "ratio",
        "xo process, peak (MB)",
    ):
        table.add_column(heading, justify="left" if heading == "variant" else "right")

    def row(name: str, images: int, plain_seconds: float, xo_seconds: float, peak: int) -> None:
        table.add_row(
            name,
            f"{images / plain_seconds:.0f}",
            f"{images / xo_seconds:.0f}",
            f"{plain_seconds / xo_seconds:.2f}",
            f"{peak / 1e6:.0f}",
        )

    for name in dict.fromkeys(run.variant.name for run in runs):
        images = sum(images_trained(run) for run in runs if run.variant.name == name)
        row(name, images, plain_[name], xo[name] / processes, memory[name])
    table.add_section()
    row(
        "all, by the clock",
        sum(map(images_trained, runs)),
        plain_wall,
        xo_wall,
        max(memory.values()),
    )
    Console(width=max(100, int(os.environ.get("COLUMNS", 0)))).print(table)


if __name__ == "__main__":
    main()
