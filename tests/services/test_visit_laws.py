"""Whatever the staff press in whatever order: the laws that hold for the visits of a centre at every moment."""

from __future__ import annotations

import uuid
from collections import Counter as Count
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from models.account import Account
from models.desk import Counter
from models.desk_rules import BusinessType
from models.visit import Decision, Visit, VisitEntry
from reports.debts import debts
from reports.tally_check import differences
from rules.actor import Actor
from rules.calendar import TAIPEI, local_date
from rules.errors import RuleBroken
from rules.visit_flow import OPEN_STATES, TAKEN_STATES, Move, State
from services import attendance, counter, reception
from tests.conftest import Clock, application
from tests.databases import Template
from tests.factories import AT, make_desk, make_referral
from tests.naive_debts import Case, case_of, officers_debts, settled
from tests.services.desk_helpers import unit_of

VISITORS = 6
MONDAY = datetime(2026, 11, 23, 9, tzinfo=TAIPEI)
NOWHERE = {"counter_id": None, "officer_id": None, "group_id": None, "counted": False}
QUIET = {"sent_at": None, "acknowledged_at": None, "called_at": None}


@pytest.fixture(scope="module")
def app(
    sqlite_template: Template, font_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """One for all examples: each is rolled back at its end."""
    for app in application(sqlite_template, Clock(), font_dir, tmp_path_factory.mktemp("laws")):
        make_desk(db.session)
        persons = [make_referral(db.session).person.id for _ in range(VISITORS)]
        db.session.commit()
        app.config["VISITORS"] = persons
        yield app


class Centre:
    """Everybody of the centre, who try one step after the other; a refused one leaves nothing behind."""

    def __init__(self, act_as: Callable[[str], Actor], persons: Sequence[int]) -> None:
        self.session, self.act_as, self.persons = db.session, act_as, persons
        self.at = AT
        self.usernames = dict(self.session.execute(select(Account.id, Account.username)).all())
        self.actors: dict[str, Actor] = {}
        self.types = self.session.scalars(select(BusinessType.id).order_by(BusinessType.letter)).all()
        self.counters = self.session.scalars(select(Counter.id).order_by(Counter.number)).all()
        self.unit_id = unit_of(self.session)

    def actor(self, username: str) -> Actor:
        if username not in self.actors:
            self.actors[username] = self.act_as(username)
        return self.actors[username]

    def step(self, name: str, pick: int, other: int, minutes: int) -> bool:
        """Whether it was done. `pick` chooses the visit, `other` what else there is to choose."""
        self.at += timedelta(minutes=minutes)
        visits = self.session.scalars(select(Visit.id).order_by(Visit.id)).all()
        visit_id = visits[pick % len(visits)] if visits else 0
        try:
            with self.session.begin_nested():
                getattr(self, name)(visit_id, other)
        except RuleBroken:
            self.session.expire_all()
            return False
        return True

    def arrive(self, _visit_id: int, other: int) -> None:
        data = reception.CheckIn(
            business_type_id=self.types[other % 3],
            submission_key=str(uuid.uuid4()),
            person_id=self.persons[other % len(self.persons)],
        )
        reception.check_in(self.session, data, by=self.actor("reception"), at=self.at)

    def arrive_without_papers(self, _visit_id: int, other: int) -> None:
        data = reception.CheckIn(self.types[other % 3], str(uuid.uuid4()), visitor="阿德")
        reception.check_in(self.session, data, by=self.actor("reception"), at=self.at)

    def identify(self, visit_id: int, other: int) -> None:
        person_id = self.persons[other % len(self.persons)]
        data = reception.CheckIn(0, "", person_id=person_id)
        reception.identify(self.session, visit_id, data, **self.by("reception"))

    def judge(self, visit_id: int, other: int) -> None:
        found = self.session.get(Visit, visit_id)
        data = reception.CheckIn(
            business_type_id=found.business_type_id if found else 0,
            submission_key="",
            new_case=bool(other % 2),
            note="電話向櫃台確認",
        )
        reception.rejudge(self.session, visit_id, data, **self.by("reception"))

    def send(self, visit_id: int, _other: int) -> None:
        reception.send(self.session, visit_id, **self.by("reception"))

    def redirect(self, visit_id: int, _other: int) -> None:
        reception.redirect(self.session, visit_id, **self.by("reception"))

    def override(self, visit_id: int, other: int) -> None:
        chosen = self.counters[other % len(self.counters)]
        reception.override(
            self.session, visit_id, counter_id=chosen, reason="行動不便", **self.by("reception")
        )

    def leave(self, visit_id: int, _other: int) -> None:
        reception.leave(self.session, visit_id, reason="另有要事", **self.by("reception"))

    def take_sending_back(self, visit_id: int, _other: int) -> None:
        counter.undo(self.session, visit_id, **self.by("reception"))

    def acknowledge(self, visit_id: int, other: int) -> None:
        counter.acknowledge(self.session, visit_id, **self.officer(visit_id, other))

    def call(self, visit_id: int, other: int) -> None:
        counter.call(self.session, visit_id, **self.officer(visit_id, other))

    def call_again(self, visit_id: int, other: int) -> None:
        counter.call_again(self.session, visit_id, **self.officer(visit_id, other))

    def no_show(self, visit_id: int, other: int) -> None:
        counter.no_show(self.session, visit_id, left=False, **self.officer(visit_id, other))

    def start(self, visit_id: int, other: int) -> None:
        counter.start(self.session, visit_id, **self.officer(visit_id, other))

    def end(self, visit_id: int, other: int) -> None:
        counter.end(self.session, visit_id, outcome="consulted", **self.officer(visit_id, other))

    def refuse(self, visit_id: int, other: int) -> None:
        ground = {"ground": "recusal", "explanation": "三親等內親屬"}
        counter.refuse(self.session, visit_id, **ground, **self.officer(visit_id, other))

    def book(self, visit_id: int, other: int) -> None:
        slot = {"starts_at": MONDAY + timedelta(minutes=30 * (other % 6)), "key": str(uuid.uuid4())}
        counter.book(self.session, visit_id, **slot, **self.officer(visit_id, other))

    def undo(self, visit_id: int, other: int) -> None:
        counter.undo(self.session, visit_id, **self.officer(visit_id, other))

    def step_away(self, visit_id: int, other: int) -> None:
        attendance.step_away(self.session, **self.officer(visit_id, other))

    def back(self, visit_id: int, other: int) -> None:
        attendance.back(self.session, **self.officer(visit_id, other))

    def by(self, username: str) -> dict[str, Any]:
        return {"by": self.actor(username), "at": self.at}

    def officer(self, visit_id: int, other: int) -> dict[str, Any]:
        """Whose visit it is, mostly."""
        found = self.session.get(Visit, visit_id)
        if found is None or found.officer_id is None or other % 8 == 0:
            return self.by(f"counter{other % 7 + 1}")
        return self.by(self.usernames[found.officer_id])


STEPS = sorted(
    name
    for name in vars(Centre)
    if not name.startswith("_") and name not in {"actor", "step", "by", "officer"}
)
# What a day is mostly made of comes more often.
OFTEN = ["arrive", "call", "start", "end"] * 3
days = st.lists(
    st.tuples(st.sampled_from(STEPS + OFTEN), st.integers(0, 11), st.integers(0, 63), st.integers(0, 3)),
    min_size=20,
    max_size=50,
)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(day=days)
def test_the_laws_of_the_visits_hold_after_every_step(
    app: Flask, act_as: Callable[[str], Actor], day: list[tuple[str, int, int, int]]
) -> None:
    centre = Centre(act_as, app.config["VISITORS"])
    try:
        for step in day:
            before = rebuilt_rows(centre)
            done = centre.step(*step)
            after = rebuilt_rows(centre)
            assert done or after == before, f"{step} was refused and changed something"
            assert after == stored_rows(centre), f"after {step}"
            nobody_serves_two(centre)
        debts_are_those_of_the_cases_taken(centre)
        assert list(differences(centre.session, centre.unit_id, local_date(AT))) == []
    finally:
        centre.session.rollback()


KEPT = (
    "state", "counter_id", "officer_id", "group_id", "counted", "queue_from", "sent_at", "acknowledged_at", "called_at",
    "calls", "started_at", "ended_at",
)  # fmt: skip
Row = dict[str, Any]


def stored_rows(centre: Centre) -> dict[int, Row]:
    centre.session.flush()
    centre.session.expire_all()
    return {
        visit.id: {column: getattr(visit, column) for column in KEPT}
        for visit in centre.session.scalars(select(Visit))
    }


def rebuilt_rows(centre: Centre) -> dict[int, Row]:
    """Each visit as its timeline tells it: the rows of `visit` are not read."""
    decisions = {one.id: one for one in centre.session.scalars(select(Decision))}
    rows: dict[int, Row] = {}
    was: dict[int, Row] = {}  # before each entry
    for entry in centre.session.scalars(select(VisitEntry).order_by(VisitEntry.id)):
        row = rows.get(entry.visit_id, {})
        was[entry.id] = row
        if entry.move == Move.UNDO:
            rows[entry.visit_id] = dict(was[entry.detail["undone"]])
            assert rows[entry.visit_id]["state"] == entry.to_state
            continue
        assert row.get("state") == entry.from_state, "each entry begins where the one before it ended"
        decision = decisions.get(entry.detail.get("decision", 0))
        rows[entry.visit_id] = {**row, **changes(entry, row, decision), "state": entry.to_state}
    return rows


def changes(  # noqa: PLR0911, PLR0912 (one for each move)
    entry: VisitEntry, row: Row, decision: Decision | None
) -> Mapping[str, Any]:
    at = entry.at
    match Move(entry.move):
        case Move.CHECK_IN:
            return {**NOWHERE, **QUIET, "queue_from": at, "calls": 0, "started_at": None, "ended_at": None}
        case Move.DISPATCH | Move.REDIRECT | Move.OVERRIDE:
            assert decision
            return {**{name: getattr(decision, name) for name in NOWHERE}, **QUIET, "calls": 0}
        case Move.JUDGE | Move.REFUSE:
            return {**NOWHERE, **QUIET}
        case Move.SEND:
            return {"sent_at": at, "acknowledged_at": None}
        case Move.ACKNOWLEDGE:
            return {"acknowledged_at": at}
        case Move.CALL:
            rings = row["sent_at"] and not row["acknowledged_at"]
            answered = {"acknowledged_at": at} if rings else {}
            return {"called_at": at, "calls": row["calls"] + 1, **answered}
        case Move.CALL_AGAIN:
            return {"called_at": at, "calls": row["calls"] + 1}
        case Move.NO_SHOW:
            return {**QUIET, "queue_from": at}
        case Move.IDENTIFY:
            return {}
        case Move.START:
            return {"started_at": at}
        case Move.END:
            return {"ended_at": at}
        case Move.BOOK | Move.LEAVE:
            return {}
        case other:
            raise AssertionError(f"no law for {other}")


def nobody_serves_two(centre: Centre) -> None:
    serving = [row for row in stored_rows(centre).values() if row["state"] == State.SERVING]
    for column in ("counter_id", "officer_id"):
        twice = [who for who, number in Count(row[column] for row in serving).items() if number > 1]
        assert not twice, f"{column} {twice} serves two"


def debts_are_those_of_the_cases_taken(centre: Centre) -> None:
    """Of who waits, is called or served. Who left, is booked for another day or has no counter is nobody's case."""
    last: dict[int, Decision] = {}
    for decision in centre.session.scalars(
        select(Decision).where(Decision.counter_id.is_not(None)).order_by(Decision.id)
    ):
        last[decision.visit_id] = decision
    taken: dict[int, list[Case]] = defaultdict(list)
    for visit in centre.session.scalars(select(Visit)):
        if visit.state in TAKEN_STATES and last[visit.id].counted:
            taken[visit.business_type_id].append(case_of(last[visit.id]))
        assert visit.state not in OPEN_STATES or visit.ended_at is None
    for kind in centre.types:
        told = debts(centre.session, centre.unit_id, kind, local_date(AT)).officers
        assert settled(told) == settled(officers_debts(taken[kind]))
