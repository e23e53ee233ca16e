"""就服員離職 in the browser: what she has, who takes what, one press, and the list for both sides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from models.appointment import Appointment
from models.desk import Post
from models.desk_rules import BusinessType
from models.ownership import Departure, Owner
from models.visit import Visit
from rules.calendar import TAIPEI
from rules.visit_flow import State
from services import appointments, succession
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_visit
from tests.staff import account_id
from tests.test_trail import readable

As = Callable[[str], FlaskClient]
HOME = "/desk/departures/"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=TAIPEI)
SEEKER, CLAIMANT, BOOKED = "鐘離玄真", "呂洞賓", "何仙姑"


def kind(letter: str) -> int:
    return db.session.scalars(select(BusinessType.id).where(BusinessType.letter == letter)).one()


@pytest.fixture
def leaving(app: Flask, act_as: Any) -> int:
    """counter1: two persons of hers, one waiting, one booked for Monday. Her id."""
    unit_id = make_desk(db.session).unit_id
    officer = act_as("counter1")
    with transaction(db.session):
        for name, letter in ((SEEKER, "A"), (CLAIMANT, "B"), (BOOKED, "A")):
            person = make_person(db.session, name=name)
            db.session.add(
                Owner(
                    unit_id=unit_id,
                    person_id=person.id,
                    business_type_id=kind(letter),
                    officer_id=officer.user_id,
                    since=NOW,
                )
            )
            state = State.SERVED if name == BOOKED else State.WAITING
            make_visit(db.session, person=person, letter=letter, new_case=False, counted=False, state=state)
    with transaction(db.session):
        appointments.book(
            db.session,
            person_id=person.id,
            business_type_id=kind("A"),
            officer_id=officer.user_id,
            starts_at=MONDAY,
            material="",
            key="booked",
            by=officer,
            at=NOW,
        )
    return officer.user_id


@pytest.fixture
def leave(as_: As, csrf: Any, leaving: int) -> Callable[..., TestResponse]:
    def do(user: str = "itstaff", **changed: Any) -> TestResponse:
        browser = as_(user)
        said = {"left_on": "115/11/20", "benefit_officer_id": account_id(db.session, "counter2"), **changed}
        return browser.post(f"{HOME}{leaving}", data=csrf(browser, said))

    return do


def owners() -> dict[str, str]:
    db.session.expire_all()
    return {each.person.name: each.officer.username for each in db.session.scalars(select(Owner))}


def test_the_plan_shows_what_would_move(as_: As, leaving: int) -> None:
    assert "李佳蓉" in as_("supervisor").get(HOME).text
    plan = as_("supervisor").get(f"{HOME}{leaving}").text
    assert BOOKED in plan and "失業給付舊案協助的就服員" in plan
    assert SEEKER not in plan, "of the visits the tickets are enough"
    assert "A001" in plan and "B002" in plan


def test_everything_moves_in_one_press_and_both_sides_have_the_list(
    as_: As, leave: Callable[..., TestResponse], leaving: int
) -> None:
    successor = account_id(db.session, "counter3")
    answer = leave(**{f"successor-{kind('A')}": successor, f"successor-{kind('B')}": successor})
    assert answer.status_code == 302
    page = as_("itstaff").get(answer.location).text
    assert "所屬民眾都已移轉" in page and BOOKED in page
    assert set(owners().values()) == {"counter3"}
    assert (
        leaving not in db.session.scalars(select(Visit.officer_id).where(Visit.state == State.WAITING)).all()
    )
    booked = db.session.scalars(select(Appointment).order_by(Appointment.id)).all()
    assert (booked[0].state, booked[-1].officer_id) == ("moved", successor), "the deputy is free as well"
    mine = as_("counter3").get("/desk/handed-over-to-me/").text
    whole = as_("supervisor").get("/desk/handed-over/").text
    for name in (SEEKER, CLAIMANT, BOOKED):
        assert name in mine and name in whole
    assert SEEKER not in as_("counter2").get("/desk/handed-over-to-me/").text
    assert SEEKER in readable(as_("counter3").get("/desk/handed-over-to-me/export.xlsx"))


def test_a_successor_can_be_named_later(as_: As, csrf: Any, leave: Callable[..., TestResponse]) -> None:
    done = leave().location
    assert set(owners().values()) == {"counter1"}
    browser = as_("supervisor")
    form = csrf(browser, {f"successor-{kind('A')}": account_id(db.session, "counter3")})
    assert browser.post(f"{done}/hand-over", data=form).status_code == 302
    assert owners() == {SEEKER: "counter3", BOOKED: "counter3", CLAIMANT: "counter1"}
    assert "已移轉 2 位民眾" in browser.get(done).text


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        ({"left_on": "下週"}, 'value="下週"'),
        ({"benefit_officer_id": ""}, 'value="115/11/20"'),
    ],
)
def test_a_refused_departure_keeps_what_was_typed(
    leave: Callable[..., TestResponse], changed: dict[str, str], kept: str
) -> None:
    successor = account_id(db.session, "counter3")
    answer = leave(**{f"successor-{kind('A')}": successor, **changed})
    assert answer.status_code == 422 and 'class="error-summary"' in answer.text
    assert kept in answer.text and f'value="{successor}" selected' in answer.text
    assert db.session.scalars(select(Departure)).all() == []


def test_sent_twice_it_is_one_departure(leave: Callable[..., TestResponse]) -> None:
    assert leave().status_code == 302
    again = leave()
    assert again.status_code == 422
    assert len(db.session.scalars(select(Departure)).all()) == 1


def test_whom_she_is_serving_is_never_moved(leave: Callable[..., TestResponse]) -> None:
    with transaction(db.session):
        visit = db.session.scalars(select(Visit).where(Visit.state == State.WAITING)).first()
        assert visit is not None
        visit.state, visit.started_at = State.SERVING.value, NOW
    answer = leave()
    assert answer.status_code == 422 and "請先結束服務再辦理離職" in answer.text
    assert db.session.scalars(select(Departure)).all() == []


def test_another_centre_and_who_has_no_counter_are_not_there(
    as_: As, csrf: Any, leave: Callable[..., TestResponse], leaving: int
) -> None:
    done = leave().location
    stranger = as_("supervisor3")
    assert stranger.get(f"{HOME}{leaving}").status_code == 404
    assert stranger.get(done).status_code == 404
    assert stranger.post(f"{done}/hand-over", data=csrf(stranger, {})).status_code == 404
    assert SEEKER not in stranger.get("/desk/handed-over/").text
    manager = account_id(db.session, "manager")
    assert as_("supervisor").get(f"{HOME}{manager}").status_code == 404


@pytest.mark.parametrize("user", ["counter1", "reception", "manager", "auditor"])
def test_who_sees_no_departures_through_opens_none(
    as_: As, leave: Callable[..., TestResponse], user: str
) -> None:
    assert leave(user=user).status_code == 403
    for path in (HOME, "/desk/handed-over/", "/desk/handed-over/export.xlsx"):
        assert as_(user).get(path).status_code == 403


def test_who_has_left_is_not_offered_as_a_successor(as_: As, leaving: int, act_as: Any) -> None:
    gone, there = act_as("counter3").user_id, act_as("counter2").user_id
    assert f'<option value="{gone}">' in as_("itstaff").get(f"{HOME}{leaving}").text
    with transaction(db.session):
        succession.depart(
            db.session,
            gone,
            left_on=NOW.date(),
            benefit_officer_id=None,
            by=act_as("itstaff"),
            at=NOW,
        )
    plan = as_("itstaff").get(f"{HOME}{leaving}").text
    assert f'<option value="{gone}">' not in plan and f'<option value="{there}">' in plan


def test_who_came_back_is_in_office_again(
    as_: As, csrf: Any, leave: Callable[..., TestResponse], leaving: int
) -> None:
    done = leave().location
    assert "/desk/tables/posts/add" in as_("supervisor").get(done).text
    assert "/desk/tables/posts/add" not in as_("itstaff").get(done).text
    assert done in as_("supervisor").get(HOME).text
    seat = db.session.scalars(select(Post.counter_id).where(Post.officer_id == leaving)).one()
    browser = as_("supervisor")
    form = csrf(browser, {"counter_id": seat, "officer_id": leaving, "starts_on": "115/11/20"})
    assert browser.post("/desk/tables/posts/add", data=form).status_code == 302
    page = browser.get(done).text
    assert "已回任" in page and "移轉給接替人選" not in page
    assert done not in browser.get(HOME).text and "115/11/20 離職" not in browser.get(HOME).text


def test_a_departure_to_come_is_shown_and_moves_nobody_today(
    as_: As, leave: Callable[..., TestResponse], leaving: int
) -> None:
    assert leave(left_on="115/12/1").status_code == 302
    assert "115/12/1 離職" in as_("itstaff").get(HOME).text
    waiting = select(Visit.officer_id).where(Visit.state == State.WAITING.value)
    assert set(db.session.scalars(waiting)) == {leaving}
    assert MONDAY + timedelta(0) == db.session.scalars(select(Appointment.starts_at)).one()
