"""What a reader meets: every page in a real browser, then search, language, figures, keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Request, expect

from xo.store.source_digest import ROOT
from xo.variants import VARIANTS

from .conftest import NARROW, WIDE, Served, compressed

SOURCES = [
    file.relative_to(ROOT / "docs/zh").with_suffix("").as_posix() + "/"
    for file in sorted((ROOT / "docs/zh").rglob("*.*"))
    if file.suffix in (".md", ".py") and file.stem != "_variant"
]
PATHS = [path.removesuffix("index/") for path in SOURCES]
OF_VARIANTS = [f"variants/{name}/" for name in VARIANTS]
LANGUAGES = ("", "en/")
VISITED = [prefix + path for prefix in LANGUAGES for path in PATHS + OF_VARIANTS]
# Chinese pages are looked at in light colors, English ones in dark, where barriers are sought in a
# narrow window as well.
ONE_PER_TEMPLATE = (
    "",
    "concepts/local/",  # the stepper
    "xo/training/",  # figures and values
    "en/variants/",
    "variants/baseline/",
    "en/evidence/claims/",
    "en/evidence/published/",  # the arithmetic of plateaus
    "en/evidence/values/",
    "hands-on/by-hand/",  # a notebook
    "en/hands-on/your-variant/",  # code
    "en/appendix/glossary/",
    "lab/",
)
# loads the pictures further down as well, and returns those that do not show or have no words
BROKEN_IMAGES = """async () => {
  const images = [...document.images].filter(image => image.checkVisibility());
  images.forEach(image => image.loading = "eager");
  await Promise.all(images.map(image => image.decode().catch(() => {})));
  return images.filter(image => !image.naturalWidth
    || !image.alt && !image.closest(".md-logo")).map(image => image.src);
}"""
LEFT = "net::ERR_ABORTED"  # the page was left while it was still loading its search
STOPS = "a[href], button, input, summary, [tabindex='0']"
# what the Tab key stops at although nothing is to be seen there; the theme itself moves some
# controls off the screen
HIDDEN_STOPS = f"""() => [...document.querySelectorAll("article :is({STOPS})")].filter(element =>
  element.checkVisibility() && !element.getClientRects().length)
  .map(element => element.outerHTML.slice(0, 200))"""
# how far the page has moved under the reader's eyes while it loaded (0.1 is called good)
SHIFT = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 50);
})"""
# the bytes of the page and of all that it has loaded, as they were sent
SIZE = """() => ["navigation", "resource"].flatMap(type => performance.getEntriesByType(type))
  .reduce((sum, entry) => sum + entry.encodedBodySize, 0)"""
# of axe's rules, those of WCAG 2.2 up to AA, controls of 24 pixels among them, and of good practice
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MOST_BYTES = 900_000  # of a page, all its pictures included
MOST_BYTES_AT_HOME = 500_000


# Leaves the part that is looked at, and of rows and colored words of code those that are seen and
# are not marked up as five before them are: axe needs no longer for a thousand values. The frame
# of a sidebar stays: the theme asks for it once the window has grown, which may be after this.
THIN_OUT = """within => {
  const parts = [...document.querySelectorAll(within)];
  const apart = [...document.querySelectorAll(":is(article, .md-sidebar__inner) *")]
    .filter(element => !parts.some(part => part.contains(element) || element.contains(part)));
  apart.forEach(element => element.remove());
  const describe = (element) => [element.tagName, element.className, element.style.cssText,
    !element.textContent.trim(), ...[...element.attributes].map(({name, value}) => name + !value)];
  const counts = {};
  const alike = [...document.querySelectorAll("tbody tr, .highlight span")].filter(element => {
    if (element.closest(".xo-widget")) return false;
    if (!element.checkVisibility()) return true;
    const around = element.parentElement.closest("div, section, details, figure, article");
    const kind = [around, element, ...element.querySelectorAll("*")].map(describe).join();
    counts[kind] = (counts[kind] ?? 0) + 1;
    return counts[kind] > 5;
  });
  alike.forEach(element => element.remove());
}"""


