"""`build --settle`: which seeds are added, when it stops, and that the stopping errs no more often
than a test does.
"""

from __future__ import annotations

from itertools import chain, repeat

import numpy as np
import pytest

from report_builder.evidence.estimates import difference, share, share_estimate
from report_builder.evidence.gather import gather, look_up_study
from report_builder.results import original_claims
from report_builder.results.claims import find
from report_builder.results.findings import DIFFERENT, Size
from report_builder.settle import AT_A_LOOK, budget_seconds, settle
from tests.report_builder.made_up_study import write_record
from xo.errors import InputError
from xo.runs.added_seeds import FILE
from xo.runs.study import STUDIES
from xo.store.store import Store

CLAIM = "11-channels-are-fine"


class Training:
    """Takes the place of training: half of the seeds of every variant solve their task."""

    def __init__(self, store):
        self.store, self.seeds = Store(store), {}
        self.solves = lambda seed: seed % 2 == 0

    def __call__(self, missing):
        for run, _ in missing:
            self.seeds.setdefault(run.variant.name, []).append(run.seed)
            solves = self.solves(run.seed)
            write_record(self.store, run.variant, run.data, run.seed, solves, run.inputs)
        return []


@pytest.fixture
def training(paths, monkeypatch):
    """With a size that matters that few seeds resolve."""
    monkeypatch.setattr(original_claims, "MOST", Size(0.3, 0.8))
    return Training(paths.store)


@pytest.fixture
def run_settle(paths, training):
    def run(*names, budget=None, seconds=(1.0,)):
        """`seconds` are what a run is expected to take, look by look; the last one from then on."""
        lines, looks = [], chain(seconds[:-1], repeat(seconds[-1]))

        def expect(runs):
            took = next(looks)
            return {run.key: took for run in runs}

        settle(
            names,
            "smoke",
            paths,
            training,
            expect,
            1,
            budget,
            lines.append,
        )
        return lines

    return run


def test_it_trains_the_seeds_of_the_claims_variant_until_the_interval_is_narrow(
    run_settle, training, paths
):
    lines = run_settle(CLAIM)
    seeds = training.seeds
    assert len(seeds["channels-11"]) > 10 and len(seeds["channels-15"]) == 1  # as the study has
    found = find(CLAIM, gather(look_up_study("smoke", paths.data, paths.store)))
    assert found.verdict == "refuted" and found.width < 1  # half of them solve it
    assert lines[-1] == f"{CLAIM}: refuted"
    before = {name: list(each) for name, each in seeds.items()}
    assert "no seeds would settle it" in run_settle(CLAIM)[0] and seeds == before


def test_it_goes_on_after_a_verdict_until_the_interval_is_narrow(run_settle, training):
    """For to stop at the first verdict errs more often than its test says."""
    training.solves = lambda seed: True
    run_settle(CLAIM)
    n = len(training.seeds["channels-11"])
    first = next(m for m in range(5, n) if share_estimate(m, m).low > 0.3)
    assert first < n


def test_seeds_that_confirm_are_never_drawn():
    confirming = STUDIES["full"].confirming
    for name in STUDIES:
        seeds = STUDIES[name].seeds_of("baseline", 2000)
        own = len(STUDIES[name].confirming)
        assert len(set(seeds)) == 2000 + own
        assert len(set(seeds) & set(confirming)) == own


def test_it_ends_before_runs_that_would_take_longer_than_the_budget(run_settle, training):
    lines = run_settle(CLAIM, budget=1000.0, seconds=(1000.0,))
    assert "more than is left" in lines[-1] and CLAIM in lines[-1]
    assert training.seeds["channels-11"] == [0]  # of the study itself


def test_an_interrupted_one_goes_on_whatever_the_verdict_is_by_then(
    run_settle, training, paths, monkeypatch
):
    monkeypatch.setattr(original_claims, "MOST", Size(0.5, 0.7))
    training.solves = lambda seed: True
    run_settle(CLAIM, budget=1000.0, seconds=(1.0, 1000.0))
    found = find(CLAIM, gather(look_up_study("smoke", paths.data, paths.store)))
    assert found.verdict == "supported" and found.width >= 1  # a welcome one, and too early
    before = len(training.seeds["channels-11"])
    assert run_settle(CLAIM)[-1] == f"{CLAIM}: supported"
    seeds = training.seeds["channels-11"]
    assert len(set(seeds)) == len(seeds) > before
    assert "no seeds would settle it" in run_settle(CLAIM)[0]


def test_added_seeds_belong_to_the_study_from_then_on(run_settle, training, paths):
    run_settle(CLAIM)
    study = look_up_study("smoke", paths.data, paths.store)
    assert not study.lookup.missing
    assert len(gather(study).runs("channels-11")) == len(training.seeds["channels-11"]) > 5
    (paths.store / FILE).write_text("not JSON")
    with pytest.raises(InputError, match=f"{FILE}: expected the seeds that were added"):
        look_up_study("smoke", paths.data, paths.store)


def test_an_unknown_claim_or_budget_is_answered_with_what_is_known(run_settle):
    with pytest.raises(InputError, match="claim 'no-such': not known; known are all, "):
        run_settle("no-such")
    assert budget_seconds("30min") == 1800 and budget_seconds("1.5 h") == 5400
    with pytest.raises(InputError, match="--budget soon: expected a number with s, min or h"):
        budget_seconds("soon")


@pytest.mark.parametrize("solving", [0.5, 0.9])
def test_two_thousand_studies_without_a_difference_find_one_in_at_most_five_percent(solving):
    """Each of them adds seeds until the interval is narrow, as `settle` does."""
    rng = np.random.default_rng(0)
    outcomes = rng.random((2000, 2, 400)) < solving
    solved = outcomes.cumsum(2)  # (studies, variants, seeds)
    zone, wrong = DIFFERENT.matters - DIFFERENT.excluded, 0
    for study in solved:
        for n in range(10, 401, AT_A_LOOK):
            better, worse = (share(int(k), n) for k in study[:, n - 1])
            found = difference(better, worse)
            if found.high - found.low < zone:
                break
        assert found.high - found.low < zone
        wrong += found.high >= DIFFERENT.matters
    assert wrong / len(solved) <= 0.05
