"""永久轉案 in the browser: from the visitor's card at the counter to the press at reception."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from models.ownership import Owner, OwnerChange, PermanentTransfer
from models.visit import Visit
from rules.visit_flow import State
from services import ownership
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_visit
from tests.staff import account_id

As = Callable[[str], FlaskClient]
Press = Callable[..., TestResponse]
HOME = "/desk/transfers/"
NAME = "鐘離玄真"
REASON = "晤談後確認為身心障礙者。"


@pytest.fixture
def visit(app: Flask) -> Visit:
    """Being served at counter 1, by the officer whose case it is."""
    make_desk(db.session)
    with transaction(db.session):
        made = make_visit(db.session, person=make_person(db.session, name=NAME), state=State.SERVING)
        db.session.add(
            Owner(
                unit_id=made.unit_id,
                person_id=made.person_id,
                business_type_id=made.business_type_id,
                officer_id=made.officer_id,
                since=NOW,
            )
        )
    return made


@pytest.fixture
def sit(as_: As) -> As:
    """The browser that a user keeps open: what a step says is shown on the next page."""
    return cache(as_)


@pytest.fixture
def press(sit: As, csrf: Any) -> Press:
    def do(user: str, path: str, **data: Any) -> TestResponse:
        browser = sit(user)
        return browser.post(path, data=csrf(browser, data))

    return do


@pytest.fixture
def propose(visit: Visit, press: Press) -> Callable[..., TestResponse]:
    path, other = f"{HOME}propose/{visit.id}", account_id(db.session, "counter4")

    def do(user: str = "counter1", **changed: Any) -> TestResponse:
        return press(user, path, **{"to_id": other, "reason": REASON, "consent": "1", **changed})

    return do


def transfer() -> PermanentTransfer:
    db.session.expire_all()
    return db.session.scalars(select(PermanentTransfer)).one()


def owner() -> int:
    db.session.expire_all()
    return db.session.scalars(select(Owner.officer_id)).one()


def test_a_person_goes_from_one_officer_to_the_other(
    sit: As, press: Press, propose: Callable[..., TestResponse], visit: Visit
) -> None:
    assert f"{HOME}propose/{visit.id}" in sit("counter1").get("/desk/counter/").text
    assert propose().status_code == 302
    number = transfer().id
    assert "同意接案" in sit("counter4").get(HOME).text
    assert "同意接案" not in sit("counter1").get(HOME).text, "the other one answers"
    press("counter4", f"{HOME}{number}/answer", answer="agree")
    card = sit("reception").get("/desk/reception/").text
    assert NAME in card and f"{HOME}{number}/execute" in card
    done = press("reception", f"{HOME}{number}/execute", **{"from": "reception"})
    assert done.location.endswith("/desk/reception/")
    assert (transfer().state, owner()) == ("executed", account_id(db.session, "counter4"))
    page = sit("reception").get(done.location).text
    assert f"已執行永久轉案：{NAME} 之後由 劉建宏 服務。" in page and "待執行的永久轉案" not in page


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"consent": ""}, "請先取得民眾同意"),
        ({"reason": " "}, "請說明轉案的原因"),
        ({"to_id": ""}, "請選擇本中心的另一位就服員"),
        ({"to_id": "own"}, "請選擇本中心的另一位就服員"),
    ],
)
def test_a_refused_proposal_keeps_what_was_typed(
    propose: Callable[..., TestResponse], visit: Visit, changed: dict[str, str], told: str
) -> None:
    if changed.get("to_id") == "own":
        changed = {"to_id": str(visit.officer_id)}
    answer = propose(**changed)
    assert answer.status_code == 422 and told in answer.text
    if "reason" not in changed:
        assert REASON in answer.text
    if "consent" not in changed:
        assert 'name="consent" value="1" checked' in answer.text
    if "to_id" not in changed:
        assert f'value="{account_id(db.session, "counter4")}" selected' in answer.text
    assert db.session.scalars(select(PermanentTransfer)).all() == []


def test_a_proposal_sent_twice_is_one_proposal(propose: Callable[..., TestResponse]) -> None:
    assert propose().status_code == 302
    again = propose()
    assert again.status_code == 422 and "已有一筆轉案在處理中" in again.text
    assert transfer().state == "proposed"


def test_declining_needs_its_reason(sit: As, press: Press, propose: Callable[..., TestResponse]) -> None:
    propose()
    number = transfer().id
    press("counter4", f"{HOME}{number}/answer", answer="decline")
    assert transfer().state == "proposed"
    assert "請說明不同意的原因" in sit("counter4").get(HOME).text
    press("counter4", f"{HOME}{number}/answer", answer="decline", note="本週已滿額受訓")
    assert (transfer().state, transfer().answer_note) == ("declined", "本週已滿額受訓")
    assert "本週已滿額受訓" in sit("counter1").get(HOME).text


def test_who_proposed_it_takes_it_back_until_it_is_executed(
    press: Press, propose: Callable[..., TestResponse]
) -> None:
    propose()
    number = transfer().id
    press("counter4", f"{HOME}{number}/answer", answer="agree")
    assert press("counter1", f"{HOME}{number}/withdraw").status_code == 302
    late = press("reception", f"{HOME}{number}/execute")
    assert late.status_code == 409 and "已撤回" in late.text
    assert owner() == account_id(db.session, "counter1")


def test_executed_twice_the_owner_changes_once(press: Press, propose: Callable[..., TestResponse]) -> None:
    propose()
    number = transfer().id
    press("counter4", f"{HOME}{number}/answer", answer="agree")
    assert press("reception", f"{HOME}{number}/execute").status_code == 302
    assert press("reception", f"{HOME}{number}/execute").status_code == 409
    assert len(db.session.scalars(select(OwnerChange)).all()) == 1


def test_an_owner_who_changed_meanwhile_stops_the_execution(
    press: Press, propose: Callable[..., TestResponse], act_as: Any
) -> None:
    propose()
    made = transfer()
    press("counter4", f"{HOME}{made.id}/answer", answer="agree")
    with transaction(db.session):
        ownership.give(
            db.session,
            unit_id=made.unit_id,
            person_id=made.person_id,
            business_type_id=made.business_type_id,
            to_id=account_id(db.session, "counter2"),
            cause="departure",
            by=act_as("supervisor"),
            at=NOW,
        )
    answer = press("reception", f"{HOME}{made.id}/execute")
    assert answer.status_code == 422 and "已經更換" in answer.text
    assert owner() == account_id(db.session, "counter2")


@pytest.mark.parametrize("step", ["answer", "withdraw", "execute"])
def test_neither_a_stranger_nor_another_centre_touches_it(
    press: Press, propose: Callable[..., TestResponse], step: str
) -> None:
    propose()
    number = transfer().id
    with transaction(db.session):
        make_desk(db.session, "08")
    wrong = {"answer": "counter2", "withdraw": "counter4", "execute": "counter4"}[step]
    status = press(wrong, f"{HOME}{number}/{step}", answer="agree").status_code
    assert status == (403 if step == "execute" else 404)
    stranger = press("supervisor3", f"{HOME}{number}/{step}", answer="agree").status_code
    assert stranger == (404 if step == "withdraw" else 403)
    assert transfer().state == "proposed"


def test_only_the_owner_proposes_and_only_of_a_visit_of_the_centre(
    as_: As, propose: Callable[..., TestResponse], visit: Visit
) -> None:
    answer = propose(user="counter2")
    assert answer.status_code == 422 and "不是由您承辦" in answer.text
    asked = as_("counter2").get(f"{HOME}propose/{visit.id}")
    assert asked.status_code == 422 and "不是由您承辦" in asked.text and NAME not in asked.text
    assert NAME in as_("counter1").get(f"{HOME}propose/{visit.id}").text
    assert as_("counter1").get(f"{HOME}propose/987654").status_code == 404
    assert as_("reception").get(f"{HOME}propose/{visit.id}").status_code == 403
    assert as_("manager").get(HOME).status_code == 403


def test_an_officer_sees_his_own_and_reception_and_supervisor_all(
    as_: As, propose: Callable[..., TestResponse]
) -> None:
    propose()
    for user, seen in (("counter1", True), ("counter4", True), ("reception", True), ("supervisor", True)):
        assert (NAME in as_(user).get(HOME).text) == seen
    assert NAME not in as_("counter2").get(HOME).text
    assert NAME not in as_("supervisor3").get(HOME).text


def test_the_step_is_offered_to_the_owner_alone(as_: As, visit: Visit) -> None:
    path = f"{HOME}propose/{visit.id}"
    assert path in as_("counter1").get("/desk/counter/").text
    with transaction(db.session):
        db.session.scalars(select(Owner)).one().officer_id = account_id(db.session, "counter2")
    assert path not in as_("counter1").get("/desk/counter/").text


def test_the_supervisor_takes_back_what_nobody_else_can(
    sit: As, press: Press, propose: Callable[..., TestResponse]
) -> None:
    propose()
    number = transfer().id
    path = f"{HOME}{number}/withdraw"
    assert path in sit("supervisor").get(HOME).text
    assert path not in sit("counter4").get(HOME).text
    assert path not in sit("reception").get(HOME).text
    assert press("supervisor", path).status_code == 302
    assert transfer().state == "withdrawn"


def test_what_is_agreed_stands_on_the_visitors_card_and_is_executed_there(
    sit: As, press: Press, propose: Callable[..., TestResponse], visit: Visit
) -> None:
    propose()
    number = transfer().id
    cards = (f"/desk/reception/?visit={visit.id}", f"/desk/reception/?person={visit.person_id}")
    for card in cards:
        assert f"{HOME}{number}/execute" not in sit("reception").get(card).text
    press("counter4", f"{HOME}{number}/answer", answer="agree")
    for card in cards:
        page = sit("reception").get(card).text
        shown, _card, below = page.partition("已議定永久轉案，請當場執行")
        assert NAME in shown and f"{HOME}{number}/execute" in below.partition("</form>")[0]
    done = press("reception", f"{HOME}{number}/execute", **{"from": "reception", "visit": visit.id})
    assert done.location.endswith(cards[0])
    assert "已議定永久轉案" not in sit("reception").get(cards[0]).text
