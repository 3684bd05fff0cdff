"""The functions that a page's source may call, which bring results into its prose.

Without results, before the first build, everything is a note that names the command which makes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import relpath
from typing import Any, TypeVar

import msgspec
from markupsafe import Markup

from report_builder import escape
from report_builder.evidence import measured_elsewhere, original_logs
from report_builder.evidence.references import Section, literature, references
from report_builder.figures.save import least_width
from report_builder.pages import citations, glossary, of_site, provenance, reading_path
from report_builder.pages.code_outputs import CodeBlock
from report_builder.pages.data_words import data_words
from report_builder.pages.templating import fill
from report_builder.results import shipped_networks
from report_builder.results.forms import UNKNOWN
from report_builder.results.report import (
    VERDICT_NAMES,
    AttachedRuns,
    DecidedClaim,
    DrawnFigure,
    Reading,
    Report,
)
from report_builder.results.widgets import LAB, LAB_STILL, WIDGETS
from report_builder.text import EMPTY, LANGUAGES, Text
from xo.errors import InputError
from xo.store.source_digest import ROOT
from xo.unknown_names import unknown
from xo.variants import VARIANTS, Variant

CLAIMS_PAGE = "evidence/claims.md"
GLOSSARY_PAGE = "appendix/glossary.md"
ATTACHED_RUNS = "attached runs"
WITHHELD_CLAIMS = "withheld claims"

T = TypeVar("T")


@dataclass
class PageFunctions:
    """The functions of one page in one language. Their names are those that the source calls."""

    report: Report
    language: str
    path: str  # of the rendered page, below its language's folder
    source: str  # of its source, below its language's folder
    links_values: bool  # whether the site has the page that values lead to
    docs: Path = ROOT / "docs"  # where the sources of all pages are
    requests: set[str] = field(default_factory=set)  # "figure samples", "value baseline.n"
    code: list[CodeBlock] = field(default_factory=list)

    def context(self, variant: Variant | None = None) -> dict[str, Any]:
        """Everything that the source may name; `variant` is the one that the page is of."""
        markdown = (
            self.value,
            self.values_of,
            self.published,
            self.measured_elsewhere,
            self.literature,
            self.cite,
            self.sources,
            self.references,
            self.table,
            self.figure,
            self.figure_link,
            self.run,
            self.reading_path,
            self.widget,
            self.lab,
            self.attached_runs,
            self.unsolved,
            self.claim,
            self.term,
            self.glossary,
            self.site_text,
            self.site_code,
        )
        plain = (self.known, self.value_sections, self.verdict, self.claims, self.withheld_claims)
        return {
            **{function.__name__: _returning_markup(function) for function in markdown},
            **{function.__name__: function for function in plain},
            "study": self.report.study,
            **self.data_words,
            "variants": [self._described(each) for each in VARIANTS.values()],
            **({"variant": self._described(variant)} if variant else {}),
        }

    @property
    def data_words(self) -> dict[str, Any]:
        return data_words(self.report, self.language)

    # Values

    def value(self, name: str) -> str:
        """A value, with its note on demand and a link to what it rests on."""
        self.requests.add(f"value {name}")
        subject = name.partition(".")[0]
        reason = self._why_not(f"demonstration {subject}", subject)
        if reason or not self.report.has_results:
            return self._fill("unavailable_value.md", kind="value", reason=reason)
        return self._fill(
            "value.md",
            name=name,
            value=self._find("value", self.report.values, name),
            page=self._relative(provenance.VALUES) if self.links_values else "",
        )

    def known(self, name: str) -> bool:
        """Whether a value has a number in this study; where not, no sentence may need it."""
        self.requests.add(f"value {name}")
        found = self.report.values.get(name)
        return found is None or found.text != UNKNOWN

    def value_sections(self) -> list[dict[str, str]]:
        """Name and title of the sections of the page of values."""
        return provenance.value_sections(self.report, self.language)

    def values_of(self, section: str) -> str:
        """The values of a variant, or of "data" or "study", and what they rest on."""
        self.requests.update(f"value {name}" for name in provenance.values_of(self.report, section))
        if not self.report.has_results:
            return self._unavailable(section)
        return provenance.values_table(self.report, section, self.language)

    def published(self, name: str) -> str:
        """A fact as the original printed it; its place there is the tooltip. It needs no build."""
        self.requests.add(f"published {name}")
        fact = self._find("published", original_logs.facts(), name)
        return self._fill("published.md", printed=fact.text, section=fact.section)

    def measured_elsewhere(self, name: str) -> str:
        """A number that no build measured; when it was, and what it is, is the tooltip."""
        self.requests.add(f"measured-elsewhere {name}")
        fact = self._find("measured_elsewhere", measured_elsewhere.facts(), name)
        return self._fill("measured_elsewhere.md", fact=fact)

    # The literature; it needs no build

    def literature(self, name: str) -> str:
        """A number as a work of the literature has it; work and place in it are the tooltip."""
        self.requests.add(f"literature {name}")
        self._find("literature", literature(), name)
        return citations.number(name, self.language, self._relative(citations.REFERENCES_PAGE))

    def cite(self, key: str) -> str:
        """A reference in short, linked to the page of references."""
        self._cited(key)
        return citations.link(key, self.language, self._relative(citations.REFERENCES_PAGE))

    def sources(self, *keys: str) -> str:
        """References in full, as a list."""
        for key in keys:
            self._cited(key)
        return citations.entries(keys, self.language)

    def references(self, section: Section) -> str:
        """All references of a section in full, with the pages that cite each."""
        self.requests.add(f"references {section}")
        found = [key for key, row in references().items() if row.section == section]
        pages = {
            key: sorted(
                (title[self.language], self._relative(page))
                for page, title in self.report.cited_on.get(key, {}).items()
            )
            for key in found
        }
        return citations.entries(found, self.language, pages)

    def _cited(self, key: str) -> None:
        self.requests.add(f"reference {key}")
        self._find("reference", references(), key)

    # Tables and figures

    def table(self, name: str) -> str:
        """A table with its numbers at the right."""
        self.requests.add(f"table {name}")
        reason = self._why_not(f"table {name}", name.partition(".")[2])
        if reason or not self.report.has_results:
            return self._unavailable(name, reason)
        table = self._find("table", self.report.tables, name)
        return self._fill(
            "table.md",
            rule=["---:" if numeric else ":---" for numeric in table.numeric],
            columns=[column[self.language] for column in table.columns],
            rows=[[cell[self.language] for cell in row] for row in table.rows],
        )

    def figure(self, name: str) -> str:
        """A figure in both schemes, with its caption and what it rests on."""
        is_first = not any(request.startswith("figure ") for request in self.requests)
        self.requests.add(f"figure {name}")
        report = self.report
        reason = self._why_no_figure(name)
        if reason or not report.has_results or name in {*report.drawable} - report.figures.keys():
            return self._unavailable(name, reason)
        figure = self._find("figure", report.figures, name, known=report.drawable)
        return self._fill(
            "figure.md",
            name=name,
            figure=figure,
            alt=" ".join(figure.alt[self.language].split()),
            least_width=least_width(figure.smallest_text),
            loading="eager" if is_first else "lazy",  # the first one is in view at once
            files=self._relative(f"figures/{name}"),
            data=report.data,
            class_key=self._class_key(figure),
            basis=provenance.basis(report, f"figure {name}", provenance.DRAWING),
            page=self._relative(provenance.VALUES) if self.links_values else "",
        )

    def _class_key(self, figure: DrawnFigure) -> dict[str, str]:
        """The numbers in a figure that stand for classes whose names no font could write."""
        known = self.report.data.class_key if self.report.data else {}
        shown = {*figure.colors, *re.findall(r"#\d+", figure.alt.en + figure.caption.en)}
        return {number: name for number, name in known.items() if number in shown}

    def figure_link(self, name: str, text: str) -> str:
        """A link to a figure, or why it cannot be shown; the text alone where no page shows it."""
        self.requests.add(f"place {name}")
        if page := self.report.figure_pages.get(name):
            target = f"{self._relative(page)}#figure-{name}"
            return self._fill("link.md", label=text, target=target)
        return escape.markdown(self._why_no_figure(name) or text)

    def unsolved(self, *variants: str) -> str:
        """That no seed of these variants solved its task, of those of which that holds.

        For pages that show weights of a variant: those of a seed that solved it, if there is one.
        """
        self.requests.update(f"network {variant}" for variant in variants)
        found = [VARIANTS[each] for each in variants if each in self.report.unsolved]
        titles = [Text(row.zh, row.en)[self.language] for row in found]
        if not found:
            return ""
        return self._fill("unsolved.md", titles=titles, level=self.value("data.solved_from"))

    # Code and interaction

    def run(self, code: str) -> str:
        """Code that a build runs, with what it printed beneath."""
        block = CodeBlock.of(code, f"{self.language}/{self.source}")
        self.requests.add(f"code output {block.name}")
        self.code.append(block)
        return block.shown(self.report.code_outputs.get(block.name), self.language)

    def reading_path(self) -> str:
        """The pages that this one builds on, and those that it leads to, with their titles."""
        self.requests.add("reading path")
        before, after = (
            [(title, self._relative(page)) for page, title in pages.items()]
            for pages in reading_path.neighbors(self.docs, self.language, self.source)
        )
        return self._fill("reading_path.md", before=before, after=after)

    def widget(self, name: str) -> str:
        """A picture that the reader can change; the figure or table it stands for without data."""
        self.requests.add(f"widget {name}")
        widget = self._find("widget", WIDGETS, name)
        kind, _, subject = widget.still.partition(" ")
        still = Markup({"figure": self.figure, "table": self.table}[kind](subject))
        content = self.report.widgets.get(name)
        if content is None:
            return still
        return self._fill(
            "widget.md",
            name=name,
            beside=widget.beside,
            layers=widget.layers,
            still=still,
            content=content,
            folder=self._at_root("assets"),
        )

    def lab(self) -> str:
        """The lab, with the addresses of its networks; the figure it stands for without data."""
        self.requests.add(f"widget {LAB}")
        self.requests.update(f"{shipped_networks.KIND} {name}" for name in self.report.networks)
        still = Markup(self.figure(LAB_STILL))
        content = self.report.widgets.get(LAB)
        if content is None:
            return still
        networks = {
            name: {
                **msgspec.structs.asdict(network),
                "folder": self._at_root(f"assets/lab/networks/{name}"),
            }
            for name, network in self.report.networks.items()
        }
        return self._fill(
            "widget.md",
            name=LAB,
            beside=False,
            layers=False,
            still=still,
            content=content | {"networks": networks},
            folder=self._at_root("assets"),
        )

    # Records

    def attached_runs(self) -> str:
        """Where the site offers its records and how to use them, or how to make it offer them."""
        self.requests.add(ATTACHED_RUNS)
        attached = self.report.attached_runs
        return self._fill(
            "attached_runs.md",
            study=self.report.study or "full",
            attached=attached,
            link=self._at_root(attached.name) if attached else "",
            megabytes=f"{attached.bytes / 1e6:,.1f}" if attached else "",
            source=_source(attached) if attached else "",
            **self.data_words,
        )

    # Claims

    def verdict(self, name: str, *accepted: str) -> str:
        """What the records say of a claim; "withheld" where it is not about this data set.

        Raises InputError on a verdict that is not among `accepted`, for which the page was worded.
        """
        self.requests.add(f"claim {name}")
        if not self.report.has_results:
            return "no data"
        if f"claim {name}" in self.report.unavailable:
            return "withheld"
        verdict = self._find("claim", self.report.claims, name).verdict
        if accepted and verdict not in accepted:
            raise InputError(
                f"claim '{name}' is now {verdict}; the wording here was accepted for "
                f"{' or '.join(accepted)}: reword it"
            )
        return verdict

    def claim(self, name: str, *accepted: str) -> str:
        """A claim as worded for its verdict, the numbers that decide, and a link to its page."""
        self.verdict(name, *accepted)
        reason = self._why_not(f"claim {name}", "")
        if reason or not self.report.has_results:
            return self._fill("unavailable_value.md", kind="claim", reason=reason)
        claim = self.report.claims[name]
        return self._fill("claim.md", name=name, claim=claim, page=self._relative(CLAIMS_PAGE))

    def claims(self) -> list[dict[str, Any]]:
        """Every claim in the page's language, in the table's order; `id` is its name."""
        self.requests.update(f"claim {name}" for name in self.report.claims)
        return [
            {"id": name, **self._in_language(claim), "class": claim.verdict.replace(" ", "-")}
            for name, claim in self.report.claims.items()
        ]

    def withheld_claims(self) -> list[str]:
        """What those claims state that are not about this data set, in the table's order."""
        self.requests.add(WITHHELD_CLAIMS)
        return [statement[self.language] for statement in self.report.withheld_claims]

    def _in_language(self, words: msgspec.Struct) -> dict[str, Any]:
        """The fields by name, with texts in the page's language."""

        def read(value: object) -> object:
            if isinstance(value, Text):
                return value[self.language]
            if isinstance(value, msgspec.Struct):
                return self._in_language(value)
            return [read(each) for each in value] if isinstance(value, tuple) else value

        fields = {name: read(value) for name, value in msgspec.structs.asdict(words).items()}
        if isinstance(words, (DecidedClaim, Reading)):
            fields["verdict_name"] = VERDICT_NAMES[words.verdict][self.language]
        return fields

    # Terms

    def term(self, anchor: str, text: str = "") -> str:
        """A term at its first use on a page, linked to the glossary."""
        return glossary.link(anchor, self.language, text, self._relative(GLOSSARY_PAGE))

    def glossary(self) -> str:
        """All terms as a table."""
        return glossary.page(self.language)

    # The site

    def site_text(self, name: str) -> str:
        """What is known only as the site is made, such as its title, within text."""
        return of_site.mark("text", name)

    def site_code(self, name: str) -> str:
        """The same within a block of code."""
        return of_site.mark("code", name)

    # Parts

    def _fill(self, template: str, **values: object) -> Markup:
        return fill(template, self.language, **values)

    def _relative(self, path: str) -> str:
        """The relative address of a file of this language."""
        return relpath(path, str(Path(self.path).parent))

    def _at_root(self, path: str) -> str:
        """The address, relative to the published page, of a file at the site's root."""
        folder = "" if self.language == LANGUAGES[0] else self.language
        return relpath(path, Path(folder, self.path).with_suffix(""))

    def _find(
        self, kind: str, results: Mapping[str, T], name: str, known: tuple[str, ...] = ()
    ) -> T:
        if name not in results:
            raise unknown(kind, name, known or sorted(results))
        return results[name]

    def _unavailable(self, name: str, reason: str = "") -> Markup:
        return self._fill("unavailable.md", name=name, reason=reason)

    def _why_no_figure(self, name: str) -> str:
        return self._why_not(f"figure {name}", name.partition(".")[2])

    def _why_not(self, name: str, variant: str) -> str:
        """Why the study cannot show `figure loss.baseline`, of a variant, as a sentence."""
        report = self.report
        if report.has_results and variant in VARIANTS and variant not in report.variants:
            title = Text(VARIANTS[variant].zh, VARIANTS[variant].en)
            return _NO_RUN.format(study=report.study, title=title)[self.language]
        reason = report.unavailable.get(name, EMPTY) if report.has_results else EMPTY
        kind = _KINDS[name.partition(" ")[0]]
        return _NOT_HERE.format(kind=kind, reason=reason)[self.language] if reason else ""

    def _described(self, variant: Variant) -> dict[str, Any]:
        """A variant, and whether it has runs; before the first build it counts as if it had."""
        return {
            "name": variant.name,
            "title": getattr(variant, self.language),
            "convolutions": len(variant.channels),
            "pool": variant.pool,
            "hidden": len(variant.dense),
            "head": variant.head,
            "initialisation": variant.initialisation,
            "lr": variant.lr,
            "labels": variant.labels,
            "trained": not self.report.study or variant.name in self.report.variants,
        }


_KINDS = {
    "figure": Text("图", "figure"),
    "table": Text("表", "table"),
    "claim": Text("论断", "claim"),
    "demonstration": Text("数值", "value"),
}
_NOT_HERE = Text("这里没有{kind}：{reason}。", "No {kind} here: {reason}.")
_NO_RUN = Text(
    "研究 {study} 还没有“{title}”的训练。", "The study {study} has no run of “{title}” yet."
)


def _source(attached: AttachedRuns) -> str:
    """What `runs merge` takes it by: an address needs the digest, a file that was fetched none."""
    known = attached.address != attached.name
    return f"{attached.address}#sha256={attached.sha256}" if known else attached.name


def _returning_markup(function: Callable[..., str]) -> Callable[..., Markup]:
    """The same function, its result marked as Markdown, which is not escaped."""
    return lambda *arguments: Markup(function(*arguments))
