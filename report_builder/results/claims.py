"""What the original and this report claim of results, each decided anew for every study.

No sentence about a result stands on the site but as the wording of a verdict or as a value.
"""

from __future__ import annotations

from collections.abc import Iterator

from report_builder.evidence.recording import Origin, recorded
from report_builder.evidence.study import Evidence
from report_builder.results.findings import Claim, ClaimText, Finding, NoRuns, no_runs
from report_builder.results.original_claim_texts import ORIGINAL_CLAIM_TEXTS
from report_builder.results.original_claims import ORIGINAL_CLAIMS
from report_builder.results.our_claim_texts import OUR_CLAIM_TEXTS
from report_builder.results.our_claims import OUR_CLAIMS
from report_builder.results.report import DecidedClaim
from report_builder.text import SPACE, Text

CLAIMS: dict[str, Claim] = ORIGINAL_CLAIMS | OUR_CLAIMS
CLAIM_TEXTS: dict[str, ClaimText] = ORIGINAL_CLAIM_TEXTS | OUR_CLAIM_TEXTS


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
