"""The auditor's and the supervisor's screens of the trail, through HTTP; and that the trail cannot be got around."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from config import SETTINGS
from models.case import Case
from models.crypto import KEYS
from models.trail import Act, TrailEntry, TrailPerson
from reports.trail_lists import SCREENS
from rules.actor import Actor
from services import trail, trail_seals
from services.transaction import transaction
from tests.conftest import Clock
from tests.factories import AT, fresh_number, make_case, make_person, make_referral
from views.generated.base import GeneratedView
from views.lists import ListScreen

As = Callable[[str], FlaskClient]
Csrf = Callable[[FlaskClient, dict[str, Any]], dict[str, Any]]
NUMBER = "A123456789"
LOG, UNIT_LOG = "/audit/trail/", "/people/trail/"


@pytest.fixture
def case(app: Flask) -> Case:
    with transaction(db.session):
        person = make_person(db.session, national_id=NUMBER, name="唐三藏", address="新竹市北區中央路241號")
        return make_case(db.session, referral=make_referral(db.session, person=person, brief="曾任廚師"))


def entries() -> list[TrailEntry]:
    db.session.rollback()
    return list(db.session.scalars(select(TrailEntry).order_by(TrailEntry.id)))


def whom(entry: TrailEntry) -> list[int]:
    found = select(TrailPerson.person_id).where(TrailPerson.entry_id == entry.id)
    return list(db.session.scalars(found.order_by(TrailPerson.person_id)))


def rows(page: str) -> int:
    """Rows of the list but for those that the auditor's own looking has made."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    return len([row for row in body.split("<tr")[1:] if "auditor" not in row])


def test_the_auditor_reads_who_saw_whom_in_words(as_: As, case: Case) -> None:
    as_("manager").get(f"/cases/{case.id}")
    page = as_("auditor").get(LOG).text
    for text in ("115/11/20 10:00:00", "manager", "新竹就業中心", "查看", "個案服務歷程", "本人承辦的個案"):
        assert text in page
    assert "唐三藏" not in page


def test_the_log_is_found_by_its_criteria(as_: As, case: Case, act_as: Any) -> None:
    other = fresh_number()
    with transaction(db.session):
        person = make_person(db.session, national_id=other, name="沙悟淨")
        for by, act, days in (("manager", Act.VIEW, 0), ("supervisor", Act.EXPORT, -3)):
            trail.record(
                db.session, act, by=act_as(by), at=AT + timedelta(days=days), screen="x", persons=[person.id]
            )
        trail.record(
            db.session,
            Act.LOOK_UP,
            by=act_as("referrer"),
            at=AT,
            screen="x",
            asked_hash=KEYS.search_hash(NUMBER),
        )
    browser = as_("auditor")
    unit = act_as("referrer").unit_id
    for criteria, found in (
        ({}, 3),
        ({"from_day": "115/11/20"}, 2),
        ({"to_day": "115/11/19"}, 1),
        ({"account": "manager"}, 1),
        ({"act": "export"}, 1),
        ({"unit": str(unit)}, 1),
        ({"national_id": other}, 2),
        ({"national_id": NUMBER}, 1),
        ({"person_name": "悟淨"}, 2),
        ({"person_name": "悟空"}, 0),
    ):
        page = browser.get(LOG, query_string={**criteria, "size": "100"}).text
        assert rows(page) == found, criteria


def test_an_id_never_stands_in_an_address_of_the_log(as_: As, csrf: Csrf, case: Case) -> None:
    browser = as_("auditor")
    response = browser.post(f"{LOG}search", data=csrf(browser, {"national_id": NUMBER}))
    assert response.status_code == 302
    assert NUMBER not in response.headers["Location"]


def test_the_auditor_who_asks_for_a_person_leaves_an_entry(as_: As, case: Case) -> None:
    as_("auditor").get(LOG, query_string={"national_id": NUMBER})
    (entry,) = entries()
    assert (entry.screen, entry.act, whom(entry)) == ("TrailLog.index", "list", [case.referral.person_id])
    assert NUMBER not in entry.criteria
    as_("auditor").get(f"{LOG}export.xlsx", query_string={"national_id": NUMBER})
    assert entries()[-1].act == "export"


def test_an_entrys_page_names_the_persons_and_is_an_entry_itself(as_: As, case: Case) -> None:
    as_("supervisor").get("/roster/", query_string={"name": "三藏"})
    entry = entries()[-1]
    page = as_("auditor").get(f"{LOG}{entry.id}").text
    for text in ("唐三藏", "A1****6789", "清冊", "姓名", "三藏"):
        assert text in page
    assert NUMBER not in page
    assert (entries()[-1].screen, whom(entries()[-1])) == ("TrailLog.entry", [case.referral.person_id])


def test_the_log_is_exported(as_: As, case: Case) -> None:
    as_("manager").get(f"/cases/{case.id}")
    file = as_("auditor").get(f"{LOG}export.xlsx")
    sheet = openpyxl.load_workbook(BytesIO(file.data)).active
    assert "個案服務歷程" in [cell.value for row in sheet for cell in row]


