"""What notebooks take from the project: records at hand, and pictures with an alternative text."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from PIL import Image
from selectolax.lexbor import LexborHTMLParser

from report_builder.pages import notebook_helpers
from xo.runs.study import STUDIES, plan, study_data
from xo.store.source_digest import Source
from xo.store.store import Store

from ..conftest import draw_images, write_record


@pytest.fixture
def reader(tmp_path, monkeypatch) -> Path:
    """A folder with images, a store, and the variables that lead to them."""
    draw_images(tmp_path / "data", ("circles", "crosses"), (30, 30), 8, 6)
    monkeypatch.setenv("XO_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XO_STORE", str(tmp_path / "runs"))
    monkeypatch.setenv("XO_STUDY", "smoke")
    return tmp_path


def test_records_are_those_of_the_study_and_the_data_at_hand(reader):
    assert notebook_helpers.recorded() == {}
    source, store = Source(), Store(reader / "runs")
    data = study_data(STUDIES["smoke"], notebook_helpers.data_set())
    for run in plan(STUDIES["smoke"], data, source):
        if run.variant.name == "baseline":
            write_record(store, run.variant, data, run.seed, True, run.inputs)
            write_record(store, run.variant, data, run.seed + 100, True)  # of no study
    assert {
        name: [run.seed for run in runs] for name, runs in notebook_helpers.recorded().items()
    } == {"baseline": list(STUDIES["smoke"].seeds_of("baseline"))}


def test_a_damaged_record_is_named_and_not_counted(reader, capsys):
    store, data = Store(reader / "runs"), study_data(STUDIES["smoke"], notebook_helpers.data_set())
    runs = [run for run in plan(STUDIES["smoke"], data, Source()) if run.name.startswith("base")]
    for run in runs:
        record = write_record(store, run.variant, data, run.seed, True, run.inputs)
    (record.folder / "arrays.safetensors").write_bytes(b"")
    assert len(notebook_helpers.recorded()["baseline"]) == len(runs) - 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"left out: {runs[-1]}: damaged: ") and "trains it again" in line


def test_a_picture_has_its_words_and_is_the_same_each_time():
    def drawn() -> notebook_helpers.Picture:
        figure, ax = plt.subplots(figsize=(2, 1))
        ax.plot([0, 1])
        return notebook_helpers.show(figure, 'a line, "rising" & thin')

    picture = drawn()
    assert picture.png == drawn().png and not plt.get_fignums()
    image = LexborHTMLParser(picture._repr_html_()).css_first("img")
    assert image.attributes["alt"] == 'a line, "rising" & thin'
    pixels = Image.open(BytesIO(picture.png)).size
    assert pixels[0] > int(image.attributes["width"]) == picture.width > picture.height > 0
