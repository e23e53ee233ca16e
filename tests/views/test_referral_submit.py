"""轉介個案建立 through HTTP: the manual's way, each fault at its field, and nobody else's drafts, files and results."""

from __future__ import annotations

import io
import re
import threading
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from app.extensions import db
from models.account import Account
from models.organisation import CountyDefault, ServiceArea, Unit
from models.outbox import Mail
from models.person import Person
from models.referral import Attachment, Referral, ReferralDraft
from models.timeline import TimelineEntry
from services.transaction import transaction
from tests.factories import fresh_number, make_person, make_referral

Login = Callable[[str], FlaskClient]
WithToken = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]

NEW = "/referrals/new/"
FETCH = {"X-Requested-With": "fetch"}
ADDRESS = "新竹市東區東大路二段60號"
PDF = b"%PDF-1.4\n%%EOF\n"
MEGABYTE = 1024 * 1024


class Form:
    """A referrer at the form: the page's key and token, and what is typed so far."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        page = browser.get(NEW).get_data(as_text=True)
        held = {
            name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', page) for name in ("key", "csrf_token")
        }
        self.typed: dict[str, Any] = {name: found[1] for name, found in held.items() if found}

    def post(self, path: str = "", *, fetch: bool = False, **changed: Any) -> Any:
        self.typed |= changed
        data = {name: value for name, value in self.typed.items() if value is not None}
        # In memory: the client's own encoding of a large file leaves a temporary file open.
        boundary, body = encode_multipart(data)
        kind = f"multipart/form-data; boundary={boundary}"
        return self.browser.post(NEW + path, data=body, content_type=kind, headers=FETCH if fetch else {})

    def look_up(self, person: Person) -> Form:
        answer = self.post("look-up", fetch=True, name=person.name, national_id=person.national_id)
        self.typed |= answer.json["fields"]
        return self

    def fill(self, **changed: Any) -> Form:
        self.typed |= {
            "consent": "y",
            "indicators": ["1", "2"],
            "identities": ["5"],
            "brief": "曾任廚師。",
        } | changed
        return self


@pytest.fixture
def open_form(as_: Login) -> Callable[..., Form]:
    return lambda username="referrer": Form(as_(username))


def saved_person(**values: Any) -> Person:
    with transaction(db.session):
        return make_person(db.session, **values)


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


class File(FileStorage):
    """Can be sent more than once, as a browser does when the form comes back."""

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        if not chunk:
            self.stream.seek(0)
        return chunk


def file(name: str, content: bytes) -> File:
    return File(io.BytesIO(content), filename=name)


def test_it_works(open_form: Callable[..., Form]) -> None:
    """唐三藏 is not known, is added, and goes from 新竹市東區東大路二段60號 to unit 13."""
    form, number = open_form(), fresh_number()
    asked = form.post("look-up", fetch=True, name="唐三藏", national_id=number).json
    assert (asked["found"], asked["message"]) == (False, "查無個案資料 請新增個案基本資料!")
    person_page = form.browser.get(asked["url"]).get_data(as_text=True)
    assert 'value="唐三藏"' in person_page and f'value="{number}"' in person_page
    form.typed |= {"birthday": "80/07/07", "phone": "0912345678", "address": ADDRESS, "postal_code": ""}
    added = form.post("person")
    assert added.status_code == 302
    page = form.browser.get(added.location).get_data(as_text=True)
    assert 'value="30054"' in page and "30054 → 新竹就業中心" in page
    form.fill(postal_code="30054", consent_file=file("同意書.pdf", PDF))
    sent = form.post()
    assert sent.status_code == 302
    shown = form.browser.get(sent.location).get_data(as_text=True)
    referral = db.session.scalars(select(Referral)).one()
    for text in (
        "新增成功，分派如下",
        str(referral.id),
        "桃竹苗分署",
        "新竹就業中心",
        "一般郵遞區號核對分派",
    ):
        assert text in shown
    assert "個資同意書上傳成功" in shown and "監護人同意書上傳成功" not in shown
    assert (referral.receiving_unit.code, referral.routing_prefix, referral.state) == (
        "13",
        "300",
        "submitted",
    )
    assert [item.code for item in referral.indicators] == [1, 2]
    assert count(ReferralDraft) == 0
    entry = db.session.scalars(select(TimelineEntry)).one()
    assert (entry.move, entry.to_state, entry.actor_name) == ("submit", "submitted", "葉淑花")
    mail = db.session.scalars(select(Mail)).one()
    assert mail.recipient == "supervisor@demo.jieli.example"
    assert "唐○藏" in mail.body and "唐三藏" not in mail.body and number not in mail.body


@pytest.mark.parametrize("username", ["supervisor", "manager", "admin", "auditor", "reception"])
def test_only_referring_units_open_the_form(as_: Login, csrf: WithToken, username: str) -> None:
    browser = as_(username)
    assert browser.get(NEW).status_code == 403
    for path in ("", "look-up", "person", "draft", "draft/discard", "postal-code", "files/consent"):
        assert browser.post(NEW + path, data=csrf(browser, {})).status_code == 403


def test_nobody_is_sent_to_the_log_in(as_: Login) -> None:
    assert as_("").get(NEW).status_code == 302
    assert as_("").post(NEW + "draft", headers=FETCH).status_code in {400, 401}


def test_without_a_token_nothing_happens(open_form: Callable[..., Form]) -> None:
    form = open_form()
    assert form.post("draft", csrf_token="").status_code == 400
    assert count(ReferralDraft) == 0


def test_a_person_looked_up_fills_the_form(open_form: Callable[..., Form]) -> None:
    person = saved_person(name="孫悟空", phone="0987654321")
    form = open_form()
    answer = form.post("look-up", fetch=True, name="孫悟空", national_id=person.national_id.lower())
    assert answer.json["fields"]["phone"] == "0987654321"
    assert answer.json["fields"]["birthday"] == "069/07/07"
    assert answer.json["unit"] == "新竹就業中心"


def test_without_javascript_the_look_up_leads_back_to_the_filled_form(open_form: Callable[..., Form]) -> None:
    person = saved_person(name="孫悟空", phone="0987654321")
    form = open_form()
    answer = form.post("look-up", name="孫悟空", national_id=person.national_id, brief="打字打到一半")
    page = form.browser.get(answer.location).get_data(as_text=True)
    assert 'value="0987654321"' in page and "打字打到一半" in page


def test_without_javascript_an_unknown_person_leads_to_the_person_form(
    open_form: Callable[..., Form],
) -> None:
    answer = open_form().post("look-up", name="孫悟空", national_id=fresh_number())
    assert answer.location.endswith("/referrals/new/person")


def test_a_number_known_under_another_name_says_nothing_about_its_holder(
    open_form: Callable[..., Form],
) -> None:
    person = saved_person(name="孫悟空", phone="0987654321")
    answer = open_form().post("look-up", fetch=True, name="豬八戒", national_id=person.national_id)
    assert answer.status_code == 422
    text = answer.get_data(as_text=True)
    assert "national_id" in answer.json["faults"]
    assert "孫悟空" not in text and "0987654321" not in text


def test_too_many_look_ups_answer_429_and_keep_what_was_typed(open_form: Callable[..., Form]) -> None:
    form = open_form()
    for _ in range(30):
        form.post("look-up", fetch=True, name="孫悟空", national_id=fresh_number())
    answer = form.post("look-up", fetch=True, national_id=fresh_number(), brief="打字打到一半")
    assert answer.status_code == 429
    assert "打字打到一半" in form.browser.get(NEW).get_data(as_text=True)


def test_the_postal_code_and_its_unit_are_known_before_sending(open_form: Callable[..., Form]) -> None:
    answer = open_form().post("postal-code", fetch=True, address=ADDRESS, asked="address").json
    assert (answer["code"], answer["unit"], answer["unit_code"]) == ("30054", "新竹就業中心", "13")
    assert answer["basis"] == "一般郵遞區號核對分派"


def test_an_address_without_a_single_code_is_called_invalid_and_offers_candidates(
    open_form: Callable[..., Form],
) -> None:
    answer = open_form().post("postal-code", fetch=True, address="新竹市北區東大路二段", asked="address").json
    assert (answer["code"], answer["message"]) == (None, "無效的地址!!")
    assert {"code": "30054", "unit": "新竹就業中心"} in answer["candidates"]


def test_a_typed_code_must_exist(open_form: Callable[..., Form]) -> None:
    answer = open_form().post("postal-code", fetch=True, postal_code="12345", asked="code").json
    assert answer["message"] == "檢查到郵遞區號不在設定中: 12345"


def test_without_javascript_the_address_is_resolved_by_the_button(open_form: Callable[..., Form]) -> None:
    form = open_form()
    answer = form.post("postal-code", address=ADDRESS)
    assert 'value="30054"' in form.browser.get(answer.location).get_data(as_text=True)


def test_without_javascript_sending_resolves_the_address(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person()).fill(postal_code="")
    assert form.post().status_code == 302
    assert db.session.scalars(select(Referral)).one().postal_code == "30054"


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "請輸入姓名"),
        ("name", "唐" * 61, "最多60個字"),
        ("national_id", "A123456788", "檢查碼錯誤"),
        ("national_id", "", "請輸入身分證字號"),
        ("birthday", "", "請輸入日期"),
        ("birthday", "80/02/30", "沒有「80/02/30」這一天"),
        ("birthday", "116/01/01", "還沒有到"),
        ("phone", "", "請輸入連絡電話"),
        ("phone", "0912", "電話號碼不完整"),
        ("home_phone", "分機", "電話只能有數字"),
        ("other_phone", "1" * 30, "電話號碼不完整或太長"),
        ("address", "", "請輸入居住地址"),
        ("address", "路" * 201, "最多200個字"),
        ("postal_code", "12345", "檢查到郵遞區號不在設定中: 12345"),
        ("postal_code", "３０", "郵遞區號應為5個數字"),
        ("consent", None, "個資同意未勾選"),
        ("identities", ["19"], "請填寫是什麼身分別"),
        ("identities", ["99"], "沒有代碼"),
        ("indicators", ["x"], "沒有代碼"),
        ("other_identity", "字" * 101, "最多100個字"),
        ("brief", "字" * 2001, "最多2000個字"),
        ("expectation", "看\x07得見", "含有無法顯示的字元"),
    ],
)
def test_a_fault_is_shown_at_its_field_and_nothing_typed_is_lost(
    open_form: Callable[..., Form], field: str, typed: Any, sentence: str
) -> None:
    form = open_form().look_up(saved_person()).fill(expectation="希望找白天的工作𠮷")
    answer = form.post(**{field: typed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page and count(Referral) == 0
    assert "error-summary" in page and "（1 個錯誤）" in page
    again = form.browser.get(NEW).get_data(as_text=True)
    for shown in (page, again):
        assert "曾任廚師。" in shown or field == "brief"
        assert "希望找白天的工作𠮷" in shown or field == "expectation"


def test_all_faults_are_shown_at_once(open_form: Callable[..., Form]) -> None:
    page = open_form().post().get_data(as_text=True)
    for sentence in ("請輸入姓名", "請輸入身分證字號", "請輸入連絡電話", "請輸入居住地址", "個資同意未勾選"):
        assert sentence in page


def test_an_unknown_code_is_told_together_with_the_other_faults(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person())
    page = form.post(birthday="80/02/30", postal_code="12345").get_data(as_text=True)
    assert "沒有「80/02/30」這一天" in page and "檢查到郵遞區號不在設定中: 12345" in page


def test_a_person_must_be_looked_up_before_sending(open_form: Callable[..., Form]) -> None:
    person = saved_person()
    form = open_form().look_up(person).fill(national_id=saved_person(name="別人").national_id)
    page = form.post().get_data(as_text=True)
    assert "請先輸入姓名與身分證字號並按「查詢」" in page and count(Referral) == 0


def test_an_address_without_a_code_is_refused_on_sending(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person()).fill(address="新竹市北區東大路二段", postal_code="")
    assert "無效的地址!!" in form.post().get_data(as_text=True)


def test_a_telephone_corrected_on_the_form_is_saved_with_the_person(open_form: Callable[..., Form]) -> None:
    person = saved_person(phone="0912345678")
    open_form().look_up(person).fill(phone="0900-111222").post()
    person = db.session.get_one(Person, person.id)
    assert (person.phone, person.changed_by_name) == ("0900-111222", "葉淑花")


def test_somebody_elses_correction_meanwhile_is_not_overwritten(open_form: Callable[..., Form]) -> None:
    person = saved_person(phone="0912345678")
    mine = open_form("referrer").look_up(person).fill(phone="0900111222", identities=["5"])
    open_form("referrer2").look_up(person).fill(phone="0900333444").post()
    found = re.search(r'name="acknowledged" value="([^"]+)"', mine.post().get_data(as_text=True))
    assert found
    page = mine.post(acknowledged=found[1]).get_data(as_text=True)
    assert "何明德 於 115/11/20 10:00 修改" in page and 'value="0900111222"' in page
    assert count(Referral) == 1


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("工具.exe", b"MZ\x90", "可執行檔的副檔名"),
        ("照片.jpg", b"MZ\x90\x00 renamed", "內容不是"),
        ("同意書.pdf", PDF + b"0" * (5 * MEGABYTE + 1 - len(PDF)), "超過5MB"),
        ("空白.pdf", b"", "是空的"),
        ("報表.xlsx", b"PK\x03\x04", "格式不能上傳"),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    open_form: Callable[..., Form], name: str, content: bytes, sentence: str
) -> None:
    form = open_form().look_up(saved_person()).fill()
    answer = form.post("files/consent", fetch=True, consent_file=file(name, content))
    assert answer.status_code == 422 and name in answer.json["message"] and sentence in answer.json["message"]
    page = form.post(consent_file=file(name, content))
    assert page.status_code == 422 and sentence in page.get_data(as_text=True)
    assert count(Referral) == count(Attachment) == 0


def test_a_file_of_exactly_five_megabytes_is_taken(open_form: Callable[..., Form]) -> None:
    content = PDF + b"0" * (5 * MEGABYTE - len(PDF))
    answer = open_form().post("files/consent", fetch=True, consent_file=file("大.pdf", content))
    assert answer.json["size"] == 5 * MEGABYTE


def test_files_sent_with_a_faulty_form_are_kept(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person()).fill(phone="")
    page = form.post(consent_file=file("同意書.pdf", PDF)).get_data(as_text=True)
    assert "同意書.pdf" in page
    form.post(consent_file=None, phone="0912345678")
    assert [item.name for item in db.session.scalars(select(Referral)).one().attachments] == ["同意書.pdf"]


def test_a_minor_needs_the_guardians_document(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person(birthday=date(2010, 1, 1))).fill(identities=[])
    page = form.post().get_data(as_text=True)
    assert "請上傳法定監護人同意書" in page
    form.post("files/guardian", fetch=True, guardian_file=file("監護人.pdf", PDF))
    form.post("files/consent", fetch=True, guardian_file=None, consent_file=file("同意書.pdf", PDF))
    shown = form.browser.get(form.post(consent_file=None).location).get_data(as_text=True)
    assert "個資同意書上傳成功,監護人同意書上傳成功" in shown


def test_from_the_eighteenth_birthday_on_no_guardian_is_asked(open_form: Callable[..., Form]) -> None:
    person = saved_person(birthday=date(2008, 11, 20))
    assert open_form().look_up(person).fill(identities=[]).post().status_code == 302


def test_a_contradiction_is_warned_of_and_sent_once_confirmed(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person(birthday=date(2000, 1, 1))).fill(identities=["2"])
    page = form.post().get_data(as_text=True)
    assert "勾選了「中高齡者」" in page and count(Referral) == 0
    found = re.search(r'name="acknowledged" value="([^"]+)"', page)
    assert found
    assert form.post(acknowledged=found[1]).status_code == 302
    assert count(Referral) == 1


def test_a_confirmation_does_not_cover_a_new_warning(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person(birthday=date(2000, 1, 1))).fill(identities=["2"])
    found = re.search(r'name="acknowledged" value="([^"]+)"', form.post().get_data(as_text=True))
    assert found
    page = form.post(acknowledged=found[1], identities=["11"]).get_data(as_text=True)
    assert "勾選了「高齡者」" in page and count(Referral) == 0


def test_an_open_referral_is_told_by_number_and_unit(open_form: Callable[..., Form]) -> None:
    person = saved_person()
    with transaction(db.session):
        former = make_referral(db.session, person=person, referrer="referrer2")
    form = open_form()
    answer = form.post("look-up", fetch=True, name=person.name, national_id=person.national_id)
    assert f"轉介單 {former.id} 號尚未結案(新竹就業中心)" in answer.json["warning"]
    form.typed |= answer.json["fields"]
    assert "送出前請確認" in form.fill().post().get_data(as_text=True)


def test_a_second_sending_shows_the_first_referral(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person()).fill()
    first, second = form.post(), form.post()
    assert first.location == second.location
    assert count(Referral) == count(Mail) == count(TimelineEntry) == 1


def test_an_autosave_after_sending_makes_no_draft(open_form: Callable[..., Form]) -> None:
    form = open_form().look_up(saved_person()).fill()
    form.post()
    assert form.post("draft", fetch=True).status_code == 409
    assert count(ReferralDraft) == 0


def test_eight_clicks_at_once_make_one_referral(both: Flask) -> None:
    person = saved_person()
    form = Form(_signed_in(both, "referrer")).look_up(person).fill()
    cookie = form.browser.get_cookie("session")
    assert cookie
    barrier, answers = threading.Barrier(8), []

    def click() -> None:
        with both.app_context():
            browser = both.test_client()
            browser.set_cookie("session", cookie.value)
            barrier.wait()
            answers.append(browser.post(NEW, data=form.typed))

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert count(Referral) == count(Mail) == count(TimelineEntry) == 1


def _signed_in(app: Flask, username: str) -> FlaskClient:
    browser = app.test_client()
    account = db.session.query(Account).filter_by(username=username).one()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = account.get_id(), True
    return browser


def test_a_draft_survives_a_lost_session_and_is_nobody_elses(
    open_form: Callable[..., Form], as_: Login
) -> None:
    form = open_form()
    form.post("draft", fetch=True, name="唐三藏", brief="打字打到一半", identities=["4", "19"])
    again = as_("referrer").get(NEW).get_data(as_text=True)
    assert "打字打到一半" in again and "115/11/20 10:00 暫存的內容" in again
    assert len(re.findall(r'name="identities"[^>]*checked|checked[^>]*name="identities"', again)) == 2
    assert "打字打到一半" not in as_("referrer2").get(NEW).get_data(as_text=True)


def test_a_second_window_cannot_overwrite_the_draft(open_form: Callable[..., Form]) -> None:
    first, second = open_form(), open_form()
    first.post("draft", fetch=True, brief="第一個視窗")
    answer = second.post("draft", fetch=True, brief="第二個視窗")
    assert answer.status_code == 409 and "另一個視窗" in answer.json["message"]
    page = second.post().get_data(as_text=True)
    assert "第二個視窗" in page and "另一個視窗" in page
    assert "第一個視窗" in first.browser.get(NEW).get_data(as_text=True)


def test_cancelling_deletes_the_draft_and_its_files(open_form: Callable[..., Form]) -> None:
    form = open_form()
    form.post("files/consent", fetch=True, consent_file=file("同意書.pdf", PDF))
    form.typed.pop("consent_file")
    assert form.post("draft/discard").status_code == 302
    assert count(ReferralDraft) == count(Attachment) == 0


def test_a_strangers_file_cannot_be_removed(open_form: Callable[..., Form]) -> None:
    mine = (
        open_form("referrer")
        .post("files/consent", fetch=True, consent_file=file("同意書.pdf", PDF))
        .json["id"]
    )
    other = open_form("referrer2")
    assert other.post(f"files/{mine}/remove", fetch=True).status_code == 404
    assert count(Attachment) == 1


def test_a_strangers_key_sends_nothing(open_form: Callable[..., Form]) -> None:
    form = open_form("referrer").look_up(saved_person()).fill()
    form.post()
    stranger = open_form("referrer2")
    stranger.typed = {**form.typed, "csrf_token": stranger.typed["csrf_token"]}
    assert stranger.post().status_code == 404
    assert count(Referral) == 1


def test_a_form_without_a_key_is_refused(open_form: Callable[..., Form]) -> None:
    form = open_form()
    assert form.post(key="nonsense").status_code == 400


def test_the_result_is_for_the_unit_that_sent_it(open_form: Callable[..., Form], as_: Login) -> None:
    location = open_form().look_up(saved_person()).fill().post().location
    assert as_("referrer").get(location).status_code == 200
    assert as_("referrer2").get(location).status_code == 404
    assert as_("supervisor").get(location).status_code == 403


def test_a_code_nobody_serves_goes_to_the_countys_default_unit(open_form: Callable[..., Form]) -> None:
    with transaction(db.session):
        db.session.delete(db.session.scalars(select(ServiceArea).where(ServiceArea.prefix == "300")).one())
        unit = db.session.scalars(select(Unit).where(Unit.code == "17")).one()
        db.session.add(CountyDefault(county="新竹市", unit=unit))
    form = open_form().look_up(saved_person()).fill()
    shown = form.browser.get(form.post().location).get_data(as_text=True)
    assert "縣市預設單位分派" in shown and unit.name in shown


def test_without_any_unit_the_referral_is_kept_and_the_user_told(open_form: Callable[..., Form]) -> None:
    with transaction(db.session):
        db.session.delete(db.session.scalars(select(ServiceArea).where(ServiceArea.prefix == "300")).one())
    form = open_form().look_up(saved_person()).fill()
    shown = form.browser.get(form.post().location).get_data(as_text=True)
    assert "尚無收案單位,待人工指定" in shown and "不需要重新送出" in shown
    assert count(Referral) == 1 and count(Mail) == 0


def test_the_person_form_shows_its_faults_and_keeps_what_was_typed(open_form: Callable[..., Form]) -> None:
    form = open_form()
    form.post("look-up", fetch=True, name="唐三藏", national_id=fresh_number())
    answer = form.post(
        "person", birthday="80/13/01", phone="0912345678", address=ADDRESS, postal_code="12345"
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and count(Person) == 0
    assert "沒有「80/13/01」這一天" in page and 'value="0912345678"' in page


def test_the_person_form_refuses_an_unknown_code(open_form: Callable[..., Form]) -> None:
    form = open_form()
    form.post("look-up", fetch=True, name="唐三藏", national_id=fresh_number())
    page = form.post("person", birthday="80/7/7", phone="0912345678", address=ADDRESS, postal_code="12345")
    assert "檢查到郵遞區號不在設定中: 12345" in page.get_data(as_text=True) and count(Person) == 0


def test_unknown_kinds_and_keys_are_refused(open_form: Callable[..., Form]) -> None:
    form = open_form()
    assert form.post("files/other", fetch=True, consent_file=file("同意書.pdf", PDF)).status_code in {
        404,
        422,
    }
    assert uuid.UUID(form.typed["key"])


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_a_form_that_is_not_the_users_registers_and_answers_nothing(
    app: Flask, open_form: Callable[..., Form], known: bool
) -> None:
    """Whom it found would be told by the answer, and the trail of the look-up rolled back with the refusal."""
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏")
    form = open_form()
    form.post("draft", brief="打到一半")
    answer = form.post(
        "person",
        key=str(uuid.uuid4()),
        name="唐三藏",
        national_id=person.national_id if known else fresh_number(),
        birthday="80/07/07",
        phone="0912345678",
        address=ADDRESS,
        postal_code="30054",
    )
    assert answer.status_code == 422 and "您在另一個視窗有尚未送出的轉介單" in answer.text
    assert "0912345678" in answer.text, "what was typed stays"
    assert db.session.scalar(select(func.count()).select_from(Person)) == 1
