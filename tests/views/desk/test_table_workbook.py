"""Excel in and out of the front desk's tables: the workbook that goes out comes back, and is written whole or not at all."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.desk import Counter, Deputy, Post
from models.desk_rules import WaitLimit
from models.evidence import EvidenceRecord
from models.table_change import TableChange
from models.table_upload import TableUpload
from rules.desk_tables import TABLES
from services.transaction import transaction
from tests.factories import fresh_number, make_desk

Open = Callable[[str], FlaskClient]
WORKBOOK = "/desk/tables/workbook"


@pytest.fixture
def desk(app: Any) -> int:
    return make_desk(db.session).unit_id


def book_of(browser: FlaskClient, name: str) -> openpyxl.Workbook:
    answer = browser.get(f"{WORKBOOK}/{name}/template.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(answer.data))


def sent(browser: FlaskClient, csrf: Any, name: str, book: openpyxl.Workbook) -> Any:
    content = io.BytesIO()
    book.save(content)
    data = csrf(browser, {"file": (io.BytesIO(content.getvalue()), "改好的.xlsx")})
    return browser.post(f"{WORKBOOK}/{name}/", data=data, content_type="multipart/form-data")


def checked(browser: FlaskClient, csrf: Any, name: str, book: openpyxl.Workbook) -> tuple[str, str, str]:
    """The check page's address, its text, and what the press carries."""
    answer = sent(browser, csrf, name, book)
    assert answer.status_code == 302, html.unescape(answer.text)
    page = html.unescape(browser.get(answer.location).text)
    digest = re.search(r'name="digest" value="(\w+)"', page)
    return answer.location, page, digest[1] if digest else ""


def test_what_goes_out_comes_back_without_a_difference(as_: Open, csrf: Any, desk: int) -> None:
    """Every table: its own workbook, uploaded as it is, would change nothing."""
    browser = as_("supervisor")
    for name, table in TABLES.items():
        book = book_of(browser, name)
        if table.adds_only or book.worksheets[0]["A2"].value is None:
            continue
        _url, page, _digest = checked(browser, csrf, name, book)
        assert "檔案內容和現有資料相同" in page, name
        assert "確認寫入" not in page


def test_the_check_page_shows_each_difference_and_one_press_writes_all(
    as_: Open, csrf: Any, desk: int
) -> None:
    """Officer 1 leaves counter 1 and takes the new counter 9's place; who follows there is not told that it is taken."""
    browser = as_("supervisor")
    book = book_of(browser, "post")
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[2]][1:4] == ["1", "李佳蓉", "114/1/1"]
    sheet["E2"], sheet["E3"] = "115/11/30", "115/11/30"
    sheet.append(["", "1", "黃志偉", "115/12/1", ""])
    sheet.append(["", "2", "李佳蓉", "115/12/1", ""])
    for row in range(2, sheet.max_row + 1):  # the spare rows of the template are blank
        assert sheet.cell(row, 2).value != ""
    url, page, digest = checked(browser, csrf, "post", book)
    assert "新增 2 列" in page
    assert "修改 2 列" in page
    assert "<ins>115/11/30</ins>" in page
    assert db.session.scalar(select(func.count()).select_from(TableChange)) == 0
    assert browser.post(url, data=csrf(browser, {"digest": digest})).status_code == 302
    changes = db.session.scalars(select(TableChange).order_by(TableChange.id)).all()
    assert sorted(change.act for change in changes) == ["add", "add", "edit", "edit"]
    assert {change.source for change in changes} == {"workbook"}
    now = db.session.scalars(select(Post).where(Post.starts_on == date(2026, 12, 1))).all()
    assert sorted((post.counter.number, post.officer.name) for post in now) == [(1, "黃志偉"), (2, "李佳蓉")]
    assert db.session.scalar(select(func.count()).select_from(TableUpload)) == 0


