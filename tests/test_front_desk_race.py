"""Four receptions and twelve counters hammer one centre at once through HTTP, on both databases, while workers are killed.

What the ledger of the hall says was confirmed is held against the tables, read by plain statements of this file.
"""

from __future__ import annotations

import time
from collections import Counter as Count
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.extensions import db
from models.account import Account
from models.desk import Counter, CounterGroup, Post
from models.desk_rules import BusinessType
from models.visit import Decision, VisitEntry
from reports.debts import debts
from rules.calendar import local_date
from rules.debt import POOL
from rules.desk import Distribution
from rules.dispatch import Facts
from rules.visit_flow import TAKEN_STATES, Move, State
from services.demo.desk_tables import seed_desk
from tests.factories import fresh_number
from tests.hammer import Hall, Ledger, Member, Officer, Receptionist, Supervisor
from tests.naive_debts import Case, case_of, officers_debts, settled
from tests.served import Gunicorn, served
from tests.staff import make_colleague

RECEPTIONS = ("reception", "reception2", "reception3", "reception4")
OFFICERS = tuple(f"counter{number}" for number in range(1, 13))
# The group of each counter beside the eight of the demo.
MORE_COUNTERS = {9: "一般", 10: "一般", 11: "原住民", 12: "更生"}
VISITORS = 25  # of each reception
WORKERS = 3
# When this part of the visitors has arrived, that happens to the server.
ACCIDENTS = ((0.2, Gunicorn.kill_a_worker), (0.5, Gunicorn.kill_and_restart), (0.75, Gunicorn.kill_a_worker))
STANDSTILL = 180  # seconds without a single step until the test gives up on a hall that never empties
OPEN = "('checked_in', 'waiting', 'called', 'serving')"
# A second one in a double press does these once more, and that is meant.
MAY_REPEAT = {Move.SEND, Move.CALL_AGAIN}


@pytest.fixture
def hall(both: Flask) -> Hall:
    """Twelve counters with their officers, four receptions, in the centre of the demo."""
    session = db.session
    desk = seed_desk(session, at=datetime.now(UTC))
    for username in RECEPTIONS[1:]:
        make_colleague(session, "reception", username, f"接待{username[-1]}")
    groups = {group.name: group for group in session.scalars(select(CounterGroup))}
    since = session.scalars(select(Post.starts_on)).first()
    for number, group in MORE_COUNTERS.items():
        officer = make_colleague(session, "counter1", f"counter{number}", f"就服員{number}")
        counter = Counter(unit_id=desk.unit_id, number=number, group_id=groups[group].id, place="一樓")
        session.add(counter)
        session.flush()
        session.add(Post(unit_id=desk.unit_id, counter_id=counter.id, officer_id=officer.id, starts_on=since))
    session.commit()
    types = {kind.letter: kind.id for kind in session.scalars(select(BusinessType))}
    counters = session.scalars(select(Counter.id)).all()
    session.remove()
    return Hall(0, types, counters, Ledger())


@pytest.fixture
def day(both: Flask, hall: Hall, tmp_path: Path) -> Iterator[Ledger]:
    """A day's work is over: everybody has come, nobody is left in the hall."""
    url = both.config["SQLALCHEMY_DATABASE_URI"]
    with served(url, both.config["INSTANCE"], tmp_path / "gunicorn.log", workers=WORKERS) as server:
        hall = Hall(server.port, hall.types, hall.counters, hall.ledger)
        numbers = iter([fresh_number() for _ in range(VISITORS * len(RECEPTIONS))])
        receptions: list[Member] = [
            Receptionist(hall, name, [next(numbers) for _ in range(VISITORS)]) for name in RECEPTIONS
        ]
        others: list[Member] = [Officer(hall, name) for name in OFFICERS]
        others.append(Supervisor(hall, "supervisor"))
        for member in (*receptions, *others):
            member.start()
        _meanwhile(server, hall, receptions)
        _until(lambda: rows(f"SELECT id FROM visit WHERE state IN {OPEN}") == [], hall)
        hall.closed.set()
        for member in others:
            member.join(timeout=60)
        yield hall.ledger


def _meanwhile(server: Gunicorn, hall: Hall, receptions: list[Member]) -> None:
    """The accidents, each at its visitor, and then until the last one has come."""
    for part, accident in ACCIDENTS:
        arrived = part * VISITORS * len(RECEPTIONS)
        _until(lambda arrived=arrived: len(hall.ledger.arrivals) >= arrived, hall)
        accident(server)
    _until(lambda: not any(one.is_alive() for one in receptions), hall)


def _until(done: Callable[[], bool], hall: Hall) -> None:
    """Waits as long as it takes, but not for a hall in which nothing happens any more."""
    steps, since = 0, time.monotonic()
    while not done():
        assert not hall.ledger.faults, "\n".join(hall.ledger.faults)
        if (now := hall.ledger.steps) != steps:
            steps, since = now, time.monotonic()
        assert time.monotonic() < since + STANDSTILL, "the hall does not empty"
        time.sleep(0.1)


def rows(statement: str) -> list[tuple[Any, ...]]:
    found = [tuple(row) for row in db.session.execute(text(statement))]
    db.session.rollback()
    return found


def test_what_many_press_at_once_is_done_once_and_none_of_it_is_lost(both: Flask, day: Ledger) -> None:
    assert not day.faults, "\n".join(day.faults)
    assert day.unanswered, "the accidents hit nobody: nothing was tried"
    no_ticket_twice()
    no_counter_with_two_services()
    no_visitor_lost(day)
    nothing_confirmed_is_missing_and_nothing_happened_twice(day)
    each_decision_saw_all_the_earlier_ones()
    debts_are_those_of_the_visits()
    checked = both.test_cli_runner().invoke(args=["tally", "check"])
    assert checked.exit_code == 0, checked.output


