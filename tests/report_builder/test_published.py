"""The published logs: as they were printed, where they lie among made-up runs, and which reading the runs speak for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count

import msgspec
import numpy as np
import pytest
from report_builder.results.artefacts import drawings

from report_builder.evidence import original_logs as published
from report_builder.evidence.estimates import entropy
from report_builder.evidence.log_explanations import (
    EXPLANATIONS,
    FREEDOMS,
    SCALES,
    SUSPECT_LOGS,
    Noise,
    compare_explanations,
    fall_epoch,
    fit_noise,
    likelihoods,
    plateau_level,
)
from report_builder.evidence.original_logs import (
    facts,
    logs,
    place,
    placed,
    printed_rows,
    rows_per_epoch,
)
from report_builder.evidence.study import Evidence
from report_builder.figures import table as figures
from report_builder.figures.toolkit.style import Style
from report_builder.pages import render as pages
from report_builder.results.claims import CLAIMS, claims
from report_builder.results.tables import tables
from report_builder.results.values import values
from xo.errors import InputError
from xo.runs.record import RunRecord, RunResult, write_run
from xo.store.store import Store

EN, ZH = Style("en", "light"), Style("zh", "light")
SUMS = {
    "baseline": 0.416,
    "three-conv-failed": 1.293,
    "three-conv": 0.395,
    "no-pooling": 2.140,
    "channels-11": 0.413,
    "channels-15": 1.368,
}


@pytest.fixture
def runs(evidence, tmp_path) -> Callable[..., tuple[RunRecord, ...]]:
    """Makes runs of a variant, one for each of `curves` (seeds, epochs, rows), that print just this."""
    store, made = Store(tmp_path), count()

    def make(variant: str, curves: np.ndarray) -> tuple[RunRecord, ...]:
        content = evidence.runs(variant)[0].artifact.content
        batches = np.repeat(
            10 * np.asarray(curves, dtype=float), 10, axis=2
        )  # a row is a tenth of the mean of ten batches
        left_over = np.full(
            (*batches.shape[:2], 2), 9.0
        )  # batches after the last row are never printed
        return tuple(
            write_run(
                store,
                {"made": next(made)},
                msgspec.convert(content | {"seed": seed}, RunResult, strict=False),
                {"batch_loss": losses},
            )
            for seed, losses in enumerate(np.concatenate([batches, left_over], axis=2))
        )

    return make


@pytest.fixture
def study(evidence, runs) -> Callable[..., Evidence]:
    """The made-up study with these curves in place of some variants' runs; a variant given None has none."""

    def make(curves: dict[str, np.ndarray | None]) -> Evidence:
        records = evidence.records | {
            name: runs(name, rows) for name, rows in curves.items() if rows is not None
        }
        records = {
            name: found for name, found in records.items() if curves.get(name, ...) is not None
        }
        return replace(
            evidence,
            records=records,
            variants=tuple(v for v in evidence.variants if v.name in records),
        )

    return make


def noisy(rows: np.ndarray, n: int, salt: int = 0) -> np.ndarray:
    """`(n, epochs, rows)`: n copies that differ as batches of a plateau do."""
    return np.clip(rows + np.random.default_rng(salt).normal(0, 0.002, (n, *rows.shape)), 0, 1)


def flat(log: str) -> np.ndarray:
    """The log as it would be had it stayed on its plateau."""
    return np.full_like(logs()[log].rows, plateau_level(logs()[log]))


def fallen(log: str, until: int) -> np.ndarray:
    """Its plateau up to epoch `until`, then its rows."""
    rows = flat(log)
    rows[until:] = logs()[log].rows[until:]
    return rows


# As it was printed


def test_all_190_rows_are_there():
    assert {name: round(float(log.rows.sum()), 3) for name, log in logs().items()} == SUMS
    assert sum(log.rows.size for log in logs().values()) == 190
    assert [log.rows.shape for log in logs().values()] == [
        (10, 2),
        (10, 3),
        (20, 2),
        (20, 3),
        (10, 2),
        (10, 2),
    ]


