"""Data sets are checked and decoded once; what is wrong with one is named in one line."""

from __future__ import annotations

import os
import pickle
import shutil

import numpy as np
import pytest
from PIL import Image

from tests.xo.data.sets import SPOILED, make, make_original, pack, picture, refused
from xo.data import generate, images
from xo.data import load as data
from xo.data.importing.run import import_images
from xo.data.statistics import statistics
from xo.errors import InputError
from xo.store.store import Store

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

    def noting(content: bytes, name: str, **options: bool) -> np.ndarray:
        names.append(name)
        return decode(content, name, **options)

    monkeypatch.setattr(images, "decode", noting)
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


def test_a_file_that_changes_between_its_digest_and_its_pixels_is_refused(tmp_path, monkeypatch):
    root = make(tmp_path / "pets")
    decode = data._decode

    def edited_first(*arguments):
        picture(999).save(root / "train/ant/0.png")
        return decode(*arguments)

    monkeypatch.setattr(data, "_decode", edited_first)
    refused(lambda: data.load(root, Store(tmp_path / "runs")), "changed while it was read")
    assert not (tmp_path / "runs").exists()


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
    monkeypatch.setattr(shutil, "copyfileobj", full)
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


# --- what is refused


@pytest.mark.parametrize("case", SPOILED)
def test_a_bad_folder_is_refused_by_name(tmp_path, case):
    root = make(tmp_path / "pets")
    spoil, *parts = SPOILED[case]
    spoil(root)
    refused(lambda: data.load(root, Store(tmp_path / "runs")), str(root), *parts)
    refused(lambda: data.check(root), str(root), *parts)
    assert not (tmp_path / "runs").exists()


def test_one_level_too_high_is_the_mistake_of_the_original(tmp_path):
    make_original(tmp_path / "all/xo")
    for action in (data.check, lambda root: import_images(root, tmp_path / "mine")):
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
    refused(lambda: import_images(tmp_path / "none", tmp_path / "mine"), "none: no such folder")
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


def test_importing_the_commands_imports_neither_torch_nor_pillow():
    import subprocess
    import sys

    heavy = {"torch", "PIL", "matplotlib"}
    modules = "xo.data.load, xo.data.importing.run, xo.cli"
    code = f"import sys, {modules}; print(*({heavy} & set(sys.modules)))"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
        == "\n"
    )
