"""The supervisor's screen for 督導轉案."""

from __future__ import annotations

import pytest
from markupsafe import escape
from sqlalchemy import func, select

from app.extensions import db
from models.account import Account
from models.case import Assignment, Case
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_case, make_person, make_referral
from tests.staff import account_id


@pytest.fixture
def case_id(app) -> int:
    with transaction(db.session):
        person = make_person(db.session, name="唐三藏", national_id="A123456789")
        return make_case(db.session, referral=make_referral(db.session, person=person)).id


def press(browser, csrf, case_id, *, giver="manager", taker="manager2"):
    ids = {"from_id": account_id(db.session, giver), "to_id": account_id(db.session, taker)}
    return browser.post(f"/transfers/{case_id}/transfer", data=csrf(browser, ids))


def test_the_list_shows_the_open_cases_with_their_case_managers(as_, case_id):
    page = as_("supervisor").get("/transfers/").text
    for heading in (
        "編號",
        "轉介日期",
        "個案姓名",
        "個管員帳號",
        "個管員姓名",
        "轉介單位",
        "轉介人員",
        "轉介人員分機",
        "操作",
    ):
        assert heading in page
    assert "唐三藏" in page and "07-6617464分機3333" in page
    assert "manager" in page and "王大毛" in page


def test_it_works_from_the_list_to_the_new_case_manager(as_, csrf, case_id):
    browser, taker = as_("supervisor"), account_id(db.session, "manager2")
    choice = browser.get(f"/transfers/{case_id}/assign").text
    assert f'value="{taker}"' in choice
    assert f'name="to_id" value="{account_id(db.session, "manager")}"' not in choice
    asked = browser.get(f"/transfers/{case_id}/confirm?from_id=1&to_id={taker}").text
    assert f"確定將案件編號 {case_id} 轉給 陳思妤?" in asked
    assert press(browser, csrf, case_id).location == "/transfers/"
    assert f"案件編號 {case_id} 已轉給 陳思妤。" in browser.get("/transfers/").text
    assert db.session.get_one(Case, case_id).case_manager.username == "manager2"


def test_pressed_twice_it_says_who_transferred_to_whom_and_leads_back(as_, csrf, case_id):
    browser = as_("supervisor")
    assert press(browser, csrf, case_id).status_code == 302
    again = press(browser, csrf, case_id)
    assert again.status_code == 409
    assert "此個案已由 郭玲巧 轉給 陳思妤" in again.text and 'href="/transfers/"' in again.text
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 2


def test_a_wrong_choice_is_said_at_the_choice(as_, csrf, case_id):
    browser = as_("supervisor")
    answer = press(browser, csrf, case_id, taker="manager3")
    assert answer.status_code == 422 and "不在本單位" in answer.text
    nobody = browser.get(f"/transfers/{case_id}/confirm")
    assert nobody.status_code == 422 and "請選擇接續服務的個管員" in nobody.text


def test_a_closed_case_is_neither_listed_nor_transferred(as_, csrf, case_id):
    with transaction(db.session):
        case = db.session.get_one(Case, case_id)
        case.closed_on, case.closed_at, case.referral.state = NOW.date(), NOW, "closed"
    browser = as_("supervisor")
    assert "唐三藏" not in browser.get("/transfers/").text
    assert browser.get(f"/transfers/{case_id}/assign").status_code == 409
    assert press(browser, csrf, case_id).status_code == 409


def test_the_cases_of_one_case_manager_can_be_found(as_, case_id):
    browser = as_("supervisor")
    assert "唐三藏" in browser.get(f"/transfers/?manager={account_id(db.session, 'manager')}").text
    assert "唐三藏" not in browser.get(f"/transfers/?manager={account_id(db.session, 'manager2')}").text


def test_the_full_id_is_shown_on_demand(as_, csrf, case_id):
    browser = as_("supervisor")
    masked = browser.get(f"/transfers/{case_id}").text
    assert "A1****6789" in masked and "A123456789" not in masked
    assert "A123456789" in browser.post(f"/transfers/{case_id}/reveal", data=csrf(browser, {})).text


STEPS = ("", "/{id}", "/{id}/assign", "/{id}/confirm?to_id=1")


@pytest.mark.parametrize("step", STEPS)
def test_only_supervisors_get_in(as_, case_id, step):
    url = "/transfers" + (step.format(id=case_id) or "/")
    assert as_("").get(url).location.startswith("/login/")
    for who in ("manager", "referrer", "admin"):
        assert as_(who).get(url).status_code == 403


def test_for_another_units_supervisor_the_case_does_not_exist(as_, csrf, case_id):
    browser = as_("supervisor3")
    assert "唐三藏" not in browser.get("/transfers/").text
    for step in STEPS[1:]:
        assert browser.get("/transfers" + step.format(id=case_id)).status_code == 404
    assert press(browser, csrf, case_id, taker="manager3").status_code == 404


@pytest.mark.parametrize("name", ["<b>王</b>", "王100%", "王%(who)s"])
def test_a_name_among_the_choices_is_a_text_and_nothing_else(as_, case_id, name):
    with transaction(db.session):
        db.session.get_one(Account, account_id(db.session, "manager")).name = name
    page = as_("supervisor").get("/transfers/")
    assert page.status_code == 200
    assert f">{escape(name)}</option>" in page.text


def test_somebody_disabled_meanwhile_is_refused_by_name(as_, csrf, case_id):
    with transaction(db.session):
        db.session.get_one(Account, account_id(db.session, "manager2")).active = False
    answer = press(as_("supervisor"), csrf, case_id)
    assert answer.status_code == 422 and "陳思妤 的帳號已停用" in answer.text
