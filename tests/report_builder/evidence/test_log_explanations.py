"""Which explanation of the suspect logs the runs speak for, and which claims follow."""

from __future__ import annotations

import numpy as np
import pytest

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
from report_builder.evidence.original_logs import logs
from report_builder.figures.original import published_explanations
from report_builder.results.claims import CLAIMS, find
from report_builder.results.report import Value
from report_builder.results.values import values
from report_builder.text import Text
from tests.report_builder.made_up_logs import fallen, flat, noisy
from tests.report_builder.made_up_study import decided


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
def test_the_explanation_whose_seeds_do_what_the_log_does_fits_best(study, like):
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
    assert decided(made)["failed-log-fits-folders"].verdict == (
        "supported" if like == "folders" else "refuted"
    )


def test_explanations_that_print_the_same_refute_that_one_of_them_fits_better(study):
    made = study(
        {
            "three-conv-wrong-folder": noisy(flat("three-conv-failed"), 8),
            "three-conv-uneven": noisy(flat("three-conv-failed"), 8, 1),
        }
    )
    (whole,) = compare_explanations("three-conv-failed", made)
    assert whole.best is None
    finding = decided(made)["failed-log-fits-folders"]
    assert finding.verdict == "refuted" and "8/8" in finding.numbers.zh and finding.n == 16
    assert "cannot be told apart" in _title(made)


def test_both_parts_of_the_log_without_pooling_are_compared_apart(study):
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
    found = {name: claim.verdict for name, claim in decided(made).items()}
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
    assert decided(one)["folders-can-fall"].verdict == "supported"
    many = study({"no-pooling-wrong-folder": noisy(flat("no-pooling"), 40)})
    assert decided(many)["folders-can-fall"].verdict == "refuted"


def test_missing_and_few_runs_decide_nothing_and_count_as_nothing(study):
    stays, elsewhere = (
        noisy(flat("three-conv-failed"), 8),
        noisy(0.2 * flat("three-conv-failed"), 8),
    )
    for folders, uneven, states, verdict, needed in (
        (stays, None, ["compared", "no runs"], "no data", 5),
        (stays[:4], elsewhere[:4], ["compared", "compared"], "undecided", 8),
        (stays[:1], elsewhere[:1], ["too few", "too few"], "no data", 5),
        (stays, elsewhere[:, :6], ["compared", "not comparable"], "no data", 5),
    ):
        made = study({"three-conv-wrong-folder": folders, "three-conv-uneven": uneven})
        (whole,) = compare_explanations("three-conv-failed", made)
        assert [fit.state for fit in whole.fits] == ["excluded", *states] and whole.best is None
        finding = find("failed-log-fits-folders", made)
        assert finding.verdict == verdict
        assert finding.needed.en == f"about {needed} seeds of each network"
        assert all(n >= 5 for n in finding.seeds.values()) and finding.seeds.keys() == {
            "three-conv-wrong-folder",
            "three-conv-uneven",
        }
    few = study({"three-conv-wrong-folder": stays[:4], "three-conv-uneven": elsewhere[:4]})
    assert _title(few).startswith("Three convolutions, 10 epochs: too few runs to judge by")
    text = values(study({"three-conv-uneven": None}))[
        "published.three-conv-failed.whole.uneven.alike"
    ]
    assert text == Value(
        Text("没有训练", "no runs"), Text("这项研究没有它的训练", "this study has no run of it")
    )


def test_right_labels_are_excluded_by_arithmetic_whatever_was_trained(evidence):
    assert decided(evidence)["right-labels-print-two-rows"].verdict == "supported"
    assert all(CLAIMS[name].place == "ours" for name in CLAIMS if "folders" in name)


def _title(evidence) -> str:
    """Of the figure that shows the comparison."""
    measured = published_explanations.measure(evidence)
    return published_explanations.describe(measured).title.en
