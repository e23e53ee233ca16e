"""The parts of the front desk's screens that update by themselves, and whom an earlier day left behind on them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.ownership import PermanentTransfer
from models.trail import TrailEntry
from models.visit import Visit
from rules.visit_flow import State
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_visit
from tests.services.desk_helpers import make_appointment, officer, unit_of

As = Callable[[str], FlaskClient]
LIVE = {"X-Requested-With": "fetch", "X-Live": "1"}
YESTERDAY = NOW - timedelta(days=1)
NAME = "鐘離玄真"


@pytest.fixture(autouse=True)
def desk(app: Flask) -> None:
    make_desk(db.session)


def visit(**values: Any) -> int:
    with transaction(db.session):
        return make_visit(db.session, **values).id


def agreed() -> None:
    with transaction(db.session):
        made = make_visit(db.session, person=make_person(db.session, name=NAME))
        db.session.add(
            PermanentTransfer(
                unit_id=unit_of(db.session),
                person_id=made.person_id,
                business_type_id=made.business_type_id,
                from_id=officer(db.session, 1).id,
                to_id=officer(db.session, 4).id,
                reason="身分別變更",
                consent=True,
                state="accepted",
                proposed_at=NOW,
                proposed_by_id=officer(db.session, 1).id,
                answered_at=NOW,
            )
        )


def entries() -> int:
    return db.session.scalar(select(func.count()).select_from(TrailEntry)) or 0


def live_parts(page: str) -> list[str]:
    return [address.replace("&amp;", "&") for address in re.findall(r'data-live="([^"]+)"', page)]


@pytest.mark.parametrize(
    ("address", "username"),
    [
        ("/desk/reception/", "reception"),
        ("/desk/counter/", "counter1"),
        ("/desk/transfers/", "counter1"),
        ("/desk/tally/mine", "counter1"),
        ("/desk/tally/", "supervisor"),
        ("/desk/supervision/", "supervisor"),
        ("/desk/supervision/undispatched", "supervisor"),
        ("/desk/unended/", "supervisor"),
        ("/desk/attendance/", "supervisor"),
        ("/desk/appointments/", "supervisor"),
    ],
)
def test_a_screen_is_alive_and_each_part_answers_alone(as_: As, address: str, username: str) -> None:
    browser = as_(username)
    parts = live_parts(browser.get(address).text)
    assert parts
    for part in parts:
        answer = browser.get(part, headers=LIVE)
        assert answer.status_code == 200 and "<html" not in answer.text, part


def test_the_lists_of_names_at_reception_are_told_to_the_trail_when_somebody_new_is_on_them(as_: As) -> None:
    reception = as_("reception")
    page = reception.get("/desk/reception/").text
    assert {"/desk/reception/appointments", "/desk/reception/transfers"} <= set(live_parts(page))
    with transaction(db.session):
        make_appointment(db.session, make_person(db.session, name="林青霞"), at=NOW)
    agreed()
    before = entries()
    for part, name in (("appointments", "林青霞"), ("transfers", NAME)):
        for _ in range(2):
            assert name in reception.get(f"/desk/reception/{part}", headers=LIVE).text
    assert entries() == before + 2


def test_a_transfer_that_is_agreed_upon_appears_on_the_open_page_and_once_in_the_trail(as_: As) -> None:
    boss = as_("supervisor")
    boss.get("/desk/transfers/")
    agreed()
    before = entries()
    for _ in range(2):
        assert NAME in boss.get("/desk/transfers/", headers=LIVE).text
    assert entries() == before + 1


def test_a_refused_form_among_live_ones_is_left_alone_and_its_fault_leads_to_its_field(
    as_: As, csrf: Any
) -> None:
    one, other = visit(officer=None), visit(officer=None)
    boss = as_("supervisor")
    sent = boss.post(
        f"/desk/supervision/undispatched/{one}", data=csrf(boss, {"counter_id": "", "reason": "請協助"})
    )
    assert sent.status_code == 422
    page = sent.text
    kept = re.findall(r'data-key="visit-(\d+)"[^>]*data-keep', page)
    assert kept == [str(one)] and f'data-key="visit-{other}"' in page
    faulty = re.findall(r'href="#([a-z_]+-\d+)"', page)
    assert faulty and all(f'id="{field}"' in page for field in faulty)
    assert 'value="請協助"' in page


# Whom an earlier day left behind


def test_reception_lists_who_was_left_behind_apart_and_only_records_that_he_has_gone(
    as_: As, csrf: Any
) -> None:
    forgotten = visit(at=YESTERDAY)
    reception = as_("reception")
    board = reception.get("/desk/reception/counters", headers=LIVE).text
    assert "已等" not in board and "前幾天留下的號碼 1 張" in board
    assert f"/desk/reception/?visit={forgotten}#leave-reason" in board
    card = reception.get(f"/desk/reception/?visit={forgotten}").text
    assert "留到隔天" in card and 'id="leave-reason"' in card
    assert 'id="override"' not in card and "引導前往" not in card
    sent = reception.post(
        f"/desk/reception/visits/{forgotten}/leave", data=csrf(reception, {"reason": "昨日已離開"})
    )
    assert sent.status_code == 302
    assert "前幾天留下" not in reception.get("/desk/reception/counters", headers=LIVE).text


def test_the_supervisor_says_what_became_of_who_was_left_behind(as_: As, csrf: Any) -> None:
    waiting, undispatched = visit(at=YESTERDAY), visit(officer=None, at=YESTERDAY)
    today = visit(officer=None)
    boss = as_("supervisor")
    cards = boss.get("/desk/supervision/").text
    assert "另有前幾天留下 2 位" in cards
    page = boss.get("/desk/supervision/undispatched").text
    todays, left_over = page.split('id="left-over-title"')
    assert f'data-key="visit-{today}"' in todays and f'data-key="visit-{undispatched}"' not in todays
    assert f'data-key="visit-{waiting}"' in left_over and f'data-key="visit-{undispatched}"' in left_over
    path = f"/desk/supervision/undispatched/{undispatched}"
    without = boss.post(f"{path}/leave", data=csrf(boss, {"reason": ""}))
    assert without.status_code == 422 and f'href="#reason-{undispatched}"' in without.text
    assert boss.post(f"{path}/leave", data=csrf(boss, {"reason": "當天已離開"})).status_code == 302
    booking = {"day": "115/11/24", "time": "09:30", "officer_id": officer(db.session, 3).id}
    sent = boss.post(
        f"/desk/supervision/undispatched/{waiting}/book",
        data=csrf(boss, {**booking, "key": str(uuid.uuid4())}),
    )
    assert sent.status_code == 302, sent.text
    db.session.remove()
    states = [db.session.get_one(Visit, each).state for each in (undispatched, waiting)]
    assert states == [State.LEFT, State.BOOKED]
    assert "left-over-title" not in boss.get("/desk/supervision/undispatched").text


def test_the_board_at_reception_says_when_time_alone_will_change_it(as_: As) -> None:
    visit(at=NOW - timedelta(minutes=20))
    reception = as_("reception")

    def moment() -> str:
        found = re.search(r'data-fresh-at="([^"]+)"', reception.get("/desk/reception/counters").text)
        return found[1] if found else ""

    assert moment() == (NOW + timedelta(minutes=11)).isoformat()
    visit(officer="counter2", sent_at=NOW - timedelta(seconds=10))
    assert moment() == (NOW + timedelta(seconds=50)).isoformat()
