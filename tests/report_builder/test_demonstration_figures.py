"""Figures, values and tables of demonstrations: they show what was recorded, and say why where there is nothing to show."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import numpy as np
import pytest

from report_builder import text as wording
from report_builder.build import not_shown
from report_builder.figures import table as figures
from report_builder.figures.toolkit import pixels
from report_builder.figures.toolkit.style import Style
from report_builder.results.artefacts import drawings
from report_builder.results.demonstration_values import FACTS, TABLES
from report_builder.results.tables import tables
from report_builder.results.unavailable import unavailable
from report_builder.results.values import values
from report_builder.text import hundredths
from xo.demonstrations.record import Reason
from xo.demonstrations.table import DEMONSTRATIONS
from xo.variants import VARIANTS

from .figures.conftest import drawn  # noqa: F401 - a fixture
from .figures.rendering import EN, assert_tidy, contains, render, strings

SHOWN = [name for name, row in figures.FIGURES.items() if row.demonstration]


@pytest.mark.parametrize(
    "choices",
    [
        pytest.param(
            dict(
                classes=tuple(f"class number {k}" for k in range(10)),
                size=(26, 44),
                train=3,
                test=3,
            ),
            id="ten classes of wide images",
        ),
        pytest.param(
            dict(classes=("$a_b$", "汉字"), size=(60, 34), train=3, test=2), id="tall images"
        ),
    ],
)
def test_figures_of_demonstrations_hold_for_other_images(make_evidence, tmp_path, choices):
    study = make_evidence(
        seeds=1,
        epochs=1,
        dense=(8,),
        variants=tuple(
            VARIANTS[name] for name in ("baseline", "features", "trained-pooling", "one-by-one")
        ),
        **choices,
    )
    for name in SHOWN:
        for language in ("zh", "en"):
            result = render(name, study, Style(language, "light"))
            assert_tidy(result)
            assert "nan" not in result.drawing.title + result.drawing.caption + result.drawing.alt


def test_every_demonstration_has_a_figure_and_every_figure_a_demonstration_that_there_is():
    assert {figures.FIGURES[name].demonstration for name in SHOWN} == set(DEMONSTRATIONS)
    assert {row.demonstration for row in TABLES.values()} <= set(DEMONSTRATIONS) and set(
        FACTS
    ) == set(DEMONSTRATIONS)


def test_the_sliding_window_shows_the_products_that_add_up(evidence, drawn):  # noqa: F811
    shown, result = evidence.demonstrations["windows"], drawn("sliding-window")
    image, kernel = shown.array("image"), shown.array("kernel")
    row, column = shown.facts["start"]
    assert len(result.drawing.rows) == 4 * 9
    for step in range(4):
        patch = image[row : row + 3, column + step : column + step + 3] / 255
        ours = result.drawing.rows[9 * step : 9 * step + 9]
        assert [each["product"] for each in ours] == pytest.approx(
            (patch * kernel).ravel().tolist()
        )
        output = float(shown.array("map")[row, column + step])
        assert (
            ours[0]["output"]
            == pytest.approx(output)
            == pytest.approx(sum(each["product"] for each in ours) + shown.facts["bias"])
        )
        assert any(text.endswith(f"= {hundredths(output)}") for text in strings(result))


def test_frames_are_as_large_as_the_fields_and_lie_around_the_same_pixel(evidence, drawn):  # noqa: F811
    shown, drawing = evidence.demonstrations["windows"], drawn("receptive-fields").drawing
    middle = [at + 1 for at in shown.facts["start"]]
    assert [row["size"] for row in drawing.rows] == [3, 4, 8, 10, 18, 22]
    for row in drawing.rows:
        assert row["first_row"] % row["stride"] == 0 and row["first_row"] + row["size"] <= 30
        if row["layer"] != "pool3":  # of whose few units none may lie there
            assert row["first_row"] <= middle[0] < row["first_row"] + row["size"]
    frames = [patch for patch in drawing.figure.artists if patch.__class__.__name__ == "Rectangle"]
    wide = [
        patch.get_width() * drawing.figure.bbox.width for patch in frames[1::2]
    ]  # in the enlarged part
    assert [round(each / wide[0] * 3) for each in wide] == [3, 4, 8, 10, 18, 22]


def test_lines_are_those_that_were_measured(evidence, drawn):  # noqa: F811
    shown, drawing = evidence.demonstrations["shifts"], drawn("shifts").drawing
    left, right = drawing.figure.axes
    for kind in ("none", "max", "mean"):
        alike, changed = (
            next(line.get_ydata() for line in ax.get_lines() if line.get_label() == kind)
            for ax in (left, right)
        )
        assert np.array_equal(alike, shown.array(f"alike.{kind}"))
        assert changed == pytest.approx(shown.array(f"change.{kind}").mean(0))


@pytest.mark.parametrize(
    "name, demonstration, arrays",
    [
        ("partial-sums", "partial-sums", ["parts"]),
        ("mixing", "mixing", []),
        ("pooling-kinds", "pooling", ["pooled.max", "pooled.trained"]),
        ("pooling-detail", "pooling", ["rest.mean", "rest.gaussian"]),
    ],
)
def test_maps_are_painted_as_recorded(evidence, drawn, name, demonstration, arrays):  # noqa: F811
    shown, drawing = evidence.demonstrations[demonstration], drawn(name).drawing
    for array in arrays:
        values = shown.array(array)
        together = {
            "partial-sums": ["parts", "output"],
            "pooling-kinds": [
                "map",
                *(f"pooled.{k}" for k in ("max", "mean", "gaussian", "trained")),
            ],
            "pooling-detail": [*(f"rest.{k}" for k in ("max", "mean", "gaussian", "trained"))],
        }[name]
        scale = [shown.array(each) for each in together]
        if name == "pooling-detail":
            scale.append(shown.array("map") - shown.array("map").mean())
        limit = pixels.largest(scale)
        found = values if values.ndim == 2 else values[-1]  # the first ones hold the frame
        if name != "partial-sums":
            assert contains(drawing, pixels.shades(found, -limit, limit, EN.diverging))
    assert len(drawing.rows) in (4, 9)


def test_bars_are_parts_of_the_plain_layer(drawn):  # noqa: F811
    ax = drawn("bottleneck").drawing.figure.axes[0]
    widths = [bar.get_width() for bar in ax.patches]
    assert widths[0] == 100 and sum(widths[1:4]) < 25 and widths[4] == 100
    assert sum(widths[5:]) == pytest.approx(100 * 225 / 410)


def test_the_heat_maps_are_painted_as_recorded_and_the_answers_counted(evidence, drawn):  # noqa: F811
    shown, result = evidence.demonstrations["fcn"], drawn("fcn-canvas")
    for name, values in zip("OX", shown.array("large")):
        assert contains(result.drawing, pixels.shades(values, 0, 1, (EN.ground, EN.color(name))))
    assert "4 of 5 shapes" in result.drawing.title and wording.percent(0.75) in result.drawing.title
    canvas, sharp = shown.array("canvas"), shown.array("sharp")
    strokes = pixels.shades(
        sharp.max(0), 0, 1, (EN.ground, EN.ink)
    )  # as large as the one that is looked for
    for k, name in enumerate("OX"):
        of_class = pixels.shades(sharp[k], 0, 1, (EN.ground, EN.color(name)))
        strokes[sharp.argmax(0) == k] = of_class[sharp.argmax(0) == k]
    assert contains(result.drawing, strokes) and (canvas == 0).any()
    assert [row["probability"] for row in result.drawing.rows] == [
        p for each in shown.facts["placed"] for p in each["probabilities"]
    ]


def test_what_it_says_where_no_answer_is_right_stands_in_the_figure(evidence, drawn):  # noqa: F811
    shown, result = evidence.demonstrations["fcn"], drawn("fcn-details")
    profile, said = shown.array("profile"), strings(result)
    lines_ = result.drawing.figure.axes[0].get_lines()
    assert all(
        np.array_equal(line.get_ydata(), 100 * values) for line, values in zip(lines_, profile)
    )
    assert (
        [bar.get_width() for bar in result.drawing.figure.axes[1].patches[::2]]
        == shown.facts["empty_probabilities"]
        == [0.75, 0.25]
    )
    assert result.drawing.title.startswith(
        "Without a class for the background it must name a shape: O over empty ground (75.0"
    )
    scores = [f"{value:.5f}".replace("-", "−") for value in shown.array("by_net")[1]]
    assert all(said.count(score) >= 2 for score in scores)
    rows, columns = (
        slice(0, 31 + 12),
        slice(31 - 12, 61 + 12),
    )  # around the second image, as far as the canvas goes
    cells = shown.array("coarse")[1].repeat(4, 0).repeat(4, 1)[rows, columns]
    assert contains(result.drawing, pixels.shades(cells, 0, 1, (EN.ground, EN.color("X"))))


def test_probes_have_a_line_for_every_seed_and_a_strong_one_for_the_median(evidence, drawn):  # noqa: F811
    facts, drawing = evidence.demonstrations["probes"].facts, drawn("probes").drawing
    wide = {line.get_linewidth(): line.get_ydata() for line in drawing.figure.axes[0].get_lines()}
    errors = 1 - 10.0 ** -wide[2.4] + 0.5 / facts["images_test"]
    assert errors == pytest.approx([facts[depth] for depth in facts["depths"]])
    assert 1 - 10.0 ** -wide[2] + 0.5 / facts["images_test"] == pytest.approx(
        [facts[f"untrained_{depth}"] for depth in facts["depths"]]
    )
    marks = [line.get_marker() for line in drawing.figure.axes[0].get_lines()]
    assert marks.count("o") == 2 and marks.count("x") == 1  # a seed has not learned
    assert len(drawing.rows) == 2 * 3 * 6 and {
        row["accuracy"] for row in drawing.rows if row["depth"] == "relu2"
    } == {value for state in ("accuracy", "untrained") for value in facts[state]["relu2"]}


def test_every_patch_of_every_channel_is_painted_but_those_of_a_silent_one(evidence, drawn):  # noqa: F811
    shown, result = evidence.demonstrations["patches"], drawn("patches")
    for k in (1, 2, 3):
        for unit, i in ((0, 0), (3, 7)):
            assert contains(result.drawing, pixels.gray(shown.array(f"patches{k}")[unit, i]))
    said = strings(result)
    assert (
        said.count("always zero") == 1 and said.count("—") == 1 and {"1", "9", "6/8 O"} <= set(said)
    )
    assert len(result.drawing.rows) == (9 + 5 + 5) * 8
    assert result.drawing.rows[0]["image"] == shown.facts["ids_1"][0][0]


def test_every_fact_that_is_told_is_a_value_with_both_meanings_and_every_table_is_whole(evidence):
    found = values(evidence)
    assert found["windows.field_pool3"].text == {"zh": "22", "en": "22"}
    assert found["shifts.change_none_1"].note["en"].endswith("mean of n = 12 images")
    assert found["pooling.window"].text["en"].count(",") == 3
    for name in FACTS:
        for fact in FACTS[name]:
            assert (
                "{" not in found[f"{name}.{fact}"].note["zh"] + found[f"{name}.{fact}"].note["en"]
            )
    for name, row in TABLES.items():
        table = tables(evidence, found)[name]
        for language in ("zh", "en"):
            assert table.rows[language] and all(
                len(cells) == len(row.headings) for cells in table.rows[language]
            )


def test_figures_values_and_tables_rest_on_their_demonstration_and_on_no_other_run(
    evidence, tmp_path
):
    (drawing,) = drawings(evidence, ["mixing"], tmp_path)
    assert set(drawing.inputs["records"]) == {"one-by-one/0"}
    assert drawing.inputs["demonstrations"] == {"mixing": evidence.demonstrations["mixing"].digest}


def test_what_does_not_apply_or_has_not_been_computed_is_left_out_and_says_why(evidence):
    there = evidence.demonstrations["shifts"]
    told = replace(
        there, facts={}, unavailable=Reason("images too small to shift", {"side": 32, "shift": 8})
    )
    few = replace(evidence, demonstrations={"shifts": told})
    assert not set(SHOWN) & set(figures.names(few)) and not any(
        name.startswith("shifts.") for name in values(few)
    )
    why = not_shown(few)
    assert (
        why["figure shifts"]
        == why["table shifts"]
        == why["demonstration shifts"]
        == msgspec.to_builtins(unavailable(told.unavailable))
    )
    assert "--keep-weights" in why["figure sliding-window"]["en"]  # the made-up runs have none
    assert not not_shown(evidence)
