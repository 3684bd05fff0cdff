"""Terms can be shown in both languages, and a page links to one where it first uses it, once."""

from __future__ import annotations

import re
from pathlib import Path

import markdown
import pytest

from report_builder.pages import glossary
from report_builder.pages.terms import TERMS
from report_builder.site import mathml
from report_builder.text import LANGUAGES
from xo.errors import InputError

DOCS = Path(__file__).parents[3] / "docs"
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("anchor", TERMS)
def test_a_term_can_stand_in_a_tooltip_of_either_language(anchor):
    term = TERMS[anchor]
    words = term.name + term.meaning
    assert not {'"', "|", "\n"} & set(words.zh + words.en + term.symbol)
    assert CHINESE.search(term.meaning.zh) and not CHINESE.search(words.en)
    assert term.symbol == "" or mathml.mathml(term.symbol)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_use_leads_to_the_line_of_its_term_and_says_the_meaning(language):
    page = markdown.markdown(glossary.page(language), extensions=["tables", "md_in_html"])
    link = markdown.markdown(glossary.link("stride", language, "", "../appendix/glossary.md"))
    meaning = {
        "zh": "窗口每次移动几个像素。",
        "en": "By how many pixels the window moves each time.",
    }[language]
    assert f'href="../appendix/glossary.md#stride" title="{meaning}"' in link
    rows = [row for row in page.split("<tr>") if 'id="stride"' in row]
    assert len(rows) == 1 and meaning in rows[0] and "步幅" in rows[0] and "stride" in rows[0]
    assert page.count("<tr>") == 1 + len(TERMS)


def test_chinese_pages_name_the_english_term_beside_the_chinese():
    assert glossary.link("stride", "zh", "", "").startswith("[步幅（stride）]")
    assert glossary.link("stride", "en", "", "").startswith("[stride]")
    assert glossary.link("stride", "en", "strides", "").startswith("[strides]")


def test_an_unknown_term_is_named_with_those_that_are_known():
    with pytest.raises(InputError, match="term 'strid': not known.*; known are ablation, .*stride"):
        glossary.link("strid", "en", "", "")


def test_only_the_abbreviations_of_a_page_are_explained_on_it():
    text = glossary.abbreviations("An FCN has no dense layer.", "en")
    page = markdown.markdown(f"An FCN has no dense layer.\n{text}", extensions=["abbr"])
    assert '<abbr title="fully convolutional network">FCN</abbr>' in page and "SGD" not in page


@pytest.mark.parametrize(
    "page", sorted(path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
)
def test_a_page_links_to_a_term_once_and_only_to_terms_there_are(page):
    used = re.findall(r'{{ term\("([\w-]+)"', (DOCS / page).read_text(encoding="utf-8"))
    assert len(used) == len(set(used)) and set(used) <= TERMS.keys()


@pytest.mark.parametrize("anchor", ["stride", "spacing"])
def test_a_letter_behind_a_term_is_its_symbol_on_every_page(anchor):
    """`stride $t$` or `步幅为 $t$`; elsewhere a letter may stand for something else."""
    term, found = TERMS[anchor], 0
    names = "|".join([*term.name, rf'{{{{ term\("{anchor}"\) }}}}'])
    for page in [*DOCS.rglob("*.md"), *DOCS.rglob("*.py")]:
        text = page.read_text(encoding="utf-8")
        for letter in re.findall(rf"(?:{names})(?:（\w+）)?[为是]? ?\$([a-z])\$", text):
            assert letter == term.symbol, page
            found += 1
    assert found >= 4
