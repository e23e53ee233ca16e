"""登錄身分 in the browser: who came without papers, from the look-up to the owner."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from app.extensions import db
from models.desk_rules import BusinessType
from models.person import Person
from models.trail import Act
from models.visit import Visit
from services import counter as at_counter
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import fresh_number, make_person
from tests.views.test_reception import HOME, Reception, again, kind, person, reception, seen

__all__ = ["person", "reception"]  # fixtures


@pytest.fixture
def visit(reception: Reception) -> Visit:
    return reception.check_in(form="papers", visitor="阿德", business_type_id=kind())


def step(visit: Visit, name: str = "") -> str:
    return f"visits/{visit.id}/identity{name}"


def look_up(reception: Reception, visit: Visit, number: str) -> Any:
    return reception.post(step(visit, "/find"), search=number)


def press(visit: Visit, act_as: Any, *steps: str) -> None:
    officer = act_as(again(visit).officer.username)
    for name in steps:
        values = {"outcome": "consulted"} if name == "end" else {}
        with transaction(db.session):
            getattr(at_counter, name)(db.session, visit.id, by=officer, at=NOW, **values)


def test_the_card_of_a_visitor_without_papers_leads_to_the_step(reception: Reception, visit: Visit) -> None:
    assert f'href="{HOME}visits/{visit.id}/identity"' in reception.get(f"{HOME}?visit={visit.id}").text
    assert "報到時稱呼：阿德" in reception.get(HOME + step(visit)).text


def test_a_known_number_shows_whose_it_is_with_the_evidence_and_one_press_attaches_him(
    reception: Reception, visit: Visit, person: Person
) -> None:
    sent = look_up(reception, visit, person.national_id)
    assert person.national_id not in sent.location
    assert seen(person, Act.LOOK_UP) == 1
    page = reception.get(sent.location).text
    assert person.name in page and "介紹卡紀錄" in page and "登錄為這位民眾" in page
    assert person.national_id not in page
    assert seen(person, Act.VIEW) == 1
    reception.post(step(visit), person_id=person.id, disability="none")
    card = reception.get(f"{HOME}?visit={visit.id}").text
    assert person.name in card and "稱呼：阿德" in card and "/identity" not in card
    assert again(visit).person_id == person.id


def test_whoever_is_new_is_registered_on_the_way(reception: Reception, visit: Visit) -> None:
    number = fresh_number()
    sent = look_up(reception, visit, number)
    assert number not in sent.location
    assert f'value="{number}"' in reception.get(sent.location).text
    new = {"national_id": number, "name": "洪七", "phone": ""}
    refused = reception.post(step(visit, "/register"), **new, birthday="")
    assert refused.status_code == 422
    assert "newcomer-birthday-fault" in refused.text and 'value="洪七"' in refused.text
    sent = reception.post(step(visit, "/register"), **new, birthday="72/5/9")
    assert "洪七" in reception.get(sent.location).text


def test_a_wrong_number_comes_back_as_it_was_typed(reception: Reception, visit: Visit) -> None:
    refused = look_up(reception, visit, "A123456780")
    assert refused.status_code == 422
    assert 'value="A123456780"' in refused.text and "identity-search-fault" in refused.text


def test_a_refused_judgement_comes_back_with_the_person_and_what_was_chosen(
    reception: Reception, visit: Visit, person: Person
) -> None:
    refused = reception.post(step(visit), person_id=person.id, new_case="old", disability="suspected")
    assert refused.status_code == 422
    assert person.name in refused.text and "identify-note-fault" in refused.text
    assert 'value="suspected" class="is-suspected" checked' in refused.text
    assert again(visit).person_id is None


def test_who_is_being_served_is_not_judged_again(
    reception: Reception, visit: Visit, person: Person, act_as: Any
) -> None:
    press(visit, act_as, "call", "start")
    page = reception.get(f"{HOME}{step(visit)}?who={person.id}").text
    assert "櫃台與案別不變" in page and 'name="new_case"' not in page


def test_the_second_of_two_tabs_reads_that_it_is_done(
    reception: Reception, visit: Visit, person: Person
) -> None:
    with transaction(db.session):
        other = make_person(db.session, name="另一位")
    look_up(reception, visit, other.national_id)
    reception.post(step(visit), person_id=person.id)
    late = reception.post(step(visit), person_id=other.id)
    assert "已經登錄另一位民眾" in reception.get(late.location).text
    assert again(visit).person_id == person.id
    assert reception.get(HOME + step(visit)).status_code == 302


def test_who_is_here_already_is_said_before_anything_is_pressed(
    reception: Reception, visit: Visit, person: Person
) -> None:
    first = reception.check_in(person_id=person.id, business_type_id=kind())
    page = reception.get(f"{HOME}{step(visit)}?who={person.id}").text
    assert again(first).ticket in page and "登錄為這位民眾" not in page


def test_an_employer_has_no_such_step(reception: Reception) -> None:
    employer = reception.check_in(form="employer", business_type_id=kind("D"), visitor="大同公司")
    assert "/identity" not in reception.get(f"{HOME}?visit={employer.id}").text
    assert reception.get(HOME + step(employer)).status_code == 302


def test_the_counter_is_told_where_the_identity_is_registered_and_when_it_has_been(
    reception: Reception, visit: Visit, person: Person, act_as: Any, as_: Any
) -> None:
    press(visit, act_as, "call", "start")
    browser = as_(again(visit).officer.username)
    page = browser.get("/desk/counter/").text
    assert "請接待台按「登錄身分」" in page
    reception.post(step(visit), person_id=person.id)
    live = browser.get(f"/desk/counter/now?visit={visit.id}&state=serving", headers={"X-Live": "1"})
    assert "不是最新狀態" in live.text
    page = browser.get("/desk/counter/").text
    assert person.name in page and "請接待台按「登錄身分」" not in page and "阿德" in page


@pytest.mark.parametrize("username", ["counter1", "supervisor", "itstaff"])
def test_other_roles_do_not_identify(
    reception: Reception, visit: Visit, as_: Any, csrf: Any, username: str
) -> None:
    browser = as_(username)
    assert browser.get(HOME + step(visit)).status_code == 403
    for name in ("", "/find", "/register"):
        assert browser.post(HOME + step(visit, name), data=csrf(browser, {})).status_code == 403


def test_a_visit_of_another_business_may_be_his_too(
    reception: Reception, visit: Visit, person: Person
) -> None:
    letter = db.session.scalars(select(BusinessType.letter).where(BusinessType.id == kind("B"))).one()
    reception.check_in(person_id=person.id, business_type_id=kind(letter))
    reception.post(step(visit), person_id=person.id)
    assert again(visit).person_id == person.id
