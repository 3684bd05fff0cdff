"""The figure of live channels and units."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from report_builder.evidence.fates import dead_layers
from report_builder.figures.training import dead_units
from tests.report_builder.made_up_study import with_fate
from xo.network.measurements import LayerState

from ..rendering import lines, strings


def with_baseline(evidence, *runs):
    return replace(evidence, records={**evidence.records, "baseline": runs})


def test_a_collapsed_run_stands_beside_a_solved_one_of_the_same_variant(evidence):
    one, two, failed = evidence.runs("baseline")
    loud = with_fate(one, "collapsed")
    *before, last = loud.epochs
    layers = (LayerState("conv2", 0.2, 1e-6, 0.0),)  # silent, and a unit is alive
    loud = msgspec.structs.replace(
        loud, epochs=(*before, msgspec.structs.replace(last, layers=layers))
    )
    numbers = dead_units.measure(with_baseline(evidence, loud, two, with_fate(failed, "collapsed")))
    solved, dead = numbers.courses
    assert (solved.seed, solved.fate) == (1, "solved")
    # of the two that collapsed the one with dead layers
    assert (dead.seed, dead.fate) == (2, "collapsed")
    assert dead.dead == ("conv1", "conv2", "dense1", "dense2")
    assert dead.alive.tolist() == [[1, 0, 1, 0]] * 4
    title = dead_units.describe(numbers).title.en
    assert "in epoch 3 a batch loss reaches" in title and "conv1" in title


def test_without_a_collapsed_run_the_solved_one_stands_alone(evidence, drawn):
    numbers = dead_units.measure(evidence)
    assert [course.fate for course in numbers.courses] == ["solved"]
    result = drawn("dead-units")
    upper, lower = result.drawing.figure.axes
    assert [line.get_gid() for line in lines(upper)] == ["conv1", "conv2", "dense1", "dense2"]
    assert len(lines(upper)[0].get_xdata()) == 4  # before training, and three epochs
    assert len(lines(lower)[0].get_xdata()) == 3
    assert "conv1 100\u00a0%" in strings(result)


def test_where_no_run_solved_or_collapsed_the_first_one_is_shown(make_evidence):
    study = make_evidence(solving=0, seeds=2)
    (course,) = dead_units.measure(study).courses
    assert course.fate == "never left chance" and course.dead == ("conv2",)
    assert dead_layers(study.runs("baseline")[0]) == ("conv2",)
