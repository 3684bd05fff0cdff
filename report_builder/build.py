"""From images to site, making anew only what changed: runs, figures, notebooks, pages, site.

Every artefact is kept under the digest of all that decides it; the caller of a worker process writes, and renames whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import distributions, version
from pathlib import Path
from typing import NamedTuple

from report_builder import figures, notebooks, pages
from report_builder.evidence import Evidence
from report_builder.site import is_published, publish
from report_builder.wording import LANGUAGES
from xo.code import ROOT, Source
from xo.commands import EMBEDDED, open_data
from xo.data import DataSet
from xo.records import Record, Store, changes
from xo.study import Run, State, find_study, look_up, plan, study_data
from xo.variants import VARIANTS

KEPT = 4  # forms of a figure or notebook that stay cached, for going back and forth between studies and data sets
SCHEMES = ("light", "dark")
DRAWING = ("matplotlib", "numpy", "pillow")  # libraries whose version decides how a figure looks


@dataclass(frozen=True)
class Places:
    """Where a build reads and writes."""

    data: Path
    store: Path
    site: Path
    build: Path = Path("build")
    docs: Path = ROOT / "docs"

    @property
    def report(self) -> Path:
        return self.build / "report.json"


class Plan(NamedTuple):
    """The runs of a study and what the store holds of them."""

    study: str
    data: DataSet
    runs: list[Run]
    state: State


def planned(study: str, data: DataSet, store: Store, set_aside: bool = False) -> Plan:
    found = find_study(study)
    data = study_data(found, data)
    runs = plan(found, data, Source())
    return Plan(study, data, runs, look_up(runs, store, set_aside))


def gather(plan_: Plan, records: list[Record]) -> Evidence:
    """The evidence that the records bear; variants of which no run is there yet are left out."""
    by_variant: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: record.seed):
        by_variant.setdefault(record.variant, []).append(record)
    variants = tuple(variant for variant in VARIANTS.values() if variant.name in by_variant)
    return Evidence(plan_.study, plan_.data, variants, {variant.name: tuple(by_variant[variant.name]) for variant in variants})


class Artefact(NamedTuple):
    """Something a build makes: where it will lie, and all that decides its content."""

    name: str
    folder: Path
    inputs: dict


def figure_artefacts(evidence: Evidence, names: list[str], places: Places) -> list[Artefact]:
    """Each figure's folder, named by the digest of its code, records, data, style, fonts and libraries."""
    source = Source()
    assets = {path.name: _file_digest(path) for path in figures.ASSETS}
    versions = {name: version(name) for name in DRAWING}
    found = []
    for name in names:
        row, variant = figures.find(name, evidence)
        runs = evidence.runs(variant) if variant else [run for each in evidence.variants for run in evidence.runs(each.name)]
        inputs = {
            "code": source.reach(figures.code_of(row), "report_builder.figures:save"),
            "records": {f"{run.variant}/{run.seed}": run.meta["digest"] for run in runs},
            "data": evidence.data.digest,
            "style": assets,
            "versions": versions,
        }
        found.append(Artefact(name, places.build / "figures" / name / _digest(inputs), inputs))
    return found


