"""櫃台輪值清冊: for each day which officer sits at which counter, who stands in, who receives, and who is away.

A fixed number of statements, however many days. Spec 2-dispatch §6.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from models.account import Account
from models.desk import Counter, CounterGroup, Deputy, Post
from models.desk_rules import CentreHoliday
from models.desk_staff import Attendance, ReceptionShift
from models.staff import Absence
from reports.office_days import office_days
from reports.session import ReadSession
from rules.calendar import TAIPEI, day_begins, local_date
from rules.desk import ATTENDANCE_TEXT, AttendanceKind
from rules.desk_tables import overlap
from rules.texts import N_

ONE = timedelta(days=1)
WEEKDAYS = (N_("一"), N_("二"), N_("三"), N_("四"), N_("五"), N_("六"), N_("日"))
ABSENT = N_("請假")


@dataclass(frozen=True)
class Away:
    """`word`: a msgid; `first` and `last`: clock times of Taipei, empty for the whole day."""

    word: str
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class Line:
    """A counter on a day. `deputies` in the order of their ranks."""

    number: int
    place: str
    group: str
    officer: str
    deputies: tuple[str, ...]
    away: tuple[Away, ...]


@dataclass(frozen=True)
class Shift:
    starts: str
    ends: str
    receptionist: str


@dataclass(frozen=True)
class Day:
    """`closed`: the name of the centre's holiday, or what the calendar says."""

    day: date
    weekday: str
    closed: bool
    holiday: str
    lines: tuple[Line, ...]
    shifts: tuple[Shift, ...]


def roster(session: ReadSession, unit_id: int, first: date, last: date) -> list[Day]:
    counters = session.execute(
        select(Counter.id, Counter.number, Counter.place, CounterGroup.name.label("group"))
        .join(CounterGroup, CounterGroup.id == Counter.group_id)
        .where(Counter.unit_id == unit_id, Counter.active.is_(True))
        .order_by(Counter.number)
    ).all()
    posts = _periods(session, Post, unit_id, first, last)
    deputies = _periods(session, Deputy, unit_id, first, last)
    names = _names(session, unit_id)
    away = _away(session, unit_id, first, last)
    shifts = _shifts(session, unit_id, first, last, names)
    holidays = {
        row.day: row
        for row in session.execute(
            select(CentreHoliday.day, CentreHoliday.name, CentreHoliday.open).where(
                CentreHoliday.unit_id == unit_id, CentreHoliday.day.between(first, last)
            )
        )
    }
    calendar = office_days(first, last)
    days = []
    for day in (first + ONE * n for n in range((last - first).days + 1)):
        at = {
            row.counter_id: row.officer_id
            for row in posts
            if overlap((row.starts_on, row.ends_on), (day, day))
        }
        behind = [row for row in deputies if overlap((row.starts_on, row.ends_on), (day, day))]
        holiday = holidays.get(day)
        closed = not holiday.open if holiday else not calendar.works(day)
        lines = tuple(_line(counter, at.get(counter.id), behind, names, away, day) for counter in counters)
        days.append(
            Day(
                day,
                WEEKDAYS[day.weekday()],
                closed,
                holiday.name if holiday else "",
                lines,
                tuple(shifts.get(day, ())),
            )
        )
    return days


def _line(
    counter: Any,
    officer_id: int | None,
    behind: Iterable[Any],
    names: Mapping[int, str],
    away: Mapping[tuple[int, date], Sequence[Away]],
    day: date,
) -> Line:
    deputies = sorted(
        (row.rank, names.get(row.deputy_id, "")) for row in behind if row.officer_id == officer_id
    )
    return Line(
        counter.number,
        counter.place,
        counter.group,
        names.get(officer_id or 0, ""),
        tuple(name for _rank, name in deputies),
        tuple(away.get((officer_id or 0, day), ())),
    )


def _periods(session: ReadSession, model: Any, unit_id: int, first: date, last: date) -> Sequence[Any]:
    return session.execute(
        select(model.__table__)
        .where(
            model.unit_id == unit_id,
            model.starts_on <= last,
            or_(model.ends_on.is_(None), model.ends_on >= first),
        )
        .order_by(model.starts_on, model.id)
    ).all()


def _names(session: ReadSession, unit_id: int) -> dict[int, str]:
    rows = session.execute(select(Account.id, Account.name).where(Account.unit_id == unit_id))
    return {row.id: row.name for row in rows}


def _away(session: ReadSession, unit_id: int, first: date, last: date) -> dict[tuple[int, date], list[Away]]:
    """Leaves, trips and trainings of more than a moment; a break is none of the roster's."""
    found: dict[tuple[int, date], list[Away]] = {}
    absences = session.execute(
        select(Absence.account_id, Absence.starts_on, Absence.ends_on)
        .join(Account, Account.id == Absence.account_id)
        .where(Account.unit_id == unit_id, Absence.starts_on <= last, Absence.ends_on >= first)
    )
    for absence in absences:
        for day in _days(max(absence.starts_on, first), min(absence.ends_on, last)):
            found.setdefault((absence.account_id, day), []).append(Away(ABSENT))
    begin, end = day_begins(first), day_begins(last + ONE)
    attendances = session.execute(
        select(Attendance.officer_id, Attendance.kind, Attendance.starts_at, Attendance.ends_at)
        .where(
            Attendance.unit_id == unit_id,
            Attendance.kind != AttendanceKind.BREAK.value,
            Attendance.starts_at < end,
            or_(Attendance.ends_at.is_(None), Attendance.ends_at > begin),
        )
        .order_by(Attendance.starts_at)
    )
    for row in attendances:
        until = row.ends_at or end
        for day in _days(max(local_date(row.starts_at), first), min(local_date(until), last)):
            word = ATTENDANCE_TEXT[AttendanceKind(row.kind)]
            begins = _clock(row.starts_at) if local_date(row.starts_at) == day else "00:00"
            ends = _clock(row.ends_at) if row.ends_at and local_date(row.ends_at) == day else "24:00"
            if begins != ends:
                whole = (begins, ends) == ("00:00", "24:00")
                found.setdefault((row.officer_id, day), []).append(
                    Away(word) if whole else Away(word, begins, ends)
                )
    return found


def _shifts(
    session: ReadSession, unit_id: int, first: date, last: date, names: Mapping[int, str]
) -> dict[date, list[Shift]]:
    rows = session.execute(
        select(ReceptionShift.day, ReceptionShift.starts, ReceptionShift.ends, ReceptionShift.receptionist_id)
        .where(ReceptionShift.unit_id == unit_id, ReceptionShift.day.between(first, last))
        .order_by(ReceptionShift.day, ReceptionShift.starts)
    )
    found: dict[date, list[Shift]] = {}
    for row in rows:
        shift = Shift(f"{row.starts:%H:%M}", f"{row.ends:%H:%M}", names.get(row.receptionist_id, ""))
        found.setdefault(row.day, []).append(shift)
    return found


def _days(first: date, last: date) -> Iterable[date]:
    return (first + ONE * n for n in range((last - first).days + 1))


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(TAIPEI):%H:%M}"
