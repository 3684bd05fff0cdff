"""Figures: what their artists show, that nothing overlaps or is missing, and that equal records give equal bytes.

`figure-hashes.json` holds a digest of every figure of the made-up study in `conftest.py`, under the locked matplotlib.
After a change that is meant, style at the figures and write it anew with

    XO_WRITE_HASHES=1 python -m pytest tests/report_builder/test_figures.py -k hash
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from report_builder.evidence.estimates import curve, share
from report_builder.figures import table as figures
from report_builder.figures.save import save
from report_builder.figures.toolkit import layout, pixels
from report_builder.figures.toolkit import style as looks
from report_builder.figures.toolkit import words as wording
from report_builder.figures.toolkit.description import Drawing
from report_builder.figures.toolkit.style import Style
from report_builder.fonts import FONT
from report_builder.palette import COLORS, FURTHER
from xo.errors import InputError
from xo.variants import VARIANTS

from .conftest import with_losses

ROOT = Path(__file__).resolve().parents[2]
HASHES = Path(__file__).with_name("figure-hashes.json")
LOOKS = [Style(language, scheme) for language in ("zh", "en") for scheme in ("light", "dark")]
EN = Style("en", "light")
SUBSET = "python report_builder/fonts/subset.py"
VARIANT_FIGURES = [name for name, row in figures.FIGURES.items() if row.scope == "variant"]
INSTANCES = [name for name, row in figures.FIGURES.items() if row.scope == "study"] + [
    f"{name}.{v.name}"
    for name in VARIANT_FIGURES
    for v in VARIANTS.values()
    if len(v.channels) >= figures.FIGURES[name].convolutions
]


class Drawn(NamedTuple):
    drawing: Drawing
    data: bytes
    texts: list  # the Text artists that were really drawn


@pytest.fixture(scope="module")
def drawn(evidence, tmp_path_factory):
    """Draws and saves a figure of the made-up study, once for each style."""
    folder = tmp_path_factory.mktemp("figures")
    draw = lru_cache(maxsize=None)(lambda name, style: render(name, evidence, style, folder))
    return lambda name, style=EN: draw(name, style)


def render(name, evidence, style, folder) -> Drawn:
    from matplotlib.text import Text

    texts, draw_text = [], Text.draw

    def recording(self, renderer):
        if self.get_visible():
            texts.append(self)
        draw_text(self, renderer)

    kind = figures.find(name, evidence)[0].kind
    path = folder / f"figure.{kind}"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Text, "draw", recording)
        drawing = figures.draw(name, evidence, style)
        save(drawing, path, kind)
    return Drawn(drawing, path.read_bytes(), list(dict.fromkeys(texts)))


def strings(drawn: Drawn) -> list[str]:
    return [text.get_text() for text in drawn.texts]


def assert_tidy(drawn: Drawn) -> None:
    """Every text lies inside the figure, no two overlap, and the shipped font has all their characters."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.ft2font import FT2Font

    figure = drawn.drawing.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    with drawn.drawing.style.applied():
        boxes = [
            (text.get_text(), text.get_window_extent(renderer))
            for text in drawn.texts
            if text.get_text().strip()
        ]
    (width, height), inch = figure.bbox.size, figure.dpi
    slack = 0.01 * inch
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) > -slack, f"{text!r} is cut off"
    for (one, a), (other, b) in combinations(boxes, 2):
        across, along = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across < slack or along < 3 * slack, f"{one!r} lies on {other!r}"
    missing = {
        c for text, _ in boxes for c in text if ord(c) not in FT2Font(FONT).get_charmap()
    } - {"\n"}
    assert not missing, (
        f"the figures' font lacks {' '.join(sorted(missing))}; make it again with: {SUBSET}"
    )


def assert_said(drawing: Drawing) -> None:
    """Words stand in the language of the page, and there is data behind them."""
    for text in (drawing.title, drawing.alt, drawing.caption):
        assert text.strip() and "nan" not in text
        assert bool(re.search("[\u4e00-\u9fff]", text)) == (drawing.style.language == "zh"), text
    assert drawing.rows and len({tuple(row) for row in drawing.rows}) == 1
    assert all(
        isinstance(value, (str, int, float)) for row in drawing.rows for value in row.values()
    )


