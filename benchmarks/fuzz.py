"""Mutates archives and image files and has `xo` import and read them: each ends in images or in one
line, within seconds and a gigabyte, and nothing is written outside of its folder.

    python benchmarks/fuzz.py                 ten minutes
    python benchmarks/fuzz.py --minutes 1 --seed 7
"""

from __future__ import annotations

import io
import os
import random
import resource
import signal
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import numpy as np
from PIL import Image

from xo.data.fit import Fit
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.photograph import read_photograph
from xo.errors import InputError

LONGEST, LARGEST = 10, 2**30  # seconds and bytes that one input may take
A_CHILD = 50  # inputs for each process
FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "TIFF": "tif", "BMP": "bmp", "WEBP": "webp"}
OPTIONS = (
    ImportOptions(),
    ImportOptions(size=(40, 40), crop_to_ink=True, first_frame=True),
    ImportOptions(colour=True, invert=True, size=(30, 24)),
)


def pictures(rng: random.Random) -> Iterator[tuple[str, bytes]]:
    """Paths in a data set and images of every format."""
    noise = np.random.default_rng(rng.randrange(2**32))
    for split in ("train", "test"):
        for label in ("ant", "bee"):
            for number, (kind, suffix) in enumerate(FORMATS.items()):
                pixels = noise.integers(0, 256, (24, 30, 3), np.uint8)
                out = io.BytesIO()
                Image.fromarray(pixels).save(out, kind)
                yield f"{split}/{label}/{number}.{suffix}", out.getvalue()


def archive(rng: random.Random, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    out = io.BytesIO()
    if rng.random() < 0.3:
        with tarfile.open(fileobj=out, mode=rng.choice(["w", "w:gz", "w:bz2", "w:xz"])) as tar:
            for name, content in files:
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
        return "set.tgz", out.getvalue()
    method = rng.choice(
        [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    )
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in files:
            packed.writestr(name, content)
    return "set.zip", out.getvalue()


def mutated(rng: random.Random, content: bytes) -> bytes:
    """The content with a few bytes changed, cut out, doubled or put in."""
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 30])):
        at = rng.randrange(len(data)) if data else 0
        match rng.randrange(5):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                data[at : at + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"])
            case 2:
                del data[at : at + rng.choice([1, 8, 500])]
            case 3:
                data[at:at] = data[at : at + rng.choice([1, 64, 2000])]
            case 4:
                data[at:at] = rng.randbytes(rng.choice([1, 16]))
    return bytes(data)


def one(rng: random.Random, folder: Path) -> str:
    """One input, imported or read; how it ended."""
    files = list(pictures(rng))
    try:
        if rng.random() < 0.5:
            name, content = archive(rng, files)
            (folder / name).write_bytes(mutated(rng, content))
            import_images(folder / name, folder / "imported", rng.choice(OPTIONS))
            return "imported"
        chosen = rng.randrange(len(files))
        for number, (name, content) in enumerate(files):
            (folder / "set" / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / "set" / name).write_bytes(
                mutated(rng, content) if number == chosen else content
            )
        if rng.random() < 0.5:
            import_images(folder / "set", folder / "imported", rng.choice(OPTIONS))
            return "imported"
        name, content = files[chosen]
        read = rng.choice([Fit((30, 24), resize=True).read, read_photograph])
        read(mutated(rng, content), name)
        return "read"
    except InputError as error:
        if "\n" in str(error):
            raise
        return "refused"


def child(seed: int, report: Path) -> None:
    """Tries some inputs; the report names the one at hand, for a process that dies of it."""
    resource.setrlimit(resource.RLIMIT_DATA, (LARGEST, LARGEST))
    ends: Counter[str] = Counter()
    for k in range(A_CHILD):
        case = seed * A_CHILD + k
        report.write_text(f"{case}")
        with tempfile.TemporaryDirectory() as outer:
            folder = Path(outer) / "inside"
            folder.mkdir()
            signal.alarm(LONGEST)
            ends[one(random.Random(case), folder)] += 1
            signal.alarm(0)
            if os.listdir(outer) != ["inside"]:
                raise RuntimeError(f"wrote outside of its folder: {os.listdir(outer)}")
    report.write_text(" ".join(f"{count} {end}" for end, count in ends.items()))


@click.command(help=__doc__)
@click.option("--minutes", type=float, default=10.0, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True, help="Of the first input.")
def main(minutes: float, seed: int) -> None:
    ends: Counter[str] = Counter()
    started, bad = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report"
        while time.monotonic() - started < 60 * minutes:
            process = os.fork()
            if not process:
                status = 1
                try:
                    child(seed, report)
                    status = 0
                finally:
                    os._exit(status)
            _, status = os.waitpid(process, 0)
            if status:
                bad += 1
                print(f"input {report.read_text()}: ended with status {status}", flush=True)
            else:
                words = report.read_text().split()
                ends.update({end: int(n) for n, end in zip(words[::2], words[1::2], strict=True)})
            seed += 1
    print(f"{sum(ends.values()):,} inputs: " + ", ".join(f"{n:,} {e}" for e, n in ends.items()))
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
