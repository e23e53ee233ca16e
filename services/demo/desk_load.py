"""Visits in bulk at the demo centre, for benchmarks: as many counters as wanted, served on the days of one month.

The rows are those that the services leave of a served visit, owners included, except decisions: with their facts they would
be most of the database, so the dispatch entry tells where the visit went. New cases go round the officers on the duty list, as
the debts would have it. Days that somebody signed stay as they were signed.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import func, select

from models.account import Account
from models.crypto import KEYS
from models.desk import Counter, CounterGroup, Post
from models.desk_rules import BusinessType
from models.ownership import Owner, OwnerChange
from models.person import Person
from models.tally import TallySignature
from models.visit import DutyList, TicketBook, Visit, VisitEntry
from reports.desk_now import posts_of
from rules.calendar import day_begins
from rules.desk import Basis, Distribution, GroupKind, Outcome
from rules.dispatch import duty
from rules.permissions import Role
from rules.visit_flow import Move, State
from services.demo import bulk, network
from services.demo.course_rows import moment
from services.demo.desk_tables import seed_desk
from services.dispatch_facts import facts_of
from services.dispatching import duty_list_of
from services.ownership import Cause
from services.transaction import AnySession

BATCH = 5_000
NEW_SHARE = 0.3
COLUMNS = (
    "id", "unit_id", "day", "number", "business_type_id", "person_id", "state", "new_case", "basis", "basis_note",
    "identities", "disability", "counter_id", "officer_id", "group_id", "counted", "duty_list_id", "overridden", "picked",
    "section", "volunteer", "checked_in_at", "checked_in_by_id", "queue_from", "dispatched_at", "called_at", "calls",
    "started_at", "ended_at", "outcome", "submission_key", "version", "visitor", "outcome_note",
)  # fmt: skip
ENTRY = ("visit_id", "at", "actor_id", "actor_name", "move", "from_state", "to_state", "reason", "detail")
OWNER = ("unit_id", "person_id", "business_type_id", "officer_id", "since", "version")
CHANGE = ("unit_id", "person_id", "business_type_id", "from_id", "to_id", "cause", "visit_id", "at", "by_id")


class LargeDesk:
    """Needs the demo's morning, whose visits tell what a duty list is. `batches`, `write`, `finish` as `LargeWorld`."""

    def __init__(self, session: AnySession, *, visits: int, counters: int, seed: int, today: date) -> None:
        self._visits, self._seed = visits, seed
        desk = seed_desk(session, at=day_begins(today))
        self._unit_id = desk.unit_id
        _add_counters(session, desk.unit_id, counters, today, Random(f"{seed} counters"))
        last = today - timedelta(days=1)
        signed = set(
            session.scalars(
                select(TallySignature.day).where(TallySignature.unit_id == desk.unit_id).distinct()
            )
        )
        self._days = [
            day
            for day in (last.replace(day=1) + timedelta(days=n) for n in range(last.day))
            if day not in signed
        ]
        self._posts = [(post.counter, post.officer_id) for post in posts_of(session, desk.unit_id, last)]
        self._types = session.scalars(
            select(BusinessType).where(
                BusinessType.unit_id == desk.unit_id, BusinessType.distribution != Distribution.EMPLOYER.value
            )
        ).all()
        self._duty = {each.id: _duty_list(session, each, today) for each in self._types}
        self._turn = {each.id: _turns(session, duty_id) for each, duty_id in self._duty_of()}
        self._seats = {officer_id: counter for counter, officer_id in self._posts}
        self._persons = list(session.scalars(select(Person.id).order_by(Person.id).limit(50_000)))
        self._id = bulk.next_id(session, Visit.__table__)
        self._reception = session.scalars(select(Visit.checked_in_by_id).limit(1)).one()
        self._numbers = _numbers(session, desk.unit_id, self._days)
        self._rows = bulk.Rows(Visit.__table__, COLUMNS)
        self._entries = bulk.Rows(VisitEntry.__table__, ENTRY)
        self._owners = bulk.Rows(Owner.__table__, OWNER)
        self._changes = bulk.Rows(OwnerChange.__table__, CHANGE)
        self._names = {
            account.id: account.get_full_name()
            for account in session.scalars(select(Account).where(Account.unit_id == desk.unit_id))
        }
        self._owned: set[tuple[int, int]] = {
            (person_id, type_id)
            for person_id, type_id in session.execute(
                select(Owner.person_id, Owner.business_type_id).where(Owner.unit_id == desk.unit_id)
            )
        }
        self._empty = KEYS.encrypt(b"")
        self.written = 0

    def _duty_of(self) -> Iterator[tuple[BusinessType, int]]:
        return ((each, self._duty[each.id]) for each in self._types)

    def batches(self) -> Iterator[range]:
        for first in range(0, self._visits, BATCH):
            yield range(first, min(first + BATCH, self._visits))

    def write(self, session: AnySession, batch: range) -> int:
        random = Random(f"{self._seed} visits {batch.start}")
        for number in batch:
            self._one(random, self._days[number * len(self._days) // self._visits])
        self.written += len(batch)
        bulk.write(session, [self._rows, self._entries, self._owners, self._changes])
        return len(batch)

    def finish(self, session: AnySession) -> None:
        for day, numbers in self._numbers.items():
            session.merge(TicketBook(unit_id=self._unit_id, day=day, last=next(numbers) - 1))
        session.flush()
        bulk.settle(session, [Visit.__table__])  # the other tables number their own rows

    def _one(self, random: Random, day: date) -> None:
        kind = random.choice(self._types)
        new = random.random() < NEW_SHARE
        if new:
            officer_id = next(self._turn[kind.id])
            counter = self._seats[officer_id]
        else:
            counter, officer_id = random.choice(self._posts)
        arrived, begun, ended = sorted(moment(day, random.randint(1, 8), random) for _ in range(3))
        person_id = random.choice(self._persons)
        self._rows.add(
            self._id, self._unit_id, day.isoformat(), next(self._numbers[day]), kind.id, person_id,
            State.SERVED.value, new, (Basis.NOTHING_FOUND if new else Basis.HISTORY).value, "", "[]", "none", counter.id,
            officer_id, counter.group_id, new, self._duty[kind.id] if new else None, False, False, "", "", arrived,
            self._reception, arrived, arrived, begun, 1, begun, ended, Outcome.CONSULTED.value,
            str(uuid.UUID(int=random.getrandbits(128))), 1, self._empty, self._empty,
        )  # fmt: skip
        self._tell(counter, officer_id, new, arrived, begun, ended)
        self._own(person_id, kind.id, officer_id, new, begun)
        self._id += 1

    def _tell(
        self, counter: Counter, officer_id: int, new: bool, arrived: str, begun: str, ended: str
    ) -> None:
        """The timeline of a visit that was served at once."""
        to = {"counter_id": counter.id, "officer_id": officer_id, "group_id": counter.group_id}
        steps: tuple[tuple[str, int, Move, State | None, State, dict[str, Any]], ...] = (
            (arrived, self._reception, Move.CHECK_IN, None, State.CHECKED_IN, {}),
            (arrived, self._reception, Move.DISPATCH, State.CHECKED_IN, State.WAITING, {"loaded": {**to, "counted": new}}),
            (begun, officer_id, Move.CALL, State.WAITING, State.CALLED, to),
            (begun, officer_id, Move.START, State.CALLED, State.SERVING, {}),
            (ended, officer_id, Move.END, State.SERVING, State.SERVED, {}),
        )  # fmt: skip
        for at, who, move, before, after, detail in steps:
            self._entries.add(
                self._id, at, who, self._names[who], move.value, before and before.value, after.value, "", json.dumps(detail)
            )  # fmt: skip

    def _own(self, person_id: int, type_id: int, officer_id: int, new: bool, at: str) -> None:
        """Whoever serves a person of a business type first; a later one stands in."""
        if (person_id, type_id) in self._owned:
            return
        self._owned.add((person_id, type_id))
        cause = Cause.NEW_CASE if new else Cause.FIRST_SERVICE
        self._owners.add(self._unit_id, person_id, type_id, officer_id, at, 1)
        self._changes.add(
            self._unit_id, person_id, type_id, None, officer_id, cause.value, self._id, at, officer_id
        )


def _add_counters(session: AnySession, unit_id: int, wanted: int, today: date, random: Random) -> None:
    """General counters behind those that there are, each with an officer without a password."""
    known = session.scalar(select(func.count()).select_from(Counter).where(Counter.unit_id == unit_id)) or 0
    group = session.scalars(
        select(CounterGroup).where(
            CounterGroup.unit_id == unit_id, CounterGroup.kind == GroupKind.GENERAL.value
        )
    ).first()
    assert group is not None
    numbers = range(known + 1, wanted + 1)
    network.add_accounts(session, random, [(unit_id, Role.COUNTER, number) for number in numbers])
    since = date(today.year - 1, 1, 1)
    for number in numbers:
        officer_id = network.account_id(session, unit_id, Role.COUNTER, number)
        counter = Counter(unit_id=unit_id, number=number, group_id=group.id, place="一樓")
        session.add(counter)
        session.flush()
        session.add(Post(unit_id=unit_id, counter_id=counter.id, officer_id=officer_id, starts_on=since))
    session.flush()


def _duty_list(session: AnySession, kind: BusinessType, today: date) -> int:
    """Of a day on which everybody is there, as the decision would write it."""
    visit = session.scalars(
        select(Visit).where(Visit.business_type_id == kind.id, Visit.counted.is_(True)).limit(1)
    ).one()
    return duty_list_of(session, kind.unit_id, duty(facts_of(session, visit, at=day_begins(today))))


def _turns(session: AnySession, duty_list_id: int) -> Iterator[int]:
    """The officers of a duty list, over and over."""
    content = session.get_one(DutyList, duty_list_id).content
    officers = [officer for _group, _share, listed in content for officer in listed]
    return (officers[number % len(officers)] for number in count())


def _numbers(session: AnySession, unit_id: int, days: Sequence[date]) -> dict[date, Iterator[int]]:
    """Tickets go on behind those that were drawn."""
    drawn = select(Visit.day, func.max(Visit.number)).where(Visit.unit_id == unit_id).group_by(Visit.day)
    last: dict[date, int] = dict(session.execute(drawn).all())  # type: ignore[arg-type]  # rows are pairs
    return {day: count(last.get(day, 0) + 1) for day in days}