def test_a_published_figure_is_quoted_as_printed_with_its_section():
    found = facts()
    assert found["three-conv-failed.epoch-10"] == ("0.041 0.045 0.041", "二(二)(1)")
    assert found["no-pooling.epoch-1"] == ("0.062 0.051 0.044", "二(二)(2)")
    assert (
        found["channels-11.accuracy"] == ("99.666667 %", "二(二)(3)")
        and found["channels-15.accuracy"].text == "80.000000 %"
    )
    assert found["ten-epochs.accuracy"] == ("50–60 %", "三")
    assert [
        found[f"settings.{name}"].text
        for name in ("lr", "batch_size", "epochs", "train_images", "test_images")
    ] == ["0.1", "64", "10", "1,700", "300"]
    assert all(fact.text and fact.section[0] in "二三" for fact in found.values())


def test_the_page_shows_it_with_its_place_and_an_unknown_name_lists_the_known(tmp_path):
    for language in ("zh", "en"):
        (tmp_path / language).mkdir()
        (tmp_path / language / "index.md").write_text(
            '{{ published("three-conv-failed.epoch-10") }}', encoding="utf-8"
        )
    pages.render(tmp_path, {}, tmp_path / "out")  # no build is needed
    shown = {
        language: (tmp_path / "out" / language / "index.md").read_text(encoding="utf-8")
        for language in ("zh", "en")
    }
    assert (
        'title="原报告二(二)(1)"' in shown["zh"]
        and 'title="The original, 二(二)(1)"' in shown["en"]
    )
    assert all(">0.041 0.045 0.041</span>" in text for text in shown.values())
    (tmp_path / "en" / "index.md").write_text(
        '{{ published("three-conv.epoch-21") }}', encoding="utf-8"
    )
    with pytest.raises(
        InputError,
        match="'three-conv.epoch-21' is not known; known are .*three-conv.epoch-20.*settings.lr",
    ):
        pages.render(tmp_path, {}, tmp_path / "out")


def test_a_broken_file_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(published, "ROOT", tmp_path)
    monkeypatch.setattr(published, "FILE", tmp_path / "published.toml")
    (tmp_path / "published.toml").write_text("[logs")
    with pytest.raises(
        InputError, match="published.toml: cannot be read .*git checkout published.toml"
    ):
        facts()


# The arithmetic


@pytest.mark.parametrize(
    ("images", "rows"),
    [(1700, 2), (2000, 3), (300, 0), (576, 0), (577, 1), (640, 1), (1216, 1), (1217, 2)],
)
def test_rows_tell_the_number_of_images(images, rows):
    assert rows_per_epoch(images) == rows


def test_plateaus_tell_the_shares():
    assert entropy((850, 850)) == pytest.approx(np.log(2))
    assert f"{entropy((300, 1700)) / 10:.3f}" == "0.042"


def test_our_runs_print_what_the_originals_loop_would(runs):
    rows = np.array([[[0.0694, 0.0126], [0.0006, 0.0004]]])
    assert printed_rows(runs("baseline", rows)).tolist() == [[[0.069, 0.013], [0.001, 0.0]]]
    assert printed_rows(runs("channels-11", [[[np.nan, 0.05]]])).tolist() == [
        [[1.0, 0.05]]
    ]  # diverged


# Among our runs


def test_a_log_is_placed_among_seeds_epoch_by_epoch_and_as_a_whole():
    ours = np.array([[0.01, 0.01], [0.02, 0.02], [0.03, 0.03]])
    middle = placed(np.array([0.02, 0.02]), ours)
    assert (
        middle.below.tolist() == [1, 1]
        and middle.percentile.tolist() == [0.5, 0.5]
        and middle.inside.all()
    )
    assert middle.distances == pytest.approx([0.015, 0, 0.015])  # from the median of the other two
    assert middle.distance == 0 and middle.as_far == 3
    outside = placed(np.array([0.05, 0.005]), ours)
    assert (
        outside.below.tolist() == [3, 0]
        and outside.percentile.tolist() == [1, 0]
        and not outside.inside.any()
    )
    assert outside.distance == pytest.approx(0.0225) and outside.as_far == 0
    assert placed(np.array([0.035, 0.035]), ours).as_far == 2  # as far as the two outer ones, 0.015


