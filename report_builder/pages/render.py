"""Renders the pages' sources, Markdown with Jinja, into plain Markdown with the report's results filled in.

All it needs is `report`, the JSON that a build leaves, so that `mkdocs serve` can render without drawing or computing.
Without a report every result is a note that names the command which makes it.
"""

from __future__ import annotations

import json
import shutil
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from posixpath import relpath
from typing import NamedTuple

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
)
from markupsafe import Markup

from report_builder import escape
from report_builder.evidence import original_logs as published
from report_builder.pages import code_outputs as snippets
from report_builder.pages import glossary, notebooks
from report_builder.pages import interactive as stepper
from report_builder.pages import provenance as origin
from report_builder.text import LANGUAGES
from xo.errors import InputError
from xo.store.files import write_atomically
from xo.variants import VARIANTS, Variant

COMMAND = "python -m report_builder build"
PER_VARIANT = "variants/_variant.md"  # one page for each row of VARIANTS
COMPILED = f"__xo-jinja2-{version('jinja2')}_%s.cache"  # a template as that version, with our environment, compiled it
CLAIMS_PAGE = "evidence/claims.md"
_ROOMS = (
    "redesign",
    "xo",
    "concepts",
    "variants",
    "evidence",
    "hands-on",
    "appendix",
)  # where a figure is looked for first
_KINDS = {
    "zh": {"figure": "图", "table": "表", "demonstration": "数值"},
    "en": {"figure": "figure", "table": "table", "demonstration": "value"},
}
_BRACKETS = {"zh": "（）", "en": (" (", ")")}