def no_ticket_twice() -> None:
    by_day: dict[Any, list[int]] = defaultdict(list)
    for day, number in rows("SELECT day, number FROM visit"):
        by_day[day].append(number)
    for day, numbers in by_day.items():
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), f"{day}: doubles or gaps"


def no_counter_with_two_services() -> None:
    """In the order in which the centre's turn went round, nobody starts while a service of his is open."""
    counter_of = dict(rows("SELECT id, counter_id FROM visit"))
    serving: dict[tuple[str, int], int] = {}
    for visit_id, actor_id, before, after in rows(
        "SELECT visit_id, actor_id, from_state, to_state FROM visit_entry ORDER BY id"
    ):
        for who in (("officer", actor_id), ("counter", counter_of[visit_id])):
            if after == State.SERVING:
                assert who not in serving, f"{who} serves {serving[who]} and {visit_id}"
                serving[who] = visit_id
            elif before == State.SERVING:
                assert serving.pop(who, None) == visit_id, f"{who} ended what was not his: {visit_id}"
    assert not serving


def no_visitor_lost(day: Ledger) -> None:
    visit_of = dict(rows("SELECT submission_key, id FROM visit"))
    assert visit_of == day.arrivals, (
        "each key that was answered with a ticket has its one visit, and no other"
    )
    assert not visit_of.keys() & day.turned_away
    ended = Count(state for (state,) in rows("SELECT state FROM visit"))
    assert ended.keys() <= {State.SERVED, State.LEFT}
    assert ended[State.SERVED] > ended[State.LEFT] > 0


def nothing_confirmed_is_missing_and_nothing_happened_twice(day: Ledger) -> None:
    made = Count(
        (visit_id, Move(move), username)
        for visit_id, move, username in rows(
            "SELECT visit_id, move, username FROM visit_entry JOIN ab_user ON ab_user.id = actor_id"
        )
    )
    missing = Count(map(tuple, day.confirmed)) - made
    assert not missing
    tried = Count(map(tuple, day.tried))
    own = {key: number for key, number in made.items() if key[1] not in {Move.CHECK_IN, Move.DISPATCH}}
    assert not {
        key: number for key, number in own.items() if key[1] not in MAY_REPEAT and number > tried[key]
    }
    assert Count(key[0] for key in made.elements() if key[1] is Move.CHECK_IN) == Count(day.arrivals.values())


def each_decision_saw_all_the_earlier_ones() -> None:
    """The debts and queues that a decision was made from are those of all that had happened before, and of nothing else."""
    session, standing, compared = db.session, dict[int, Case](), 0
    types = {kind.id: kind for kind in session.scalars(select(BusinessType))}
    type_of = dict(rows("SELECT id, business_type_id FROM visit"))
    state_of: dict[int, tuple[str, int]] = {}
    for entry in session.scalars(select(VisitEntry).order_by(VisitEntry.id)).all():
        visit_id = entry.visit_id
        decision = session.get(Decision, entry.detail.get("decision", 0))
        if decision:
            standing.pop(visit_id, None)  # a case that moves on is not weighed against itself
            facts = Facts.from_json(decision.facts)
            kind = types[type_of[visit_id]]
            owed = officers_debts(case for one, case in standing.items() if type_of[one] == kind.id)
            queued = Count(
                counter for state, counter in state_of.values() if state in (State.WAITING, State.CALLED)
            )
            for one in facts.candidates:
                group = one.group_id if kind.distribution == Distribution.RATIO else POOL
                assert one.debt == owed[group, one.officer_id], f"decision {decision.id}: {one}"
                compared += 1
            if decision.rule != "override":
                for one in facts.candidates:
                    assert one.queue == queued[one.counter_id], f"decision {decision.id}: {one}"
            if decision.counted:
                standing[visit_id] = case_of(decision)
            state_of[visit_id] = (entry.to_state, decision.counter_id)
        elif entry.to_state not in TAKEN_STATES:
            standing.pop(visit_id, None)
            state_of.pop(visit_id, None)
        elif visit_id in state_of:
            state_of[visit_id] = (entry.to_state, state_of[visit_id][1])
    session.rollback()
    assert compared > VISITORS * len(OFFICERS)


def debts_are_those_of_the_visits() -> None:
    """What the next decision would be made from, against each served case as its last decision tells it."""
    session, today = db.session, local_date(datetime.now(UTC))
    last: dict[int, Decision] = {}
    for decision in session.scalars(
        select(Decision).where(Decision.counter_id.is_not(None)).order_by(Decision.id)
    ):
        last[decision.visit_id] = decision
    taken: dict[int, list[Case]] = defaultdict(list)
    for visit_id, kind, counted in rows(
        "SELECT id, business_type_id, counted FROM visit WHERE state = 'served'"
    ):
        decision = last[visit_id]
        assert decision.counted == bool(counted)
        if decision.counted:
            taken[kind].append(case_of(decision))
    unit_id = session.scalars(select(Account.unit_id).where(Account.username == "reception")).one() or 0
    for kind in session.scalars(select(BusinessType)).all():
        told = debts(session, unit_id, kind.id, today).officers
        assert settled(told) == settled(officers_debts(taken[kind.id])), kind.name
    session.rollback()
