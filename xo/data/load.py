"""Opens data sets: a folder is checked and decoded once, then memory-mapped from the store.

`load` reads a folder, `load_embedded` draws the embedded set where it is missing, and
`xo.data.importing` brings images of other kinds into such a folder.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import msgspec
import numpy as np

from xo.data import generate, images
from xo.data.card import read_card
from xo.data.dataset import EMBEDDED, DataSet, Split, data_digest
from xo.data.folder import SPLITS, Folder, Layout, find_layout, open_folder
from xo.errors import InputError
from xo.store.artifact import Artifact
from xo.store.inputs import Inputs, sha256
from xo.store.ownership import claim, keep_apart
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
    colour = read_card(root).colour
    inputs: Inputs = {"layout": LAYOUT, "files": sha256(digests.encode())}
    if colour:
        inputs["colour"] = True
    artifact, _ = store.look_up(ARTIFACT, ARTIFACT, inputs, quarantine=True)
    if artifact is None:
        artifact = _write(store, inputs, _decode(folder, root, layout, files, colour))
    return _from_store(artifact, root)


def check(root: Path) -> DataSet:
    """The data set in a folder, read and checked in full without a store."""
    folder = open_folder(root)
    layout = find_layout(folder)
    return _decode(folder, root, layout, _read(folder, layout), read_card(root).colour)


def _read(folder: Folder, layout: Layout) -> dict[str, bytes]:
    """Path -> bytes of every image."""
    return {file.path: folder.read(file.path) for split in SPLITS for file in layout.files[split]}


def _decode(
    folder: Folder, root: Path, layout: Layout, files: dict[str, bytes], colour: bool
) -> DataSet:
    """Decodes every image; refuses sets whose images differ in size or stand in both splits."""
    decoded: dict[str, np.ndarray] = {}  # path -> (H, W), or (H, W, 3)
    total = 0
    for path, content in files.items():
        decoded[path] = images.decode(content, f"{folder.name}/{path}", colour=colour)
        total += decoded[path].size
        if total > LARGEST_PIXELS:
            raise InputError(
                f"{folder.name}: more than {LARGEST_PIXELS:,} pixels in all; "
                "give fewer or smaller images"
            )
    (shape, _), *_ = Counter(each.shape for each in decoded.values()).most_common(1)
    height, width = shape[:2]
    for path, pixels in decoded.items():
        if pixels.shape != shape:
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
