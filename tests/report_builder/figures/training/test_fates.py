"""The figure of the four ways a run ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report_builder.evidence.fates import count_fates
from report_builder.evidence.training_course import assigned_runs
from report_builder.figures.training import fates
from tests.report_builder.made_up_study import with_fate

from ..rendering import lines, strings


def test_every_run_is_in_the_column_of_its_fate(evidence, drawn):
    result = drawn("fates")
    runs = assigned_runs(evidence)
    counts = count_fates(runs)
    columns = result.drawing.figure.axes[::2]  # accuracy stands above, loss below
    drawn_lines = [
        [line for line in lines(axes) if len(set(line.get_xdata())) == 3] for axes in columns
    ]
    assert [len(found) for found in drawn_lines] == list(counts.values())
    assert sum(line.get_gid() == "strong" for found in drawn_lines for line in found) == sum(
        k > 0 for k in counts.values()
    )
    assert f"solved\n{counts['solved']} of {len(runs)} runs" in strings(result)
    assert result.drawing.title.startswith(f"{len(runs)} runs: {counts['solved']} solved")
    assert {row["fate"] for row in result.drawing.rows} == {k for k, n in counts.items() if n}


def test_a_collapse_is_marked_in_the_epoch_in_which_it_happened(evidence):
    first, *others = evidence.runs("baseline")
    runs = (with_fate(first, "collapsed"), *others)
    study = replace(evidence, records={**evidence.records, "baseline": runs})
    numbers = fates.measure(study)
    (course,) = numbers.courses["collapsed"]
    assert (course.variant.name, course.seed, course.collapsed_in) == ("baseline", 0, 3)
    assert course.loss == pytest.approx(np.log(2) * np.array([1, 0.1, 1]))
    assert "1 collapsed" in fates.describe(numbers).title.en
