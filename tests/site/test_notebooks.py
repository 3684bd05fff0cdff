"""Notebooks on the built site: light pages, and a copy to take away whose links still lead back."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Browser

NAMES = ("by-hand", "own-variant", "sizes")
PATHS = [f"{prefix}hands-on/{name}/" for prefix in ("", "en/") for name in NAMES]
LIMIT = 400_000  # bytes of a page with its pictures


@pytest.fixture(scope="module")
def page(browser: Browser):
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PATHS)
def test_a_notebook_is_a_light_page_with_all_its_output(site, page, path):
    assert (site.folder / path / "index.html").stat().st_size < LIMIT
    page.goto(site.address + path)
    copy = json.loads((site.folder / path / f"{path.split('/')[-2]}.ipynb").read_text("utf-8"))
    code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    for cell in code:
        lines = "".join(cell["source"]).splitlines()
        assert cell["outputs"] or not any(line.startswith(("print(", "show")) for line in lines), (
            lines
        )
    outputs = sum(len(cell["outputs"]) for cell in code)
    assert (
        page.locator(".xo-output").count() == outputs >= 7
        and page.locator(".xo-output.error").count() == 0
    )
    assert page.locator(".xo-output img").count() >= 1
    assert page.locator("article math").count() >= (5 if "sizes" in path else 1)


@pytest.mark.parametrize("path", PATHS)
def test_its_copy_can_be_taken_away(site, page, path):
    page.goto(site.address + path)
    with page.expect_download() as download:
        page.locator(".xo-download a").click()
    assert download.value.suggested_filename == path.split("/")[-2] + ".ipynb"
    text = download.value.path().read_text("utf-8")
    cells = json.loads(text)["cells"]
    heading = page.locator("h1").inner_text().removesuffix("¶").strip()
    assert "".join(cells[0]["source"]).splitlines()[0] == f"# {heading}"
    assert all(cell["execution_count"] for cell in cells if cell["cell_type"] == "code")
    said = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert (
        f"]({site.built_for}{'en/' if path.startswith('en/') else ''}" in said
        and "](../" not in said
        and ".ipynb)" not in said
    )


@pytest.mark.parametrize("path", PATHS)
def test_it_says_what_it_is_about(site, page, path):
    page.goto(site.address + path)
    said = page.locator("meta[name=description]").get_attribute("content")
    first = page.locator("article p:not(.xo-download)").first.inner_text()
    assert said == " ".join(first.split()) and len(said) > 30
