"""轉介個案批次(多筆)上傳 through HTTP: from the template to the result list, and nobody else's uploads."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.extensions import db
from models.batch import BatchUpload
from models.codes import Identity
from models.person import Person
from models.referral import Referral
from models.trail import TrailEntry
from services.transaction import transaction
from tests.batch_files import opened, row, saved, workbook
from tests.conftest import NOW
from tests.factories import make_person, make_referral
from tests.office import read_by_libreoffice
from tests.views.statements import counted

Login = Callable[[str], FlaskClient]
PAGE = "/referrals/batch/"


class Uploader:
    """A referrer at the upload page."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        page = browser.get(PAGE).text
        self.typed = {
            name: found[1]
            for name in ("key", "csrf_token")
            if (found := re.search(rf'name="{name}"[^>]*value="([^"]+)"', page))
        }

    def send(
        self, *rows: Sequence[Any], content: bytes | None = None, name: str = "名單.xlsx", **typed: str
    ) -> TestResponse:
        body = workbook(rows) if content is None else content
        file = FileStorage(io.BytesIO(body), filename=name)
        # In memory: the client's own encoding of a large file leaves a temporary file open.
        boundary, data = encode_multipart({"consent": "1", **self.typed, **typed, "file": file})
        return self.browser.post(PAGE, data=data, content_type=f"multipart/form-data; boundary={boundary}")

    def confirm(self, location: str, *, only: int | None = None, **typed: str) -> TestResponse:
        marks = re.findall(r'name="row" value="([^"]+)"', self.browser.get(location).text)
        rows = [mark for mark in marks if only is None or mark.startswith(f"{only}-")]
        data = {"csrf_token": self.typed["csrf_token"], "row": rows, **typed}
        return self.browser.post(location, data=data)


@pytest.fixture
def uploader(as_: Login) -> Callable[..., Uploader]:
    return lambda username="referrer": Uploader(as_(username))


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_it_works(uploader: Callable[..., Uploader], tmp_path: Path) -> None:
    """The template filled in, checked, confirmed, its result downloaded."""
    at = uploader()
    book = opened(at.browser.get(f"{PAGE}template.xlsx").data)
    for line, cells in enumerate([row(A="唐三藏", D=None), row(A="孫悟空", B="A123456788")], 2):
        for column, value in enumerate(cells, 1):
            book.worksheets[0].cell(line, column).value = value
    checked = at.send(content=saved(book))
    page = at.browser.get(checked.location).text
    for text in (
        "共 2 列",
        "1 列通過",
        "1 列有錯誤",
        "B3</b> 身分證字號檢查碼錯誤",
        "新竹就業中心",
        "由地址帶入",
    ):
        assert text in page
    assert count(Referral) == 0
    done = at.confirm(checked.location)
    shown = at.browser.get(done.location).text
    referral = db.session.scalars(select(Referral)).one()
    for text in (
        "新增成功 1 筆，分派如下",
        str(referral.id),
        "唐三藏",
        "新竹就業中心",
        "一般郵遞區號核對分派",
        "1 列沒有送出",
    ):
        assert text in shown
    file = tmp_path / "result.xlsx"
    file.write_bytes(at.browser.get(done.location + ".xlsx").data)
    assert [
        "2",
        str(referral.id),
        "唐三藏",
        "13",
        "新竹就業中心",
        "一般郵遞區號核對分派",
    ] in read_by_libreoffice(file)


def test_the_upload_page_has_the_manuals_three_notes(as_: Login) -> None:
    page = as_("referrer").get(PAGE).text
    for note in (
        "請以 EXCEL 方式上傳檔案，請參考轉介上傳範例檔(可直接下載)",
        "上傳筆數不得超過 30 筆。",
        "批次匯入之個案請轉介單位須取得受轉介人運用個資同意書，若為未成年人須取得法定代理人同意。",
    ):
        assert note in page


def test_the_template_has_the_manuals_columns_and_the_codes_of_the_database(as_: Login) -> None:
    with transaction(db.session):
        db.session.get_one(Identity, 18).active = False
        db.session.add(Identity(code=20, label="新增的身分別"))
    book = opened(as_("referrer").get(f"{PAGE}template.xlsx").data)
    assert [cell.value for cell in book.worksheets[0][1]] == [
        "中文姓名", "身分證字號", "生日(西元年)", "郵遞區號(5)", "地址", "聯絡電話", "轉介評估指標", "個案身份別", "身分別_其他", "個案簡述",
    ]  # fmt: skip
    codes = {(line[0].value, line[1].value) for line in book.worksheets[1].iter_rows(max_col=2)}
    assert (
        (20, "新增的身分別") in codes and (4, "原住民") in codes and not any(code == 18 for code, _ in codes)
    )
    assert book.worksheets[0]["F2"].number_format == "@"


