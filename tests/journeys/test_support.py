"""線上客服 over a half-filled page: nothing of either is lost, not by Escape, a refusal, or the end of the session."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.running import Server


def test_a_question_is_asked_over_a_half_filled_form_and_answered(
    server: Server, log_in: Any, picture: Any
) -> None:
    page: Page = log_in("manager2")
    page.goto("/account/")
    page.get_by_label("職務").fill("寫到一半")
    spot = page.get_by_role("complementary").get_by_role("link", name="線上客服")
    spot.click()
    dialog = page.get_by_role("dialog", name="線上客服")
    dialog.get_by_label("主旨內容").fill("列印時字太小")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    spot.click()
    expect(dialog.get_by_label("主旨內容")).to_have_value("列印時字太小")
    dialog.get_by_role("button", name="傳送").click()
    expect(dialog.get_by_role("link", name="問題內容")).to_be_visible()
    dialog.get_by_label("問題內容").fill("轉介回覆單的字太小")
    dialog.get_by_label("Email").fill("chen@office.example")
    picture(page, "support-dialog")
    kept = page.context.cookies()
    page.context.clear_cookies()
    dialog.get_by_role("button", name="傳送").click()
    expect(dialog.get_by_role("link", name="在新分頁登入")).to_be_visible()
    page.context.add_cookies(kept)  # logged in again in another tab
    dialog.get_by_role("button", name="傳送").click()
    expect(page.get_by_role("heading", name="已送出")).to_be_visible()
    page.get_by_role("button", name="關閉").click()
    expect(page.get_by_label("職務")).to_have_value("寫到一半")

    desk: Page = log_in("admin")
    server.mailbox.wait_for("admin@demo.jieli.example", "線上客服提問")
    desk.goto("/support-desk/?state=waiting")
    desk.get_by_role("link", name="列印時字太小").click()
    desk.get_by_label("回覆內容").fill("下一版會放大。")
    picture(desk, "support-answer")
    desk.get_by_role("button", name="回覆並寄出").click()
    expect(desk.get_by_text("已回覆提問")).to_be_visible()
    letter = server.mailbox.wait_for("chen@office.example", "線上客服回覆")
    assert "下一版會放大。" in letter.get_content()
