"""The data set as arrays: checked once, decoded once, then memory-mapped from a cache keyed by content.

`load` reads a folder, `ensure` draws the embedded set first where it is missing, `import_images` brings in one's own.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from xo.data import generate, images
from xo.data.archive import Archive, Folder
from xo.data.folder import SPLITS, Layout, find
from xo.data.statistics import describe, statistics
from xo.errors import InputError
from xo.store.ownership import refuse_inside_own

__all__ = ["DataSet", "Split", "check", "describe", "ensure", "import_images", "load", "statistics"]

_LARGEST_PIXELS = 2**30  # bytes of all decoded images
_SETTLED = 2_000_000_000  # ns after which a file's time stamp tells it from a later edit
_CACHE = b"1"  # changes when the same bytes are to be decoded into other arrays


@dataclass(frozen=True, eq=False)
class Split:
    """The train or the test images; pickles small when the pixels lie in a cache."""

    labels: np.ndarray  # (N,) int64, index of the class
    ids: tuple[str, ...]  # "circles/0007.png"
    pixels: Path | np.ndarray = field(repr=False)  # a .npy file, or (M, H, W) uint8
    rows: np.ndarray | None = field(
        default=None, repr=False
    )  # (N,) which of the M images are meant; None: all

    @property
    def images(self) -> np.ndarray:
        """(N, H, W) uint8, 0 black and 255 white; read-only, memory-mapped where they lie in a file."""
        pixels = (
            self.pixels
            if isinstance(self.pixels, np.ndarray)
            else np.load(self.pixels, mmap_mode="r")
        )
        return pixels if self.rows is None else pixels[self.rows]

    def first(self, per_class: int) -> Split:
        """The first `per_class` images of every class, or all where there are fewer."""
        rows = np.concatenate(
            [np.flatnonzero(self.labels == label)[:per_class] for label in np.unique(self.labels)]
        )
        return Split(
            self.labels[rows],
            tuple(self.ids[row] for row in rows),
            self.pixels,
            rows if self.rows is None else self.rows[rows],
        )


@dataclass(frozen=True, eq=False)
class DataSet:
    """Images of two or more classes, all of one size, with their splits."""

    name: str  # of its folder
    root: Path
    classes: tuple[str, ...]  # sorted; a label is an index into it
    image_size: tuple[int, int]  # (H, W) in pixels
    digest: str  # SHA-256 of names, labels and pixels, the same on every machine and for every file format
    train: Split
    test: Split

    def subset(self, train_per_class: int, test_per_class: int) -> DataSet:
        """The first images of every class, at most so many, as a data set with a digest of its own."""
        train, test = self.train.first(train_per_class), self.test.first(test_per_class)
        digest = _digest(self.classes, self.image_size, train, test)
        return DataSet(self.name, self.root, self.classes, self.image_size, digest, train, test)


def ensure(root: Path, cache: Path) -> DataSet:
    """The embedded data set, drawn into `root` where that does not exist yet."""
    if not root.exists():
        try:
            generate.generate(root)
        except InputError:
            if not root.exists():  # else another process was first
                raise
    try:
        data = load(root, cache)
    except InputError as error:
        if not str(error).startswith(str(root)):  # the cache's trouble, not the set's
            raise
        raise InputError(f"{error}; or remove {root}, and it is drawn anew") from None
    if data.digest != generate.DIGEST:
        raise InputError(
            f"{root}: not the embedded data set (digest {data.digest[:12]}, expected "
            f"{generate.DIGEST[:12]}); remove it, and it is drawn anew, or name it with --data"
        )
    return data


def load(root: Path, cache: Path) -> DataSet:
    """The data set in a folder; images are decoded only when their bytes are not in `cache` yet."""
    source = Folder(root)
    layout = find(source)
    stamp, newest = _stamp(source, layout)
    cache = cache.absolute()
    note = (
        cache / f"{_sha(os.path.realpath(root).encode())[:16]}.json"
    )  # remembers which bytes had these time stamps
    try:
        remembered = json.loads(note.read_bytes())
        key = remembered["key"] if remembered["stamp"] == stamp else None
    except (OSError, ValueError, TypeError, KeyError):
        key = None
    if key and (data := _open(cache / key, root)):
        return data
    files = _read(source, layout)
    key = _sha(_CACHE, *(f"{path}\0{_sha(content)}\n".encode() for path, content in files.items()))
    try:
        data = _open(cache / key, root) or _store(
            cache / key, _decode(source.name, root, layout, files)
        )
        if newest < time.time_ns() - _SETTLED:
            aside = note.with_name(f".{uuid.uuid4().hex}")
            aside.write_text(json.dumps({"stamp": stamp, "key": key}))
            aside.replace(note)
    except OSError as error:
        raise InputError(
            f"{cache}: the cache cannot be written ({error.strerror}); "
            "free some space, make it writable, or choose another folder"
        ) from None
    return data


def check(root: Path) -> DataSet:
    """The data set in a folder, read and checked in full, no cache read or written."""
    source = Folder(root)
    layout = find(source)
    return _decode(source.name, root, layout, _read(source, layout))


def import_images(source: Path, target: Path) -> DataSet:
    """Check a folder or zip of the original's or of ImageFolder's layout and write it to `target` as PNGs."""
    refuse_inside_own(target, "--to")
    if target.resolve() != source.resolve() and target.resolve().is_relative_to(source.resolve()):
        raise InputError(
            f"{target}: lies in {source}, whose images are read; choose a folder outside of it with --to"
        )
    opened = Archive(source) if source.is_file() else Folder(source)
    layout = find(opened)
    names = {}
    for split in SPLITS:
        for path, name in zip(layout.paths[split], layout.ids[split]):
            png = f"{split}/{name.rpartition('.')[0]}.png"
            if other := names.get(png.casefold()):
                raise InputError(
                    f"{opened.name}/{path}: becomes {png}, as {other} does; rename one of them"
                )
            names[png.casefold()] = path
    data = _as_png(_decode(opened.name, target, layout, _read(opened, layout)))
    if target.is_dir():
        try:
            if (there := check(target)).digest == data.digest:
                return there
        except InputError:
            pass  # then it is something else, which `write` refuses to replace
    images.write(
        target,
        (
            (f"{split}/{name}", pixels)
            for split in SPLITS
            for name, pixels in zip(getattr(data, split).ids, getattr(data, split).images)
        ),
    )
    return check(target)


def _read(source: Folder | Archive, layout: Layout) -> dict[str, bytes]:
    """Path -> bytes of every image."""
    return {path: source.read(path) for split in SPLITS for path in layout.paths[split]}


def _decode(where: str, root: Path, layout: Layout, files: dict[str, bytes]) -> DataSet:
    """Decode every image once and refuse sets whose images differ in size or stand in both splits."""
    decoded: dict[str, np.ndarray] = {}  # path -> (H, W)
    total = 0
    for path, content in files.items():
        decoded[path] = images.decode(content, f"{where}/{path}")
        total += decoded[path].size
        if total > _LARGEST_PIXELS:
            raise InputError(
                f"{where}: more than {_LARGEST_PIXELS:,} pixels in all; give fewer or smaller images"
            )
    shapes = Counter(pixels.shape for pixels in decoded.values())
    (height, width), _ = shapes.most_common(1)[0]
    for path, pixels in decoded.items():
        if pixels.shape != (height, width):
            raise InputError(
                f"{where}/{path}: {pixels.shape[1]}x{pixels.shape[0]} pixels where the others have "
                f"{width}x{height}; bring it to that size, or remove it"
            )
    trained = {_sha(decoded[path]): path for path in layout.paths["train"]}
    for path in layout.paths["test"]:
        if other := trained.get(_sha(decoded[path])):
            raise InputError(
                f"{where}/{path}: the same image as {other}; a test image must not be trained on, "
                "so remove one of them"
            )
    train, test = (
        Split(
            np.array(layout.labels[split], np.int64),
            layout.ids[split],
            np.stack([decoded[path] for path in layout.paths[split]]),
        )
        for split in SPLITS
    )
    train.pixels.flags.writeable = test.pixels.flags.writeable = False
    digest = _digest(layout.classes, (height, width), train, test)
    return DataSet(_name(root), root, layout.classes, (height, width), digest, train, test)


def _as_png(data: DataSet) -> DataSet:
    """The same images under the names that they get as PNGs."""
    train, test = (
        Split(
            part.labels, tuple(f"{name.rpartition('.')[0]}.png" for name in part.ids), part.pixels
        )
        for part in (data.train, data.test)
    )
    digest = _digest(data.classes, data.image_size, train, test)
    return DataSet(data.name, data.root, data.classes, data.image_size, digest, train, test)


def _name(root: Path) -> str:
    """What a data set is called: the name of its folder."""
    return os.path.basename(os.path.abspath(root))


def _sha(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _digest(classes: tuple[str, ...], size: tuple[int, int], train: Split, test: Split) -> str:
    """SHA-256 over what decides a result: classes, size, ids with labels in order, pixels."""
    names = json.dumps(
        [classes, size, train.ids, train.labels.tolist(), test.ids, test.labels.tolist()]
    )
    return _sha(names.encode(), *(np.ascontiguousarray(part.images) for part in (train, test)))


def _stamp(source: Folder, layout: Layout) -> tuple[str, int]:
    """A digest of names, sizes and times of all images, and the newest of the times in ns."""
    stamps = [(path, *source.stamps[path]) for split in SPLITS for path in layout.paths[split]]
    return _sha(_CACHE, repr(stamps).encode()), max(
        max(mtime, ctime) for _, _, mtime, ctime in stamps
    )


def _store(folder: Path, data: DataSet) -> DataSet:
    """Write the arrays aside, rename them into the cache in place of a damaged entry, and open them there."""
    aside = folder.with_name(f".{uuid.uuid4().hex}")
    aside.mkdir(parents=True)
    try:
        index = {"classes": data.classes, "image_size": data.image_size, "digest": data.digest}
        for split in SPLITS:
            part: Split = getattr(data, split)
            index[split] = {"ids": part.ids, "labels": part.labels.tolist()}
            with open(
                aside / f"{split}.npy", "wb"
            ) as file:  # not memory-mapped: a full disk must raise, not kill
                np.save(file, part.images)
        (aside / "index.json").write_text(json.dumps(index))
        for _ in range(2):
            try:
                aside.rename(folder)
                break
            except (
                OSError
            ):  # there is one: damaged, or whole by now because another process was first
                if _open(folder, data.root):
                    break
                folder.rename(f"{aside}.damaged")
    finally:
        for left in (aside, Path(f"{aside}.damaged")):
            shutil.rmtree(left, ignore_errors=True)
    if opened := _open(folder, data.root):
        return opened
    raise InputError(f"{folder}: the cache reads otherwise than it was written; check the disk")


def _open(folder: Path, root: Path) -> DataSet | None:
    """The data set of a cache entry; None when it is missing or not what was written."""
    try:
        index = json.loads((folder / "index.json").read_bytes())
        train, test = (
            Split(
                np.array(index[split]["labels"], np.int64),
                tuple(index[split]["ids"]),
                folder / f"{split}.npy",
            )
            for split in SPLITS
        )
        classes, size = tuple(index["classes"]), tuple(index["image_size"])
        if _digest(classes, size, train, test) != index["digest"]:
            return None
    except (OSError, ValueError, TypeError, KeyError, EOFError):
        return None
    return DataSet(_name(root), root, classes, size, index["digest"], train, test)
