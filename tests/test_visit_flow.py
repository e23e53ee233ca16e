"""Every cell of `visit_flow_table.py` through HTTP: who may do what to a visit in which state, and how everybody else is
refused."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.extensions import db
from models.appointment import Appointment
from models.desk import Counter, Desk
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from models.visit import Visit, VisitEntry
from rules.actor import Actor
from rules.calendar import TAIPEI
from rules.clock import code
from rules.desk import AppointmentState
from rules.roc_dates import show
from rules.visit_flow import MOVES, Move, State
from services import counter, reception
from services.transaction import transaction
from services.visit_moves import add_entry
from tests.conftest import Clock, application
from tests.databases import Template
from tests.factories import AT, make_desk, make_referral, make_visit
from tests.staff import account_id, make_colleague
from tests.visit_flow_table import (
    DESK,
    ELSEWHERE,
    EVERYBODY,
    NOBODY,
    OFFICER,
    OTHER_COUNTER,
    OTHER_DESK,
    TABLE,
)

WHY = "民眾行動不便"
SAID = re.compile(r'class="flash flash-(?:warning|danger)"')
# Not pressed on a visit: an arrival, and what follows when an officer comes or goes. tests/services/test_reception.py,
# test_attendance.py and test_departures.py try them.
NO_BUTTON = {Move.CHECK_IN, Move.DISPATCH, Move.RECALL}
# The Monday after the day of the tests.
NINE, ELEVEN = (datetime(2026, 11, 23, hour, tzinfo=TAIPEI) for hour in (9, 11))


@pytest.fixture(scope="module")
def app(
    sqlite_template: Template, font_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One for all cells; each has a visit of its own, and a hall that is empty but for it."""
    for app in application(sqlite_template, Clock(), font_dir, tmp_path_factory.mktemp("visits")):
        session = db.session
        make_desk(session)
        elsewhere = session.scalars(select(Unit.id).where(Unit.code == "17")).one()
        session.add(Desk(unit_id=elsewhere))
        make_referral(session)
        for like, username in ((DESK, OTHER_DESK), (OFFICER, OTHER_COUNTER)):
            make_colleague(session, like, username, "外中心人員").unit_id = elsewhere
        session.commit()
        yield app


def staged(state: State, act_as: Callable[[str], Actor], *, nameless: bool = False) -> int:
    """A visit that came into this state by the steps of `reception` and `counter1`; all others have left, all slots are free.
    `nameless`: of somebody who came without papers."""
    session, desk, officer = db.session, act_as(DESK), act_as(OFFICER)
    with transaction(session):
        session.execute(
            update(Visit)
            .where(Visit.state.in_(("checked_in", "waiting", "called", "serving")))
            .values(state="left")
        )
        session.execute(update(Appointment).values(state=AppointmentState.CANCELLED.value))
        visit = make_visit(session, officer=None if state is State.CHECKED_IN else OFFICER)
        add_entry(session, visit, Move.CHECK_IN, by=desk, at=AT, before=None, after=State.CHECKED_IN)
        if state in (State.CALLED, State.SERVING, State.SERVED):
            counter.call(session, visit.id, by=officer, at=AT)
        if state in (State.SERVING, State.SERVED):
            counter.start(session, visit.id, by=officer, at=AT)
        if state is State.SERVED:
            counter.end(session, visit.id, outcome="consulted", by=officer, at=AT)
        if state is State.WAITING:
            reception.send(session, visit.id, by=desk, at=AT)
        if state is State.LEFT:
            reception.leave(session, visit.id, reason=WHY, by=desk, at=AT)
        if state is State.BOOKED:
            counter.book(session, visit.id, starts_at=ELEVEN, key=str(uuid.uuid4()), by=officer, at=AT)
        assert visit.state == state
        if nameless:
            visit.person, visit.visitor = None, "阿德"
        return visit.id


