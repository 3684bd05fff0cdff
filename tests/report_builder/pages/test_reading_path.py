"""What each page builds on: every page is in the table, and a learner meets it in that order."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest
import yaml

from report_builder.pages.functions import PageFunctions
from report_builder.pages.reading_path import BUILDS_ON, neighbors, pages
from report_builder.pages.render import page_requests
from report_builder.results.report import Report
from report_builder.text import LANGUAGES
from xo.store.source_digest import ROOT

DOCS = ROOT / "docs"


def navigation() -> list[str]:
    """Every page in the order of the navigation."""

    class Loader(yaml.SafeLoader):
        """Passes over the tags of MkDocs."""

    Loader.add_multi_constructor("!ENV", lambda *given: None)
    Loader.add_multi_constructor("tag:yaml.org,2002:python/", lambda *given: None)

    def flat(item: object) -> list[str]:
        if isinstance(item, str):
            return [item]
        parts = item.values() if isinstance(item, dict) else item
        return list(chain.from_iterable(map(flat, parts)))  # type: ignore[arg-type]

    return flat(yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), Loader)["nav"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_that_is_read_in_order_is_in_the_table(language):
    assert set(pages(DOCS, language)) <= BUILDS_ON.keys()


def test_a_page_comes_after_all_that_it_builds_on():
    order = [page for page in navigation() if page in BUILDS_ON]
    known = list(BUILDS_ON)
    assert [page for page in known if page in order] == order
    for page, needed in BUILDS_ON.items():
        assert all(known.index(each) < known.index(page) for each in needed), page


def test_titles_are_those_of_the_pages_and_a_page_that_is_not_built_is_left_out(tmp_path: Path):
    concepts = tmp_path / "en" / "concepts"
    concepts.mkdir(parents=True)
    for name in ("sharing", "pooling", "levels"):
        (concepts / f"{name}.md").write_text(f'---\ntitle: "The {name}: a title"\n---\n')
    assert neighbors(tmp_path, "en", "concepts/pooling.md") == (
        {"concepts/sharing.md": "The sharing: a title"},
        {"concepts/levels.md": "The levels: a title"},
    )
    assert neighbors(tmp_path, "en", "index.md") == ({}, {})


def test_the_line_names_both_directions_in_the_language_of_the_page(tmp_path: Path):
    for language in LANGUAGES:
        for page in ("xo/network.md", "xo/training.md", "xo/one-image.md"):
            file = tmp_path / language / page
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"---\ntitle: {Path(page).stem} <{language}>\n---\n")

    def line(language: str, page: str) -> str:
        return PageFunctions(Report(), language, page, page, False, tmp_path).reading_path()

    assert line("en", "xo/training.md") == (
        "Builds on: [network &lt;en&gt;](network.md). "
        "Leads to: [one-image &lt;en&gt;](one-image.md).\n{ .xo-path }"
    )
    assert line("zh", "xo/training.md") == (
        "先读：[network &lt;zh&gt;](network.md)。接着读：[one-image &lt;zh&gt;](one-image.md)。\n"
        "{ .xo-path }"
    )
    assert line("en", "xo/one-image.md") == (
        "Builds on: [training &lt;en&gt;](training.md).\n{ .xo-path }"
    )
    assert line("en", "index.md") == ""


def test_every_page_of_the_table_shows_its_line():
    shown = {page.path for page in page_requests(DOCS, Report()) if "reading path" in page.results}
    assert shown == {
        f"{language}/{page}" for language in LANGUAGES for page in pages(DOCS, language)
    }
