"""Opens data sets: a folder is checked and decoded once, then memory-mapped from the store.

`load` reads a folder, `load_embedded` draws the embedded set where it is missing, and
`xo.data.importing` brings images of other kinds into such a folder.
"""

from __future__ import annotations

import hashlib
import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
import numpy as np

from xo.data import generate, images
from xo.data.card import DataCard, read_card
from xo.data.dataset import EMBEDDED, DataSet, Split, digest_of_names
from xo.data.folder import SPLITS, Folder, ImageFile, Layout, find_layout, open_folder
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
    digest = hashlib.sha256()
    for file in _files(layout):
        digest.update(_line(file, folder.read(file.path)))
    card = read_card(root)
    inputs: Inputs = {"layout": LAYOUT, "files": digest.hexdigest()}
    if card.colour:
        inputs["colour"] = True
    artifact, _ = store.look_up(ARTIFACT, ARTIFACT, inputs, quarantine=True)
    if artifact is None:
        artifact = _write(store, inputs, folder, layout, card.colour)
    return _from_store(store, artifact, root, card)


def check(root: Path) -> DataSet:
    """The data set in a folder, read and checked in full without a store; its pixels lie in files
    without a name, which go when they are used no more.
    """
    folder = open_folder(root)
    layout, card = find_layout(folder), read_card(root)
    with _decoded(folder, layout, card.colour) as (decoded, files):
        splits = {}
        for split in SPLITS:
            shape = (len(layout.files[split]), *decoded.shape)
            offset = files[split].seek(0, os.SEEK_END) - math.prod(shape)
            pixels = np.memmap(files[split], np.uint8, "r", offset, shape)
            splits[split] = Split(_labels(layout, split), _ids(layout, split), pixels)
    size, (train, test) = decoded.image_size, (splits[split] for split in SPLITS)
    return DataSet(
        _name(root), root, layout.classes, size, decoded.digest, train, test, card.solved_from
    )


class _Decoded(NamedTuple):
    """What is known of images when all are decoded."""

    shape: tuple[int, ...]  # (H, W), or (H, W, 3)
    digest: str  # of the data set
    files: str  # of the bytes that were read

    @property
    def image_size(self) -> tuple[int, int]:
        return self.shape[0], self.shape[1]


@contextmanager
def _decoded(
    folder: Folder, layout: Layout, colour: bool
) -> Iterator[tuple[_Decoded, dict[str, IO[bytes]]]]:
    """All images decoded, and the files, one for each split, that hold them as numpy saves arrays.

    The files have no name, and go when the block ends and they are not mapped.
    """
    with ExitStack() as opened:
        try:
            files: dict[str, IO[bytes]] = {
                split: opened.enter_context(tempfile.TemporaryFile()) for split in SPLITS
            }
            decoded = _decode(folder, layout, colour, files)
            for file in files.values():
                file.flush()
        except OSError as error:
            raise InputError(
                f"{tempfile.gettempdir()}: cannot be written ({images.short(error)}); free some "
                "space there, or set TMPDIR to another folder"
            ) from None
        yield decoded, files


