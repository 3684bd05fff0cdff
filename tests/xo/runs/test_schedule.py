from __future__ import annotations

import pytest

from xo.runs.schedule import in_order, makespan
from xo.runs.study import STUDIES, plan, study_data
from xo.store.source_digest import Source
from xo.variants import VARIANTS

POOLED = {name for name, variant in VARIANTS.items() if variant.pool}


@pytest.fixture(params=[*STUDIES])
def runs(small, request):
    study = STUDIES[request.param]
    return plan(study, study_data(study, small), Source())


def test_free_workers_take_the_next_task():
    assert makespan([3, 1, 1, 1], 2) == 3
    assert makespan([1, 1, 1, 3], 2) == 4
    assert makespan([1, 2], 8) == 2
    assert makespan([], 2) == 0


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_no_worker_waits_long_for_another(runs, workers):
    ordered = in_order(runs, workers)
    assert sorted(run.key for run in ordered) == sorted(run.key for run in runs)
    costs = [run.cost for run in ordered]
    shortest_possible = max(sum(costs) / workers, max(costs))
    assert makespan(costs, workers) <= 1.05 * shortest_possible


@pytest.mark.parametrize("study", ["default", "full"])
def test_every_pooled_variant_is_trained_once_before_any_twice_and_before_long_runs(small, study):
    pooled = {name for name in POOLED if STUDIES[study].seeds_of(name)}
    ordered = in_order(plan(STUDIES[study], small, Source()), 2)
    first = ordered[: len(pooled)]
    assert {run.variant.name for run in first} == pooled
    assert [run.cost for run in first] == sorted(run.cost for run in first)


def test_a_study_that_is_cut_short_has_about_as_many_seeds_of_each_variant(small):
    ordered = in_order(plan(STUDIES["full"], small, Source()), 2)
    done = [run.variant.name for run in ordered[: len(ordered) // 2]]
    counts = [done.count(name) for name in VARIANTS]
    assert max(counts) - min(counts) <= 1
