"""The order of a build, from images to site: what is missing is made, what is unchanged is left, the site is swapped last."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from report_builder import escape
from report_builder.evidence.original_logs import FILE as PUBLISHED
from report_builder.evidence.study import Evidence
from report_builder.figures import table as figures
from report_builder.figures.save import encode
from report_builder.figures.signature import is_signed, sign
from report_builder.pages import render as pages
from report_builder.results import demonstration_values as facts
from report_builder.results.artefacts import Drawn, Executed, Ran, drawings, executions, prune, ran
from report_builder.results.provenance import digest, file_digest
from report_builder.results.unavailable import NOT_COMPUTED, missing_weights_text, unavailable
from report_builder.site.publish import is_published, load_mkdocs, publish, refuse_additions
from xo.data.dataset import EMBEDDED, DataSet
from xo.data.load import open_data
from xo.demonstrations.execute import execute as compute_demonstrations
from xo.demonstrations.record import DemonstrationLookup, find_demonstrations, missing_weights
from xo.demonstrations.table import DEMONSTRATIONS
from xo.errors import CheckFailed, InputError
from xo.runs.record import RunRecord
from xo.runs.study import Lookup, Run, find_records, find_study, plan, study_data
from xo.store import processes
from xo.store.files import write_atomically
from xo.store.ownership import claim, keep_apart, refuse_foreign
from xo.store.source_digest import ROOT, Source
from xo.store.store import Store
from xo.variants import VARIANTS

if TYPE_CHECKING:
    from report_builder.results.values import Value

CONFIG = ROOT / "mkdocs.yml"
# What takes half a second or more to import and several worker processes need; torch takes up
# _dynamo to find the shapes of layers.
LIBRARIES = (
    "torch",
    "torch._dynamo",
    "scipy.stats",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "ipykernel.kernelapp",
)
RESULTS = "report_builder.results.results:told"


@dataclass(frozen=True)
class Places:
    """Where a build reads and writes."""

    data: Path
    store: Path
    build: Path
    site: Path
    docs: Path = ROOT / "docs"


class Plan(NamedTuple):
    """The runs of a study and what the store holds of them."""

    study: str
    data: DataSet
    runs: list[Run]
    state: Lookup
    store: Store


class Summary(NamedTuple):
    """What a build made anew, of how many."""

    trained: tuple[int, int]
    computed: tuple[int, int]
    drawn: tuple[int, int]
    executed: tuple[int, int]
    pages: int
    published: bool
    seconds: float

    def __str__(self) -> str:
        (trained, runs), (computed, shown) = self.trained, self.computed
        (drawn, all_figures), (executed, books) = self.drawn, self.executed
        return (
            f"trained {trained} of {runs} runs, computed {computed} of {shown} demonstrations, "
            f"drew {drawn} of {all_figures} figures, ran {executed} of {books} notebooks, "
            f"rendered {self.pages} pages, {'published the site' if self.published else 'the site is unchanged'}, "
            f"in {self.seconds:.1f} s"
        )


def build(
    study: str,
    places: Places,
    train: Callable[[list[tuple[Run, str]]], list[RunRecord]] | None,
    jobs: int,
    follow: Callable[[Iterator[str], int], None],
) -> Summary:
    """Makes whatever is missing or stale. `train` carries out runs, given with why they are missing, and returns their
    records; without it the site is made of the records there are, and says so. `follow` exhausts an iterator of the names
    of n demonstrations, then of n artefacts, as they are made. The published site changes last, when all checks have passed."""
    started = time.perf_counter()
    _claim(places)
    read = _files(
        places
    )  # before anything is made of them: what changes meanwhile is for the next build
    plan_ = planned(study, places, quarantine=True)
    if last := _nothing_to_do(plan_, places, read, partial=train is None):
        return Summary(
            (0, len(plan_.runs)),
            (0, last["demonstrations"]),
            (0, last["figures"]),
            (0, last["notebooks"]),
            last["pages"],
            False,
            time.perf_counter() - started,
        )
    code = Source().reach(RESULTS)  # likewise
    if train and plan_.state.missing:  # much is then to be made
        processes.start_server(LIBRARIES)
    with processes.pool(1, processes.ANEW) as publisher:
        publisher.submit(load_mkdocs)  # meanwhile the rest is made
        trained = train(plan_.state.missing) if train and plan_.state.missing else []
        if not plan_.state.found + trained:
            raise _no_record(study, plan_, places)
        evidence = gather(plan_, plan_.state.found + trained)
        to_compute = [
            each for each, _ in demonstrated(evidence, plan_.store, quarantine=True).missing
        ]
        if to_compute:
            follow(
                (each.name for each in compute_demonstrations(to_compute, plan_.store, jobs)),
                len(to_compute),
            )
            evidence = gather(plan_, plan_.state.found + trained)
        plan_.store.prune(
            "demonstration", [each.artifact for each in evidence.demonstrations.values()]
        )
        head = report_head(evidence, len(plan_.runs), places.docs, plan_.store)
        drawn, executed, pieces = wanted(evidence, head, places)
        to_make = [made for made in [*executed, *pieces, *drawn] if not made.is_made]
        follow(_made(to_make, evidence, jobs), len(to_make))
        prune([*executed, *pieces, *drawn], places.build)

        report = report_of(evidence, head, places.build, code, drawn, executed, pieces)
        rendered = pages.render(places.docs, report, places.build / "docs")
        _write(places.build / "report.json", with_pages(report, rendered, places.docs))
        published = _publish(publisher, places)
    counts = {
        "demonstrations": len(evidence.demonstrations),
        "figures": len(drawn),
        "notebooks": len(executed),
        "pages": len(rendered),
    }
    _write(
        places.build / "last.json",
        {"fingerprint": _fingerprint(planned(study, places), places, read), "counts": counts},
    )
    return Summary(
        (len(trained), len(plan_.runs)),
        (len(to_compute), len(evidence.demonstrations)),
        (sum(each in to_make for each in drawn), len(drawn)),
        (sum(each in to_make for each in executed), len(executed)),
        len(rendered),
        published,
        time.perf_counter() - started,
    )


def _claim(places: Places) -> None:
    """Marks the folders that a build writes to as its own; raises InputError, before anything is written, where one is not."""
    keep_apart(
        {
            "--data": places.data,
            "--store": places.store,
            "--build": places.build,
            "--site": places.site,
            "docs": places.docs,
        }
    )
    refuse_additions(places.site)
    refuse_foreign(places.build, "build")
    claim(places.store, "store")
    claim(places.build, "build")


def _publish(publisher: Executor, places: Places) -> bool:
    try:
        return publisher.submit(publish, places.build / "docs", places.site, CONFIG).result()
    except BrokenProcessPool as error:
        raise CheckFailed(
            "the process that publishes the site was killed, most likely for want of memory; run the same "
            "command again; the old site stays, and what was made is kept"
        ) from error


def planned(study: str, places: Places, quarantine: bool = False) -> Plan:
    found = find_study(study)
    data = study_data(found, open_data(places.data, places.store))
    runs = plan(found, data, Source())
    store = Store(places.store)
    return Plan(study, data, runs, find_records(runs, store, quarantine), store)


def gather(plan_: Plan, records: list[RunRecord]) -> Evidence:
    """The evidence that the records bear, with the demonstrations computed from them; variants without a run are left out."""
    by_variant: dict[str, tuple[RunRecord, ...]] = {}
    for record in sorted(records, key=lambda record: record.seed):
        by_variant[record.variant] = (*by_variant.get(record.variant, ()), record)
    variants = tuple(variant for variant in VARIANTS.values() if variant.name in by_variant)
    evidence = Evidence(
        plan_.study,
        plan_.data,
        variants,
        {variant.name: by_variant[variant.name] for variant in variants},
    )
    return replace(evidence, demonstrations=demonstrated(evidence, plan_.store).found)


def demonstrated(evidence: Evidence, store: Store, quarantine: bool = False) -> DemonstrationLookup:
    """What the store holds of the demonstrations that these records bear."""
    return find_demonstrations(evidence.records, evidence.data, store, Source(), quarantine)


def wanted(
    evidence: Evidence, head: dict, places: Places, pending: frozenset[str] = frozenset()
) -> tuple[list[Drawn], list[Executed], list[Ran]]:
    """The figures that pages ask for and can be drawn, the notebooks, the code on pages; `pending` are runs that are still
    to be trained."""
    names = sorted(head["figure_pages"].keys() & set(head["drawable"]))
    beside = places.docs, evidence, places.store, places.build, pending
    return (
        drawings(evidence, names, places.build, pending),
        executions(*beside),
        ran(pages.snippets_of(places.docs, head), *beside),
    )


def report_head(evidence: Evidence, planned_runs: int, docs: Path, store: Store) -> dict:
    """What pages need to know before any result: study, data set, and which figures are asked for where."""
    data = evidence.data
    options = [
        *(["--study", evidence.study] if evidence.study != "default" else []),
        *(["--data", escape.shell(str(data.root))] if data.root != EMBEDDED else []),
    ]
    head = {
        "study": evidence.study,
        "data": {"name": data.name, "digest": data.digest, "embedded": data.root == EMBEDDED},
        "variants": [variant.name for variant in evidence.variants],
        "runs": {"made": sum(map(len, evidence.records.values())), "planned": planned_runs},
        "figure_command": " ".join(["python -m report_builder figure", *options]),
        "value_command": " ".join(["python -m report_builder value", *options]),
        "drawable": figures.names(evidence),
        "not_shown": not_shown(evidence, store),
    }
    return head | {"figure_pages": pages.figure_pages(docs, head)}


def not_shown(evidence: Evidence, store: Store) -> dict[str, dict[str, str]]:
    """`demonstration windows` -> why it cannot be shown, by language; likewise of the figures and tables made of it."""
    found = {}
    for name, row in DEMONSTRATIONS.items():
        if there := evidence.demonstrations.get(name):
            why = msgspec.to_builtins(unavailable(there.unavailable)) if there.unavailable else {}
        else:
            missing = missing_weights(row, evidence.records, evidence.data, store)
            why = msgspec.to_builtins(missing_weights_text(missing) if missing else NOT_COMPUTED)
        made = [
            f"figure {figure}"
            for figure, drawn in figures.FIGURES.items()
            if drawn.demonstration == name
        ]
        made += [f"table {table}" for table, of in facts.TABLES.items() if of.demonstration == name]
        found |= dict.fromkeys((f"demonstration {name}", *made), why) if why else {}
    return found


def report_of(
    evidence: Evidence,
    head: dict,
    build: Path,
    code: dict[str, str],
    drawn: list[Drawn],
    executed: list[Executed],
    pieces: list[Ran],
) -> dict:
    """All that pages show, as plain data, and what each part of it rests on; `code` is that of RESULTS as it was loaded."""
    from report_builder.results.inputs import artefacts
    from report_builder.results.results import results

    told = results(evidence, build, code)
    inputs = told.pop("inputs")
    report = (
        head
        | told
        | {
            "figures": {
                each.name: {name: part for name, part in each.meta.items() if name != "inputs"}
                | {"folder": str(each.folder), "command": f"{head['figure_command']} {each.name}"}
                for each in drawn
            },
            "notebooks": {each.name: str(each.path) for each in executed},
            "snippets": {each.name: each.output for each in pieces},
        }
    )
    return report | artefacts(evidence, report, inputs, drawn, executed, pieces)


def with_pages(report: dict, rendered: list[pages.Rendered], docs: Path) -> dict:
    """The report with the pages and assets among its artefacts."""
    from report_builder.results.inputs import page_artefacts

    return report | page_artefacts(report, rendered, docs, CONFIG)


def _made(to_make: list[Drawn | Executed | Ran], evidence: Evidence, jobs: int) -> Iterator[str]:
    """Makes artefacts side by side and yields the name of each one done."""
    if not to_make:
        return
    apart = jobs > 1 and len(to_make) > 2  # for fewer, starting processes would cost more

    def make(artefact: Drawn | Executed | Ran) -> str:
        """A figure is drawn by the pool; notebooks and code of pages are run in processes of their own."""
        if apart and isinstance(artefact, Drawn):
            return pool.submit(_make, artefact, evidence).result()
        return _make(artefact, evidence)

    with ThreadPoolExecutor(jobs if apart else 1) as waiting, processes.pool(jobs) as pool:
        try:
            for done in as_completed([waiting.submit(make, each) for each in to_make]):
                yield done.result()
        except BrokenProcessPool as error:
            raise CheckFailed(
                "a process that draws figures was killed, most likely for want of memory; run the same "
                "command again with fewer --jobs; what was made is kept"
            ) from error
        finally:
            waiting.shutdown(wait=False, cancel_futures=True)


def _make(artefact: Drawn | Executed | Ran, evidence: Evidence) -> str:
    artefact.make(evidence)
    return artefact.name


def _nothing_to_do(plan_: Plan, places: Places, read: dict[str, str], partial: bool) -> dict | None:
    """The counts of the last build, if everything that a build reads is as it was then and its site still stands."""
    try:
        last = json.loads((places.build / "last.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    complete = partial or not plan_.state.missing
    unchanged = (
        complete
        and last["fingerprint"] == _fingerprint(plan_, places, read)
        and is_published(places.site)
    )
    return last["counts"] if unchanged else None


def _files(places: Places) -> dict[str, str]:
    """The digests of the files that a build reads, but for images and records."""
    sources = [
        file
        for folder in (ROOT / "xo", ROOT / "report_builder", places.docs)
        for file in sorted(folder.rglob("*"))
        if "__pycache__" not in file.parts and file.is_file()
    ]
    return {str(file): file_digest(file) for file in [CONFIG, PUBLISHED, *sources]}


def _fingerprint(plan_: Plan, places: Places, read: dict[str, str]) -> str:
    """A digest of everything that a build reads; `read` are its files, as they were when it began."""
    return digest(
        {
            "records": sorted(record.digest for record in plan_.state.found),
            "demonstrations": {
                name: each.digest
                for name, each in gather(plan_, plan_.state.found).demonstrations.items()
            },
            "study": [
                plan_.study,
                plan_.data.digest,
                str(places.data),
                str(places.site.resolve()),
                os.environ.get("SITE_URL"),
            ],
            "files": read,
            "versions": [
                sys.version,
                *sorted(
                    path.name for place in {*sys.path} for path in Path(place).glob("*.dist-info")
                ),
            ],
        }
    )


def draw_one(name: str, study: str, places: Places, style: figures.Style, out: Path | None) -> Path:
    """Draws one figure from the records there are; returns where it was written."""
    if out:
        _refuse_overwriting(out)
    evidence = _present(study, places)
    row, _ = figures.find(name, evidence)
    path = out or Path(f"{name}.{row.kind}")
    kind = path.suffix.removeprefix(".").lower()
    if kind not in ("svg", "png"):
        raise InputError(
            f"--out {path}: expected a name that ends in .svg or .png, got '{path.suffix}'"
        )
    _refuse_overwriting(path)
    write_atomically(path, sign(encode(figures.draw(name, evidence, style), kind), kind))
    return path


def _refuse_overwriting(path: Path) -> None:
    """Raises InputError where `path` holds anything but a figure that was written there and left as it was."""
    if os.path.lexists(path) and not is_signed(path):
        raise InputError(
            f"{path}: exists, and is no figure that this command wrote and nobody changed; "
            "remove it, or choose another name with --out"
        )
    if not path.parent.is_dir():
        raise InputError(
            f"{path}: expected a folder {path.parent}, found none; make it, or choose another place with --out"
        )


def read_value(name: str, study: str, places: Places) -> Value:
    """One value from the records there are."""
    from report_builder.results.values import values

    found = values(_present(study, places))
    if name not in found:
        head = name.partition(".")[0]
        near = [each for each in found if each.startswith(f"{head}.")] or sorted(
            {f"{each.partition('.')[0]}..." for each in found}
        )
        raise InputError(f"value '{name}': not known; known are {', '.join(near)}")
    return found[name]


def _present(study: str, places: Places) -> Evidence:
    """The evidence of the records there are; nothing is trained."""
    plan_ = planned(study, places)
    if not plan_.state.found:
        raise _no_record(study, plan_, places)
    return gather(plan_, plan_.state.found)


def _no_record(study: str, plan_: Plan, places: Places) -> InputError:
    return InputError(
        f"{places.store}: no record of the study {study} on {plan_.data.name}; "
        "train it with 'python -m report_builder build' first"
    )


def _write(path: Path, content: dict) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)
