"""Shifts: the lines are those that were measured."""

from __future__ import annotations

import numpy as np
import pytest

from report_builder.figures.concepts import shifted_maps, shifts

from ..pictures import drawn


def test_lines_are_those_that_were_measured(evidence):
    record = evidence.demonstrations["shifts"]
    left, right = drawn(shifts, shifts.measure(evidence)).axes
    for kind in ("none", "max", "mean"):
        alike, changed = (
            next(line.get_ydata() for line in axes.get_lines() if line.get_label() == kind)
            for axes in (left, right)
        )
        assert np.array_equal(alike, record.array(f"alike.{kind}"))
        assert changed == pytest.approx(record.array(f"change.{kind}").mean(0))


def test_only_maps_that_are_equal_in_floating_point_are_called_exact(evidence):
    numbers = shifts.measure(evidence)
    assert numbers.exact and "along exactly;" in shifts.describe(numbers).title.en
    assert "along;" in shifts.describe(numbers._replace(exact=False)).title.en


def test_the_framed_part_of_both_maps_is_the_same(evidence):
    numbers = shifted_maps.measure(evidence)
    (before, after), down, right = numbers.maps, numbers.down, numbers.right
    assert (down, right) == (2, 3)
    assert np.array_equal(after[down:, right:], before[:-down, :-right])
    described = shifted_maps.describe(numbers)
    assert "by 3 pixels right and 2 down" in described.title.en
    assert all(row["map"] == row["map_of_shifted_image"] for row in described.rows)
    drawn(shifted_maps, numbers)