def barriers(page: Page, within: str = "html") -> list[str]:
    """What keeps some readers out of the page, or of a part of it: axe's rule and the element.

    Of the page, only widgets in that part are of use afterwards.
    """
    page.evaluate(THIN_OUT, within)
    options = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}
    found = Axe().run(page, context=within, options=options).response
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def test_every_page_is_known_here(site):
    assert site.pages() == sorted(
        prefix + path for prefix in LANGUAGES for path in PATHS + OF_VARIANTS
    )


class Visits(NamedTuple):
    """A page that goes from one path to the next, and what came of the last one."""

    page: Page
    problems: list[str]
    foreign: list[str]


@pytest.fixture(scope="module")
def visits(browser: Browser, site: Served) -> Iterator[dict[str, Visits]]:
    """For each color scheme; what pages share is then loaded once."""
    contexts = {
        scheme: browser.new_context(viewport=WIDE, color_scheme=scheme, base_url=site.address)
        for scheme in ("light", "dark")
    }
    pages = {scheme: context.new_page() for scheme, context in contexts.items()}
    own = urlsplit(site.address).netloc
    yield {scheme: Visits(page, *listen(page, own)) for scheme, page in pages.items()}
    for context in contexts.values():
        context.close()


@pytest.mark.parametrize("path", VISITED)
def test_a_page_shows_all_it_has_and_takes_nothing_from_elsewhere(
    visits: dict[str, Visits], site: Served, path: str
):
    language, scheme, name = (
        ("en", "dark", "slate") if path.startswith("en/") else ("zh", "light", "default")
    )
    page, problems, foreign = visits[scheme]
    problems.clear()
    foreign.clear()
    page.goto(path, wait_until="load")
    assert page.evaluate(SHIFT) <= 0.05
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("meta[name=description]").get_attribute("content")
    page.wait_for_function(f"document.body.dataset.mdColorScheme == '{name}'")
    assert page.evaluate(BROKEN_IMAGES) == []
    assert page.evaluate(HIDDEN_STOPS) == []
    if "hands-on" not in path:
        index = site.folder / path.partition("en/")[1] / "search/search_index.json"
        limit = MOST_BYTES_AT_HOME if path in ("", "en/") else MOST_BYTES
        assert 0 < page.evaluate(SIZE) + len(compressed(index)) <= limit
    assert problems == [] and foreign == []


@pytest.mark.parametrize("path", ONE_PER_TEMPLATE)
def test_a_page_has_no_barrier_and_fits_a_narrow_window(page: Page, path: str):
    page.set_viewport_size(NARROW)
    page.emulate_media(
        color_scheme="dark" if path.startswith("en/") else "light", reduced_motion="reduce"
    )
    page.goto(path)
    assert page.evaluate(SHIFT) <= 0.05  # with nothing loaded before
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    if not path.startswith("en/"):
        page.set_viewport_size(WIDE)
    assert barriers(page) == []


@pytest.mark.parametrize("path", ["concepts/local/", "en/evidence/method/"])
def test_answers_unfold_with_their_code_and_leave_no_barrier(page: Page, path: str):
    page.set_viewport_size(NARROW)
    page.goto(path)
    questions = page.locator("article .admonition.question")
    assert questions.count() >= 3
    for question in questions.all():
        answer = question.locator("details.success")
        expect(answer.locator("p").first).not_to_be_visible()
        answer.locator("summary").press("Enter")
        expect(answer.locator("p").first).to_be_visible()
    output = questions.last.locator("details.success .highlight + .xo-output")
    expect(output).to_be_visible()
    assert output.inner_text().strip() and output.locator("button").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert barriers(page, "article .admonition.question") == []


def listen(page: Page, own: str) -> tuple[list[str], list[str]]:
    """What goes wrong on the page, and what it requests from hosts other than `own`, as it
    happens.
    """
    problems: list[str] = []
    foreign: list[str] = []

    def on(event: str, describe: Callable[[Any], str | None]) -> None:
        page.on(event, lambda what: (text := describe(what)) and problems.append(text))

    def note_foreign(request: Request) -> None:
        if urlsplit(request.url).netloc not in (own, ""):
            foreign.append(request.url)

    on("console", lambda message: message.text if message.type in ("error", "warning") else None)
    on("pageerror", lambda error: f"script: {error}")
    on(
        "requestfailed",
        lambda failed: f"{failed.url}: {failed.failure}" if failed.failure != LEFT else None,
    )
    on("response", lambda got: f"{got.url}: {got.status}" if got.status >= 400 else None)
    page.on("request", note_foreign)
    return problems, foreign


