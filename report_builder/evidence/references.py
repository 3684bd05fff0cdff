"""What the pages cite, and the numbers they quote from it: data/references.toml and
data/literature.toml, typed.

Whether identifiers are well formed, and every reference cited, `checks.references` decides.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import msgspec

from report_builder.evidence.data_files import read_data
from report_builder.text import Text, same
from xo.store.source_digest import ROOT

REFERENCES = ROOT / "data" / "references.toml"
LITERATURE = ROOT / "data" / "literature.toml"
OTHERS = "et al."  # ends a list of authors that is cut short
NAMED = 3  # authors that a citation names; of more than these only the first

Section = Literal["concepts", "training", "statistics", "checking", "courses"]


class Reference(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper, book or course."""

    section: Section  # of the page of references
    authors: tuple[str, ...]  # "Family, I. N.", an organization, or at last "et al."
    year: int | None = None
    title: str | Text
    venue: str = ""
    doi: str = ""
    arxiv: str = ""
    isbn: str = ""
    url: str | Text = ""
    use: Text  # what for
    short: Text | None = None  # what a citation says instead of authors and year

    @property
    def author_list(self) -> str:
        """`Wilson, E. B.`, `Hubel, D. H., & Wiesel, T. N.`, `Paszke, A., Gross, S., et al.`"""
        *first, last = self.authors
        if not first:
            return last
        return ", ".join([*first, last if last == OTHERS else f"& {last}"])

    @property
    def citation(self) -> Text:
        """`Zhang 2019`, `Hubel and Wiesel 1962`, `LeCun et al. 1998`."""
        if self.short:
            return self.short
        families = [author.partition(",")[0] for author in self.authors]
        if len(families) > NAMED or OTHERS in families:
            names = Text(f"{families[0]} 等", f"{families[0]} et al.")
        elif len(families) == 1:
            names = same(families[0])
        else:
            *first, last = families
            names = Text(f"{'、'.join(first)} 与 {last}", f"{', '.join(first)} and {last}")
        return names + same(f" {self.year}") if self.year else names

    @property
    def links(self) -> tuple[tuple[str, Text], ...]:
        """What each identifier is called, and the address that it leads to."""
        known = (
            (f"doi:{self.doi}", self.doi and same(f"https://doi.org/{self.doi}")),
            (f"arXiv:{self.arxiv}", self.arxiv and same(f"https://arxiv.org/abs/{self.arxiv}")),
            ("", in_both(self.url)),
        )
        return tuple((name, address) for name, address in known if address)


class QuotedNumber(NamedTuple):
    """A number as it stands in the literature, and where."""

    value: Text
    place: Text  # "section II.B"
    reference: str  # its key


class _Quoted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    place: Text
    value: str | Text


def references() -> dict[str, Reference]:
    """All of them, by key, in the order of the file."""
    return read_data(REFERENCES, dict[str, Reference])


def literature() -> dict[str, QuotedNumber]:
    """All numbers quoted from the literature, by name: `lecun-1998.parameters`."""
    return {
        name: QuotedNumber(in_both(quoted.value), quoted.place, name.partition(".")[0])
        for name, quoted in read_data(LITERATURE, dict[str, _Quoted]).items()
    }


def citation(key: str) -> Text:
    """A reference in short, for words outside of pages; raises KeyError on an unknown one."""
    return references()[key].citation


def in_both(words: str | Text) -> Text:
    """A string reads alike in both languages."""
    return words if isinstance(words, Text) else same(words)
