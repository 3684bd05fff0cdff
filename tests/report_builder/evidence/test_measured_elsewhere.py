"""What was measured elsewhere: quoted as computed from counts, and as the data card has it."""

from __future__ import annotations

import re

import pytest

from report_builder.evidence import data_files, measured_elsewhere
from report_builder.evidence.measured_elsewhere import document, facts
from report_builder.pages.functions import PageFunctions
from report_builder.results.report import Report
from xo.errors import InputError
from xo.store.source_digest import ROOT

COUNTS = """
[original-images]
date = 2030-01-02
own_images = 100
images = 1000
seeds = [0, 1, 2, 3]
own_right = [98, 97, 100, 99]
right = [960, 1000, 980, 990]
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.setattr(data_files, "ROOT", tmp_path)
    monkeypatch.setattr(measured_elsewhere, "FILE", tmp_path / "measured.toml")
    return tmp_path / "measured.toml"


def test_numbers_are_computed_from_counts_over_the_seeds_that_solved_their_task(file):
    file.write_text(COUNTS)
    found = {name.removeprefix("original-images."): fact for name, fact in facts().items()}
    assert {name: fact.text for name, fact in found.items()} == {
        "seeds": "4",
        "solved": "3",  # 97 of 100 is not solved, whatever it reaches elsewhere
        "images": "1,000",
        "median": "98.0\N{NO-BREAK SPACE}%",
        "lowest": "96.0\N{NO-BREAK SPACE}%",
    }
    assert {fact.date.isoformat() for fact in found.values()} == {"2030-01-02"}
    assert found["median"].meaning.en == (
        "median of n = 3 seeds that solved their own task, 1,000 images"
    )


def test_a_page_marks_such_a_number_with_its_date():
    page = PageFunctions(Report(), "en", "xo/data.md", "xo/data.md", False)
    text = page.measured_elsewhere("original-images.median")
    day = document().original_images.date.isoformat()
    assert 'class="measured-elsewhere"' in text and f"Measured elsewhere, on {day}: median" in text
    with pytest.raises(InputError, match="'faces': not known.*; known are original-images"):
        page.measured_elsewhere("faces")


@pytest.mark.parametrize(
    "damage",
    [
        ("[original-images]", "[original-images"),
        ("seeds = [0, ", "seeds = ["),
        ("[960,", "[1001,"),
        ("images = 1000", 'images = "all"'),
        ("date = 2030-01-02\n", ""),
    ],
)
def test_a_broken_file_is_named_with_the_remedy(file, damage):
    file.write_text(COUNTS.replace(*damage))
    with pytest.raises(InputError, match="measured.toml: cannot be read .*git checkout measured"):
        facts()


def test_the_data_card_says_what_the_file_says():
    found = {name.partition(".")[2]: fact for name, fact in facts().items()}
    card = (ROOT / "data" / "README.md").read_text(encoding="utf-8").replace(" %", "%")
    numbers = {name: re.sub("[,\\s]", "", fact.text) for name, fact in found.items()}
    day = found["median"].date.isoformat()
    assert (
        "训练 {seeds} 个种子，{solved} 个学会了内置的任务（测试准确率不低于 98%），它们在找到的 "
        "{images} 张原图上的准确率中位数是 {median}，最低 {lowest}（{day} 测得"
    ).format(**numbers, day=day) in card
    assert (
        "Of {seeds} seeds of the baseline (the original's settings, 10 epochs), {solved} solve the "
        "embedded task (at least 98% of its test images); on the {images} images of the original "
        "that could be found their median accuracy is {median}, the lowest {lowest} (measured on "
        "{day};"
    ).format(**numbers, day=day) in card
