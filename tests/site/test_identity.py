"""Who made the report and where its repository is, as a browser shows it on a small site."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from selectolax.lexbor import LexborHTMLParser

from report_builder.results.report import Report
from report_builder.site.edition import make as editions
from report_builder.site.identity import EMBEDDED_TITLE
from report_builder.site.manifest import MANIFEST
from tests.report_builder.site.conftest import Project
from tests.report_builder.site.test_identity import (
    ADDRESS,
    AUTHOR,
    COURSE,
    ENGLISH,
    LICENSE,
    OWN,
    TITLE,
)
from xo.store.source_digest import ROOT

from .conftest import NARROW, WIDE, Served, served

DEFAULTS = (*EMBEDDED_TITLE, "xo-report authors")


@pytest.fixture(scope="module")
def cloned(tmp_path_factory) -> Iterator[Served]:
    """A site made in a clone from GitHub, whose stars the theme would ask for."""
    project = Project(tmp_path_factory.mktemp("cloned"))
    for arguments in (["init", "-q"], ["remote", "add", "origin", "git@github.com:owner/x.git"]):
        subprocess.run(["git", *arguments], cwd=project.root, check=True)
    assert project.publish()
    with served(project.site) as site:
        yield site


@pytest.mark.parametrize(
    "size, scheme, path",
    [
        (WIDE, "light", ""),
        (WIDE, "dark", "en/xo/data/"),
        (NARROW, "light", "hands-on/by-hand/"),
        (NARROW, "dark", "en/"),
    ],
)
def test_the_repository_is_one_click_away_and_no_page_asks_its_host_for_anything(
    browser: Browser, cloned: Served, size, scheme, path
):
    context = browser.new_context(
        viewport=size, base_url=cloned.address, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.goto(path)
    page.wait_for_load_state("networkidle")
    if size is NARROW:
        page.locator(".md-header label[for=__drawer]").click()
    link = page.locator("a.md-source:visible")
    expect(link).to_have_text("owner/x")
    expect(link).to_have_attribute("href", "https://github.com/owner/x")
    # the drawer slides in
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    options = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
    faint = Axe().run(page, options=options).response["violations"]
    assert [node["html"] for each in faint for node in each["nodes"]] == []
    assert set(asked) == {urlsplit(cloned.address).netloc}
    context.close()


WHOLE = ("index.md", "appendix/cite.md", "appendix/colophon.md", "hands-on/by-hand.ipynb")


@pytest.fixture(scope="module")
def own(smoke, tmp_path_factory) -> Project:
    """All pages of the smoke study, published by settings with another identity; of most, their
    title alone.
    """
    root = tmp_path_factory.mktemp("own")
    (root / "mkdocs.yml").write_text(f"repo_url: https://host.org/own/rings\n{OWN}", "utf-8")
    (root / "docs").mkdir()
    (root / "docs" / "overrides").symlink_to(ROOT / "docs" / "overrides")
    docs = root / "build" / "docs"
    shutil.copytree(smoke / "build" / "docs", docs)
    for page in [*docs.rglob("*.md"), *docs.rglob("*.ipynb")]:
        text = page.read_text("utf-8")
        if page.relative_to(docs).as_posix().partition("/")[2] in WHOLE:
            text = re.sub(r"(\]\([^()\s:#]+\.(?:md|ipynb))#[^()\s]*", r"\1", text)
        elif page.suffix == ".md":
            text = re.match(r"(?s)---\n.*?\n---\n", text).group() + "\n# Title\n"
        else:
            found = json.loads(text)
            text = json.dumps({**found, "cells": found["cells"][:1]})
        page.write_text(text, "utf-8")
    for name in ("report.json", "docs.json"):
        shutil.copy(smoke / "build" / name, root / "build")
    project = Project(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SITE_URL", raising=False)
        assert project.publish()
    return project


def defaults_in(texts: list[Path]) -> dict[Path, list[str]]:
    found = {each: [word for word in DEFAULTS if word in each.read_text("utf-8")] for each in texts}
    return {each: words for each, words in found.items() if words}


def test_all_pages_go_by_another_name_and_nothing_by_the_default(own, smoke):
    for page in sorted(own.site.rglob("*.html")):
        name = page.relative_to(own.site).as_posix()
        tree = LexborHTMLParser(page.read_text("utf-8"))
        title = ENGLISH if name.startswith("en/") else TITLE
        assert tree.css_first("title").text().endswith(title), name
        foot = tree.css_first("footer .xo-identity").text()
        assert all(words in foot for words in (title, AUTHOR, COURSE, LICENSE)), name
        assert tree.css_first("footer .xo-identity a").attributes["href"] == ADDRESS
        assert tree.css_first("a.md-source").attributes["href"] == "https://host.org/own/rings"
    texts = [each for each in own.site.rglob("*") if each.suffix in (".html", ".json", ".ipynb")]
    assert len(texts) > 100
    assert defaults_in(texts) == {}
    # nor is it in what those pages say below their title
    pages = [each for each in smoke.glob("build/docs/*/**/*") if each.suffix in (".md", ".ipynb")]
    assert len(pages) > 100
    assert defaults_in(pages) == {}


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_the_citation_can_be_copied_and_names_this_very_build(own, prefix):
    page = LexborHTMLParser(own.page(f"{prefix}appendix/cite/index.html"))
    entry, file = (code.text() for code in page.css("article pre > code"))
    made_from = json.loads(own.page(MANIFEST))["made_from"]
    found = yaml.safe_load(file)
    assert found["title"] == (ENGLISH if prefix else TITLE)
    assert found["repository-code"] == "https://host.org/own/rings" and found["url"] == ADDRESS
    assert (
        made_from in entry
        and made_from in file
        and made_from in page.css_first("article ul").text()
    )
    colophon = LexborHTMLParser(own.page(f"{prefix}appendix/colophon/index.html"))
    text = colophon.css_first("article").text()
    assert LICENSE in text and "MIT" not in text


@pytest.mark.parametrize("prefix", ["", "en/"])
def test_the_home_page_has_every_line_from_nothing_to_the_site(own, prefix):
    article = LexborHTMLParser(own.page(f"{prefix}index.html")).css_first("article")
    (lines,) = (code.text() for code in article.css("pre > code") if "clone" in code.text())
    assert [shlex.split(line) for line in lines.splitlines()] == [
        ["git", "clone", "https://host.org/own/rings"],
        ["cd", "rings"],
        ["make", "report"],
        ["make", "test"],
    ]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    first, end = re.findall(r"3\.(\d+)", project["requires-python"])
    wanted = {
        "": f"Python 3.{first} 到 3.{int(end) - 1}",
        "en/": f"Python 3.{first} to 3.{int(end) - 1}",
    }
    assert wanted[prefix] in article.text()


@pytest.mark.parametrize("language, title", [("zh", TITLE), ("en", ENGLISH)])
def test_the_edition_goes_by_that_name(own, language, title):
    root = own.site if language == "zh" else own.site / language
    text = editions._document(
        editions.Chapters(root, language), language, own.site, Report(), "0123456789abcdef"
    )
    front = LexborHTMLParser(text).css_first("header, .title, body > *").text()
    assert all(words in front for words in (title, AUTHOR, COURSE, LICENSE))
    assert not any(word in text for word in DEFAULTS)