def test_one_seed_tells_no_distance_and_too_short_a_run_nothing(runs):
    log = logs()["baseline"]
    alone = place(log, runs("baseline", log.rows[None]))
    assert alone.n == 1 and alone.inside.all() and len(alone.distances) == 0
    assert place(log, runs("channels-11", log.rows[None, :9])) is None
    assert place(log, runs("channels-15", np.empty((1, 10, 0)))) is None


# The readings


def test_only_the_log_without_pooling_leaves_its_plateau():
    assert {name: fall_epoch(logs()[name]) for name in SUSPECT_LOGS} == {
        "three-conv-failed": None,
        "no-pooling": 14,
    }
    assert all(0.041 < plateau_level(logs()[name]) < 0.044 for name in SUSPECT_LOGS)


def test_likelihood_is_that_of_students_t():
    from scipy.stats import t

    ours, log = np.array([[0.04, 0.05], [0.01, 0.0]]), np.array([0.042, 0.043])
    expected = [sum(np.log(0.001) + t.logpdf(log - run, 4, scale=0.003)) for run in ours]
    assert likelihoods(log, ours, Noise(0.003, 4)) == pytest.approx(expected)


def test_noise_is_found_from_the_seeds_left_out():
    found = fit_noise([0.04 + np.random.default_rng(1).normal(0, 0.002, (8, 60))])
    assert (
        found.scale == pytest.approx(0.002 * np.sqrt(2), rel=0.2) and found.freedom >= 16
    )  # of the difference of two runs
    assert fit_noise([np.zeros((1, 5))]) is None
    assert fit_noise([np.zeros((3, 5))]) == (SCALES[0], FREEDOMS[-1])  # never finer than the digits


@pytest.mark.parametrize("like", ["folders", "uneven"])
def test_the_reading_whose_seeds_do_what_the_log_does_fits_best(study, like):
    stays, falls = (
        noisy(flat("three-conv-failed"), 8),
        noisy(flat("three-conv-failed") * np.linspace(1, 0.1, 10)[:, None], 8, 1),
    )
    curves = (
        {"folders": stays, "uneven": falls}
        if like == "folders"
        else {"folders": falls, "uneven": stays}
    )
    made = study(
        {EXPLANATIONS[name].variants["three-conv-failed"]: rows for name, rows in curves.items()}
    )
    (whole,) = compare_explanations("three-conv-failed", made)
    assert whole.best == like
    assert {fit.explanation: (fit.state, fit.alike) for fit in whole.fits} == {
        "right": ("excluded", 0),
        "folders": ("compared", 8 * (like == "folders")),
        "uneven": ("compared", 8 * (like == "uneven")),
    }
    assert claims(made)["failed-log-fits-folders"]["verdict"] == (
        "supported" if like == "folders" else "refuted"
    )


def test_readings_that_print_the_same_cannot_be_told_apart(study):
    made = study(
        {
            "three-conv-wrong-folder": noisy(flat("three-conv-failed"), 8),
            "three-conv-uneven": noisy(flat("three-conv-failed"), 8, 1),
        }
    )
    (whole,) = compare_explanations("three-conv-failed", made)
    assert whole.best is None
    finding = claims(made)["failed-log-fits-folders"]
    assert (
        finding["verdict"] == "undecided"
        and "8/8" in finding["numbers"]["zh"]
        and finding["n"] == 16
    )
    assert "cannot be told apart" in figures.draw("published-readings", made, EN).title


