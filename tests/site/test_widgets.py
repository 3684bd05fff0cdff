"""The pictures that a reader can change: what every widget must do, and that each shows the
numbers of the records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from safetensors.numpy import load_file

from report_builder.results.widgets import WIDGETS
from tests.report_builder.widget_maps import decoded
from xo.store.source_digest import ROOT

from .conftest import NARROW, WIDE, Served
from .test_browser import barriers

PLACES = {  # name: path of its page, from the pages' sources
    name: file.relative_to(ROOT / "docs/zh").with_suffix("").as_posix() + "/"
    for file in sorted((ROOT / "docs/zh").rglob("*.md"))
    for name in re.findall(r'{{ widget\("([^"]+)"\) }}', file.read_text(encoding="utf-8"))
}
# what a key changes: all words, and all pictures and curves
SEEN = """root => [root.innerText, ...[...root.querySelectorAll("canvas")].map(c => c.toDataURL()),
  ...[...root.querySelectorAll("polyline")].map(line => line.getAttribute("points")),
  ...[...root.querySelectorAll("i")].map(frame => frame.style.cssText)].join()"""
COLORS = """root => [
  ...[...root.querySelectorAll("td")].map(cell => getComputedStyle(cell).backgroundColor),
  ...[...root.querySelectorAll("canvas")].map(c => c.toDataURL()),
  ...[...root.querySelectorAll("polyline")].map(line => getComputedStyle(line).stroke)].join()"""
CONTROLS = "input:not([type=radio]), input[type=radio]:checked, select, [role=application]"


def widget(page: Page, name: str) -> Locator:
    return page.locator(f"#widget-{name} .xo-widget")


def part(page: Page, widget: str, name: str) -> Locator:
    return page.locator(f"#widget-{widget} [data-part='{name}']")


def number(page: Page, widget: str, name: str) -> float:
    """The number that a part says, a percentage as a share."""
    text = part(page, widget, name).inner_text().replace("−", "-")
    value = float(re.search(r"-?[\d.]+", text).group())
    return value / 100 if "%" in text else value


def data(page: Page, name: str) -> dict[str, Any]:
    return json.loads(page.locator(f"#widget-{name} script[type='application/json']").inner_text())


def recorded(smoke: Path, demonstration: str) -> dict[str, np.ndarray]:
    found = smoke.glob(f"runs/.demonstrations/{demonstration}-*/arrays.safetensors")
    return load_file(max(found, key=lambda file: file.stat().st_mtime))


def place(page: Page, name: str) -> tuple[int, int]:
    """Row and column that the Chinese page says."""
    row, column = re.search(
        r"第 (\d+) 行第 (\d+) 列：", part(page, name, "status").inner_text()
    ).groups()
    return int(row), int(column)


def test_every_widget_stands_on_one_page_in_both_languages():
    assert PLACES.keys() == WIDGETS.keys()
    for name, path in PLACES.items():
        source = (ROOT / "docs/en" / f"{path.removesuffix('/')}.md").read_text(encoding="utf-8")
        assert source.count(f'widget("{name}")') == 1


@pytest.mark.parametrize("name", WIDGETS)
def test_every_control_changes_it_by_keyboard_opened_as_a_file(
    browser: Browser, smoke: Path, name: str
):
    page = browser.new_page()  # the theme's search misses a file there
    page.goto((smoke / "site" / PLACES[name] / "index.html").as_uri())
    root = widget(page, name)
    controls = [control for control in root.locator(CONTROLS).all() if control.is_visible()]
    assert controls
    scrolled = None
    for control in controls:
        if control.get_attribute("data-part") == "speed":
            continue  # of playing
        before = root.evaluate(SEEN)
        control.focus()
        scrolled = page.evaluate("scrollY")
        kind = control.get_attribute("type") or control.evaluate("control => control.tagName")
        page.keyboard.press({"checkbox": "Space", "SELECT": "ArrowDown"}.get(kind, "ArrowRight"))
        assert root.evaluate(SEEN) != before, control.evaluate("control => control.outerHTML")
        assert page.evaluate("scrollY") == scrolled
    page.close()


def still(page: Page, name: str) -> Locator:
    kind, _, subject = WIDGETS[name].still.partition(" ")
    shown = f"#figure-{subject} img[src*=light]" if kind == "figure" else "table"
    return page.locator(f"#widget-{name} .xo-still {shown}").first


@pytest.fixture(scope="module")
def without_scripts(browser: Browser, site: Served) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, base_url=site.address)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", WIDGETS)
def test_the_still_picture_stands_there_without_scripts(without_scripts: Page, name: str):
    without_scripts.goto(PLACES[name])
    expect(still(without_scripts, name)).to_be_visible()
    expect(widget(without_scripts, name)).to_have_count(0)


@pytest.mark.parametrize("prefix", ["", "en/"])
@pytest.mark.parametrize("name", WIDGETS)
def test_it_stands_for_the_still_picture_fits_a_phone_and_has_no_barrier_in_either_scheme(
    page: Page, name: str, prefix: str
):
    """And says nothing to the console."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(prefix + PLACES[name])
    expect(widget(page, name)).to_have_count(1)
    expect(still(page, name)).to_be_visible(visible=WIDGETS[name].beside)
    if prefix:
        light = widget(page, name).evaluate(COLORS)
        page.emulate_media(color_scheme="dark")
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        assert widget(page, name).evaluate(COLORS) != light
    else:
        if WIDGETS[name].still.startswith("figure"):  # where its numbers come from
            expect(page.locator(f"#widget-{name} details.origin")).to_be_visible()
        page.emulate_media(media="print")
        expect(still(page, name)).to_be_visible()
        expect(widget(page, name)).to_be_hidden()
        page.emulate_media(media="screen")
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    outside = """root => [...root.querySelectorAll("*")].filter(element =>
      element.getClientRects().length && element.tagName !== "I" && !element.closest("svg")
      && element.getBoundingClientRect().right > root.getBoundingClientRect().right + 1)
      .map(element => element.outerHTML.slice(0, 100))"""
    assert widget(page, name).evaluate(outside) == []
    page.set_viewport_size(WIDE)
    page.emulate_media(reduced_motion="reduce")
    assert barriers(page, f"#widget-{name}") == []
    assert said == []


