"""The walks through the front desk that `tests.journeys.pictures` takes pictures of: a morning in progress."""

from __future__ import annotations

import io

from openpyxl import load_workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.journeys.picture import Shots, low

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def receiving(page: Page, *, name: str, number: str) -> Shots:
    """`name` and `number` are of somebody new to the front desk whom the system knows."""
    page.goto("/desk/reception/")
    yield "reception", page
    _find(page, "A001")
    known = page.locator(".reception-card h2").first.inner_text()
    _find(page, known)
    if page.locator(".found-list").count():
        page.locator(".found-list a").first.click()
    expect(page.get_by_role("button", name="報到並派案")).to_be_visible()
    yield "reception-check-in", page
    _find(page, number)
    expect(page.locator(".reception-card h2").first).to_have_text(name)
    page.locator(".type-option").filter(has_text="一般求職").click()
    page.get_by_role("button", name="報到並派案").click()
    page.get_by_text("為什麼不是其他櫃台？").click()
    yield "reception-visit", page
    page.goto("/desk/tally/")
    yield "tally", page


def _find(page: Page, text: str) -> None:
    page.locator("#find-search").fill(text)
    page.locator("#find-search").press("Enter")
    page.wait_for_url(lambda url: "visit=" in url or "person=" in url or "/find" in url)


def at_the_counter(page: Page) -> Shots:
    page.goto("/desk/counter/")
    expect(page.get_by_role("button", name="服務結束")).to_be_visible()
    yield "counter", page
    page.locator(".queue-row").first.get_by_role("link", name="無法接案").click()
    dialog = page.locator("#step-dialog")
    dialog.get_by_label("系統或設備故障").check()
    dialog.locator("textarea").fill("讀卡機故障，資訊人員處理中。")
    yield "counter-refuse", dialog
    page.goto("/desk/appointments/")
    page.get_by_role("link", name="後一日").click()
    expect(page.locator("table.book")).to_be_visible()
    yield "appointment-book", page


def looking_after(page: Page) -> Shots:
    """The IT staff."""
    page.goto("/desk/unended/")
    yield "unended", low(page, 700)
    page.goto("/desk/appointment-rate/")
    yield "appointment-rate", low(page, 680)
    page.goto("/desk/departures/")
    page.get_by_role("row").filter(has_text="李佳蓉").get_by_role("link", name="辦理離職").click()
    expect(page.get_by_role("button", name="登錄離職並移轉")).to_be_visible()
    page.locator("#left_on").fill("115/12/31")
    page.get_by_label("失業給付舊案協助的就服員").select_option(index=1)
    yield "departure", low(page, 860)
    page.goto("/desk/board/")
    page.get_by_role("button", name="產生新的網址").click()
    page.get_by_role("dialog").get_by_role("button", name="確定").click()
    page.goto(page.locator("#board-address").inner_text())
    expect(page.locator("#last li").first).to_be_visible()
    yield "board", page


def supervising_the_desk(page: Page) -> Shots:
    page.goto("/desk/supervision/")
    yield "desk-supervision", low(page, 680)
    page.goto("/desk/tally/month")
    yield "tally-month", page
    page.goto("/desk/dashboard/")
    yield "desk-dashboard", page
    page.goto("/desk/tables/")
    yield "desk-tables", page
    yield from _a_changed_table(page)


def _a_changed_table(page: Page) -> Shots:
    """A counter has moved, and there is a further one."""
    book = load_workbook(io.BytesIO(page.request.get("/desk/tables/workbook/counter/template.xlsx").body()))
    sheet = book.worksheets[0]
    headings = {str(cell.value): cell.column for cell in sheet[1]}
    place = next(column for heading, column in headings.items() if "位置" in heading)
    number = next(column for heading, column in headings.items() if "櫃台號" in heading)
    sheet.cell(2, place).value = "一樓東側"
    further = next(row for row in range(2, sheet.max_row + 2) if sheet.cell(row, number).value is None)
    for column in headings.values():
        sheet.cell(further, column).value = sheet.cell(2, column).value
    sheet.cell(further, 1).value = None
    sheet.cell(further, number).value = 9
    changed = io.BytesIO()
    book.save(changed)
    page.goto("/desk/tables/workbook/counter/")
    page.locator("#file").set_input_files(
        FilePayload(name="櫃台.xlsx", mimeType=XLSX, buffer=changed.getvalue())
    )
    page.get_by_role("button", name="上傳並檢查").click()
    expect(page.get_by_role("button", name="確認寫入")).to_be_visible()
    yield "table-check", low(page, 480)