# every figure


@pytest.mark.parametrize("name", INSTANCES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_figure_is_tidy_and_says_what_it_shows_in_its_language(drawn, name, language):
    result = drawn(name, Style(language, "light"))
    assert_tidy(result)
    assert_said(result.drawing)
    assert "".join(wording.wrap(result.drawing.title, layout.TITLE_COLUMNS)) in [
        s.replace("\n", "") for s in strings(result)
    ]


def test_a_missing_glyph_would_be_noticed(drawn):
    result = drawn("samples")
    text = result.texts[0]
    before = text.get_text()
    text.set_text("\u9f98")
    try:
        with pytest.raises(AssertionError, match="subset.py"):
            assert_tidy(result)
    finally:
        text.set_text(before)


@pytest.mark.parametrize("name", INSTANCES)
def test_hash_of_every_figure_in_all_four_looks(drawn, name):
    locked = re.search(
        r"^matplotlib==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE
    )[1]
    if version("matplotlib") != locked:
        pytest.skip(f"hashes hold for matplotlib {locked}, installed is {version('matplotlib')}")
    found = {f"{style.language}-{style.scheme}": digest(drawn(name, style).data) for style in LOOKS}
    known = json.loads(HASHES.read_text()) if HASHES.is_file() else {}
    if os.environ.get("XO_WRITE_HASHES"):
        known = {
            key: value for key, value in sorted((known | {name: found}).items()) if key in INSTANCES
        }
        HASHES.write_text(json.dumps(known, indent=1) + "\n")
    assert known.get(name) == found


def digest(data: bytes) -> str:
    """Of an SVG's bytes; of a PNG's pixels, as its compression depends on Pillow's build."""
    if data.startswith(b"\x89PNG"):
        data = np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).tobytes()
    return hashlib.sha256(data).hexdigest()[:16]


@pytest.mark.parametrize(
    "name",
    ["passage", "solved", "levels", "network.baseline", "loss.baseline", "confusion.features"],
)
def test_the_same_records_give_the_same_bytes(evidence, drawn, tmp_path, name):
    assert render(name, evidence, EN, tmp_path).data == drawn(name).data


def test_files_carry_no_date_no_version_and_no_address(drawn):
    for name in ("loss.baseline", "maps1.baseline"):
        data = drawn(name).data
        assert b"Matplotlib v" not in data and b"<metadata" not in data and b"DOCTYPE" not in data
        assert not set(re.findall(rb"https?://[^\"' ]+", data)) - {
            b"http://www.w3.org/2000/svg",
            b"http://www.w3.org/1999/xlink",
        }
    svg = drawn("loss.baseline").data
    assert (
        svg.startswith(b"<svg") and b"<text" not in svg and b"<image" not in svg
    )  # letters are paths


def test_pictures_stay_small(drawn):
    assert max(len(drawn(name).data) for name in INSTANCES) < 120_000


def test_pictures_are_what_was_painted_pixel_by_pixel(drawn):
    result = drawn("kernels-conv2.baseline")
    painted = result.drawing.figure.images[0].get_array()
    saved = np.asarray(Image.open(io.BytesIO(result.data)).convert("RGB"))
    height, width = painted.shape[:2]
    assert saved.shape[1] == width
    body = saved[-height:]
    same = (body == painted).all(axis=2)
    assert same.mean() > 0.97  # all but the letters
    framed = np.argwhere(
        (painted == pixels.rgb(COLORS["ink"][0])).all(axis=2)
    )  # the strongest kernel's frame
    (top, left), (bottom, right) = framed.min(axis=0), framed.max(axis=0)
    assert same[top:bottom, left:right].all()


def test_save_returns_the_size_to_show_a_figure_with(drawn, tmp_path):
    drawing = drawn("samples").drawing
    width, height = save(drawing, tmp_path / "samples.png", "png")
    with Image.open(tmp_path / "samples.png") as image:
        assert width == 700 and abs(height - 700 * image.height / image.width) <= 1


