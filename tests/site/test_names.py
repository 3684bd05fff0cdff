"""Classes and a data set whose names are markup: in a real browser, every page shows the names and
runs nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
from playwright.sync_api import Browser, Page, expect

from report_builder.artifacts import requested_artifacts
from report_builder.assemble import assemble, outline, with_pages
from report_builder.checks.coverage import with_coverage
from report_builder.evidence.study import Evidence
from report_builder.pages.render import figure_pages, page_requests, render
from report_builder.paths import CONFIG, Paths
from report_builder.results.compute import compute
from report_builder.results.report import RunCounts, write_report
from report_builder.site.publish import publish
from tests.report_builder.made_up_study import small_evidence
from xo.store.store import Store
from xo.variants import VARIANTS

from .conftest import WIDE, Served, served

HIT = "document.title=1"
IMAGE = f'"><img src=x onerror={HIT}>'
CLASSES = (
    IMAGE,
    "$\\frac$",
    "&lt;i&gt;",
    "*x*",
    f"<script>{HIT}",
    "=1+1",
    f"[[x]](javascript:{HIT})",
    "`x`",
    "a|b",
    "{{ 7*7 }}",
)
FOLDER = f"<img src=x onerror={HIT}> '$\\frac$' [x](javascript:{HIT}) *x* `x` {{{{ 7*7 }}}}"
NOTEBOOK = "en/hands-on/by-hand.py"
PATHS = (
    "",
    "xo/data/",
    "xo/one-image/",
    "xo/accuracy/",
    "xo/feature-maps/",
    "concepts/local/",
    "concepts/fcn/",
    "concepts/levels/",
    "concepts/pooling/",
    "concepts/channels/",
    "variants/baseline/",
    "evidence/claims/",
    "evidence/values/",
    "evidence/published/",
    "hands-on/your-images/",
    "appendix/colophon/",
)
# elements, attributes and addresses that only a name could have brought
INJECTED = """() => [...document.querySelectorAll(
    "article *, header *, .xo-origin *, .md-tooltip *, .md-tooltip2 *")].filter(element =>
  [...element.attributes].some(({name}) => name.startsWith("on"))
  || element.getAttribute("src") === "x"
  || element.matches("script") && element.textContent.startsWith("document.title")
  || (element.getAttribute("href") ?? "").startsWith("javascript:"))
  .map(element => element.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory) -> Evidence:
    found = small_evidence(
        tmp_path_factory.mktemp("names"),
        classes=CLASSES,
        size=(40, 40),
        train=2,
        test=2,
        seeds=1,
        variants=(VARIANTS["baseline"], VARIANTS["features"]),
    )
    root = found.data.root.rename(found.data.root.with_name(FOLDER))
    return replace(found, data=replace(found.data, root=root, name=FOLDER), embedded=False)


@pytest.fixture(scope="module")
def named_site(evidence, tmp_path_factory) -> Iterator[Served]:
    """The whole site of a made-up study of these images, figures and one notebook included."""
    folder = tmp_path_factory.mktemp("site")
    paths = Paths(evidence.data.root, folder / "runs", folder / "build", folder / "site")
    report = outline(evidence, RunCounts(3, 3), Store(paths.store))
    requests = page_requests(paths.docs, report)
    pages = figure_pages(requests, report.drawable)
    report = msgspec.structs.replace(report, figure_pages=pages)
    artifacts = [
        each.made()
        for each in requested_artifacts(evidence, requests, paths, report.drawable)
        if each.kind == "figure" or each.name == NOTEBOOK
    ]
    report = assemble(report, evidence, compute(evidence), artifacts)
    report = with_coverage(report, paths.docs, requests)
    rendered = render(paths.docs, report, paths.rendered)
    write_report(paths.report, with_pages(report, rendered, paths.docs, CONFIG))
    publish(paths.rendered, paths.site, CONFIG)
    with served(paths.site) as site:
        yield site


