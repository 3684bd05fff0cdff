from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from report_builder.evidence.estimates import (
    Share,
    Survival,
    curve,
    difference,
    first_solved_epoch,
    holm,
    log_rank,
    mean,
    mean_difference,
    printed,
    proportion_test,
    share,
    share_estimate,
    solved,
    solved_by_epoch,
    spread,
    time_to,
)
from xo.data.card import SOLVED


def run(*accuracies: float, solved_from: float | None = None):
    return SimpleNamespace(
        epochs=[SimpleNamespace(test_accuracy=accuracy) for accuracy in accuracies],
        data=SimpleNamespace(solved_from=solved_from),
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


def test_what_counts_as_solved_is_what_the_card_of_the_images_says():
    others = tuple(
        run(*(epoch.test_accuracy for epoch in each.epochs), solved_from=0.5) for each in RUNS
    )
    assert solved(others).all() and first_solved_epoch(others).tolist() == [1] * 4
    usual = tuple(run(*accuracies, solved_from=SOLVED) for accuracies in ((0.5, 0.98), (1, 0.97)))
    assert solved(usual).tolist() == [True, False]


def test_a_share_has_wilsons_interval():
    for n in range(1, 30):
        for k in range(n + 1):
            interval = stats.binomtest(k, n).proportion_ci(method="wilson")
            assert share(k, n) == Share(
                k, n, pytest.approx(interval.low), pytest.approx(interval.high)
            )
    assert 0 <= share(0, 3).low < share(0, 3).high < 1
    assert share(3, 3).high == 1


BOUNDS = np.arange(1, 200) / 200  # shares that a test asks for


def test_a_share_that_decides_has_the_exact_interval_of_clopper_and_pearson():
    for n in range(1, 30):
        for k in range(n + 1):
            interval = stats.binomtest(k, n).proportion_ci(method="exact")
            found = share_estimate(k, n)
            assert found.value == k / n
            assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


@pytest.mark.parametrize("k, n", [(0, 1), (0, 10), (3, 10), (7, 9), (10, 10), (47, 100)])
def test_the_exact_test_of_a_share_excludes_what_its_interval_leaves_out(k, n):
    found = share_estimate(k, n)
    for bound in BOUNDS:
        if min(abs(bound - found.low), abs(bound - found.high)) > 1e-9:
            assert (found.p(bound) > 0.05) == (found.low < bound < found.high), bound
    for end in {found.low, found.high} - {0.0, 1.0}:
        assert found.p(end) == pytest.approx(0.05)


def test_the_exact_test_counts_the_smaller_tail_of_the_binomial_distribution_twice():
    assert share_estimate(7, 10).p(0.5) == pytest.approx(2 * stats.binom.sf(6, 10, 0.5))
    assert share_estimate(7, 10).p(0.9) == pytest.approx(2 * stats.binom.cdf(7, 10, 0.9))
    assert share_estimate(5, 10).p(0.5) == 1  # both tails hold more than half
    sure, never = share_estimate(10, 10), share_estimate(0, 10)
    assert (sure.p(1), sure.p(0)) == (1, 0)  # no run can fall out otherwise where all must
    assert (never.p(0), never.p(1)) == (1, 0)


@pytest.mark.parametrize("n", [1, 2, 5, 10, 24])
def test_the_exact_interval_misses_a_share_on_either_side_in_at_most_one_study_in_forty(n):
    found = [share_estimate(k, n) for k in range(n + 1)]
    for p in BOUNDS:
        chances = stats.binom.pmf(np.arange(n + 1), n, p)
        assert chances[[each.low > p for each in found]].sum() <= 0.025 + 1e-12, p
        assert chances[[each.high < p for each in found]].sum() <= 0.025 + 1e-12, p


@pytest.mark.parametrize(
    "one, other", [((9, 10), (3, 10)), ((5, 10), (5, 10)), ((0, 8), (8, 8)), ((56, 70), (48, 80))]
)
def test_the_p_value_of_a_difference_is_that_of_the_interval_which_ends_there(one, other):
    found = difference(share(*one), share(*other))
    for bound in BOUNDS * 2 - 1:
        if abs(bound - found.low) > 1e-6 and abs(bound - found.high) > 1e-6:
            assert (found.p(bound) > 0.05) == (found.low < bound < found.high), bound
    for end in (found.low, found.high):
        if abs(end) < 1:
            assert found.p(end) == pytest.approx(0.05, abs=1e-6)
    assert found.p(found.value) == pytest.approx(1, abs=1e-6)
    turned = difference(share(*other), share(*one))
    assert turned.p(-0.1) == pytest.approx(found.p(0.1))


def test_a_difference_of_means_has_the_interval_and_p_value_of_welch():
    a, b = np.array([3.0, 4.0, 6.0, 9.0]), np.array([1.0, 2.0, 2.5])
    found, theirs = mean_difference(a, b), stats.ttest_ind(a, b, equal_var=False)
    interval = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.value == pytest.approx(a.mean() - b.mean())
    assert found.p(0) == pytest.approx(theirs.pvalue)
    assert found.p(1.5) == pytest.approx(stats.ttest_ind(a - 1.5, b, equal_var=False).pvalue)
    assert found.p(found.low) == pytest.approx(0.05) == found.p(found.high)


def test_a_mean_has_the_interval_and_p_value_of_student():
    a, b = np.array([3.0, 4.0, 6.0, 9.0]), np.array([1.0, 2.0, 2.5, 3.0])
    found, theirs = mean(a - b), stats.ttest_rel(a, b)
    interval = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))
    assert found.p(0) == pytest.approx(theirs.pvalue)
    assert found.p(2) == pytest.approx(stats.ttest_1samp(a - b, 2).pvalue)