# names


def test_names_lists_what_can_be_drawn(evidence):
    assert figures.names(evidence) == sorted(INSTANCES, key=figures.names(evidence).index) and len(
        INSTANCES
    ) == len(set(figures.names(evidence)))
    assert "maps3.features" in INSTANCES and "maps3.baseline" not in INSTANCES
    assert figures.names(replace(evidence, variants=())) == []


@pytest.mark.parametrize(
    "name", ["", "los.baseline", "loss", "loss.nothing", "maps3.baseline", "samples.baseline"]
)
def test_an_unknown_figure_is_answered_with_the_known_ones(evidence, name):
    with pytest.raises(InputError) as error:
        figures.draw(name, evidence, EN)
    message = str(error.value)
    assert repr(name) in message and "\n" not in message
    assert all(known in message for known in [*figures.FIGURES, "three-conv"])


def test_the_code_of_a_figure_can_be_followed():
    from xo.store.source_digest import Source

    for row in figures.FIGURES.values():
        reached = Source().reach(*figures.code_of(row))
        assert (
            set(figures.code_of(row)) <= reached.keys()
            and "report_builder.figures.toolkit.layout:sheet" in reached
        )


def test_importing_the_table_imports_neither_torch_nor_matplotlib():
    code = "import report_builder.figures, sys; print({'torch', 'matplotlib', 'PIL'} & set(sys.modules))"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "set()"


# what single figures show


def lines(axes, label=None):
    return [line for line in axes.get_lines() if label is None or line.get_gid() == label]


def test_loss_shows_every_seed_the_median_and_chance(evidence, drawn):
    runs, result = evidence.runs("baseline"), drawn("loss.baseline")
    upper, lower = result.drawing.figure.axes
    batch = np.array([run.array("batch_loss").ravel() for run in runs])
    (median,) = lines(upper, "median")
    assert median.get_ydata() == pytest.approx(np.median(batch, axis=0))
    assert median.get_xdata()[-1] == 3  # epochs
    thin = [
        line
        for line in lines(upper)
        if len(line.get_xdata()) == batch.shape[1] and line is not median
    ]
    assert [line.get_ydata().tolist() for line in thin] == batch.tolist()
    assert all(line.get_linewidth() < 1 < median.get_linewidth() for line in thin)
    for axes in (upper, lower):
        assert any(np.allclose(line.get_ydata(), np.log(2)) for line in lines(axes))
        assert axes.get_ylim()[0] < np.log(2) < axes.get_ylim()[1]
    train, test = lines(lower, "median")
    assert train.get_ydata() == pytest.approx(np.median(curve(runs, "train_loss"), axis=0))
    assert test.get_ydata() == pytest.approx(np.median(curve(runs, "test_loss"), axis=0))
    assert train.get_linestyle() == "-" != test.get_linestyle()
    assert (
        lower.get_yscale() == "log"
        and "nats" in lower.get_ylabel()
        and lower.get_xlabel() == "Epoch"
    )
    assert (
        "ln\u00a02 = 0.693 (even guess)" in strings(result)
        and "2 of 3 runs" in result.drawing.title
    )
    assert upper.get_legend() is None and len(result.drawing.rows) == 3 * (batch.shape[1] + 2 * 3)


def test_loss_of_the_wrong_folder_also_shows_what_the_shares_alone_give(drawn):
    shares = np.array([12, 16]) / 28  # test and training images of the made-up study
    title = drawn("loss.three-conv-wrong-folder").drawing.alt
    assert f"{-(shares * np.log(shares)).sum():.3f}" in title


def test_accuracy_shows_percent_and_when_a_run_counts_as_solved(evidence, drawn):
    result = drawn("accuracy.baseline")
    (axes,) = result.drawing.figure.axes
    (median,) = lines(axes, "median")
    assert median.get_ydata() == pytest.approx(
        100 * np.median(curve(evidence.runs("baseline"), "test_accuracy"), axis=0)
    )
    levels = [
        line.get_ydata()[0]
        for line in lines(axes)
        if len(set(line.get_ydata())) == 1 and line.get_xdata()[0] == 0
    ]
    assert sorted(levels) == [50, 98]
    assert axes.get_xlim() == (0.5, 3.5) and axes.get_ylim()[0] < 50 and axes.get_ylim()[1] > 100
    assert result.drawing.title == "Baseline: 2 of 3 runs reach an accuracy of 98\u00a0%"