def test_without_the_consent_nothing_is_kept(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    answer = at.browser.post(PAGE, data={**at.typed, "file": (io.BytesIO(workbook([row()])), "名單.xlsx")})
    assert answer.status_code == 422 and "個資同意未勾選" in answer.text
    answer = at.browser.post(PAGE, data={**at.typed, "consent": "1"})
    assert answer.status_code == 422 and "請選擇要上傳的檔案。" in answer.text
    assert count(BatchUpload) == 0


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (workbook([row() for _ in range(31)]), "名單.xlsx", "有31筆"),
        (b"%PDF-1.4\n%%EOF\n", "名單.xlsx", "內容其實是 pdf"),
        (b"PK\x03\x04" + b"\0" * (5 * 1024 * 1024), "名單.xlsx", "超過5MB"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_a_sentence(
    uploader: Callable[..., Uploader], content: bytes, name: str, said: str
) -> None:
    answer = uploader().send(content=content, name=name)
    assert answer.status_code == 422 and said in answer.text and count(BatchUpload) == 0


def test_a_double_click_uploads_and_confirms_once(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    first, second = at.send(row()), at.send(row())
    assert first.location == second.location and count(BatchUpload) == 1
    marks = re.findall(r'name="row" value="([^"]+)"', at.browser.get(first.location).text)
    data = {"csrf_token": at.typed["csrf_token"], "row": marks}
    answers = [at.browser.post(first.location, data=data) for _ in range(2)]
    assert answers[0].location == answers[1].location and count(Referral) == 1
    assert "沒有重複建立" in at.browser.get(answers[1].location).text
    assert at.browser.get(first.location).location == answers[0].location, "back shows the result"


def test_a_minor_among_the_rows_asks_for_one_more_tick(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    location = at.send(row(C="2010/1/1", H=None)).location
    assert 'name="guardian"' in at.browser.get(location).text
    refused = at.confirm(location)
    assert refused.status_code == 422 and "請確認已取得未成年個案的法定代理人同意" in refused.text
    assert at.confirm(location, guardian="1").status_code == 302
    assert 'name="guardian"' not in at.browser.get(at.send(row(), key=str(uuid.uuid4())).location).text


def test_unticked_rows_stay_unticked_after_a_refusal(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    location = at.send(row(C="2010/1/1", H=None), row()).location
    page = at.confirm(location, only=2).text
    assert re.search(r'id="row-2"[^>]* checked', page) and not re.search(r'id="row-3"[^>]* checked', page)


def test_a_new_warning_is_shown_before_anything_is_written(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    cells = row(A="唐三藏", C=date(1980, 7, 7))
    location = at.send(cells).location
    marks = re.findall(r'name="row" value="([^"]+)"', at.browser.get(location).text)
    with transaction(db.session):
        former = make_referral(
            db.session, person=make_person(db.session, name="唐三藏", national_id=cells[1])
        )
    answer = at.browser.post(location, data={"csrf_token": at.typed["csrf_token"], "row": marks})
    assert answer.status_code == 409 and "有變動" in answer.text
    assert f"轉介單 {former.id} 號尚未結案" in answer.text and count(Referral) == 1


def test_who_changed_a_person_since_the_check_page_is_named(uploader: Callable[..., Uploader]) -> None:
    with transaction(db.session):
        person, other = (make_person(db.session, name="唐三藏") for _ in range(2))
    at = uploader()
    location = at.send(*(row(A="唐三藏", B=each.national_id) for each in (person, other))).location
    marks = re.findall(r'name="row" value="([^"]+)"', at.browser.get(location).text)
    with transaction(db.session):
        changed = db.session.get_one(Person, person.id)
        changed.phone, changed.changed_by_name = "0933333333", "李小華"
        changed.changed_at = NOW + timedelta(minutes=5)
    answer = at.browser.post(location, data={"csrf_token": at.typed["csrf_token"], "row": marks})
    assert answer.status_code == 409
    assert answer.text.count("此人的資料已由 李小華 於 115/11/20 10:05 修改") == 1
    assert "此人的資料已由" not in at.browser.get(location).text and count(Referral) == 0


def test_the_faulty_rows_come_back_with_a_comment_at_each_fault(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    location = at.send(row(), row(A="=唐三藏", B="A123456788", F="12"), row(C="84/1/1")).location
    book = opened(at.browser.get(f"{location}/faulty.xlsx").data)
    sheet = book.worksheets[0]
    assert "檢查碼錯誤" in sheet["B2"].comment.text and "電話號碼不完整" in sheet["F2"].comment.text
    assert "西元年月日" in sheet["C3"].comment.text and sheet["A3"].comment is None
    assert sheet.max_row == 3 and sheet["C3"].value == "84/1/1"
    again = at.send(content=saved(book), key=str(uuid.uuid4()))
    assert again.status_code == 302, "mended and uploaded again"


def test_a_formula_like_name_comes_back_as_text(uploader: Callable[..., Uploader]) -> None:
    def as_text(book: Any) -> None:
        book.worksheets[0]["J2"].value = "=HYPERLINK(1)"
        book.worksheets[0]["J2"].data_type = "s"

    at = uploader()
    location = at.send(content=workbook([row(F="12")], change=as_text)).location
    cell = opened(at.browser.get(f"{location}/faulty.xlsx").data).worksheets[0]["J2"]
    assert (cell.value, cell.data_type) == ("=HYPERLINK(1)", "s")


def test_without_faulty_rows_there_is_nothing_to_download(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    assert at.browser.get(f"{at.send(row()).location}/faulty.xlsx").status_code == 404


@pytest.mark.parametrize("stranger", ["referrer2", "supervisor", "admin"])
def test_an_upload_is_nobody_elses(uploader: Callable[..., Uploader], as_: Login, stranger: str) -> None:
    at = uploader()
    location = at.send(row(), row(F="12")).location
    other = as_(stranger)
    token = {"csrf_token": Uploader(other).typed.get("csrf_token", "")} if stranger == "referrer2" else {}
    for path in ("", "/faulty.xlsx", "/result", "/result.xlsx"):
        assert other.get(location + path).status_code in ({404} if stranger == "referrer2" else {403})
    if token:
        assert other.post(location, data={**token, "row": ["2-x"]}).status_code == 404
        assert other.post(f"{location}/discard", data=token).status_code == 404
    assert count(BatchUpload) == 1 and count(Referral) == 0


def test_cancelling_deletes_the_upload(uploader: Callable[..., Uploader]) -> None:
    at = uploader()
    location = at.send(row()).location
    assert (
        at.browser.post(f"{location}/discard", data={"csrf_token": at.typed["csrf_token"]}).status_code == 302
    )
    assert count(BatchUpload) == 0 and at.browser.get(location).status_code == 404


def test_every_page_that_shows_people_leaves_its_entry(uploader: Callable[..., Uploader]) -> None:
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏")
    at = uploader()
    location = at.send(row(A="唐三藏", B=person.national_id), row(F="12")).location
    done = at.confirm(location)
    at.browser.get(done.location)
    at.browser.get(done.location + ".xlsx")
    entries = db.session.scalars(select(TrailEntry).order_by(TrailEntry.id)).all()
    acts = [(entry.act, entry.screen, entry.persons) for entry in entries if entry.persons]
    assert acts == [
        ("look_up", "ReferralBatch.upload", 1),
        ("view", "ReferralBatch.check", 1),
        ("view", "ReferralBatch.result", 1),
        ("export", "ReferralBatch.result_file", 1),
    ]


def test_thirty_rows_take_as_many_statements_as_one(uploader: Callable[..., Uploader]) -> None:
    found = []
    for number in (1, 30):
        at = uploader()
        rows = [row() for _ in range(number)]
        with counted() as uploading:
            location = at.send(*rows).location
        with counted() as checking:
            page = at.browser.get(location).text
        marks = re.findall(r'name="row" value="([^"]+)"', page)
        data = {"csrf_token": at.typed["csrf_token"], "row": marks}
        with counted() as writing:
            done = at.browser.post(location, data=data)
        with counted() as telling:
            assert at.browser.get(done.location).status_code == 200
        found.append([len(each) for each in (uploading, checking, writing, telling)])
    assert found[0] == found[1]
    assert all(each <= most for each, most in zip(found[1], (8, 11, 17, 9), strict=True)), found
