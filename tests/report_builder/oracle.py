"""Inside a copy of the project: says what is stale, builds, and says what was made and whether anything stale is left.

`python -m tests.report_builder.oracle [LIBRARY=VERSION]` prints one line of JSON. Records are made up, and nothing is published.
"""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path


def main(library: str = "") -> None:
    name, _, pretended = library.partition("=")
    real = metadata.version
    metadata.version = lambda each: (
        pretended if each == name else real(each)
    )  # before anybody imports it

    from report_builder import build as build_module
    from report_builder import status as status_module
    from report_builder.build import Places, build
    from report_builder.status import status
    from xo.store.source_digest import ROOT
    from xo.store.store import Store

    from .conftest import write_record

    assert ROOT == Path.cwd()
    build_module._publish = lambda publisher, places: True
    build_module.load_mkdocs = int
    build_module.is_published = status_module.is_published = lambda site: True
    made: list[str] = []

    def places(folder: str) -> Places:
        return Places(ROOT / "images", ROOT / "runs", ROOT / folder, ROOT / "site")

    def train(missing):
        made.extend(f"run {run}" for run, _ in missing)
        store = Store(places("build").store)
        return [
            write_record(store, run.variant, run.data, run.seed, run.seed == 0, run.inputs)
            for run, _ in missing
        ]

    def standings(folder: str) -> dict[str, str]:
        return {standing.name: standing.why for standing in status("smoke", places(folder))}

    before = standings("build")
    build(
        "smoke",
        places("build"),
        train,
        1,
        lambda names, n: made.extend(f"figure {name}" for name in names),
    )
    left = {name: why for name, why in standings("build").items() if why}
    build("smoke", places("scratch"), train, 1, lambda names, n: list(names))
    print(
        json.dumps(
            {
                "before": before,
                "made": sorted(made),
                "left": left,
                "differs": differences(ROOT / "build", ROOT / "scratch"),
            }
        )
    )


def differences(one: Path, other: Path) -> list[str]:
    """What the two builds would publish that is not the same, byte by byte, and artefacts with other inputs."""
    files = [
        {
            path.relative_to(folder / "docs").as_posix(): path.read_bytes()
            for path in (folder / "docs").rglob("*")
            if path.is_file()
        }
        for folder in (one, other)
    ]
    reports = [
        json.loads((folder / "report.json").read_text(encoding="utf-8")) for folder in (one, other)
    ]
    artefacts = [
        report["artefacts"]
        | {name: report[name] for name in ("details", "values", "tables", "claims")}
        for report in reports
    ]
    return [
        name
        for a, b in (files, artefacts)
        for name in sorted(a.keys() | b.keys())
        if a.get(name) != b.get(name)
    ]


if __name__ == "__main__":
    main(*sys.argv[1:])