def test_accuracy_by_epoch_has_a_panel_for_each_variant_on_equal_axes(evidence, drawn):
    result = drawn("accuracy-by-epoch")
    panels = result.drawing.figure.axes
    assert len(panels) == len(evidence.variants) == len(VARIANTS)
    assert len({(axes.get_xlim(), axes.get_ylim()) for axes in panels}) == 1
    assert {line.get_color() for axes in panels for line in lines(axes, "median")} == {
        EN.color(v.name) for v in evidence.variants
    }
    assert strings(result).count("2 of 3 solve") == len(VARIANTS)
    assert result.drawing.title.startswith("16 of 24 runs reach")  # those that learn the classes


def test_solved_shows_shares_with_their_intervals(evidence, drawn):
    result = drawn("solved")
    (axes,) = result.drawing.figure.axes
    expected = share(2, 3)
    bars, dots = (
        [line for line in lines(axes) if len(line.get_xdata()) == 2],
        [l for l in lines(axes) if len(l.get_xdata()) == 1],
    )
    assert len(bars) == len(dots) == len(VARIANTS)
    for bar, dot in zip(bars, dots):
        assert bar.get_xdata() == pytest.approx([100 * expected.low, 100 * expected.high])
        assert dot.get_xdata() == pytest.approx([200 / 3])
    assert [dot.get_marker() for dot in dots] == ["o"] * 8 + ["D"] * 4
    assert (
        axes.get_xlim() == (0, 100)
        and [t.get_text() for t in axes.get_yticklabels()][0] == "Baseline"
    )
    assert "in 8 of 8 networks" in result.drawing.title
    assert result.drawing.rows[0] == {
        "variant": "baseline",
        "solved": 2,
        "n": 3,
        "share": 2 / 3,
        "low": expected.low,
        "high": expected.high,
    }


def test_variants_compared_shows_three_measures(evidence, drawn):
    result = drawn("variants-compared")
    panels = result.drawing.figure.axes
    row = {row["variant"]: row for row in result.drawing.rows}["three-conv"]
    assert len(panels) == 3 and panels[1].get_xscale() == panels[2].get_xscale() == "log"
    assert row["parameters"] == evidence.runs("three-conv")[0].parameters
    dots = [
        [line.get_xdata()[0] for line in lines(axes) if line.get_marker() == "o"] for axes in panels
    ]
    assert dots[1] == [run["parameters"] for run in result.drawing.rows]
    assert row["epoch_seconds_median"] == np.median(
        [2 + seed / 4 + epoch / 8 for seed in range(3) for epoch in range(3)]
    )
    assert {"Final accuracy (%)", "Parameters (log)", "Seconds per epoch (log)"} <= set(
        strings(result)
    )


def test_confusion_shows_the_counts_and_every_seed(evidence, drawn):
    result = drawn("confusion.baseline")
    matrix, dots = result.drawing.figure.axes
    assert [text.get_text() for text in matrix.texts] == ["6", "0", "0", "6"]
    assert [t.get_text() for t in matrix.get_yticklabels()] == ["O", "X"]
    o, x = [line for line in dots.get_lines() if len(line.get_xdata()) == 3]
    assert o.get_xdata().tolist() == [100, 100, 100]
    assert x.get_xdata().tolist() == [100, 100, 0]  # the third seed calls all O
    assert (o.get_marker(), x.get_marker()) == ("o", "X") and o.get_color() != x.get_color()
    assert "right on 12 of 12 images (100\u00a0%)" in result.drawing.title


