"""What pages say where the data set is not the embedded one: nothing of the original's images and
logs, and commands that name the data set.
"""

from __future__ import annotations

import re

import nbformat
import pytest

from report_builder.pages.data_words import data_words
from report_builder.pages.notebooks import current
from report_builder.pages.render import _rendered
from report_builder.results.report import DataSetName, Report
from report_builder.results.withheld import CLAIMS, FIGURES, TABLES
from report_builder.text import LANGUAGES
from xo.store.source_digest import ROOT

DOCS = ROOT / "docs"
DIGITS = DataSetName("digits", "0" * 64, False)
OF_THE_ORIGINAL = {
    "zh": re.compile(r"原报告|(?<!索引)作业(?!数组)|(?<![\w$`])[OX](?![\w$`])|圈和叉"),
    "en": re.compile(r"[Oo]riginal report|write-up|[Aa]ssignment|(?<![\w$`])[OX](?![\w$`])"),
}
# Of these the glossary and the references are of all data sets; the exercise names its program.
EXCEPT = ("appendix/", "evidence/published.md", "hands-on/your-images.md")
APART = re.compile(r"\]\([^)]*\)|^title:.*$|^- .*\*\..*$", re.M)  # addresses, works cited
PRINTED = ("published ", "measured-elsewhere ", "value published.")
CODE = re.compile(r"```.*?```", re.S)


@pytest.fixture(scope="module")
def pages() -> list:
    return _rendered(DOCS, Report(study="smoke", data=DIGITS, data_folder="data/digits"))


def test_no_page_speaks_of_the_original_s_images_or_of_o_and_x(pages):
    found = []
    for page, text in pages:
        if page.path.startswith(EXCEPT):
            continue
        prose = CODE.sub("", APART.sub("]", text))
        found += [
            f"{page.language}/{page.path}: {line.strip()[:100]}"
            for line in prose.splitlines()
            if OF_THE_ORIGINAL[page.language].search(line)
            and not re.search(r"内置数据集|embedded data set", line)
        ]
    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_notebook_speaks_of_the_original_s_images_or_of_o_and_x(language):
    report = Report(study="smoke", data=DIGITS, data_folder="data/digits")
    for source in sorted((DOCS / language / "hands-on").glob("*.py")):
        content = current(source, None, language, data_words(report, language))
        for cell in nbformat.reads(content.decode(), 4).cells:
            text = APART.sub("]", cell.source)
            found = OF_THE_ORIGINAL[language].search(text)
            assert not found, f"{source.name}: {text[:200]}"


def test_no_page_asks_for_what_is_withheld(pages):
    withheld = {f"claim {name}" for name in CLAIMS} | {f"figure {name}" for name in FIGURES}
    withheld |= {f"table {name}" for name in TABLES}
    for page, _ in pages:
        asked = {name for name in page.requests if name in withheld or name.startswith(PRINTED)}
        assert asked == set(), f"{page.language}/{page.path}"


def test_every_command_that_works_on_images_names_the_data_set(pages):
    takes_data = re.compile(
        r"^python -m (?:xo (?:train|list [a-z])|report_builder (?:build|status|figure|value))\b.*$",
        re.M,
    )
    for page, text in pages:
        for command in takes_data.findall(text):
            assert "--data" in command, f"{page.language}/{page.path}: {command}"


def test_the_page_of_the_original_s_logs_says_why_it_compares_nothing(pages):
    said = {page.language: text for page, text in pages if page.path == "evidence/published.md"}
    assert "not be a replicate" in said["en"] and "算不上重做" in said["zh"]
    assert all(len(text) < 3000 for text in said.values())
