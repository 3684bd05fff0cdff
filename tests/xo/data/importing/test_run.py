"""Images come into the project whole or not at all, and what was done to them is on their card."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from tests.xo.data.sets import CONVERTED, SPOILED, make, make_original, pack, picture, refused
from xo.data import generate
from xo.data.importing import run
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.load import check
from xo.data.statistics import describe


@pytest.mark.parametrize("packed", [False, True, "in a folder"])
def test_import_of_the_original_layout(tmp_path, packed):
    source = make_original(tmp_path / "source")
    if packed:
        source = pack(source, tmp_path / "xo.zip", "xo/" if packed == "in a folder" else "")
    found, _ = import_images(source, tmp_path / "mine")
    assert found.classes == ("circles", "crosses") and found.train.ids[0] == "circles/0000.png"
    generate.generate(tmp_path / "drawn", {"train": 3, "test": 2})
    assert found.digest == check(tmp_path / "mine").digest == check(tmp_path / "drawn").digest
    with Image.open(tmp_path / "mine/train/circles/0000.png") as image:
        assert (image.format, image.mode) == ("PNG", "1")


def test_import_of_three_classes_in_color(tmp_path):
    found, _ = import_images(make(tmp_path / "pets", suffix=".bmp"), tmp_path / "mine")
    assert np.array_equal(found.test.images[0], np.asarray(picture(9).convert("L")))
    assert "train: 9 images (3 ant, 3 bee, 3 cat)" in describe(found)


def test_import_twice_changes_nothing(tmp_path):
    source = make(tmp_path / "pets")
    first, _ = import_images(source, tmp_path / "mine")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "mine").rglob("*")}
    assert import_images(source, tmp_path / "mine")[0].digest == first.digest
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "mine").rglob("*")} == before


def test_several_processes_import_the_same_files_and_name_the_same_faults(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "MANY", 1)
    monkeypatch.setattr(run, "AT_ONCE", 4)  # of 15
    source = make(tmp_path / "pets", suffix=".bmp")
    alone, card = import_images(source, tmp_path / "alone")
    counted: list[int] = []
    found, again = import_images(
        source, tmp_path / "mine", on_image=lambda done, total: counted.append(done), jobs=2
    )
    assert (found.digest, again) == (alone.digest, card)
    written = [path for path in (tmp_path / "alone").rglob("*") if path.is_file()]
    for path in written:
        copy = tmp_path / "mine" / path.relative_to(tmp_path / "alone")
        assert copy.read_bytes() == path.read_bytes()
    assert counted == list(range(1, card.images + 1))
    (source / "train/bee/1.bmp").write_bytes(b"no image")
    (source / "train/cat/0.bmp").write_bytes(b"no image")
    refused(lambda: import_images(source, tmp_path / "third", jobs=2), "train/bee/1.bmp: not an")
    assert not (tmp_path / "third").exists() and not any(tmp_path.glob(".*"))


def test_when_a_task_is_solved_is_a_setting_on_the_card_that_stays(tmp_path):
    source, target = make(tmp_path / "pets"), tmp_path / "mine"
    found, card = import_images(source, target, ImportOptions(solved_from=0.9))
    assert card.solved_from == found.solved_from == check(target).solved_from == 0.9
    assert import_images(source, target)[0].solved_from == 0.9  # nothing else is asked for
    assert import_images(target, tmp_path / "copy")[1].solved_from == 0.9
    refused(
        lambda: import_images(source, target, ImportOptions(solved_from=0.8)),
        str(target),
        "from an accuracy of 0.9, not 0.8",
        str(target / "card.json"),
    )


@pytest.mark.parametrize("packed", [False, True], ids=["folder", "zip"])
@pytest.mark.parametrize("case", sorted(SPOILED.keys() - CONVERTED))
def test_a_bad_set_is_refused_by_name(tmp_path, case, packed):
    root = make(tmp_path / "pets")
    spoil, *parts = SPOILED[case]
    spoil(root)
    source = pack(root, tmp_path / "pets.zip") if packed else root
    refused(lambda: import_images(source, tmp_path / "mine"), str(source), *parts)
    assert not (tmp_path / "mine").exists() and not any(tmp_path.glob(".*"))


def test_names_that_become_one_png(tmp_path):
    root = make(tmp_path / "pets")
    picture(99).save(root / "train/ant/0.bmp")
    refused(
        lambda: import_images(root, tmp_path / "mine"),
        "train/ant/0.png: becomes train/ant/0.png",
        "0.bmp",
    )


def test_import_never_replaces_what_is_there(tmp_path):
    root = make(tmp_path / "pets")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("years of work")
    refused(lambda: import_images(root, tmp_path / "mine"), "mine: exists already", "--to")
    assert (tmp_path / "mine/thesis.txt").read_text() == "years of work"


def test_import_into_a_folder_that_cannot_be_made(tmp_path):
    root = make(tmp_path / "pets")
    (tmp_path / "file").write_text("")
    refused(
        lambda: import_images(root, tmp_path / "file/mine"),
        "file/mine: cannot be written",
        "--to",
    )
