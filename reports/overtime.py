"""Services of a month that went on past noon or past closing, with what the supervisor granted for them (櫃台 rule 四)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select

from models.account import Account
from models.desk import Counter
from models.desk_review import OvertimeDecision
from models.desk_rules import BusinessType
from models.visit import Visit
from reports.desk_now import ticket
from reports.months import Month, months_until
from reports.session import ReadSession
from reports.sql_dates import TaipeiDate, TaipeiMinute
from rules.desk_days import CLOSING, NOON, overtime_minutes
from rules.slots import HOURS
from rules.visit_flow import State


@dataclass(frozen=True)
class LateService:
    """`minutes`: outside of the hours. `decision`: None while the supervisor has not decided."""

    visit_id: int
    ticket: str
    business_type: str
    day: date
    number: int
    officer: str
    started_at: datetime
    ended_at: datetime
    minutes: int
    decision: OvertimeDecision | None


def late_services(session: ReadSession, unit_id: int, month: Month) -> Sequence[LateService]:
    """In the order of officers and days."""
    return _late(session, unit_id, Visit.day.between(month.first, month.last))


def undecided(session: ReadSession, unit_id: int, today: date) -> Sequence[LateService]:
    """Of this month and the one before, oldest first: what ended on the last of a month is decided in the next."""
    months = months_until(today, 2)
    since = Visit.day.between(months[0].first, months[-1].last)
    found = _late(session, unit_id, since, OvertimeDecision.visit_id.is_(None))
    return sorted(found, key=lambda each: (each.day, each.number))


def _late(session: ReadSession, unit_id: int, *where: ColumnElement[bool]) -> list[LateService]:
    started, ended = TaipeiMinute(Visit.started_at), TaipeiMinute(Visit.ended_at)
    noon, afternoon, closing = (at.hour * 60 + at.minute for at in (NOON, HOURS[1][0], CLOSING))
    rows = session.execute(
        select(Visit, BusinessType.letter, BusinessType.name, Account, Counter.number, OvertimeDecision)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .join(Account, Account.id == Visit.officer_id)
        .join(Counter, Counter.id == Visit.counter_id)
        .outerjoin(OvertimeDecision, OvertimeDecision.visit_id == Visit.id)
        .where(
            Visit.unit_id == unit_id,
            Visit.state == State.SERVED.value,
            *where,
            TaipeiDate(Visit.ended_at) == Visit.day,
            or_(ended >= closing, and_(ended >= noon, started < afternoon)),
        )
        .order_by(Counter.number, Visit.day, Visit.ended_at, Visit.id)
    )
    found = []
    for visit, letter, name, account, number, decision in rows:
        assert visit.started_at and visit.ended_at  # a served visit has both
        if minutes := overtime_minutes(visit.started_at, visit.ended_at):
            found.append(
                LateService(
                    visit.id,
                    ticket(letter, visit.number),
                    name,
                    visit.day,
                    number,
                    account.get_full_name(),
                    visit.started_at,
                    visit.ended_at,
                    minutes,
                    decision,
                )
            )
    return found
