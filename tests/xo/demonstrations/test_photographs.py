"""Photographs: as many are judged in both ways as were taken; other classes have none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.xo.records import untrained
from xo.demonstrations import photographs
from xo.demonstrations.table import Unavailable


def test_each_photograph_is_judged_scaled_and_redrawn(small, monkeypatch):
    monkeypatch.setattr(photographs, "PHOTOGRAPHS", 12)
    few = small.subset(40, 1)
    facts, arrays = photographs.photographs(untrained(few, "baseline"), few)
    assert facts["photographs"] == 12 and facts["redrawn_share"] == [facts["redrawn_right"], 12]
    assert facts["scaled_unlike"] > 6 > facts["redrawn_unlike"]
    assert arrays["redrawn.images"].shape == arrays["scaled.images"].shape == (12, 116, 116)
    assert {each["tool"] for each in facts["shown"]} == set(photographs.TOOLS)
    assert max(arrays["photograph.0"].shape) == photographs.SHOWN_SIDE


def test_no_photographs_of_other_classes(small):
    with pytest.raises(Unavailable):
        photographs.photographs({}, replace(small, classes=("cats", "dogs")))
