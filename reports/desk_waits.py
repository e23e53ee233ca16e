"""How long visitors wait at the counters now, and how long they still have to. 接待台 rule 六.

A fixed number of statements, however many counters and visitors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select

from models.desk import Deputy
from models.desk_rules import BusinessType, WaitLimit
from models.visit import Visit
from reports.desk_now import CounterNow, counters_now
from reports.session import ReadSession
from rules.calendar import local_date
from rules.in_force import in_force
from rules.visit_flow import State
from rules.waiting import estimate, usual_minutes, waited

DEFAULT_LIMIT = 30  # minutes, for a centre that has not set its own


@dataclass(frozen=True)
class LongWait:
    """A visit that waits at a counter. `estimated`: minutes still to wait there; `over`: past the centre's limit.

    `deputies`: counters of the officer's deputies who are on duty, in order.
    """

    visit_id: int
    ticket: str
    business_type: str
    waited: int
    estimated: int
    over: bool
    counter: CounterNow
    deputies: tuple[CounterNow, ...]


def waits(session: ReadSession, unit_id: int, *, at: datetime) -> list[LongWait]:
    """Everybody who waits at a counter, longest first."""
    day = local_date(at)
    counters = counters_now(session, unit_id, at)
    types = _business_types(session, unit_id)
    usual = _measured(session, unit_id, day, types)
    names = {row.id: row.name for row in types}
    limit = wait_limit(session, unit_id, day)
    deputies = deputies_of(session, unit_id, day)
    on_duty = {counter.officer_id: counter for counter in counters if counter.on_duty and counter.officer_id}
    found = []
    for counter in counters:
        ahead = _before_the_queue(counter, usual, at)
        for visit in counter.waiting:
            minutes = waited(visit.queue_from, at)
            standing = deputies.get(counter.officer_id or 0, ())
            found.append(
                LongWait(
                    visit.visit_id,
                    visit.ticket,
                    names[visit.business_type_id],
                    minutes,
                    ahead,
                    minutes > limit,
                    counter,
                    tuple(on_duty[officer] for officer in standing if officer in on_duty),
                )
            )
            ahead += usual[visit.business_type_id]
    return sorted(found, key=lambda wait: (-wait.waited, wait.visit_id))


def long_waits(session: ReadSession, unit_id: int, *, at: datetime) -> list[LongWait]:
    """Those past the centre's limit, longest first."""
    return [wait for wait in waits(session, unit_id, at=at) if wait.over]


def usual_services(session: ReadSession, unit_id: int, day: date) -> Mapping[int, int]:
    """Minutes of a service by business type: what the day's own services tell, else what the table says."""
    return _measured(session, unit_id, day, _business_types(session, unit_id))


def estimated_wait(counter: CounterNow, usual: Mapping[int, int], at: datetime) -> int:
    """Minutes for one more at the counter."""
    return _before_the_queue(counter, usual, at) + sum(
        usual[visit.business_type_id] for visit in counter.waiting
    )


def wait_limit(session: ReadSession, unit_id: int, day: date) -> int:
    """Minutes after which a wait stands out."""
    row = in_force(session.scalars(select(WaitLimit).where(WaitLimit.unit_id == unit_id)).all(), day)
    return row.minutes if row else DEFAULT_LIMIT


def deputies_of(session: ReadSession, unit_id: int, day: date) -> Mapping[int, tuple[int, ...]]:
    """By officer, the deputies of the day in their order (職務代理表)."""
    rows = session.execute(
        select(Deputy.officer_id, Deputy.deputy_id)
        .where(
            Deputy.unit_id == unit_id,
            Deputy.starts_on <= day,
            or_(Deputy.ends_on.is_(None), Deputy.ends_on >= day),
        )
        .order_by(Deputy.officer_id, Deputy.rank, Deputy.id)
    )
    found: dict[int, tuple[int, ...]] = {}
    for officer_id, deputy_id in rows:
        found[officer_id] = (*found.get(officer_id, ()), deputy_id)
    return found


def _before_the_queue(counter: CounterNow, usual: Mapping[int, int], at: datetime) -> int:
    """Minutes until whoever is first in the queue is called."""
    serving, called = counter.serving, counter.called
    return estimate(
        (at - serving.started_at).total_seconds() / 60 if serving and serving.started_at else None,
        usual[serving.business_type_id] if serving else 0,
        [usual[called.business_type_id]] if called else [],
    )


def _measured(
    session: ReadSession, unit_id: int, day: date, types: Sequence[BusinessType]
) -> Mapping[int, int]:
    lasted: defaultdict[int, list[float]] = defaultdict(list)
    for business_type_id, started, ended in session.execute(
        select(Visit.business_type_id, Visit.started_at, Visit.ended_at).where(
            Visit.unit_id == unit_id, Visit.day == day, Visit.state == State.SERVED.value
        )
    ):
        if started and ended:
            lasted[business_type_id].append((ended - started).total_seconds() / 60)
    return {row.id: usual_minutes(row.minutes, lasted[row.id]) for row in types}


def _business_types(session: ReadSession, unit_id: int) -> Sequence[BusinessType]:
    return session.scalars(select(BusinessType).where(BusinessType.unit_id == unit_id)).all()