def test_sharing_the_map_of_the_shifted_image_is_the_shifted_map(page: Page, smoke: Path):
    page.goto(PLACES["sharing"])
    arrays, found = recorded(smoke, "sharing"), data(page, "sharing")

    def convolved(image: np.ndarray, k: int) -> np.ndarray:
        kernel = arrays["kernels"][k].astype(float)
        windows = np.lib.stride_tricks.sliding_window_view(image / 255, kernel.shape[1:])
        return np.einsum("hwij,cij->hw", windows, kernel) + arrays["biases"][k]

    image, (down, right) = arrays["image"], found["shift"]
    np.testing.assert_allclose(convolved(image, found["channel"]), arrays["map"], atol=1e-5)
    for keys, steps in (((), 0), (("ArrowLeft",) * 15, -15)):
        slider = part(page, "sharing", "right").locator("input")
        for key in keys:
            slider.press(key)
        right += steps
        moved = np.full_like(image, found["background"])
        kept = slice(max(right, 0), image.shape[1] + min(right, 0))
        from_ = slice(max(-right, 0), image.shape[1] + min(-right, 0))
        moved[down:, kept] = image[:-down, from_]
        for k in (found["channel"], 0):
            part(page, "sharing", "kernels").locator("input").nth(k).check()
            in_place = abs(convolved(moved, k) - convolved(image, k)).max()
            assert number(page, "sharing", "common") == 0
            assert number(page, "sharing", "place") == pytest.approx(in_place, abs=6e-4)
        part(page, "sharing", "kernels").locator("input").nth(found["channel"]).check()


