"""Inside a copy of the project: finds what is stale, builds, and finds what was made and whether
anything stale is left.

`python oracle.py` reads lines `PROJECT LIBRARY=VERSION`, where the second word is optional, and
answers each with a line of JSON. Each copy is imported in a process of its own, forked from this
one, which has the libraries loaded. Records are made up, and nothing is published.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module, metadata
from pathlib import Path

LIBRARIES = (
    "jinja2",
    "jupytext",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "mkdocs.commands.build",
    "numpy",
    "PIL.Image",
    "pytest",
    "safetensors.numpy",
    "scipy.stats",
    "torch",
)


def serve() -> None:
    for library in LIBRARIES:
        import_module(library)
    for line in sys.stdin:
        project, *library = line.split()
        child = os.fork()
        if child == 0:
            os.chdir(project)
            sys.path.insert(0, project)
            main(*library)
            sys.stdout.flush()
            os._exit(0)
        if os.waitpid(child, 0)[1]:
            print("null", flush=True)  # what failed stands in the error stream


def main(library: str = "") -> None:
    name, _, pretended = library.partition("=")
    real = metadata.version
    metadata.version = lambda each: (
        pretended if each == name else real(each)
    )  # before anybody imports it

    from report_builder import build as build_module
    from report_builder import last_build
    from report_builder import status as status_module
    from report_builder.build import build
    from report_builder.paths import Paths
    from report_builder.site.publish import Published
    from report_builder.status import status
    from tests.report_builder.small_builds import Training
    from xo.demonstrations.table import DEMONSTRATIONS
    from xo.store.source_digest import ROOT

    assert ROOT == Path.cwd()
    published = Published(True, "all of it")
    build_module._publish = lambda publisher, paths, edition: published
    build_module.load_mkdocs = int
    last_build.published_from = lambda site: published.made_from
    status_module.damage = lambda site: ""
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
    left = {name: why for name, why in reasons("build").items() if why}
    build("smoke", paths("scratch"), training, 1, lambda names, n: list(names))
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
    serve()
