"""All functions that a page's source may call, by name: beside those that show results in words,
those of figures, code, widgets, links, terms and the site.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from markupsafe import Markup

from report_builder import escape
from report_builder.figures.save import least_width
from report_builder.pages import glossary, of_site, provenance, reading_path
from report_builder.pages.code_outputs import CodeBlock
from report_builder.pages.result_functions import ResultFunctions
from report_builder.results import shipped_networks
from report_builder.results.report import AttachedRuns, DrawnFigure
from report_builder.results.widgets import LAB, LAB_STILL, WIDGETS
from report_builder.text import Text
from xo.variants import VARIANTS, Variant

GLOSSARY_PAGE = "appendix/glossary.md"
ATTACHED_RUNS = "attached runs"


class PageFunctions(ResultFunctions):
    """All functions of one page in one language. Their names are those that the source calls."""

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

    # Figures

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

    def _why_no_figure(self, name: str) -> str:
        return self._why_not(f"figure {name}", name.partition(".")[2])

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


def _source(attached: AttachedRuns) -> str:
    """What `runs merge` takes it by: an address needs the digest, a file that was fetched none."""
    known = attached.address != attached.name
    return f"{attached.address}#sha256={attached.sha256}" if known else attached.name


def _returning_markup(function: Callable[..., str]) -> Callable[..., Markup]:
    """The same function, its result marked as Markdown, which is not escaped."""
    return lambda *arguments: Markup(function(*arguments))
