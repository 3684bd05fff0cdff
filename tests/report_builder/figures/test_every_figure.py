"""Every figure in both languages, one light and one dark: tidy, described in its language, and the
same bytes as ever.

`figure-hashes.json` holds a digest of every figure of the made-up study, under the locked
matplotlib. After a change that is meant, look at the figures and write it anew with

    XO_WRITE_HASHES=1 python -m pytest tests/report_builder/figures/test_every_figure.py -n0 -k hash
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.lines import Line2D
from PIL import Image

from report_builder.evidence.fates import FATE_NAMES, FATES
from report_builder.figures import table
from report_builder.figures.toolkit import layout, words
from report_builder.figures.toolkit.fates import MARKS
from report_builder.figures.toolkit.style import Style
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

from ..made_up_study import with_fate
from .rendering import Rendered, assert_described, assert_tidy, render, render_styles, strings

HASHES = Path(__file__).with_name("figure-hashes.json")
# With and without pooling, trained pooling, 1, 2 and 3 convolutions, 1x1, many channels, the split
# as labels: each figure of a variant is drawn of those that differ in what it shows.
OF_VARIANTS = {
    "network": (
        "baseline",
        "no-pooling",
        "features",
        "trained-pooling",
        "one-by-one",
        "global-average",
        "three-conv-wrong-folder",
    ),
    "loss": ("baseline", "three-conv-wrong-folder", "no-pooling-uneven"),
    "accuracy": ("baseline", "no-pooling-wrong-folder"),
    "confusion": ("baseline", "no-pooling-wrong-folder"),
    "mistakes": ("baseline", "three-conv-wrong-folder"),
    "one-image": ("baseline", "three-conv-wrong-folder"),
    "kernels-conv1": ("baseline", "channels-15"),
    "kernels-conv2": ("baseline", "one-by-one"),
    "maps1": ("baseline", "no-pooling", "channels-15"),
    "maps2": ("features", "no-pooling", "one-by-one"),
    "maps3": ("features", "one-by-one"),
}
OF_STUDY = [name for name, row in table.FIGURES.items() if row.scope == "study"]
NAMES = [*OF_STUDY, *(f"{name}.{each}" for name, chosen in OF_VARIANTS.items() for each in chosen)]


# Schemes differ in colors alone, languages in words alone: two of the four styles show both.
STYLES = {"zh": Style("zh", "light"), "en": Style("en", "dark")}


@pytest.fixture(scope="module", params=NAMES)
def figure(request, evidence) -> dict[str, Rendered]:
    """One figure by language."""
    rendered = render_styles(request.param, evidence, list(STYLES.values()))
    return dict(zip(STYLES, rendered, strict=True))


@pytest.fixture
def name(figure, request) -> str:
    return request.node.callspec.params["figure"]


def test_every_figure_of_a_variant_is_among_them():
    assert set(OF_VARIANTS) == set(table.FIGURES) - set(OF_STUDY)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_is_tidy_and_described_in_its_language(figure, language):
    rendered = figure[language]
    assert_tidy(rendered)
    assert_described(rendered.drawing)
    title = "".join(words.wrap(rendered.drawing.title, layout.TITLE_COLUMNS))
    assert title in [text.replace("\n", "") for text in strings(rendered)]


def test_hash_of_every_figure_in_both_languages(figure, name):
    requirements = (ROOT / "requirements.txt").read_text()
    locked = re.search(r"^matplotlib==(\S+)", requirements, re.MULTILINE)[1]
    if version("matplotlib") != locked:
        pytest.skip(f"hashes hold for matplotlib {locked}, installed is {version('matplotlib')}")
    found = {
        f"{language}-{STYLES[language].scheme}": digest(rendered.data)
        for language, rendered in figure.items()
    }
    known: dict[str, Any] = json.loads(HASHES.read_text())
    if os.environ.get("XO_WRITE_HASHES"):
        kept = {key: value for key, value in (known | {name: found}).items() if key in NAMES}
        known = dict(sorted(kept.items()))
        HASHES.write_text(json.dumps(known, indent=1) + "\n")
    assert known.get(name) == found


def digest(data: bytes) -> str:
    """Of an SVG's bytes; of a PNG's pixels, as its compression depends on Pillow's build."""
    if data.startswith(b"\x89PNG"):
        data = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).tobytes()
    return hashlib.sha256(data).hexdigest()[:16]


