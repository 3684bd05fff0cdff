"""How references are cited, and what a broken file of data says."""

from __future__ import annotations

import pytest

from report_builder.evidence import data_files, references
from report_builder.evidence.recording import recording
from report_builder.evidence.references import Reference
from report_builder.text import Text, same
from xo.errors import InputError


def reference(*authors: str, **facts) -> Reference:
    facts = {"section": "concepts", "title": "T", "use": same("u"), "year": 2001} | facts
    return Reference(authors=authors, **facts)


@pytest.mark.parametrize(
    "authors, zh, en, listed",
    [
        (["A, B. C."], "A 2001", "A 2001", "A, B. C."),
        (["A, B.", "C, D."], "A 与 C 2001", "A and C 2001", "A, B., & C, D."),
        (
            ["A, B.", "C, D.", "E, F."],
            "A、C 与 E 2001",
            "A, C and E 2001",
            "A, B., C, D., & E, F.",
        ),
        (["A, B.", "C, D.", "E, F.", "G, H."], "A 等 2001", "A et al. 2001", None),
        (["A, B.", "C, D.", "et al."], "A 等 2001", "A et al. 2001", "A, B., C, D., et al."),
        (["University of Somewhere"], *["University of Somewhere 2001"] * 2, None),
    ],
)
def test_a_citation_names_up_to_three_authors(authors, zh, en, listed):
    row = reference(*authors)
    assert row.citation == Text(zh, en)
    assert listed is None or row.author_list == listed


def test_a_reference_leads_to_each_of_its_identifiers():
    row = reference("A, B.", doi="10.1/x<y>", arxiv="1412.6806", url=Text("https://z", "https://e"))
    assert row.links == (
        ("doi:10.1/x<y>", same("https://doi.org/10.1/x<y>")),
        ("arXiv:1412.6806", same("https://arxiv.org/abs/1412.6806")),
        ("", Text("https://z", "https://e")),
    )
    assert reference("A, B.").links == ()


def test_who_reads_the_files_depends_on_them():
    with recording() as requests:
        assert references.citation("zhang-2019") == same("Zhang 2019")
    assert requests.files == {"data/references.toml"}
    assert references.literature()["lecun-1998.parameters"].reference == "lecun-1998"


@pytest.mark.parametrize(
    "text, named",
    [
        ("[x]\nauthors = [", "Invalid value"),
        ('[x]\nauthors = ["A"]\ntitle = "T"\nsection = "concepts"', "use"),
        (
            '[x]\nauthors = ["A"]\ntitle = "T"\nsection = "cooking"\nuse = {zh = "", en = ""}',
            "cooking",
        ),
    ],
)
def test_a_broken_file_is_named_with_what_is_wrong(monkeypatch, tmp_path, text, named):
    file = tmp_path / "data" / "references.toml"
    file.parent.mkdir()
    file.write_text(text)
    monkeypatch.setattr(data_files, "ROOT", tmp_path)
    monkeypatch.setattr(references, "REFERENCES", file)
    with pytest.raises(InputError, match=rf"^data/references.toml: .*{named}"):
        references.references()
