"""How long importing takes, beside decoding the images alone, each in a process of its own: many
small images, a folder and a zip of PNGs of 28x28, where memory must not grow with their number, and
photographs in color that are scaled down.

    python benchmarks/importing.py
    python benchmarks/importing.py --images 500 --images 5000

Fails where an image more takes more than A_NAME bytes more: its pixels are kept nowhere.
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import click
import numpy as np
from PIL import Image
from rich.console import Console
from rich.table import Table

from xo.command_line import CommandGroup
from xo.data.images import encode
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.load import load
from xo.errors import CheckFailed
from xo.runs.resources import cores
from xo.store.store import Store

SIDE, CLASSES, TESTED = 28, 10, 10  # pixels; every tenth image is for testing
PHOTOGRAPHS, PHOTOGRAPH, SCALED = 200, (900, 1200), (116, 116)  # number, (H, W), size to scale to
NUMBERS = (5_000, 50_000)
A_NAME = 4_000  # bytes of an image's names, also in the zip, its digest and its thumbnail


def write(folder: Path, count: int) -> None:
    """So many images of CLASSES classes, no two alike, in `folder` and in a zip beside it."""
    rng = np.random.default_rng(0)
    shapes = rng.integers(0, 160, (CLASSES, SIDE, SIDE))
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        for number in range(count):
            split = "test" if number // CLASSES % TESTED == 0 else "train"
            noise = rng.integers(0, 96, (SIDE, SIDE))
            content = encode((shapes[number % CLASSES] + noise).astype(np.uint8))
            path = f"{split}/class-{number % CLASSES}/{number:06d}.png"
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
            archive.writestr(path, content)


def write_photographs(folder: Path) -> None:
    """PHOTOGRAPHS files of JPEG, of two classes, in color."""
    rng = np.random.default_rng(0)
    height, width = PHOTOGRAPH
    for number in range(PHOTOGRAPHS):
        split = "test" if number // 2 % TESTED == 0 else "train"
        path = folder / split / f"class-{number % 2}" / f"{number}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        coarse = rng.integers(0, 256, (height // 30, width // 30, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC).save(path)


def decode(folder: Path) -> None:
    """Reads and decodes every image, and keeps none."""
    for path in folder.rglob("*.*"):
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            np.asarray(image)


def measured(step: str, source: Path, scratch: Path) -> tuple[float, float]:
    """Seconds and, in MB, the most memory that the step takes in a process of its own."""
    command = [sys.executable, __file__, "step", step, str(source), str(scratch)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seconds, memory = json.loads(done.stdout)
    return seconds, memory


def growth(found: list[tuple[float, float]], images: tuple[int, ...]) -> float:
    """By how many bytes memory grows with an image, from the smallest set to the largest."""
    return 1e6 * (found[-1][1] - found[0][1]) / max(1, images[-1] - images[0])


@click.group(cls=CommandGroup, invoke_without_command=True, help=__doc__)
@click.option("--images", type=click.IntRange(min=200), multiple=True, default=NUMBERS)
@click.pass_context
def main(context: click.Context, images: tuple[int, ...]) -> None:
    if context.invoked_subcommand:
        return
    steps = ("decode", "import folder", "import zip", "load", "load again")
    rows: dict[str, list[tuple[float, float]]] = {step: [] for step in steps}
    with tempfile.TemporaryDirectory(prefix="xo-importing-") as scratch:
        for count in images:
            source = Path(scratch) / f"images-{count}"
            write(source, count)
            for step, found in rows.items():
                place = source.with_suffix(".zip") if step == "import zip" else source
                found.append(measured(step, place, Path(scratch) / f"made-{count}"))
        photographs = Path(scratch) / "photographs"
        write_photographs(photographs)
        alone, _ = measured("decode", photographs, Path(scratch))
        imported, _ = measured("import photographs", photographs, Path(scratch) / "made")
    table = Table("step", *(f"{count:,}: seconds, MB" for count in images), "bytes an image")
    for step, found in rows.items():
        cells = [f"{seconds:.1f}, {memory:.0f}" for seconds, memory in found]
        table.add_row(step, *cells, f"{growth(found, images):,.0f}")
    Console().print(table)
    print(
        f"{PHOTOGRAPHS} photographs of {PHOTOGRAPH[1]}x{PHOTOGRAPH[0]}: decoded in {alone:.1f} s, "
        f"imported in {imported:.1f} s"
    )
    for step, found in rows.items():
        if growth(found, images) > A_NAME:
            raise CheckFailed(f"{step}: memory grows with the number of images")


@main.command(hidden=True)
@click.argument("name")
@click.argument("source", type=Path)
@click.argument("scratch", type=Path)
def step(name: str, source: Path, scratch: Path) -> None:
    """One step, in this process."""
    scratch.mkdir(exist_ok=True)
    started = time.perf_counter()
    if name == "decode":
        decode(source)
    elif name.startswith("import"):
        options = ImportOptions(size=SCALED if name.endswith("photographs") else None)
        import_images(source, scratch / name.replace(" ", "-"), options, jobs=cores())
    else:
        load(scratch / "import-folder", Store(scratch / "store"))
    seconds = time.perf_counter() - started
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
    print(json.dumps((seconds, memory)))


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "2")
    main()
