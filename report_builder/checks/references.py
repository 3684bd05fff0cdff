"""Whether the references hold: each is cited and has well-formed identifiers, each number from the
literature has its reference and is quoted, and no citation is typed by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from report_builder.checks.prose import files_with_prose, passages
from report_builder.evidence.references import (
    LITERATURE,
    REFERENCES,
    QuotedNumber,
    Reference,
    in_both,
    literature,
    references,
)
from report_builder.pages import sources
from report_builder.pages.citations import cited
from report_builder.pages.render import PageRequest

# As DOI handbook and Crossref give it; the oldest of Wiley's hold < and >.
DOI = re.compile(r"10\.\d{4,9}/[-._;()/:<>A-Za-z0-9]+")
# https://info.arxiv.org/help/arxiv_identifier.html: five digits since 2015, a subject before 2007
ARXIV = re.compile(
    r"(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}"
    r"|(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5}"
    r"|[a-z]+(?:-[a-z]+)?(?:\.[A-Z]{2})?/(?:9[1-9]|0[0-7])(?:0[1-9]|1[0-2])\d{3}"
)
# Names and a year as they stand in prose: Wilson (1927), He et al. 2016, Long 与 Darrell 2015.
_NAME = r"[A-Z][\w’'-]+"
TYPED = re.compile(
    rf"{_NAME}(?:(?:, {_NAME})* and {_NAME}| et al\.|(?:、{_NAME})* ?与 ?{_NAME}| ?等)"
    rf"[,，]? ?[(（]?(?:1[89]|20)\d\d\b|{_NAME} ?[(（](?:18|19|20)\d\d[)）]"
)
LINKED = re.compile(r"references\.md#[\w-]+")


def faults(requests: Iterable[PageRequest]) -> Iterator[str]:
    """Those of the files of data, and what of them the pages do not cite; a line for each."""
    requested = {name for page in requests for name in page.results}
    known, quoted = references(), literature()
    yield from malformed(known)
    yield from unreferenced(quoted, known)
    file = f"data/{REFERENCES.name}"
    for key in sorted(known.keys() - cited(requested)):
        yield f"{file}: no page cites '{key}': cite it with cite(...) or take it out"
    for name in quoted:
        if f"literature {name}" not in requested:
            yield (
                f"data/{LITERATURE.name}: no page quotes '{name}': quote it with literature(...) "
                "or take it out"
            )


def malformed(known: Mapping[str, Reference]) -> Iterator[str]:
    """A line for every identifier that cannot be one."""
    for key, row in known.items():
        where = f"data/{REFERENCES.name}: '{key}'"
        if row.doi and not DOI.fullmatch(row.doi):
            yield f"{where}: '{row.doi}' is no DOI"
        if row.arxiv and not ARXIV.fullmatch(row.arxiv):
            yield f"{where}: '{row.arxiv}' is no arXiv identifier"
        if row.isbn and not is_isbn(row.isbn):
            yield f"{where}: '{row.isbn}' is no ISBN: its digits do not give its check digit"
        for address in filter(None, set(in_both(row.url))):
            if not re.fullmatch(r"https://[^\s<>\"]+", address):
                yield f"{where}: '{address}' is no address that begins with https://"


def is_isbn(text: str) -> bool:
    """Whether ten or thirteen digits, hyphens left out, end in the right check digit (ISO 2108)."""
    digits = text.replace("-", "")
    if re.fullmatch(r"\d{9}[\dX]", digits):
        values = [10 if digit == "X" else int(digit) for digit in digits]
        return sum(weight * value for weight, value in zip(range(10, 0, -1), values)) % 11 == 0
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum((3 if k % 2 else 1) * int(digit) for k, digit in enumerate(digits)) % 10 == 0
    return False


def unreferenced(
    quoted: Mapping[str, QuotedNumber], known: Mapping[str, Reference]
) -> Iterator[str]:
    """A line for every number whose reference there is not."""
    for name, number in quoted.items():
        if number.reference not in known:
            yield (
                f"data/{LITERATURE.name}: '{name}' is from '{number.reference}', which "
                f"data/{REFERENCES.name} does not have"
            )


def typed_citations(docs: Path, package: Path) -> Iterator[str]:
    """`file:line: the citation, and the remedy` for each that is typed in a page, a notebook or the
    words of a module.
    """
    files = [file for file in files_with_prose(docs, package) if file.name != Path(__file__).name]
    for file in files:
        shown = file.relative_to((docs if docs in file.parents else package).parent)
        text = sources.read(file) if docs in file.parents else ""
        for found in LINKED.finditer(text):
            line = 1 + text.count("\n", 0, found.start())
            yield f"{shown}:{line}: '{found[0]}' is a link typed by hand: use cite(...)"
        for passage in passages(file):
            for found in TYPED.finditer(passage.text):
                yield (
                    f"{shown}:{passage.line(found.start(), found[0])}: '{found[0]}' is a citation "
                    "typed by hand: use cite(...), and in modules citation(...)"
                )
