"""What `predict` answers, on networks that were never trained: their records say otherwise."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from tests.xo.records import stored_run, weights_of
from xo.cli import main
from xo.data.generate import generate
from xo.data.load import load
from xo.data.synthetic_photographs import synthetic_photographs
from xo.runs.study import one_run
from xo.store.ownership import claim
from xo.store.source_digest import Source
from xo.store.store import Store
from xo.variants import VARIANTS

ACCURACIES = {("features", 0): 0.99, ("features", 1): 1.0, ("three-conv", 0): 0.5}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A data folder `small`, a store `runs` of three networks, and images as people have them."""
    root = tmp_path_factory.mktemp("predict")
    store = Store(root / "runs")
    claim(store.root, "store")
    generate(root / "small", {"train": 20, "test": 4})
    data = load(root / "small", store)
    for (variant, seed), accuracy in ACCURACIES.items():
        run = one_run(VARIANTS[variant], seed, data, Source())
        stored_run(store, run, accuracy, weights_of(run), keep_weights=True)
    (root / "drawings" / "more").mkdir(parents=True)
    image = next((root / "small" / "test" / "circles").iterdir())
    for name in ("b.png", "a.png", "more/c.png", ".hidden.png"):
        shutil.copy(image, root / "drawings" / name)
    (root / "drawings" / "notes.txt").write_text("left out")
    Image.open(image).convert("L").resize((50, 60)).save(root / "small.png")
    Image.fromarray(255 - np.array(Image.open(image).convert("L"))).save(root / "inverted.png")
    (root / "broken.png").write_text("not an image")
    (root / "photo.jpg").write_bytes(synthetic_photographs(1, 0)[0].jpeg)
    return root


@pytest.fixture
def predict(folder, monkeypatch):
    """Runs the command in that folder."""
    monkeypatch.chdir(folder)
    options = "--data", "small", "--store", "runs"
    return lambda *arguments, **more: CliRunner().invoke(
        main, ["predict", *arguments, *options], catch_exceptions=False, **more
    )


def rows(result) -> list[list[str]]:
    return [line.split("\t") for line in result.stdout.splitlines()]


def test_the_best_network_of_all_variants_answers_and_those_that_solved_the_task_are_asked(predict):
    result = predict("drawings/a.png")
    assert result.stderr == "network: features seed 1, test accuracy 100.00% (n = 8 test images)\n"
    ((_, label, probability, every, agreeing),) = rows(result)
    assert agreeing in ("1 of 2 networks agree", "2 of 2 networks agree")
    assert every.startswith(f"{label} {probability}, ") and every.count(" ") == 3
    assert "seed 0" in predict("drawings/a.png", "--seed", "0").stderr
    unsolved = predict("drawings/a.png", "--variant", "three-conv")
    assert "1 of 1 networks" in unsolved.stdout and "has not solved" in unsolved.stderr


def test_a_folder_stands_for_the_images_in_and_below_it(predict):
    names = [row[0] for row in rows(predict("drawings"))]
    assert names == [str(Path("drawings") / name) for name in ("a.png", "b.png", "more/c.png")]


def test_a_pattern_is_looked_up_here_where_no_shell_did(predict):
    assert len(rows(predict("drawings/[ab].png", "drawings/**/*.png"))) == 2 + 3


def test_standard_input_is_read(predict, folder):
    result = predict("-", input=(folder / "drawings" / "a.png").read_bytes())
    assert [row[0] for row in rows(result)] == ["-"]


def test_the_good_are_answered_and_the_bad_named(predict, folder):
    (folder / "empty").mkdir(exist_ok=True)
    names = "missing.png", "broken.png", "small.png", "empty", "*.gif"
    result = predict("drawings/a.png", *names, "drawings/b.png")
    assert result.exit_code == 2 and len(rows(result)) == 2
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 5 and all(name in line for name, line in zip(names, errors))
    alone = predict("broken.png")
    assert alone.exit_code == 2 and alone.stderr.count("\n") == 1 and not alone.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_name_that_is_no_utf_8_is_written_out(predict, folder):
    name = os.fsdecode(b"d\xe9.png")
    shutil.copy(folder / "drawings" / "a.png", name)
    missing = os.fsdecode(b"none\xe9.png")
    text, as_json = predict(name, missing), predict(name, "--json")
    os.remove(name)
    assert rows(text)[0][0] == "d\\udce9.png" and "none\\udce9" in text.stderr
    assert os.fsencode(json.loads(as_json.stdout)["path"]) == b"d\xe9.png"


def test_what_is_unlike_the_training_images_is_said_and_is_no_failure(predict):
    result = predict("drawings/a.png", "inverted.png")
    like, unlike = rows(result)
    assert result.exit_code == 0 and len(like) == 5
    assert unlike[5].startswith("unlike the training images (ink share 0.9")
    assert "1 of 2 images are unlike the training images" in result.stderr
    assert "--photo" in result.stderr


def test_json_holds_every_class_every_measure_and_who_agrees(predict):
    first, second = map(
        json.loads, predict("drawings/a.png", "inverted.png", "--json").stdout.splitlines()
    )
    assert set(first["probabilities"]) == {"circles", "crosses"}
    assert sum(first["probabilities"].values()) == pytest.approx(1)
    assert first["probability"] == first["probabilities"][first["class"]]
    assert not first["unlike_training_images"] and second["unlike_training_images"]
    assert "ink_share" in second["unlike_in"]
    ink = second["measures"]["ink_share"]
    assert ink["low"] < ink["high"] < ink["value"]
    assert first["networks"] == 2 and 1 <= first["agreeing_networks"] <= 2


def test_a_photograph_is_redrawn_only_when_asked_and_shown(predict, folder):
    assert "add --resize" in predict("photo.jpg").stderr
    result = predict("photo.jpg", "drawings/a.png", "--photo", "--show", "seen.png")
    assert result.exit_code == 0 and len(rows(result)) == 2
    assert "seen.png: the first 2 of 2 images" in result.stderr
    assert Image.open(folder / "seen.png").size == (250, 250)
    assert predict("photo.jpg", "--photo", "--show", "small.png").exit_code == 2
    assert "leave out --resize" in predict("photo.jpg", "--photo", "--resize").stderr
