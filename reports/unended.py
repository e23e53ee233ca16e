"""未點選「服務結束」: what is open at this moment by officer, and what stayed open over night until it is explained and signed.

A visit stayed open over night when its service began on its day and ended, or has not ended, after it. 櫃台 rule 十一,
資訊 rules 三 and 四.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import selectinload

from models.account import Account
from models.desk import Counter
from models.desk_review import UnendedExplanation
from models.desk_rules import BusinessType
from models.visit import Visit, VisitEntry
from reports.desk_now import AT_COUNTER, departed, ticket
from reports.session import ReadSession
from reports.sql_dates import TaipeiDate
from reports.staff import people_with
from rules.permissions import Permission
from rules.visit_flow import Move, State


@dataclass(frozen=True)
class OpenVisit:
    """`number`: of the counter."""

    visit_id: int
    ticket: str
    business_type: str
    day: date
    state: State
    officer_id: int
    officer: str
    number: int
    queue_from: datetime
    started_at: datetime | None
    ended_at: datetime | None
    explanation: UnendedExplanation | None = None


@dataclass(frozen=True)
class OfficerOpen:
    officer_id: int
    officer: str
    visits: Sequence[OpenVisit]

    @property
    def serving(self) -> Sequence[OpenVisit]:
        return [visit for visit in self.visits if visit.state is State.SERVING]


def open_now(session: ReadSession, unit_id: int) -> Sequence[OfficerOpen]:
    """What counters have, whatever its day, by officer in the order of the counters; the one in service first."""
    found = _visits(session, unit_id, Visit.state.in_(AT_COUNTER))
    by_officer: dict[int, list[OpenVisit]] = {}
    for visit in found:
        by_officer.setdefault(visit.officer_id, []).append(visit)
    return [
        OfficerOpen(
            officer_id, visits[0].officer, sorted(visits, key=lambda visit: visit.state is not State.SERVING)
        )
        for officer_id, visits in by_officer.items()
    ]


def stayed_open(today: date) -> ColumnElement[bool]:
    """The visits whose service went on after their day."""
    return and_(
        Visit.day < today,
        or_(
            Visit.state == State.SERVING.value,
            and_(Visit.state == State.SERVED.value, TaipeiDate(Visit.ended_at) > Visit.day),
        ),
    )


def to_explain(
    session: ReadSession, unit_id: int, today: date, *, officer_id: int | None = None
) -> Sequence[OpenVisit]:
    """Stayed open over night and the explanation is not signed yet, oldest first. `officer_id`: what this one may explain."""
    where = [stayed_open(today), UnendedExplanation.signed_at.is_(None)]
    if officer_id is not None:
        where.append(or_(Visit.officer_id == officer_id, ended_by(officer_id)))
    return _visits(session, unit_id, *where)


def ended_by(account_id: int) -> ColumnElement[bool]:
    """Whether the account pressed 服務結束: who sits at the counter the next day may be another."""
    return exists().where(
        VisitEntry.visit_id == Visit.id,
        VisitEntry.move == Move.END.value,
        VisitEntry.at == Visit.ended_at,
        VisitEntry.actor_id == account_id,
    )


def cannot_explain(
    session: ReadSession, unit_id: int, officer_ids: Collection[int], today: date
) -> frozenset[int]:
    """Those of the officers who serve here no more: the account is closed, has other rights or another unit, or its
    departure is registered. Somebody must speak for them."""
    if not officer_ids:
        return frozenset()
    here = {account.id for account in people_with(session, unit_id, Permission.VISIT_SERVE)}
    return (frozenset(officer_ids) - here) | (frozenset(officer_ids) & departed(session, unit_id, today))


def explained(session: ReadSession, unit_id: int, limit: int = 50) -> Sequence[OpenVisit]:
    """The signed ones, last signed first."""
    found = _visits(session, unit_id, UnendedExplanation.signed_at.is_not(None))
    return sorted(found, key=_signed_at, reverse=True)[:limit]


def of_ids(session: ReadSession, unit_id: int, visit_ids: Collection[int]) -> Sequence[OpenVisit]:
    return _visits(session, unit_id, Visit.id.in_(visit_ids))


def _signed_at(visit: OpenVisit) -> datetime:
    assert visit.explanation is not None and visit.explanation.signed_at is not None
    return visit.explanation.signed_at


def _visits(session: ReadSession, unit_id: int, *where: ColumnElement[bool]) -> Sequence[OpenVisit]:
    rows = session.execute(
        select(Visit, BusinessType.letter, BusinessType.name, Account, Counter.number, UnendedExplanation)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .join(Account, Account.id == Visit.officer_id)
        .join(Counter, Counter.id == Visit.counter_id)
        .outerjoin(UnendedExplanation, UnendedExplanation.visit_id == Visit.id)
        .options(selectinload(UnendedExplanation.explained_by))
        .where(Visit.unit_id == unit_id, *where)
        .order_by(Counter.number, Visit.day, Visit.queue_from, Visit.id)
    )
    return [
        OpenVisit(
            visit.id,
            ticket(letter, visit.number),
            name,
            visit.day,
            State(visit.state),
            account.id,
            account.get_full_name(),
            number,
            visit.queue_from,
            visit.started_at,
            visit.ended_at,
            explanation,
        )
        for visit, letter, name, account, number, explanation in rows
    ]
