"""Every cell of `flow_table.py` through HTTP: who may do what in which state, and how everybody else is refused."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from models.organisation import Unit
from models.referral import Referral
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.calendar import local_date
from rules.referral_flow import REFUSALS, Move, State
from services.timeline import add_entry
from services.transaction import transaction
from tests.conftest import Clock, application
from tests.databases import Template
from tests.factories import AT, close_case, make_case, make_record, make_referral
from tests.flow_table import EVERYBODY, OTHER_BOSS, SENDER, TABLE, Action
from tests.staff import account_id

WHY = "連絡電話為空號"
NO_CASE = 987654321
NOT_MOVES = {"print reply form", "reveal at intake", "reveal on case"}
# By which move a referral of the test came into its state, and by whom.
CAME_BY = {
    State.RETURNED: (Move.RETURN, "supervisor"),
    State.WITHDRAWN: (Move.WITHDRAW, "referrer"),
    State.CLOSED: (Move.CLOSE, "manager"),
}


@dataclass
class Stage:
    """A referral in a state, sent by `referrer` to the unit of `supervisor`; with its case where there is one."""

    referral_id: int
    case_id: int = NO_CASE
    record_id: int = NO_CASE


def staged(state: State, act_as: Callable[[str], Actor]) -> Stage:
    session = db.session
    with transaction(session):
        if state in (State.OPEN, State.CLOSED):
            case = make_case(session, due_date=local_date(AT) + timedelta(days=5))
            stage = Stage(case.referral_id, case.id, make_record(session, case).id)
            if state is State.CLOSED:
                close_case(session, case)
        else:
            stage = Stage(make_referral(session, state=state).id)
        if state in CAME_BY:
            move, who = CAME_BY[state]
            add_entry(
                session, stage.referral_id, move, by=act_as(who), at=AT, before=None, after=state, reason=WHY
            )
    return stage


class Member:
    """One of the cast at a browser, who tries an action by its name."""

    def __init__(self, browser: FlaskClient, token: str) -> None:
        self.browser, self.token = browser, token

    def tries(self, action: str, stage: Stage) -> Any:
        return getattr(self, action.replace(" ", "_"))(stage)

    def take_in(self, stage: Stage) -> Any:
        manager = account_id(db.session, "manager")
        return self.post(f"/intake/{stage.referral_id}/take-in", case_manager_id=manager)

    def return_(self, stage: Stage) -> Any:
        return self.post(f"/intake/{stage.referral_id}/return", reason=WHY)

    def reroute(self, stage: Stage) -> Any:
        there = db.session.scalars(select(Unit.id).where(Unit.code == "17")).one()
        return self.post(f"/intake/{stage.referral_id}/reroute", reason=WHY, unit_id=there)

    def withdraw(self, stage: Stage) -> Any:
        return self.post(f"/referrals/{stage.referral_id}/withdraw", reason=WHY)

    def resubmit(self, stage: Stage) -> Any:
        address = f"/referrals/{stage.referral_id}/correction/"
        begun = self.post(f"{address}begin")
        if begun.status_code != 302:
            return begun
        page = self.browser.get(address).text
        found = re.search(r'name="key"[^>]*value="([^"]+)"', page)
        assert found, page
        return self.post(
            address, key=found[1], name="唐三藏", birthday="69/07/07", phone="0922333444", consent="y",
            address="新竹市東區東大路二段60號", postal_code="30054", indicators="1", identities="5",
        )  # fmt: skip

    def record_service(self, stage: Stage) -> Any:
        form = {"submission_key": str(uuid.uuid4()), "provided": "Y", "services": "1"}
        return self.post(f"/cases/{stage.case_id}/records/new", **form)

    def correct_record(self, stage: Stage) -> Any:
        form = {"version": 1, "provided": "Y", "services": "1", "remark": "更正"}
        return self.post(f"/cases/{stage.case_id}/records/{stage.record_id}/edit", **form)

    def extend(self, stage: Stage) -> Any:
        due = local_date(AT) + timedelta(days=5)
        return self.post(f"/cases/{stage.case_id}/extend", due_before=due.isoformat())

    def transfer(self, stage: Stage) -> Any:
        giver, taker = (account_id(db.session, each) for each in ("manager", "manager2"))
        return self.post(f"/transfers/{stage.case_id}/transfer", from_id=giver, to_id=taker)

    def close(self, stage: Stage) -> Any:
        return self.post(f"/cases/{stage.case_id}/close", unserved="1")

    def reopen(self, stage: Stage) -> Any:
        return self.post(f"/cases/{stage.case_id}/reopen", reason=WHY)

    def print_reply_form(self, stage: Stage) -> Any:
        return self.browser.get(f"/cases/{stage.case_id}/reply-form")

    def reveal_at_intake(self, stage: Stage) -> Any:
        return self.post(f"/intake/{stage.referral_id}/reveal")

    def reveal_on_case(self, stage: Stage) -> Any:
        return self.post(f"/cases/{stage.case_id}/reveal")

    def post(self, address: str, /, **form: Any) -> Any:
        return self.browser.post(address, data={**form, "csrf_token": self.token})


def standing(stage: Stage) -> tuple[str, int]:
    """The state, and how many moves led there."""
    db.session.rollback()
    entries = select(func.count()).where(TimelineEntry.referral_id == stage.referral_id)
    state = db.session.scalars(select(Referral.state).where(Referral.id == stage.referral_id)).one()
    return state, db.session.scalar(entries) or 0


def says_why(member: Member, answer: Any, state: State) -> bool:
    """On the page itself, or on the one it leads to: who was first, or what the state forbids."""
    page = (member.browser.get(answer.location) if answer.status_code == 302 else answer).text
    first = re.search(r"已由 \S+ (收案|結案|退回|撤回)", page)
    return bool(first or REFUSALS[state] in page or "只能由填寫的人更正" in page)


@pytest.fixture(scope="module")
def app(
    sqlite_template: Template, font_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One for all cells: each has a referral of its own."""
    yield from application(sqlite_template, Clock(), font_dir, tmp_path_factory.mktemp("flow"))


