"""One person from the referring unit to the closed case, as five people see it in real browsers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.journeys.running import Server
from tests.office import read_by_libreoffice

ADDRESS = "新竹市東區東大路二段60號"
# A made-up number with a right check digit.
NUMBER = "A123456789"


def test_a_person_is_referred_taken_in_served_and_closed(
    server: Server, log_in: Any, picture: Any, tmp_path: Path
) -> None:
    number = refer(log_in("referrer"), picture)
    take_in(log_in("supervisor"), number, picture)
    serve_and_close(server, log_in("manager"), number, picture)
    mail = server.mailbox.wait_for("referrer@demo.jieli.example", "結案")
    text = mail.get_content()
    assert number in text and "唐○藏" in text
    assert "唐三藏" not in text and NUMBER not in text, "personal data stays out of mails"
    sees_it_closed(log_in("referrer"), number, picture)
    exports_the_roster(log_in("supervisor"), picture, tmp_path)


def refer(page: Page, picture: Any) -> str:
    """The referring worker files 唐三藏; gives the referral's number."""
    page.get_by_role("link", name="轉介個案建立").first.click()
    page.get_by_label("姓名", exact=False).first.fill("唐三藏")
    page.get_by_label("身分證字號", exact=False).first.fill(NUMBER)
    page.get_by_role("button", name="查詢", exact=True).click()
    expect(page.get_by_text("查無個案資料")).to_be_visible()
    picture(page, "journey-1-not-found")
    page.get_by_role("link", name="新增", exact=True).click()
    expect(page.locator("input[name=name]")).to_have_value("唐三藏")
    page.locator("input[name=birthday]").fill("80/07/07")
    page.locator("input[name=phone]").fill("0912345678")
    page.locator("input[name=address]").fill(ADDRESS)
    page.locator("input[name=home_phone]").focus()  # leaving the address resolves it
    expect(page.locator("input[name=postal_code]")).to_have_value("30054")
    picture(page, "journey-2-new-person")
    page.get_by_role("button", name="建立基本資料").click()
    expect(page.locator("input[name=postal_code]")).to_have_value("30054")
    expect(page.locator("[data-routed]")).to_contain_text("新竹就業中心")
    page.get_by_label("個案表示想找工作", exact=False).check()
    page.get_by_label("長期失業者", exact=False).check()
    page.locator("textarea[name=brief]").fill("曾任行政工作十年,下午方便接聽電話。")
    page.get_by_role("button", name="送出通報紀錄").click()
    expect(page.locator("#main, main").get_by_text("個資同意未勾選").first).to_be_visible()
    picture(page, "journey-3-consent-missing")
    page.get_by_label("本單位確實已經個案同意", exact=False).check()
    page.get_by_role("button", name="送出通報紀錄").click()
    expect(page.get_by_role("heading", name="新增成功，分派如下")).to_be_visible()
    body = page.locator("main").inner_text()
    for expected in ("13", "桃竹苗分署", "新竹就業中心", "一般郵遞區號核對分派"):
        assert expected in body, body
    picture(page, "journey-4-sent")
    found = re.search(r"轉介編號\s*(\d+)", body)
    assert found, body
    return found[1]


def take_in(page: Page, number: str, picture: Any) -> None:
    page.goto("/intake/")
    page.locator("input[name=number]").fill(number)
    page.get_by_role("button", name="查詢").click()
    row = page.get_by_role("row").filter(has_text="唐三藏")
    row.get_by_role("link", name="收案").click()
    choice = page.get_by_label("王大毛", exact=False).first
    choice.check()
    picture(page, "journey-5-assign")
    page.get_by_role("button", name="確認").click()
    expect(page.get_by_role("heading", name="轉介單確認")).to_be_visible()
    picture(page, "journey-6-confirm")
    page.get_by_role("button", name="確定派案").click()
    expect(
        page.get_by_role("status").filter(has_text="王大毛").or_(page.get_by_text("已收案")).first
    ).to_be_visible()


def serve_and_close(server: Server, page: Page, number: str, picture: Any) -> None:
    page.goto("/cases/mine/?name=唐三藏")
    page.get_by_role("link", name="個案服務歷程").first.click()
    picture(page, "journey-7-history")
    page.get_by_role("button", name="延期三個月").click()
    expect(page.get_by_text("未達成延長日期條件").first).to_be_visible()
    record(page, "提供服務", "1.就業服務")
    record(page, "無法提供服務", "無法聯繫3次以上(3次不同日期及時段)")
    picture(page, "journey-8-two-records")
    case_url = page.url
    page.get_by_role("link", name="列印轉介回覆單").click()
    expect(page.get_by_text("就業服務回覆單").first).to_be_visible()
    reply = page.locator("body").inner_text()
    assert "唐三藏" in reply and "1.就業服務" in reply and "1.無法聯繫3次以上" in reply, reply
    picture(page, "journey-9-reply-form")
    page.goto(case_url)
    page.get_by_role("button", name="結案").click()
    expect(page.get_by_text("確定要結案嗎?").first).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name=re.compile("確定|結案")).click()
    expect(page.get_by_text("成功結案!!郵件成功寄出!!").first).to_be_visible()
    picture(page, "journey-10-closed")


def record(page: Page, kind: str, what: str) -> None:
    page.get_by_role("button", name="轉介回覆單", exact=True).click()
    page.get_by_role("dialog").get_by_role("link", name=kind, exact=True).click()
    page.get_by_label(what, exact=False).first.check()
    page.get_by_role("button", name="確定").click()
    expect(page.get_by_role("button", name="轉介回覆單", exact=True)).to_be_visible()


def sees_it_closed(page: Page, number: str, picture: Any) -> None:
    page.goto("/referrals/status/?name=唐三藏")
    row = page.get_by_role("row").filter(has_text=number).first
    expect(row).to_contain_text("已結案")
    expect(row).to_contain_text("新竹就業中心")
    picture(page, "journey-11-status")


def exports_the_roster(page: Page, picture: Any, folder: Path) -> None:
    """The Excel file holds the cells of the screen, and LibreOffice reads the same ones."""
    page.goto("/roster/?state=closed")
    row = page.get_by_role("row").filter(has_text="唐三藏")
    expect(row).to_contain_text("已結案")
    picture(page, "journey-12-roster")
    with page.expect_download() as started:
        page.get_by_role("link", name="匯出Excel").click()
    file = folder / "roster.xlsx"
    started.value.save_as(file)
    sheet = load_workbook(file).active
    by_openpyxl = [
        ["" if cell is None else str(cell) for cell in each] for each in sheet.iter_rows(values_only=True)
    ]
    [person] = [each for each in by_openpyxl if "唐三藏" in each]
    assert "已結案" in person and "新竹就業中心" in person
    shown = [cell.inner_text().strip() for cell in row.get_by_role("cell").all()]
    for text in (shown[3], "唐三藏", "男", "已結案"):
        assert text in person, (text, person)
    assert [line for line in read_by_libreoffice(file) if "唐三藏" in line] == [person]


def test_an_address_typed_before_the_page_s_script_arrived_gets_its_postal_code(log_in: Any) -> None:
    page: Page = log_in("referrer")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/referral/main.js*", hold)
    page.goto("/referrals/new", wait_until="commit")
    page.locator("input[name=address]").fill(ADDRESS)
    page.locator("input[name=home_phone]").focus()
    expect(page.locator("input[name=postal_code]")).to_have_value("")
    assert held, "the script has not been asked for"
    for route in held:
        route.continue_()
    expect(page.locator("input[name=postal_code]")).to_have_value("30054")
