"""What a reader meets: every page in a real browser, then search, language, figures and keyboard."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 375, "height": 700}
# loads the pictures further down as well, and tells of those that do not show
BROKEN = """async () => {
  const images = [...document.images].filter(image => image.checkVisibility());
  images.forEach(image => image.loading = "eager");
  await Promise.all(images.map(image => image.decode().catch(() => {})));
  return images.filter(image => !image.naturalWidth || !image.alt && !image.closest(".md-logo")).map(image => image.src);
}"""
LEFT = "net::ERR_ABORTED"  # the page was left while it was still loading its search
STOPS = "a[href], button, input, summary, [tabindex='0']"
# what the Tab key stops at although nothing is to be seen there; the theme moves some controls off the screen itself
UNSEEN = f"""() => [...document.querySelectorAll("article :is({STOPS})")].filter(element =>
  element.checkVisibility() && !element.getClientRects().length).map(element => element.outerHTML.slice(0, 200))"""
# how far the page has moved under the reader's eyes while it loaded, as browsers count it (0.1 is called good)
SHIFTED = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; }).observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(sum), 50);
})"""
SERIOUS = ("serious", "critical")  # in axe's words
MOST = 900_000  # bytes of a page, all its pictures included
MOST_AT_HOME = 500_000


@dataclass
class Visit:
    """What one page did, at both widths and in both schemes."""

    path: str
    language: str = ""
    description: str = ""
    errors: list[str] = field(default_factory=list)  # console, script, failed requests
    foreign: list[str] = field(default_factory=list)  # requests to other hosts
    broken: list[str] = field(
        default_factory=list
    )  # pictures that do not show, or without words for them
    unseen: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)  # serious violations that axe finds
    sideways: int = 0  # pixels by which the narrow page is too wide
    bytes: int = 0  # that the first visit transfers, in one scheme
    shift: float = 0


@pytest.fixture(scope="module")
def visits(browser: Browser, site) -> list[Visit]:
    context = browser.new_context(viewport=WIDE, color_scheme="light")
    page = context.new_page()
    found: list[Visit] = []
    own = urlsplit(site.address).netloc

    def listen(event: str, note) -> None:
        page.on(event, lambda what: (text := note(what)) and found[-1].errors.append(text))

    listen(
        "console",
        lambda message: message.type in ("error", "warning") and f"console: {message.text}",
    )
    listen("pageerror", lambda error: f"script: {error}")
    listen(
        "requestfailed",
        lambda request: request.failure != LEFT and f"failed: {request.url}: {request.failure}",
    )
    listen(
        "response", lambda response: response.status >= 400 and f"{response.status}: {response.url}"
    )
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    network.on(
        "Network.loadingFinished",
        lambda loaded: setattr(found[-1], "bytes", found[-1].bytes + loaded["encodedDataLength"]),
    )
    page.on(
        "request",
        lambda request: (
            urlsplit(request.url).netloc not in (own, "") and found[-1].foreign.append(request.url)
        ),
    )
    for path in site.pages():
        visit = Visit(path)
        found.append(visit)
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        # the search loads at its leisure; both languages load alike
        page.goto(
            site.address + path, wait_until="load" if path.startswith("en/") else "networkidle"
        )
        visit.shift = page.evaluate(SHIFTED)
        visit.language = page.locator("html").get_attribute("lang") or ""
        visit.description = page.locator("meta[name=description]").get_attribute("content") or ""
        visit.broken += page.evaluate(BROKEN)
        visit.unseen += page.evaluate(UNSEEN)
        weight = visit.bytes
        if visit.language == "zh":
            visit.barriers = barriers(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_function("document.body.dataset.mdColorScheme == 'slate'")
        visit.broken += page.evaluate(BROKEN)
        visit.unseen += page.evaluate(UNSEEN)
        page.set_viewport_size(NARROW)
        visit.sideways = page.evaluate("document.documentElement.scrollWidth") - NARROW["width"]
        if visit.language == "en":  # the same page, the other width and scheme
            visit.barriers = barriers(page)
        visit.bytes = weight
    context.close()
    return found


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in SERIOUS
        for node in each["nodes"]
    ]


@pytest.mark.parametrize(
    "trouble", ["errors", "foreign", "broken", "unseen", "barriers", "sideways"]
)
def test_no_page_has(visits, trouble):
    assert {
        visit.path: getattr(visit, trouble) for visit in visits if getattr(visit, trouble)
    } == {}


def test_pages_are_light_and_stand_still_while_they_load(visits):
    heavy = {
        visit.path: visit.bytes
        for visit in visits
        if "hands-on" not in visit.path
        and visit.bytes > (MOST_AT_HOME if visit.path in ("", "en/") else MOST)
    }
    assert heavy == {} and all(visit.bytes for visit in visits)
    assert {visit.path: visit.shift for visit in visits if visit.shift > 0.05} == {}


def test_every_page_states_its_language_and_what_it_is_about(visits):
    assert {
        visit.path
        for visit in visits
        if visit.language != ("en" if visit.path.startswith("en/") else "zh")
    } == set()
    for language in ("zh", "en"):
        described = [visit.description for visit in visits if visit.language == language]
        assert len(described) > 20 and all(described)


@pytest.fixture
def page(browser: Browser, site):
    context = browser.new_context(viewport=WIDE, color_scheme="light", base_url=site.address)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("start", "word", "expected"), [("", "池化", "no-pooling/"), ("en/", "pooling", "no-pooling/")]
)
def test_search_finds_a_word_in_the_language_of_the_page(page: Page, start, word, expected):
    page.goto(start)
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


@pytest.mark.parametrize("path", ["", "xo/training/", "variants/baseline/", "hands-on/by-hand/"])
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_shows_the_picture_of_the_scheme_and_zooms_by_keyboard(page: Page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("xo/training/")
    figure = page.locator("figure.xo-figure").first
    shown = figure.locator("img:visible")
    expect(shown).to_have_count(1)
    assert f".{scheme}." in (shown.get_attribute("src") or "") and shown.get_attribute("alt")
    expect(figure.locator("figcaption")).not_to_be_empty()
    figure.locator("a.glightbox:visible").focus()
    page.keyboard.press("Enter")
    zoomed = page.locator(".glightbox-container .gslide.current img")
    expect(zoomed).to_be_visible()
    assert f".{scheme}." in (zoomed.get_attribute("src") or "")
    page.keyboard.press("Escape")
    expect(page.locator(".glightbox-container")).to_have_count(0)


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
    said = value.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/evidence/values/#{name}")
    row = page.locator(f"[id='{name}']")
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text(said)


def test_motion_stops_where_the_reader_asked_for_none(browser: Browser, site):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.address)
    moving = """() => [...document.querySelectorAll("*")].filter(element => {
      const style = getComputedStyle(element);
      return style.transitionDuration.split(",").some(time => parseFloat(time)) && style.transitionProperty !== "none";
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