def test_where_the_split_was_the_label_the_classes_are_the_splits(drawn):
    matrix = drawn("confusion.no-pooling-wrong-folder").drawing.figure.axes[0]
    assert [t.get_text() for t in matrix.get_yticklabels()] == ["test split", "train split"]
    assert matrix.texts[0].get_text() == "12" and matrix.texts[3].get_text() == "16"
    identities = {
        row["image"].split("/")[0] for row in drawn("mistakes.three-conv-wrong-folder").drawing.rows
    }
    assert identities <= {"test", "train"}


# what the records may hold


@pytest.mark.parametrize(
    ("languages", "choices"),
    [
        pytest.param(
            ("zh", "en"),
            dict(
                classes=tuple(f"class number {k}" for k in range(10)),
                size=(26, 44),
                train=3,
                test=3,
            ),
            id="ten classes of wide images",
        ),
        pytest.param(
            ("en",),
            dict(classes=("$a_b$", "_hidden", "汉字"), size=(40, 26), train=3, test=2),
            id="names that are no words",
        ),
        pytest.param(
            ("zh", "en"),
            dict(seeds=1, epochs=1, solving=0),
            id="one run of one epoch that learns nothing",
        ),
        pytest.param(("zh",), dict(seeds=2, solving=2, epochs=2), id="all solve"),
    ],
)
def test_figures_hold_for_other_records(make_evidence, tmp_path, languages, choices):
    variants = tuple(VARIANTS[name] for name in ("features", "no-pooling-wrong-folder"))
    study = make_evidence(
        **{"seeds": 2, "epochs": 2, "variants": variants, "dense": (48, 20), **choices}
    )
    for name in figures.names(study):
        for language in languages:
            result = render(name, study, Style(language, "light"), tmp_path)
            assert_tidy(result)
            assert "nan" not in result.drawing.title + result.drawing.caption + result.drawing.alt


@pytest.mark.parametrize("language", ["zh", "en"])
def test_labels_stay_apart_with_twenty_seeds_and_twenty_epochs(make_evidence, tmp_path, language):
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
        assert_tidy(render(name, study, Style(language, "dark"), tmp_path))
    drawing = figures.draw("solved", study, EN)
    assert "in 1 of 1 network," in drawing.title and drawing.rows[1]["n"] == 20


def test_titles_follow_the_records(make_evidence):
    none, every = (
        make_evidence(seeds=2, solving=k, epochs=2, variants=(VARIANTS["baseline"],), dense=(8,))
        for k in (0, 2)
    )
    titles = [
        [
            figures.draw(name, study, EN).title
            for name in ("solved", "accuracy-by-epoch", "accuracy.baseline", "loss.baseline")
        ]
        for study in (none, every)
    ]
    assert titles[0] == [
        "0 of 2 runs solve the task; no network's seeds disagree",
        "0 of 2 runs reach 98\u00a0%",
        "Baseline: 0 of 2 runs reach an accuracy of 98\u00a0%",
        "Baseline: training loss falls below half that of a blind guess in 0 of 2 runs",
    ]
    assert titles[1] == [
        "2 of 2 runs solve the task; no network's seeds disagree",
        "2 of 2 runs reach 98\u00a0%, the earliest in epoch 2, the latest in epoch 2",
        "Baseline: 2 of 2 runs reach an accuracy of 98\u00a0%",
        "Baseline: training loss falls below half that of a blind guess in 2 of 2 runs",
    ]


def test_a_loss_that_is_not_a_number_is_left_out_and_counts_as_the_worst(make_evidence, tmp_path):
    study = make_evidence(
        seeds=3, solving=3, epochs=2, variants=(VARIANTS["baseline"],), dense=(8,)
    )
    *others, lost = study.runs("baseline")
    study = replace(study, records={"baseline": (*others, with_losses(lost, float("nan")))})
    result = render("loss.baseline", study, EN, tmp_path)
    assert_tidy(result)
    median = lines(result.drawing.figure.axes[1], "median")[0].get_ydata()
    assert np.isfinite(median).all() and "2 of 3 runs" in result.drawing.title


# colors, words, places


