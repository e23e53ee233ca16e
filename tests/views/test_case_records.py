"""轉介服務單: each fault at its field, nothing typed lost, one record for one form."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.case import Case, ServiceRecord
from models.codes import RefusalReason
from reports.service_entries import entry_of
from rules.actor import Actor
from rules.service_record import NotProvided, Provided, Training
from services import cases
from services.service_records import correct_service, record_service
from services.transaction import transaction
from tests.factories import AT, make_case, make_person, make_referral

As = Callable[[str], FlaskClient]
Cast = Callable[[str], Actor]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]

WHOLE: dict[str, Any] = {
    "provided": "Y",
    "services": ["1", "2", "3"],
    "training_unit": "桃竹苗分署",
    "training_course": "電腦輔助繪圖",
    "training_from": "115/12/1",
    "training_to": "116/02/26",
    "training_allowance": "Y",
    "other_service": "陪同面試",
    "remark": "下週再聯繫",
}
ENTRY = Provided(
    (1, 2, 3),
    Training("桃竹苗分署", "電腦輔助繪圖", date(2026, 12, 1), date(2027, 2, 26), allowance=True),
    "陪同面試",
    "下週再聯繫",
)


@pytest.fixture
def case(app: Flask) -> Case:
    with transaction(db.session):
        return make_case(
            db.session, referral=make_referral(db.session, person=make_person(db.session, name="唐三藏"))
        )


@pytest.fixture
def record(case: Case, act_as: Cast) -> ServiceRecord:
    with transaction(db.session):
        return record_service(db.session, case.id, ENTRY, submission_key="k", by=act_as("manager"), at=AT)


@pytest.fixture
def send(as_: As, csrf: Csrf, case: Case) -> Callable[..., Any]:
    def post(data: dict[str, Any], rest: str = "/new", username: str = "manager") -> Any:
        browser = as_(username)
        data = csrf(browser, {"submission_key": str(uuid.uuid4()), **data})
        return browser.post(f"/cases/{case.id}/records{rest}", data=data)

    return post


def stored() -> list[Any]:
    return [
        entry_of(record) for record in db.session.scalars(select(ServiceRecord).order_by(ServiceRecord.id))
    ]


def test_first_it_asks_whether_services_were_provided(case: Case, as_: As) -> None:
    text = as_("manager").get(f"/cases/{case.id}/records/new").text
    assert "records/new?provided=Y" in text and "records/new?provided=N" in text
    assert "submission_key" not in text


def test_the_form_comes_with_what_is_known(case: Case, as_: As) -> None:
    text = as_("manager").get(f"/cases/{case.id}/records/new?provided=Y").text
    for told in ("高雄市旗山社會福利服務中心", "唐三藏", "新竹就業中心", "王大毛", "03-5343011分機：211"):
        assert told in text


@pytest.mark.parametrize(
    ("data", "entry"),
    [
        (WHOLE, ENTRY),
        ({"provided": "N", "reasons": ["5", "1"], "remark": "未接"}, NotProvided((1, 5), "未接")),
    ],
    ids=["provided", "not provided"],
)
def test_a_whole_form_is_stored(
    send: Callable[..., Any], case: Case, data: dict[str, Any], entry: Any
) -> None:
    answer = send(data)
    assert (answer.status_code, answer.location) == (302, f"/cases/{case.id}")
    assert stored() == [entry]


def test_the_same_form_sent_twice_is_one_record(send: Callable[..., Any]) -> None:
    key = str(uuid.uuid4())
    assert [send({**WHOLE, "submission_key": key}).status_code for _ in range(2)] == [302, 302]
    assert stored() == [ENTRY]


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"services": []}, "services"),
    ({"services": ["99"]}, "services"),
    ({"services": ["1", "3"]}, "services"),  # a training without its tick
    ({"training_unit": ""}, "training_unit"),
    ({"training_course": ""}, "training_course"),
    ({"training_from": "115/2/30"}, "training_from"),
    ({"training_from": "<b>"}, "training_from"),
    ({"training_to": "115/11/30"}, "training_to"),
    ({"training_allowance": ""}, "training_allowance"),
    ({"other_service": ""}, "other_service"),
    ({"remark": "長" * 2001}, "remark"),
]


@pytest.mark.parametrize(
    ("wrong", "field"), FAULTS, ids=[f"{field}-{n}" for n, (_, field) in enumerate(FAULTS)]
)
def test_a_fault_stands_at_its_field_and_nothing_typed_is_lost(
    send: Callable[..., Any], wrong: dict[str, Any], field: str
) -> None:
    typed = {**WHOLE, **wrong}
    answer = send(typed)
    assert answer.status_code == 422
    assert stored() == []
    text = answer.text
    assert f'href="#{field}"' in text and f'id="{field}-fault"' in text and f'id="{field}"' in text
    for name in ("training_unit", "training_course", "training_from", "training_to", "other_service"):
        value = re.search(rf'<input[^>]*name="{name}" value="([^"]*)"', text)
        assert value and unescape(value[1]) == typed[name]
    assert f">{typed['remark']}</textarea>" in text
    ticked = re.findall(r'name="services" value="(\d+)" checked', text)
    assert ticked == [code for code in typed["services"] if code != "99"]


def test_a_reason_is_needed_and_one_that_is_no_longer_offered_is_refused(send: Callable[..., Any]) -> None:
    with transaction(db.session):
        db.session.get_one(RefusalReason, 3).active = False
        db.session.add(RefusalReason(code=8, label="測試指標"))
    for reasons in ([], ["3"]):
        assert 'id="reasons-fault"' in send({"provided": "N", "reasons": reasons}).text
    assert send({"provided": "N", "reasons": ["8"]}).status_code == 302


@pytest.mark.parametrize("key", ["", "x", "' OR 1=1"])
def test_a_form_without_its_key_is_refused(send: Callable[..., Any], key: str) -> None:
    assert send({**WHOLE, "submission_key": key}).status_code == 400
    assert stored() == []


def test_a_case_closed_while_the_form_was_open_keeps_what_was_typed(
    send: Callable[..., Any], case: Case, act_as: Cast
) -> None:
    with transaction(db.session):
        cases.close(db.session, case.id, base_url="", by=act_as("supervisor"), at=AT)
    answer = send(WHOLE)
    assert answer.status_code == 409
    assert "此個案已由 郭玲巧 結案" in answer.text and "陪同面試" in answer.text
    assert stored() == []


@pytest.mark.parametrize(
    ("stranger", "status"), [("manager2", 404), ("supervisor3", 404), ("referrer", 403), ("admin", 403)]
)
def test_others_write_and_read_nothing(
    send: Callable[..., Any], as_: As, record: ServiceRecord, stranger: str, status: int
) -> None:
    assert send(WHOLE, username=stranger).status_code == status
    for rest in ("/new", f"/{record.id}", f"/{record.id}/edit"):
        assert as_(stranger).get(f"/cases/{record.case_id}/records{rest}").status_code == status
    assert db.session.scalar(select(func.count(ServiceRecord.id))) == 1


def test_a_record_is_read_under_its_own_case_only(as_: As, record: ServiceRecord) -> None:
    with transaction(db.session):
        other = make_case(db.session)
    assert "陪同面試" in as_("manager").get(f"/cases/{record.case_id}/records/{record.id}").text
    assert as_("manager").get(f"/cases/{other.id}/records/{record.id}").status_code == 404


def test_the_author_corrects_and_the_earlier_version_stays_readable(
    send: Callable[..., Any], as_: As, record: ServiceRecord
) -> None:
    form = as_("manager").get(f"/cases/{record.case_id}/records/{record.id}/edit").text
    assert 'name="training_to" value="116/2/26"' in form
    answer = send({**WHOLE, "other_service": "交通補助", "version": "1"}, f"/{record.id}/edit")
    assert answer.status_code == 302
    text = as_("manager").get(answer.location).text
    assert text.index("交通補助") < text.index("更正前的內容(王大毛") < text.index("陪同面試")


def test_only_the_author_is_offered_a_correction(as_: As, record: ServiceRecord) -> None:
    url = f"/cases/{record.case_id}/records/{record.id}"
    assert f"{url}/edit" in as_("manager").get(url).text
    assert f"{url}/edit" not in as_("supervisor").get(url).text
    assert as_("supervisor").get(f"{url}/edit").location == url


def test_saving_over_a_newer_version_shows_it_and_keeps_what_was_typed(
    send: Callable[..., Any], record: ServiceRecord, act_as: Cast
) -> None:
    with transaction(db.session):
        correct_service(
            db.session,
            record.id,
            NotProvided((1,), "三次未接"),
            opened_version=1,
            by=act_as("manager"),
            at=AT,
        )
    answer = send({**WHOLE, "version": "1"}, f"/{record.id}/edit")
    assert answer.status_code == 409
    assert "王大毛 已於 115/11/20 10:00 修改過這筆紀錄" in answer.text
    assert "三次未接" in answer.text and 'value="陪同面試"' in answer.text
    assert stored() == [NotProvided((1,), "三次未接")]
    assert send({**WHOLE, "version": "2"}, f"/{record.id}/edit").status_code == 302


def test_a_sent_form_with_another_text_is_kept_and_goes_as_a_second_record_when_sent_again(
    send: Callable[..., Any],
) -> None:
    first = {"provided": "N", "reasons": ["1"], "remark": "第一通", "submission_key": str(uuid.uuid4())}
    send(first)
    answer = send({**first, "remark": "第二通"})
    assert answer.status_code == 409 and "第二通" in answer.text
    assert [entry.remark for entry in stored()] == ["第一通"]
    found = re.search(r'name="submission_key" value="([^"]+)"', answer.text)
    assert found and send({**first, "remark": "第二通", "submission_key": found[1]}).status_code == 302
    assert [entry.remark for entry in stored()] == ["第一通", "第二通"]


def test_a_case_closed_while_its_record_was_corrected_keeps_what_was_typed(
    case: Case, record: ServiceRecord, as_: As, csrf: Csrf, act_as: Cast
) -> None:
    with transaction(db.session):
        cases.close(db.session, case.id, base_url="", by=act_as("supervisor"), at=AT)
    browser = as_("manager")
    typed = {"provided": "N", "reasons": ["1"], "remark": "改了很久的說明", "version": "1"}
    answer = browser.post(f"/cases/{case.id}/records/{record.id}/edit", data=csrf(browser, typed))
    assert answer.status_code == 409
    assert "此個案已由 郭玲巧 結案" in answer.text and "改了很久的說明" in answer.text