def test_both_parts_of_the_log_without_pooling_are_judged_apart(study):
    log = logs()["no-pooling"]
    made = study(
        {
            "no-pooling-wrong-folder": noisy(flat("no-pooling"), 8),
            "no-pooling-uneven": noisy(fallen("no-pooling", 13), 8, 1),
        }
    )
    whole, plateau, fall = compare_explanations("no-pooling", made)
    assert [(each.part, each.first, each.last) for each in (whole, plateau, fall)] == [
        ("whole", 1, 20),
        ("plateau", 1, 13),
        ("fall", 14, 20),
    ]
    assert plateau.best is None and fall.best == "uneven" and whole.best == "uneven"
    assert [[fit.alike for fit in each.fits] for each in (whole, plateau, fall)] == [
        [0, 0, 8],
        [0, 8, 8],
        [0, 0, 8],
    ]
    found = {name: claim["verdict"] for name, claim in claims(made).items()}
    assert (found["no-pooling-plateau-fits-folders"], found["no-pooling-fall-fits-folders"]) == (
        "undecided",
        "refuted",
    )
    assert (
        found["folders-can-fall"] == "undecided"
    )  # none of 8 fell: too few to say that none would
    one = study(
        {
            "no-pooling-wrong-folder": np.concatenate(
                [noisy(flat("no-pooling"), 7), log.rows[None]]
            ),
            "no-pooling-uneven": None,
        }
    )
    assert claims(one)["folders-can-fall"]["verdict"] == "supported"
    many = study({"no-pooling-wrong-folder": noisy(flat("no-pooling"), 40)})
    assert claims(many)["folders-can-fall"]["verdict"] == "refuted"


def test_missing_and_few_runs_decide_nothing_and_count_as_nothing(study):
    stays, elsewhere = (
        noisy(flat("three-conv-failed"), 8),
        noisy(0.2 * flat("three-conv-failed"), 8),
    )
    for folders, uneven, states in (
        (stays, None, ["compared", "no runs"]),
        (stays[:4], elsewhere[:4], ["compared", "compared"]),
        (stays[:1], elsewhere[:1], ["too few", "too few"]),
        (stays, elsewhere[:, :6], ["compared", "not comparable"]),
    ):
        made = study({"three-conv-wrong-folder": folders, "three-conv-uneven": uneven})
        (whole,) = compare_explanations("three-conv-failed", made)
        assert [fit.state for fit in whole.fits] == ["excluded", *states] and whole.best is None
        finding = claims(made)["failed-log-fits-folders"]
        assert finding["verdict"] == "undecided" and "5" in finding["settles"]["en"]
    few = study({"three-conv-wrong-folder": stays[:4], "three-conv-uneven": elsewhere[:4]})
    assert figures.draw("published-readings", few, EN).title.startswith(
        "Three convolutions, 10 epochs: too few runs to judge by"
    )
    text = values(study({"three-conv-uneven": None}))[
        "published.three-conv-failed.whole.uneven.alike"
    ]
    assert text == (
        {"zh": "没有训练", "en": "no runs"},
        {"zh": "这项研究没有它的训练", "en": "this study has no run of it"},
    )


def test_right_labels_are_excluded_by_arithmetic_whatever_was_trained(evidence):
    assert claims(evidence)["right-labels-print-two-rows"]["verdict"] == "supported"
    assert all(CLAIMS[name].place == "ours" for name in CLAIMS if "folders" in name)


# What is shown


def artists(drawing, gid: str):
    return [
        [line for line in axes.get_lines() if line.get_gid() == gid] for axes in drawing.figure.axes
    ]


