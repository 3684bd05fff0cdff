"""What the original and this report claim of results, each decided anew for every study.

No sentence about a result stands on the site but as the wording of a verdict or as a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from report_builder.evidence.estimates import holm
from report_builder.evidence.recording import Origin, note_requests, recorded
from report_builder.evidence.study import Evidence
from report_builder.results.findings import (
    FEWEST,
    SIGNIFICANT,
    Claim,
    ClaimText,
    Finding,
    NoRuns,
    no_runs,
)
from report_builder.results.fixed_claims import fixed_claims, rule_digest
from report_builder.results.forms import Column, table
from report_builder.results.original_claim_texts import ORIGINAL_CLAIM_TEXTS
from report_builder.results.original_claims import ORIGINAL_CLAIMS
from report_builder.results.report import VERDICT_NAMES, DecidedClaim, Reading, Table
from report_builder.results.suspect_log_claim_texts import SUSPECT_LOG_CLAIM_TEXTS
from report_builder.results.suspect_log_claims import SUSPECT_LOG_CLAIMS
from report_builder.results.training_claim_texts import TRAINING_CLAIM_TEXTS
from report_builder.results.training_claims import TRAINING_CLAIMS
from report_builder.results.variant_claim_texts import VARIANT_CLAIM_TEXTS
from report_builder.results.variant_claims import VARIANT_CLAIMS
from report_builder.results.withheld import is_withheld
from report_builder.text import SPACE, Text, number, plural, same
from xo.data.card import SOLVED, goal

CLAIMS: dict[str, Claim] = ORIGINAL_CLAIMS | TRAINING_CLAIMS | VARIANT_CLAIMS | SUSPECT_LOG_CLAIMS
CLAIM_TEXTS: dict[str, ClaimText] = (
    ORIGINAL_CLAIM_TEXTS | TRAINING_CLAIM_TEXTS | VARIANT_CLAIM_TEXTS | SUSPECT_LOG_CLAIM_TEXTS
)


def claims(evidence: Evidence) -> Iterator[tuple[str, DecidedClaim, Origin]]:
    """Every claim with what the records say of it, and where that comes from, but for those that
    are withheld on this data set.

    Where the confirming seeds are there and the rule of a claim was fixed before they were trained,
    their verdict counts, and what the other seeds and all of them say stands beside it.
    """
    for name, claim in CLAIMS.items():
        if is_withheld("claim", name, evidence):
            continue
        decided, origin = recorded(_decide, name, evidence)
        test = f"{claim.test.__module__}:{claim.test.__name__}"
        yield name, decided, origin._replace(code=test)


def _decide(name: str, evidence: Evidence) -> DecidedClaim:
    everything, origin = recorded(find, name, evidence)
    note_requests(origin.requests)
    if not (evidence.is_confirmed(origin.requests.runs) and _rule_is_fixed(name, evidence)):
        return _in_words(name, everything)
    others = find(name, evidence.of_seeds(confirming=False))
    fresh = find(name, evidence.of_seeds(confirming=True))
    if fresh == others == everything:  # it follows from arithmetic, whatever the seeds
        return _in_words(name, everything)
    beside = (
        Reading(Text("先前的种子", "earlier seeds"), others.verdict, _spaced(others.numbers)),
        Reading(Text("全部种子", "all seeds"), everything.verdict, _spaced(everything.numbers)),
    )
    return _in_words(name, fresh, beside)


def _rule_is_fixed(name: str, evidence: Evidence) -> bool:
    """Whether the rule, and what it calls solved, are what they were when rules were fixed."""
    if goal(evidence.data) != SOLVED:
        return False
    fixed = fixed_claims()
    row = fixed.claims.get(name) if fixed else None
    return row is not None and row.rule == rule_digest(CLAIMS[name])


def find(name: str, evidence: Evidence) -> Finding:
    """What the records say of a claim."""
    try:
        return CLAIMS[name].test(evidence)
    except NoRuns as missing:
        return no_runs(missing.variants)


def _in_words(name: str, finding: Finding, beside: tuple[Reading, ...] = ()) -> DecidedClaim:
    claim, text = CLAIMS[name], CLAIM_TEXTS[name]
    return DecidedClaim(
        place=claim.place,
        statement=text.statement,
        verdict=finding.verdict,
        wording=getattr(text, finding.verdict.replace(" ", "_")),
        numbers=_spaced(_shown_numbers(finding)),
        n=finding.n,
        needed=finding.needed,
        figure=claim.figure,
        p=finding.p,
        confirmed=bool(beside),
        beside=beside,
    )


def has_too_few_runs(claim: Finding | DecidedClaim) -> bool:
    """Whether no more can be told than how few runs it is judged by, which may be a part of those
    there are: an interval of 0 to 98 % says no more.
    """
    return claim.verdict == "undecided" and 0 < claim.n < FEWEST


def _shown_numbers(finding: Finding) -> Text:
    if not has_too_few_runs(finding):
        return finding.numbers
    return Text(
        f"能据以判断的训练目前只有 {finding.n} 次，每一组至少要 {FEWEST} 次",
        f"{plural(finding.n, 'run')} to judge it by so far, and each group takes {FEWEST} at least",
    )


def _spaced(numbers: Text) -> Text:
    return Text(*(part.replace(" %", f"{SPACE}%") for part in numbers))


def family(decided: Mapping[str, DecidedClaim]) -> Table:
    """All verdicts that come from a test, as one family: p values, adjusted for being many."""
    tested = {name: claim for name, claim in decided.items() if claim.p is not None}
    adjusted = holm({name: claim.p for name, claim in tested.items() if claim.p is not None})
    columns = [
        Column(Text("论断", "Claim")),
        Column(Text("判定", "Verdict")),
        Column(Text("p", "p"), True),
        Column(Text("校正后的 p（Holm）", "p, adjusted (Holm)"), True),
        Column(Text("校正后仍成立", "Stands after it")),
    ]

    def stands(name: str) -> Text:
        if tested[name].verdict not in ("supported", "refuted"):
            return same("—")
        return Text("是", "yes") if adjusted[name] <= SIGNIFICANT else Text("否", "no")

    return table(
        columns,
        (
            [
                claim.statement,
                VERDICT_NAMES[claim.verdict],
                _p(claim.p or 0.0),
                _p(adjusted[name]),
                stands(name),
            ]
            for name, claim in sorted(tested.items(), key=lambda item: adjusted[item[0]])
        ),
    )


def _p(value: float) -> str:
    return "<0.0001" if value < 1e-4 else number(value, 2)
