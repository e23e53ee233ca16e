"""The pictures of the documents, taken from the running demo world: `python -m tests.journeys.pictures [NAME …]`.

The cast walks through its work; each walk yields the name of a picture with the page or the part of it to be seen.
docs/images/ holds these pictures and nothing else. Look at each of them before it is committed.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.batch_files import row, workbook
from tests.journeys.picture import HEIGHT, WIDTH, Shots, low
from tests.journeys.pictures_desk import at_the_counter, looking_after, receiving, supervising_the_desk
from tests.journeys.running import ROOT, Server, chromium, log_in, running

IMAGES = ROOT / "docs" / "images"
COLOURS = 128
MOST_BYTES = 150_000

# A made-up person; the number has a right check digit.
NAME, NUMBER = "唐三藏", "A123456789"


def at_the_door(page: Page) -> Shots:
    page.goto("/login/")
    yield "login", low(page, 680)


def referring(page: Page) -> Shots:
    page.goto("/referrals/new/")
    page.locator("input[name=name]").fill(NAME)
    page.locator("input[name=national_id]").fill(NUMBER)
    page.get_by_role("button", name="查詢", exact=True).click()
    page.get_by_role("link", name="新增", exact=True).click()
    page.locator("input[name=birthday]").fill("80/07/07")
    page.locator("input[name=phone]").fill("0912345678")
    page.locator("input[name=address]").fill("新竹市東區東大路二段60號")
    page.locator("input[name=home_phone]").focus()  # leaving the address resolves it
    expect(page.locator("input[name=postal_code]")).to_have_value("30054")
    page.get_by_role("button", name="建立基本資料").click()
    expect(page.locator("[data-routed]")).to_contain_text("新竹就業中心")
    page.get_by_role("button", name="關閉訊息").click()
    yield "referral-form", page
    page.get_by_label("個案表示想找工作", exact=False).check()
    page.get_by_label("長期失業者", exact=False).check()
    page.locator("textarea[name=brief]").fill("曾任行政工作十年,下午方便接聽電話。")
    page.get_by_label("本單位確實已經個案同意", exact=False).check()
    page.get_by_role("button", name="送出通報紀錄").click()
    expect(page.get_by_role("heading", name="新增成功，分派如下")).to_be_visible()
    yield "referral-sent", page.locator(".sent")
    yield from _uploading(page)
    page.goto("/referrals/status/")
    yield "referral-status", page
    page.get_by_role("row").filter(has_text="已退回").get_by_role("link").first.click()
    expect(page.get_by_role("button", name="修正後重新送出")).to_be_visible()
    yield "referral-returned", low(page, 640)


def _uploading(page: Page) -> Shots:
    rows = [
        row(A="陳怡君", C="1985/10/10"),
        row(A="林志明", B="A123456788", C="1990/2/3"),
        row(A="張雅婷", C="2009/5/6", D=None),
        row(A="黃國榮", F="12345", H="1,19"),
    ]
    page.goto("/referrals/batch/")
    page.locator("#file").set_input_files(
        FilePayload(name="轉介整批上傳.xlsx", mimeType="application/octet-stream", buffer=workbook(rows))
    )
    page.locator("#consent").check()
    page.get_by_role("button", name="上傳並檢查").click()
    expect(page.get_by_role("heading", name="檢查上傳內容")).to_be_visible()
    yield "batch-check", page
    page.get_by_role("button", name="取消並刪除").click()
    page.get_by_role("dialog").get_by_role("button", name="確定").click()
    expect(page.get_by_text("已取消,檔案內未送出的資料已刪除。")).to_be_visible()


def supervising(page: Page) -> Shots:
    yield "home", low(page, 640)
    yield from _intake(page)
    page.goto("/intake/")
    for box in page.locator("tbody input[name=id]").all()[:6]:
        box.check()
    page.get_by_role("button", name="整批派案").click()
    for box in page.locator("input[name=to]").all():
        box.check()
    page.get_by_role("button", name="下一步：確認分配").click()
    expect(page.get_by_role("button", name="確定派案")).to_be_visible()
    yield "bulk-confirm", low(page, 680)
    page.goto("/dashboard/")
    yield "dashboard", page
    page.goto("/roster/")
    yield "roster", page


def _intake(page: Page) -> Shots:
    page.goto("/intake/")
    waiting = page.locator("tbody tr").first
    waiting.locator("a.name").click()
    expect(page.get_by_role("heading", name="個案詳細資料")).to_be_visible()
    yield "intake", page
    waiting.get_by_role("link", name="收案").click()
    dialog = page.locator("#step-dialog")
    expect(dialog.get_by_role("heading", name="指派個管員")).to_be_visible()
    dialog.locator("input[type=radio]").first.check()
    yield "assign", dialog
    dialog.get_by_role("link", name="退回").click()
    expect(dialog.get_by_role("heading", name="退回轉介單位")).to_be_visible()
    dialog.locator("textarea").fill("連絡電話為空號,請補正後重新送出。")
    yield "return", dialog


def serving(page: Page) -> Shots:
    yield "header", page.locator(".shell-header")
    page.goto("/cases/mine/")
    yield "worklist", page
    page.get_by_role("row").filter(has_text="即將到期").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="個案服務歷程紀錄")).to_be_visible()
    yield "case", page
    address = page.url
    page.goto(f"{address}/records/new?provided=Y")
    page.get_by_label("2.職業訓練").check()
    yield "record-form", page
    page.goto(f"{address}/reply-form")
    yield "reply-form", page
    page.goto("/support/new")
    page.get_by_label("主旨內容").fill("回覆單列印後字太小")
    page.get_by_label("問題內容").fill("印個案服務單的轉介回覆單時,備註欄的字很小。")
    page.get_by_role("button", name="傳送").click()
    expect(page.get_by_text("提問編號", exact=False).first).to_be_visible()


def administering(page: Page) -> Shots:
    page.goto("/unrouted/")
    page.locator("tbody").get_by_role("link", name="指定收案單位").first.click()
    expect(page.locator("#step-dialog").get_by_role("heading", name="指定收案單位")).to_be_visible()
    yield "unrouted", page.locator("#step-dialog")
    page.goto("/service-areas/trial/?q=新竹市北區中央路241號")
    yield "routing-trial", low(page, 580).locator("main")
    page.goto("/users/list/?_flt_0_username=manager2")
    page.get_by_role("row").filter(has_text="manager2").get_by_role("link", name="檢視").click()
    expect(page.get_by_role("button", name="重設密碼")).to_be_visible()
    yield "account", page
    page.goto("/support-desk/")
    page.get_by_role("row").filter(has_text="字太小").first.get_by_role("link").first.click()
    page.get_by_label("回覆內容").fill("請在列印對話框把比例調為 100%,字級即為正常大小。")
    yield "support-answer", page


def auditing(page: Page) -> Shots:
    page.goto("/audit/trail/")
    page.get_by_role("button", name="立即驗證").click()
    for _ in range(60):  # the jobs check it
        page.goto("/audit/trail/")
        if page.locator("section .chip-done").count():
            break
        page.wait_for_timeout(1000)
    expect(page.locator("section .chip-done")).to_have_text("完整")
    yield "trail", page
    page.get_by_role("row").filter(has_text="查看").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="看到了誰")).to_be_visible()
    yield "trail-entry", low(page, 720)
    page.goto("/audit/disclosure/")
    page.get_by_label("身分證字號").fill(NUMBER)
    page.get_by_label("申請案號或事由").fill("115年個資申請第12號")
    page.get_by_role("button", name="彙整資料").click()
    expect(page.get_by_role("link", name="下載 PDF")).to_be_visible()
    yield "disclosed", page


WALKS: tuple[tuple[str | None, Callable[[Page], Shots]], ...] = (
    (None, at_the_door),
    ("referrer", referring),
    ("supervisor", supervising),
    ("manager", serving),
    ("admin", administering),
    ("auditor", auditing),
    ("supervisor", supervising_the_desk),
    ("reception", partial(receiving, name=NAME, number=NUMBER)),
    ("counter2", at_the_counter),
    ("itstaff", looking_after),
)


def keep(name: str, seen: Page | Locator) -> None:
    """As a PNG of few colours; a screen has hardly more."""
    image = Image.open(io.BytesIO(seen.screenshot(animations="disabled"))).convert("RGB")
    target = IMAGES / f"{name}.png"
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(target, optimize=True)
    size = target.stat().st_size
    assert size <= MOST_BYTES, f"{target.name} has {size} bytes"
    print(f"{target.relative_to(ROOT)}  {image.width}×{image.height}  {size // 1024} KB")


def take(server: Server, browser: Browser, wanted: Collection[str]) -> None:
    """Every walk is walked, since one builds on what the ones before have left; without names every picture is kept."""
    for account, walk in WALKS:
        page = log_in(server, browser, account) if account else _visitor(server, browser)
        for name, seen in walk(page):
            if not wanted or name in wanted:
                keep(name, seen)
            page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        page.context.close()


def _visitor(server: Server, browser: Browser) -> Page:
    return browser.new_page(base_url=server.url, locale="zh-TW", viewport={"width": WIDTH, "height": HEIGHT})


def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    fonts = Path(os.environ.get("JIELI_FONT_DIR") or ROOT / "instance" / "fonts")
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), fonts) as server,
        chromium() as browser,
    ):
        take(server, browser, sys.argv[1:])


if __name__ == "__main__":
    main()
