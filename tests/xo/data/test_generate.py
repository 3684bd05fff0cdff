"""The embedded set is the same everywhere and as its card says, and never half-written."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from xo.data import generate
from xo.data.dataset import DataSet
from xo.data.load import check
from xo.data.statistics import statistics
from xo.errors import InputError

CARD = Path(__file__).parents[3] / "data" / "README.md"
FEW = {"train": 4, "test": 2}


@pytest.fixture(scope="module")
def embedded(tmp_path_factory) -> DataSet:
    root = tmp_path_factory.mktemp("data") / "xo"
    generate.generate(root)
    return check(root)


def test_embedded_set_has_the_digest_that_runs_are_keyed_by(embedded):
    assert embedded.digest == generate.DIGEST


def test_embedded_set_has_the_counts_of_the_original(embedded):
    assert embedded.classes == ("circles", "crosses")
    assert embedded.image_size == (116, 116)
    assert np.bincount(embedded.train.labels).tolist() == [850, 850]
    assert np.bincount(embedded.test.labels).tolist() == [150, 150]
    assert (
        embedded.train.ids[0] == "circles/0000.png" and embedded.test.ids[-1] == "crosses/0999.png"
    )


def test_no_two_images_are_alike(embedded):
    everything = [
        pixels.tobytes() for split in (embedded.train, embedded.test) for pixels in split.images
    ]
    assert len(set(everything)) == 2000


def test_files_are_one_bit_pngs(tmp_path):
    from PIL import Image

    generate.generate(tmp_path / "xo", FEW)
    with Image.open(tmp_path / "xo/train/circles/0000.png") as image:
        assert (image.mode, image.size, image.format) == ("1", (116, 116), "PNG")
    assert len(list((tmp_path / "xo").rglob("*.png"))) == 2 * (4 + 2)


def test_a_stroke_is_four_pixels_wide():
    pixels = dict(generate.draw(FEW))["train/circles/0000.png"]
    row = np.flatnonzero(pixels[np.flatnonzero((pixels == 0).any(axis=1)).mean().astype(int)] == 0)
    left = row[
        : np.flatnonzero(np.diff(row, append=999) > 1)[0] + 1
    ]  # the stroke's run where it stands nearly upright
    assert len(left) in (4, 5)


def test_smaller_sets_begin_like_the_embedded_one(embedded):
    drawn = dict(generate.draw(FEW))
    assert np.array_equal(drawn["train/crosses/0003.png"], embedded.train.images[853])


def test_generate_leaves_a_right_set_alone(tmp_path):
    root = tmp_path / "xo"
    generate.generate(root, FEW)
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*.png")}
    generate.generate(root, FEW)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*.png")} == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: (root / "train/circles/0001.png").unlink(),
        lambda root: (root / "train/circles/0001.png").write_bytes(b"broken"),
        lambda root: (root / "train/circles/0001.png").write_bytes(
            (root / "train/circles/0002.png").read_bytes()
        ),
        lambda root: (root / "train/circles/9999.png").write_bytes(
            (root / "train/circles/0002.png").read_bytes()
        ),
    ],
)
def test_generate_refuses_a_folder_that_holds_something_else(tmp_path, spoil):
    root = tmp_path / "xo"
    generate.generate(root, FEW)
    spoil(root)
    with pytest.raises(InputError, match="remove it, or choose another folder"):
        generate.generate(root, FEW)


def test_a_failed_write_leaves_nothing_behind(tmp_path, monkeypatch):
    def full_disk(self, content):
        if "crosses" in str(self):
            raise OSError(28, "No space left on device")
        return original(self, content)

    original = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    with pytest.raises(InputError, match="No space left on device.*free some space"):
        generate.generate(tmp_path / "xo", FEW)
    assert list(tmp_path.iterdir()) == []


def test_data_card_states_the_set_as_it_is(embedded):
    card = CARD.read_text(encoding="utf-8")
    assert card.count(generate.DIGEST) == 2, "once in Chinese, once in English"
    pixels = np.concatenate([embedded.train.images, embedded.test.images])
    labels = np.concatenate([embedded.train.labels, embedded.test.labels])
    measured = statistics(pixels, labels, embedded.classes)
    rows = re.findall(
        r"^\| `(\w+)` \|.*?\| ([\d.]+) \| [\d.]+ \| ([\d.]+) \| [\d.]+ \|$", card, re.MULTILINE
    )
    assert {name for name, _, _ in rows} == set(measured["circles"]) and len(rows) == 2 * len(
        measured["circles"]
    )
    for name, circles, crosses in rows:
        for stated, label in ((circles, "circles"), (crosses, "crosses")):
            assert stated == card_number(measured[label][name], name), f"{name} of {label}"


def card_number(value: float, name: str) -> str:
    """As the card prints it: shares with two decimals, means with one, counts with none."""
    means = ("mean", "sd", "_x", "_y")
    digits = 2 if name.startswith("cut") else 1 if name.endswith(means) else 0
    return f"{value:.{digits}f}"
