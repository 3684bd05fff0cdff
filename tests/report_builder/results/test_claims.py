"""Verdicts follow the records: a few made-up runs whose right verdict can be worked out by eye."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from report_builder.figures.table import names
from report_builder.results.claims import CLAIM_TEXTS, CLAIMS, family, find
from report_builder.results.values import values
from tests.report_builder.made_up_study import decided

VERDICTS = {"supported", "refuted", "undecided", "no data"}


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
        for text in (*CLAIM_TEXTS[name], claim.wording, claim.numbers):
            assert text.zh and text.en and text.zh != text.en, name
        if claim.verdict in ("undecided", "no data"):
            assert claim.needed.zh and claim.needed.en, name


def test_the_original_has_14_claims_and_we_have_six_at_least():
    ours = [name for name, claim in CLAIMS.items() if claim.place == "ours"]
    assert len(CLAIMS) - len(ours) >= 14 and len(ours) >= 6


def test_a_claims_figure_is_one_that_can_be_drawn(evidence):
    known = {*names(evidence), "probes", "published-readings"}
    assert {claim.figure for claim in CLAIMS.values()} <= known


@pytest.mark.parametrize(
    ("nine", "fifteen", "verdict"),
    [
        (20, 4, "supported"),
        (4, 20, "refuted"),
        (20, 20, "refuted"),  # no difference that matters is an answer
        (17, 15, "undecided"),
        (4, 0, "undecided"),
    ],
)
def test_fifteen_channels_are_worse_where_the_interval_says_so(evidence, nine, fifteen, verdict):
    def lot(variant, k, n=20):
        return tuple(
            run(evidence, variant, SOLVES if seed < k else GUESSES, seed=seed) for seed in range(n)
        )

    n = 4 if fifteen == 0 else 20
    found = find(
        "15-channels-are-worse",
        with_runs(
            evidence, baseline=lot("baseline", nine, n), channels_15=lot("channels-15", fifteen, n)
        ),
    )
    assert found.verdict == verdict
    assert f"{fifteen}/{n} 对 {nine}/{n}" in found.numbers.zh
    assert ("fewer than 5 runs" in found.numbers.en) == (n == 4)  # their interval would decide


def test_one_seed_that_solves_it_refutes_that_three_layers_cannot(evidence):
    fails = tuple(run(evidence, "three-conv", GUESSES * 2, seed=seed) for seed in range(20))
    one = (run(evidence, "three-conv", SOLVES + [1.0] * 10), *fails[1:])
    for runs, verdict in ((fails, "supported"), (fails[:3], "undecided"), (one, "refuted")):
        found = find("three-conv-fail-in-10", with_runs(evidence, three_conv=runs))
        assert found.verdict == verdict


@pytest.mark.parametrize("n, shown", [(1, "1 run to"), (4, "4 runs to"), (5, "0 of 5")])
def test_below_the_fewest_runs_no_interval_is_shown(evidence, n, shown):
    runs = tuple(run(evidence, "three-conv", GUESSES * 2, seed=seed) for seed in range(n))
    claim = decided(with_runs(evidence, three_conv=runs))["three-conv-fail-in-10"]
    assert claim.numbers.en.startswith(shown)
    assert ("interval" in claim.numbers.en) == (n >= 5)


def test_the_fewest_runs_are_those_that_a_claim_is_judged_by(evidence):
    """Of many runs, few leave chance, and only those show how long the way is from there."""
    guessing = msgspec.structs.replace(
        evidence.runs("baseline")[0].epochs[0], train_loss=0.693, sample_loss=0.693
    )

    def stuck(seed: int):
        made = run(evidence, "baseline", GUESSES, seed=seed)
        epochs = tuple(
            msgspec.structs.replace(guessing, epoch=each.epoch, test_accuracy=0.5)
            for each in made.epochs
        )
        return msgspec.structs.replace(made, epochs=epochs)

    away = tuple(run(evidence, "baseline", SOLVES, seed=seed) for seed in range(20, 23))
    alone = replace(evidence, rows=(evidence.variant("baseline"),))
    runs = (*map(stuck, range(20)), *away)
    claim = decided(with_runs(alone, baseline=runs))["escape-is-sudden"]
    assert (claim.n, claim.numbers.en) == (
        3,
        "3 runs to judge it by so far, and each group takes 5 at least",
    )


@pytest.mark.parametrize(
    ("bare", "verdict"),
    [
        ([10.0, 9.0, 9.5, 10.5, 9.0], "supported"),
        ([1.0, 1.5, 1.2, 1.1, 1.4], "refuted"),
        ([2.2, 2.3, 2.4, 2.1, 2.2], "refuted"),  # less than a tenth
        ([2.2, 9.0, 1.5, 2.0, 3.0], "undecided"),
        ([10.0, 9.0, 9.5, 10.5], "undecided"),  # four runs
        ([10.0], "undecided"),
    ],
)
def test_pooling_is_faster_where_the_ratio_of_all_runs_says_so(evidence, bare, verdict):
    pooled = tuple(run(evidence, "baseline", SOLVES, each) for each in (2.2, 2.3, 2.25, 2.2, 2.3))
    slow = tuple(run(evidence, "no-pooling", SOLVES * 2, each) for each in bare)
    claim = find("pooling-speeds-training", with_runs(evidence, baseline=pooled, no_pooling=slow))
    assert (claim.verdict, claim.n) == (verdict, 5 + len(bare))
    assert f"n = 5 and {len(bare)}" in claim.numbers.en
    assert ("ratio of" in claim.numbers.en) == (len(bare) > 1)


@pytest.mark.parametrize(
    ("pooled", "verdict"),
    [
        ([0.4, 0.42, 0.38, 0.41, 0.39], "supported"),
        ([0.6, 0.62, 0.58, 0.61, 0.59], "refuted"),
        ([0.5, 0.505, 0.495, 0.5, 0.5], "refuted"),  # less than a tenth
        ([0.2, 0.6, 0.45, 0.7, 0.3], "undecided"),
        ([0.4, 0.42, 0.38, 0.41], "undecided"),
    ],
)
def test_pooling_lowers_sensitivity_where_the_change_falls_over_networks(evidence, pooled, verdict):
    n = len(pooled)
    changes = {"by_seed.none": np.full(n + 1, 0.5), "by_seed.max": np.array([*pooled, 0.01])}
    facts = {"seeds": [*range(n), 99]}  # of the last one there is no run in this study
    shown = SimpleNamespace(unavailable=None, facts=facts, array=changes.__getitem__)
    with_shifts = replace(
        with_runs(
            evidence, baseline=tuple(run(evidence, "baseline", SOLVES, seed=k) for k in range(n))
        ),
        demonstrations={"shifts": shown},
    )
    found = find("pooling-lowers-sensitivity", with_shifts)
    assert (found.verdict, found.n) == (verdict, n) and "0.50" in found.numbers.en
    for without in (
        replace(with_shifts, demonstrations={}),
        replace(with_shifts, records={}, rows=()),
        replace(
            with_shifts,
            demonstrations={
                "shifts": SimpleNamespace(
                    unavailable=SimpleNamespace(
                        reason="images too small to shift", numbers={"side": 32, "shift": 8}
                    )
                )
            },
        ),
    ):
        none = find("pooling-lowers-sensitivity", without)
        assert (none.verdict, none.n) == ("no data", 0)


def test_what_is_computed_needs_no_seeds(evidence):
    found = decided(evidence)
    assert (
        found["first-dense-holds-most"].verdict == "supported"
        and found["pooling-saves-parameters"].verdict == "supported"
    )
    assert (
        found["dense-input-5x5x5"].verdict == "no data"
    )  # the made-up images are not of the assignment's size


def test_a_variant_without_runs_leaves_its_claims_without_data_and_counts_nothing_as_zero(evidence):
    fewer = replace(
        evidence,
        rows=tuple(row for row in evidence.rows if row.name != "channels-15"),
        records={name: runs for name, runs in evidence.records.items() if name != "channels-15"},
    )
    found = decided(fewer)["15-channels-are-worse"]
    assert found.verdict == "no data" and found.n == 0 and "“15 channels”" in found.numbers.en
    assert found.wording.en.startswith("No data on")
    assert find("15-channels-are-worse", fewer).seeds == {"channels-15": 5}


def test_swapping_the_records_of_two_variants_changes_just_what_rests_on_them(evidence):
    a, b = "channels-11", "channels-15"
    solving = tuple(run(evidence, a, SOLVES, seed=seed) for seed in range(8))
    guessing = tuple(run(evidence, b, GUESSES, seed=seed) for seed in range(8))
    nine = tuple(run(evidence, "baseline", SOLVES, seed=seed) for seed in range(8))
    before = with_runs(evidence, baseline=nine, channels_11=solving, channels_15=guessing)
    after = with_runs(evidence, baseline=nine, channels_11=guessing, channels_15=solving)
    first, second = verdicts(before), verdicts(after)
    changed = {name for name in CLAIMS if first[name] != second[name]}
    assert changed == {"11-channels-are-fine", "15-channels-are-worse", "accuracy-near-99.7"}
    shown_before, shown_after = values(before), values(after)
    shown = {name for name, value in shown_before.items() if shown_after[name] != value}
    assert shown and all(name.startswith((a, b)) for name in shown)
    assert {f"{a}.solved", f"{b}.solved", f"{a}.accuracy_solved", f"{b}.escape_epoch"} <= shown


def test_verdicts_that_come_from_a_test_are_one_family(evidence):
    found = decided(evidence)
    p = {"15-channels-are-worse": 0.01, "1x1-solves-less": 0.04, "11-channels-are-fine": 0.5}
    verdict = {"11-channels-are-fine": "undecided"}
    some = {
        name: msgspec.structs.replace(
            found[name], p=p.get(name), verdict=verdict.get(name, "supported")
        )
        for name in (*p, "first-dense-holds-most")  # of which no test was made
    }
    rows = [[cell.en for cell in row] for row in family(some).rows]
    assert [row[0] for row in rows] == [some[name].statement.en for name in p]
    shown = [float(each) for row in rows for each in row[2:4]]
    assert shown == pytest.approx([0.01, 0.03, 0.04, 0.08, 0.5, 0.5])
    assert [row[4] for row in rows] == ["yes", "no", "—"]