def test_every_log_is_drawn_over_the_runs_of_its_variant(study):
    log = logs()["channels-15"]
    made = study({"channels-15": np.stack([log.rows, log.rows, 0.5 * log.rows]), "baseline": None})
    drawing = figures.draw("published-logs", made, EN)
    shown = artists(drawing, "published")
    assert [line.get_ydata().tolist() for (line,) in shown] == [
        each.rows.ravel().tolist() for each in logs().values()
    ]
    (median,) = artists(drawing, "median")[5]
    assert (
        median.get_ydata() == pytest.approx(log.rows.ravel())
        and artists(drawing, "median")[0] == []
    )
    said = [text.get_text() for axes in drawing.figure.axes for text in axes.texts]
    assert {"no run of ours yet", "3 of 3 seeds as far", "2 rows an epoch"} <= set(said)
    rows = [row for row in drawing.rows if row["log"] == "channels-15"]
    assert [(row["n"], row["below"], row["percentile"]) for row in rows] == [
        (3, 1, pytest.approx(2 / 3))
    ] * 10
    assert len(drawing.rows) == 80 and rows[-1]["printed"] == "0.065 0.061"


def test_dots_are_full_within_the_range_of_our_seeds_and_open_outside(study):
    log = logs()["baseline"]
    ours = np.stack([log.rows, log.rows])
    ours[:, 4:] += 0.01
    drawing = figures.draw("published-logs", study({"baseline": ours}), EN)
    full, hollow = [line for line in drawing.figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert (len(full.get_xdata()), len(hollow.get_xdata())) == (2 * 4, 2 * 6)
    assert (full.get_markerfacecolor(), hollow.get_markerfacecolor()) == (
        EN.color("published"),
        EN.ground,
    )


def test_the_readings_are_drawn_side_by_side_with_what_came_of_them(study):
    log = logs()["no-pooling"]
    drawing = figures.draw(
        "published-readings",
        study(
            {
                "no-pooling-wrong-folder": noisy(flat("no-pooling"), 8),
                "no-pooling-uneven": noisy(log.rows, 8, 1),
                "three-conv-uneven": None,
                "three-conv-wrong-folder": noisy(flat("three-conv-failed"), 1),
            }
        ),
        ZH,
    )
    said = [[text.get_text() for text in axes.texts] for axes in drawing.figure.axes]
    assert [texts[0] for texts in said[:3]] == ["行数不符，排除", "n = 1，太少", "还没有训练"]
    assert (
        said[4][0].startswith("Δ −") and said[4][0].count("/") == 1 and said[4][0].endswith("n = 8")
    )
    assert (
        "去掉池化，20 轮：“两类数目悬殊”最合" in drawing.title
        and "三层卷积，10 轮：还缺训练" in drawing.title
    )
    levels = [
        next(line.get_ydata()[0] for line in axes.get_lines() if len(set(line.get_ydata())) == 1)
        for axes in drawing.figure.axes
    ]
    assert levels == pytest.approx(
        2 * [np.log(2) / 10, entropy((300, 1700)) / 10, entropy((300, 1700)) / 10]
    )


def test_a_study_that_prints_nothing_still_shows_the_logs(evidence):
    drawing = figures.draw("published-logs", evidence, EN)
    assert "cannot be compared" in drawing.title and all(row["n"] == 0 for row in drawing.rows)
    assert all(len(found) == 1 for found in artists(drawing, "published")) and not any(
        artists(drawing, "median")
    )
    found = values(evidence)
    assert (
        found["published.baseline.as_far"].text["en"] == "—"
        and found["published.right.rows"].text["en"] == "2"
    )
    made = tables(evidence, found)
    assert [row[2:4] for row in made["published"].rows["en"]] == [
        ["2", "2"],
        ["3", "2"],
        ["2", "2"],
        ["3", "2"],
        ["2", "2"],
        ["2", "2"],
    ]
    assert made["printed-no-pooling"].rows["zh"][19][:3] == ["20", "0.006 0.006 0.008", "0.0067"]
    assert len(made["readings"].rows["en"]) == 3 + 3 * 3


def test_what_shows_published_figures_rests_on_their_file(evidence, tmp_path):
    rests = {
        each.name: each.inputs["text"]
        for each in drawings(evidence, ["published-logs", "samples"], tmp_path)
    }
    assert list(rests["published-logs"]) == ["data/published.toml"] and rests["samples"] == {}
