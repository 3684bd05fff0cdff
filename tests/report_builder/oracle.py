"""Inside a copy of the project: finds what is stale, builds, and finds what was made and whether
anything stale is left.

`python oracle.py PROJECT` does so once, and again for each line `LIBRARY=VERSION`, which may be
empty, with what the project is by then; it answers in lines of JSON. Later answers come from
processes forked from the first: each imports the project anew, but has the libraries, and the
syntax of modules that did not change. Records are made up, and nothing is published.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module, invalidate_caches, metadata
from pathlib import Path

from pytest import MonkeyPatch

LIBRARIES = (
    "jinja2",
    "jupytext",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "mkdocs.commands.build",
    "numpy",
    "PIL.Image",
    "safetensors.numpy",
    "scipy.stats",
    "torch",
)
SYNTAX = "xo.store.source_digest"  # holds what it read by its text


def serve(project: str) -> None:
    for library in LIBRARIES:
        import_module(library)
    sys.path.insert(0, project)
    os.chdir(project)
    look()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.chdir(project)  # anew: the folder may be another of that name
            forget_project()
            look(line.strip())
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            print("null", flush=True)  # what failed stands in the error stream
    os._exit(0)  # to free all that is loaded would take seconds


def forget_project() -> None:
    for name in list(sys.modules):
        if name.partition(".")[0] in ("xo", "report_builder", "tests") and name != SYNTAX:
            del sys.modules[name]
    invalidate_caches()


def look(library: str = "") -> None:
    name, _, pretended = library.partition("=")
    real = metadata.version
    metadata.version = lambda each: (
        pretended if each == name else real(each)
    )  # before anybody imports it

    from report_builder.build import build
    from report_builder.paths import Paths
    from report_builder.status import status
    from tests.report_builder.small_builds import Training, build_here
    from xo.demonstrations.table import DEMONSTRATIONS
    from xo.store.source_digest import ROOT

    assert ROOT == Path.cwd()
    build_here(MonkeyPatch())
    training = Training(ROOT / "runs")
    names: list[str] = []

    def paths(folder: str) -> Paths:
        return Paths(ROOT / "images", ROOT / "runs", ROOT / folder, ROOT / "site")

    def reasons(folder: str) -> dict[str, str]:
        return {each.name: each.why_stale for each in status("smoke", paths(folder))}

    before = reasons("build")
    build("smoke", paths("build"), training, 1, lambda made, n: names.extend(made))
    made = [f"run {run}" for run in training.runs] + [
        f"{'demonstration' if name in DEMONSTRATIONS else 'figure'} {name}" for name in names
    ]
    after = reasons("build")
    build("smoke", paths("scratch"), training, 1, lambda names, n: list(names))
    print(
        json.dumps(
            {
                "before": before,
                "made": sorted(made),
                "after": after,
                "differs": differences(ROOT / "build", ROOT / "scratch"),
            }
        ),
        flush=True,
    )


def differences(one: Path, other: Path) -> list[str]:
    """What the two builds would publish that is not the same, byte by byte, and results and
    artifacts with other inputs.
    """
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
    parts = ("details", "values", "tables", "claims")
    artifacts = [
        report["provenance"] | {name: report[name] for name in parts} for report in reports
    ]
    return [
        name
        for a, b in (files, artifacts)
        for name in sorted(a.keys() | b.keys())
        if a.get(name) != b.get(name)
    ]


if __name__ == "__main__":
    serve(sys.argv[1])
