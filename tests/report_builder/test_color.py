"""A data set in color, trained for real on a few images: figures, tables, widgets and pages have
three channels wherever they had one.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from report_builder.evidence.study import Evidence
from report_builder.figures.inside import kernels_conv1
from report_builder.figures.table import find
from report_builder.figures.table import names as drawable_figures
from report_builder.pages.render import _rendered
from report_builder.results.demonstration_tables import DEMONSTRATION_TABLES
from report_builder.results.report import DataSetName, Report
from report_builder.results.widgets import WIDGETS, widgets
from tests.report_builder.figures.rendering import assert_described, assert_tidy, render
from xo.data.importing.options import ImportOptions
from xo.data.importing.run import import_images
from xo.data.load import load
from xo.demonstrations.execute import _compute, write_demonstration
from xo.demonstrations.record import PlannedDemonstration, demonstration_inputs
from xo.demonstrations.table import DEMONSTRATIONS
from xo.network.train import train
from xo.runs.execute import run_result
from xo.runs.record import Cost, write_run
from xo.runs.resources import environment
from xo.runs.study import one_run
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS

SIDE = 40
OF_IMAGES = tuple(f"report_builder.figures.{part}" for part in ("concepts", "images", "inside"))
NAMES = ("baseline", "features", "one-by-one", "trained-pooling")


@pytest.fixture(scope="module")
def evidence(tmp_path_factory) -> Evidence:
    """Stripes across and upright, in blue and brown, imported in color; one epoch of training."""
    folder, noise = tmp_path_factory.mktemp("color"), np.random.default_rng(0)
    for label, color in (("water", (40, 90, 170)), ("wood", (150, 95, 50))):
        for split, count in (("train", 8), ("test", 4)):
            (folder / "images" / split / label).mkdir(parents=True)
            for number in range(count):
                wave = 40 * np.sin(0.5 * np.arange(SIDE) + number)
                stripes = np.add.outer(wave, np.zeros(SIDE))
                shade = (stripes if label == "water" else stripes.T)[..., None]
                pixels = np.array(color) + shade + noise.integers(-9, 10, (SIDE, SIDE, 3))
                path = folder / "images" / split / label / f"{number}.png"
                Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
    import_images(folder / "images", folder / "data", ImportOptions(colour=True))
    store = Store(folder / "runs")
    data = load(folder / "data", store)
    assert data.channels == 3
    records = {}
    for name in NAMES:
        run = one_run(replace(VARIANTS[name], epochs=1, dense=(120,)), 1, data, Source())
        trained = train(run.variant, data, 1)
        weights = {
            name: tensor.contiguous().numpy() for name, tensor in trained.net.state_dict().items()
        }
        cost = Cost(1.0, None, "2026-01-01T00:00:00+00:00")
        result = run_result(run, trained.measured, cost, environment())
        record = write_run(store, run.inputs, result, trained.arrays, weights, True)
        records[name] = (record,)
    demonstrations = {}
    for name, row in DEMONSTRATIONS.items():
        used = {variant: list(records[variant]) for variant in row.variants}
        inputs = demonstration_inputs(row, used, data, Source())
        planned = PlannedDemonstration(name, inputs, used, data)
        computed = _compute(row.compute, used, data)
        demonstrations[name] = write_demonstration(store, planned, *computed)
    rows = tuple(VARIANTS[name] for name in NAMES)
    return Evidence("test", data, rows, records, demonstrations, embedded=False)


def test_every_kind_of_figure_that_shows_images_is_drawn(evidence):
    """Of those that there are of each variant, one."""
    kinds = {name.partition(".")[0]: name for name in reversed(drawable_figures(evidence))}
    expected = {"sliding-window", "kernel-gradient", "fcn-canvas", "shifted-maps", "occlusion"}
    assert expected | {"samples", "patches", "kernels-conv1"} <= kinds.keys()
    for name in kinds.values():
        if not find(name, evidence)[0].source.__name__.startswith(OF_IMAGES):
            continue
        if "photographs" in name:
            continue
        rendered = render(name, evidence)
        try:
            assert_tidy(rendered)
        except AssertionError as error:  # matplotlib's font writes powers of ten
            assert re.search(r"font lacks [⁰⁴-⁹⁻ ]+;", str(error)), name
        assert_described(rendered.drawing)


def test_tables_name_the_color_of_each_of_27_weights(evidence):
    for name in ("windows", "backward"):
        table = DEMONSTRATION_TABLES[name].make(evidence)
        assert len(table.rows) == 27, name
        assert [row[0].en.split()[0] for row in table.rows[::9]] == ["red", "green", "blue"]


def test_parameters_and_multiply_adds_count_three_channels(evidence):
    conv1 = next(row for row in evidence.runs("baseline")[0].layers if row.name == "conv1")
    assert conv1.parameters == 9 * (27 + 1)
    assert conv1.multiply_adds == 9 * 27 * (SIDE - 2) ** 2
    kernels = kernels_conv1.measure(evidence, "baseline")
    assert kernels.after.shape == (9, 9, 3) and "three colors" in (
        kernels_conv1.describe(kernels).caption.en
    )


def test_every_widget_of_a_demonstration_has_its_pixels_in_color(evidence):
    found = {name: content for name, content, _ in widgets(evidence)}
    shown = {"stepper", "sharing", "pooling", "fcn", "levels", "partial-sums", "mixing", "backward"}
    assert shown & set(WIDGETS) <= set(found)
    image = evidence.demonstrations["windows"].array("image")
    row = bytes.fromhex(found["stepper"]["image"][5])
    assert np.array_equal(np.frombuffer(row, np.uint8).reshape(SIDE, 3), image[5])
    assert found["stepper"]["channels"] == found["fcn"]["channels"] == 3
    assert np.shape(found["stepper"]["kernel"]) == (3, 3, 3)
    assert len(found["sharing"]["kernels"][0]) == 27 and len(found["sharing"]["background"]) == 3
    assert len(found["levels"]["images"][0][0]) == 3 * SIDE


def test_pages_say_what_is_so_in_color_and_offer_no_lab():
    data = DataSetName("textures", "0" * 64, False, channels=3, classes=4)
    report = Report(study="smoke", data=data, data_folder="data/textures")
    pages = {(page.language, page.path): text for page, text in _rendered(ROOT / "docs", report)}
    for language in ("zh", "en"):
        text = pages[language, "concepts/local.md"]
        assert "27" in text and "lab.md" not in text
        assert "(9, 3, 3, 3)" in pages[language, "xo/kernels.md"]
        assert "nn.Conv2d(3, 9, 3)" in pages[language, "xo/network.md"]
        assert "nn.Linear(64, 4)" in pages[language, "xo/network.md"]
        assert "Grayscale" not in pages[language, "xo/data.md"]