def test_the_log_says_whether_the_trail_is_whole(as_: As, csrf: Csrf, case: Case, app: Flask) -> None:
    browser = as_("auditor")
    assert "尚未驗證" in browser.get(LOG).text
    with transaction(db.session):
        mark = trail_seals.seal(
            db.session, at=AT, check={"entries": 7, "chains": 2, "flaws": 0, "kinds": {}, "first": []}
        ).mark
    page = browser.get(LOG).text
    assert "完整" in page
    assert mark in page
    with transaction(db.session):
        flawed = {"entries": 7, "chains": 2, "flaws": 3, "kinds": {"missing": 3}, "first": []}
        trail_seals.seal(db.session, at=AT, check=flawed)
    page = browser.get(LOG).text
    assert "發現 3 處異常" in page
    assert "紀錄遭刪除" in page
    app.extensions["huey"].flush()
    assert browser.post(f"{LOG}verify", data=csrf(browser, {})).status_code == 302
    assert app.extensions["huey"].pending_count() == 1


def test_a_supervisor_sees_who_looked_at_a_person_of_the_unit(as_: As, case: Case) -> None:
    as_("manager").get(f"/cases/{case.id}")
    address = f"{UNIT_LOG}?person={case.referral.person_id}"
    assert address in as_("supervisor").get(f"/cases/{case.id}").text
    page = as_("supervisor").get(address).text
    for text in ("唐三藏", "A1****6789", "王", "個案服務歷程", "本人承辦的個案"):
        assert text in page
    last = entries()[-1]
    assert (last.screen, whom(last)) == ("PersonTrail.index", [case.referral.person_id])


def test_a_supervisor_of_another_unit_finds_nobody(as_: As, case: Case) -> None:
    person = case.referral.person_id
    for address in (f"{UNIT_LOG}?person={person}", f"{UNIT_LOG}export.xlsx?person={person}"):
        assert as_("supervisor3").get(address).status_code == 404
    for nonsense in ("", "0", "x", "9" * 30, "-1"):
        assert as_("supervisor").get(f"{UNIT_LOG}?person={nonsense}").status_code == 404
    assert not entries()


def test_case_managers_see_no_link(as_: As, case: Case) -> None:
    assert "/people/trail" not in as_("manager").get(f"/cases/{case.id}").text


def test_the_auditor_opens_the_trail_of_anybody(as_: As, case: Case) -> None:
    as_("manager").get(f"/cases/{case.id}")
    page = as_("auditor").get(f"/audit/person/?person={case.referral.person_id}").text
    assert "個案服務歷程" in page
    assert f"{LOG}{entries()[0].id}" in page


DISCLOSURE = "/audit/disclosure/"
REASON = "115年個資申請第12號"


@pytest.fixture
def opened(as_: As, csrf: Csrf, case: Case) -> tuple[FlaskClient, str]:
    as_("manager").get(f"/cases/{case.id}")
    browser = as_("auditor")
    asked = csrf(browser, {"national_id": NUMBER.lower(), "reason": REASON})
    return browser, browser.post(DISCLOSURE, data=asked).headers["Location"]


def test_all_that_is_held_on_a_person_stands_on_one_page(opened: tuple[FlaskClient, str], case: Case) -> None:
    browser, address = opened
    assert NUMBER not in address
    page = browser.get(address)
    held = ("唐三藏", NUMBER, "0912345678", "新竹市北區中央路241號", "曾任廚師", REASON, "收案並派案")
    assert not [text for text in (*held, "個案服務歷程", "本人承辦的個案") if text not in page.text]
    assert page.headers["Cache-Control"] == "no-store"


def test_the_same_is_a_pdf(opened: tuple[FlaskClient, str], tmp_path: Path) -> None:
    import subprocess

    browser, address = opened
    file = browser.get(f"{address}.pdf")
    assert file.mimetype == "application/pdf"
    (tmp_path / "all.pdf").write_bytes(file.data)
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "all.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    assert not [each for each in (NUMBER, "唐三藏", "曾任廚師", REASON) if each not in text]


def test_each_disclosure_is_recorded_with_its_reason(opened: tuple[FlaskClient, str], case: Case) -> None:
    browser, address = opened
    browser.get(address)
    browser.get(f"{address}.pdf")
    found = entries()[-3:]
    assert [(each.screen, each.act) for each in found] == [
        ("Disclosure.open", "disclose"),
        ("Disclosure.show", "view"),
        ("Disclosure.file", "download"),
    ]
    assert all(REASON in each.criteria for each in found)
    assert all(whom(each) == [case.referral.person_id] for each in found)


