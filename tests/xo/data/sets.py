"""Small data sets for tests, and what is wrong with others."""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from xo.data import generate
from xo.errors import InputError


def picture(seed: int, size: tuple[int, int] = (24, 30), mode: str = "RGB") -> Image.Image:
    """A noisy image of (width, height)."""
    shape = (size[1], size[0]) + ((3,) if mode == "RGB" else ())
    noise = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    return Image.fromarray(noise)


def make(
    root: Path, classes=("ant", "bee", "cat"), splits=("train", "test"), suffix=".png", each=(3, 2)
) -> Path:
    """A small set of 24x30 color images that are all different."""
    seed = 0
    for split, count in zip(splits, each):
        for name in classes:
            (root / split / name).mkdir(parents=True)
            for number in range(count):
                picture(seed).save(root / split / name / f"{number}{suffix}")
                seed += 1
    return root


def make_original(root: Path) -> Path:
    """A set as the original lays its files out: one-bit BMPs under its own folder names."""
    for path, pixels in generate.draw({"train": 3, "test": 2}):
        split, name, file = path.split("/")
        target = root / f"{split}_data" / f"{name}_sm" / file.replace(".png", ".bmp")
        target.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).convert("1").save(target)
    return root


def pack(folder: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, prefix + path.relative_to(folder).as_posix())
    return target


def refused(action, *parts: str) -> None:
    """`action` ends in an InputError of one line that holds all `parts`."""
    with pytest.raises(InputError) as caught:
        action()
    message = str(caught.value)
    assert "\n" not in message
    for part in parts:
        assert part in message


def png(width: int, height: int) -> bytes:
    """The head of a PNG that claims so many one-bit pixels and holds none."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(bytes(100)))
        + chunk(b"IEND", b"")
    )


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:200])


def transparent(path: Path) -> None:
    image = picture(5).convert("RGBA")
    image.putalpha(100)
    image.save(path)


def empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def moved_down(root: Path) -> None:
    root.rename(root.with_name("aside"))
    root.mkdir()
    root.with_name("aside").rename(root / "pets")


def moved_up(root: Path) -> None:
    root.rename(root.with_name("aside"))
    (root.with_name("aside") / "train").rename(root)


SPOILED: dict[str, tuple[Any, ...]] = {
    "unreadable image": (
        lambda r: (r / "train/ant/1.png").write_bytes(b"no image"),
        "train/ant/1.png",
        "restore",
    ),
    "empty file": (
        lambda r: (r / "train/ant/1.png").write_bytes(b""),
        "train/ant/1.png",
        "restore",
    ),
    "truncated image": (
        lambda r: cut(r / "test/bee/1.png"),
        "test/bee/1.png",
        "not a readable image",
    ),
    "odd size": (
        lambda r: picture(99, (30, 24)).save(r / "test/cat/0.png"),
        "test/cat/0.png: 30x24",
        "24x30",
    ),
    "odd size first": (
        lambda r: picture(99, (25, 24)).save(r / "train/ant/0.png"),
        "train/ant/0.png: 25x24",
        "24x30",
    ),
    "too small": (
        lambda r: picture(99, (24, 21)).save(r / "train/ant/0.png"),
        "train/ant/0.png: 24x21",
        "at least 22",
    ),
    "too large": (
        lambda r: picture(9, (24, 513)).save(r / "train/ant/0.png"),
        "ant/0.png: 24x513",
        "at most 512",
    ),
    "pixel bomb": (
        lambda r: (r / "train/ant/0.png").write_bytes(png(9999, 9999)),
        "ant/0.png: 9999x9999",
        "at most",
    ),
    "larger bomb": (
        lambda r: (r / "train/ant/0.png").write_bytes(png(99999, 99999)),
        "train/ant/0.png",
        "bomb",
    ),
    "large file": (
        lambda r: (r / "train/ant/0.png").write_bytes(bytes(2**24 + 1)),
        "ant/0.png: 16,777,217 bytes",
    ),
    "transparent": (lambda r: transparent(r / "train/ant/0.png"), "train/ant/0.png", "flatten"),
    "sixteen bits": (
        lambda r: Image.fromarray(np.zeros((30, 24), np.uint16)).save(r / "train/ant/0.png"),
        "8 bits",
    ),
    "frames": (
        lambda r: picture(1).save(r / "train/ant/0.png", save_all=True, append_images=[picture(2)]),
        "2 frames",
    ),
    "empty class": (lambda r: empty(r / "train/bee"), "train/bee", "no image in this class"),
    "class missing in test": (
        lambda r: shutil.rmtree(r / "test/bee"),
        "test: lacks class bee",
        "same classes",
    ),
    "class missing in train": (
        lambda r: shutil.rmtree(r / "train/bee"),
        "train: lacks class bee",
        "same classes",
    ),
    "split missing": (lambda r: shutil.rmtree(r / "test"), "has train but no test folder"),
    "both layouts": (lambda r: (r / "train_data").mkdir(), "holds both train and train_data"),
    "in train and test": (
        lambda r: shutil.copy(r / "train/ant/1.png", r / "test/bee/7.png"),
        "test/bee/7.png: the same image as train/ant/1.png",
    ),
    "image outside a class": (
        lambda r: picture(9).save(r / "train/9.png"),
        "train/9.png",
        "outside every class",
    ),
    "folder in a class": (
        lambda r: (r / "train/ant/more").mkdir(),
        "train/ant/more",
        "a folder inside a class",
    ),
    "not an image": (
        lambda r: (r / "train/ant/notes.txt").write_text("x"),
        "train/ant/notes.txt",
        "remove it",
    ),
    "unprintable name": (
        lambda r: picture(9).save(r / "train/ant/a\nb.png"),
        "a\\nb.png",
        "rename",
    ),
    "unprintable class": (lambda r: (r / "train/a\tb").mkdir(), "a\\tb", "rename"),
    "one class": (
        lambda r: [shutil.rmtree(r / s / c) for s in ("train", "test") for c in ("ant", "bee")],
        "1 classes",
        "2 to 100",
    ),
    "too many classes": (
        lambda r: [
            shutil.copytree(r / s / "ant", r / s / f"c{n}")
            for s in ("train", "test")
            for n in range(98)
        ],
        "101 classes",
        "2 to 100",
    ),
    "splits as classes": (
        lambda r: [(r / "train" / n).mkdir() for n in ("train_data", "test_data")],
        "one level too high",
        "give",
    ),
    "one level too low": (moved_up, "one level too low", "give the folder above it"),
    "no set at all": (
        lambda r: [shutil.rmtree(r / n) for n in ("train", "test")],
        "no train and test folders",
    ),
}
CONVERTED = {"transparent", "sixteen bits"}  # what an import makes readable
