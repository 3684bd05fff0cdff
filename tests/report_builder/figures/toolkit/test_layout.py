"""Places on a figure."""

from __future__ import annotations

import pytest

from report_builder.figures.toolkit import layout


def test_labels_are_moved_apart_no_more_than_needed():
    assert layout.apart([0.5, 0.1], 0.1, 0, 1) == [0.5, 0.1]
    assert layout.apart([0.5, 0.5, 0.52], 0.1, 0, 1) == pytest.approx([0.5, 0.6, 0.7])
    assert layout.apart([1.0, 0.99], 0.1, 0, 1) == pytest.approx([1.0, 0.9])
    assert layout.apart([], 0.1, 0, 1) == []
