"""The counter of an officer at this moment: who is at hand, who waits, what was done today. Tickets, no persons."""

from __future__ import annotations

from collections import Counter as Count
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from models.appointment import Appointment
from models.desk import Counter
from models.desk_rules import BusinessType
from models.desk_staff import Attendance
from models.visit import Visit, VisitEntry
from reports.counter_post import counter_of
from reports.desk_now import ticket
from reports.desk_waits import wait_limit
from reports.left_over import left_over
from reports.session import ReadSession
from reports.tally_cases import new_cases
from rules.actor import Actor
from rules.calendar import local_date
from rules.visit_flow import UNDO_WITHIN, UNDOABLE, Move, State
from rules.waiting import waited

AT_HAND = (State.SERVING.value, State.CALLED.value)


@dataclass(frozen=True)
class Queued:
    """`waited`: full minutes since the arrival, or since the hour of the appointment; `over`: past the centre's limit.
    `bookable`: there is a person to book for."""

    visit_id: int
    ticket: str
    business_type: str
    new_case: bool
    queue_from: datetime
    waited: int
    over: bool
    called_before: bool
    appointment_at: datetime | None
    ringing_since: datetime | None
    day: date
    bookable: bool


@dataclass(frozen=True)
class CounterPage:
    """`counter` None: no post today. `at_hand`: called or being served; a service left open on an earlier day comes first.
    `left_over`: who waited or was called on an earlier day and was forgotten; the queue is today's."""

    counter: Counter | None
    at_hand: Visit | None
    queue: tuple[Queued, ...]
    limit: int
    away: Attendance | None
    left_over: tuple[Queued, ...] = ()

    @property
    def next_change(self) -> datetime | None:
        """When somebody of the queue will next have waited too long."""
        due = (each.queue_from + timedelta(minutes=self.limit + 1) for each in self.queue if not each.over)
        return min(due, default=None)

    @property
    def ringing(self) -> tuple[Queued, ...]:
        return tuple(each for each in self.queue if each.ringing_since)


@dataclass(frozen=True)
class LastStep:
    """What the officer can still take back. `booked`: the beginning of the appointment made in the same press."""

    visit_id: int
    ticket: str
    move: Move
    until: datetime
    booked: datetime | None = None


@dataclass(frozen=True)
class Day:
    """The personal report so far (櫃台 rule 十六): new cases by the name of their business type, and all services."""

    new_cases: tuple[tuple[str, int], ...]
    served: int


def with_me(actor: Actor, counter: Counter | None) -> ColumnElement[bool]:
    """The visits that the officer has, or that wait at the counter where he is posted."""
    mine = or_(Visit.officer_id == actor.user_id, Visit.counter_id == (counter.id if counter else None))
    return (Visit.unit_id == actor.unit_id) & mine


def counter_page(session: ReadSession, actor: Actor, at: datetime) -> CounterPage:
    day = local_date(at)
    counter = counter_of(session, actor.unit_id, actor.user_id, day)
    limit = wait_limit(session, actor.unit_id or 0, day)
    forgotten = left_over(day)
    at_hand = session.scalars(
        select(Visit)
        .where(with_me(actor, counter), Visit.state.in_(AT_HAND), ~forgotten)
        .order_by(Visit.state.desc(), Visit.day, Visit.id)
        .options(joinedload(Visit.business_type), joinedload(Visit.person), joinedload(Visit.appointment))
        .limit(1)
    ).first()
    rows = session.execute(
        select(Visit, BusinessType, Appointment.starts_at, forgotten)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .outerjoin(Appointment, Appointment.id == Visit.appointment_id)
        .where(with_me(actor, counter), or_(Visit.state == State.WAITING, forgotten))
        .order_by(Visit.queue_from, Visit.id)
    )
    queue: list[Queued] = []
    behind: list[Queued] = []
    for visit, kind, booked, is_forgotten in rows:
        (behind if is_forgotten else queue).append(_queued(visit, kind, booked, limit, at))
    return CounterPage(counter, at_hand, tuple(queue), limit, _away(session, actor, at), tuple(behind))


def last_step(
    session: ReadSession, actor: Actor, at: datetime, *, visit_id: int | None = None
) -> LastStep | None:
    """The actor's latest step, if nothing has followed it on that visit and the time to take it back is not over: with the
    visits that are his, or with the visit of `visit_id`."""
    found = session.execute(
        select(VisitEntry, Visit, BusinessType.letter)
        .join(Visit, Visit.id == VisitEntry.visit_id)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .where(
            Visit.officer_id == actor.user_id if visit_id is None else Visit.id == visit_id,
            Visit.unit_id == actor.unit_id,
            VisitEntry.actor_id == actor.user_id,
            VisitEntry.at >= at - UNDO_WITHIN,
        )
        .order_by(VisitEntry.id.desc())
        .limit(1)
    ).first()
    if found is None or found[0].move not in UNDOABLE:
        return None
    entry, visit, letter = found
    newest = session.scalar(select(func.max(VisitEntry.id)).where(VisitEntry.visit_id == visit.id))
    if newest != entry.id:
        return None
    made = session.get(Appointment, entry.detail.get("appointment", 0))
    return LastStep(
        visit.id,
        ticket(letter, visit.number),
        Move(entry.move),
        entry.at + UNDO_WITHIN,
        made.starts_at if made else None,
    )


def changed_by(session: ReadSession, actor: Actor, visit_id: int) -> str:
    """Who made the last step of a visit of the actor's centre; empty for another one's."""
    found = session.scalar(
        select(VisitEntry.actor_name)
        .join(Visit, Visit.id == VisitEntry.visit_id)
        .where(Visit.id == visit_id, Visit.unit_id == actor.unit_id)
        .order_by(VisitEntry.id.desc())
        .limit(1)
    )
    return found or ""


def my_day(session: ReadSession, actor: Actor, day: date) -> Day:
    cases = new_cases(session, actor.unit_id or 0, actor.user_id, day)
    served = session.scalar(
        select(func.count()).where(
            Visit.officer_id == actor.user_id,
            Visit.unit_id == actor.unit_id,
            Visit.day == day,
            Visit.state == State.SERVED,
        )
    )
    return Day(tuple(Count(case.business_type for case in cases).items()), served or 0)


def _queued(visit: Visit, kind: BusinessType, booked: datetime | None, limit: int, at: datetime) -> Queued:
    minutes = waited(visit.queue_from, at)
    return Queued(
        visit.id,
        ticket(kind.letter, visit.number),
        kind.name,
        visit.new_case,
        visit.queue_from,
        minutes,
        minutes > limit,
        visit.calls > 0,
        booked,
        visit.sent_at if visit.acknowledged_at is None else None,
        visit.day,
        visit.person_id is not None,
    )


def _away(session: ReadSession, actor: Actor, at: datetime) -> Attendance | None:
    running: Sequence[Attendance] = session.scalars(
        select(Attendance)
        .where(
            Attendance.officer_id == actor.user_id,
            Attendance.unit_id == actor.unit_id,
            Attendance.starts_at <= at,
            or_(Attendance.ends_at.is_(None), Attendance.ends_at > at),
        )
        .order_by(Attendance.starts_at)
    ).all()
    return running[0] if running else None
