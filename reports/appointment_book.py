"""預約簿 of a day: officers as columns, slots as rows, and in each cell what there is to see. Times of Taipei."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from models.appointment import Appointment
from reports.appointments import exceptions_of, of_day, posted_officers, slot_minutes
from reports.attendance import Away, away
from reports.office_days import office_days
from reports.session import ReadSession
from rules.desk import AppointmentState
from rules.slots import Span, opens, slots

# What a cell is: booked before all else; `off` when the officer has no counter on the day.
Kind = Literal["booked", "past", "off", "away", "free"]


@dataclass(frozen=True)
class Cell:
    kind: Kind
    appointment: Appointment | None = None
    away: Away | None = None

    @property
    def endangered(self) -> bool:
        """Booked, not kept yet, and the officer will be away: to be moved."""
        booked = self.appointment is not None and self.appointment.state == AppointmentState.BOOKED.value
        return booked and self.away is not None


@dataclass(frozen=True)
class Column:
    """An officer at the counters that they have on the day; none any more, but still booked: the tuple is empty."""

    officer_id: int
    officer: str
    counters: tuple[int, ...]
    appointments: tuple[Appointment, ...]
    away: tuple[Away, ...]

    def cell(self, slot: Span, at: datetime) -> Cell:
        """`at`: slots that have begun by then can be booked no more."""
        booked = next((each for each in self.appointments if _span(each).overlaps(slot)), None)
        gone = next((each for each in self.away if not each.on_break and each.span.overlaps(slot)), None)
        if booked:
            return Cell("booked", booked, gone)
        if slot.starts_at <= at:
            return Cell("past")
        if not self.counters:
            return Cell("off")
        return Cell("away", away=gone) if gone else Cell("free")

    def beside(self, offered: tuple[Span, ...]) -> Iterator[Appointment]:
        """Those that lie in none of the slots: made before the day was closed or the hours of slots were changed."""
        for each in self.appointments:
            if not any(_span(each).overlaps(slot) for slot in offered):
                yield each


@dataclass(frozen=True)
class Day:
    """`why_closed`: the name of the centre's own holiday, if it has one."""

    day: date
    open: bool
    why_closed: str
    slots: tuple[Span, ...]
    columns: tuple[Column, ...]

    @property
    def beside(self) -> list[Appointment]:
        return [each for column in self.columns for each in column.beside(self.slots)]

    @property
    def persons(self) -> set[int]:
        return {each.person_id for column in self.columns for each in column.appointments}


def book_of(session: ReadSession, unit_id: int, day: date, *, first: int | None = None) -> Day:
    """`first`: the officer whose column comes first; then by counter number. A fixed number of statements.

    Who has no counter any more but is still booked keeps a column: nothing booked is ever out of sight.
    """
    booked: dict[int, list[Appointment]] = {}
    names: dict[int, str] = {}
    for appointment in of_day(session, unit_id, day):
        booked.setdefault(appointment.officer_id, []).append(appointment)
        names[appointment.officer_id] = appointment.officer.get_full_name()
    numbers: dict[int, list[int]] = {}
    for post in posted_officers(session, unit_id, day, day):
        numbers.setdefault(post.officer_id, []).append(post.counter.number)
        names[post.officer_id] = post.officer.get_full_name()
    gone = away(session, unit_id, day, day)
    columns = [
        Column(
            officer_id,
            name,
            tuple(sorted(numbers.get(officer_id, ()))),
            tuple(booked.get(officer_id, ())),
            tuple(gone.get(officer_id, ())),
        )
        for officer_id, name in names.items()
    ]
    columns.sort(key=lambda column: (column.officer_id != first, not column.counters, column.counters))
    exceptions = exceptions_of(session, unit_id, day, day)
    works = opens(day, office_days(day, day), {on: row.open for on, row in exceptions.items()})
    return Day(
        day,
        works,
        exceptions[day].name if day in exceptions and not works else "",
        slots(day, slot_minutes(session, unit_id)) if works else (),
        tuple(columns),
    )


def _span(appointment: Appointment) -> Span:
    return Span(appointment.starts_at, appointment.ends_at)
