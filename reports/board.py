"""What the board in the hall shows: the last calls of the day and how many wait. Tickets and counters, never a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select

from models.desk import Counter
from models.desk_rules import BusinessType
from models.visit import Visit
from reports.desk_now import ticket
from reports.session import ReadSession
from rules.visit_flow import State

CALLS_SHOWN = 6
ANSWERED = (State.CALLED.value, State.SERVING.value, State.SERVED.value)
IN_THE_HALL = (State.CHECKED_IN.value, State.WAITING.value)


@dataclass(frozen=True)
class Call:
    """A ticket that is called again has another `called_at`: each time is to be heard."""

    visit_id: int
    ticket: str
    counter: int
    place: str
    called_at: datetime
    state: State


@dataclass(frozen=True)
class Queue:
    business_type: str
    waiting: int


def last_calls(session: ReadSession, unit_id: int, day: date) -> Sequence[Call]:
    """Newest first. Who did not come to the counter is waiting again, or has left, and is not among them."""
    rows = session.execute(
        select(
            Visit.id,
            BusinessType.letter,
            Visit.number,
            Counter.number.label("counter"),
            Counter.place,
            Visit.called_at,
            Visit.state,
        )
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .join(Counter, Counter.id == Visit.counter_id)
        .where(
            Visit.unit_id == unit_id,
            Visit.day == day,
            Visit.called_at.is_not(None),
            Visit.state.in_(ANSWERED),
        )
        .order_by(Visit.called_at.desc(), Visit.id.desc())
        .limit(CALLS_SHOWN)
    )
    return [
        Call(
            row.id,
            ticket(row.letter, row.number),
            row.counter,
            row.place,
            row.called_at,
            State(row.state),
        )
        for row in rows
    ]


def queues(session: ReadSession, unit_id: int, day: date) -> Sequence[Queue]:
    """Each business type with who waits for it today, dispatched or not, in the order of the types."""
    waiting = and_(
        Visit.business_type_id == BusinessType.id,
        Visit.unit_id == unit_id,
        Visit.day == day,
        Visit.state.in_(IN_THE_HALL),
    )
    rows = session.execute(
        select(BusinessType.name, func.count(Visit.id))
        .outerjoin(Visit, waiting)
        .where(BusinessType.unit_id == unit_id, BusinessType.active.is_(True))
        .group_by(BusinessType.id, BusinessType.name, BusinessType.position)
        .order_by(BusinessType.position, BusinessType.id)
    )
    return [Queue(name, waiting) for name, waiting in rows]