def luminance(color: str) -> float:
    channels = np.array(pixels.rgb(color)) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def test_every_color_can_be_read_as_text_on_its_page():
    for scheme in (0, 1):
        ground = luminance(COLORS["ground"][scheme])
        for pair in [
            *(pair for thing, pair in COLORS.items() if thing not in ("ground", "grid")),
            *FURTHER,
        ]:
            darker, lighter = sorted((ground, luminance(pair[scheme])))
            assert (lighter + 0.05) / (darker + 0.05) >= 4.5, pair


def test_a_color_belongs_to_one_thing():
    assert len(set(COLORS.values())) == len(COLORS) and not set(COLORS.values()) & set(FURTHER)
    assert set(VARIANTS) <= set(COLORS)
    classes = tuple(f"class{k}" for k in range(10))
    assert len(set(EN.class_colors(classes))) == 10
    assert EN.class_colors(("O", "X")) == [EN.color("O"), EN.color("X")]
    assert EN.color("a new variant") == EN.color("a new variant") != EN.ground


def test_zero_has_the_middle_color_and_both_ends_are_reached():
    for style in LOOKS:
        low, middle, high = pixels.shades(np.array([-2.0, 0.0, 2.0]), -2, 2, style.diverging)
        assert [tuple(shade) for shade in (low, middle, high)] == [
            pixels.rgb(style.diverging[i]) for i in (0, 3, 6)
        ]


def test_images_are_enlarged_by_whole_numbers_only():
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    assert (pixels.fit(picture, 5, 5) == picture.repeat(2, 0).repeat(2, 1)).all()
    assert pixels.fit(np.zeros((100, 60, 3), dtype=np.uint8), 40, 40).shape == (
        34,
        20,
        3,
    )  # every third pixel
    assert pixels.cell_size((116, 116), 120) == (116, 116) and pixels.cell_size((12, 12), 110) == (
        108,
        108,
    )
    assert pixels.cell_size((20, 40), 85) == (80, 40) and pixels.cell_size((250, 500), 100) == (
        100,
        50,
    )


def test_labels_are_moved_apart_no_more_than_needed():
    assert layout.apart([0.5, 0.1], 0.1, 0, 1) == [0.5, 0.1]
    assert layout.apart([0.5, 0.5, 0.52], 0.1, 0, 1) == pytest.approx([0.5, 0.6, 0.7])
    assert layout.apart([1.0, 0.99], 0.1, 0, 1) == pytest.approx([1.0, 0.9])
    assert layout.apart([], 0.1, 0, 1) == []


def test_text_is_broken_at_spaces_and_between_chinese_characters():
    assert wording.wrap("one two three", 8) == ["one two", "three"]
    assert wording.wrap("一二三，四五", 6) == ["一二", "三，四", "五"]
    assert wording.wrap("short", 20) == ["short"]
    assert (
        wording.shorten("a-rather-long-name", 10) == "a-rath…ame"
        and wording.shorten("short", 10) == "short"
    )


def test_a_character_beyond_the_font_is_drawn_in_another():
    families = looks.font_families()
    assert families[0] == "XO Report Sans" and families[-1] == "DejaVu Sans"


def test_escape_counts_seeds_from_the_epoch_in_which_they_reach_98_percent(evidence, drawn):
    result = drawn("escape")
    (axes,) = result.drawing.figure.axes
    steps = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert set(steps) == {v.name for v in evidence.variants if v.labels == "class"}
    assert steps["baseline"].get_ydata()[-1] == pytest.approx(
        200 / 3
    ) and "Baseline  2/3" in strings(result)
    assert "8 of 24 never do" in result.drawing.title
    last = [row for row in result.drawing.rows if row["variant"] == "baseline"][-1]
    assert (last["escaped"], last["n"]) == (2, 3)


def test_cost_and_success_orders_networks_by_the_share_that_solves(drawn):
    result = drawn("cost-and-success")
    shares, seconds, parameters = result.drawing.figure.axes
    assert "2/3" in strings(result) and seconds.get_xscale() == parameters.get_xscale() == "log"
    assert [row["solved"] / row["n"] for row in result.drawing.rows] == sorted(
        (row["solved"] / row["n"] for row in result.drawing.rows), reverse=True
    )
    assert "cannot be told apart" in result.drawing.title  # three seeds each part nothing