def draw(artefact: Artefact, evidence: Evidence) -> None:
    """Draws a figure in both languages and schemes, with its data and its words, into the artefact's folder."""
    row, variant = figures.find(artefact.name, evidence)
    runs = evidence.runs(variant) if variant else [run for each in evidence.variants for run in evidence.runs(each.name)]
    meta = {"kind": row.kind, "inputs": artefact.inputs, "runs": [f"{run.variant}/{run.seed}-{run.key}" for run in runs]}
    artefact.folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=".new-", dir=artefact.folder.parent))
    try:
        for language in LANGUAGES:
            for scheme in SCHEMES:
                look = figures.Look(language, scheme)
                drawing = figures.draw(artefact.name, evidence, look)
                meta["width"], meta["height"] = figures.save(drawing, aside / f"{language}-{scheme}.{row.kind}", row.kind)
                meta[language] = {"title": drawing.title, "alt": drawing.alt, "caption": drawing.caption}
        _write_csv(aside / "data.csv", drawing.rows)
        (aside / "meta.json").write_text(json.dumps(meta, ensure_ascii=False, indent=1), encoding="utf-8")
        os.rename(aside, artefact.folder)
    except OSError:
        if not (artefact.folder / "meta.json").is_file():  # else another builder drew the same
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _write_csv(path: Path, rows: list[dict]) -> None:
    import csv

    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else ["empty"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


class Task(NamedTuple):
    what: str
    do: Callable[..., None]
    arguments: tuple


def make(tasks: list[Task], jobs: int) -> Iterator[str]:
    """Carries out `tasks` in processes and yields the name of each one done."""
    from joblib import Parallel, delayed

    if len(tasks) < 3 or jobs == 1:  # starting processes would cost more
        yield from map(_carry_out, tasks)
        return
    yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(delayed(_carry_out)(task) for task in tasks)


def _carry_out(task: Task) -> str:
    task.do(*task.arguments)
    return task.what


def notebook_artefacts(places: Places, data: DataSet) -> dict[str, Path]:
    """Where the executed form of each notebook's text lies, or will lie."""
    return {source.relative_to(places.docs).as_posix():
            places.build / "notebooks" / f"{language}-{source.stem}-{notebooks.digest(source, data.digest)}.ipynb"
            for language in LANGUAGES for source in sorted((places.docs / language).rglob("*.py"))}


def report_head(evidence: Evidence, planned_runs: int) -> dict:
    """What pages need to know before any result: study and data set."""
    data = evidence.data
    options = ("" if evidence.study == "default" else f"--study {evidence.study} ") + (
        "" if data.root == EMBEDDED else f"--data {data.root} ")
    return {
        "study": evidence.study,
        "data": {"name": data.name, "digest": data.digest, "embedded": data.root == EMBEDDED},
        "runs": {"made": sum(map(len, evidence.records.values())), "planned": planned_runs},
        "figure_command": f"python -m report_builder figure {options}",
        "drawable": figures.names(evidence),
    }


def report_of(evidence: Evidence, head: dict, drawn: list[Artefact], executed: dict[str, Path]) -> dict:
    """All that pages show, as plain data."""
    from report_builder.tables import tables
    from report_builder.values import values

    found = values(evidence)
    described = {}
    for artefact in drawn:
        meta = json.loads((artefact.folder / "meta.json").read_text(encoding="utf-8"))
        del meta["inputs"]
        described[artefact.name] = meta | {"folder": str(artefact.folder), "command": head["figure_command"] + artefact.name}
    return head | {
        "values": {name: value._asdict() for name, value in found.items()},
        "tables": {name: table._asdict() for name, table in tables(evidence, found).items()},
        "figures": described,
        "notebooks": {name: str(path) for name, path in executed.items() if path.is_file()},
    }


def write_report(report: dict, path: Path) -> None:
    text = json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_text(path, text)


class Summary(NamedTuple):
    """What a build did: made anew and in all."""

    trained: tuple[int, int]
    drawn: tuple[int, int]
    executed: tuple[int, int]
    rendered: int  # pages in all
    published: bool  # whether the site changed
    seconds: float

    def __str__(self) -> str:
        (trained, runs), (drawn, drawings), (executed, books) = self.trained, self.drawn, self.executed
        return (f"trained {trained} of {runs} runs, drew {drawn} of {drawings} figures, executed {executed} of {books} notebooks, "
                f"rendered {self.rendered} pages, {'published the site anew' if self.published else 'the site is unchanged'}, "
                f"in {self.seconds:.1f} s")


def build(study: str, places: Places, train: Callable[[list[Run]], list[Record]], jobs: int,
          follow: Callable[[Iterator[str], int], None]) -> Summary:
    """Makes whatever is missing or stale. `train` carries out runs; `follow` runs through the names of `n` artefacts as they
    are made. Nothing of the published site changes before all checks have passed."""
    started = time.perf_counter()
    store = Store(places.store)
    data = open_data(places.data, places.store)
    plan_ = planned(study, data, store, set_aside=True)
    fingerprint = _fingerprint(plan_, places)
    if not plan_.state.missing and (last := _last_build(places)) and last["fingerprint"] == fingerprint:
        counts = last["counts"]
        return Summary((0, len(plan_.runs)), (0, counts["figures"]), (0, counts["notebooks"]), counts["pages"], False,
                       time.perf_counter() - started)
    trained = train([run for run, _ in plan_.state.missing]) if plan_.state.missing else []
    evidence = gather(plan_, plan_.state.found + trained)

    head = report_head(evidence, len(plan_.runs))
    wanted = figure_artefacts(evidence, sorted(pages.figures_used(places.docs, head) & set(head["drawable"])), places)
    books = notebook_artefacts(places, plan_.data)
    tasks = [Task(name, notebooks.execute, (places.docs / name, plan_.data.root, path))
             for name, path in books.items() if not path.is_file()]
    executed = len(tasks)
    tasks += [Task(artefact.name, draw, (artefact, evidence)) for artefact in wanted
              if not (artefact.folder / "meta.json").is_file()]
    follow(make(tasks, jobs), len(tasks))
    _prune(places, {artefact.folder for artefact in wanted} | set(books.values()))

    report = report_of(evidence, head, wanted, books)
    write_report(report, places.report)
    rendered = pages.render(places.docs, report, places.build / "docs")
    published = publish(places.build / "docs", places.site, ROOT / "mkdocs.yml")
    counts = {"figures": len(wanted), "notebooks": len(books), "pages": len(rendered)}
    fingerprint = _fingerprint(planned(study, data, store), places)
    _write_text(places.build / "last.json", json.dumps({"fingerprint": fingerprint, "counts": counts}))
    return Summary((len(trained), len(plan_.runs)), (len(tasks) - executed, len(wanted)), (executed, len(books)),
                   len(rendered), published, time.perf_counter() - started)


def _fingerprint(plan_: Plan, places: Places) -> str:
    """A digest of everything a build reads; equal fingerprints mean that there is nothing to do."""
    sources = [ROOT / "mkdocs.yml", *(file for folder in (ROOT / "xo", ROOT / "report_builder", places.docs)
                                      for file in sorted(folder.rglob("*")) if "__pycache__" not in file.parts)]
    return _digest({
        "records": sorted(record.meta["digest"] for record in plan_.state.found),
        "study": plan_.study, "data": plan_.data.digest, "root": str(places.data), "site": str(places.site.resolve()),
        "files": {str(file): _file_digest(file) for file in sources if file.is_file()},
        "versions": sorted(f"{each.name} {each.version}" for each in distributions()),
    })


def _last_build(places: Places) -> dict | None:
    """What the last build noted, if its site still stands."""
    try:
        return json.loads((places.build / "last.json").read_text(encoding="utf-8")) if is_published(places.site) else None
    except (OSError, ValueError):
        return None


def _prune(places: Places, wanted: set[Path]) -> None:
    """Removes old forms of figures and notebooks, but the last few."""
    for folder in [*(places.build / "figures").glob("*"), places.build / "notebooks"]:
        old = sorted((path for path in folder.glob("*") if path not in wanted), key=lambda path: -path.stat().st_mtime)
        for path in old[KEPT * (2 if folder.name == "notebooks" else 1):]:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


class Standing(NamedTuple):
    """Whether an artefact is up to date, and if not, why."""

    name: str
    why: str  # empty when it is


def status(study: str, places: Places) -> Iterator[Standing]:
    """Every run, figure and notebook of a study with what made it stale."""
    plan_ = planned(study, open_data(places.data, places.store), Store(places.store))
    missing = {run.key: why for run, why in plan_.state.missing}
    for run in plan_.runs:
        yield Standing(f"run {run}", missing.get(run.key, ""))
    if not plan_.state.found:
        return
    evidence = gather(plan_, plan_.state.found)
    head = report_head(evidence, len(plan_.runs))
    for artefact in figure_artefacts(evidence, sorted(pages.figures_used(places.docs, head) & set(head["drawable"])), places):
        yield Standing(f"figure {artefact.name}", _why_stale(artefact))
    for name, path in notebook_artefacts(places, plan_.data).items():
        yield Standing(f"notebook {name}", "" if path.is_file() else "changed: text, data or libraries, or never executed")


def _why_stale(artefact: Artefact) -> str:
    if (artefact.folder / "meta.json").is_file():
        return ""
    found = []
    for file in artefact.folder.parent.glob("*/meta.json"):
        found.append(changes(json.loads(file.read_text(encoding="utf-8"))["inputs"], artefact.inputs))
    return "changed: " + ", ".join(min(found, key=len)) if found else "never drawn"


def _digest(inputs: dict) -> str:
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def _file_digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


def _write_text(path: Path, text: str) -> None:
    aside = path.with_suffix(".new")
    aside.write_text(text, encoding="utf-8")
    os.replace(aside, path)
