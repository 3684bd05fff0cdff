"""Opens data sets: a folder is checked and decoded once, then memory-mapped from the store.

`load` reads a folder, `load_embedded` draws the embedded set where it is missing, `import_images`
copies one's own into the project.
"""

from __future__ import annotations

import os
from collections import Counter
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from xo.data import generate, images
from xo.data.archive import extracted
from xo.data.dataset import EMBEDDED, DataSet, Split, data_digest
from xo.data.folder import SPLITS, Folder, Layout, find_layout, open_folder
from xo.errors import InputError
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs, sha256
from xo.store.ownership import claim, keep_apart, refuse_inside_own
from xo.store.store import Store

LARGEST_PIXELS = 2**30  # bytes of all decoded images
LAYOUT = 2  # of the stored arrays; raise it when the same files are to be decoded otherwise
ARTIFACT = "images"  # kind and name in the store


class StoredSplit(msgspec.Struct, frozen=True):
    """What the store says of the images in train.npy or test.npy."""

    ids: tuple[str, ...]
    labels: tuple[int, ...]


class StoredImages(msgspec.Struct, frozen=True):
    """What the store says of a decoded data set, beside its arrays."""

    classes: tuple[str, ...]
    image_size: tuple[int, int]
    digest: str
    train: StoredSplit
    test: StoredSplit


def open_data(root: Path, store: Path) -> DataSet:
    """The data set that a command was given, with the folder of its store, which is claimed."""
    keep_apart({"--data": root, "--store": store})
    claim(store, "store")
    Store(store).sweep()
    return (load_embedded if root == EMBEDDED else load)(root, Store(store))


def load_embedded(root: Path, store: Store) -> DataSet:
    """The embedded data set, drawn into `root` where that does not exist yet."""
    if not root.exists():
        try:
            generate.generate(root)
        except InputError:
            if not root.exists():  # else another process was first
                raise
    try:
        data = load(root, store)
    except InputError as error:
        if not str(error).startswith(str(root)):  # the store's trouble, not the data set's
            raise
        raise InputError(f"{error}; or remove {root}, and it is drawn anew") from None
    if data.digest != generate.DIGEST:
        raise InputError(
            f"{root}: not the embedded data set (digest {data.digest[:12]}, expected "
            f"{generate.DIGEST[:12]}); remove it, and it is drawn anew, or name it with --data"
        )
    return data


def load(root: Path, store: Store) -> DataSet:
    """The data set in a folder; images are decoded only when the store has not got them yet."""
    folder = open_folder(root)
    layout = find_layout(folder)
    files = _read(folder, layout)
    digests = "".join(f"{path}\0{sha256(content)}\n" for path, content in files.items())
    inputs = {"layout": LAYOUT, "files": sha256(digests.encode())}
    artifact, _ = store.look_up(ARTIFACT, ARTIFACT, inputs, quarantine=True)
    if artifact is None:
        artifact = _write(store, inputs, _decode(folder, root, layout, files))
    return _from_store(artifact, root)


def check(root: Path) -> DataSet:
    """The data set in a folder, read and checked in full without a store."""
    folder = open_folder(root)
    layout = find_layout(folder)
    return _decode(folder, root, layout, _read(folder, layout))


def import_images(source: Path, target: Path) -> DataSet:
    """Checks a folder or zip and writes its images to `target` as PNGs.

    InputError where the source is no data set, or where something else lies at `target`.
    """
    refuse_inside_own(target, "--to")
    if target.resolve() != source.resolve() and target.resolve().is_relative_to(source.resolve()):
        raise InputError(
            f"{target}: lies in {source}, whose images are read; "
            "choose a folder outside of it with --to"
        )
    with extracted(source) if source.is_file() else nullcontext(open_folder(source)) as folder:
        layout = find_layout(folder)
        _refuse_equal_names(folder, layout)
        data = _as_png(_decode(folder, target, layout, _read(folder, layout)))
    if target.is_dir():
        try:
            present = check(target)
        except InputError:
            present = None  # something else, which `write` refuses to replace
        if present and present.digest == data.digest:
            return present
    images.write(
        target,
        (
            (f"{name}/{id_}", pixels)
            for name, split in (("train", data.train), ("test", data.test))
            for id_, pixels in zip(split.ids, split.images)
        ),
    )
    return check(target)


