"""How long builds take and how much memory they need, in a scratch copy of the tracked files:
nothing of yours is touched.

One build from nothing, then with nothing to do, after one page's text changed, after one figure's
code changed, and of all figures and pages from records.

    python benchmarks/building.py                     the smoke study
    python benchmarks/building.py --study default
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import click
import psutil
from rich.console import Console
from rich.table import Table

from xo.runs.resources import cores

ROOT = Path(__file__).resolve().parent.parent
PAGE = "docs/zh/xo/data.md"
FIGURE = "report_builder/figures/images/samples.py"  # whose code is changed
FIGURES = "build/figures/*/record.json"


class Cost(NamedTuple):
    seconds: float  # of the whole process
    all_bytes: int  # peak of the sum over the process and its children, resident
    largest_bytes: int  # peak of the largest one of them
    drawn: int  # figures
    last_line: str


def copy_of_tracked_files(target: Path) -> None:
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    for name in filter(None, names.split("\0")):
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, target / name)


def build(tree: Path, study: str) -> Cost:
    """Runs the build in `tree`; memory is read off every 20 ms."""
    before = set(tree.glob(FIGURES))
    command = [sys.executable, "-m", "report_builder", "build", "--study", study]
    with tempfile.TemporaryFile("w+") as output:
        started = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=tree,
            env=os.environ | {"PYTHONPATH": str(tree)},
            stdout=output,
            stderr=output,
        )
        all_bytes = largest_bytes = 0
        while process.poll() is None:
            sizes = resident(process.pid)
            all_bytes, largest_bytes = max(all_bytes, sum(sizes)), max(largest_bytes, *sizes, 0)
            time.sleep(0.02)
        seconds = time.perf_counter() - started
        output.seek(0)
        lines = output.read().splitlines()
    if process.returncode:
        sys.exit("\n".join(lines))
    drawn = len(set(tree.glob(FIGURES)) - before)
    return Cost(seconds, all_bytes, largest_bytes, drawn, lines[-1] if lines else "")


def resident(pid: int) -> list[int]:
    """Bytes of a process and of each of its descendants."""
    sizes = []
    try:
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            sizes.append(process.memory_info().rss)
    except psutil.NoSuchProcess:
        pass  # ended between two looks
    return sizes or [0]


def change_page(tree: Path) -> None:
    with open(tree / PAGE, "a", encoding="utf-8") as page:
        page.write("\n改动。\n")


def change_figure(tree: Path) -> None:
    """Adds a statement without effect to the last function of FIGURE."""
    file = tree / FIGURE
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    last = max(k for k, line in enumerate(lines) if line.startswith("    return "))
    lines.insert(last, "    pass\n")
    file.write_text("".join(lines), encoding="utf-8")


def remove_figures_and_pages(tree: Path) -> None:
    """Runs stay, and what notebooks and the code of pages put out: those train or import torch."""
    shutil.rmtree(tree / "site")
    for path in (tree / "build").iterdir():
        if path.name not in ("notebooks", "code-outputs", ".xo-report"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


STEPS = (
    ("from nothing", lambda tree: None),
    ("nothing to do", lambda tree: None),
    ("one page's text changed", change_page),
    (f"the code of one figure changed ({FIGURE})", change_figure),
    ("all figures and pages, no training", remove_figures_and_pages),
)


@click.command()
@click.option("--study", default="smoke", show_default=True)
def main(study: str) -> None:
    table = Table(title=f"build --study {study}, {cores()} cores")
    for heading in (
        "build",
        "seconds",
        "figures drawn",
        "largest process (MB)",
        "all processes (MB)",
        "its last line",
    ):
        table.add_column(
            heading, justify="left" if heading in ("build", "its last line") else "right"
        )
    with tempfile.TemporaryDirectory() as scratch:
        tree = Path(scratch) / "xo-report"
        copy_of_tracked_files(tree)
        for name, prepare in STEPS:
            prepare(tree)
            cost = build(tree, study)
            table.add_row(
                name,
                f"{cost.seconds:.2f}",
                str(cost.drawn),
                f"{cost.largest_bytes / 1e6:.0f}",
                f"{cost.all_bytes / 1e6:.0f}",
                cost.last_line,
            )
    Console(width=max(140, int(os.environ.get("COLUMNS", 0)))).print(table)


if __name__ == "__main__":
    main()
