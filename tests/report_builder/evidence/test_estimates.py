from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binom, binomtest

from report_builder.evidence.estimates import (
    Share,
    curve,
    delay,
    difference,
    first_solved_epoch,
    printed,
    proportion_test,
    seeds_to_exclude,
    seeds_to_separate,
    share,
    sign_test,
    solved,
    solved_by_epoch,
    spread,
)


def run(*accuracies: float):
    return SimpleNamespace(
        epochs=[SimpleNamespace(test_accuracy=accuracy) for accuracy in accuracies]
    )


RUNS = (run(0.5, 0.99, 1.0), run(0.5, 0.5, 0.5), run(0.98, 0.9, 0.99), run(0.99, 0.97, 0.97))


def test_curves_have_a_row_per_seed_and_a_column_per_epoch():
    assert curve(RUNS, "test_accuracy").tolist() == [
        [0.5, 0.99, 1.0],
        [0.5, 0.5, 0.5],
        [0.98, 0.9, 0.99],
        [0.99, 0.97, 0.97],
    ]


def test_solved_looks_at_the_last_epoch_or_at_the_one_asked_for():
    assert solved(RUNS).tolist() == [True, False, True, False]
    assert solved(RUNS, by=1).tolist() == [False, False, True, True]
    assert solved(RUNS, by=3).tolist() == solved(RUNS).tolist()


def test_a_task_is_solved_first_in_the_first_epoch_above_98_percent_or_never():
    assert first_solved_epoch(RUNS).tolist() == [2, np.inf, 1, 1]


def test_a_share_has_wilsons_interval():
    for n in range(1, 30):
        for k in range(n + 1):
            interval = binomtest(k, n).proportion_ci(method="wilson")
            assert share(k, n) == Share(
                k, n, pytest.approx(interval.low), pytest.approx(interval.high)
            )
    assert 0 <= share(0, 3).low < share(0, 3).high < 1
    assert share(3, 3).high == 1


@pytest.mark.parametrize("more, less", [(5, 1), (1, 5), (4, 4), (0, 6), (70, 230)])
def test_the_sign_test_is_the_binomial_test_of_one_half(more, less):
    assert sign_test(more, less) == pytest.approx(binomtest(more, more + less).pvalue)


def test_the_sign_test_of_equal_pairs_decides_nothing():
    assert sign_test(0, 0) == 1


def test_more_right_than_guessing_gives_is_counted_in_standard_deviations():
    assert proportion_test(2, 2, 0.5) == pytest.approx((2**0.5, 0.25))
    assert proportion_test(1, 3, 1 / 3) == pytest.approx((0, 1 - 8 / 27))
    z, p = proportion_test(180, 300, 0.5)
    assert z == pytest.approx(12**0.5) and p == pytest.approx(binom.sf(179, 300, 0.5))


def test_spread_is_median_and_range():
    assert spread(np.array([3.0, 1.0, 2.0])) == (2.0, 1.0, 3.0, 3)


def test_a_difference_of_shares_has_newcombes_interval():
    found = difference(share(56, 70), share(48, 80))
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (
        0.2,
        0.0524,
        0.3339,
    )  # Newcombe 1998, table II (a)
    assert (
        found.excludes_zero
        and not difference(share(9, 10), share(3, 10))._replace(low=-0.1).excludes_zero
    )
    assert (
        difference(share(5, 10), share(5, 10)).value == 0
        and not difference(share(5, 10), share(5, 10)).excludes_zero
    )


def test_how_many_seeds_would_settle_it():
    n = seeds_to_separate(0.9, 0.5)
    assert n and difference(share(round(0.9 * n), n), share(round(0.5 * n), n)).excludes_zero
    assert seeds_to_separate(0.5, 0.5) is None
    assert seeds_to_exclude(0.8, 0.5) and seeds_to_exclude(0.5, 0.5) is None


def test_the_share_solved_by_an_epoch_leaves_out_seeds_that_never_solve_it():
    assert solved_by_epoch(np.array([2.0, 3.0, np.inf]), 4).tolist() == pytest.approx(
        [0, 1 / 3, 2 / 3, 2 / 3]
    )


def test_a_delay_is_seen_within_the_horizon_only():
    late, early = np.array([9.0] * 6), np.array([3.0] * 6)
    by, p = delay(late, early, 10)
    assert by == 6 and p < 0.01
    by, p = delay(np.array([np.inf] * 6), early, 10)
    assert by == 8  # censored: counts as epoch 11
    by, p = delay(early, early, 10)
    assert by == 0 and p == 1
    assert delay(np.array([9.0]), early, 10)[1] == 1.0  # one seed decides nothing


def test_losses_are_printed_as_the_original_prints_them(evidence):
    run = evidence.runs("baseline")[0]
    losses = run.array("batch_loss")
    rows = printed(replace_losses(run, np.full((2, 27), np.log(2))))
    assert rows.shape == (2, 2) and np.allclose(rows, np.log(2) / 10)
    assert printed(run).shape == (len(losses), losses.shape[1] // 10)


def replace_losses(run, losses):
    class Fixed:
        def array(self, name):
            return losses

    return Fixed()
