"""The stepper of the sliding window as a reader uses it: keys, buttons, touch, and layers."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from safetensors.numpy import load_file

PATH = "concepts/local/"
FIELDS = {
    "conv1": 3,
    "pool1": 4,
    "conv2": 8,
    "pool2": 10,
    "conv3": 18,
    "pool3": 22,
}  # pixels a side
SIDE = 116  # of an image
OPACITY = (
    """(canvas, [row, column]) => canvas.getContext("2d").getImageData(column, row, 1, 1).data[3]"""
)


@pytest.fixture
def recorded(smoke: Path) -> np.ndarray:
    """`(H, W)`: the map of conv1 as the demonstration recorded it, from PyTorch."""
    (found,) = smoke.glob("runs/.demonstrations/windows-*/arrays.safetensors")
    return load_file(found)["map"]


def part(page: Page, name: str) -> Locator:
    return page.locator(f"#widget-stepper [data-part={name}]")


def place(page: Page) -> tuple[int, int]:
    """Row and column of the unit that is shown, from what the Chinese page says."""
    row, column = re.search(r"第 (\d+) 行第 (\d+) 列的", part(page, "status").inner_text()).groups()
    return int(row), int(column)


def window(page: Page) -> tuple[int, int]:
    """First row and first column of the pixels that the unit sees, from what the page says."""
    status = part(page, "status").inner_text()
    row, column = re.search(
        r"(?:rows |第 )(\d+)–\d+(?:, columns | 行，第 )(\d+)–\d+", status
    ).groups()
    return int(row), int(column)


def number(text: str) -> float:
    return float(re.search(r"−?[\d.]+", text).group().replace("−", "-"))


def numbers(table: Locator) -> np.ndarray:
    return np.array([number(text) for text in table.locator("td").all_inner_texts()])


def opacity(page: Page, row: int, column: int) -> int:
    return part(page, "map").locator("canvas").evaluate(OPACITY, [row, column])


def test_keys_move_the_window_and_each_output_is_the_recorded_one(page: Page, recorded):
    page.goto(PATH)
    row, column = place(page)
    part(page, "stage").focus()
    scrolled = page.evaluate("scrollY")
    for key, down, right in (
        ("ArrowRight", 0, 1),
        ("ArrowDown", 1, 0),
        ("ArrowLeft", 0, -1),
        ("ArrowUp", -1, 0),
        ("Shift+ArrowDown", 10, 0),
        ("Shift+ArrowLeft", 0, -10),
    ):
        page.keyboard.press(key)
        row, column = (
            max(0, min(at, size - 1))
            for at, size in zip((row + down, column + right), recorded.shape, strict=True)
        )
        assert place(page) == (row, column), key
        assert number(part(page, "output").inner_text()) == pytest.approx(
            recorded[row, column], abs=6e-4
        )
        total, bias = (number(part(page, name).inner_text()) for name in ("sum", "bias"))
        assert total + bias == pytest.approx(recorded[row, column], abs=2e-3)
        window, kernel, products = (
            numbers(part(page, name)) for name in ("window", "kernel", "products")
        )
        np.testing.assert_allclose(products, window * kernel, atol=0.011)
        assert products.sum() == pytest.approx(total, abs=0.05)
        assert opacity(page, row, column) == 255  # written
    assert opacity(page, row + 1, column) < 128  # not yet
    assert page.evaluate("scrollY") == scrolled
    page.keyboard.press("Home")
    assert place(page) == (0, 0)
    page.keyboard.press("ArrowUp")
    assert place(page) == (0, 0)


def test_buttons_step_and_play_writes_on_until_it_is_paused(page: Page):
    page.clock.install(time=datetime(2026, 1, 1))
    page.goto(PATH)
    page.clock.pause_at(datetime(2026, 1, 2))  # else it also runs on between the lines below
    part(page, "home").click()
    part(page, "right").click()
    assert place(page) == (0, 1)
    part(page, "play").click()
    expect(part(page, "play")).to_have_text("暂停")
    expect(part(page, "status")).to_have_attribute("aria-live", "off")
    page.clock.run_for(1100)
    assert place(page) == (0, 5)
    part(page, "play").click()
    expect(part(page, "play")).to_have_text("播放")
    expect(part(page, "status")).to_have_attribute("aria-live", "polite")
    page.clock.run_for(3000)
    assert place(page) == (0, 5)
    part(page, "speed").select_option(index=2)
    part(page, "play").click()
    page.clock.run_for(60_000)
    assert place(page)[0] == SIDE - 3  # the last row, and it has stopped there
    expect(part(page, "play")).to_have_text("播放")


def test_nothing_moves_by_itself_where_the_reader_asked_for_no_motion(page: Page):
    page.emulate_media(reduced_motion="reduce")
    page.clock.install()
    page.goto("en/" + PATH)
    before = part(page, "output").inner_text(), part(page, "status").inner_text()
    page.clock.run_for(3000)
    assert (part(page, "output").inner_text(), part(page, "status").inner_text()) == before
    expect(part(page, "play")).to_have_text("One step")
    part(page, "play").click()
    stepped = part(page, "status").inner_text()
    assert stepped != before[1]
    page.clock.run_for(3000)
    assert part(page, "status").inner_text() == stepped


def test_a_unit_of_any_layer_shows_its_receptive_field(page: Page):
    page.goto("en/" + PATH)
    for layer, side in FIELDS.items():
        page.get_by_role("radio", name=f"{layer} {side}×{side}").check()
        status = part(page, "status").inner_text()
        assert f"unit of {layer} " in status and f"sees {side}×{side} pixels" in status
        image, frame = (
            part(page, "image").locator("canvas").bounding_box(),
            part(page, "image").locator("i").bounding_box(),
        )
        assert frame["width"] / image["width"] * SIDE == pytest.approx(side, abs=0.3)
        first = int(re.search(r"columns (\d+)–", status).group(1))
        assert (frame["x"] - image["x"]) / image["width"] * SIDE == pytest.approx(first, abs=0.3)
        assert part(page, "arithmetic").is_visible() == (layer == "conv1")
    before = part(page, "status").inner_text()
    part(page, "stage").focus()
    page.keyboard.press("ArrowRight")
    assert part(page, "status").inner_text() != before


def test_a_phone_shows_it_without_scrolling_sideways_and_takes_taps_and_swipes(
    browser: Browser, site
):
    context = browser.new_context(
        viewport={"width": 375, "height": 700}, has_touch=True, base_url=site.address
    )
    page = context.new_page()
    page.goto(PATH)
    for radio in page.locator("#widget-stepper input").all():
        radio.check()
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.locator("#widget-stepper input").first.check()
    image = part(page, "image").locator("canvas")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    left, right, y = (
        box["x"] + 0.25 * box["width"],
        box["x"] + 0.5 * box["width"],
        box["y"] + 0.75 * box["height"],
    )
    page.touchscreen.tap(left, y)
    assert window(page) == pytest.approx((0.75 * SIDE - 1.5, 0.25 * SIDE - 1.5), abs=1.5)
    finger = context.new_cdp_session(page)
    for event, x in (("Start", left), ("Move", left + 20), ("Move", right), ("End", None)):
        points = [] if x is None else [{"x": x, "y": y}]
        finger.send("Input.dispatchTouchEvent", {"type": f"touch{event}", "touchPoints": points})
    assert window(page) == pytest.approx((0.75 * SIDE - 1.5, 0.5 * SIDE - 1.5), abs=1.5)
    context.close()
