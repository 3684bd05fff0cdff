"""Renders the pages' sources, Markdown with Jinja, into plain Markdown with the report's results.

All it needs is the report that a build leaves, so `mkdocs serve` renders without drawing or
computing. A build renders twice: without results, to learn what pages request, and with them.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from jinja2 import Environment, TemplateError

from report_builder.evidence import measured_elsewhere, original_logs
from report_builder.evidence.references import LITERATURE, REFERENCES
from report_builder.pages import citations, glossary, notebooks, reading_path, sources
from report_builder.pages.code_outputs import CodeBlock
from report_builder.pages.data_words import data_words
from report_builder.pages.folder import fill_folder
from report_builder.pages.functions import PageFunctions
from report_builder.pages.provenance import VALUES, VALUES_CSV, values_csv
from report_builder.pages.result_functions import CLAIMS_PAGE
from report_builder.pages.stored_files import executed_notebook, figure_files, network_files
from report_builder.pages.templating import environment
from report_builder.results.report import Report
from report_builder.results.widgets import LAB
from report_builder.text import LANGUAGES, Text
from xo.errors import InputError
from xo.store.inputs import digest, file_digest, sha256
from xo.variants import VARIANTS, Variant

PER_VARIANT = "variants/_variant.md"  # one page for each row of VARIANTS
READ_BY_PAGES = (original_logs.FILE, measured_elsewhere.FILE, REFERENCES, LITERATURE)
# In the front matter of the first page of each folder, whose template is nowhere: MkDocs, called in
# whatever way on what is not rendered, comes to that page first and ends with these words.
UNRENDERED = (
    'template: "these are sources of pages; python -m report_builder build renders and publishes '
    'them"\n'
)
# Folders in the order in which a reader should meet a figure that several pages show.
FOLDERS = ("redesign", "xo", "concepts", "variants", "evidence", "hands-on", "appendix")


class PageRequest(NamedTuple):
    """A page or notebook, and what it requests of a build."""

    path: str  # below build/docs
    source: str  # below docs
    results: frozenset[str]  # "figure samples", "value baseline.n"
    code: tuple[CodeBlock, ...] = ()  # to be run


class _Page(NamedTuple):
    """A page that is to be rendered."""

    language: str
    source: str  # below the folder of the language
    path: str  # of the rendered page, below the folder of the language
    variant: Variant | None = None  # that it is of


def page_requests(docs: Path, report: Report) -> list[PageRequest]:
    """What every page requests; the report needs no results, only the study and its data set."""
    return [_request(page) for page, _ in _rendered(docs, report)] + _notebooks(docs)


def figure_pages(requests: Iterable[PageRequest], drawable: Iterable[str]) -> dict[str, str]:
    """Every figure that pages show, and the page where a reader meets it first.

    A page is given by its path below its language's folder.
    """
    found: dict[str, str] = {}
    for page in sorted(requests, key=_folder_order):
        for name in drawable:
            if f"figure {name}" in page.results:
                found.setdefault(name, page.path.partition("/")[2])
    return found


def cited_on(docs: Path, requests: Iterable[PageRequest]) -> dict[str, dict[str, Text]]:
    """Every reference that pages cite, and these pages with their titles.

    A page is given by its path below its language's folder. Pages of variants are left out: one
    source makes them all.
    """
    found: dict[str, dict[str, Text]] = {}
    for page in requests:
        path = page.path.partition("/")[2]
        if page.source.endswith(f"/{path}"):
            for key in citations.cited(page.results):
                found.setdefault(key, {})[path] = reading_path.titles(docs, path)
    return {key: dict(sorted(pages.items())) for key, pages in sorted(found.items())}


def _folder_order(page: PageRequest) -> int:
    """As in FOLDERS, then other folders, then the pages outside of any."""
    _, *folders, _ = page.path.split("/")
    if not folders:
        return len(FOLDERS) + 1
    return FOLDERS.index(folders[0]) if folders[0] in FOLDERS else len(FOLDERS)


def code_blocks(requests: Iterable[PageRequest]) -> list[CodeBlock]:
    """The code that pages want to be run, once where several have the same."""
    return list({block.name: block for page in requests for block in page.code}.values())


class Kept:
    """What a process that renders again and again keeps of the last time."""

    def __init__(self) -> None:
        self.pages: dict[tuple[str, str], tuple[str, PageFunctions, str]] = {}
        # folder of a figure or network, language -> its files
        self.placed: dict[tuple[str, str], list[str]] = {}
        # path -> what it is made of, and the notebook
        self.notebooks: dict[str, tuple[tuple[bytes, bytes | None, dict[str, Any]], bytes]] = {}


def render(docs: Path, report: Report, out: Path, kept: Kept | None = None) -> list[PageRequest]:
    """Renders `docs/{zh,en}` into `out/{zh,en}`, with figures, notebooks, assets, and the pictures
    and other files that lie beside pages.

    Returns what every page requested. Only files whose content changed are written; files that were
    rendered before and have no source any more are removed. Raises InputError, before anything is
    written, on a file that was not rendered, and on a damaged figure or notebook. Only
    pages that could have become others are rendered anew, where `kept` has those of last time.
    """
    kept = kept or Kept()
    rendered = _rendered_anew(docs, report, kept)
    files: dict[str, bytes | Path] = {
        f"{page.language}/{page.path}": text.encode() for page, text in rendered
    }
    for asset in sources.files(docs / "assets") + _beside_pages(docs):
        sources.check_text(asset)
        files[asset.relative_to(docs).as_posix()] = asset.read_bytes()
    for template in sources.files(docs / "overrides"):  # which MkDocs reads
        sources.check_text(template)
    for page, _ in rendered:
        for name, figure in report.figures.items():
            if f"figure {name}" in page.requests:
                place = figure.folder, page.language
                files |= _placed(kept, place, out, figure_files(name, figure, page.language))
    if any(f"widget {LAB}" in page.requests for page, _ in rendered):
        for variant, network in report.networks.items():
            files |= _placed(kept, (network.folder, ""), out, network_files(variant, network))
    if attached := report.attached_runs:
        files[attached.name] = Path(attached.file)
    requests = _notebooks(docs)
    for notebook in requests:
        executed, language = (
            report.notebooks.get(notebook.source),
            notebook.source.partition("/")[0],
        )
        files[notebook.path] = _notebook(
            kept,
            docs / notebook.source,
            notebook.path,
            executed_notebook(Path(executed)) if executed else None,
            data_words(report, language),
        )
    for language in LANGUAGES:
        if report.has_results and (docs / language / VALUES).exists():
            files[f"{language}/{VALUES_CSV}"] = values_csv(report, language).encode()
    fill_folder(out, files)
    return [_request(page) for page, _ in rendered] + requests


def requests_and_faults(docs: Path, report: Report) -> tuple[list[PageRequest], list[str]]:
    """What all pages request, with this report and without any, and a line for every page that
    does not render with it.

    That is so, for instance, where a page was worded for another verdict than a claim has.
    """
    # Without results: another data set may leave out what pages say of the embedded one.
    requests, faults = page_requests(docs, Report()), []
    for page in _pages(docs):
        try:
            requests.append(_request(_render(docs, report, page)[0]))
        except InputError as error:
            faults.append(str(error))
    return requests, faults


def unstated_claims(requests: Iterable[PageRequest], report: Report) -> Iterator[str]:
    """Every claim that no page states; the page that lists all claims counts for none of them."""
    stated = {
        name
        for page in requests
        if page.path.partition("/")[2] != CLAIMS_PAGE
        for name in page.results
    }
    yield from (
        f"claim '{name}' is used on no page but {CLAIMS_PAGE}: use it or take its row out of "
        "report_builder/results"
        for name in report.claims
        if f"claim {name}" not in stated
    )


def _request(page: PageFunctions) -> PageRequest:
    path, source = f"{page.language}/{page.path}", f"{page.language}/{page.source}"
    return PageRequest(path, source, frozenset(page.requests), tuple(page.code))


def _notebook(
    kept: Kept, source: Path, path: str, executed: bytes | None, words: dict[str, Any]
) -> bytes:
    """The notebook as its source has it now, that of last time where it is made of the same."""
    made_of = source.read_bytes(), executed, words
    last = kept.notebooks.get(path)
    if last is None or last[0] != made_of:
        made = notebooks.current(source, executed, path.partition("/")[0], words)
        kept.notebooks[path] = last = made_of, made
    return last[1]


def _notebooks(docs: Path) -> list[PageRequest]:
    found = [
        source.relative_to(docs).as_posix()
        for language in LANGUAGES
        for source in sources.files(docs / language, sources.NOTEBOOK)
    ]
    return [
        PageRequest(
            f"{source.removesuffix('.py')}.ipynb", source, frozenset({f"notebook {source}"})
        )
        for source in found
    ]


def _beside_pages(docs: Path) -> list[Path]:
    """Pictures and other files that lie among the pages and are shown or linked as they are."""
    return [
        file
        for language in LANGUAGES
        for file in sources.files(docs / language)
        if file.suffix not in (sources.PAGE, sources.NOTEBOOK)
    ]


def _pages(docs: Path) -> Iterator[_Page]:
    """Every page in both languages."""
    for language in LANGUAGES:
        for file in sources.files(docs / language, sources.PAGE):
            source = file.relative_to(docs / language).as_posix()
            if source != PER_VARIANT:
                yield _Page(language, source, source)
            else:
                for variant in VARIANTS.values():
                    yield _Page(language, source, f"variants/{variant.name}.md", variant)


def _rendered(docs: Path, report: Report) -> list[tuple[PageFunctions, str]]:
    return [_render(docs, report, page) for page in _pages(docs)]


def _rendered_anew(docs: Path, report: Report, kept: Kept) -> list[tuple[PageFunctions, str]]:
    """All pages; those are kept whose source is the same, and all that pages read beside it: the
    report, each other's titles, and data.
    """
    pages = list(_pages(docs))
    content = {
        (page.language, page.source): (docs / page.language / page.source).read_bytes()
        for page in pages
    }
    titles = [
        (*page, reading_path.title_in(text.decode(errors="replace")))
        for page, text in content.items()
    ]
    data = {file.name: file_digest(file) for file in READ_BY_PAGES}
    shared = digest([sha256(msgspec.json.encode(report)), sorted(titles), data])
    found = {}
    for page in pages:
        own = sha256(shared.encode() + content[page.language, page.source])
        place = page.language, page.path
        last = kept.pages.get(place)
        found[place] = last if last and last[0] == own else (own, *_render(docs, report, page))
    kept.pages = found
    return [(functions, text) for _, functions, text in found.values()]


def _placed(
    kept: Kept, place: tuple[str, str], out: Path, files: Iterator[tuple[str, bytes]]
) -> dict[str, bytes | Path]:
    """Files of an artifact, whose folder is named by what made it; those that were placed before
    are not read again.
    """
    names = kept.placed.get(place)
    if names and all((out / name).is_file() for name in names):
        return {name: out / name for name in names}
    found: dict[str, bytes | Path] = dict(files)
    kept.placed[place] = list(found)
    return found


def _render(docs: Path, report: Report, page: _Page) -> tuple[PageFunctions, str]:
    """A page's text, and its functions, which know what it requests; InputError names the line."""
    links_values = (docs / page.language / VALUES).exists()
    functions = PageFunctions(report, page.language, page.path, page.source, links_values, docs)
    template = f"{page.language}/{page.source}"
    try:
        text = _sources(docs).get_template(template).render(functions.context(page.variant))
    except sources.Unreadable:  # names its line
        raise
    except (TemplateError, InputError, TypeError) as error:
        line = getattr(error, "lineno", None) or _line(error, template)
        message = " ".join((getattr(error, "message", None) or str(error)).split())
        raise InputError(f"{docs / template}:{line}: {message}; mend the template") from error
    text = text.replace(UNRENDERED, "", 1)
    explained = glossary.abbreviations(text, page.language)
    return functions, f"{text}\n{explained}\n" if explained else f"{text}\n"


@cache
def _sources(docs: Path) -> Environment:
    start, end = sources.NO_COMMENTS
    return environment(docs).overlay(
        loader=sources.Loader(docs), comment_start_string=start, comment_end_string=end
    )


def _line(error: Exception, template: str) -> int | str:
    """The template's line that an error came from."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(template) and frame.lineno
    ]
    return lines[-1] if lines else "?"
