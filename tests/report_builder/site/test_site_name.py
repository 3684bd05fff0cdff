"""A site of another data set goes by a name and a logo of its own, in both languages."""

from __future__ import annotations

import pytest
from mkdocs.config import load_config
from mkdocs.config.defaults import MkDocsConfig

from report_builder.results.report import DataSetName
from report_builder.site import i18n
from report_builder.text import Text
from xo.store.source_digest import ROOT


@pytest.fixture(scope="module")
def config() -> MkDocsConfig:
    return load_config(str(ROOT / "mkdocs.yml"))


@pytest.mark.parametrize(
    ("title", "names"),
    [
        (Text("", ""), ("digits 识别报告", "digits recognition report")),
        (Text("手写数字", "Handwritten digits"), ("手写数字", "Handwritten digits")),
    ],
)
def test_the_site_is_named_by_the_data_card_or_the_folder(config, title, names):
    i18n.name_after(config, DataSetName("digits", "", False, title=title))
    languages = i18n._i18n(config).config.languages
    assert tuple(language.site_name for language in languages) == names
    assert config.site_name == names[0]
    described = [config.site_description, *(language.site_description for language in languages)]
    assert all("digits" in words and "XO" not in words for words in described)


def test_its_logo_shows_no_o_and_no_x(config):
    i18n.name_after(config, DataSetName("digits", "", False))
    logo = (ROOT / "docs" / config.theme["logo"]).read_text()
    assert logo.startswith("<svg") and "<circle" not in logo
