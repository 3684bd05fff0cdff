"""Data sets are checked and decoded once; what is wrong with one is named in one line."""

from __future__ import annotations

import os
import pickle
import shutil
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from xo.data import generate, images
from xo.data import load as data
from xo.data.statistics import describe, statistics
from xo.errors import InputError
from xo.store.store import Store


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


# --- what comes in


def test_load_finds_classes_sizes_and_gray_values(tmp_path):
    loaded = data.load(make(tmp_path / "pets"), Store(tmp_path / "runs"))
    assert (loaded.name, loaded.classes, loaded.image_size) == (
        "pets",
        ("ant", "bee", "cat"),
        (30, 24),
    )
    assert (
        loaded.train.labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
        and loaded.train.labels.dtype == np.int64
    )
    assert loaded.test.ids == (
        "ant/0.png",
        "ant/1.png",
        "bee/0.png",
        "bee/1.png",
        "cat/0.png",
        "cat/1.png",
    )
    assert loaded.train.images.shape == (9, 30, 24) and loaded.train.images.dtype == np.uint8
    assert np.array_equal(loaded.train.images[0], np.asarray(picture(0).convert("L")))


def test_one_bit_images_become_0_and_255(tmp_path):
    loaded = data.load(make_original(tmp_path / "set"), Store(tmp_path / "runs"))
    assert loaded.classes == ("circles", "crosses")
    assert np.unique(loaded.train.images).tolist() == [0, 255]
    assert np.median(loaded.train.images) == 255, "the ground is white"


def test_digest_tells_names_labels_and_pixels_apart_and_not_file_formats(tmp_path):
    digests = {data.check(make(tmp_path / "a")).digest}
    assert data.check(make(tmp_path / "same")).digest in digests

    (make(tmp_path / "names") / "train/ant/0.png").rename(tmp_path / "names/train/ant/00.png")
    (make(tmp_path / "labels") / "train/ant/2.png").rename(tmp_path / "labels/train/bee/3.png")
    picture(999).save(make(tmp_path / "pixels") / "train/ant/0.png")
    for changed in ("names", "labels", "pixels"):
        digests.add(data.check(tmp_path / changed).digest)
    assert len(digests) == 4

    picture(0).convert("L").save(make(tmp_path / "gray") / "train/ant/0.png")
    assert data.check(tmp_path / "gray").digest in digests


@pytest.mark.parametrize("packed", [False, True, "in a folder"])
def test_import_of_the_original_layout(tmp_path, packed):
    source = make_original(tmp_path / "source")
    if packed:
        source = pack(source, tmp_path / "xo.zip", "xo/" if packed == "in a folder" else "")
    found = data.import_images(source, tmp_path / "mine")
    assert found.classes == ("circles", "crosses") and found.train.ids[0] == "circles/0000.png"
    generate.generate(tmp_path / "drawn", {"train": 3, "test": 2})
    assert (
        found.digest
        == data.check(tmp_path / "mine").digest
        == data.check(tmp_path / "drawn").digest
    )
    with Image.open(tmp_path / "mine/train/circles/0000.png") as image:
        assert (image.format, image.mode) == ("PNG", "1")


def test_import_of_three_classes_in_color(tmp_path):
    found = data.import_images(make(tmp_path / "pets", suffix=".bmp"), tmp_path / "mine")
    assert np.array_equal(found.test.images[0], np.asarray(picture(9).convert("L")))
    assert "train: 9 images (3 ant, 3 bee, 3 cat)" in describe(found)


def test_import_twice_changes_nothing(tmp_path):
    source = make(tmp_path / "pets")
    first = data.import_images(source, tmp_path / "mine")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "mine").rglob("*")}
    assert data.import_images(source, tmp_path / "mine").digest == first.digest
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "mine").rglob("*")} == before


