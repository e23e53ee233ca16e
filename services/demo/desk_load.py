"""Visits in bulk at the demo centre, for benchmarks: as many counters as wanted, served on the days of one month.

The rows are those that the services leave of a served visit, except decisions: with their facts they would be most of the
database. New cases go round the officers on the duty list, as the debts would have it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random

from sqlalchemy import func, select

from models.crypto import KEYS
from models.desk import Counter, CounterGroup, Post
from models.desk_rules import BusinessType
from models.person import Person
from models.visit import DutyList, TicketBook, Visit
from reports.desk_now import posts_of
from rules.calendar import day_begins
from rules.desk import Basis, Distribution, GroupKind, Outcome
from rules.dispatch import duty
from rules.permissions import Role
from rules.visit_flow import State
from services.demo import bulk, network
from services.demo.course_rows import moment
from services.demo.desk_tables import seed_desk
from services.dispatch_facts import facts_of
from services.dispatching import duty_list_of
from services.transaction import AnySession

BATCH = 5_000
NEW_SHARE = 0.3
COLUMNS = (
    "id", "unit_id", "day", "number", "business_type_id", "person_id", "state", "new_case", "basis", "basis_note",
    "identities", "disability", "counter_id", "officer_id", "group_id", "counted", "duty_list_id", "overridden", "picked",
    "section", "volunteer", "checked_in_at", "checked_in_by_id", "queue_from", "dispatched_at", "called_at", "calls",
    "started_at", "ended_at", "outcome", "submission_key", "version", "visitor", "outcome_note",
)  # fmt: skip


class LargeDesk:
    """Needs the demo's morning, whose visits tell what a duty list is. `batches`, `write`, `finish` as `LargeWorld`."""

    def __init__(self, session: AnySession, *, visits: int, counters: int, seed: int, today: date) -> None:
        self._visits, self._seed = visits, seed
        desk = seed_desk(session, at=day_begins(today))
        self._unit_id = desk.unit_id
        _add_counters(session, desk.unit_id, counters, today, Random(f"{seed} counters"))
        last = today - timedelta(days=1)
        self._days = [last.replace(day=1) + timedelta(days=n) for n in range(last.day)]
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
        self.written += bulk.write(session, [self._rows])
        return len(batch)

    def finish(self, session: AnySession) -> None:
        for day, numbers in self._numbers.items():
            session.merge(TicketBook(unit_id=self._unit_id, day=day, last=next(numbers) - 1))
        session.flush()
        bulk.settle(session, [Visit.__table__])

    def _one(self, random: Random, day: date) -> None:
        kind = random.choice(self._types)
        new = random.random() < NEW_SHARE
        if new:
            officer_id = next(self._turn[kind.id])
            counter = self._seats[officer_id]
        else:
            counter, officer_id = random.choice(self._posts)
        arrived, begun, ended = sorted(moment(day, random.randint(1, 8), random) for _ in range(3))
        self._rows.add(
            self._id, self._unit_id, day.isoformat(), next(self._numbers[day]), kind.id, random.choice(self._persons),
            State.SERVED.value, new, (Basis.NOTHING_FOUND if new else Basis.HISTORY).value, "", "[]", "none", counter.id,
            officer_id, counter.group_id, new, self._duty[kind.id] if new else None, False, False, "", "", arrived,
            self._reception, arrived, arrived, begun, 1, begun, ended, Outcome.CONSULTED.value,
            str(uuid.UUID(int=random.getrandbits(128))), 1, self._empty, self._empty,
        )  # fmt: skip
        self._id += 1


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
