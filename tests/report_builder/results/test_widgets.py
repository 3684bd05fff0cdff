"""The data that the widgets' scripts read."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from report_builder.results.widget_data import lab, stepper
from report_builder.results.widget_data.pixels import image_rows, map_rows
from report_builder.results.widgets import LAB, WIDGETS, widgets
from tests.report_builder.made_up_study import small_evidence
from tests.report_builder.widget_maps import decoded
from xo.data.dataset import Split
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

MAP = np.float32([[-2, 0], [1, 2]])
MOST_BYTES = 175_000  # of a page's data


@pytest.mark.parametrize("digits", [2, 4])
def test_a_map_is_read_back_as_exactly_as_it_says_and_zero_exactly(digits: int):
    values = np.random.default_rng(0).normal(size=(7, 5))
    values[2, 3] = 0
    read = decoded(map_rows(values, digits))
    assert read.shape == values.shape and read[2, 3] == 0
    np.testing.assert_allclose(
        read, values, atol=1.001 * np.abs(values).max() / (16**digits - 2), rtol=0
    )
    assert decoded(map_rows(np.zeros((1, 2)))).tolist() == [[0, 0]]  # it has a scale, too
    assert map_rows(MAP, limit=4.0)["limit"] == 4


def test_pixels_are_exact():
    assert image_rows(np.uint8([[0, 255, 7], [255, 255, 255]])) == ["00ff07", "ffffff"]


def windows(**changes):
    arrays = {
        "image": np.uint8([[0, 255, 7], [255, 255, 255]]),
        "kernel": np.eye(3, dtype=np.float32)[None],
        "bias": np.float32([0.5]),
        "map": MAP,
        "map.pool1": np.zeros((1, 1), np.float32),
    }
    layers = [
        {
            "name": name,
            "variant": "baseline",
            "channel": 3,
            "size": size,
            "stride": stride,
            "offset": 0,
        }
        for name, size, stride in (("conv1", 3, 1), ("pool1", 4, 2))
    ]
    record = SimpleNamespace(
        **{
            "array": arrays.__getitem__,
            "facts": {"layers": layers, "start": [1, 0]},
        }
        | changes
    )
    run = SimpleNamespace(variant="baseline", seed=3, test_accuracy=0.5, solved=False)
    return stepper.content(
        SimpleNamespace(
            can_show=lambda name: True,
            shown_demonstration=lambda name: record,
            run_of=lambda record, variant: run,
            variant=VARIANTS.__getitem__,
        )
    )


def test_the_stepper_has_the_kernel_and_each_layer_s_map():
    found = windows()
    assert (
        found["kernel"] == [[[1, 0, 0], [0, 1, 0], [0, 0, 1]]]
        and found["bias"] == 0.5
        and found["start"] == [1, 0]
    )
    conv, pool = found["layers"]
    np.testing.assert_allclose(decoded(conv["map"]), MAP, atol=2 / 254)
    assert (conv["size"], pool["size"], pool["stride"]) == (3, 4, 2)
    assert found["network"].en == "“Baseline” (seed 3, test accuracy 50.0\xa0%, not solved)"


def test_there_is_no_stepper_where_a_page_would_grow_heavy():
    assert windows(array={"image": np.zeros((300, 300), np.uint8)}.__getitem__) is None


@pytest.fixture(scope="module")
def evidence(tmp_path_factory):
    return small_evidence(tmp_path_factory.mktemp("widgets"), size=(116, 116), train=2, test=2)


def test_every_widget_has_a_script_and_data_that_a_page_can_hold(evidence):
    found = {name: content for name, content, _ in widgets(evidence)}
    assert found
    for name, content in found.items():
        assert len(json.dumps(content)) <= MOST_BYTES, name
    folder = ROOT / "docs/assets/widgets"
    assert {file.stem for file in folder.glob("*.js")} == {*WIDGETS, LAB, "common"}
    for name, widget in WIDGETS.items():
        script = (folder / f"{name}.js").read_text(encoding="utf-8")
        assert ("xoLayers" in script) == widget.layers, name


def test_without_demonstrations_there_are_only_widgets_that_need_none(evidence):
    assert "stepper" not in {
        name
        for name, *_ in widgets(
            SimpleNamespace(
                can_show=lambda name: False, runs=lambda name: (), variants=(), records={}
            )
        )
    }


def test_the_lab_of_images_in_color_has_their_ground_and_their_pixels(evidence):
    grey = evidence.data
    images = np.full((4, 30, 28, 3), (250, 128, 7), np.uint8)
    images[:, 0, :12] = (0, 0, 7)  # of each channel apart, the median would be in between
    images[:, 10:20, 10:20] = np.arange(12).reshape(4, 1, 1, 3) * 20
    test = Split(np.array([0, 0, 1, 1]), ("a", "b", "c", "d"), images)
    data = replace(grey, image_size=(30, 28), train=test, test=test)
    found = lab.content(replace(evidence, data=data))
    assert found is not None
    assert (found["channels"], found["size"], found["background"]) == (3, [30, 28], 0xFF8800)
    assert [example["label"] for example in found["examples"]] == [0, 0, 1, 1]
    rows = found["examples"][1]["rows"]
    assert len(rows) == 30 and {len(row) for row in rows} == {3 * 28}
    assert (
        rows[0][:3] == "000" and rows[1][:3] == "f80" and rows[15][3 * 15 : 3 * 16] == "356"
    )  # 60, 80, 100 of 255
    assert lab.content(evidence)["channels"] == 1