@dataclass
class _Page:
    """The Jinja functions of one page in one language."""

    report: dict
    language: str
    path: str  # of the rendered page, below its language's folder
    source: str  # likewise
    links_values: bool  # whether the site has the page that they lead to
    uses: set[str] = field(
        default_factory=set
    )  # "figure samples", "value baseline.n": all that it asked for
    code: list[snippets.Snippet] = field(default_factory=list)  # that it wants to be run

    @property
    def has_results(self) -> bool:
        return "values" in self.report

    @property
    def figures(self) -> set[str]:
        return {used.removeprefix("figure ") for used in self.uses if used.startswith("figure ")}

    def value(self, name: str) -> str:
        self.uses.add(f"value {name}")
        if not self.has_results:
            return f'<span class="value missing" title="{COMMAND}">…</span>'
        if variant := self._without_runs(name, before=True):
            return f'<span class="value missing" title="{escape.tooltip(self._no_run(variant))}">—</span>'
        if why := self._not_shown(f"demonstration {name.partition('.')[0]}"):
            return f'<span class="value missing" title="{escape.tooltip(why)}">—</span>'
        found = self._find("values", name, "value")
        text, note = found["text"][self.language], found["note"][self.language]
        if self.links_values:
            return origin.value_link(name, text, note, self._to(origin.VALUES))
        title = f' title="{escape.tooltip(note)}" tabindex="0"' if note else ""
        return f'<span class="value"{title}>{escape.markdown(text)}</span>'

    def values_of(self, section: str) -> str:
        """The values of a variant, or of "data" or "study", and what they rest on."""
        self.uses.update(f"value {name}" for name in origin.section(self.report, section))
        return (
            origin.values_table(self.report, section, self.language)
            if self.has_results
            else self._missing(section)
        )

    def published(self, name: str) -> str:
        """A figure as the original printed it; its place there is the tooltip. It needs no build."""
        self.uses.add(f"published {name}")
        facts = published.facts()
        if name not in facts:
            raise InputError(f"published '{name}' is not known; known are {', '.join(facts)}")
        place = {"zh": "原报告", "en": "The original, "}[self.language] + facts[name].section
        return f'<span class="published" title="{place}" tabindex="0">{escape.markdown(facts[name].text)}</span>'

    def table(self, name: str) -> str:
        self.uses.add(f"table {name}")
        if not self.has_results:
            return self._missing(name)
        if variant := self._without_runs(name):
            return f'<p class="xo-missing">{escape.markdown(self._no_run(variant))}</p>'
        if why := self._not_shown(f"table {name}"):
            return f'<p class="xo-missing">{escape.markdown(why)}</p>'
        found = self._find("tables", name, "table")
        rule = ["---:" if number else ":---" for number in found["numbers"]]
        head, *rows = [
            [escape.markdown(cell) for cell in row]
            for row in (found["columns"][self.language], *found["rows"][self.language])
        ]
        return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))

    def figure(self, name: str) -> str:
        self.uses.add(f"figure {name}")
        if why := self._no_figure(name):
            return f'<p class="xo-missing">{escape.markdown(why)}</p>'
        if not self.has_results or (
            name in self.report["drawable"] and name not in self.report["figures"]
        ):
            return self._missing(name)
        found = self._find("figures", name, "figure")
        words = found[self.language]
        alt = escape.markdown(" ".join(words["alt"].split()))
        size = f'width="{words["width"]}" height="{words["height"]}"'
        images = "\n".join(
            f"![{alt}]({self._link(name, scheme + '.' + found['kind'])}#only-{scheme})"
            f'{{ {size} loading="lazy" }}'
            for scheme in ("light", "dark")
        )
        fold = origin.figure_fold(
            self.report,
            name,
            self.language,
            self._link(name, "csv"),
            self._to(origin.VALUES) if self.links_values else "",
        )
        return (
            f'<figure class="xo-figure" id="figure-{name}" markdown="1">\n\n{images}\n\n'
            f'<figcaption markdown="span">{escape.markdown(words["caption"])}</figcaption>\n\n{fold}\n\n</figure>'
        )

    def run(self, code: str) -> str:
        """Code that a build runs, with what it printed beneath."""
        asked = snippets.snippet(code, f"{self.language}/{self.source}")
        self.uses.add(f"snippet {asked.name}")
        self.code.append(asked)
        return snippets.markup(
            asked, self.report.get("snippets", {}).get(asked.name), self.language
        )

    def stepper(self) -> str:
        """The stepper of the sliding window; a picture strip alone where there is nothing to step through."""
        self.uses.add(f"stepper {stepper.DEMONSTRATION}")
        strip, content = (
            self.figure(stepper.STRIP),
            self.report.get("steppers", {}).get(stepper.DEMONSTRATION),
        )
        address = Path(
            "" if self.language == LANGUAGES[0] else self.language, self.path
        ).with_suffix("")
        return stepper.markup(content, strip, relpath("assets", address)) if content else strip

    def verdict(self, name: str, *accepted: str) -> str:
        """What the records say of a claim; `accepted` are the verdicts that the words around it were written for."""
        self.uses.add(f"claim {name}")
        if not self.has_results:
            return "undecided"
        verdict = self._find("claims", name, "claim")["verdict"]
        if accepted and verdict not in accepted:
            raise InputError(
                f"claim '{name}' is now {verdict}; the wording here was accepted for {' or '.join(accepted)}: "
                "reword it"
            )
        return verdict

    def claim(self, name: str, *accepted: str) -> str:
        """What is to be said of a claim by its verdict, with the numbers that decide, and a link to where it is laid out."""
        verdict = self.verdict(name, *accepted)
        if not self.has_results:
            return f'<span class="claim missing" title="{COMMAND}">…</span>'
        found = self.report["claims"][name]
        left, right = _BRACKETS[self.language]
        return (
            f"[{escape.markdown(found['says'][self.language])}]({self._to(CLAIMS_PAGE)}#{name}){{ .claim .{verdict} }}"
            f"{left}{escape.markdown(found['numbers'][self.language])}{right}"
        )

    def claims(self) -> list[dict]:
        """Every claim in the page's language, in the table's order."""
        self.uses.update(f"claim {name}" for name in self.report.get("claims", {}))
        return [
            {
                key: value[self.language] if isinstance(value, dict) else value
                for key, value in claim.items()
            }
            | {"id": name, "numbers": claim["numbers"][self.language]}
            for name, claim in self.report.get("claims", {}).items()
        ]

    def figure_link(self, name: str, text: str) -> str:
        """A link to a figure where the site shows it, else why it cannot be shown; the text alone where no page asks for it."""
        self.uses.add(f"place {name}")
        if page := self.report.get("figure_pages", {}).get(name):
            return f"[{escape.markdown(text)}]({self._to(page)}#figure-{name})"
        return escape.markdown(self._no_figure(name) or text)

    def _no_figure(self, name: str) -> str:
        """Why a figure cannot be shown, as a sentence; empty where nothing stands against it, or before there are results."""
        if not self.has_results:
            return ""
        variant = self._without_runs(name)
        return self._no_run(variant) if variant else self._not_shown(f"figure {name}")

    def _link(self, name: str, ending: str) -> str:
        return self._to(f"figures/{name}.{ending}")

    def _to(self, path: str) -> str:
        """The relative address of a file of this language."""
        return relpath(path, str(Path(self.path).parent))

    def term(self, anchor: str, text: str = "") -> str:
        """A term at its first use on a page."""
        return glossary.link(anchor, self.language, text, self._to("appendix/glossary.md"))

    def _find(self, kind: str, name: str, what: str) -> dict:
        self.uses.add(f"{what} {name}")
        found = self.report[kind]
        if name not in found:
            known = self.report["drawable"] if kind == "figures" else sorted(found)
            raise InputError(f"{what} '{name}' is not known; known are {', '.join(known)}")
        return found[name]

    def _without_runs(self, name: str, before: bool = False) -> str:
        """The variant that a name asks for, if the study has no run of it; it stands before the dot of values, else behind."""
        head, _, tail = name.partition(".")
        variant = head if before else tail
        return variant if variant in VARIANTS and variant not in self.report["variants"] else ""

    def _not_shown(self, name: str) -> str:
        """Why a demonstration, or a figure or table of it, cannot be shown; empty where nothing stands against it."""
        why = self.report.get("not_shown", {}).get(name)
        return (
            {
                "zh": f"这里没有{_KINDS['zh'][name.partition(' ')[0]]}：",
                "en": f"No {_KINDS['en'][name.partition(' ')[0]]} here: ",
            }[self.language]
            + why[self.language]
            + {"zh": "。", "en": "."}[self.language]
            if why
            else ""
        )

    def _no_run(self, variant: str) -> str:
        title, study = getattr(VARIANTS[variant], self.language), self.report["study"]
        return {
            "zh": f"研究 {study} 还没有“{title}”的训练。",
            "en": f"The study {study} has no run of “{title}” yet.",
        }[self.language]

    def _missing(self, name: str) -> str:
        said = {
            "zh": f"{name} 尚未生成，运行 <code>{COMMAND}</code> 即可得到。",
            "en": f"{name} has not been made yet; <code>{COMMAND}</code> makes it.",
        }[self.language]
        return f'<p class="xo-missing">{said}</p>'