def test_one_value_has_no_interval_and_values_that_do_not_vary_have_a_point():
    one, more, same = np.array([3.0]), np.array([1.0, 2.0]), np.full(4, 2.0)
    assert mean(one) is None and mean(np.empty(0)) is None
    assert mean_difference(one, more) is None and mean_difference(more, one) is None
    for found in (mean(same), mean_difference(same + 2, same)):
        assert found[:3] == (2, 2, 2) and found.p(2) == 1 and found.p(0) == 0
    found = mean_difference(more, same)  # one of the two varies: an interval all the same
    assert found.low < found.value < found.high


def test_more_right_than_guessing_gives_is_counted_in_standard_deviations():
    assert proportion_test(2, 2, 0.5) == pytest.approx((2**0.5, 0.25))
    assert proportion_test(1, 3, 1 / 3) == pytest.approx((0, 1 - 8 / 27))
    z, p = proportion_test(180, 300, 0.5)
    assert z == pytest.approx(12**0.5) and p == pytest.approx(stats.binom.sf(179, 300, 0.5))


def test_spread_is_median_and_range():
    assert spread(np.array([3.0, 1.0, 2.0])) == (2.0, 1.0, 3.0, 3)


def test_a_difference_of_shares_has_newcombes_interval():
    found = difference(share(56, 70), share(48, 80))
    assert (round(found.value, 4), round(found.low, 4), round(found.high, 4)) == (
        0.2,
        0.0524,
        0.3339,
    )  # Newcombe 1998, table II (a)
    assert difference(share(5, 10), share(5, 10)).value == 0


def test_the_share_solved_by_an_epoch_leaves_out_seeds_that_never_solve_it():
    assert solved_by_epoch(np.array([2.0, 3.0, np.inf]), 4).tolist() == pytest.approx(
        [0, 1 / 3, 2 / 3, 2 / 3]
    )


def test_a_run_that_never_gets_there_is_watched_until_the_horizon():
    found = time_to(np.array([3.0, np.inf, 9.0, 10.0, 12.0]), 10)
    assert found.times.tolist() == [3, 10, 9, 10, 10]
    assert found.reached.tolist() == [True, False, True, True, False]
    # one that gets there in the last epoch is earlier than one that does not
    assert found.restricted_mean(11).tolist() == [3, 11, 9, 10, 11]


def test_the_log_rank_test_is_scipys():
    late, early = np.array([9.0, np.inf, 7.0, 10.0, np.inf]), np.array([3.0, 4.0, np.inf, 2.0])
    found = log_rank(time_to(late, 10), time_to(early, 10))
    theirs = stats.logrank(
        stats.CensoredData(uncensored=[9, 7, 10], right=[10, 10]),
        stats.CensoredData(uncensored=[3, 4, 2], right=[10]),
    )
    assert found == pytest.approx(theirs.pvalue) and found < 0.3
    assert log_rank(time_to(early, 10), time_to(late, 10)) == pytest.approx(found)
    assert log_rank(time_to(early, 10), time_to(early, 10)) == pytest.approx(1)


def test_where_nothing_was_reached_there_is_no_log_rank_test():
    never, some = time_to(np.full(5, np.inf), 10), time_to(np.array([2.0, 3.0]), 10)
    none = Survival(np.empty(0), np.empty(0, dtype=bool))
    assert log_rank(never, never) is None
    assert log_rank(none, some) is None and log_rank(some, none) is None
    assert log_rank(never, some) is not None
    at_once = time_to(np.ones(4), 10)  # all at the same moment: nothing to compare
    assert log_rank(at_once, at_once) is None


def test_p_values_are_adjusted_for_being_many_as_holm_does():
    # in order 0.01 x 4, 0.02 x 3, 0.03 x 2, 0.5 x 1; never below the one before
    found = holm({"c": 0.03, "a": 0.01, "d": 0.5, "b": 0.02})
    assert list(found) == ["c", "a", "d", "b"]
    assert found == pytest.approx({"a": 0.04, "b": 0.06, "c": 0.06, "d": 0.5})
    assert holm({"a": 0.4, "b": 0.9}) == pytest.approx({"a": 0.8, "b": 0.9})
    assert holm({"a": 0.7, "b": 0.9})["a"] == 1 and holm({}) == {}


def test_adjusted_p_values_keep_their_order_and_are_never_smaller():
    p = dict(enumerate(np.random.default_rng(0).random(40) ** 4))
    found = holm(p)
    ordered = sorted(p, key=p.__getitem__)
    assert all(p[each] <= found[each] <= 1 for each in p)
    assert all(found[a] <= found[b] for a, b in zip(ordered, ordered[1:]))


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