@pytest.mark.parametrize(
    ("start", "word", "expected"), [("", "池化", "no-pooling/"), ("en/", "pooling", "no-pooling/")]
)
def test_search_finds_a_word_in_the_language_of_the_page(
    page: Page, searchable: Served, start, word, expected
):
    page.goto(searchable.address + start)
    page.keyboard.press("/")
    page.get_by_role("textbox").fill(word)
    page.keyboard.press("Shift")  # the theme waits for a key, which `fill` does not press
    expect(page.locator(".md-search-result__item").first).to_be_visible(timeout=20_000)
    found = page.locator(".md-search-result__link").evaluate_all(
        "links => links.map(link => link.pathname)"
    )
    assert any(expected in path for path in found), found
    assert all(("/en/" in path) == start.startswith("en") for path in found), found
    page.locator(f".md-search-result__link[href*='{expected}']:visible").first.click()
    page.wait_for_url(f"**/{expected}*")


@pytest.mark.parametrize("path", ["", "variants/baseline/", "hands-on/by-hand/"])
def test_the_language_switch_leads_to_the_same_page_and_back(page: Page, site, path):
    page.goto(path)
    for language, address in (
        ("English", site.address + "en/" + path),
        ("中文", site.address + path),
    ):
        page.locator(".md-select").hover()
        page.get_by_role("link", name=language, exact=True).click()
        page.wait_for_url(address)


def test_the_scheme_follows_the_system_until_it_is_chosen(page: Page):
    light, dark = (
        ("background-color", color) for color in ("rgb(255, 255, 255)", "rgb(30, 33, 41)")
    )
    page.goto("xo/training/")
    expect(page.locator("body")).to_have_css(*light)
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css(*dark)
    page.locator("label[for^=__palette]:visible").click()  # from "as the system" to light
    expect(page.locator("body")).to_have_css(*light)
    page.reload()
    expect(page.locator("body")).to_have_css(*light)


def test_the_fold_below_a_figure_says_how_it_is_made(page: Page):
    page.goto("en/xo/training/")
    fold = page.locator("figure.xo-figure details").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold.locator("code").first).to_contain_text("python -m report_builder figure")
    with page.expect_response("**/*.csv") as response:
        fold.locator("a[href$='.csv']").evaluate("link => fetch(link.href)")
    assert response.value.ok and "," in response.value.text()


def test_the_keyboard_reaches_the_text_first_and_the_note_and_origin_of_a_value(page: Page):
    page.goto("xo/training/")
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert "md-skip" in (skip.get_attribute("class") or "")
    name = page.locator("article a.value[title]").first.evaluate("link => link.hash.slice(1)")
    value = page.locator(f"article a.value[href$='#{name}']").first
    value.focus()
    expect(page.locator(".md-tooltip2--active, .md-tooltip--active").first).to_be_visible()
    shown = value.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/evidence/values/#{name}")
    row = page.locator(f"[id='{name}']")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text(shown)


def test_motion_stops_where_the_reader_asked_for_none(browser: Browser, site):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.address)
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
      const style = getComputedStyle(element);
      return style.transitionProperty !== "none"
        && style.transitionDuration.split(",").some(time => parseFloat(time));
    }).length"""
    assert page.evaluate(moving) == 0
    context.close()


@pytest.mark.parametrize("path", ["nowhere/", "en/xo/nowhere", "a/b/c/d/"])
def test_what_is_not_there_is_said_in_both_languages(page: Page, site, path):
    assert page.goto(path).status == 404
    expect(page.locator("h1")).to_contain_text("没有这一页")
    expect(page.locator("h1")).to_contain_text("No such page")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith(
        '"PingFang SC"'
    )  # its styles are found
    page.get_by_role("link", name="home page").click()
    page.wait_for_url(f"{site.address}en/index.html")