def _decode(
    folder: Folder, layout: Layout, colour: bool, targets: Mapping[str, IO[bytes]]
) -> _Decoded:
    """Decodes every image into the file of its split, as numpy saves arrays, one at a time: a set
    may be larger than memory. Refuses sets whose images differ in size or stand in both splits.
    """
    names = [(_ids(layout, split), _labels(layout, split).tolist()) for split in SPLITS]
    sizes: dict[tuple[int, ...], list[str]] = {}  # the paths of the images of each
    read, digest = hashlib.sha256(), hashlib.sha256()
    trained: dict[bytes, str] = {}  # digest of the pixels -> path
    copy, total = "", 0
    for split in SPLITS:
        for number, file in enumerate(layout.files[split]):
            content = folder.read(file.path)
            read.update(_line(file, content))
            pixels = images.decode(content, f"{folder.name}/{file.path}", colour=colour)
            total += pixels.size
            if total > LARGEST_PIXELS:
                raise InputError(
                    f"{folder.name}: more than {LARGEST_PIXELS:,} pixels in all; "
                    "give fewer or smaller images"
                )
            sizes.setdefault(pixels.shape, []).append(file.path)
            if len(sizes) > 1:  # then only the sizes are still counted
                continue
            if total == pixels.size:
                digest = digest_of_names(layout.classes, pixels.shape[:2], names)
            if not number:
                _begin(targets[split], (len(layout.files[split]), *pixels.shape))
            of_pixels = np.ascontiguousarray(pixels).tobytes()
            targets[split].write(of_pixels)
            digest.update(of_pixels)
            own = hashlib.sha256(of_pixels).digest()
            if split == "train":
                trained[own] = file.path
            elif own in trained and not copy:
                copy = f"{folder.name}/{file.path}: the same image as {trained[own]}"
    shape = max(sizes, key=lambda each: len(sizes[each]))
    _refuse_sizes(folder, sizes, shape)
    if copy:
        raise InputError(f"{copy}; a test image must not be trained on, so remove one of them")
    return _Decoded(shape, digest.hexdigest(), read.hexdigest())


def _refuse_sizes(
    folder: Folder, sizes: Mapping[tuple[int, ...], list[str]], usual: tuple[int, ...]
) -> None:
    """Raises InputError where there is another size than the usual one."""
    for shape, paths in sizes.items():
        if shape != usual:
            raise InputError(
                f"{folder.name}/{paths[0]}: {shape[1]}x{shape[0]} pixels where the "
                f"others have {usual[1]}x{usual[0]}; bring it to that size, or remove it"
            )


def _begin(file: IO[bytes], shape: tuple[int, ...]) -> None:
    """Writes what precedes the pixels of an array in a .npy file."""
    header = {"descr": "|u1", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)


def _files(layout: Layout) -> Iterator[ImageFile]:
    """Every image, those for training first."""
    return (file for split in SPLITS for file in layout.files[split])


def _line(file: ImageFile, content: bytes) -> bytes:
    """What the digest of all files takes of one."""
    return f"{file.path}\0{sha256(content)}\n".encode()


def _ids(layout: Layout, split: str) -> tuple[str, ...]:
    return tuple(file.id for file in layout.files[split])


def _labels(layout: Layout, split: str) -> np.ndarray:
    return np.array([file.label for file in layout.files[split]], np.int64)


def _name(root: Path) -> str:
    """What a data set is called: the name of its folder."""
    return os.path.basename(os.path.abspath(root))


def _write(store: Store, inputs: Inputs, folder: Folder, layout: Layout, colour: bool) -> Artifact:
    """Stores decoded images, each split as one array."""
    with _decoded(folder, layout, colour) as (decoded, files):
        if decoded.files != inputs["files"]:
            raise InputError(
                f"{folder.name}: changed while it was read; run the same command again"
            )
        with store.new_entry(ARTIFACT, ARTIFACT, inputs) as entry:
            for split, file in files.items():
                file.seek(0)
                # Not memory-mapped: a full disk must raise, not kill.
                with open(entry.folder / f"{split}.npy", "wb") as target:
                    shutil.copyfileobj(file, target)
            described = {
                split: StoredSplit(_ids(layout, split), tuple(_labels(layout, split).tolist()))
                for split in SPLITS
            }
            content = StoredImages(layout.classes, decoded.image_size, decoded.digest, **described)
            entry.content.update(msgspec.to_builtins(content))
    return entry.artifact


def _from_store(store: Store, artifact: Artifact, root: Path, card: DataCard) -> DataSet:
    """The data set with memory-mapped images."""
    stored = artifact.content_as(StoredImages)
    train, test = (
        Split(np.array(split.labels, np.int64), split.ids, artifact.folder / f"{name}.npy")
        for name, split in (("train", stored.train), ("test", stored.test))
    )
    return DataSet(
        _name(root),
        root,
        stored.classes,
        stored.image_size,
        stored.digest,
        train,
        test,
        card.solved_from,
        store,
    )