@pytest.fixture
def members(as_: Callable[[str], FlaskClient], csrf: Any) -> dict[str, Member]:
    browsers = {name: as_(name) for name in EVERYBODY}
    return {name: Member(each, csrf(each, {})["csrf_token"]) for name, each in browsers.items()}


@pytest.mark.parametrize("state", list(State), ids=str)
@pytest.mark.parametrize("name", list(TABLE), ids=lambda name: name.replace(" ", "-"))
def test_who_may_does_and_nobody_else(
    name: str, state: State, members: dict[str, Member], act_as: Callable[[str], Actor]
) -> None:
    action = TABLE[name]
    wrong = []
    untouched = staged(state, act_as)
    before = standing(untouched)
    for who, member in members.items():
        if may(action, who, state):
            stage = staged(state, act_as)
            moves = standing(stage)[1] + (name not in NOT_MOVES)
            answer = member.tries(name_of(name), stage)
            after = standing(stage)
            if answer.status_code not in (200, 302) or after != (action.allowed[state], moves):
                wrong.append(f"{who} may, but: {answer.status_code}, {after}")
            continue
        answer = member.tries(name_of(name), untouched)
        status = answer.status_code
        if standing(untouched) != before:
            wrong.append(f"{who} may not, but changed it: {status}, {standing(untouched)}")
            untouched = staged(state, act_as)
        elif who not in action.permitted:
            wrong += [f"{who} has no such permission: {status}"] * (status != 403)
        elif who not in action.concerned or (action.case and untouched.case_id == NO_CASE):
            wrong += [f"for {who} it should not exist: {status}"] * (status != 404)
        elif status not in (302, 409, 422) or not says_why(member, answer, state):
            wrong.append(f"{who} is not told why not: {status}")
    assert not wrong, "\n".join(wrong)


def may(action: Action, who: str, state: State) -> bool:
    by = action.concerned if action.by is None else action.by
    return who in action.permitted and who in by and state in action.allowed


def name_of(action: str) -> str:
    return "return_" if action == "return" else action


def test_every_move_of_the_machine_has_its_row() -> None:
    """Taking the rows' moves for granted would let a new move go untested."""
    rows = {
        "take in": Move.TAKE_IN,
        "return": Move.RETURN,
        "reroute": Move.REROUTE,
        "withdraw": Move.WITHDRAW,
        "resubmit": Move.RESUBMIT,
        "record service": Move.RECORD_SERVICE,
        "correct record": Move.CORRECT_SERVICE,
        "extend": Move.EXTEND,
        "transfer": Move.TRANSFER,
        "close": Move.CLOSE,
        "reopen": Move.REOPEN,
    }
    assert set(rows.values()) == set(Move)
    assert set(rows) == set(TABLE) - NOT_MOVES


def test_after_a_reroute_the_case_is_the_other_units_and_the_sender_follows_it(
    members: dict[str, Member], act_as: Callable[[str], Actor]
) -> None:
    """The rows go on from where they end: what one unit passed on, the next may do everything with."""
    stage = staged(State.SUBMITTED, act_as)
    there = db.session.scalars(select(Unit.id).where(Unit.code == "08")).one()
    members["supervisor"].post(f"/intake/{stage.referral_id}/reroute", reason=WHY, unit_id=there)
    assert members["supervisor"].tries("return_", stage).status_code == 409
    assert members[OTHER_BOSS].tries("return_", stage).status_code == 302
    assert members[SENDER].tries("resubmit", stage).status_code == 302
    assert standing(stage)[0] == State.SUBMITTED
