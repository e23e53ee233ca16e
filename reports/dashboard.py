"""服務概況: how a unit's cases stand today, and how quickly they went in the months looked back on (spec 1 §5.8).

Everything is counted in the database, six statements in all; none returns more rows than there are pairs of days.
What is said about a period is about the referrals of its days, except closings and service records, which have days of
their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from models.account import Account
from models.case import Case, ServiceRecord, ServiceRecordReason
from models.codes import RefusalReason
from models.referral import Referral
from models.scopes import received_referrals, unit_cases, unit_service_records
from reports.distribution import summed, total
from reports.months import Month, months_until
from reports.session import ReadSession
from reports.sql_dates import DaysBetween, TaipeiDate, YearMonth
from reports.staff import holds
from reports.waiting import waiting_since
from rules.actor import Actor
from rules.due_dates import SOON_DAYS
from rules.office_days import INTAKE_DAYS, OfficeDays, last_overdue_date
from rules.permissions import Permission
from rules.referral_flow import State

YEAR = 12
PERIODS = (3, 6, YEAR)
# The last day of each bucket of due dates, counted from today; the last bucket has no end.
DUE_TOPS = (-31, -1, SOON_DAYS, 30, 60)


@dataclass(frozen=True)
class Period:
    """`months` calendar months, the running one included, up to today."""

    months: int
    today: date

    @property
    def start(self) -> date:
        return months_until(self.today, self.months)[0].first


@dataclass(frozen=True)
class ManagerLoad:
    """Open cases of one case manager by the buckets of `DUE_TOPS`. `here`: still active in this unit."""

    account_id: int
    name: str
    here: bool
    by_due: tuple[int, ...]

    @property
    def overdue(self) -> int:
        return sum(self.by_due[:2])

    @property
    def due_soon(self) -> int:
        return self.by_due[2]

    @property
    def calm(self) -> int:
        return sum(self.by_due[3:])

    @property
    def open_cases(self) -> int:
        return sum(self.by_due)


@dataclass(frozen=True)
class Waiting:
    """Referrals not taken in yet; `late` ones have waited for more than three working days."""

    number: int
    late: int


@dataclass(frozen=True)
class Intake:
    """Working days from a referral's arrival at the unit to its intake → referrals, of those taken in and of those still waiting."""

    taken: Counter[int]
    waiting: Counter[int]

    @property
    def in_time(self) -> int:
        return sum(times for days, times in self.taken.items() if days <= INTAKE_DAYS)

    @property
    def decided(self) -> int:
        """Those of which it is known whether they were taken in in time: who waits since yesterday may still be."""
        return total(self.taken) + sum(times for days, times in self.waiting.items() if days > INTAKE_DAYS)


@dataclass(frozen=True)
class FirstContact:
    """Calendar days from intake to the first service record → cases; `none`: without a record up to today."""

    days: Counter[int]
    none: int


@dataclass(frozen=True)
class Closings:
    """Closed cases of the last twelve months: by month, and the days from intake to closing within the period."""

    by_month: Sequence[tuple[Month, int]]
    days: Counter[int]


@dataclass(frozen=True)
class Reasons:
    """Why no service could be provided: (code, label, records), most frequent first. A record may have several."""

    counted: Sequence[tuple[int, str, int]]
    provided: int
    not_provided: int


def loads(session: ReadSession, actor: Actor, today: date) -> Sequence[ManagerLoad]:
    """Who has open cases, and who could have some; most open cases first."""
    bucket = _due_bucket(today).label("bucket")
    counts = (
        select(Case.case_manager_id, bucket, func.count().label("number"))
        .where(unit_cases(actor), Case.closed_on.is_(None))
        .group_by(Case.case_manager_id, bucket)
        .subquery()
    )
    here = and_(Account.unit_id == actor.unit_id, Account.active.is_(True))
    rows = session.execute(
        select(Account.id, Account.name, here, counts.c.bucket, counts.c.number)
        .outerjoin(counts, counts.c.case_manager_id == Account.id)
        .where(or_(counts.c.number.is_not(None), and_(here, holds(Permission.CASE_WORK))))
        .order_by(Account.id)
    )
    people: dict[int, tuple[str, bool]] = {}
    found: dict[int, list[int]] = {}
    for account_id, name, is_here, place, number in rows:
        people[account_id] = name, bool(is_here)
        by_due = found.setdefault(account_id, [0] * (len(DUE_TOPS) + 1))
        if number:
            by_due[place] = number
    told = [ManagerLoad(key, *people[key], tuple(by_due)) for key, by_due in found.items()]
    return sorted(told, key=lambda load: -load.open_cases)


