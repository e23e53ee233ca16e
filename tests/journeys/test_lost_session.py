"""The session ends while somebody types: what was typed is still sent, after a log-in in another tab."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.running import Server


def test_a_service_record_survives_the_end_of_the_session(server: Server, log_in: Any, picture: Any) -> None:
    page: Page = log_in("manager2")
    page.goto("/cases/mine/")
    page.get_by_role("link", name="個案服務歷程").first.click()
    case_address = page.url
    page.goto(f"{case_address}/records/new?provided=Y")
    page.get_by_label("1.就業服務", exact=False).first.check()
    page.locator("textarea[name=remark]").fill("電話中談了很久的內容")
    page.context.clear_cookies()
    page.get_by_role("button", name="確定").click()
    expect(page.get_by_role("heading", name="您輸入的內容還在")).to_be_visible()
    page.get_by_role("button", name="再送出一次").click()
    expect(page.get_by_text("還沒有登入")).to_be_visible()
    picture(page, "lost-session")
    other = page.context.new_page()
    other.goto("/login/")
    other.locator("input[name=username]").fill("manager2")
    other.locator("input[name=password]").fill(server.password)
    other.locator("img[src*='captcha']").wait_for()
    other.wait_for_load_state("networkidle")
    other.locator("input[name=captcha]").fill(server.captcha_answer())
    other.get_by_role("button", name="登入").click()
    other.wait_for_url(lambda url: "/login" not in url)
    page.get_by_role("button", name="再送出一次").click()
    expect(page.get_by_text("服務紀錄已儲存")).to_be_visible()
    expect(page.get_by_text("電話中談了很久的內容").first).to_be_visible()
