"""The original's logs: as they were printed, and where they lie among made-up runs."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.evidence import original_logs
from report_builder.evidence.estimates import entropy
from report_builder.evidence.original_logs import (
    fact_numbers,
    facts,
    falling,
    logs,
    medians_of_others,
    place,
    placed,
    printed_rows,
    rows_per_epoch,
)
from xo.errors import InputError

SUMS = {
    "baseline": 0.416,
    "three-conv-failed": 1.293,
    "three-conv": 0.395,
    "no-pooling": 2.140,
    "channels-11": 0.413,
    "channels-15": 1.368,
}


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


def test_a_broken_file_is_named_with_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(original_logs, "ROOT", tmp_path)
    monkeypatch.setattr(original_logs, "FILE", tmp_path / "published.toml")
    (tmp_path / "published.toml").write_text("[logs")
    with pytest.raises(
        InputError, match="published.toml: cannot be read .*git checkout published.toml"
    ):
        facts()


def test_a_fact_is_read_as_numbers():
    assert fact_numbers("ten-epochs.accuracy") == (50, 60)
    assert fact_numbers("settings.test_images") == (300,)


def test_a_log_falls_between_guessing_and_next_to_nothing():
    epochs = {name: (np.flatnonzero(falling(log)) + 1).tolist() for name, log in logs().items()}
    assert epochs["baseline"] == [3, 4, 5] and epochs["three-conv"] == [3, 4]
    assert epochs["channels-11"] == [3, 4, 5] and epochs["channels-15"] == []


# The arithmetic


@pytest.mark.parametrize(
    ("images", "rows"),
    [(1700, 2), (2000, 3), (300, 0), (576, 0), (577, 1), (640, 1), (1216, 1), (1217, 2)],
)
def test_the_number_of_images_decides_the_rows_of_an_epoch(images, rows):
    assert rows_per_epoch(images) == rows


def test_the_level_of_a_plateau_is_the_entropy_of_the_classes():
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


@pytest.mark.parametrize("n", [2, 3, 6, 7])
def test_the_median_of_the_others_leaves_out_one_curve_at_a_time(n):
    curves = np.random.default_rng(n).integers(0, 4, (n, 50)) / 10  # many are equal
    expected = [np.median(np.delete(curves, i, axis=0), axis=0) for i in range(n)]
    assert np.array_equal(medians_of_others(curves), expected)


def test_one_seed_has_no_distance_and_too_short_a_run_no_place(runs):
    log = logs()["baseline"]
    alone = place(log, runs("baseline", log.rows[None]))
    assert alone.n == 1 and alone.inside.all() and len(alone.distances) == 0
    assert place(log, runs("channels-11", log.rows[None, :9])) is None
    assert place(log, runs("channels-15", np.empty((1, 10, 0)))) is None