def _read(folder: Folder, layout: Layout) -> dict[str, bytes]:
    """Path -> bytes of every image."""
    return {file.path: folder.read(file.path) for split in SPLITS for file in layout.files[split]}


def _decode(folder: Folder, root: Path, layout: Layout, files: dict[str, bytes]) -> DataSet:
    """Decodes every image; refuses sets whose images differ in size or stand in both splits."""
    decoded: dict[str, np.ndarray] = {}  # path -> (H, W)
    total = 0
    for path, content in files.items():
        decoded[path] = images.decode(content, f"{folder.name}/{path}")
        total += decoded[path].size
        if total > LARGEST_PIXELS:
            raise InputError(
                f"{folder.name}: more than {LARGEST_PIXELS:,} pixels in all; "
                "give fewer or smaller images"
            )
    ((height, width), _), *_ = Counter(each.shape for each in decoded.values()).most_common(1)
    for path, pixels in decoded.items():
        if pixels.shape != (height, width):
            raise InputError(
                f"{folder.name}/{path}: {pixels.shape[1]}x{pixels.shape[0]} pixels where the "
                f"others have {width}x{height}; bring it to that size, or remove it"
            )
    trained = {_digest(decoded[file.path]): file.path for file in layout.files["train"]}
    for file in layout.files["test"]:
        if other := trained.get(_digest(decoded[file.path])):
            raise InputError(
                f"{folder.name}/{file.path}: the same image as {other}; "
                "a test image must not be trained on, so remove one of them"
            )
    train, test = (
        Split(
            np.array([file.label for file in split], np.int64),
            tuple(file.id for file in split),
            np.stack([decoded[file.path] for file in split]),
        )
        for split in (layout.files["train"], layout.files["test"])
    )
    train.images.flags.writeable = test.images.flags.writeable = False
    return _data_set(root, layout.classes, (height, width), train, test)


def _digest(pixels: np.ndarray) -> str:
    return sha256(pixels.tobytes())


def _data_set(
    root: Path, classes: tuple[str, ...], size: tuple[int, int], train: Split, test: Split
) -> DataSet:
    digest = data_digest(classes, size, train, test)
    return DataSet(_name(root), root, classes, size, digest, train, test)


def _name(root: Path) -> str:
    """What a data set is called: the name of its folder."""
    return os.path.basename(os.path.abspath(root))


def _png_name(id_: str) -> str:
    return f"{id_.rpartition('.')[0]}.png"


def _refuse_equal_names(folder: Folder, layout: Layout) -> None:
    """Raises InputError where two images would become one PNG, on any file system."""
    names: dict[str, str] = {}
    for split in SPLITS:
        for file in layout.files[split]:
            png = f"{split}/{_png_name(file.id)}"
            if other := names.get(png.casefold()):
                raise InputError(
                    f"{folder.name}/{file.path}: becomes {png}, as {other} does; rename one of them"
                )
            names[png.casefold()] = file.path


def _as_png(data: DataSet) -> DataSet:
    """The same images under the names that they get as PNGs."""
    train, test = (
        replace(split, ids=tuple(map(_png_name, split.ids))) for split in (data.train, data.test)
    )
    return _data_set(data.root, data.classes, data.image_size, train, test)


def _write(store: Store, inputs: Inputs, data: DataSet) -> Artifact:
    """Stores decoded images, each split as one array."""
    splits = {"train": data.train, "test": data.test}
    with store.new_entry(ARTIFACT, ARTIFACT, inputs) as entry:
        for name, split in splits.items():
            # Not memory-mapped: a full disk must raise, not kill.
            with open(entry.folder / f"{name}.npy", "wb") as file:
                np.save(file, split.images)
        described = {
            name: StoredSplit(split.ids, tuple(split.labels.tolist()))
            for name, split in splits.items()
        }
        content = StoredImages(data.classes, data.image_size, data.digest, **described)
        entry.content.update(msgspec.to_builtins(content))
    return entry.artifact


def _from_store(artifact: Artifact, root: Path) -> DataSet:
    """The data set with memory-mapped images."""
    stored = artifact.content_as(StoredImages)
    train, test = (
        Split(np.array(split.labels, np.int64), split.ids, artifact.folder / f"{name}.npy")
        for name, split in (("train", stored.train), ("test", stored.test))
    )
    return DataSet(_name(root), root, stored.classes, stored.image_size, stored.digest, train, test)
