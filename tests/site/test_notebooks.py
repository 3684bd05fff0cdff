"""Notebooks on the built site: light pages, and a copy to take away whose links still lead back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from xo.variants import VARIANTS

from .conftest import Served

NAMES = ("by-hand", "own-variant", "sizes")
PATHS = [f"{prefix}hands-on/{name}/" for prefix in ("", "en/") for name in NAMES]
LIMIT = 400_000  # bytes of a page with its pictures


@pytest.fixture(scope="module", params=PATHS)
def path(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def page(browser: Browser, site: Served, path: str) -> Iterator[Page]:
    """Opened once for all tests of a notebook."""
    page = browser.new_page()
    page.goto(site.address + path)
    yield page
    page.close()


def test_a_notebook_is_a_light_page_with_all_its_output(site, page, path):
    assert (site.folder / path / "index.html").stat().st_size < LIMIT
    copy = json.loads((site.folder / path / f"{path.split('/')[-2]}.ipynb").read_text("utf-8"))
    install, *code = [cell for cell in copy["cells"] if cell["cell_type"] == "code"]
    assert "pip install" in "".join(install["source"])  # only in the copy
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


def test_its_copy_can_be_taken_away(site, page, path):
    with page.expect_download() as download:
        page.locator(".xo-download a").click()
    assert download.value.suggested_filename == path.split("/")[-2] + ".ipynb"
    text = download.value.path().read_text("utf-8")
    cells = json.loads(text)["cells"]
    heading = page.locator("h1").inner_text().removesuffix("¶").strip()
    assert "".join(cells[0]["source"]).splitlines()[0] == f"# {heading}"
    _, *code = (cell for cell in cells if cell["cell_type"] == "code")  # first installs
    assert all(cell["execution_count"] for cell in code)
    prose = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    assert (
        f"]({site.built_for}{'en/' if path.startswith('en/') else ''}" in prose
        and "](../" not in prose
        and ".ipynb)" not in prose
    )


def test_it_says_what_it_is_about(page):
    description = page.locator("meta[name=description]").get_attribute("content")
    first = page.locator("article p:not(.xo-download)").first.inner_text()
    assert description == " ".join(first.split()) and len(description) > 30


def printed(site, path: str) -> str:
    copy = json.loads((site.folder / path / f"{path.split('/')[-2]}.ipynb").read_text("utf-8"))
    outputs = [output for cell in copy["cells"] for output in cell.get("outputs", ())]
    assert [output for output in outputs if output.get("name") == "stderr"] == []
    return "".join("".join(output.get("text", ())) for output in outputs)


@pytest.mark.parametrize(
    "prefix, agrees, differs", [("", "  一致", "不一致"), ("en/", "  agrees", "differs")]
)
def test_what_is_counted_by_hand_is_what_the_project_counts(site, prefix, agrees, differs):
    text = printed(site, f"{prefix}hands-on/sizes/")
    assert text.count(agrees) == sum(variant.labels == "class" for variant in VARIANTS.values())
    assert differs not in text and "False" not in text


@pytest.mark.parametrize(
    "prefix, line",
    [
        ("", r"量得：从第 (\d+) 列起，共 (\d+) 列；算得：从第 (\d+) 列起，共 (\d+) 列"),
        ("en/", r"measured: (\d+) columns from (\d+); computed: (\d+) columns from (\d+)"),
    ],
)
def test_receptive_fields_are_measured_as_computed(site, prefix, line):
    found = re.findall(line, printed(site, f"{prefix}hands-on/sizes/"))
    assert [row[:2] for row in found] == [row[2:] for row in found] and len(found) == 6
    assert "22" in {number for row in found for number in row[:2]}  # the field of pool3


def test_no_warning_stands_in_it_and_every_picture_has_words(site, page, path):
    """A warning would stand there for every character that the font lacks."""
    printed(site, path)
    images = page.locator(".xo-output img").all()
    assert images and all(
        image.get_attribute("alt") and image.get_attribute("width") for image in images
    )
