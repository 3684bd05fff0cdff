"""Figures and notebooks as things a build makes: what decides each, where it is kept, what made it stale, how it is made.

Each lies under the digest of its inputs, so it is either exactly right or not there.
"""

from __future__ import annotations

import csv
import json
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from report_builder import escape
from report_builder.evidence.original_logs import FILE as PUBLISHED
from report_builder.evidence.study import Evidence
from report_builder.figures import table as figures
from report_builder.figures.save import save
from report_builder.figures.toolkit.style import ASSETS
from report_builder.pages import code_outputs as snippets
from report_builder.pages import notebooks
from report_builder.pages.code_outputs import Snippet
from report_builder.results.provenance import PENDING, changed, digest, file_digest
from report_builder.text import LANGUAGES
from xo.store.source_digest import Source

SCHEMES = ("light", "dark")
LAYOUT = 2  # of a figure's meta.json; raise it when readers must change
DRAWING = (
    "matplotlib",
    "numpy",
    "pillow",
    "scipy",
)  # libraries whose version decides how a figure looks
READS_RECORDS = (
    "report_builder.pages.notebook_helpers:recorded"  # a notebook that reaches it shows records
)
KEPT = 4  # old forms that stay, for going back and forth between studies and data sets


class Drawn(NamedTuple):
    """A figure in both languages and schemes, with its words and data."""

    name: str
    folder: Path  # {zh,en}-{light,dark}.{svg,png}, data.csv, meta.json
    inputs: dict

    @property
    def is_made(self) -> bool:
        return (self.folder / "meta.json").is_file()

    @property
    def meta(self) -> dict:
        return json.loads((self.folder / "meta.json").read_text(encoding="utf-8"))

    @property
    def why_stale(self) -> str:
        """Which inputs changed since the nearest form that was drawn; empty when it is up to date."""
        return "" if self.is_made else _nearest(self.folder, self.inputs) or "never drawn"

    def make(self, evidence: Evidence) -> None:
        """Draws it aside and renames it whole."""
        row, _ = figures.find(self.name, evidence)
        meta = {"kind": row.kind, "inputs": self.inputs}
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder.parent))
        try:
            for language in LANGUAGES:
                for scheme in SCHEMES:
                    drawing = figures.draw(self.name, evidence, figures.Style(language, scheme))
                    width, height = save(
                        drawing, aside / f"{language}-{scheme}.{row.kind}", row.kind
                    )
                    meta[language] = {
                        "title": drawing.title,
                        "alt": drawing.alt,
                        "caption": drawing.caption,
                        "width": width,
                        "height": height,
                    }
            with open(aside / "data.csv", "w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, list(drawing.rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows(
                    {name: escape.csv_cell(value) for name, value in row.items()}
                    for row in drawing.rows
                )
            (aside / "meta.json").write_text(
                json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8"
            )
            if self.folder.exists() and not self.is_made:
                shutil.rmtree(self.folder)
            os.rename(aside, self.folder)
        except OSError:
            if not self.is_made:  # else another builder drew the same
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def drawings(
    evidence: Evidence, names: list[str], build: Path, pending: frozenset[str] = frozenset()
) -> list[Drawn]:
    """The named figures with their inputs: code, records, data, style, fonts, libraries."""
    source = Source()
    assets = {path.name: file_digest(path) for path in ASSETS}
    versions = {name: version(name) for name in DRAWING}
    found = []
    for name in names:
        row, variant = figures.find(name, evidence)
        code = source.reach(
            *figures.code_of(row),
            "report_builder.figures.save:save",
            "report_builder.escape:csv_cell",
            f"{__name__}:LAYOUT",
        )
        inputs = {
            "code": code,
            **rests_on(evidence, row.demonstration, variant, pending),
            "data": evidence.data.digest,
            "style": assets,
            "text": files_read(code),
            "versions": versions,
        }
        found.append(Drawn(name, build / "figures" / name / digest(inputs), inputs))
    return found


class Executed(NamedTuple):
    """A notebook's text run on a data set, beside the records of a study."""

    name: str  # of the text, below docs/
    source: Path
    environment: dict[str, str]  # XO_DATA, XO_STORE, XO_STUDY
    folder: Path  # executed.ipynb, meta.json
    inputs: dict

    @property
    def path(self) -> Path:
        return self.folder / "executed.ipynb"

    @property
    def is_made(self) -> bool:
        return (self.folder / "meta.json").is_file()

    @property
    def why_stale(self) -> str:
        return "" if self.is_made else _nearest(self.folder, self.inputs) or "never executed"

    def make(self, evidence: Evidence) -> None:
        notebooks.execute(self.source, self.path, self.environment)
        (self.folder / "meta.json").write_text(
            json.dumps({"inputs": self.inputs}, indent=1), encoding="utf-8"
        )


