"""The pulse of the front desk: cheap, nobody's activity, and for the desk's people only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from models.trail import TrailEntry
from rules.desk import NoticeKind
from rules.permissions import Permission as P
from services import desk, notices
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_visit
from tests.views.statements import counted

LIVE = {"X-Requested-With": "fetch", "X-Live": "1"}


@pytest.fixture
def unit_id(app: Flask, act_as: Any) -> int:
    with transaction(db.session):
        make_desk(db.session)
    found: int = act_as("counter1").unit_id
    return found


@pytest.mark.parametrize("username", ["reception", "counter1", "supervisor", "itstaff"])
def test_the_desks_people_hear_how_many_steps_there_were(as_: Any, unit_id: int, username: str) -> None:
    before = as_(username).get("/desk/pulse", headers=LIVE).json["serial"]
    with transaction(db.session):
        desk.hold(db.session, unit_id)
    assert as_(username).get("/desk/pulse", headers=LIVE).json["serial"] == before + 1


def test_a_centre_without_a_front_desk_has_no_pulse(as_: Any, unit_id: int) -> None:
    answer = as_("supervisor3").get("/desk/pulse", headers=LIVE)
    assert answer.json["serial"] is None and answer.json["notices"] == []


def test_another_centres_steps_and_notices_are_not_heard(as_: Any, act_as: Any, unit_id: int) -> None:
    with transaction(db.session):
        notices.tell(db.session, unit_id, NoticeKind.COMPLAINT, "申訴", to=P.DESK_SUPERVISE, at=NOW, by=None)
    assert as_("supervisor3").get("/desk/pulse", headers=LIVE).json["notices"] == []
    assert len(as_("supervisor").get("/desk/pulse", headers=LIVE).json["notices"]) == 1


def test_a_pulse_takes_three_statements_with_many_notices(as_: Any, act_as: Any, unit_id: int) -> None:
    with transaction(db.session):
        for number in range(20):
            notices.tell(
                db.session,
                unit_id,
                NoticeKind.RING,
                "%(n)s",
                to=act_as("counter1").user_id,
                at=NOW,
                by=None,
                n=number,
            )
    browser = as_("counter1")
    serial = browser.get("/desk/pulse", headers=LIVE).json["serial"]
    with counted() as seen:
        answer = browser.get(f"/desk/pulse?since={serial}", headers=LIVE)
    assert len(answer.json["notices"]) == 20 and answer.json["counts"] == {}
    assert len(seen) <= 3, seen


def test_the_menus_numbers_come_along_when_something_has_changed(as_: Any, unit_id: int) -> None:
    browser = as_("counter1")
    assert browser.get("/desk/pulse?since=", headers=LIVE).json["counts"]["/desk/counter/"] == 0
    with transaction(db.session):
        make_visit(db.session)
        desk.hold(db.session, unit_id)
    assert browser.get("/desk/pulse?since=", headers=LIVE).json["counts"]["/desk/counter/"] == 1


def test_a_pulse_leaves_no_entry_in_the_trail(as_: Any, unit_id: int) -> None:
    before = db.session.scalar(select(func.count()).select_from(TrailEntry))
    as_("counter1").get("/desk/pulse", headers=LIVE)
    assert db.session.scalar(select(func.count()).select_from(TrailEntry)) == before


def test_polling_does_not_keep_a_session_alive(app: Flask, as_: Any, unit_id: int, monkeypatch: Any) -> None:
    """The idle log-out counts from the last thing that the user did, however often the page has asked since."""
    import itsdangerous.timed

    app.permanent_session_lifetime = timedelta(minutes=20)
    start = NOW.timestamp()
    clock = [start]
    monkeypatch.setattr(
        itsdangerous.timed.TimestampSigner, "get_timestamp", lambda _self: int(clock[0]), raising=True
    )
    browser = as_("counter1")
    with browser.session_transaction() as kept:
        kept.permanent = True
    for minute in range(1, 20):
        clock[0] = start + minute * 60
        answer = browser.get("/desk/pulse", headers=LIVE)
        assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    clock[0] = start + 21 * 60
    assert browser.get("/desk/pulse", headers=LIVE).status_code == 401


def test_what_the_user_does_keeps_the_session_alive(app: Flask, as_: Any, unit_id: int) -> None:
    browser = as_("counter1")
    with browser.session_transaction() as kept:
        kept.permanent = True
    assert "Set-Cookie" in browser.get("/").headers
    assert "Set-Cookie" not in browser.get("/", headers=LIVE).headers


def test_a_session_that_has_ended_is_told_so(as_: Any) -> None:
    assert as_("").get("/desk/pulse", headers=LIVE).status_code == 401
