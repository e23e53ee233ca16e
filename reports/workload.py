"""How much each case manager of a unit has on the desk, so that a fair choice is a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, func, select

from models.account import Account
from models.case import Case
from reports.absence import Days, absent_until
from reports.session import ReadSession
from reports.staff import holds
from rules.due_dates import SOON_DAYS
from rules.permissions import Permission


@dataclass(frozen=True)
class Workload:
    """`open_cases` counts every open case; `due_soon` and `overdue` are parts of it and never overlap.

    `absent_until`: the last day of today's absence.
    """

    account_id: int
    username: str
    name: str
    job_title: str
    open_cases: int
    due_soon: int
    overdue: int
    absent_until: date | None = None

    @property
    def calm(self) -> int:
        """Open cases with time left."""
        return self.open_cases - self.due_soon - self.overdue


def case_managers(session: ReadSession, unit_id: int | None, today: date) -> Sequence[Workload]:
    """Whom a case of the unit can be given to: active, and allowed to work on cases. One statement.

    In the order of their accounts, whatever the load: who assigns a hundred times a day finds each name in
    its place. Whoever is absent comes last.
    """
    soon = Case.due_date.between(today, today + timedelta(days=SOON_DAYS))
    counted = (
        func.count(Case.id).label("open_cases"),
        func.count(Case.id).filter(soon).label("due_soon"),
        func.count(Case.id).filter(Case.due_date < today).label("overdue"),
    )
    people = (Account.id, Account.username, Account.name, Account.job_title)
    absence = absent_until(Days(today, today)).label("absent_until")
    rows = session.execute(
        select(*people, *counted, absence)
        .outerjoin(Case, and_(Case.case_manager_id == Account.id, Case.closed_on.is_(None)))
        .where(Account.unit_id == unit_id, Account.active.is_(True), holds(Permission.CASE_WORK))
        .group_by(*people)
        .order_by(Account.id)
    )
    return sorted((Workload(*row) for row in rows), key=lambda each: each.absent_until is not None)
