"""Splits, classes and labels are found in the layouts that people have."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from PIL import Image

from tests.xo.data.sets import make, pack, picture, refused
from xo.data.importing.names import split_of
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.load import check

SHARE = ImportOptions(test_share=0.4)


@pytest.mark.parametrize(
    ("split", "name"),
    [
        ("train", "Train"),
        ("train", "TRAINING_SET"),
        ("train", "trainset"),
        ("train", "训练"),
        ("train", "训练集"),
        ("test", "TEST"),
        ("test", "testing"),
        ("test", "测试集"),
        ("validation", "valid"),
        ("validation", "Validation Set"),
        ("validation", "验证集"),
        (None, "trains"),
        (None, "tester"),
        (None, "circles"),
    ],
)
def test_a_split_is_known_by_the_names_that_the_world_gives_it(split, name):
    assert split_of(name) == split


@pytest.mark.parametrize(
    "names", [("Train", "TEST"), ("training", "val"), ("训练集", "测试集"), ("trainset", "valid")]
)
def test_two_splits_of_any_name_are_training_and_testing(tmp_path, names):
    expected = check(make(tmp_path / "plain")).digest
    found, _ = import_images(make(tmp_path / "pets", splits=names), tmp_path / "mine")
    assert found.digest == expected


def test_validation_images_are_trained_on_unless_they_are_left_out(tmp_path):
    root = make(tmp_path / "pets")
    make(tmp_path / "more", splits=("x", "val"), each=(8, 2))
    shutil.move(tmp_path / "more/val", root / "val")
    found, card = import_images(root, tmp_path / "joined")
    assert len(found.train.ids) == 15 and "ant/validation-0.png" in found.train.ids
    assert card.left_out == {}
    without, card = import_images(root, tmp_path / "two", ImportOptions(without_validation=True))
    assert len(without.train.ids) == 9 and card.left_out == {"val (--without-val)": 6}


def test_a_source_without_splits_is_divided_in_shares_of_each_class_and_always_the_same(tmp_path):
    root = make(tmp_path / "pets", each=(5, 0)) / "train"
    shutil.rmtree(tmp_path / "pets/test")
    refused(lambda: import_images(root, tmp_path / "a"), "--test-share 0.15", "ant, bee, cat")
    first, card = import_images(root, tmp_path / "a", SHARE)
    assert np.bincount(first.test.labels).tolist() == [2, 2, 2]
    assert np.bincount(first.train.labels).tolist() == [3, 3, 3]
    assert (card.drawn_for_testing, card.seed) == (0.4, 0)
    again, _ = import_images(root, tmp_path / "b", SHARE)
    other, _ = import_images(root, tmp_path / "c", ImportOptions(test_share=0.4, seed=1))
    assert again.digest == first.digest != other.digest
    train_alone = make(tmp_path / "trained", each=(5, 0))
    shutil.rmtree(train_alone / "test")
    assert import_images(train_alone, tmp_path / "d", SHARE)[0].digest == first.digest
    refused(lambda: import_images(make(tmp_path / "both"), tmp_path / "e", SHARE), "leave", "out")


def test_copies_and_near_copies_are_never_on_both_sides(tmp_path):
    root = tmp_path / "pets"
    for label in ("ant", "bee"):
        (root / label).mkdir(parents=True)
        for number in range(6):
            seed = 10 * number + (label == "bee")
            small = Image.fromarray(
                np.random.default_rng(seed).integers(0, 256, (4, 4), dtype=np.uint8)
            )
            drawing = small.resize((48, 48), Image.Resampling.NEAREST)
            drawing.save(root / label / f"{number}.png")
            drawing.save(root / label / f"{number}-copy.jpg", quality=85)
    for seed in range(5):
        options = ImportOptions(test_share=0.34, seed=seed)
        found, _ = import_images(root, tmp_path / str(seed), options)
        sides = [
            {id_.partition(".")[0].removesuffix("-copy") for id_ in split.ids}
            for split in (found.train, found.test)
        ]
        assert sides[0] and sides[1] and not sides[0] & sides[1]


def test_one_folder_too_many_in_a_zip_is_skipped_though_a_text_lies_beside_it(tmp_path):
    root = make(tmp_path / "pets")
    expected = check(root).digest
    outer = tmp_path / "outer"
    shutil.copytree(root, outer / "pets")
    (outer / "README.md").write_text("a set of pets")
    archive = pack(outer, tmp_path / "pets.zip")
    assert import_images(archive, tmp_path / "mine")[0].digest == expected


def test_a_table_of_labels_makes_classes_where_folders_do_not(tmp_path):
    (tmp_path / "all/deep").mkdir(parents=True)
    lines = ["file,kind,animal"]
    for number in range(8):
        folder = "deep/" if number % 2 else ""
        picture(number).save(tmp_path / f"all/{folder}{number}.png")
        lines.append(f"{number}.png,x,{'蚂蚁' if number < 4 else 'bee'}")
    table = tmp_path / "labels.csv"
    table.write_text("\n".join(lines), encoding="utf-8-sig")
    options = ImportOptions(test_share=0.25, labels=table, class_column="animal")
    found, card = import_images(tmp_path / "all", tmp_path / "mine", options)
    assert found.classes == ("bee", "蚂蚁") and card.images == 8
    wrong = ImportOptions(test_share=0.25, labels=table, class_column="class")
    refused(
        lambda: import_images(tmp_path / "all", tmp_path / "b", wrong),
        "no column 'class'",
        "file, kind, animal",
        "--class-column",
    )
    table.write_text("\n".join([*lines, "none.png,x,bee"]), encoding="utf-8")
    refused(
        lambda: import_images(tmp_path / "all", tmp_path / "b", options),
        "labels.csv:10: no image 'none.png'",
    )


def test_clutter_is_left_out_and_counted(tmp_path):
    root = make(tmp_path / "pets")
    for name in ("THUMBS.DB", "Desktop.ini", "LICENSE", "labels.csv"):
        (root / "train/ant" / name).write_bytes(b"clutter")
    for name in ("@eaDir", ".ipynb_checkpoints"):
        (root / "train" / name).mkdir()
        picture(1).save(root / "train" / name / "0.png")
    _, card = import_images(root, tmp_path / "mine")
    assert card.left_out == dict.fromkeys(
        (".ipynb_checkpoints", "@eaDir", "Desktop.ini", "LICENSE", "THUMBS.DB", "labels.csv"), 1
    )


@pytest.mark.parametrize("name", ["می\u200cخواهم", "👩\u200d🔬", "O'Neil & <b>", "很长的名字" * 8])
def test_names_of_any_script_are_taken(tmp_path, name):
    found, _ = import_images(make(tmp_path / "pets", ("ant", name)), tmp_path / "mine")
    assert name in found.classes
    assert check(tmp_path / "mine").digest == found.digest


@pytest.mark.parametrize("name", ["CON", "aux.old", " ", "ant ", "bee."])
def test_names_that_harm_a_file_system_are_refused(tmp_path, name):
    root = make(tmp_path / "pets", ("dog", name))
    refused(lambda: import_images(root, tmp_path / "mine"), "rename the folder")


def test_classes_that_some_file_systems_do_not_tell_apart_are_refused(tmp_path):
    for k, names in enumerate((("Ant", "ant"), ("café", "cafe\u0301"))):
        root = make(tmp_path / f"pets{k}", names)
        refused(lambda root=root: import_images(root, tmp_path / "mine"), "merge")
    composed, _ = import_images(make(tmp_path / "one", ("cafe\u0301", "x")), tmp_path / "mine")
    assert "café" in composed.classes


def test_a_folder_named_like_a_split_is_never_taken_for_a_class(tmp_path):
    for name in ("training", "验证"):
        root = make(tmp_path / name)
        shutil.copytree(root / "train/ant", root / "train" / name)
        refused(lambda root=root: import_images(root, tmp_path / "mine"), "one level too high")
