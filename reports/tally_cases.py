"""The new cases of an officer on a day, one by one, to be held against the officer's own report. Tickets, no persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from models.desk_rules import BusinessType
from models.visit import Visit
from reports.desk_now import ticket
from reports.session import ReadSession
from reports.tally import TAKEN
from rules.visit_flow import State


@dataclass(frozen=True)
class NewCase:
    ticket: str
    business_type: str
    state: State
    checked_in_at: datetime
    overridden: bool


def new_cases(session: ReadSession, unit_id: int, officer_id: int, day: date) -> Sequence[NewCase]:
    rows = session.execute(
        select(Visit, BusinessType.letter, BusinessType.name)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .where(
            Visit.unit_id == unit_id,
            Visit.day == day,
            Visit.officer_id == officer_id,
            Visit.counted.is_(True),
            Visit.state.in_(TAKEN),
        )
        .order_by(BusinessType.position, Visit.number)
    )
    return [
        NewCase(ticket(letter, visit.number), name, State(visit.state), visit.checked_in_at, visit.overridden)
        for visit, letter, name in rows
    ]