def test_clutter_of_file_managers_is_passed_over(tmp_path):
    root = make(tmp_path / "pets")
    digest = data.check(root).digest
    for name in (".DS_Store", "Thumbs.db", "._0.png"):
        (root / "train/ant" / name).write_bytes(b"clutter")
    (root / "README.md").write_text("a set of pets")
    (root / "val/ant").mkdir(parents=True)
    assert data.check(root).digest == digest


def test_a_link_inside_the_folder_is_followed(tmp_path):
    root = make(tmp_path / "pets")
    (root / "store").mkdir()
    (root / "train/ant/0.png").rename(root / "store/0.png")
    (root / "train/ant/0.png").symlink_to("../../store/0.png")
    assert len(data.check(root).train.ids) == 9


# --- subsets and statistics


def test_subset_takes_the_first_of_every_class(tmp_path):
    whole = data.load(make(tmp_path / "pets"), Store(tmp_path / "runs"))
    part = whole.subset(2, 1)
    assert part.train.ids == (
        "ant/0.png",
        "ant/1.png",
        "bee/0.png",
        "bee/1.png",
        "cat/0.png",
        "cat/1.png",
    )
    assert np.array_equal(part.train.images, whole.train.images[[0, 1, 3, 4, 6, 7]])
    assert part.train.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert np.array_equal(part.subset(1, 1).test.images, whole.test.images[[0, 2, 4]])
    assert len({whole.digest, part.digest, whole.subset(1, 1).digest}) == 3
    assert whole.subset(99, 99).digest == whole.digest
    assert part.digest == data.check(tmp_path / "pets").subset(2, 1).digest


def test_splits_travel_small_to_other_processes(tmp_path):
    whole = data.load(make(tmp_path / "pets"), Store(tmp_path / "runs"))
    for split in (whole.train, whole.subset(2, 1).train):
        travelled = pickle.loads(pickle.dumps(split))
        assert np.array_equal(travelled.images, split.images)
        assert len(pickle.dumps(split)) < 2000 < split.images.nbytes


def test_images_are_mapped_and_read_only(tmp_path):
    pixels = data.load(make(tmp_path / "pets"), Store(tmp_path / "runs")).train.images
    assert isinstance(pixels, np.memmap) and not pixels.flags.writeable
    assert not data.check(tmp_path / "pets").train.images.flags.writeable


def test_statistics_of_two_squares():
    pixels = np.full((2, 10, 10), 255, np.uint8)
    pixels[0, 2:4, 3:6] = 0  # 2 rows, 3 columns
    pixels[1, 2:8, 5:9] = 0  # 6 rows, 4 columns
    table = statistics(pixels, np.array([0, 0]), ("boxes",))["boxes"]
    assert (table["images"], table["ink_mean"], table["ink_min"], table["ink_max"]) == (
        2,
        15,
        6,
        24,
    )
    assert (table["width_mean"], table["height_mean"]) == (3.5, 4)
    assert (table["left"], table["top"], table["right"], table["bottom"]) == (3, 2, 8, 7)
    assert (table["center_x"], table["center_y"]) == ((4 + 6.5) / 2, (2.5 + 4.5) / 2)
    assert (table["cut_left"], table["cut_top"], table["cut_right"], table["cut_bottom"]) == (
        0.5,
        1,
        0.5,
        0.5,
    )


# --- the cache


@pytest.fixture
def decoded(monkeypatch) -> list[str]:
    """Names of the images that were decoded, in order."""
    names, decode = [], images.decode
    monkeypatch.setattr(
        images, "decode", lambda content, name: names.append(name) or decode(content, name)
    )
    return names


def test_every_image_is_decoded_once(tmp_path, decoded):
    root = make(tmp_path / "pets")
    first = data.load(root, Store(tmp_path / "runs"))
    assert len(decoded) == len(set(decoded)) == 15
    again = data.load(root, Store(tmp_path / "runs"))
    shutil.copytree(root, tmp_path / "copy")
    copy = data.load(tmp_path / "copy", Store(tmp_path / "runs"))
    assert len(decoded) == 15, "neither again nor for the same bytes elsewhere"
    assert first.digest == again.digest == copy.digest and copy.name == "copy"