def test_a_fault_stands_at_its_cell_and_nothing_is_written(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    book = book_of(browser, "counter")
    sheet = book.worksheets[0]
    sheet["B2"], sheet["C3"], sheet["D4"] = "一", "不存在的組", "三樓"
    sheet["B4"] = -5
    sheet["A5"] = "98765"
    url, page, digest = checked(browser, csrf, "counter", book)
    for said in (
        "B2</b> 「一」不是整數",
        "B4</b> 請填 1 到",
        "C3</b> 本中心沒有「不存在的組」",
        "A5</b> 沒有編號「98765」的資料",
    ):
        assert said in page
    assert "確認寫入" not in page
    assert browser.post(url, data=csrf(browser, {"digest": digest})).status_code == 422
    assert not db.session.scalars(select(Counter).where(Counter.place == "三樓")).all()
    assert db.session.scalar(select(func.count()).select_from(TableChange)) == 0


def test_rows_that_the_file_lacks_stay(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    book = book_of(browser, "counter")
    book.worksheets[0].delete_rows(3, 2)
    book.worksheets[0]["D2"] = "一樓左側"
    url, page, digest = checked(browser, csrf, "counter", book)
    assert "檔案裡少了 2 筆現有資料" in page
    browser.post(url, data=csrf(browser, {"digest": digest}))
    assert db.session.scalar(select(func.count()).select_from(Counter)) == 8
    assert db.session.scalars(select(Counter.place).where(Counter.number == 1)).one() == "一樓左側"


def test_what_changed_since_the_check_is_shown_again(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    book = book_of(browser, "counter")
    book.worksheets[0]["D2"] = "一樓左側"
    url, _page, digest = checked(browser, csrf, "counter", book)
    with transaction(db.session):
        db.session.scalars(select(Counter).where(Counter.number == 1)).one().place = "地下室"
    answer = browser.post(url, data=csrf(browser, {"digest": digest}))
    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert "資料在您檢查之後有變動" in page
    assert "<del>地下室</del>" in page


def test_a_ratio_table_is_taken_only_whole(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    book = book_of(browser, "ratio_share")
    sheet = book.worksheets[0]
    groups = ["一般", "身障", "原住民", "更生", "個管"]
    for group in groups:
        sheet.append(["", "116", "116/1/1", group, "10"])
    _url, page, _digest = checked(browser, csrf, "ratio_share", book)
    assert "116/1/1 生效的比例表還缺：求才" in page
    sheet.append(["", "116", "116/1/1", "求才", "0"])
    _url, page, _digest = checked(browser, csrf, "ratio_share", book)
    assert "新增 6 列" in page
    assert "確認寫入" in page


def test_the_deputy_of_the_it_staff_comes_by_the_workbook(
    as_: Open, csrf: Any, desk: int, act_as: Any
) -> None:
    browser = as_("supervisor")
    it, officer, reception = act_as("itstaff"), act_as("counter8"), act_as("reception")
    book = book_of(browser, "deputy")
    sheet = book.worksheets[0]
    sheet.append(["", it.name, "1", officer.name, "115/11/20", "115/11/27"])
    url, page, digest = checked(browser, csrf, "deputy", book)
    assert "新增 1 列" in page
    assert browser.post(url, data=csrf(browser, {"digest": digest})).status_code == 302
    row = db.session.scalars(select(Deputy).where(Deputy.officer_id == it.user_id)).one()
    assert row.deputy_id == officer.user_id
    book = book_of(browser, "deputy")
    book.worksheets[0].append(["", officer.name, "2", reception.name, "115/11/20", ""])
    _url, page, _digest = checked(browser, csrf, "deputy", book)
    assert f"{reception.name} 不服務櫃台，不能代理就服員" in page


def test_two_new_rows_of_the_same_are_refused(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    book = book_of(browser, "wait_limit")
    for minutes in ("20", "25"):
        book.worksheets[0].append(["", "115/12/1", minutes])
    _url, page, _digest = checked(browser, csrf, "wait_limit", book)
    assert "已經有一筆相同的資料" in page
    assert db.session.scalar(select(func.count()).select_from(WaitLimit)) == 1


def test_records_come_by_the_hundred_and_those_known_are_left_out(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("reception")
    book = book_of(browser, "evidence_record")
    sheet = book.worksheets[0]
    numbers = [fresh_number() for _ in range(200)]
    rows = [["介紹卡紀錄", number, "王小明", "一般求職", "115/3/4", "", ""] for number in numbers]
    for index, row in enumerate(
        [*rows, rows[0], ["資料移轉", "A123456780", "", "一般求職", "115/3/4", "", ""]], 2
    ):
        for column, value in enumerate(row, 1):
            sheet.cell(index, column).value = value
    url, page, digest = checked(browser, csrf, "evidence_record", book)
    assert "新增 200 列" in page
    assert "已有，略過 1 列" in page
    assert "有錯誤 1 列" in page
    assert not [number for number in numbers if number in page]
    browser.post(url, data=csrf(browser, {"digest": digest}))
    assert db.session.scalar(select(func.count()).select_from(EvidenceRecord)) == 200
    assert db.session.scalar(select(func.count()).select_from(TableChange)) == 200
    url, page, digest = checked(browser, csrf, "evidence_record", book)
    assert "已有，略過 201 列" in page


@pytest.mark.parametrize("content", [b"not a workbook", b""])
def test_what_is_no_workbook_is_refused(as_: Open, csrf: Any, desk: int, content: bytes) -> None:
    browser = as_("supervisor")
    data = csrf(browser, {"file": (io.BytesIO(content), "表.xlsx")})
    answer = browser.post(f"{WORKBOOK}/post/", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert 'class="error-summary"' in answer.text


def test_the_workbook_of_another_table_is_refused(as_: Open, csrf: Any, desk: int) -> None:
    browser = as_("supervisor")
    answer = sent(browser, csrf, "counter", book_of(browser, "post"))
    assert answer.status_code == 422
    assert "第1列的欄位名稱與範本不同" in html.unescape(answer.text)


def test_reception_imports_records_but_no_table_and_nobody_sees_anothers_upload(
    as_: Open, csrf: Any, desk: int
) -> None:
    assert as_("reception").get(f"{WORKBOOK}/post/").status_code == 403
    browser = as_("supervisor")
    book = book_of(browser, "counter")
    book.worksheets[0]["D2"] = "一樓左側"
    url, _page, digest = checked(browser, csrf, "counter", book)
    stranger = as_("supervisor3")
    assert stranger.get(url).status_code == 404
    assert stranger.post(url, data=csrf(stranger, {"digest": digest})).status_code == 404