def executions(
    docs: Path, evidence: Evidence, store: Path, build: Path, pending: frozenset[str] = frozenset()
) -> list[Executed]:
    """The notebooks with their inputs: code cells (prose needs no run), data, the code of ours that they import, Python and
    libraries, records where they read them."""
    reader = Source()
    versions = {"python": platform.python_version()} | {
        name: version(name) for name in notebooks.RUNNING
    }
    environment = _environment(evidence, store)
    found = []
    for language in LANGUAGES:
        for source in sorted((docs / language).rglob("*.py")):
            name = source.relative_to(docs).as_posix()
            inputs = {
                "text": {f"docs/{name}": digest(notebooks.code_cells(source))},
                "code": reader.reach_of_script(source),
                "data": evidence.data.digest,
                "versions": versions,
            }
            if READS_RECORDS in inputs["code"]:
                inputs["records"] = records_of(evidence, None, pending)
            folder = (
                build / "notebooks" / name.removesuffix(".py").replace("/", "-") / digest(inputs)
            )
            found.append(Executed(name, source, environment, folder, inputs))
    return found


class Ran(NamedTuple):
    """A snippet of a page that was run."""

    name: str
    snippet: Snippet
    docs: Path
    environment: dict[str, str]  # XO_DATA, XO_STORE, XO_STUDY
    folder: Path  # output.txt, meta.json
    inputs: dict

    @property
    def output(self) -> str:
        return (self.folder / "output.txt").read_text(encoding="utf-8")

    @property
    def is_made(self) -> bool:
        return (self.folder / "meta.json").is_file()

    @property
    def why_stale(self) -> str:
        return "" if self.is_made else _nearest(self.folder, self.inputs) or "never run"

    def make(self, evidence: Evidence) -> None:
        printed = snippets.execute(self.snippet, self.docs, self.environment)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "output.txt").write_text(printed, encoding="utf-8")
        (self.folder / "meta.json").write_text(
            json.dumps({"inputs": self.inputs}, indent=1), encoding="utf-8"
        )


def ran(
    asked: list[Snippet],
    docs: Path,
    evidence: Evidence,
    store: Path,
    build: Path,
    pending: frozenset[str] = frozenset(),
) -> list[Ran]:
    """The snippets with their inputs: code, data and records as far as they are read, libraries."""
    reader, environment = Source(), _environment(evidence, store)
    versions = {"python": platform.python_version()} | {
        name: version(name) for name in snippets.RUNNING
    }
    found = []
    for each in asked:
        inputs = {"code": reader.reach_of_text(each.code), "versions": versions}
        inputs |= {"data": evidence.data.digest} if "XO_DATA" in each.code else {}
        inputs |= (
            {"records": records_of(evidence, None, pending)} if "XO_STORE" in each.code else {}
        )
        found.append(
            Ran(
                each.name,
                each,
                docs,
                environment,
                build / "snippets" / each.name / digest(inputs),
                inputs,
            )
        )
    return found


def _environment(evidence: Evidence, store: Path) -> dict[str, str]:
    """Where notebooks and snippets find the data set and the records of the study."""
    return {
        "XO_DATA": str(evidence.data.root.resolve()),
        "XO_STORE": str(store.resolve()),
        "XO_STUDY": evidence.study,
    }


def _nearest(folder: Path, inputs: dict) -> str:
    """What differs from the nearest of the forms that lie beside `folder`; empty where there is none."""
    found = [
        changed(json.loads(file.read_text(encoding="utf-8"))["inputs"], inputs)
        for file in folder.parent.glob("*/meta.json")
    ]
    return f"changed: {', '.join(min(found, key=len))}" if found else ""


def prune(wanted: list[Drawn | Executed | Ran], build: Path) -> None:
    """Removes old forms, but the last few."""
    in_use = {made.folder for made in wanted}
    for folder in [
        *(build / "figures").glob("*"),
        *(build / "notebooks").glob("*"),
        *(build / "snippets").glob("*"),
    ]:
        old = sorted(
            (path for path in folder.glob("*") if path not in in_use),
            key=lambda path: -path.stat().st_mtime,
        )
        for path in old[KEPT:]:
            shutil.rmtree(path, ignore_errors=True)


def rests_on(
    evidence: Evidence,
    demonstration: str,
    variants: str | tuple[str, ...] | None,
    pending: frozenset[str],
) -> dict[str, dict[str, str]]:
    """The inputs `records` and `demonstrations`: what shows a demonstration rests on it, and through it on its runs alone."""
    if not demonstration:
        return {"records": records_of(evidence, variants, pending)}
    there = evidence.demonstrations[demonstration]
    return {"records": there.runs, "demonstrations": {demonstration: there.digest}}


def records_of(
    evidence: Evidence, variants: str | tuple[str, ...] | None, pending: frozenset[str]
) -> dict[str, str]:
    """`baseline/0` -> digest of the record, of one variant, of some, or of all; `pending` runs a build would train first."""
    wanted = (
        evidence.records.keys() | {run.partition("/")[0] for run in pending}
        if variants is None
        else ({variants} if isinstance(variants, str) else set(variants))
    )
    stored = {
        f"{run.variant}/{run.seed}": run.digest
        for name, runs in evidence.records.items()
        for run in runs
        if name in wanted
    }
    return stored | {run: PENDING for run in pending if run.partition("/")[0] in wanted}


def files_read(code: dict[str, str]) -> dict[str, str]:
    """The digests of the files that such code reads beside records and images."""
    return (
        {"data/published.toml": file_digest(PUBLISHED)}
        if any(name.startswith("report_builder.evidence.original_logs:") for name in code)
        else {}
    )