class Rendered(NamedTuple):
    """A page as it was rendered, and what it asked for."""

    path: str  # below build/docs
    source: str  # below docs
    uses: frozenset[str]  # "figure samples", "value baseline.n"


def asked(docs: Path, head: dict) -> list[Rendered]:
    """What each page will ask for; `head` is the report without results."""
    return [_told(page) for page, _ in _rendered(docs, head)] + _notebooks(docs)


def figure_pages(docs: Path, head: dict) -> dict[str, str]:
    """Every figure that pages show, and the page, below its language's folder, where a reader should meet it."""
    found: dict[str, str] = {}
    for page in sorted(asked(docs, head), key=_order):
        for name in head["drawable"]:
            if f"figure {name}" in page.uses:
                found.setdefault(name, page.path.partition("/")[2])
    return found


def _order(page: Rendered) -> int:
    """Folders as in _ROOMS, then all others, then the pages outside of any folder."""
    _, *folders, _ = page.path.split("/")
    if not folders:
        return len(_ROOMS) + 1
    return _ROOMS.index(folders[0]) if folders[0] in _ROOMS else len(_ROOMS)


def snippets_of(docs: Path, head: dict) -> list[snippets.Snippet]:
    """The code that pages want to be run, each piece once."""
    return list(
        {asked.name: asked for page, _ in _rendered(docs, head) for asked in page.code}.values()
    )


