"""Imports a source: its images are found, converted, divided and written as PNGs with the card that
says what was done. Few are in memory at a time.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Generator
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, nullcontext, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np

from xo.data import images
from xo.data.archive import extracted, without_outer_folder
from xo.data.card import CARD, DataCard, goal, read_card
from xo.data.dataset import DataSet
from xo.data.folder import Folder, open_folder
from xo.data.importing import division
from xo.data.importing.convert import convert
from xo.data.importing.findings import Imported, findings
from xo.data.importing.layout import SourceImage, find_images
from xo.data.importing.options import ImportOptions
from xo.data.load import check
from xo.data.scaling import ground
from xo.errors import InputError
from xo.store import processes
from xo.store.inputs import sha256
from xo.store.ownership import refuse_inside_own

MOST_COMPARED = 60_000  # images whose near copies are looked for
MANY = 2**24  # bytes of files, for which starting processes takes less time than it saves
AT_ONCE = 400  # images that are in memory as they will be written


def import_images(
    source: Path,
    target: Path,
    options: ImportOptions | None = None,
    on_image: Callable[[int, int], None] = lambda done, total: None,
    jobs: int = 1,
) -> tuple[DataSet, DataCard]:
    """Writes the images of a folder or archive to `target`, a new folder, as PNGs with a card.

    `on_image` is called with the number of images done and of all; many images are converted in
    `jobs` processes. Raises InputError where the source is no data set, or where something else
    lies at `target`.
    """
    options = options or ImportOptions()
    refuse_inside_own(target, "--to")
    if target.resolve() != source.resolve() and target.resolve().is_relative_to(source.resolve()):
        raise InputError(
            f"{target}: lies in {source}, whose images are read; "
            "choose a folder outside of it with --to"
        )
    with (
        extracted(source, options.names_encoding)
        if source.is_file()
        else nullcontext(open_folder(source))
    ) as folder:
        inner = without_outer_folder(folder) if source.is_file() else folder
        with images.new_folder(target) as new:
            card = _fill(new.folder, inner, options, on_image, jobs)
            written = check(new.folder)
            if _is_there(target, written):
                there = check(target)
                _refuse_other_goal(there, options.solved_from)
                return there, msgspec.structs.replace(card, solved_from=there.solved_from)
            new.keep()
    return replace(written, name=os.path.basename(os.path.abspath(target)), root=target), card


def _is_there(target: Path, written: DataSet) -> bool:
    """Whether the same images lie at the target already."""
    if not target.is_dir():
        return False
    try:
        return check(target).digest == written.digest
    except InputError:
        return False  # something else, which is not replaced


def _refuse_other_goal(there: DataSet, wanted: float | None) -> None:
    """Raises InputError where the same images lie there already, with another goal than wanted."""
    if wanted is not None and wanted != goal(there):
        raise InputError(
            f"{there.root}: holds these images already, with a task solved from an accuracy of "
            f"{goal(there):g}, not {wanted:g}; set solved_from in {there.root / CARD}"
        )


def _fill(
    new: Path,
    folder: Folder,
    options: ImportOptions,
    on_image: Callable[[int, int], None],
    jobs: int,
) -> DataCard:
    """Converts every image of the source into the new folder."""
    own = _own_card(folder)
    options = replace(
        options,
        colour=options.colour or own.colour,
        solved_from=options.solved_from or own.solved_from,
    )
    source = find_images(folder, options)
    where = _file_names(folder, source.images)
    changes: Counter[str] = Counter(own.changes)
    pool = new / "pool"  # until it is known which are for testing
    sizes: dict[tuple[int, ...], list[str]] = {}
    thumbnails = np.empty((len(source.images), division.SIDE, division.SIDE), np.uint8)
    done: list[Imported] = []
    pool.mkdir()
    with closing(_converted(folder, source.images, options, jobs)) as all_converted:
        for number, (image, made) in enumerate(zip(source.images, all_converted), 1):
            changes.update(made.changes)
            sizes.setdefault(made.size, []).append(image.path)
            if len(sizes) == 1:  # else only the sizes are still counted
                thumbnails[len(done)] = made.thumbnail
                done.append(
                    Imported(image.path, image.label, image.split, made.digest, made.ground)
                )
                (pool / f"{len(done)}.png").write_bytes(made.png)
            on_image(number, len(source.images))
    _refuse_sizes(folder, sizes)
    divided = _divided(done, thumbnails, options)
    for number, each in enumerate(divided, 1):
        placed = new / each.split / where[each.path]
        placed.parent.mkdir(parents=True, exist_ok=True)
        (pool / f"{number}.png").rename(placed)
    pool.rmdir()
    _refuse_copies(folder, divided)
    near = division.copies(thumbnails) if len(divided) <= MOST_COMPARED else None
    draw = {"drawn_for_testing": options.test_share, "seed": options.seed}
    left_out = source.left_out + Counter(Path(path).name for path in folder.left_out)
    card = msgspec.structs.replace(
        own,
        changes=dict(sorted(changes.items())),
        images=len(divided),
        left_out={name: count for name, count in sorted(left_out.items()) if count},
        findings=tuple(findings(divided, near)),
        colour=options.colour,
        solved_from=options.solved_from,
        **({} if options.test_share is None else draw),
    )
    (new / CARD).write_bytes(msgspec.json.format(msgspec.json.encode(card), indent=2) + b"\n")
    return card


class _Converted(NamedTuple):
    """An image of the source as the data set has it."""

    png: bytes
    size: tuple[int, ...]  # (H, W)
    thumbnail: np.ndarray
    digest: str  # of its pixels
    ground: float  # gray value of its edge
    changes: set[str]


def _converted(
    folder: Folder, found: list[SourceImage], options: ImportOptions, jobs: int
) -> Generator[_Converted]:
    """Every image in order, of many some at a time: a set may be larger than memory.

    Where a process is killed, as for want of memory, this one goes on alone.
    """
    make, done = partial(_convert, folder, options), 0
    if jobs > 1 and sum(folder.size(image.path) for image in found) >= MANY:
        with suppress(BrokenProcessPool), processes.pool(jobs, processes.ANEW) as pool:
            while some := found[done : done + AT_ONCE]:
                for converted in pool.map(make, some, chunksize=-(-len(some) // (4 * jobs))):
                    yield converted
                    done += 1
    yield from map(make, found[done:])


def _convert(folder: Folder, options: ImportOptions, image: SourceImage) -> _Converted:
    pixels, changes = convert(folder.read(image.path), f"{folder.name}/{image.path}", options)
    return _Converted(
        images.encode(pixels),
        pixels.shape[:2],
        division.thumbnail(pixels),
        sha256(pixels.tobytes()),
        float(np.mean(ground(pixels))),
        changes,
    )


def _own_card(folder: Folder) -> DataCard:
    """The card of a source that was imported before; an empty one where there is none."""
    return read_card(folder.root) if CARD in folder.list("")[1] else DataCard()


def _file_names(folder: Folder, found: list[SourceImage]) -> dict[str, str]:
    """Path in the source -> `class/file.png`: no two alike on any file system; two of one name from
    different folders are told apart by the name of their split.
    """
    names: dict[str, str] = {}
    taken: dict[str, SourceImage] = {}
    for image in found:
        stem = Path(image.path).name.rpartition(".")[0] or Path(image.path).name
        for name in (f"{image.label}/{stem}.png", f"{image.label}/{image.split}-{stem}.png"):
            other = taken.setdefault(f"{_side(image)}/{name}".casefold(), image)
            if other is image:
                names[image.path] = name
                break
            if Path(other.path).parent == Path(image.path).parent or not image.split:
                png = f"{_side(image)}/{name}".removeprefix("/")
                raise InputError(
                    f"{folder.name}/{image.path}: becomes {png}, as {other.path} does; "
                    "rename one of them"
                )
    return names


def _side(image: SourceImage) -> str:
    return {"validation": "train"}.get(image.split, image.split)


def _refuse_sizes(folder: Folder, sizes: dict[tuple[int, ...], list[str]]) -> None:
    """Raises InputError where images differ in size."""
    if len(sizes) == 1:
        return
    commonest, *others = sorted(sizes, key=lambda size: -len(sizes[size]))
    path = sizes[others[0]][0]
    (height, width), (h, w) = commonest, others[0]
    more = f"; {len(others)} other sizes in all" if len(others) > 1 else ""
    raise InputError(
        f"{folder.name}/{path}: {w}x{h} pixels, as {len(sizes[others[0]])} images have, where "
        f"{len(sizes[commonest])} have {width}x{height}{more}; bring all to one size with "
        f"--size {width}x{height}"
    )


def _divided(
    done: list[Imported], thumbnails: np.ndarray, options: ImportOptions
) -> list[Imported]:
    """The images with their splits; validation images are trained on."""
    if options.test_share is None:
        known = {"train": "train", "validation": "train", "test": "test", "": "train"}
        return [image._replace(split=known[image.split]) for image in done]
    labels = [image.label for image in done]
    drawn = division.drawn_for_testing(labels, thumbnails, options.test_share, options.seed)
    return [image._replace(split="test" if test else "train") for image, test in zip(done, drawn)]


def _refuse_copies(folder: Folder, done: list[Imported]) -> None:
    """Raises InputError where a test image is trained on."""
    trained = {image.digest: image.path for image in done if image.split == "train"}
    for image in done:
        if image.split == "test" and (other := trained.get(image.digest)):
            raise InputError(
                f"{folder.name}/{image.path}: the same image as {other}; "
                "a test image must not be trained on, so remove one of them"
            )