@pytest.fixture
def page(browser: Browser, named_site) -> Iterator[Page]:
    """A page of the site; after the test nothing has been injected into any of those that it went
    to.
    """
    context = browser.new_context(viewport=WIDE, base_url=named_site.address)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda message: message.type == "error" and troubles.append(f"{page.url}: {message.text}"),
    )
    page.on(
        "dialog",
        lambda dialog: (troubles.append(f"{page.url}: {dialog.message}"), dialog.dismiss()),
    )
    yield page
    assert page.evaluate(INJECTED) == [] and page.title() != "1"
    context.close()
    assert troubles == []


@pytest.mark.parametrize("language", ["", "en/"])
def test_no_page_runs_a_name_and_every_page_shows_the_folder_s(page: Page, language):
    for path in PATHS:
        page.goto(language + path)
        expect(page.locator("footer .xo-origin b").first).to_have_text(FOLDER)
        assert page.evaluate(INJECTED) == [], path
        assert page.title() != "1", path
        assert "undefined" not in page.title(), path


def test_tables_captions_and_alternative_texts_show_the_names(page: Page):
    page.goto("en/xo/data/")
    names = (
        page.locator("article table")
        .filter(has=page.get_by_role("columnheader", name="Class", exact=True))
        .locator("td:first-child")
    )
    assert names.all_inner_texts()[: len(CLASSES)] == sorted(CLASSES)
    expect(page.locator("article")).to_contain_text(f"{FOLDER}/train".replace("\\", "\\\\"))
    expect(page.locator("article a.value[href$='#data.classes']").first).to_have_text(
        ", ".join(sorted(CLASSES))
    )
    alt = page.locator("#figure-samples img").first.get_attribute("alt")
    assert all(name in alt for name in CLASSES), alt
    page.goto("en/concepts/local/")
    caption = page.locator("#figure-sliding-window figcaption").text_content()
    assert any(name in caption for name in CLASSES), caption


def test_a_widget_shows_the_names_and_runs_none(page: Page):
    page.goto("en/concepts/fcn/")
    labels = page.locator("#widget-fcn [data-part=class] label")
    assert labels.all_inner_texts() == sorted(CLASSES)
    # of so many classes the likeliest three are told
    answers = page.locator("#widget-fcn [data-part=status] [data-part^=answer]")
    expect(answers).to_have_count(3)
    text = page.locator("#widget-fcn [data-part=status]").inner_text()
    assert sum(name in text for name in CLASSES) == 3


def test_an_enlarged_figure_runs_no_name(page: Page):
    page.goto("en/xo/data/")
    page.locator("#figure-samples img").first.click()
    expect(page.locator(".xo-lightbox .stage img")).to_be_visible()
    assert page.evaluate("document.querySelectorAll('.xo-lightbox [onerror]').length") == 0


def test_a_value_s_note_and_a_found_page_show_the_names(page: Page):
    page.goto("en/concepts/fcn/")
    noted = page.locator("article [title*='onerror']").first
    noted.scroll_into_view_if_needed()
    noted.hover()
    expect(page.locator(".md-tooltip2--active, .md-tooltip--active").first).to_contain_text(
        "onerror"
    )
    assert page.evaluate(INJECTED) == []
    page.keyboard.press("/")
    page.keyboard.type("onerror")
    expect(page.locator(".md-search-result__item").first).to_contain_text("onerror")


def test_a_notebook_reads_such_images_and_prints_their_names(page: Page):
    page.goto("en/hands-on/by-hand/")
    expect(page.locator(".xo-output").first).to_contain_text(
        f"classes: {', '.join(sorted(CLASSES))}"
    )


def test_the_command_below_a_figure_is_one_line_that_bash_reads_back(page: Page, evidence):
    page.goto("en/concepts/local/")
    page.locator("#widget-stepper details.origin summary").click()
    command = page.locator("#widget-stepper details.origin code").first.inner_text()
    assert shlex.split(command)[-3:-1] == ["--data", str(evidence.data.root)]


def test_a_spreadsheet_takes_no_name_for_a_formula(named_site):
    lines = "\n".join(file.read_text(encoding="utf-8") for file in named_site.folder.rglob("*.csv"))
    assert "'=1+1" in lines and ",=1+1" not in lines and "\n=1+1" not in lines