def test_pictures_stay_small_and_carry_no_date_no_version_and_no_address(figure):
    data = figure["en"].data
    assert len(data) < 150_000  # curves of 17 networks in one figure
    assert b"Matplotlib v" not in data and b"<metadata" not in data and b"DOCTYPE" not in data
    assert set(re.findall(rb"https?://[^\"' ]+", data)) <= {
        b"http://www.w3.org/2000/svg",
        b"http://www.w3.org/1999/xlink",
    }


def test_a_missing_glyph_would_be_noticed(drawn):
    rendered = drawn("samples")
    text = rendered.texts[0]
    before = text.get_text()
    text.set_text("\u9f98")
    try:
        with pytest.raises(AssertionError, match="subset.py"):
            assert_tidy(rendered)
    finally:
        text.set_text(before)


# Other records than those of the made-up study


@pytest.mark.parametrize(
    ("languages", "choices"),
    [
        pytest.param(
            ("zh",),
            {
                "classes": tuple(f"class number {k}" for k in range(10)),
                "size": (26, 44),
                "train": 3,
                "test": 3,
            },
            id="ten classes of wide images",
        ),
        pytest.param(
            ("en",),
            {"classes": ("$a_b$", "_hidden", "汉字"), "size": (40, 26), "train": 3, "test": 2},
            id="names that are no words",
        ),
        pytest.param(
            ("en",),
            {"seeds": 1, "epochs": 1, "solving": 0},
            id="one run of one epoch that learns nothing",
        ),
        pytest.param(("zh",), {"seeds": 2, "solving": 2, "epochs": 2}, id="all solve"),
        pytest.param(
            ("en",),
            {"variants": (replace(VARIANTS["three-conv"], head="average"),), "dense": ()},
            id="a head of averages",
        ),
    ],
)
def test_figures_hold_for_other_records(make_evidence, languages, choices):
    variants = tuple(VARIANTS[name] for name in ("features", "no-pooling-wrong-folder"))
    small = {"seeds": 2, "epochs": 2, "variants": variants, "dense": (48, 20)}
    study = make_evidence(**small | choices)
    for name in table.names(study):
        for rendered in render_styles(name, study, [Style(each, "light") for each in languages]):
            assert_tidy(rendered)
            drawing = rendered.drawing
            assert "nan" not in drawing.title + drawing.caption + drawing.alt


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_fate_has_a_color_and_a_mark_of_its_own_in_the_figures_of_runs(
    make_evidence, language
):
    rows = (VARIANTS["features"], VARIANTS["three-conv-wrong-folder"])
    study = make_evidence(seeds=4, epochs=3, variants=rows, dense=(8,))
    records = {name: tuple(map(with_fate, runs, FATES)) for name, runs in study.records.items()}
    study = replace(study, records=records)
    style = Style(language, "light")
    for name in (
        "solved",
        "escape",
        "accuracy-by-epoch",
        "variants-compared",
        "loss.features",
        "accuracy.features",
    ):
        rendered = render(name, study, style)
        assert_tidy(rendered)
        assert_described(rendered.drawing)
        if name == "escape":  # two ends of the four: collapsed, and censored
            continue
        drawn = [
            (line.get_marker(), line.get_color())
            for holder in (rendered.drawing.figure, *rendered.drawing.figure.axes)
            for line in holder.findobj(Line2D)
        ]
        assert {(MARKS[fate], style.color(fate)) for fate in FATES} <= set(drawn), name
        for fate in FATES:
            assert FATE_NAMES[fate][language] in rendered.drawing.alt, name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_stay_apart_with_twenty_seeds_and_twenty_epochs(make_evidence, language):
    study = make_evidence(
        seeds=20,
        epochs=20,
        solving=13,
        variants=(VARIANTS["no-pooling-wrong-folder"], VARIANTS["features"]),
        dense=(8,),
        train=4,
        test=3,
    )
    for name in (
        "solved",
        "accuracy-by-epoch",
        "variants-compared",
        "loss.features",
        "accuracy.features",
        "confusion.features",
    ):
        assert_tidy(render(name, study, Style(language, "dark")))
