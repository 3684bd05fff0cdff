"""What the original and this report claim of results, each decided anew for every study.

A row of CLAIMS says where a claim comes from, which test decides it and which figure shows it; its words stand in
`original_claim_texts` and `our_claim_texts`. No sentence about a result stands on the site but as the wording of a
verdict or as a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from report_builder.evidence.recording import Origin, recorded
from report_builder.evidence.study import Evidence
from report_builder.results import original_claims as original
from report_builder.results import our_claims as ours
from report_builder.results.findings import ClaimText, Finding, NoRuns, no_runs
from report_builder.results.original_claim_texts import ORIGINAL_CLAIM_TEXTS
from report_builder.results.our_claim_texts import OUR_CLAIM_TEXTS
from report_builder.results.report import DecidedClaim
from report_builder.text import SPACE, Text

CLAIM_TEXTS: dict[str, ClaimText] = ORIGINAL_CLAIM_TEXTS | OUR_CLAIM_TEXTS


class Claim(NamedTuple):
    place: str  # row of the original's contents, or "ours"
    test: Callable[[Evidence], Finding]
    figure: str  # that shows it


CLAIMS: dict[str, Claim] = {
    "pooling-speeds-training": Claim("C3", original.pooling_is_faster, "variants-compared"),
    "no-pooling-learns-slowly": Claim("R2", original.without_pooling_is_later, "escape"),
    "no-pooling-costs-time": Claim("R2", original.without_pooling_costs_time, "cost-and-success"),
    "three-conv-fail-in-10": Claim("R1", original.three_fail_in_ten, "accuracy.three-conv"),
    "three-conv-need-20": Claim("R1", original.three_need_twenty, "escape"),
    "11-channels-are-fine": Claim("R3", original.eleven_are_fine, "solved"),
    "15-channels-are-worse": Claim("R3", original.fifteen_are_worse, "solved"),
    "loss-gone-by-epoch-7": Claim("T1", original.loss_gone_by_seven, "loss.three-conv"),
    "accuracy-near-99.7": Claim("R3", original.accuracy_near_the_printed, "accuracy.channels-11"),
    "deeper-is-more-abstract": Claim("C5", original.deeper_separates_better, "probes"),
    "conv3-leaves-12x12": Claim("R1", original.conv3_leaves_twelve, "network.three-conv"),
    "dense-input-5x5x5": Claim("R4", original.dense_input_is_125, "network.features"),
    "0.069-means-chance": Claim("X3", original.printed_chance_means_guessing, "loss.baseline"),
    "odd-logs-are-of-the-split": Claim(
        "R1", original.failed_log_is_of_the_split, "published-readings"
    ),
    "pooling-narrows-the-gap": Claim("C3", original.pooling_narrows_the_gap, "variants-compared"),
    "pooling-tolerates-shifts": Claim("C3", original.pooling_tolerates_shifts, "shifts"),
    "seed-decides": Claim("ours", ours.seed_decides, "solved"),
    "escape-is-sudden": Claim("ours", ours.escape_is_sudden, "accuracy-by-epoch"),
    "few-end-between": Claim("ours", ours.few_end_between, "variants-compared"),
    "first-dense-holds-most": Claim("ours", ours.first_dense_holds_most, "network.baseline"),
    "pooling-saves-parameters": Claim("C3", original.pooling_saves_parameters, "variants-compared"),
    "split-replays-stay": Claim(
        "ours", ours.wrong_folder_stays_at_the_shares, "loss.three-conv-wrong-folder"
    ),
    "right-labels-print-two-rows": Claim(
        "ours", ours.right_labels_cannot_print_three, "published-logs"
    ),
    "failed-log-fits-folders": Claim("ours", ours.failed_log_fits_folders, "published-readings"),
    "no-pooling-plateau-fits-folders": Claim(
        "ours", ours.plateau_fits_folders, "published-readings"
    ),
    "no-pooling-fall-fits-folders": Claim("ours", ours.fall_fits_folders, "published-readings"),
    "folders-can-fall": Claim("ours", ours.folders_can_fall, "loss.no-pooling-wrong-folder"),
    "trained-pooling-solves-less": Claim("ours", ours.trained_pooling_solves_less, "solved"),
    "1x1-saves-work": Claim("C7", original.one_by_one_saves_work, "variants-compared"),
    "1x1-solves-less": Claim("ours", ours.one_by_one_solves_less, "solved"),
}


def claims(evidence: Evidence) -> Iterator[tuple[str, DecidedClaim, Origin]]:
    """Every claim with what the records say of it, and where that comes from."""
    for name, claim in CLAIMS.items():
        finding, origin = recorded(_find, claim, evidence)
        test = f"{claim.test.__module__}:{claim.test.__name__}"
        yield name, _in_words(name, claim, finding), origin._replace(code=test)


def _find(claim: Claim, evidence: Evidence) -> Finding:
    try:
        return claim.test(evidence)
    except NoRuns as missing:
        return no_runs(missing.variants)


def _in_words(name: str, claim: Claim, finding: Finding) -> DecidedClaim:
    text = CLAIM_TEXTS[name]
    return DecidedClaim(
        place=claim.place,
        statement=text.statement,
        verdict=finding.verdict,
        wording=getattr(text, finding.verdict),
        numbers=Text(*(part.replace(" %", f"{SPACE}%") for part in finding.numbers)),
        n=finding.n,
        needed=finding.needed,
        figure=claim.figure,
    )