def waiting(session: ReadSession, actor: Actor, today: date, days: OfficeDays) -> Waiting:
    late = waiting_since() <= last_overdue_date(today, days)
    row = session.execute(
        select(func.count(), func.count().filter(late))
        .select_from(Referral)
        .where(received_referrals(actor), Referral.state == State.SUBMITTED)
    ).one()
    return Waiting(*row)


def intake(session: ReadSession, actor: Actor, period: Period, days: OfficeDays) -> Intake:
    """Of the period's referrals; returned and withdrawn ones are not the unit's to take in."""
    each = (
        select(waiting_since().label("arrived"), TaipeiDate(Case.taken_in_at).label("taken"))
        .select_from(Referral)
        .outerjoin(Case, Case.referral_id == Referral.id)
        .where(*_referred(actor, period), Referral.state.in_((State.SUBMITTED, State.OPEN, State.CLOSED)))
        .subquery()
    )
    rows = session.execute(
        select(each.c.arrived, each.c.taken, func.count()).group_by(each.c.arrived, each.c.taken)
    ).all()
    taken = [(days.elapsed(sent, on), number) for sent, on, number in rows if on]
    still = [(days.elapsed(sent, period.today), number) for sent, on, number in rows if not on]
    return Intake(summed(taken), summed(still))


def first_contact(session: ReadSession, actor: Actor, period: Period) -> FirstContact:
    """Of the period's referrals that were taken in. A record of an earlier day counts as the day of intake."""
    served_on = select(func.min(ServiceRecord.served_on)).where(ServiceRecord.case_id == Case.id)
    cases = (
        select(
            DaysBetween(TaipeiDate(Case.taken_in_at), served_on.correlate(Case).scalar_subquery()).label(
                "days"
            )
        )
        .join(Referral, Referral.id == Case.referral_id)
        .where(*_referred(actor, period))
        .subquery()
    )
    rows = session.execute(select(cases.c.days, func.count()).group_by(cases.c.days)).all()
    found = summed([(max(days, 0), number) for days, number in rows if days is not None])
    return FirstContact(found, sum(number for days, number in rows if days is None))


def closings(session: ReadSession, actor: Actor, period: Period) -> Closings:
    """The year by month, whatever the period; the duration of the period's closings."""
    year = months_until(period.today, YEAR)
    month = YearMonth(Case.closed_on).label("month")
    days = DaysBetween(TaipeiDate(Case.taken_in_at), Case.closed_on).label("days")
    closed = (
        select(month, days)
        .where(unit_cases(actor), Case.closed_on.between(year[0].first, period.today))
        .subquery()
    )
    rows = session.execute(
        select(closed.c.month, closed.c.days, func.count()).group_by(closed.c.month, closed.c.days)
    ).all()
    by_month: Counter[str] = Counter()
    for name, _days, number in rows:
        by_month[name] += number
    lasted = [(days, number) for name, days, number in rows if name >= Month(period.start).key]
    return Closings([(month, by_month[month.key]) for month in year], summed(lasted))


def reasons(session: ReadSession, actor: Actor, period: Period) -> Reasons:
    """Of the service records of the period's days. Two statements."""
    dated = unit_service_records(actor), ServiceRecord.served_on.between(period.start, period.today)
    found: Mapping[bool, int] = {
        bool(provided): number
        for provided, number in session.execute(
            select(ServiceRecord.provided, func.count()).where(*dated).group_by(ServiceRecord.provided)
        )
    }
    number = func.count().label("number")
    counted = session.execute(
        select(RefusalReason.code, RefusalReason.label, number)
        .join(ServiceRecordReason, ServiceRecordReason.code == RefusalReason.code)
        .join(ServiceRecord, ServiceRecord.id == ServiceRecordReason.record_id)
        .where(*dated, ServiceRecord.provided.is_(False))
        .group_by(RefusalReason.code, RefusalReason.label)
        .order_by(number.desc(), RefusalReason.code)
    )
    return Reasons([(row[0], row[1], row[2]) for row in counted], found.get(True, 0), found.get(False, 0))


def due_range(bucket: int, today: date) -> tuple[date | None, date | None]:
    """First and last due date of a bucket; None where it has no end."""
    ends = [today + timedelta(days=top) for top in DUE_TOPS]
    first = ends[bucket - 1] + timedelta(days=1) if bucket else None
    return first, ends[bucket] if bucket < len(ends) else None


def _due_bucket(today: date) -> ColumnElement[int]:
    ends = [today + timedelta(days=top) for top in DUE_TOPS]
    return case(*((Case.due_date <= end, place) for place, end in enumerate(ends)), else_=len(ends))


def _referred(actor: Actor, period: Period) -> tuple[ColumnElement[bool], ...]:
    return received_referrals(actor), Referral.referral_date.between(period.start, period.today)