def render(docs: Path, report: dict, out: Path) -> list[Rendered]:
    """Renders `docs/{zh,en}` into `out/{zh,en}`, with figures and notebooks beside, and returns all pages.

    Only files whose content changed are written; rendered files that no source accounts for any more are removed.
    Raises InputError, before anything is written, on a file in `out` that was not rendered.
    """
    pages = [(f"{page.language}/{page.path}", page, text) for page, text in _rendered(docs, report)]
    wanted: dict[str, bytes | Path] = {path: text.encode() for path, _, text in pages}
    for file in sorted((docs / "assets").rglob("*")):
        if file.is_file():
            wanted[file.relative_to(docs).as_posix()] = file
    for _, page, _ in pages:
        for name in page.figures & report.get("figures", {}).keys():
            folder = Path(report["figures"][name]["folder"])
            kind = report["figures"][name]["kind"]
            for scheme in ("light", "dark"):
                wanted[f"{page.language}/figures/{name}.{scheme}.{kind}"] = (
                    folder / f"{page.language}-{scheme}.{kind}"
                )
            wanted[f"{page.language}/figures/{name}.csv"] = folder / "data.csv"
    for book in _notebooks(docs):
        executed = report.get("notebooks", {}).get(book.source)
        language = book.source.partition("/")[0]
        wanted[book.path] = notebooks.current(
            docs / book.source, Path(executed) if executed else None, language
        )
    for language in LANGUAGES:
        if "values" in report and (docs / language / origin.VALUES).exists():
            wanted[f"{language}/{origin.VALUES_CSV}"] = origin.values_csv(report, language).encode()
    _write(out, wanted)
    return [_told(page) for _, page, _ in pages] + _notebooks(docs)


def _told(page: _Page) -> Rendered:
    return Rendered(
        f"{page.language}/{page.path}", f"{page.language}/{page.source}", frozenset(page.uses)
    )


def _notebooks(docs: Path) -> list[Rendered]:
    names = [
        source.relative_to(docs).as_posix()
        for language in LANGUAGES
        for source in sorted((docs / language).rglob("*.py"))
    ]
    return [
        Rendered(name.removesuffix(".py") + ".ipynb", name, frozenset({f"notebook {name}"}))
        for name in names
    ]


def faults(docs: Path, report: dict) -> Iterator[str]:
    """Every page that does not render with this report, a claim whose verdict its wording was not written for included;
    and every claim that no page states but the list of all claims."""
    rendered = asked(
        docs, {}
    )  # without results, for another data set may leave out the pages' words on the embedded one
    for page in _pages(docs):
        try:
            rendered.append(_told(_render(docs, report, *page)[0]))
        except InputError as error:
            yield str(error)
    used = {
        name
        for page in rendered
        for name in page.uses
        if page.path.partition("/")[2] != CLAIMS_PAGE
    }
    yield from (
        f"claim '{name}' is used on no page but {CLAIMS_PAGE}: use it or take its row out of report_builder/results/claims.py"
        for name in report["claims"]
        if f"claim {name}" not in used
    )


def _rendered(docs: Path, report: dict) -> Iterator[tuple[_Page, str]]:
    """Every page with its text, in both languages."""
    return (_render(docs, report, *page) for page in _pages(docs))


def _pages(docs: Path) -> Iterator[tuple[str, str, str, Variant | None]]:
    """Language, source and path of every page, and the variant that it is of."""
    for language in LANGUAGES:
        for source in sorted((docs / language).rglob("*.md")):
            name = source.relative_to(docs / language).as_posix()
            if name != PER_VARIANT:
                yield language, name, name, None
            else:
                yield from (
                    (language, name, f"variants/{variant.name}.md", variant)
                    for variant in VARIANTS.values()
                )


