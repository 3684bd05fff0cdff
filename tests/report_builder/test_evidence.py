from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from report_builder.evidence import Share, curve, escape_epochs, share, solved, spread


def run(*accuracies: float):
    return SimpleNamespace(meta={"epochs": [{"test_accuracy": accuracy} for accuracy in accuracies]})


RUNS = (run(0.5, 0.99, 1.0), run(0.5, 0.5, 0.5), run(0.98, 0.9, 0.99), run(0.99, 0.97, 0.97))


def test_curves_have_a_row_per_seed_and_a_column_per_epoch():
    assert curve(RUNS, "test_accuracy").tolist() == [[0.5, 0.99, 1.0], [0.5, 0.5, 0.5], [0.98, 0.9, 0.99], [0.99, 0.97, 0.97]]


def test_solved_looks_at_the_last_epoch_or_at_the_one_asked_for():
    assert solved(RUNS).tolist() == [True, False, True, False]
    assert solved(RUNS, by=1).tolist() == [False, False, True, True]
    assert solved(RUNS, by=3).tolist() == solved(RUNS).tolist()


def test_escape_is_the_first_epoch_above_98_percent_and_never_for_who_stays():
    assert escape_epochs(RUNS).tolist() == [2, np.inf, 1, 1]


def test_a_share_has_wilsons_interval():
    # 5 of 6, by Wilson's formula with z = 1.96: (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n)
    found = share(5, 6)
    p, n, z = 5 / 6, 6, 1.959964
    middle, half, scale = p + z**2 / (2 * n), z * (p * (1 - p) / n + z**2 / (4 * n**2)) ** 0.5, 1 + z**2 / n
    assert found == Share(5, 6, pytest.approx((middle - half) / scale), pytest.approx((middle + half) / scale))
    assert 0 <= share(0, 3).low < share(0, 3).high < 1
    assert share(3, 3).high == pytest.approx(1)


def test_spread_is_median_and_range():
    assert spread(np.array([3.0, 1.0, 2.0])) == (2.0, 1.0, 3.0, 3)
