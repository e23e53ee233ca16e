"""叫號螢幕: opened by its key alone, showing tickets and counters and never a person."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from models.desk import Desk
from models.visit import Visit
from rules.visit_flow import State
from services import board, desk
from services.transaction import transaction
from tests.conftest import NOW
from tests.factories import make_desk, make_person, make_visit
from tests.views.statements import counted

LIVE = {"X-Requested-With": "fetch", "X-Live": "1"}


@pytest.fixture
def key(app: Flask, act_as: Any) -> str:
    make_desk(db.session)
    with transaction(db.session):
        return board.open_board(db.session, by=act_as("supervisor"))


def visit(number: int, state: State, *, called_at: datetime | None = None, letter: str = "A") -> Visit:
    """At counter 3, as the services leave it; a step at the desk."""
    with transaction(db.session):
        made = make_visit(
            db.session,
            officer=None if state is State.CHECKED_IN else "counter3",
            letter=letter,
            state=state,
            number=number,
            person=make_person(db.session, name="豬八戒"),
            called_at=called_at,
            calls=1 if called_at else 0,
        )
        desk.hold(db.session, made.unit_id)
    return made


def state_of(browser: FlaskClient, key: str, since: str = "") -> dict[str, Any]:
    found: dict[str, Any] = browser.get(f"/board/{key}/state?since={since}", headers=LIVE).json
    return found


def test_the_key_opens_the_board_without_a_log_in(as_: Any, key: str) -> None:
    answer = as_("").get(f"/board/{key}")
    assert answer.status_code == 200 and "新竹就業中心" in answer.text
    assert len(key) >= 32


@pytest.mark.parametrize("wrong", ["x", "", " "])
def test_a_wrong_key_finds_nothing(as_: Any, key: str, wrong: str) -> None:
    for address in (f"/board/{key[:-1]}{wrong}", f"/board/{key[:-1]}{wrong}/state"):
        assert as_("").get(address).status_code == 404


def test_the_hash_of_a_key_is_no_key(as_: Any, key: str) -> None:
    kept = db.session.scalars(select(Desk.board_key_hash).where(Desk.board_key_hash != "")).one()
    assert kept != key
    assert as_("").get(f"/board/{kept}").status_code == 404


def test_who_tries_keys_is_slowed_down_and_the_right_board_goes_on(guarded: Flask, act_as: Any) -> None:
    make_desk(db.session)
    with transaction(db.session):
        right = board.open_board(db.session, by=act_as("supervisor"))
    browser = guarded.test_client()
    answers = [browser.get(f"/board/{number}/state", headers=LIVE).status_code for number in range(32)]
    assert answers[:30] == [404] * 30 and answers[30:] == [429, 429]
    assert all(browser.get(f"/board/{right}/state", headers=LIVE).status_code == 200 for _ in range(40))


def test_the_newest_call_stands_first_with_its_counter(as_: Any, key: str) -> None:
    visit(22, State.SERVED, called_at=NOW - timedelta(minutes=20))
    visit(23, State.CALLED, called_at=NOW)
    calls = state_of(as_(""), key)["calls"]
    assert [(call["ticket"], call["counter"]) for call in calls] == [("A023", 3), ("A022", 3)]


def test_calling_again_is_a_new_call(as_: Any, key: str) -> None:
    called_id = visit(23, State.CALLED, called_at=NOW).id
    (first,) = state_of(as_(""), key)["calls"]
    with transaction(db.session):
        called = db.session.get_one(Visit, called_id)
        called.called_at = NOW + timedelta(seconds=30)
        desk.hold(db.session, called.unit_id)
    (second,) = state_of(as_(""), key)["calls"]
    assert first["key"] != second["key"] and first["ticket"] == second["ticket"]


@pytest.mark.parametrize("state", [State.WAITING, State.LEFT])
def test_who_did_not_come_when_called_is_no_longer_shown(as_: Any, key: str, state: State) -> None:
    visit(23, state, called_at=NOW)
    assert state_of(as_(""), key)["calls"] == []


def test_yesterdays_calls_are_gone_after_midnight(as_: Any, key: str, clock: Any) -> None:
    visit(23, State.SERVED, called_at=NOW)
    before = state_of(as_(""), key)
    clock.now = NOW + timedelta(hours=14, minutes=1)  # 00:01 in Taipei
    after = state_of(as_(""), key, since=before["mark"])
    assert after["calls"] == [] and after["date"] == "115/11/21 星期六"


def test_the_queues_count_who_sits_in_the_hall_by_business_type(as_: Any, key: str) -> None:
    visit(1, State.WAITING)
    visit(2, State.CHECKED_IN)
    visit(3, State.WAITING, letter="B")
    visit(4, State.SERVING, called_at=NOW, letter="B")
    queues = {queue["name"]: queue["waiting"] for queue in state_of(as_(""), key)["queues"]}
    assert queues == {"一般求職": 2, "失業給付": 1, "職業訓練": 0, "求才(雇主)": 0}


def test_no_name_is_anywhere_on_the_board(as_: Any, act_as: Any, key: str) -> None:
    visit(23, State.CALLED, called_at=NOW)
    browser = as_("")
    shown = browser.get(f"/board/{key}").text + browser.get(f"/board/{key}/state").text
    assert "A023" in shown
    assert "豬八戒" not in shown and act_as("counter3").name not in shown


def test_asking_again_costs_one_statement_while_nothing_happened(as_: Any, key: str) -> None:
    browser = as_("")
    mark = state_of(browser, key)["mark"]
    with counted() as sent:
        again = state_of(browser, key, since=mark)
    assert set(again) == {"mark", "now"} and len(sent) == 1
    visit(23, State.CALLED, called_at=NOW)
    assert "calls" in state_of(browser, key, since=mark)


def test_the_board_does_not_keep_a_log_in_alive(as_: Any, key: str) -> None:
    browser = as_("supervisor")
    with browser.session_transaction() as kept:
        kept.permanent = True
    assert "Set-Cookie" not in browser.get(f"/board/{key}/state", headers=LIVE).headers


def test_the_supervisor_makes_an_address_that_is_shown_once(app: Flask, as_: Any, csrf: Any) -> None:
    make_desk(db.session)
    browser = as_("supervisor")
    shown = browser.post("/desk/board/open", data=csrf(browser, {})).text
    found = re.search(r"/board/([\w-]{43})<", shown)
    assert found
    assert as_("").get(f"/board/{found[1]}").status_code == 200
    assert found[1] not in browser.get("/desk/board/").text


def test_a_new_address_ends_the_old_one_and_closing_ends_both(as_: Any, csrf: Any, key: str) -> None:
    browser = as_("itstaff")
    shown = browser.post("/desk/board/open", data=csrf(browser, {})).text
    newer = re.search(r"/board/([\w-]{43})<", shown)
    assert newer and as_("").get(f"/board/{key}").status_code == 404
    browser.post("/desk/board/close", data=csrf(browser, {}))
    assert as_("").get(f"/board/{newer[1]}").status_code == 404


def test_a_centre_without_a_front_desk_cannot_open_a_board(as_: Any, csrf: Any, key: str) -> None:
    browser = as_("supervisor3")
    assert "沒有設立前台" in browser.get("/desk/board/").text
    assert browser.post("/desk/board/open", data=csrf(browser, {})).status_code == 404
    assert as_("").get(f"/board/{key}").status_code == 200


def test_the_line_at_the_foot_can_be_changed_and_a_long_one_comes_back(as_: Any, csrf: Any, key: str) -> None:
    browser = as_("supervisor")
    browser.post("/desk/board/notice", data=csrf(browser, {"notice": "今日下午三點有徵才活動。"}))
    assert state_of(as_(""), key)["notice"] == "今日下午三點有徵才活動。"
    refused = browser.post("/desk/board/notice", data=csrf(browser, {"notice": "長" * 101}))
    assert refused.status_code == 422 and "長" * 101 in refused.text
    assert state_of(as_(""), key)["notice"] == "今日下午三點有徵才活動。"