def test_an_edit_right_after_loading_is_seen(tmp_path):
    root = make(tmp_path / "pets")
    before = data.load(root, Store(tmp_path / "runs"))
    file = root / "train/ant/0.png"
    status = file.stat()
    pixels = np.array(Image.open(file))
    pixels[0, 0] ^= 255
    Image.fromarray(pixels).save(file)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = data.load(root, Store(tmp_path / "runs"))
    assert after.digest != before.digest and after.digest == data.check(root).digest


@pytest.mark.parametrize(
    "damage",
    [
        lambda entry: (entry / "train.npy").unlink(),
        lambda entry: (entry / "train.npy").write_bytes((entry / "train.npy").read_bytes()[:-100]),
        lambda entry: (entry / "test.npy").write_bytes(
            (entry / "test.npy").read_bytes()[:-1] + b"?"
        ),
        lambda entry: (entry / "test.npy").write_bytes(b""),
        lambda entry: (entry / "record.json").write_text("{"),
        lambda entry: (entry / "record.json").write_text("[]"),
    ],
)
def test_damaged_images_are_set_aside_and_decoded_again(tmp_path, decoded, damage):
    root = make(tmp_path / "pets")
    digest = data.load(root, Store(tmp_path / "runs")).digest
    (entry,) = (tmp_path / "runs/.data").iterdir()
    damage(entry)
    again = data.load(root, Store(tmp_path / "runs"))
    assert again.digest == digest and len(decoded) == 30
    assert np.array_equal(again.train.images, data.check(root).train.images)
    assert list((tmp_path / "runs/.data").iterdir()) == [entry]
    (damaged,) = (tmp_path / "runs/.damaged").iterdir()
    assert damaged.name.startswith(entry.name)