class Member:
    """One of the cast at a browser, who tries an action by its name."""

    def __init__(self, browser: FlaskClient, token: str) -> None:
        self.browser, self.token = browser, token

    def tries(self, action: str, visit_id: int) -> Any:
        return getattr(self, action.replace(" ", "_"))(visit_id)

    def judge(self, visit_id: int) -> Any:
        return self.at_reception(visit_id, "judge", new_case="old", note="民眾出示介紹卡", disability="none")

    def identify(self, visit_id: int) -> Any:
        person_id = db.session.scalars(select(Person.id).join(Referral)).first()
        return self.at_reception(visit_id, "identity", person_id=person_id, new_case="old", note="證件補驗")

    def redirect(self, visit_id: int) -> Any:
        return self.at_reception(visit_id, "redirect")

    def override(self, visit_id: int) -> Any:
        return self.at_reception(visit_id, "override", counter_id=_counter(3), reason=WHY)

    def send(self, visit_id: int) -> Any:
        return self.at_reception(visit_id, "send")

    def leave(self, visit_id: int) -> Any:
        return self.at_reception(visit_id, "leave", reason=WHY)

    def undo_sending(self, visit_id: int) -> Any:
        return self.at_reception(visit_id, "undo")

    def acknowledge(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "acknowledge")

    def call(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "call")

    def pick(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "pick")

    def call_again(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "again")

    def no_show(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "no-show")

    def absent(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "absent", reason=WHY)

    def start(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "start")

    def end(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "end", outcome="consulted")

    def refuse(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "refuse", ground="recusal", explanation="三親等內親屬")

    def book(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "book", starts_at=code(NINE), submission_key=str(uuid.uuid4()))

    def undo(self, visit_id: int) -> Any:
        return self.at_counter(visit_id, "undo")

    def assign(self, visit_id: int) -> Any:
        return self.post(f"/desk/supervision/undispatched/{visit_id}", counter_id=_counter(3), reason=WHY)

    def book_away(self, visit_id: int) -> Any:
        officer = account_id(db.session, OFFICER)
        return self.post(
            f"/desk/supervision/undispatched/{visit_id}/book",
            day=show(NINE.date()), time="10:00", officer_id=officer, key=str(uuid.uuid4()),
        )  # fmt: skip

    def at_reception(self, visit_id: int, step: str, **form: Any) -> Any:
        return self.post(f"/desk/reception/visits/{visit_id}/{step}", **form)

    def at_counter(self, visit_id: int, step: str, **form: Any) -> Any:
        return self.post(f"/desk/counter/{visit_id}/{step}", **form)

    def post(self, address: str, /, **form: Any) -> Any:
        return self.browser.post(address, data={**form, "csrf_token": self.token})

    def reads_why(self, answer: Any) -> bool:
        """On the page that the answer is, or leads to."""
        if answer.status_code == 302:
            return bool(SAID.search(self.browser.get(answer.location).text))
        return answer.status_code in (409, 422)


def _counter(number: int) -> int:
    return db.session.scalars(select(Counter.id).where(Counter.number == number)).one()


def standing(visit_id: int) -> tuple[State, list[Move], int]:
    """The state, the moves that led there, and how many appointments there are."""
    session = db.session
    session.rollback()
    state = session.scalars(select(Visit.state).where(Visit.id == visit_id)).one()
    moves = select(VisitEntry.move).where(VisitEntry.visit_id == visit_id).order_by(VisitEntry.id)
    booked = session.scalar(select(func.count()).select_from(Appointment)) or 0
    return State(state), [Move(move) for move in session.scalars(moves)], booked


@pytest.fixture
def members(as_: Callable[[str], FlaskClient], csrf: Any) -> dict[str, Member]:
    browsers = {name: as_(name) for name in EVERYBODY}
    return {name: Member(each, csrf(each, {})["csrf_token"]) for name, each in browsers.items()}


@pytest.mark.parametrize("name", list(TABLE), ids=lambda name: name.replace(" ", "-"))
def test_who_may_does_and_nobody_else(
    name: str, members: dict[str, Member], act_as: Callable[[str], Actor]
) -> None:
    wrong = [f"{state}: {fault}" for state in State for fault in faults_of_cell(name, state, members, act_as)]
    assert not wrong, "\n".join(wrong)


def faults_of_cell(
    name: str, state: State, members: dict[str, Member], act_as: Callable[[str], Actor]
) -> Iterator[str]:
    """The refused first, on one visit that must stay as it is; then, where the cell is not empty, who may."""
    action = TABLE[name]
    nameless = name == "identify"
    visit_id = staged(state, act_as, nameless=nameless)
    before = standing(visit_id)
    for who, member in members.items():
        if who == action.by and state in action.cells:
            continue
        answer = member.tries(name, visit_id)
        if standing(visit_id) != before:
            yield f"{who or 'nobody'} may not, but changed it: {answer.status_code}, {standing(visit_id)}"
            visit_id = staged(state, act_as, nameless=nameless)
            before = standing(visit_id)
        elif who == NOBODY:
            if "/login/" not in answer.headers.get("Location", ""):
                yield f"nobody is not sent to the log-in: {answer.status_code}"
        elif who not in action.permitted:
            if answer.status_code != 403:
                yield f"{who} has no such permission: {answer.status_code}"
        elif who in ELSEWHERE:
            if answer.status_code != 404:
                yield f"for {who} it should not exist: {answer.status_code}"
        elif not member.reads_why(answer):
            yield f"{who} is not told why not: {answer.status_code}"
    if state in action.cells:
        moves, after = action.cells[state]
        answer = members[action.by].tries(name, visit_id)
        now = standing(visit_id)
        if answer.status_code != 302 or now[:2] != (after, [*before[1], *moves]):
            yield f"{action.by} may, but: {answer.status_code}, {now}"


def test_every_move_of_the_machine_has_its_row() -> None:
    """Taking the rows' moves for granted would let a new move go untested."""
    rows = {move for action in TABLE.values() for moves, _after in action.cells.values() for move in moves}
    assert rows | NO_BUTTON == set(Move)


def test_the_table_says_the_same_as_the_machine_wherever_it_allows() -> None:
    """The rule's own table is the wider one: a move that a row makes in a state must be one of the machine's."""
    for name, action in TABLE.items():
        for state, (moves, after) in action.cells.items():
            if moves[0] is Move.UNDO:
                continue
            assert state in MOVES[moves[0]].from_states, name
            assert (MOVES[moves[-1]].to_state or state) is after, name
