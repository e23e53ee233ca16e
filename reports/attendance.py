"""差勤: when the officers of a centre are away, for the appointment book, the roster and the attendance screen.

Two sources: what officers register themselves with times (`Attendance`), and the whole days that a supervisor registers
for any of the staff (`Absence`). Both keep an officer from the counter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from models.account import Account
from models.desk_staff import Attendance
from models.staff import Absence
from reports.session import ReadSession
from rules.calendar import day_begins, local_date
from rules.desk import ATTENDANCE_TEXT, AttendanceKind
from rules.slots import Span, whole_days
from rules.texts import N_

ABSENT = N_("請假(督導登錄)")


@dataclass(frozen=True)
class Away:
    """`kind` is a msgid. `attendance_id`: None for a supervisor's whole days, which another screen keeps."""

    officer_id: int
    kind: str
    span: Span
    note: str
    attendance_id: int | None = None
    on_break: bool = False

    @property
    def whole_days(self) -> tuple[date, date] | None:
        """The first and the last day of an absence, which begins and ends at midnight; None for times of day."""
        if self.attendance_id is not None or self.span.ends_at is None:
            return None
        return local_date(self.span.starts_at), local_date(self.span.ends_at - timedelta(days=1))


def away(
    session: ReadSession,
    unit_id: int | None,
    first: date,
    last: date,
    *,
    officers: Collection[int] | None = None,
) -> Mapping[int, Sequence[Away]]:
    """By officer, in the order of time: everything that touches the days, breaks included. Two statements."""
    found: list[Away] = []
    whole = whole_days(first, last)
    registered = select(Attendance).where(
        Attendance.unit_id == unit_id,
        Attendance.starts_at < whole.ends_at,
        or_(Attendance.ends_at.is_(None), Attendance.ends_at > whole.starts_at),
        *_of(officers, Attendance.officer_id),
    )
    for row in session.scalars(registered):
        kind = AttendanceKind(row.kind)
        span = Span(row.starts_at, row.ends_at)
        found.append(
            Away(row.officer_id, ATTENDANCE_TEXT[kind], span, row.note, row.id, kind is AttendanceKind.BREAK)
        )
    absences = (
        select(Absence)
        .join(Account, Account.id == Absence.account_id)
        .where(
            Account.unit_id == unit_id,
            Absence.starts_on <= last,
            Absence.ends_on >= first,
            *_of(officers, Absence.account_id),
        )
    )
    for absence in session.scalars(absences):
        span = whole_days(absence.starts_on, absence.ends_on)
        found.append(Away(absence.account_id, ABSENT, span, absence.note))
    by_officer: dict[int, list[Away]] = {}
    for each in sorted(found, key=lambda each: each.span.starts_at):
        by_officer.setdefault(each.officer_id, []).append(each)
    return by_officer


def keeps_away(spans: Sequence[Away]) -> list[Span]:
    """Without breaks: who is away for a moment is on duty and can be booked."""
    return [each.span for each in spans if not each.on_break]


def now_of(spans: Sequence[Away], at: datetime) -> Away | None:
    """What keeps an officer away at the moment; a leave weighs more than a break in it."""
    covering = [each for each in spans if each.span.covers(at)]
    return min(covering, key=lambda each: each.on_break, default=None)


def month(
    session: ReadSession, unit_id: int | None, day: date, *, officers: Collection[int] | None = None
) -> Mapping[tuple[int, date], Sequence[Away]]:
    """By officer and day of the month in which `day` lies, breaks left out: for the roster."""
    first = day.replace(day=1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found: dict[tuple[int, date], list[Away]] = {}
    for officer_id, spans in away(session, unit_id, first, last, officers=officers).items():
        for each in (each for each in spans if not each.on_break):
            for on in _days(each.span, first, last):
                found.setdefault((officer_id, on), []).append(each)
    return found


def _days(span: Span, first: date, last: date) -> list[date]:
    """The days of a period that a span touches; one that ends at midnight does not touch the day after."""
    day = max(first, local_date(span.starts_at))
    found = []
    while day <= last and (span.ends_at is None or day_begins(day) < span.ends_at):
        found.append(day)
        day += timedelta(days=1)
    return found


def _of(officers: Collection[int] | None, column: InstrumentedAttribute[int]) -> list[ColumnElement[bool]]:
    return [] if officers is None else [column.in_(sorted(officers))]
