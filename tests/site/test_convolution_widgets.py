"""The small convolution and the gradient behind pooling as a reader uses them: what they show is
what numpy and the records give.
"""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import load_file
from scipy.signal import correlate2d

CONVOLUTION, BACKWARD = "concepts/convolution/", "concepts/backward/"


def part(page: Page, widget: str, name: str) -> Locator:
    return page.locator(f"#widget-{widget} [data-part='{name}']")


def numbers(table: Locator) -> np.ndarray:
    """Of a square table."""
    texts = [text.replace("−", "-").strip() for text in table.locator("td").all_inner_texts()]
    side = round(len(texts) ** 0.5)
    return np.array(texts, dtype=float).reshape(side, side)


def choose(page: Page, widget: str, name: str, k: int) -> None:
    part(page, widget, name).locator("input").nth(k).check()


def outputs(page: Page, padding: int, stride: int) -> np.ndarray:
    """What numpy makes of the pixels and the kernel that are shown."""
    image = numbers(part(page, "convolution", "image"))
    assert image.shape == (5 + 2 * padding, 5 + 2 * padding)
    kernel = numbers(part(page, "convolution", "kernel"))
    return correlate2d(image, kernel, mode="valid")[::stride, ::stride]


def test_every_kernel_padding_and_stride_gives_what_numpy_gives(page: Page):
    page.goto(CONVOLUTION)
    kernels = part(page, "convolution", "kernel-choice").locator("input").count()
    assert kernels == 5
    shapes = [(padding, stride, 0) for padding, stride in product((0, 1), (1, 2))]
    for padding, stride, kernel in shapes + [(1, 2, kernel) for kernel in range(1, kernels)]:
        choose(page, "convolution", "padding", padding)
        choose(page, "convolution", "stride", stride - 1)
        choose(page, "convolution", "kernel-choice", kernel)
        shown = numbers(part(page, "convolution", "output"))
        expected = outputs(page, padding, stride)
        # weights of the blur are shown as 0.11, and nine of them are added
        assert shown == pytest.approx(expected, abs=0.02)
        assert (
            f"{len(expected)}×{len(expected)}" in part(page, "convolution", "status").inner_text()
        )


def test_pixels_are_flipped_by_pointer_and_by_keyboard(page: Page):
    page.goto(CONVOLUTION)
    image = part(page, "convolution", "image")
    before = numbers(image)
    image.locator("button").nth(12).click()
    expect(image.locator("button").nth(12)).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    after = before.copy()
    for place in ((2, 2), (3, 3)):
        after[place] = 1 - after[place]
    assert (numbers(image) == after).all()
    assert numbers(part(page, "convolution", "output")) == pytest.approx(outputs(page, 0, 1))
    assert image.locator("button[tabindex='0']").count() == 1  # one stop for the Tab key
    part(page, "convolution", "reset").click()
    assert (numbers(image) == before).all()


def test_the_window_moves_with_the_keys_and_its_products_add_up(page: Page):
    page.goto("en/" + CONVOLUTION)
    part(page, "convolution", "stage").focus()
    scrolled = page.evaluate("scrollY")
    for key, (row, column) in (("ArrowRight", (0, 1)), ("ArrowDown", (1, 1)), ("Home", (0, 0))):
        page.keyboard.press(key)
        products = numbers(part(page, "convolution", "products"))
        shown = numbers(part(page, "convolution", "output"))[row, column]
        assert products.sum() == pytest.approx(shown)
        said = part(page, "convolution", "sum").inner_text().replace("−", "-")
        assert float(said) == pytest.approx(shown)
        window = numbers(part(page, "convolution", "image"))[row : row + 3, column : column + 3]
        assert (numbers(part(page, "convolution", "window")) == window).all()
        assert part(page, "convolution", "image").locator("td.framed").count() == 9
    assert page.evaluate("scrollY") == scrolled
    part(page, "convolution", "output").locator("td").nth(8).click()
    assert "Row 2, column 2" in part(page, "convolution", "status").inner_text()


def read(text: str) -> float:
    return float(text.replace("−", "-"))


@pytest.fixture
def recorded(smoke: Path) -> dict[str, np.ndarray]:
    found = smoke.glob("runs/.demonstrations/backward-*/arrays.safetensors")
    return load_file(max(found, key=lambda file: file.stat().st_mtime))


@pytest.mark.parametrize("kind", ["max", "mean"])
def test_the_gradient_goes_where_the_records_say(page: Page, recorded, kind: str):
    page.goto(BACKWARD)
    choose(page, "backward", "kind", ("max", "mean").index(kind))
    values, after = recorded["region.map"], recorded["region.after"]
    shape = after.shape
    content = json.loads(
        page.locator("#widget-backward script[type='application/json']").inner_text()
    )
    row, column = content["start"]
    part(page, "backward", "stage").focus()
    for key, down, right in (("ArrowRight", 0, 1), ("ArrowDown", 1, 0), ("ArrowLeft", 0, -1)) * 2:
        page.keyboard.press(key)
        row, column = (
            max(0, min(at, side - 1)) for at, side in zip((row + down, column + right), shape)
        )
        window = values[2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
        pooled = window.max() if kind == "max" else window.mean()
        assert numbers(part(page, "backward", "window")) == pytest.approx(window, abs=0.006)
        assert read(part(page, "backward", "value").inner_text()) == pytest.approx(
            pooled, abs=0.001
        )
        expected = np.zeros(4)
        if pooled > 0:
            expected[:] = after[row, column] / 4
            if kind == "max":
                expected = after[row, column] * (np.arange(4) == window.argmax())
        shown = [
            read(text)
            for text in part(page, "backward", "gradient").locator("td").all_inner_texts()
        ]
        assert shown == pytest.approx(expected, rel=0.06, abs=6e-4)
    where = part(page, "backward", "status").inner_text()
    top, left = content["corner"]
    assert [int(each) for each in re.search(r"第 (\d+) 行第 (\d+) 列", where).groups()] == [
        top + row,
        left + column,
    ]
