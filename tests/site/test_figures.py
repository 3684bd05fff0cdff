"""Figures as readers take them: on a phone, in the whole window, on paper, without JavaScript."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from report_builder.figures.save import LEAST_TEXT, SHOWN_WIDTH
from report_builder.results.report import read_report

from .conftest import NARROW, WIDE

FIGURE = re.compile(
    r'<figure class="xo-figure" id="figure-(?P<name>[^"]+)">\s*'
    r'<div class="xo-picture" style="--least-width: (?P<least>\d+)px">'
)
# The width that each figure's pictures are shown with, or would be.
SHOWN = """() => Object.fromEntries([...document.querySelectorAll("figure.xo-figure")]
  .filter(figure => figure.checkVisibility())
  .map(figure => [figure.id.replace("figure-", ""),
    figure.querySelector("a.xo-zoom:not([hidden]) img:is([src$='only-light'])").offsetWidth]))"""
BRIGHTNESS = """selector => {
  const [r, g, b] = getComputedStyle(document.querySelector(selector)).color.match(/\\d+/g);
  return +r + +g + +b;
}"""


@pytest.fixture(scope="module")
def smallest_texts(smoke) -> dict[str, float]:
    """Figure -> the size of its smallest text in pixels, shown SHOWN_WIDTH wide."""
    figures = read_report(smoke / "build" / "report.json").figures
    return {name: figure.smallest_text for name, figure in figures.items()}


def test_no_figure_is_shown_so_narrow_that_its_text_is_below_ten_pixels(site, smallest_texts):
    found: dict[str, float] = {}
    for path in site.pages():
        text = (site.folder / path / "index.html").read_text(encoding="utf-8")
        assert text.count('<figure class="xo-figure"') == len(FIGURE.findall(text)), path
        for name, least in FIGURE.findall(text):
            found[name] = int(least) / SHOWN_WIDTH * smallest_texts[name]
    assert found and set(found) <= set(smallest_texts)
    assert {name: size for name, size in found.items() if size < LEAST_TEXT} == {}


@pytest.mark.parametrize("path", ["", "variants/baseline/"])
def test_a_phone_keeps_to_the_least_width_of_a_figure_and_scrolls_it(
    page: Page, smallest_texts, path
):
    page.set_viewport_size(NARROW)
    page.goto(path)
    shown = page.evaluate(SHOWN)
    assert shown
    for name, wide in shown.items():
        assert wide * smallest_texts[name] / SHOWN_WIDTH >= LEAST_TEXT - 0.05, name
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.locator(".xo-picture[tabindex='0'][aria-label]").count() == len(shown)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_figure_fills_the_window_with_its_caption_numbers_and_command(page: Page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto("xo/accuracy/")
    figure = page.locator("figure.xo-figure").first
    shown = figure.locator("img:visible")
    expect(shown).to_have_count(1)
    assert f".{scheme}." in (shown.get_attribute("src") or "") and shown.get_attribute("alt")
    before = shown.bounding_box()
    figure.locator("a.xo-zoom:visible").focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.xo-lightbox")
    image, caption = dialog.locator("img"), figure.locator("figcaption > p").inner_text()
    expect(image).to_be_visible()
    assert f".{scheme}." in image.get_attribute("src")
    assert image.get_attribute("alt") == shown.get_attribute("alt")
    expect(dialog).to_have_attribute("aria-label", caption)
    expect(dialog.locator("[data-part=caption]")).to_have_text(caption)
    expect(dialog.locator("[data-part=command]")).to_contain_text("report_builder figure")
    assert dialog.locator("[data-part=data]").get_attribute("href").endswith(".csv")
    stage = dialog.locator(".stage").bounding_box()
    height = image.evaluate("image => image.naturalHeight / image.naturalWidth")
    assert min(stage["width"], stage["height"] / height) > 1.05 * before["width"]
    # it zooms, pans, leads to the next figure, and gives the focus back
    scale = "image => new DOMMatrix(getComputedStyle(image).transform)"
    page.keyboard.press("+")
    page.keyboard.press("ArrowLeft")
    moved = image.evaluate(f"image => {{ const m = ({scale})(image); return [m.a, m.e]; }}")
    assert moved[0] > 1.3 and moved[1] > 0
    page.mouse.move(stage["x"] + 50, stage["y"] + 50)
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        f"new DOMMatrix(document.querySelector('.xo-lightbox img').style.transform).a > {moved[0]}"
    )
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(dialog.locator("[data-part=place]")).to_contain_text("2 /")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    assert page.evaluate("document.activeElement.classList.contains('xo-zoom')")


def test_a_figure_fills_the_screen_with_its_caption_and_leads_to_the_next(page: Page):
    page.goto("en/xo/accuracy/")
    captions = page.locator("figure.xo-figure figcaption > p").all_inner_texts()
    page.locator("figure.xo-figure a.xo-zoom:visible").first.click()
    dialog = page.locator("dialog.xo-lightbox")
    full = "document.fullscreenElement?.matches('.xo-lightbox .room') ?? false"
    dialog.get_by_role("button", name="Full screen", exact=True).click()
    page.wait_for_function(full)
    caption, place = dialog.locator("[data-part=caption]"), dialog.locator("[data-part=place]")
    expect(caption).to_have_text(captions[0])
    expect(dialog.locator(".source")).not_to_be_visible()
    room, stage, words = (
        dialog.locator(f".{name}").bounding_box() for name in ("room", "stage", "words")
    )
    screen = page.evaluate("[innerWidth, innerHeight]")
    assert [room["width"], room["height"]] == screen and stage["width"] == room["width"]
    assert words["y"] >= stage["y"] + stage["height"] - 1  # nothing of the figure is covered
    assert words["y"] + words["height"] <= screen[1] + 1
    for key, number in (("ArrowRight", 2), ("PageDown", 3), ("PageUp", 2), ("ArrowLeft", 1)):
        page.keyboard.press(key)
        expect(place).to_contain_text(f"{number} /")
        expect(caption).to_have_text(captions[number - 1])
    dialog.get_by_role("button", name="Next figure").click()
    expect(place).to_contain_text("2 /")
    dialog.get_by_role("button", name="Previous figure").click()
    expect(place).to_contain_text("1 /")
    assert page.evaluate(full)
    dialog.get_by_role("button", name="Leave full screen").click()
    page.wait_for_function(f"!({full})")
    expect(dialog).to_be_visible()
    page.keyboard.press("f")
    page.wait_for_function(full)
    dialog.get_by_role("button", name="Close").click()
    page.wait_for_function(f"!({full})")
    expect(dialog).not_to_be_visible()


def test_paper_is_light_has_all_figures_and_cuts_no_column(page: Page):
    page.emulate_media(color_scheme="dark")
    page.goto("variants/baseline/")
    # without `beforeprint`, which not every way to print announces
    page.wait_for_function(
        "[...document.querySelectorAll(\"img[src$='#only-light']\")]"
        ".every(image => image.complete && image.naturalWidth)"
    )
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 without its margins
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(BRIGHTNESS, "article p") < 150
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pictures = page.locator("figure.xo-figure img:visible")
    assert pictures.count() == page.locator("figure.xo-figure").count() > 5
    assert all(".light." in each for each in pictures.evaluate_all("all => all.map(i => i.src)"))
    right = "all => Math.max(...all.map(each => each.getBoundingClientRect().right))"
    for path in ("variants/baseline/", "evidence/values/"):
        page.goto(path)
        assert page.locator("article :is(table, img)").evaluate_all(right) <= 718
    assert page.evaluate("getComputedStyle(document.querySelector('h2')).breakAfter") == "avoid"


def test_the_first_figure_of_a_page_loads_at_once_and_the_others_when_there_is_time(site):
    text = (site.folder / "xo/accuracy/index.html").read_text(encoding="utf-8")
    loading = re.findall(r'<img [^>]*?loading="(\w+)"', text)
    assert loading[:2] == ["eager", "eager"] and set(loading[2:]) == {"lazy"}


def test_without_javascript_a_figure_is_shown_and_its_link_opens_it(browser, site):
    context = browser.new_context(java_script_enabled=False, viewport=WIDE)
    page = context.new_page()
    page.goto(site.address + "xo/accuracy/")
    link = page.locator("figure.xo-figure a.xo-zoom").first
    expect(link.locator("img")).to_be_visible()
    assert page.request.get(f"{site.address}xo/accuracy/{link.get_attribute('href')}").ok
    context.close()
