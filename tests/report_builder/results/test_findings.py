"""The rules of decision: what an interval says, what would settle it, and how often they err."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.stats import binom

from report_builder.evidence.estimates import Estimate, share_estimate, time_to
from report_builder.results.findings import (
    DIFFERENT,
    FEWEST,
    MOST,
    NEARLY_ALL,
    RARE,
    RUNS_TO_CALL_RARE,
    Size,
    counted,
    decide,
    judge,
    larger,
    later,
    less_often,
    one_refutes,
    one_supports,
    seeds_to_decide,
    share_is,
)
from report_builder.results.original_claims import SECOND_TEN
from report_builder.text import Text

WORDS = Text("做到", " do")
SHARES = [tenth / 10 for tenth in range(11)]
SIZES = [MOST, NEARLY_ALL, SECOND_TEN]
DECIDED = ("supported", "refuted")


def estimate(low: float, high: float) -> Estimate:
    """One whose p value says which bound it was asked for."""
    return Estimate((low + high) / 2, low, high, lambda bound: bound)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [
        (0.3, 0.6, "supported"),  # beyond what is excluded
        (0.3, 0.9, "supported"),
        (-0.1, 0.4, "refuted"),  # short of what matters: equal is an answer
        (-0.9, -0.1, "refuted"),
        (-0.1, 0.6, "undecided"),  # holds both
        (0.2, 0.6, "undecided"),  # its end is the bound itself
        (0.2, 0.5, "undecided"),
        (0.25, 0.45, "refuted"),  # between the two, either answer is right
    ],
)
def test_an_interval_decides_by_where_it_lies(low, high, verdict):
    judged = judge(estimate(low, high), Size(0.2, 0.5))
    assert judged.verdict == verdict
    assert judged.p == (0.5 if verdict == "refuted" else 0.2)


@pytest.mark.parametrize(("low", "high"), [(0.3, 0.6), (-0.1, 0.4)])
def test_fewer_runs_than_five_decide_nothing(low, high):
    judged, words = judge(estimate(low, high), Size(0.2, 0.5)), Text("数", "numbers")
    few = decide(judged, words, 40, FEWEST - 1, {"baseline": FEWEST})
    assert (few.verdict, few.n, few.seeds) == ("undecided", 40, {"baseline": FEWEST})
    assert "fewer than 5 runs" in few.numbers.en and few.needed.en == "about 5 seeds"
    enough = decide(judged, words, 40, FEWEST, {"baseline": FEWEST})
    assert few.width == max(judged.width, 5 / 4)  # still wide enough to be undecided
    enough = decide(judged, words, 40, FEWEST, {"baseline": FEWEST})
    assert enough.verdict == judged.verdict and not enough.needed.en
    assert enough.numbers == words and enough.p == judged.p
    # what it rests on and how narrow it is: a stopping rule asks for both, whatever the verdict
    assert (enough.seeds, enough.width) == ({"baseline": FEWEST}, judged.width)


def test_a_share_of_none_decides_from_five_runs_on_and_one_of_all_from_six_on():
    for n in range(1, 9):
        none, every = (share_is(k, n, MOST, WORDS, {"baseline": n}).verdict for k in (0, n))
        assert none == ("refuted" if n >= FEWEST else "undecided")
        assert every == ("supported" if n >= 6 else "undecided")  # 2 x 0.5**5 is above 0.05


def test_the_interval_in_words_is_the_one_that_decides():
    assert counted(3, 10, WORDS).en == "3 of 10 runs do, 95 % interval 7 to 65 %"
    assert counted(3, 10, WORDS).zh == "10 次训练中 3 次做到，95 % 区间 7 至 65 %"
    assert counted(0, 17).en == "0 of 17 runs, 95 % interval 0 to 20 %"


def test_one_run_refutes_that_none_does_and_many_without_one_support_it():
    assert one_refutes(1, {"baseline": 1}, WORDS).verdict == "refuted"
    assert one_supports(1, {"baseline": 1}, WORDS).verdict == "supported"
    assert RUNS_TO_CALL_RARE == 17  # the first n with 2 x 0.8**n below 0.05
    for n in range(1, 30):
        enough = n >= RUNS_TO_CALL_RARE
        none, some = (rule(0, {"baseline": n}, WORDS) for rule in (one_refutes, one_supports))
        assert none.verdict == ("supported" if enough else "undecided")
        assert some.verdict == ("refuted" if enough else "undecided")
        assert none.seeds == some.seeds == ({} if enough else {"baseline": RUNS_TO_CALL_RARE})
        assert bool(none.needed.en) == bool(some.needed.en) == (not enough)
        assert none.p == some.p == pytest.approx(min(1, 2 * (1 - RARE) ** n))


def test_runs_of_several_variants_are_wanted_in_proportion():
    found = one_refutes(0, {"baseline": 4, "features": 2}, WORDS)
    assert sum(found.seeds.values()) >= RUNS_TO_CALL_RARE
    assert found.seeds["baseline"] == pytest.approx(2 * found.seeds["features"], abs=1)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("small", [False, True])
def test_the_seeds_that_a_share_lacks_settle_it_if_it_stays_as_it_is(size, small):
    for n in range(1, 25):
        for k in range(n + 1):
            found = share_is(k, n, size, WORDS, {"baseline": n}, small)
            assert (found.verdict in DECIDED) == (not found.needed.en), (k, n)
            assert found.seeds.keys() == {"baseline"} and found.width is not None
            if found.verdict not in DECIDED:
                assert found.width >= 1, (k, n)
                m = found.seeds["baseline"]
                assert m >= max(n + (found.n >= FEWEST), FEWEST)
                then = share_is(round(k / n * m), m, size, WORDS, {"baseline": m}, small)
                assert then.verdict in DECIDED, (k, n, m)


def test_the_seeds_that_a_difference_lacks_settle_it_if_it_stays_as_it_is():
    for n in (1, 3, 5, 10, 12):
        for a in range(n + 1):
            for b in range(n + 1):
                found = less_often(("features", a, n), ("baseline", b, n), WORDS)
                assert (found.verdict in DECIDED) == (not found.needed.en), (a, b, n)
                assert found.seeds.keys() == {"features", "baseline"} and found.width is not None
                if found.verdict not in DECIDED:
                    assert found.width >= 1, (a, b, n)
                    m = found.seeds["baseline"]
                    k, j = round(a / n * m), round(b / n * m)
                    then = less_often(("features", k, m), ("baseline", j, m), WORDS)
                    assert then.verdict in DECIDED, (a, b, n, m)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("p", SHARES)
def test_every_share_can_be_settled_whatever_it_truly_is(size, p):
    def at(n: int) -> Estimate:
        return share_estimate(round(p * n), n)

    n = seeds_to_decide(at, size, 1)
    assert n < 2000 and judge(at(n), size).verdict in DECIDED
    right = {"supported"} if p >= size.matters else {"refuted"} if p <= size.excluded else DECIDED
    assert judge(at(1999), size).verdict in right


@pytest.mark.parametrize("p", SHARES)
@pytest.mark.parametrize("q", SHARES)
def test_every_difference_can_be_settled_whatever_it_truly_is(p, q):
    n = 1999
    verdict = less_often(
        ("features", round(p * n), n), ("baseline", round(q * n), n), WORDS
    ).verdict
    true = round(q - p, 9)
    right = {"supported"} if true >= DIFFERENT.matters else {"refuted"} if true <= 0 else DECIDED
    assert verdict in right


def test_the_seeds_that_a_mean_lacks_are_more_than_there_are_and_at_least_five():
    words = Text("数", "numbers")
    for half in (0.05, 0.5, 5.0):
        for value in (-1.0, 0.0, 0.05, 0.1, 0.5):
            wide = Estimate(value, value - half, value + half, lambda bound: 0.5)
            found = larger(wide, Size(0, 0.1), words, {"baseline": 6, "features": 8})
            if found.verdict == "undecided":
                assert found.seeds["baseline"] > 6 and found.seeds["features"] > 8
                narrower = half * np.sqrt(6 / found.seeds["baseline"])
                then = Estimate(value, value - narrower, value + narrower, lambda bound: 0.5)
                more = dict(found.seeds)
                assert larger(then, Size(0, 0.1), words, more).verdict in DECIDED, (half, value)
    alone = larger(None, Size(0, 0.1), words, {"baseline": 1})
    assert (alone.verdict, alone.seeds, alone.p) == ("undecided", {"baseline": FEWEST}, None)


@pytest.mark.parametrize(
    ("slow", "fast", "verdict"),
    [
        ([9, 10, 9, 8, 10, np.inf], [3, 4, 3, 2, 4, 5], "supported"),
        ([3, 4, 3, 2, 4, 5], [9, 10, 9, 8, 10, np.inf], "refuted"),
        ([3, 4, 3, 4, 3, 4], [3, 4, 3, 4, 4, 3], "refuted"),
        ([2, 9, np.inf, 3], [8, 2, 10, np.inf], "undecided"),
        ([np.inf] * 6, [np.inf] * 6, "refuted"),  # neither gets there: not later
        ([9] * 4, [3] * 4, "undecided"),  # too few
        ([9], [3], "undecided"),
    ],
)
def test_later_is_decided_over_all_runs(slow, fast, verdict):
    numbers = Text("{by}，{test}", "{by}, {test}")
    a, b = (time_to(np.array(each, dtype=float), 10) for each in (slow, fast))
    found = later(("features", a), ("baseline", b), 11, numbers)
    assert found.verdict == verdict and found.n == len(slow) + len(fast)
    assert (verdict in DECIDED) == (not found.needed.en)
    assert found.seeds.keys() == {"features", "baseline"}
    if len(slow) == 1:
        assert found.p is None and "no log-rank test" in found.numbers.en


# How often a verdict is wrong where there is nothing to be found

STUDIES, RUNS = 2000, 10


@cache
def verdict_of_difference(k: int, j: int) -> str:
    return less_often(("features", k, RUNS), ("baseline", j, RUNS), WORDS).verdict


@pytest.mark.parametrize("p", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_without_any_difference_fewer_than_one_study_in_twenty_says_that_there_is_one(p):
    counts = np.random.default_rng(0).binomial(RUNS, p, (STUDIES, 2))
    wrong = sum(verdict_of_difference(int(k), int(j)) == "supported" for k, j in counts)
    assert wrong <= 0.05 * STUDIES


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("n", [5, 10, 15, 24])
def test_a_share_at_either_end_of_a_size_is_misjudged_in_at_most_one_study_in_forty(size, n):
    verdicts = np.array(
        [share_is(k, n, size, WORDS, {"baseline": n}).verdict for k in range(n + 1)]
    )
    for true, wrong in ((size.excluded, "supported"), (size.matters, "refuted")):
        chances = binom.pmf(np.arange(n + 1), n, true)
        assert chances[verdicts == wrong].sum() <= 0.025, (true, wrong)
