"""Whom an earlier day left behind (`reports.left_over`), as the supervisor and the reception list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from models.account import Account
from models.desk import Counter
from models.desk_rules import BusinessType
from models.visit import Visit
from reports.desk_now import ticket
from reports.left_over import left_over
from reports.session import ReadSession
from rules.visit_flow import State


@dataclass(frozen=True)
class Forgotten:
    """A visit of an earlier day that nobody has ended. `number`: of its counter, None where it never had one."""

    visit_id: int
    ticket: str
    business_type: str
    day: date
    state: State
    number: int | None
    officer: str
    bookable: bool


def forgotten(session: ReadSession, unit_id: int, today: date) -> Sequence[Forgotten]:
    """Oldest first. Services left open have a list of their own (`reports.unended`)."""
    rows = session.execute(
        select(Visit, BusinessType.letter, BusinessType.name, Counter.number, Account.name)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .outerjoin(Counter, Counter.id == Visit.counter_id)
        .outerjoin(Account, Account.id == Visit.officer_id)
        .where(Visit.unit_id == unit_id, left_over(today))
        .order_by(Visit.day, Visit.number)
    )
    return [
        Forgotten(
            visit.id,
            ticket(letter, visit.number),
            name,
            visit.day,
            State(visit.state),
            number,
            officer or "",
            visit.person_id is not None,
        )
        for visit, letter, name, number, officer in rows
    ]
