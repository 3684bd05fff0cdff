"""Who made the report and where its repository is, as a browser shows it on a small site."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.report_builder.site.conftest import Project

from .conftest import NARROW, WIDE, Served, served


@pytest.fixture(scope="module")
def cloned(tmp_path_factory) -> Iterator[Served]:
    """A site made in a clone from GitHub, whose stars the theme would ask for."""
    project = Project(tmp_path_factory.mktemp("cloned"))
    for arguments in (["init", "-q"], ["remote", "add", "origin", "git@github.com:owner/x.git"]):
        subprocess.run(["git", *arguments], cwd=project.root, check=True)
    assert project.publish()
    with served(project.site) as site:
        yield site


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_repository_is_one_click_away_and_no_page_asks_its_host_for_anything(
    browser: Browser, cloned: Served, size
):
    context = browser.new_context(viewport=size, base_url=cloned.address)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    for path in ("", "en/xo/data/", "hands-on/by-hand/"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if size is NARROW:
            page.locator(".md-header label[for=__drawer]").click()
        link = page.locator("a.md-source:visible")
        expect(link).to_have_text("owner/x")
        expect(link).to_have_attribute("href", "https://github.com/owner/x")
    assert set(asked) == {urlsplit(cloned.address).netloc}
    context.close()