def test_pooling_gives_what_was_recorded_and_a_shift_by_one_pixel_changes_it(
    page: Page, smoke: Path
):
    page.goto(PLACES["pooling"])
    arrays = recorded(smoke, "pooling")
    stage = part(page, "pooling", "stage")
    for k, kind in enumerate(("max", "mean", "gaussian", "trained")):
        part(page, "pooling", "kind").locator("input").nth(k).check()
        for key in ("Home", "Shift+ArrowDown", "Shift+ArrowRight", "ArrowUp", "Shift+ArrowDown"):
            stage.press(key)
            value = arrays[f"pooled.{kind}"][place(page, "pooling")]
            assert number(page, "pooling", "output") == pytest.approx(value, abs=6e-4), (kind, key)
    part(page, "pooling", "kind").locator("input").first.check()
    part(page, "pooling", "shift").check()
    row, column = place(page, "pooling")
    window = arrays["map"][2 * row : 2 * row + 2, 2 * column - 1 : 2 * column + 1]
    assert number(page, "pooling", "output") == pytest.approx(window.max(), abs=6e-4)
    expect(part(page, "pooling", "window").locator("td")).to_have_count(4)
    expect(part(page, "pooling", "status")).to_contain_text("平移之前")


def test_fcn_gives_the_recorded_probabilities_and_counts_what_is_above_the_threshold(
    page: Page, smoke: Path
):
    page.goto(PLACES["fcn"])
    coarse, found = recorded(smoke, "fcn")["coarse"], data(page, "fcn")
    maps = [decoded(each) for each in found["maps"]]
    np.testing.assert_allclose(maps, coarse, atol=3e-4)
    canvas = part(page, "fcn", "canvas").locator("canvas")
    for key in ("Home", "ArrowRight", "Shift+ArrowDown", "Shift+ArrowRight"):
        part(page, "fcn", "stage").press(key)
        row, column = place(page, "fcn")
        for k in range(2):
            answer = number(page, "fcn", f"answer-{k}")
            assert answer == pytest.approx(coarse[k, row, column], abs=8e-4)
    (tall, top), (_, left) = found["seen"]
    seen, box = part(page, "fcn", "canvas").locator("i").bounding_box(), canvas.bounding_box()
    scale = box["width"] / len(found["canvas"][0])
    assert seen["height"] / scale == pytest.approx(tall, abs=0.5)
    assert (seen["y"] - box["y"]) / scale == pytest.approx(4 * row + top, abs=0.5)
    assert (seen["x"] - box["x"]) / scale == pytest.approx(4 * column + left, abs=0.5)
    for k in (0, 1):
        part(page, "fcn", "class").locator("input").nth(k).check()
        for threshold in (0, 49, 50, 51, 100):
            part(page, "fcn", "threshold").locator("input").fill(str(threshold))
            assert number(page, "fcn", "kept") == (maps[k] >= threshold / 100).sum()


def test_mixing_gives_the_recorded_sum_until_a_weight_changes_and_again_after_a_reset(
    page: Page, smoke: Path
):
    page.goto(PLACES["mixing"])
    arrays, found = recorded(smoke, "mixing"), data(page, "mixing")
    at = place(page, "mixing")
    assert arrays["output"][at] == pytest.approx(arrays["output"].max(), abs=1e-3)

    def shown() -> tuple[float, float]:
        return number(page, "mixing", "output"), number(page, "mixing", "after")

    def expected(output: float) -> Any:
        return pytest.approx((output, max(output, 0)), abs=2e-3)

    assert shown() == expected(arrays["output"][at])
    slider = part(page, "mixing", "weight-0").locator("input")
    slider.fill("0.2")
    changed = (
        arrays["output"][at]
        + (0.2 - found["kernels"][found["channel"]][0]) * arrays["inputs"][0][at]
    )
    assert shown() == expected(changed)
    part(page, "mixing", "reset").click()
    assert shown() == expected(arrays["output"][at])
    for k, kernel in enumerate(arrays["kernels"]):
        part(page, "mixing", "channel").locator("input").nth(k).check()
        part(page, "mixing", "stage").press("ArrowLeft")
        at = place(page, "mixing")
        output = kernel @ arrays["inputs"][:, at[0], at[1]] + arrays["biases"][k]
        assert shown() == expected(output)


