from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from tests.xo.records import result_of
from xo.runs import duration
from xo.runs.duration import expected_seconds
from xo.runs.execute import execute
from xo.runs.record import Cost, write_run
from xo.runs.resources import environment
from xo.runs.study import one_run
from xo.store.source_digest import Source
from xo.variants import VARIANTS

THREE, REPLAY = VARIANTS["three-conv"], VARIANTS["three-conv-uneven"]


def took(store, run, seconds, where=None):
    """Stores a record of the run of one epoch, which took so many seconds."""
    result = msgspec.structs.replace(
        result_of(run),
        cost=Cost(seconds, None, "2026-01-01T00:00:00+00:00"),
        environment=msgspec.structs.replace(environment(), processor=where)
        if where
        else environment(),
    )
    write_run(store, run.inputs, result, {})


@pytest.fixture
def no_trial(monkeypatch):
    def fail(*_):
        raise AssertionError("a trial was made")

    monkeypatch.setattr(duration, "_of_trials", fail)


def test_runs_take_what_earlier_ones_of_the_same_network_took_per_image(small, store, no_trial):
    once = replace(THREE, epochs=1)
    for seed, seconds in enumerate((2.0, 3.0, 40.0)):
        took(store, one_run(once, seed, small, Source()), seconds)
    run = one_run(replace(THREE, epochs=10), 5, small, Source())
    replay = one_run(replace(REPLAY, epochs=2), 0, small, Source())
    assert expected_seconds([run, replay], store, 2) == pytest.approx(
        {
            run.key: 30.0,
            replay.key: 3.0 * 2 * 180 / 160,
        }  # it learns from the test images' number too
    )


def test_runs_on_another_machine_or_of_other_images_tell_nothing(small, store, no_trial):
    once = replace(THREE, epochs=1)
    run = one_run(once, 5, small, Source())
    short = expected_seconds([run], store, 2)
    took(store, one_run(once, 0, small, Source()), 99.0, where="another")
    took(store, one_run(once, 1, small.subset(20, 5), Source()), 99.0)
    assert expected_seconds([run], store, 2) == short
    assert 0 < short[run.key] < duration.SHORT


def test_long_runs_of_unknown_networks_are_tried_and_take_about_what_was_expected(
    small, store, monkeypatch
):
    monkeypatch.setattr(duration, "SHORT", 0.0)
    run = one_run(replace(THREE, epochs=20), 0, small, Source())
    other = one_run(replace(VARIANTS["features"], epochs=1), 0, small, Source())
    expected = expected_seconds([run, other], store, 2)
    (record,) = execute([run], store, jobs=1)
    # No test of speed: a mistaken unit would be off by the number of images, epochs or steps.
    assert 1 / 5 < expected[run.key] / record.cost.train_seconds < 5
    assert expected.keys() == {run.key, other.key}
