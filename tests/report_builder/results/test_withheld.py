"""Results about the original's images and logs are withheld on all other data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from report_builder.evidence.ground import are_drawings
from report_builder.evidence.original_logs import logs
from report_builder.evidence.study import Evidence
from report_builder.figures import table
from report_builder.results.claims import CLAIMS, claims
from report_builder.results.compute import compute
from report_builder.results.withheld import CLAIMS as ABOUT_THE_ORIGINAL
from report_builder.results.withheld import withheld
from xo.data.dataset import DataSet, Split


@pytest.fixture(scope="module")
def elsewhere(evidence: Evidence) -> Evidence:
    """The same records, of a data set that is not the embedded one."""
    return replace(evidence, embedded=False)


def test_claims_about_the_original_are_decided_on_its_images_only(evidence, elsewhere):
    assert set(ABOUT_THE_ORIGINAL) < CLAIMS.keys()
    here, there = ({name for name, *_ in claims(each)} for each in (evidence, elsewhere))
    assert (here, here - there) == (CLAIMS.keys(), set(ABOUT_THE_ORIGINAL))


def test_nothing_is_compared_with_the_original_s_logs_elsewhere(evidence, elsewhere):
    here, there = compute(evidence), compute(elsewhere)
    gone = {*here.values, *here.tables} - {*there.values, *there.tables}
    assert {name.partition(".")[0].partition("-")[0] for name in gone} == {
        "published",
        "printed",
        "readings",
        "plateaus",
    }
    assert not {"published-logs", "published-readings"} & {*table.names(elsewhere)}


def test_each_thing_that_is_withheld_has_its_reason(evidence, elsewhere):
    assert withheld(evidence, tuple(logs())) == {}
    reasons = withheld(elsewhere, tuple(logs()))
    assert {
        "claim accuracy-near-99.7",
        "table published",
        "figure published-logs",
    } <= reasons.keys()
    assert all("data" in text.en and text.zh for text in reasons.values())


def _images(pixels: np.ndarray) -> DataSet:
    split = Split(np.arange(len(pixels)) % 2, tuple(map(str, range(len(pixels)))), pixels)
    return DataSet("a", None, ("a", "b"), pixels.shape[1:3], "", split, split)


def test_shapes_on_an_even_ground_are_drawings_and_textures_are_not():
    rng = np.random.default_rng(0)
    textures = rng.integers(0, 256, (6, 20, 20, 3), dtype=np.uint8)
    drawn = np.full((6, 20, 20), 255, np.uint8)
    drawn[:, 5:12, 5:9] = 0
    scanned = np.clip(drawn - rng.integers(0, 6, drawn.shape), 0, 255).astype(np.uint8)
    assert are_drawings(_images(drawn)) and are_drawings(_images(scanned))
    assert not are_drawings(_images(textures))
