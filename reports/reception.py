"""What reception keeps an eye on beside the visitor at hand: counters with queues and debts, and who is stuck where.

Tickets and counters only, never a person: these parts of the screen update by themselves. Spec 2-dispatch §3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select

from models.desk_rules import BusinessType
from models.visit import Decision, Visit
from reports.debts import debts
from reports.desk_now import AtCounter, CounterNow, ticket
from reports.session import ReadSession
from rules.calendar import local_date
from rules.debt import POOL
from rules.desk import Distribution
from rules.visit_flow import State
from rules.waiting import ACKNOWLEDGE_WITHIN, unanswered


@dataclass(frozen=True)
class Undispatched:
    """A visit of today that no counter could take; `reason` as its last decision put it into words."""

    visit_id: int
    ticket: str
    business_type: str
    since: datetime
    reason: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Unanswered:
    """A visitor on the way to a counter that has not acknowledged, and the counters beside it (接待台 rule 十三)."""

    visit: AtCounter
    counter: CounterNow
    neighbours: Sequence[CounterNow]


@dataclass(frozen=True)
class Debt:
    """應得未得 of one officer in one business type, this month."""

    business_type: str
    cases: Fraction


def business_types(session: ReadSession, unit_id: int) -> Sequence[BusinessType]:
    """Those offered at the reception, in their order."""
    return session.scalars(
        select(BusinessType)
        .where(BusinessType.unit_id == unit_id, BusinessType.active.is_(True))
        .order_by(BusinessType.position, BusinessType.id)
    ).all()


def undispatched(session: ReadSession, unit_id: int, at: datetime) -> list[Undispatched]:
    """Oldest first."""
    last = (
        select(Decision.visit_id, func.max(Decision.id).label("id"))
        .join(Visit, Visit.id == Decision.visit_id)
        .where(Visit.unit_id == unit_id, Visit.state == State.CHECKED_IN.value)
        .group_by(Decision.visit_id)
        .subquery()
    )
    rows = session.execute(
        select(Visit, BusinessType, Decision.reason)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .outerjoin(last, last.c.visit_id == Visit.id)
        .outerjoin(Decision, Decision.id == last.c.id)
        .where(
            Visit.unit_id == unit_id,
            Visit.state == State.CHECKED_IN.value,
            Visit.day == local_date(at),
        )
        .order_by(Visit.queue_from, Visit.id)
    )
    return [
        Undispatched(visit.id, ticket(kind.letter, visit.number), kind.name, visit.queue_from, reason or ())
        for visit, kind, reason in rows
    ]


def on_the_way(counters: Sequence[CounterNow], at: datetime) -> list[tuple[CounterNow, AtCounter]]:
    """Whom reception sent a minute ago or longer, and whom the counter has not acknowledged."""
    return [
        (counter, visit)
        for counter in counters
        for visit in counter.waiting
        if unanswered(visit.sent_at, visit.acknowledged_at, at)
    ]


def next_change(counters: Sequence[CounterNow], limit: int, at: datetime) -> datetime | None:
    """When somebody will next have waited too long, or a counter not have answered in time. `limit`: minutes."""
    waiting = [visit for counter in counters for visit in counter.waiting]
    moments = [visit.queue_from + timedelta(minutes=limit + 1) for visit in waiting] + [
        visit.sent_at + ACKNOWLEDGE_WITHIN
        for visit in waiting
        if visit.sent_at is not None and visit.acknowledged_at is None
    ]
    return min((moment for moment in moments if moment > at), default=None)


def debts_by_officer(
    session: ReadSession, unit_id: int, counters: Sequence[CounterNow], at: datetime
) -> dict[int, list[Debt]]:
    """For each officer at a counter, by the business types whose new cases are spread by debt."""
    found: dict[int, list[Debt]] = {}
    for kind in business_types(session, unit_id):
        if kind.distribution == Distribution.EMPLOYER:
            continue
        month = debts(session, unit_id, kind.id, local_date(at))
        for counter in counters:
            if counter.officer_id is None:
                continue
            group_id = POOL if kind.distribution == Distribution.EVEN else counter.group_id
            owed = month.officer(group_id, counter.officer_id)
            found.setdefault(counter.officer_id, []).append(Debt(kind.name, owed))
    return found


def last_decision(session: ReadSession, visit_id: int) -> Decision | None:
    return session.scalars(
        select(Decision).where(Decision.visit_id == visit_id).order_by(Decision.id.desc()).limit(1)
    ).first()