def _render(
    docs: Path, report: dict, language: str, source: str, path: str, variant: Variant | None
) -> tuple[_Page, str]:
    page = _Page(
        report, language, path, source, links_values=(docs / language / origin.VALUES).exists()
    )
    markdown = (
        page.value,
        page.published,
        page.figure,
        page.table,
        page.stepper,
        page.run,
        page.values_of,
        page.claim,
        page.figure_link,
        page.term,
    )
    names = {
        **{function.__name__: _markdown(function) for function in markdown},
        "value_sections": lambda: origin.sections(report, language),
        "verdict": page.verdict,
        "claims": page.claims,
        "glossary": _markdown(lambda: glossary.page(language)),
        "study": report.get("study", ""),
        "data": report.get("data", {}).get("name", "xo"),
        "embedded": report.get("data", {}).get("embedded", True),
        "variants": [_described(each, language, report) for each in VARIANTS.values()],
    }
    if variant:
        names["variant"] = _described(variant, language, report)
    try:
        text = _environment(docs).get_template(f"{language}/{source}").render(names)
        return page, f"{text}\n{glossary.abbreviations(text, language)}"
    except (TemplateError, InputError, TypeError) as error:
        line = getattr(error, "lineno", None) or _line(error, f"{language}/{source}")
        message = " ".join((getattr(error, "message", None) or str(error)).split())
        raise InputError(
            f"{docs / language / source}:{line}: {message}; mend the template"
        ) from error


def _markdown(function: Callable[..., str]) -> Callable[..., Markup]:
    """The same function, its result marked as Markdown, which `escape.expression` leaves as it is."""
    return lambda *arguments: Markup(function(*arguments))


def _line(error: Exception, template: str) -> int | str:
    """The template's line that an error came from."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(template)
    ]
    return lines[-1] if lines else "?"


def _described(variant: Variant, language: str, report: dict) -> dict:
    return {
        "name": variant.name,
        "title": getattr(variant, language),
        "convolutions": len(variant.channels),
        "pool": variant.pool,
        "labels": variant.labels,
        "trained": variant.name in report.get("variants", VARIANTS),
    }


@cache
def _environment(docs: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(docs),
        undefined=StrictUndefined,
        finalize=escape.expression,
        keep_trailing_newline=False,
        bytecode_cache=FileSystemBytecodeCache(pattern=COMPILED),
    )
    environment.filters |= {"shell": escape.shell, "python": escape.python}
    return environment


def _write(out: Path, wanted: dict[str, bytes | Path]) -> None:
    listing = out.with_name(
        f"{out.name}.json"
    )  # of what was rendered; both lists until the old files are gone
    rendered = _listed(listing)
    there = {
        file.relative_to(out).as_posix(): file
        for file in out.rglob("*")
        if file.is_symlink() or not file.is_dir()
    }
    if rendered is None:  # as an earlier version left it, or the first time
        rendered = there.keys()
    for name in sorted(there.keys() - rendered):
        if not there[name].name.startswith("."):  # which MkDocs does not read either
            raise InputError(
                f"{there[name]}: was not rendered, and this folder holds rendered pages only; move it out"
            )
    _list(listing, rendered | wanted.keys())
    for name, content in wanted.items():
        target = out / name
        if isinstance(content, Path):
            before, after = target.stat() if target.is_file() else None, content.stat()
            if before is None or (before.st_size, before.st_mtime_ns) != (
                after.st_size,
                after.st_mtime_ns,
            ):
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(content, target)
        elif not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for name in rendered & there.keys() - wanted.keys():
        there[name].unlink(missing_ok=True)
    for folder in sorted(
        (path for path in out.rglob("*") if path.is_dir() and not path.is_symlink()), reverse=True
    ):
        if not any(folder.iterdir()):
            folder.rmdir()
    _list(listing, wanted.keys())


def _listed(path: Path) -> set[str] | None:
    try:
        return set(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None


def _list(path: Path, names: Iterable[str]) -> None:
    text = json.dumps(sorted(names), ensure_ascii=False, indent=0)
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_atomically(path, text)


def load_report(path: Path) -> dict:
    """The report that the last build left, or an empty one; one of an older version, without some of its parts, counts as none."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {} if "values" in report and not {"artefacts", "run_names"} <= report.keys() else report
