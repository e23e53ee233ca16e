"""The counters of a centre at this moment: who sits there, what they are doing, who waits. One look for every screen.

A fixed number of statements, however many counters. The caller that decides by it holds the desk.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Row, Select, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager

from models.account import Account
from models.desk import Counter, CounterGroup, Post
from models.desk_rules import BusinessType
from models.desk_staff import Attendance
from models.ownership import Departure
from models.staff import Absence
from models.visit import Visit
from reports.left_over import left_over
from reports.session import ReadSession
from rules.calendar import local_date
from rules.desk import AttendanceKind
from rules.dispatch import ON_DUTY, Presence
from rules.visit_flow import State

_Later = aliased(Post)
CAME_BACK = (
    exists()
    .where(
        _Later.unit_id == Departure.unit_id,
        _Later.officer_id == Departure.officer_id,
        _Later.starts_on >= Departure.left_on,
    )
    .correlate(Departure)
)
"""Of a departure: the officer has a post that begins on that day or later, so that it is past, or was a mistake."""

AT_COUNTER = (State.WAITING.value, State.CALLED.value, State.SERVING.value)


@dataclass(frozen=True)
class AtCounter:
    """A visit that a counter has: waiting, called or being served. `left_over`: since an earlier day, and not here any more."""

    visit_id: int
    ticket: str
    state: State
    business_type_id: int
    queue_from: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    started_at: datetime | None
    officer_id: int | None = None
    left_over: bool = False


@dataclass(frozen=True)
class CounterNow:
    """`away`: the kind of attendance that keeps the officer away, `away_until` its end where one is known. Whom an earlier
    day left behind is in `visits`, and neither `called` nor `waiting`."""

    counter_id: int
    number: int
    place: str
    extension: str
    group_id: int
    group: str
    officer_id: int | None
    officer: str
    presence: Presence
    away: str = ""
    away_until: datetime | None = None
    visits: tuple[AtCounter, ...] = ()

    @property
    def serving(self) -> AtCounter | None:
        return next((visit for visit in self.visits if visit.state is State.SERVING), None)

    @property
    def called(self) -> AtCounter | None:
        return next((visit for visit in self.visits if _is_called(visit)), None)

    @property
    def waiting(self) -> tuple[AtCounter, ...]:
        """In the order of the queue."""
        return tuple(visit for visit in self.visits if visit.state is State.WAITING and not visit.left_over)

    @property
    def on_duty(self) -> bool:
        return self.presence in ON_DUTY


def _is_called(visit: AtCounter) -> bool:
    return visit.state is State.CALLED and not visit.left_over


@dataclass(frozen=True)
class _Officer:
    id: int
    name: str


@dataclass(frozen=True)
class _Staff:
    day: date
    away: Mapping[int, Attendance]
    absent: frozenset[int]
    departed: frozenset[int]
    visits: Mapping[int, list[AtCounter]]

    @cached_property
    def serving(self) -> frozenset[int]:
        """Who serves anywhere: who has changed the counter may have a service open at the old one."""
        everywhere = (visit for here in self.visits.values() for visit in here)
        return frozenset(visit.officer_id or 0 for visit in everywhere if visit.state is State.SERVING)


def ticket(letter: str, number: int) -> str:
    """The ticket as it is printed and called: A023."""
    return f"{letter}{number:03}"


def counters_now(session: ReadSession, unit_id: int, at: datetime) -> list[CounterNow]:
    """In the order of their numbers; counters without an officer are there as UNSTAFFED."""
    day = local_date(at)
    seats = {
        seat.counter_id: _Officer(seat.officer_id, seat.name or seat.username)
        for seat in session.execute(
            _posted(select(Post.counter_id, Post.officer_id, Account.name, Account.username), unit_id, day)
        )
    }
    staff = _Staff(
        day,
        _attendances(session, unit_id, at),
        _absent(session, unit_id, day),
        departed(session, unit_id, day),
        _visits(session, unit_id, day),
    )
    counters = session.execute(
        select(
            Counter.id,
            Counter.number,
            Counter.place,
            Counter.extension,
            CounterGroup.id.label("group_id"),
            CounterGroup.name,
        )
        .join(CounterGroup, CounterGroup.id == Counter.group_id)
        .where(Counter.unit_id == unit_id, Counter.active.is_(True))
        .order_by(Counter.number)
    )
    return [_now(counter, seats.get(counter.id), staff) for counter in counters]


def posts_of(session: ReadSession, unit_id: int, day: date) -> Sequence[Post]:
    """Who sits where on a day, with their accounts; those of closed accounts are left out."""
    return session.scalars(_posted(select(Post).options(contains_eager(Post.officer)), unit_id, day)).all()


def _posted(found: Select[*tuple[Any, ...]], unit_id: int, day: date) -> Select[*tuple[Any, ...]]:
    return (
        found.join(Account, Account.id == Post.officer_id)
        .where(
            Post.unit_id == unit_id,
            Post.starts_on <= day,
            or_(Post.ends_on.is_(None), Post.ends_on >= day),
            Account.active.is_(True),
            Account.unit_id == unit_id,
        )
        .order_by(Post.starts_on, Post.id)
    )


def _now(counter: Row[*tuple[Any, ...]], officer: _Officer | None, staff: _Staff) -> CounterNow:
    """`counter`: a row of the counter's columns with its group."""
    here = staff.visits.get(counter.id, [])
    away = staff.away.get(officer.id) if officer else None
    return CounterNow(
        counter_id=counter.id,
        number=counter.number,
        place=counter.place,
        extension=counter.extension,
        group_id=counter.group_id,
        group=counter.name,
        officer_id=officer.id if officer else None,
        officer=officer.name if officer else "",
        presence=_presence(officer, away, here, staff),
        away=away.kind if away else "",
        away_until=away.ends_at if away else None,
        visits=tuple(here),
    )


