"""The arithmetic of plateaus as a reader uses it: keys, buttons, both languages, the scheme's
colors, and without scripts.
"""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

PATH = "evidence/published/"


def test_keys_choose_images_and_shares_and_the_answer_follows(page: Page):
    page.goto("en/" + PATH)
    form = page.locator("#widget-plateau .xo-widget")
    answer, printed = form.get_by_role("status"), form.locator("pre")
    expect(answer).to_contain_text("32 batches an epoch; one row every 10: 3 rows an epoch")
    expect(answer).to_contain_text("= 0.4227; a tenth is printed: 0.042")
    images, share = form.get_by_label("Images"), form.get_by_label("Share of the rarer class")
    share.focus()
    page.keyboard.press("End")
    expect(answer).to_contain_text(
        "0.50 ln 0.50 − 0.50 ln 0.50 = 0.6931; a tenth is printed: 0.069"
    )
    page.keyboard.press("Shift+Tab")
    expect(images).to_be_focused()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    expect(answer).to_contain_text("1,700 ÷ 64: 27 batches")
    expect(printed).to_have_text("[2 10] loss: 0.069\n[2 20] loss: 0.069")
    page.keyboard.press("Home")
    expect(printed).to_have_text("With fewer than 10 batches an epoch, nothing is printed.")


def test_a_button_sets_both_and_the_chinese_page_speaks_chinese(page: Page):
    page.goto(PATH)
    form = page.locator("#widget-plateau .xo-widget")
    form.get_by_role("button", name="正确的训练集").press("Enter")
    expect(form.get_by_role("status")).to_contain_text(
        "1,700 ÷ 64，每轮 27 批；每 10 批打印一次，每轮 2 行。"
    )
    expect(page.locator("#widget-plateau table")).to_be_hidden()


def test_its_colors_are_those_of_the_scheme(page: Page):
    page.goto(PATH)
    dot = page.locator("#widget-plateau circle")
    expect(dot).to_have_css("fill", "rgb(165, 64, 127)")
    page.emulate_media(color_scheme="dark")
    expect(dot).to_have_css("fill", "rgb(229, 155, 199)")


def test_without_scripts_a_table_stands_there(browser: Browser, site):
    context = browser.new_context(java_script_enabled=False, base_url=site.address)
    page = context.new_page()
    page.goto(PATH)
    expect(page.locator("#widget-plateau table")).to_be_visible()
    expect(page.locator("#widget-plateau table")).to_contain_text("0.4227")
    expect(page.locator("#widget-plateau .xo-widget")).to_have_count(0)
    context.close()
