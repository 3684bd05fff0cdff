"""How time and memory grow with the number of runs: finding the records of a study in which nothing
is to be done, and `status`.

One short run is trained. Its record, grown to about 20 KB by more epochs, is copied under other
seeds, with the smaller of its arrays.

    python benchmarks/growth.py
    python benchmarks/growth.py --runs 10 --runs 1000
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from safetensors.numpy import save

from xo.data.load import open_data
from xo.runs.execute import execute
from xo.runs.record import RunRecord
from xo.runs.resources import peak_memory
from xo.runs.study import STUDIES, Study, find_records, plan, study_data
from xo.store import sealed
from xo.store.artifact import ARRAYS, RECORD
from xo.store.inputs import sha256
from xo.store.memory import collect_garbage_rarely
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS

SIZES = (10, 100, 1_000, 10_000)
VARIANT = "three-conv"
RECORD_BYTES = 20_000
SMALL = 3_000  # bytes of an array that is copied


def growing_study(runs: int) -> Study:
    """The smoke study with so many runs of one variant."""
    smoke = STUDIES["smoke"]
    seeds = type(smoke.seeds)
    return replace(smoke, exceptions=dict.fromkeys(VARIANTS, seeds(0)) | {VARIANT: seeds(runs)})


def fill(root: Path, data: Path, runs: int) -> None:
    """A store with the records of the growing study."""
    store = Store(root)
    images = study_data(STUDIES["smoke"], open_data(data, root))
    planned = plan(growing_study(runs), images, Source())
    with tempfile.TemporaryDirectory(prefix="xo-growth-") as scratch:
        (trained,) = execute(planned[:1], Store(Path(scratch)), jobs=1)
        document, arrays = grown(trained)
    for run in planned:
        folder = store.folder("run", run.name, run.inputs)
        folder.mkdir(parents=True)
        (folder / ARRAYS).write_bytes(arrays)
        named = {"name": run.name, "key": run.key, "inputs": run.inputs}
        copy = document | named | {"content": document["content"] | {"seed": run.seed}}
        (folder / RECORD).write_bytes(sealed.seal_document(copy))


def grown(trained: RunRecord) -> tuple[dict, bytes]:
    """A record of RECORD_BYTES, as it is read from JSON, and the bytes of its arrays."""
    text = (trained.folder / RECORD).read_bytes()
    document = json.loads(text)
    content = document["content"]
    missing = RECORD_BYTES - len(text)
    more = max(0, missing * len(content["epochs"]) // len(json.dumps(content["epochs"], indent=1)))
    for name in ("epochs", "epoch_seconds"):
        content[name] += content[name][-1:] * more
    arrays = {name: trained.artifact.array(name) for name in trained.array_names}
    small = {name: array for name, array in arrays.items() if array.nbytes < SMALL}
    losses = arrays["batch_loss"]
    small["batch_loss"] = np.concatenate([losses, np.repeat(losses[-1:], more, axis=0)])
    saved = save(small)
    document["files"] = {
        ARRAYS: {"sha256": sha256(saved), "bytes": len(saved), "optional": False},
    }
    return document, saved


def measure(what: str, runs: int, root: Path, data: Path) -> None:
    """Prints seconds and peak memory in bytes, of the work without imports."""
    from report_builder.paths import Paths
    from report_builder.status import status

    collect_garbage_rarely()  # as the commands do
    STUDIES["growth"] = growing_study(runs)
    images = study_data(STUDIES["growth"], open_data(data, root))
    started = time.perf_counter()
    if what == "find_records":
        found = find_records(plan(STUDIES["growth"], images, Source()), Store(root))
        assert len(found.found) == runs, found.missing[:1]
    else:
        paths = Paths(data, root, root.parent / "build", root.parent / "site")
        assert sum(each.name.startswith("run ") for each in status("growth", paths)) == runs
    print(json.dumps([time.perf_counter() - started, peak_memory()]))


@click.command()
@click.option("--runs", "sizes", type=click.IntRange(min=2), multiple=True, default=SIZES)
@click.option("--child", nargs=3, hidden=True)
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/xo"), show_default=True)
def main(sizes: tuple[int, ...], child: tuple[str, str, str] | None, data: Path) -> None:
    if child:
        what, runs, root = child
        measure(what, int(runs), Path(root), data)
        return
    table = Table("runs", "find_records s", "peak MB", "status s", "peak MB ")
    for runs in sizes:
        with tempfile.TemporaryDirectory(prefix="xo-growth-") as scratch:
            root = Path(scratch) / "runs"
            fill(root, data, runs)
            row = [f"{runs:,}"]
            for what in ("find_records", "status"):
                command = [sys.executable, __file__, "--child", what, str(runs), str(root)]
                output = subprocess.run(
                    [*command, "--data", str(data)], check=True, capture_output=True, text=True
                ).stdout
                seconds, peak = json.loads(output)
                row += [f"{seconds:.2f}", f"{peak / 1e6:.0f}" if peak else "?"]
            table.add_row(*row)
    Console().print(table)


if __name__ == "__main__":
    main()
