"""The functions of pages that show results in words: values, facts, references, tables, claims.

Without results, before the first build, everything is a note that names the command which makes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import relpath
from typing import Any, TypeVar

import msgspec
from markupsafe import Markup

from report_builder.evidence import measured_elsewhere, original_logs
from report_builder.evidence.references import Section, literature, references
from report_builder.pages import citations, provenance
from report_builder.pages.code_outputs import CodeBlock
from report_builder.pages.data_words import data_words
from report_builder.pages.templating import fill
from report_builder.results.forms import UNKNOWN
from report_builder.results.report import VERDICT_NAMES, DecidedClaim, Reading, Report
from report_builder.text import EMPTY, LANGUAGES, Text
from xo.errors import InputError
from xo.store.source_digest import ROOT
from xo.unknown_names import unknown
from xo.variants import VARIANTS

CLAIMS_PAGE = "evidence/claims.md"
WITHHELD_CLAIMS = "withheld claims"

T = TypeVar("T")

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


@dataclass
class ResultFunctions:
    """The functions of one page in one language that bring results into its sentences, and what
    they take note of: which results the page requests.
    """

    report: Report
    language: str
    path: str  # of the rendered page, below its language's folder
    source: str  # of its source, below its language's folder
    links_values: bool  # whether the site has the page that values lead to
    docs: Path = ROOT / "docs"  # where the sources of all pages are
    requests: set[str] = field(default_factory=set)  # "figure samples", "value baseline.n"
    code: list[CodeBlock] = field(default_factory=list)

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

    # Tables

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

    def _why_not(self, name: str, variant: str) -> str:
        """Why the study cannot show `figure loss.baseline`, of a variant, as a sentence."""
        report = self.report
        if report.has_results and variant in VARIANTS and variant not in report.variants:
            title = Text(VARIANTS[variant].zh, VARIANTS[variant].en)
            return _NO_RUN.format(study=report.study, title=title)[self.language]
        reason = report.unavailable.get(name, EMPTY) if report.has_results else EMPTY
        kind = _KINDS[name.partition(" ")[0]]
        return _NOT_HERE.format(kind=kind, reason=reason)[self.language] if reason else ""
