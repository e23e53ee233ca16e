"""A referral is filed with the keyboard alone: no click, and whoever tabs always sees where he is."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.journeys.running import Server

MOST_TABS = 120
RING = """() => {
  const e = document.activeElement, s = getComputedStyle(e), l = e.closest("label");
  const drawn = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  return drawn(s) || (l !== null && drawn(getComputedStyle(l)));
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that matches has the focus, looking at the focus ring on the way."""
    for _ in range(MOST_TABS):
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            assert page.evaluate(RING), f"no focus to be seen on {selector}"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab on {page.url}")


def fill(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.insert_text(text)


def test_a_referral_is_filed_with_the_keyboard_alone(server: Server, browser: Browser, picture: Any) -> None:
    context = browser.new_context(
        base_url=server.url, locale="zh-TW", viewport={"width": 1366, "height": 900}
    )
    page = context.new_page()
    page.goto("/login/", wait_until="networkidle")
    fill(page, "input[name=username]", "referrer")
    fill(page, "input[name=password]", server.password)
    fill(page, "input[name=captcha]", server.captcha_answer())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    tab_to(page, "a.skip-link")
    tab_to(page, "a[href='/referrals/new/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/referrals/new/")
    fill(page, "input[name=name]", "孫悟空")
    fill(page, "input[name=national_id]", "B123456780")
    page.keyboard.press("Enter")
    expect(page.locator("#not-found [data-leave]")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/referrals/new/person")
    page.wait_for_load_state("networkidle")
    for name, text in (
        ("birthday", "80/07/07"),
        ("phone", "0912345678"),
        ("address", "新竹市東區東大路二段60號"),
    ):
        fill(page, f"input[name={name}]", text)
    page.keyboard.press("Tab")
    expect(page.locator("input[name=postal_code]")).to_have_value("30054")
    tab_to(page, "form[data-person] button[type=submit].btn-primary")
    page.keyboard.press("Enter")
    page.wait_for_url("**/referrals/new/?continued=1")
    page.wait_for_load_state("networkidle")
    tab_to(page, "input[name=consent]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=indicators][value='1']")
    page.keyboard.press("Space")
    tab_to(page, "input[name=identities][value='6']")
    page.keyboard.press("Space")
    fill(page, "textarea[name=brief]", "曾任行政工作十年。")
    picture(page, "keyboard-1-form")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="新增成功，分派如下")).to_be_visible()
    picture(page, "keyboard-2-sent")
    context.close()
