"""All that is told of the evidence, as plain data: values, tables, claims, steppers, and what each rests on.

Telling it takes seconds, more with many runs, so it is kept under the digest of its inputs and told anew when one changed.
"""

from __future__ import annotations

import json
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from report_builder.evidence.study import Evidence
from report_builder.results.steppers import steppers
from report_builder.results.artefacts import files_read, records_of
from report_builder.results.claims import claims
from report_builder.results.inputs import COUNTING, of_results
from report_builder.results.provenance import digest
from report_builder.results.tables import Table, tables
from report_builder.results.values import Part, parts
from xo.store.files import write_atomically
from xo.store.source_digest import Source

KEPT = 3  # old forms


def results(evidence: Evidence, build: Path, code: dict[str, str]) -> dict[str, dict]:
    """`values`, `tables`, `claims`, `steppers`, and `inputs`: "value baseline.n" -> what it rests on.

    `code` is what `told` reached when this process began; where it has changed since, nothing is kept.
    """
    path = build / "results" / f"{digest(_inputs(evidence, code))}.json"
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # not told yet, or not whole
        pass
    found = json.loads(json.dumps(told(evidence)))
    if Source().reach(f"{__name__}:told") != code:
        return found
    write_atomically(path, json.dumps(found, ensure_ascii=False))
    with suppress(FileNotFoundError):  # another build tidies up as well
        for old in sorted(path.parent.iterdir(), key=lambda file: -file.stat().st_mtime)[
            1 + KEPT :
        ]:
            old.unlink()
    return found


def counted(evidence: Evidence) -> tuple[list[Part], dict[str, Table]]:
    """The values, part by part, and the tables that show them."""
    made = parts(evidence)
    return made, tables(
        evidence, {name: value for part in made for name, value in part.values.items()}
    )


def told(evidence: Evidence) -> dict[str, dict]:
    made, shown = counted(evidence)
    return {
        "values": {name: value._asdict() for part in made for name, value in part.values.items()},
        "tables": {name: table._asdict() for name, table in shown.items()},
        "claims": claims(evidence),
        "steppers": steppers(evidence),
        "inputs": of_results(evidence, Source(), made, shown),
    }


def _inputs(evidence: Evidence, code: dict[str, str]) -> dict:
    return {
        "code": code,
        "records": records_of(evidence, None, frozenset()),
        "demonstrations": {name: shown.digest for name, shown in evidence.demonstrations.items()},
        "study": [evidence.study, evidence.data.name, evidence.data.digest],
        "versions": {name: version(name) for name in COUNTING},
        "text": files_read(code),
    }
