"""The site of a small data set, of which few variants have runs, and whose own name and those of
its classes are markup: in a real browser, every page shows the names and runs nothing.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from report_builder.build import build
from report_builder.figures import artifact
from report_builder.figures.save import encode
from report_builder.figures.toolkit.description import Drawing
from report_builder.pages import code_outputs, notebooks
from report_builder.pages.notebooks import execute as execute_notebook
from report_builder.paths import Paths
from tests.report_builder.made_up_study import draw_images
from tests.report_builder.small_builds import leave_unexecuted
from xo.data.importing.run import import_images
from xo.runs.execute import execute
from xo.runs.record import RunRecord
from xo.runs.study import Run
from xo.store.store import Store

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


class Light:
    """Takes the place of `encode`: the dark drawing of a figure, which has the same names, is a
    copy of the light one.
    """

    def __call__(self, drawing: Drawing, kind: Literal["svg", "png"]) -> bytes:
        if drawing.style.scheme == "light":
            self.last = encode(drawing, kind)
        return self.last


@pytest.fixture(scope="module")
def named_site(tmp_path_factory) -> Iterator[Served]:
    """Published with every link and anchor checked; one notebook and no code on pages is run.

    28x28 pixels are too few for the shifts of C3.
    """
    folder = tmp_path_factory.mktemp("names")
    draw_images(folder / "source", CLASSES, (28, 28), 8, 3)
    import_images(folder / "source", folder / FOLDER)
    paths = Paths(*(folder / name for name in (FOLDER, "runs", "build", "site")))

    def train(missing: list[tuple[Run, str]], on_record) -> list[RunRecord]:
        wanted = [
            run
            for run, _ in missing
            if run.variant.name in ("baseline", "features") and run.seed == 0
        ]
        return list(execute(wanted, Store(paths.store), jobs=1))

    def execute_one(source: Path, variables: Mapping[str, str]) -> bytes:
        chosen = source.as_posix().endswith(NOTEBOOK)
        return execute_notebook(source, variables) if chosen else leave_unexecuted(source, {})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(notebooks, "execute", execute_one)
        patch.setattr(code_outputs, "execute", lambda block, docs, variables: "printed")
        patch.setattr(artifact, "encode", Light())
        assert build("smoke", paths, train, 1, lambda names, n: [*names]).published
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


def test_the_command_below_a_figure_is_one_line_that_bash_reads_back(page: Page, named_site):
    page.goto("en/concepts/local/")
    page.locator("#widget-stepper details.origin summary").click()
    command = page.locator("#widget-stepper details.origin code").first.inner_text()
    assert shlex.split(command)[-3:-1] == ["--data", str(named_site.folder.parent / FOLDER)]


def test_a_spreadsheet_takes_no_name_for_a_formula(named_site):
    lines = "\n".join(file.read_text(encoding="utf-8") for file in named_site.folder.rglob("*.csv"))
    assert "'=1+1" in lines and ",=1+1" not in lines and "\n=1+1" not in lines


def test_what_a_small_data_set_and_few_runs_cannot_show_says_why(named_site):
    claims = (named_site.folder / "en/evidence/claims/index.html").read_text("utf-8")
    assert "No figure here: images are no larger than 32 pixels" in claims
    assert "#figure-shifts" not in claims
    assert "The study smoke has no run of" in claims
    assert 'href="../../variants/#figure-solved"' in claims
