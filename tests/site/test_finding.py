"""Finding one's way: the home page's doors, tables that filter, one place for one figure."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from report_builder.results.report import VERDICT_NAMES, read_report


@pytest.mark.parametrize("language", ["", "en/"])
def test_home_leads_to_the_concepts_first_by_button_by_door_and_by_next(page: Page, language):
    page.goto(language)
    first = page.locator("article a.md-button--primary").get_attribute("href")
    door = page.locator("article .xo-doors a").first.get_attribute("href")
    following = page.locator(".md-footer__link--next").get_attribute("href")
    assert first == door == following == "concepts/convolution/"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_home_states_only_what_enough_seeds_have_decided(page: Page, smoke, language):
    claims = read_report(smoke / "build" / "report.json").claims
    page.goto("" if language == "zh" else "en/")
    names = page.locator("article a.claim").evaluate_all(
        "links => links.map(link => link.hash.slice(1))"
    )
    assert names and {claims[name].verdict for name in names} <= {"supported", "refuted"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_claims_filter_by_verdict_and_by_word_and_are_counted(page: Page, smoke, language):
    claims = read_report(smoke / "build" / "report.json").claims
    verdicts = [claim.verdict for claim in claims.values()]
    page.goto(("" if language == "zh" else "en/") + "evidence/claims/")
    table, controls = page.locator(".xo-filtered tbody tr"), page.locator(".xo-controls")
    expect(table).to_have_count(len(claims))
    counts = {
        VERDICT_NAMES[verdict][language]: verdicts.count(verdict) for verdict in set(verdicts)
    }
    for name, count in counts.items():
        button = controls.get_by_role("button", name=f"{name} {count}", exact=True)
        button.click()
        assert table.filter(visible=True).count() == count
        button.click()
    controls.get_by_role("searchbox").fill("1×1")
    assert 0 < table.filter(visible=True).count() < len(claims)
    expect(controls.get_by_role("status")).to_have_text(
        f"{table.filter(visible=True).count()} / {len(claims)}"
    )


def test_the_page_of_values_is_short_and_filters(page: Page):
    page.goto("evidence/values/")
    assert page.evaluate("document.documentElement.scrollHeight") < 12_000
    page.locator(".xo-controls input").fill("baseline solved")
    rows = page.locator("article tbody tr").filter(visible=True)
    shown = rows.all_inner_texts()
    assert shown and all("baseline" in row for row in shown)
    expect(page.locator("[id='baseline.solved']")).to_be_in_viewport()


def test_a_figure_of_all_networks_stands_on_one_page(site):
    for language in ("", "en/"):
        pages = [
            path
            for path in site.pages()
            if path.startswith("en/") == bool(language)
            and 'id="figure-solved"' in (site.folder / path / "index.html").read_text("utf-8")
        ]
        assert pages == [f"{language}variants/"]


HEADING_TOPS = """() => [...document.querySelectorAll("article :is(h1, h2, h3, h4)[id]")].map(
    heading => [heading.id, heading.getBoundingClientRect().top])"""


@pytest.mark.parametrize(
    "path, width, number",
    [
        ("concepts/pooling/", 375, 2),
        ("en/xo/training/", 1440, -2),
        ("hands-on/by-hand/", 768, -2),
    ],
)
def test_the_language_switch_keeps_the_place(page: Page, path, width, number):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(path)
    _, top = page.evaluate(HEADING_TOPS)[number]
    page.evaluate("top => scrollBy({ top: top, behavior: 'instant' })", top - 90)
    before = page.evaluate(HEADING_TOPS)
    other = page.locator(".md-select__link:not([href='./'])").first
    with page.expect_navigation():
        other.evaluate("link => link.click()")  # the menu opens where a mouse is over it
    page.wait_for_load_state()
    now = page.evaluate(HEADING_TOPS)
    assert len(now) == len(before)
    assert now[number][1] == pytest.approx(before[number][1], abs=25)
    assert page.evaluate("decodeURIComponent(location.hash)") == f"#{now[number][0]}"


def test_the_language_switch_at_the_top_leads_to_the_top(page: Page):
    page.goto("concepts/pooling/")
    with page.expect_navigation():
        page.locator(".md-select__link[hreflang='en']").evaluate("link => link.click()")
    assert page.url.endswith("/en/concepts/pooling/")
    assert page.evaluate("scrollY") == 0
