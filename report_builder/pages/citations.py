"""Citations: links to the page of references, numbers quoted from the literature, lists of
sources, and the pages that cite each reference.
"""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup

from report_builder.evidence.references import in_both, literature, references
from report_builder.pages.templating import fill
from report_builder.text import Text

REFERENCES_PAGE = "appendix/references.md"


def link(key: str, language: str, page: str) -> Markup:
    """`[Zhang 2019](references.md#zhang-2019)`, its title as the tooltip."""
    reference = references()[key]
    return fill(
        "citation.md",
        language,
        label=reference.citation[language],
        page=page,
        anchor=key,
        tooltip=in_both(reference.title)[language],
    )


def number(name: str, language: str, page: str) -> Markup:
    """A number from the literature; work and place in it are the tooltip."""
    quoted = literature()[name]
    reference = references()[quoted.reference]
    between = Text("，", ", ")[language]
    return fill(
        "citation.md",
        language,
        label=quoted.value[language],
        page=page,
        anchor=quoted.reference,
        tooltip=f"{reference.citation[language]}{between}{quoted.place[language]}",
    )


def entries(
    keys: Iterable[str], language: str, pages: dict[str, list[tuple[str, str]]] | None = None
) -> Markup:
    """References in full, as a list.

    With `pages`, the page of references: each has its anchor and links to the pages that cite it,
    given as (title, address).
    """
    known = references()
    return fill(
        "references.md",
        language,
        rows=[
            {
                "key": key,
                "authors": known[key].author_list,
                "year": known[key].year,
                "title": in_both(known[key].title)[language],
                "venue": known[key].venue,
                "isbn": known[key].isbn,
                "links": [(name, address[language]) for name, address in known[key].links],
                "use": known[key].use[language],
                "pages": (pages or {}).get(key, []),
            }
            for key in keys
        ],
        anchors=pages is not None,
    )


def cited(requests: Iterable[str]) -> set[str]:
    """The keys of the references that a page with these requests cites."""
    kinds = [request.partition(" ") for request in requests]
    return {
        name.partition(".")[0] for kind, _, name in kinds if kind in ("reference", "literature")
    }