def test_a_disclosure_needs_number_and_reason(as_: As, csrf: Csrf, case: Case) -> None:
    browser = as_("auditor")
    for typed, fault in (
        ({"national_id": NUMBER, "reason": " "}, "reason-fault"),
        ({"national_id": "A123456788", "reason": REASON}, "national_id-fault"),
    ):
        answer = browser.post(DISCLOSURE, data=csrf(browser, typed))
        assert answer.status_code == 422
        assert fault in answer.text
        assert typed["national_id"] in answer.text
    assert not entries()


def test_asking_for_nobody_leaves_an_entry_too(as_: As, csrf: Csrf, case: Case) -> None:
    browser, number = as_("auditor"), fresh_number("B")
    answer = browser.post(DISCLOSURE, data=csrf(browser, {"national_id": number, "reason": REASON}))
    assert answer.status_code == 422
    assert "系統沒有這個身分證字號的資料" in answer.text
    (entry,) = entries()
    assert (entry.act, entry.persons, entry.asked_hash) == ("disclose", 0, KEYS.search_hash(number))


def test_a_request_is_good_for_its_day_and_its_auditor(
    opened: tuple[FlaskClient, str], clock: Clock, case: Case, act_as: Callable[[str], Actor]
) -> None:
    browser, address = opened
    with transaction(db.session):
        other = trail.record(
            db.session,
            Act.DISCLOSE,
            by=act_as("admin"),
            at=AT,
            screen="Disclosure.open",
            persons=[case.referral.person_id],
            criteria={"reason": "x"},
        )
    assert browser.get(f"{DISCLOSURE}{other}").status_code == 404
    viewed = next(entry.id for entry in entries() if entry.act == Act.VIEW)
    assert browser.get(f"{DISCLOSURE}{viewed}").status_code == 404
    clock.now += timedelta(days=1)
    assert browser.get(address).status_code == 404


def test_without_its_entry_no_page_is_shown(as_: As, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> int:
        raise RuntimeError("disk full")

    browser = as_("manager")
    assert "唐三藏" in browser.get(f"/cases/{case.id}").text
    monkeypatch.setattr(trail, "record", broken)
    answer = browser.get(f"/cases/{case.id}")
    assert answer.status_code == 500
    assert "唐三藏" not in answer.text
    assert re.search(r"[0-9A-F]{8}", answer.text), "the code that is found in the log"


def test_only_one_module_writes_the_trail() -> None:
    """Nothing else inserts into its tables, and nothing at all names them in an UPDATE or DELETE."""
    root = Path(__file__).resolve().parents[2]
    tables = {"TrailEntry", "TrailPerson", "TrailChain"}
    writing = {"insert", "update", "delete", "add", "add_all", "merge", "bulk_insert_mappings"}
    wrong = []
    for package in ("models", "reports", "services", "views", "app"):
        for path in (root / package).rglob("*.py"):
            if path == root / "services" / "trail.py":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                named = {each.id for arg in node.args for each in ast.walk(arg) if isinstance(each, ast.Name)}
                if name in tables or (name in writing and named & tables):
                    wrong.append(f"{path.relative_to(root)}:{node.lineno}")
    assert not wrong


def test_no_setting_and_no_route_changes_the_trail(app: Flask) -> None:
    assert not [one.name for one in SETTINGS if re.search("TRAIL|AUDIT", one.name)]
    changing = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in {"TrailLog", "PersonTrail", "AuditedPersonTrail"}
        and "POST" in (rule.methods or ())
    }
    # Both only look: the search keeps an ID out of addresses, and the check reads.
    assert {each for each in changing if not each.endswith(".find")} == {"TrailLog.verify"}


def test_every_list_of_persons_has_a_title_in_the_log(app: Flask) -> None:
    screens = {
        type(view).__name__
        for view in app.appbuilder.baseviews
        if isinstance(view, ListScreen | GeneratedView)
        and getattr(getattr(view, "listing", None), "person", None) is not None
    }
    assert screens <= set(SCREENS)


def test_every_title_belongs_to_a_screen(app: Flask) -> None:
    known = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}
    assert set(SCREENS) - known <= {"BatchUpload", "retention", "seal"}


def test_the_menu_leads_there(as_: As, app: Flask) -> None:
    page = as_("auditor").get("/").text
    with app.test_request_context():
        assert url_for("TrailLog.index") in page
        assert url_for("Disclosure.ask") in page


def test_anonymised_people_break_no_list(as_: As, case: Case) -> None:
    with transaction(db.session):
        person = case.referral.person
        person.name, person.national_id, person.phone, person.address = "已去識別", "", "", ""
    for browser, address in (
        ("supervisor", "/roster/"),
        ("supervisor", f"/cases/{case.id}"),
        ("manager", "/cases/search/"),
        ("referrer", "/referrals/status/"),
        ("referrer", f"/referrals/{case.referral_id}"),
        ("supervisor", "/referral-list/list/"),
        ("auditor", f"/audit/person/?person={case.referral.person_id}"),
    ):
        answer = as_(browser).get(address)
        assert answer.status_code == 200
        assert "已去識別" in answer.text
    assert db.session.scalar(select(func.count()).select_from(TrailEntry))