def test_fates_names_the_fate_and_the_last_epoch_of_every_run(page: Page):
    page.goto("en/" + PLACES["fates"])
    found = data(page, "fates")
    runs, select = found["runs"], part(page, "fates", "run")
    listed = []
    for _ in runs:
        k = int(select.input_value())
        listed.append(k)
        fate = found["fates"][runs[k]["fate"]]
        status = part(page, "fates", "status")
        expect(status).to_contain_text(
            f"{runs[k]['title']['en']}, seed {runs[k]['seed']}: {fate['name']['en']}"
        )
        last = runs[k]["accuracy"][-1], runs[k]["loss"][-1]
        assert number(page, "fates", "last-accuracy") == pytest.approx(last[0], abs=6e-4)
        assert number(page, "fates", "last-loss") == pytest.approx(last[1], abs=6e-4)
        points = part(page, "fates", "loss").get_attribute("points").split()
        assert len(points) == len(runs[k]["loss"])
        part(page, "fates", "next").click()
    assert sorted(listed) == list(range(len(runs)))


def test_partial_sums_add_up_to_the_recorded_output_step_by_step(page: Page, smoke: Path):
    page.goto(PLACES["partial-sums"])
    arrays, found = recorded(smoke, "partial-sums"), data(page, "partial-sums")
    slider = part(page, "partial-sums", "step").locator("input")
    windows = np.lib.stride_tricks.sliding_window_view(arrays["inputs"], (3, 3), (1, 2))
    assert list(place(page, "partial-sums")) == found["place"]
    for channel in (found["channel"], 0):
        part(page, "partial-sums", "channel").locator("input").nth(channel).check()
        part(page, "partial-sums", "stage").press("ArrowLeft")
        row, column = place(page, "partial-sums")
        kernels = arrays["every_kernel"][channel].astype(float)
        parts = np.einsum("cij,cij->c", windows[:, row, column], kernels)
        sums = [0, *np.cumsum(parts)]
        output = sums[-1] + arrays["biases"][channel]
        if channel == found["channel"]:
            assert output == pytest.approx(arrays["output"][row, column], abs=1e-4)
        for step, expected in enumerate([*sums, output, max(output, 0)]):
            slider.fill(str(step))
            assert number(page, "partial-sums", "sum") == pytest.approx(expected, abs=7e-4)
            later = part(page, "partial-sums", "parts").locator("td.later")
            expect(later).to_have_count(max(0, len(parts) + 1 - step))


def test_levels_shows_every_recorded_map_and_frames_what_a_value_sees(page: Page, smoke: Path):
    page.goto("en/" + PLACES["levels"])
    (file,) = smoke.glob("runs/features/0-*/arrays.safetensors")
    arrays, found = load_file(file), data(page, "levels")
    shown = [int(np.flatnonzero(arrays["shown_labels"] == k)[0]) for k in (0, 1)]
    channels = [(k, c) for k in range(3) for c in range(len(found["levels"][k]["maps"][0]))]
    for image, (level, channel) in ((0, channels[3]), (1, channels[9]), (1, channels[-1])):
        part(page, "levels", "shown").locator("input").nth(image).check()
        part(page, "levels", "channel").locator("input").nth(
            channels.index((level, channel))
        ).check()
        values = arrays[f"maps.relu{level + 1}"][shown[image], channel]
        np.testing.assert_allclose(
            decoded(found["levels"][level]["maps"][image][channel]), values, atol=0.02
        )
        rounding = found["levels"][level]["maps"][0][0]["limit"] / 250 + 0.006
        assert number(page, "levels", "value") == pytest.approx(values.max(), abs=rounding)
        part(page, "levels", "stage").press("Home")
        assert number(page, "levels", "value") == pytest.approx(values[0, 0], abs=rounding)
        size = found["levels"][level]["size"]
        expect(part(page, "levels", "seen")).to_have_text(f"{size}×{size}")
        frame = part(page, "levels", "image").locator("i").bounding_box()
        canvas = part(page, "levels", "image").locator("canvas").bounding_box()
        scale = canvas["width"] / len(found["images"][0][0])
        assert frame["width"] / scale == pytest.approx(size, abs=0.5)
