"""References that do not hold are named; well-formed ones pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from report_builder.checks import references as checks
from report_builder.evidence.references import QuotedNumber, Reference, literature, references
from report_builder.pages.render import PageRequest, page_requests
from report_builder.results.report import Report
from report_builder.text import same
from xo.store.source_digest import ROOT


def with_identifiers(**identifiers: str) -> dict[str, Reference]:
    row = Reference(section="courses", authors=("A, B.",), title="T", use=same("u"), **identifiers)
    return {"key": row}


@pytest.mark.parametrize(
    "kind, right, wrong",
    [
        (
            "doi",
            [
                "10.1109/5.726791",
                "10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I",
            ],
            ["11.1109/5.726791", "10.99/5", "https://doi.org/10.1109/5", "10.1109/a b", "10.1109/"],
        ),
        (
            "arxiv",
            [
                "0704.0001",
                "1412.6806",
                "1501.00001",
                "2004.15004",
                "math.GT/0309136",
                "hep-th/9901001",
            ],
            [
                "1412.68060",
                "1501.0001",
                "1413.6806",
                "2004.1500",
                "arXiv:1412.6806",
                "math/9913001",
            ],
        ),
        (
            "isbn",
            ["9780262035613", "978-0-262-03561-3", "0306406152", "0-8044-2957-X"],
            ["9780262035614", "9790262035613", "0306406153", "1234567890123", "030640615"],
        ),
        ("url", ["https://d2l.ai/"], ["http://d2l.ai/", "d2l.ai", "https://d2l.ai/ x"]),
    ],
)
def test_identifiers_are_well_formed(kind: str, right: list[str], wrong: list[str]):
    for identifier in right:
        assert list(checks.malformed(with_identifiers(**{kind: identifier}))) == []
    for identifier in wrong:
        (line,) = checks.malformed(with_identifiers(**{kind: identifier}))
        assert line.startswith("data/references.toml: 'key'") and f"'{identifier}'" in line


def test_a_changed_digit_or_two_swapped_ones_are_no_isbn():
    for isbn in ("9780262035613", "0306406152"):
        assert checks.is_isbn(isbn)
        for k, digit in enumerate(isbn):
            assert not checks.is_isbn(f"{isbn[:k]}{(int(digit) + 1) % 10}{isbn[k + 1 :]}")
    assert not checks.is_isbn("0304606152")


def test_a_reference_that_no_page_cites_is_a_fault():
    requests = page_requests(ROOT / "docs", Report())
    without = [
        PageRequest(
            page.path,
            page.source,
            page.results - {"reference wilson-1927", "literature lecun-1998.parameters"},
        )
        for page in requests
    ]
    assert list(checks.faults(requests)) == []
    assert list(checks.faults(without)) == [
        "data/references.toml: no page cites 'wilson-1927': cite it with cite(...) or take it out",
        "data/literature.toml: no page quotes 'lecun-1998.parameters': quote it with "
        "literature(...) or take it out",
    ]


def test_a_number_from_a_work_without_entry_is_a_fault():
    quoted = {"nobody-1900.answer": QuotedNumber(same("42"), same("page 1"), "nobody-1900")}
    (line,) = checks.unreferenced(quoted, references())
    assert line == (
        "data/literature.toml: 'nobody-1900.answer' is from 'nobody-1900', which "
        "data/references.toml does not have"
    )
    assert list(checks.unreferenced(literature(), references())) == []


@pytest.mark.parametrize(
    "typed",
    [
        "as Wilson (1927) found",
        "see He et al. 2016.",
        "of Long, Shelhamer and Darrell 2015",
        "见 Luo 等 2016。",
        "见 Long、Shelhamer 与 Darrell 2015。",
        "[Zhang 2019](../appendix/references.md#zhang-2019)",
    ],
)
def test_a_citation_typed_by_hand_is_a_fault_with_its_line(tmp_path: Path, typed: str):
    docs, package = tmp_path / "docs", tmp_path / "package"
    for folder in (docs / "zh", docs / "en", package):
        folder.mkdir(parents=True)
    page = docs / "en" / "page.md"
    page.write_text(
        f'# Title\n\n{{{{ cite("he-2016") }}}} in 2016, Python 3.12 and 1998.\n\n{typed}\n'
    )
    (line,) = checks.typed_citations(docs, package)
    assert line.startswith("docs/en/page.md:5: '") and "cite(...)" in line


def test_no_page_and_no_module_types_a_citation():
    assert list(checks.typed_citations(ROOT / "docs", ROOT / "report_builder")) == []