def _presence(
    officer: _Officer | None, away: Attendance | None, here: Sequence[AtCounter], staff: _Staff
) -> Presence:
    """Who is serving is at the counter, whatever the attendance says. A service left open on an earlier day keeps the
    officer from the next one, but does not tell that he is there."""
    serving = [visit for visit in here if visit.state is State.SERVING]
    if any(visit.started_at and local_date(visit.started_at) == staff.day for visit in serving):
        return Presence.SERVING
    if officer is None or officer.id in staff.departed:
        return Presence.UNSTAFFED
    if officer.id in staff.absent or (away and away.kind != AttendanceKind.BREAK):
        return Presence.AWAY
    if serving or officer.id in staff.serving:
        return Presence.SERVING
    if any(_is_called(visit) for visit in here):
        return Presence.CALLED
    return Presence.BREAK if away else Presence.FREE


def _attendances(session: ReadSession, unit_id: int, at: datetime) -> dict[int, Attendance]:
    """Who is away now; a leave weighs more than a break in it."""
    rows = session.scalars(
        select(Attendance).where(
            Attendance.unit_id == unit_id,
            Attendance.starts_at <= at,
            or_(Attendance.ends_at.is_(None), Attendance.ends_at > at),
        )
    ).all()
    found: dict[int, Attendance] = {}
    for row in sorted(rows, key=lambda row: row.kind != AttendanceKind.BREAK):
        found[row.officer_id] = row
    return found


def _absent(session: ReadSession, unit_id: int, day: date) -> frozenset[int]:
    """Whose absence the supervisor has registered for the day."""
    return frozenset(
        session.scalars(
            select(Absence.account_id)
            .join(Account, Account.id == Absence.account_id)
            .where(Account.unit_id == unit_id, Absence.starts_on <= day, Absence.ends_on >= day)
        )
    )


def departed(session: ReadSession, unit_id: int, day: date) -> frozenset[int]:
    """Who has left by that day and did not come back."""
    return frozenset(session.scalars(left_by(unit_id, day)))


def left_by(unit_id: int, day: date) -> Select[int]:
    """The same for a statement to look into."""
    return select(Departure.officer_id).where(
        Departure.unit_id == unit_id, Departure.left_on <= day, ~CAME_BACK
    )


def _visits(session: ReadSession, unit_id: int, today: date) -> dict[int, list[AtCounter]]:
    """By counter, in the order of the queue. What was left open on an earlier day is still there until it is explained."""
    rows = session.execute(
        select(
            Visit.id,
            Visit.counter_id,
            BusinessType.letter,
            Visit.number,
            Visit.state,
            Visit.business_type_id,
            Visit.queue_from,
            Visit.sent_at,
            Visit.acknowledged_at,
            Visit.started_at,
            Visit.officer_id,
            left_over(today).label("left_over"),
        )
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .where(Visit.unit_id == unit_id, Visit.state.in_(AT_COUNTER))
        .order_by(Visit.queue_from, Visit.id)
    )
    found: dict[int, list[AtCounter]] = {}
    for row in rows:
        found.setdefault(row.counter_id, []).append(
            AtCounter(
                row.id,
                ticket(row.letter, row.number),
                State(row.state),
                row.business_type_id,
                row.queue_from,
                row.sent_at,
                row.acknowledged_at,
                row.started_at,
                row.officer_id,
                row.left_over,
            )
        )
    return found
