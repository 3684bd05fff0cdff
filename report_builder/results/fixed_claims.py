"""Which rule decided each claim when rules were fixed, before the confirming seeds were trained.

`data/fixed-claims.toml` holds the date and, by claim, the digest of its rule. A claim whose rule
has changed since then is exploratory until it is fixed anew, for seeds that nobody has seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

import msgspec

from report_builder.evidence.data_files import read_data
from report_builder.results.findings import Claim, ClaimText
from xo.store.files import write_atomically
from xo.store.inputs import digest
from xo.store.source_digest import ROOT, Source

FIXED = "data/fixed-claims.toml"
# Where verdicts are computed; what finds the records, words results or notes requests decides none.
DECIDING = (
    "report_builder.evidence.estimates:",
    "report_builder.evidence.fates:",
    "report_builder.evidence.log_explanations:",
    "report_builder.evidence.original_logs:",
    "report_builder.results.findings:",
    "report_builder.results.original_claims:",
    "report_builder.results.suspect_log_claims:",
    "report_builder.results.training_claims:",
    "report_builder.results.variant_claims:",
    "xo.data.card:SOLVED",
    "xo.data.card:goal",
)


class FixedClaim(msgspec.Struct, frozen=True):
    """A claim as it was fixed."""

    statement: str  # in English, as it was worded then
    rule: str  # digest


class FixedClaims(msgspec.Struct, frozen=True):
    """All claims as they were fixed."""

    date: date
    claims: dict[str, FixedClaim]


def rule_digest(claim: Claim, source: Source | None = None) -> str:
    """The digest of all code that decides a claim; its wording, and the module in which a
    definition stands, do not count.
    """
    code = (source or _source()).reach(f"{claim.test.__module__}:{claim.test.__name__}")
    deciding = {
        (place.partition(":")[2], each)
        for place, each in code.items()
        if place.startswith(DECIDING)
    }
    return digest(sorted(deciding))


@cache
def _source() -> Source:
    return Source(words=frozenset({"Text"}))


def fixed_claims(root: Path = ROOT) -> FixedClaims | None:
    """The claims as they were fixed; None where that has not been done."""
    file = root / FIXED
    if not file.is_file():
        return None
    return read_data(file, FixedClaims, root)


def fix_claims(
    claims: Mapping[str, Claim], texts: Mapping[str, ClaimText], today: date, root: Path = ROOT
) -> Path:
    """Writes down the rules as they are today."""
    lines = [
        "# The rules that decide each claim, fixed before the confirming seeds of the study full",
        "# were trained. Written by: python -m report_builder fix-claims",
        "",
        f"date = {today.isoformat()}",
    ]
    for name, claim in claims.items():
        lines += [
            "",
            f'[claims."{name}"]',
            f"statement = {json.dumps(texts[name].statement.en)}",
            f'rule = "{rule_digest(claim)}"',
        ]
    write_atomically(root / FIXED, ("\n".join(lines) + "\n").encode())
    return root / FIXED
