"""The inputs that a computation took from the evidence, from what it asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from report_builder.evidence.recording import Requests
from report_builder.evidence.study import Evidence
from xo.store.inputs import Inputs, digest, file_digest
from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

PENDING = "to be made"  # in place of the digest of what a build would make first


def evidence_inputs(
    requests: Requests, evidence: Evidence, pending: Collection[str] = ()
) -> Inputs:
    """What the data set adds to the inputs, and their parts `records`, `demonstrations`, `variants`
    and `text`.

    What shows a demonstration also rests on the runs that this was computed from. `pending` names
    the runs, as `baseline/0`, that a build would train first.
    """
    records = run_digests(evidence, requests.runs, pending)
    found: Inputs = {**evidence.data.result_inputs, "records": records}
    demonstrations = {
        name: evidence.demonstrations[name]
        for name in sorted(requests.demonstrations & evidence.demonstrations.keys())
    }
    for record in demonstrations.values():
        records |= {run: PENDING if run in pending else known for run, known in record.runs.items()}
    if demonstrations:
        found["demonstrations"] = {name: each.digest for name, each in demonstrations.items()}
    if requests.every_variant or requests.variants:
        rows = {row.name: row for row in evidence.rows}
        rows |= {name: VARIANTS[name] for name in map(_variant, pending) if name not in rows}
        asked = rows if requests.every_variant else requests.variants
        found["variants"] = {name: digest(asdict(rows[name])) for name in sorted(asked)}
    if requests.files:
        found["text"] = {name: file_digest(ROOT / name) for name in sorted(requests.files)}
    return found


def run_digests(
    evidence: Evidence, variants: Collection[str] | None = None, pending: Collection[str] = ()
) -> dict[str, str]:
    """`baseline/0` -> digest of its record, for the runs of some variants or of all."""
    stored = {
        run.name: run.digest
        for variant, runs in evidence.records.items()
        if variants is None or variant in variants
        for run in runs
    }
    asked = [run for run in pending if variants is None or _variant(run) in variants]
    return stored | dict.fromkeys(asked, PENDING)


def _variant(run: str) -> str:
    return run.partition("/")[0]