def test_a_full_disk_under_the_store(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    root = make(tmp_path / "pets")
    monkeypatch.setattr(np, "save", full)
    refused(
        lambda: data.load(root, Store(tmp_path / "runs")),
        str(tmp_path / "runs"),
        "No space left",
        "make room",
    )
    assert list((tmp_path / "runs/.data").iterdir()) == []


def test_a_store_that_cannot_be_written(tmp_path):
    (tmp_path / "runs").write_text("a file where the folder should be")
    refused(
        lambda: data.load(make(tmp_path / "pets"), Store(tmp_path / "runs")),
        str(tmp_path / "runs"),
        "choose another folder",
    )


def test_the_embedded_set_is_drawn_once_and_no_other_taken(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "COUNTS", {"train": 3, "test": 2})
    draw = generate.generate
    monkeypatch.setattr(generate, "generate", lambda root: draw(root, generate.COUNTS))
    draw(tmp_path / "expected", generate.COUNTS)
    monkeypatch.setattr(generate, "DIGEST", data.check(tmp_path / "expected").digest)

    assert (
        data.load_embedded(tmp_path / "data/xo", Store(tmp_path / "runs")).digest == generate.DIGEST
    )
    monkeypatch.setattr(generate, "generate", lambda root: pytest.fail("drawn twice"))
    assert (
        data.load_embedded(tmp_path / "data/xo", Store(tmp_path / "runs")).digest == generate.DIGEST
    )
    refused(
        lambda: data.load_embedded(make(tmp_path / "pets"), Store(tmp_path / "runs")),
        "not the embedded data set",
        "--data",
    )
    (tmp_path / "full").write_text("")
    with pytest.raises(InputError, match="cannot be written") as caught:
        data.load_embedded(tmp_path / "data/xo", Store(tmp_path / "full"))
    assert "drawn anew" not in str(caught.value)
    shutil.rmtree(tmp_path / "data/xo/test/crosses")
    refused(
        lambda: data.load_embedded(tmp_path / "data/xo", Store(tmp_path / "runs")),
        "lacks class crosses",
        "drawn anew",
    )


# --- what is refused, in a folder and in a zip


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


SPOILED = {
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
        "2 to 10",
    ),
    "eleven classes": (
        lambda r: [(r / s / f"c{n}").mkdir() for s in ("train", "test") for n in range(8)],
        "11 classes",
        "2 to 10",
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


@pytest.mark.parametrize("case", SPOILED)
def test_a_bad_folder_is_refused_by_name(tmp_path, case):
    root = make(tmp_path / "pets")
    spoil, *parts = SPOILED[case]
    spoil(root)
    refused(lambda: data.load(root, Store(tmp_path / "runs")), str(root), *parts)
    refused(lambda: data.check(root), str(root), *parts)
    refused(lambda: data.import_images(root, tmp_path / "mine"), str(root), *parts)
    assert not (tmp_path / "mine").exists() and not any(tmp_path.glob(".*")), (
        "nothing is half-written"
    )
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("case", SPOILED)
def test_a_bad_zip_is_refused_by_name(tmp_path, case):
    root = make(tmp_path / "pets")
    spoil, *parts = SPOILED[case]
    spoil(root)
    archive = pack(root, tmp_path / "pets.zip")
    refused(lambda: data.import_images(archive, tmp_path / "mine"), str(archive), *parts)
    assert not (tmp_path / "mine").exists() and not any(tmp_path.glob(".*"))


def test_one_level_too_high_is_the_mistake_of_the_original(tmp_path):
    make_original(tmp_path / "all/xo")
    for action in (data.check, lambda root: data.import_images(root, tmp_path / "mine")):
        refused(
            lambda action=action: action(tmp_path / "all"),
            "all: one level too high",
            "train_data and test_data",
            "the very mistake that the original's logs show",
            f"give {tmp_path / 'all/xo'}",
        )


def test_two_levels_too_low(tmp_path):
    root = make(tmp_path / "pets") / "train/ant"
    refused(lambda: data.check(root), str(root), "two levels too low")


def test_a_missing_folder_and_a_file_in_its_place(tmp_path):
    refused(lambda: data.load(tmp_path / "none", Store(tmp_path / "runs")), "none: no such folder")
    refused(
        lambda: data.import_images(tmp_path / "none", tmp_path / "mine"), "none: no such folder"
    )
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    refused(
        lambda: data.load(archive, Store(tmp_path / "runs")),
        "not a folder",
        f"data import {archive}",
    )


def test_links_that_leave_the_folder(tmp_path):
    picture(99).save(tmp_path / "secret.png")
    root = make(tmp_path / "pets")
    link = root / "train/ant/0.png"
    link.unlink()
    link.symlink_to(tmp_path / "secret.png")
    refused(lambda: data.check(root), str(link), "leaves the folder", "secret.png")
    link.unlink()
    link.symlink_to("1000.png")
    refused(lambda: data.check(root), str(link), "No such file")
    link.unlink()
    shutil.move(root / "test/bee", tmp_path / "bee")
    (root / "test/bee").symlink_to(tmp_path / "bee")
    refused(lambda: data.check(root), str(root / "test/bee"), "leaves the folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_a_pipe_is_not_waited_for(tmp_path):
    root = make(tmp_path / "pets")
    os.mkfifo(root / "train/ant/pipe.png")
    refused(lambda: data.check(root), "pipe.png: neither a file nor a folder")


def test_names_that_become_one_png(tmp_path):
    root = make(tmp_path / "pets")
    picture(99).save(root / "train/ant/0.bmp")
    refused(
        lambda: data.import_images(root, tmp_path / "mine"),
        "train/ant/0.png: becomes train/ant/0.png",
        "0.bmp",
    )


def test_import_never_replaces_what_is_there(tmp_path):
    root = make(tmp_path / "pets")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    refused(lambda: data.import_images(root, tmp_path / "mine"), "mine: exists already", "--to")
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_import_into_a_folder_that_cannot_be_made(tmp_path):
    root = make(tmp_path / "pets")
    (tmp_path / "file").write_text("")
    refused(
        lambda: data.import_images(root, tmp_path / "file/mine"),
        "file/mine: cannot be written",
        "--to",
    )


# --- what only a zip can do


def test_zip_entries_that_leave_the_folder(tmp_path):
    for name in (
        "../../train/ant/9.png",
        "/train/ant/9.png",
        "train/../../9.png",
        "C:/9.png",
        "train\\..\\..\\9.png",
    ):
        archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
        shutil.rmtree(tmp_path / "pets")
        with zipfile.ZipFile(archive, "a") as out:
            out.writestr(zipfile.ZipInfo(name), b"x")
        refused(
            lambda archive=archive: data.import_images(archive, tmp_path / "mine"),
            str(archive),
            "leaves the folder",
        )


def test_zip_entries_that_are_links(tmp_path):
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    link = zipfile.ZipInfo("train/ant/9.png")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(archive, "a") as out:
        out.writestr(link, "/etc/passwd")
    refused(lambda: data.import_images(archive, tmp_path / "mine"), "'train/ant/9.png' is a link")


def test_zip_bombs(tmp_path, monkeypatch):
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as out:
        for number in range(8):
            out.writestr(f"train/ant/bomb{number}.bmp", bytes(2**22))
    assert archive.stat().st_size < 2**17
    monkeypatch.setattr("xo.data.archive.LARGEST_RATIO", 200)
    refused(lambda: data.import_images(archive, tmp_path / "mine"), str(archive), "a zip bomb?")
    monkeypatch.setattr("xo.data.archive.LARGEST_SET", 2**24)
    refused(
        lambda: data.import_images(archive, tmp_path / "mine"),
        str(archive),
        "at most 200,000 and 16,777,216",
    )
    monkeypatch.setattr("xo.data.archive.MOST_FILES", 10)
    refused(lambda: data.import_images(archive, tmp_path / "mine"), str(archive), "at most 10")


def test_zips_that_cannot_be_unpacked(tmp_path):
    archive = pack(make(tmp_path / "pets"), tmp_path / "pets.zip")
    content = archive.read_bytes()
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content[: len(content) // 2])
    refused(lambda: data.import_images(bad, tmp_path / "mine"), str(bad), "not a readable zip")

    with zipfile.ZipFile(archive) as opened:
        at = opened.getinfo("train/ant/0.png").header_offset + 500
    bad.write_bytes(content[:at] + bytes([content[at] ^ 255]) + content[at + 1 :])
    refused(
        lambda: data.import_images(bad, tmp_path / "mine"),
        f"{bad}/train/ant/0.png",
        "cannot be unpacked",
    )

    bad.write_bytes(
        content.replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    )
    refused(lambda: data.import_images(bad, tmp_path / "mine"), str(bad), "is encrypted")

    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(archive, "a") as out:
        out.writestr("train/ant/0.png", b"x")
    refused(lambda: data.import_images(archive, tmp_path / "mine"), "two entries 'train/ant/0.png'")


def test_a_single_folder_around_a_wrong_set_is_no_excuse(tmp_path):
    archive = pack(make(tmp_path / "pets") / "train", tmp_path / "train.zip", "train/")
    refused(lambda: data.import_images(archive, tmp_path / "mine"), "has train but no test folder")
    archive = pack(tmp_path / "pets/train", tmp_path / "low.zip", "pets/")
    refused(
        lambda: data.import_images(archive, tmp_path / "mine"),
        "low.zip/pets: holds no train and test folders",
        "one level too low",
    )


def test_importing_the_commands_imports_neither_torch_nor_pillow():
    import subprocess
    import sys

    heavy = {"torch", "PIL", "matplotlib"}
    code = f"import sys, xo.data.load, xo.cli; print(*({heavy} & set(sys.modules)))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "\n"
    )
