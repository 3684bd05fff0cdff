"""Computes all results of the evidence: values, tables, claims, widgets' data, and what each was
computed from.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib.metadata import version
from typing import Any, NamedTuple

import msgspec

from report_builder.evidence.inputs import evidence_inputs
from report_builder.evidence.recording import Origin, Requests
from report_builder.evidence.study import Evidence
from report_builder.results.claims import CLAIM_TEXTS, CLAIMS, claims, family
from report_builder.results.report import DecidedClaim, Table, Value
from report_builder.results.tables import tables
from report_builder.results.values import value_groups
from report_builder.results.widgets import widgets
from xo.store.inputs import Inputs, digest
from xo.store.source_digest import Source

LIBRARIES = ("numpy", "scipy")  # whose version decides a result


VERDICTS = "table verdicts"  # quotes every claim


class Results(NamedTuple):
    """All results, and where each comes from."""

    values: dict[str, Value]
    tables: dict[str, Table]
    claims: dict[str, DecidedClaim]
    widgets: dict[str, dict[str, Any]]
    origins: dict[str, Origin]  # "value baseline.n", "table accuracy", "claim ...", "widget fcn"


def compute(evidence: Evidence) -> Results:
    """Every result that the evidence yields."""
    found = Results({}, {}, {}, {}, {})
    for group, origin in value_groups(evidence):
        found.values.update(group)
        found.origins.update(dict.fromkeys((f"value {name}" for name in group), origin))
    for name, table, origin in tables(evidence, found.values):
        found.tables[name] = table
        found.origins[f"table {name}"] = origin
    for name, claim, origin in claims(evidence):
        found.claims[name] = claim
        found.origins[f"claim {name}"] = origin
    found.tables["verdicts"] = family(found.claims)
    found.origins[VERDICTS] = Origin(f"{family.__module__}:{family.__name__}", Requests())
    for name, content, origin in widgets(evidence):
        found.widgets[name] = content
        found.origins[f"widget {name}"] = origin
    return found


def result_inputs(
    results: Results, evidence: Evidence, source: Source, pending: Collection[str] = ()
) -> dict[str, Inputs]:
    """`value baseline.n` -> what decides it; a table also depends on what decides the values or
    the claims that it quotes.
    """
    versions = {name: version(name) for name in LIBRARIES}
    reach = cache(source.reach)
    known: dict[bytes, Inputs] = {}  # by requests
    found = {}
    for name, origin in results.origins.items():
        quoted = [results.origins[f"value {value}"] for value in origin.requests.values]
        if name == VERDICTS:
            quoted += [results.origins[f"claim {claim}"] for claim in results.claims]
        requests = origin.requests
        for each in quoted:
            requests |= each.requests
        code = reach(*sorted({origin.code, *(each.code for each in quoted)}))
        asked = msgspec.json.encode(requests, order="deterministic")
        if asked not in known:
            known[asked] = evidence_inputs(requests, evidence, pending)
        found[name] = {"code": code, "versions": versions, **known[asked]}
    rows = {
        name: digest([claim.place, claim.figure, msgspec.to_builtins(CLAIM_TEXTS[name])])
        for name, claim in CLAIMS.items()
    }
    for name in results.claims:
        found[f"claim {name}"]["row"] = rows[name]
    found[VERDICTS]["row"] = digest(rows)
    return found
