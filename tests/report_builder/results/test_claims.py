"""Verdicts follow the records: a few made-up runs whose right verdict can be worked out by eye."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from report_builder.figures.table import names
from report_builder.results.claims import CLAIM_TEXTS, CLAIMS
from report_builder.results.values import values
from tests.report_builder.made_up_study import decided

VERDICTS = {"supported", "refuted", "undecided"}


def verdicts(evidence) -> dict[str, str]:
    return {name: found.verdict for name, found in decided(evidence).items()}


def with_runs(evidence, **runs):
    """The evidence with other records for some variants (underscores for dashes in their names)."""
    return replace(
        evidence,
        records=evidence.records | {name.replace("_", "-"): made for name, made in runs.items()},
    )


def run(evidence, variant: str, accuracies: list[float], seconds: float = 2.0, seed: int = 0):
    """A run of the variant that reached these test accuracies."""
    made = evidence.runs(variant)[0]
    epochs = tuple(
        msgspec.structs.replace(made.epochs[0], epoch=e + 1, test_accuracy=a)
        for e, a in enumerate(accuracies)
    )
    return msgspec.structs.replace(
        made, epochs=epochs, epoch_seconds=(seconds,) * len(accuracies), seed=seed
    )


SOLVES, GUESSES = [0.5] * 4 + [0.8, 1.0, 1.0, 1.0, 1.0, 1.0], [0.5] * 10


def test_every_claim_is_decided_with_its_numbers_in_both_languages(evidence):
    found = decided(evidence)
    assert found.keys() == CLAIMS.keys() and len(found) >= 20
    for name, claim in found.items():
        assert claim.verdict in VERDICTS, name
        for text in (*CLAIM_TEXTS[name], claim.numbers):
            assert text.zh and text.en and text.zh != text.en, name
        if claim.verdict == "undecided":
            assert claim.needed.zh and claim.needed.en, name


def test_the_original_has_14_claims_and_we_have_six_at_least():
    ours = [name for name, claim in CLAIMS.items() if claim.place == "ours"]
    assert len(CLAIMS) - len(ours) >= 14 and len(ours) >= 6


def test_a_claims_figure_is_one_that_can_be_drawn(evidence):
    known = {*names(evidence), "probes", "published-readings"}
    assert {claim.figure for claim in CLAIMS.values()} <= known


@pytest.mark.parametrize(
    ("nine", "fifteen", "verdict"),
    [(20, 4, "supported"), (4, 20, "refuted"), (17, 15, "undecided"), (2, 0, "undecided")],
)
def test_fifteen_channels_are_worse_only_where_intervals_are_apart(
    evidence, nine, fifteen, verdict
):
    def lot(variant, k, n=20):
        return tuple(
            run(evidence, variant, SOLVES if seed < k else GUESSES, seed=seed) for seed in range(n)
        )

    n = 2 if nine == 2 else 20
    found = decided(
        with_runs(
            evidence, baseline=lot("baseline", nine, n), channels_15=lot("channels-15", fifteen, n)
        )
    )["15-channels-are-worse"]
    assert found.verdict == verdict
    assert f"{fifteen}/{n} 对 {nine}/{n}" in found.numbers.zh
    assert ("fewer than 5 seeds" in found.numbers.en) == (n == 2)  # their interval would decide


def test_one_seed_that_solves_it_refutes_that_three_layers_cannot(evidence):
    fails = tuple(run(evidence, "three-conv", GUESSES * 2, seed=seed) for seed in range(20))
    assert verdicts(with_runs(evidence, three_conv=fails))["three-conv-fail-in-10"] == "supported"
    assert (
        verdicts(with_runs(evidence, three_conv=fails[:3]))["three-conv-fail-in-10"] == "undecided"
    )
    one = (run(evidence, "three-conv", SOLVES + [1.0] * 10), *fails[1:])
    assert verdicts(with_runs(evidence, three_conv=one))["three-conv-fail-in-10"] == "refuted"


def test_pooling_is_faster_only_where_all_runs_are_apart(evidence):
    pooled = tuple(run(evidence, "baseline", SOLVES, seconds) for seconds in (2.0, 2.5))
    for bare, verdict in (
        ((10.0, 9.0), "supported"),
        ((1.0, 1.5), "refuted"),
        ((2.2, 9.0), "undecided"),
    ):
        slow = tuple(run(evidence, "no-pooling", SOLVES * 2, seconds) for seconds in bare)
        assert (
            verdicts(with_runs(evidence, baseline=pooled, no_pooling=slow))[
                "pooling-speeds-training"
            ]
            == verdict
        )


@pytest.mark.parametrize(
    ("pooled", "verdict"),
    [
        ([0.4] * 20, "supported"),
        ([0.6] * 20, "refuted"),
        ([0.4, 0.6] * 10, "undecided"),
        ([0.5] * 20, "undecided"),
    ],
)
def test_pooling_tolerates_shifts_where_most_images_say_so(evidence, pooled, verdict):
    changes = {
        "change.none": np.tile([0.0, 0.5], (20, 1)),
        "change.max": np.column_stack([np.zeros(20), pooled]),
    }
    shown = SimpleNamespace(unavailable=None, array=changes.__getitem__)
    found = CLAIMS["pooling-tolerates-shifts"].test(
        replace(evidence, demonstrations={"shifts": shown})
    )
    assert (found.verdict, found.n) == (verdict, 20) and "0.50" in found.numbers.en
    none = CLAIMS["pooling-tolerates-shifts"].test(replace(evidence, demonstrations={}))
    assert (none.verdict, none.n) == ("undecided", 0)


def test_what_is_computed_needs_no_seeds(evidence):
    found = decided(evidence)
    assert (
        found["first-dense-holds-most"].verdict == "supported"
        and found["pooling-saves-parameters"].verdict == "supported"
    )
    assert (
        found["dense-input-5x5x5"].verdict == "undecided"
    )  # the made-up images are not of the assignment's size


def test_a_variant_without_runs_leaves_its_claims_undecided_and_counts_nothing_as_zero(evidence):
    fewer = replace(
        evidence,
        rows=tuple(row for row in evidence.rows if row.name != "channels-15"),
        records={name: runs for name, runs in evidence.records.items() if name != "channels-15"},
    )
    found = decided(fewer)["15-channels-are-worse"]
    assert found.verdict == "undecided" and found.n == 0 and "channels-15" in found.numbers.en


def test_swapping_the_records_of_two_variants_changes_just_what_rests_on_them(evidence):
    a, b = "channels-11", "channels-15"
    solving = tuple(run(evidence, a, SOLVES, seed=seed) for seed in range(8))
    guessing = tuple(run(evidence, b, GUESSES, seed=seed) for seed in range(8))
    nine = tuple(run(evidence, "baseline", SOLVES, seed=seed) for seed in range(8))
    before = with_runs(evidence, baseline=nine, channels_11=solving, channels_15=guessing)
    after = with_runs(evidence, baseline=nine, channels_11=guessing, channels_15=solving)
    changed = {
        name for name, verdict in verdicts(before).items() if verdicts(after)[name] != verdict
    }
    assert changed == {"11-channels-are-fine", "15-channels-are-worse", "accuracy-near-99.7"}
    shown = {name for name, value in values(before).items() if values(after)[name] != value}
    assert shown and all(name.startswith((a, b)) for name in shown)
    assert {f"{a}.solved", f"{b}.solved", f"{a}.accuracy_solved", f"{b}.escape_epoch"} <= shown
