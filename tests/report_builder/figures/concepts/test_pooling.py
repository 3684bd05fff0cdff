"""Pooling: the maps are painted as recorded, and the losses are in order."""

from __future__ import annotations

from report_builder.figures.concepts import pooling_detail, pooling_kinds
from report_builder.figures.concepts.pooling import POOLED
from report_builder.figures.toolkit import pixels

from ..pictures import EN, contains, drawn, words


def test_pooled_maps_are_painted_on_one_scale(evidence):
    record, numbers = evidence.demonstrations["pooling"], pooling_kinds.measure(evidence)
    figure = drawn(pooling_kinds, numbers)
    maps = {kind: record.array(f"pooled.{kind}") for kind in POOLED}
    limit = pixels.largest([record.array("map"), *maps.values()])
    for kind in ("max", "trained"):
        assert contains(figure, pixels.shades(maps[kind], -limit, limit, EN.diverging))
    assert len(pooling_kinds.describe(numbers).rows) == 4
    largest = max(record.facts["window"])
    assert numbers.results["max"] == largest and f"{largest:.2f}" in words(figure)


def test_lost_details_are_painted_on_one_scale(evidence):
    record, numbers = evidence.demonstrations["pooling"], pooling_detail.measure(evidence)
    figure = drawn(pooling_detail, numbers)
    full, rest = record.array("map"), {kind: record.array(f"rest.{kind}") for kind in POOLED}
    limit = pixels.largest([full - full.mean(), *rest.values()])
    for kind in ("mean", "gaussian"):
        assert contains(figure, pixels.shades(rest[kind], -limit, limit, EN.diverging))
    assert len(pooling_detail.describe(numbers).rows) == 4


def test_least_and_most_loss_stand_in_the_title(evidence):
    numbers = pooling_detail.measure(evidence)
    lost = {"max": 0.5, "mean": 0.1, "gaussian": 0.9, "trained": 0.3}
    title = pooling_detail.describe(numbers._replace(lost=lost)).title.en
    assert "least with mean (10.0\u00a0%), most with Gaussian (90.0\u00a0%)" in title
