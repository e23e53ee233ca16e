"""Booked appointments that cannot take place: their officer will be away, or the centre closed.

Nothing drops them: they are listed with the reason until somebody has moved or cancelled them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.appointment import Appointment
from reports.appointments import open_days
from reports.attendance import Away, away
from reports.session import ReadSession
from rules.calendar import local_date
from rules.desk import AppointmentState
from rules.slots import Span
from rules.texts import N_

CLOSED = N_("中心不上班")


def endangered(
    session: ReadSession, unit_id: int | None, at: datetime, *, officer_id: int | None = None
) -> list[tuple[Appointment, str]]:
    """Those still to come, each with why (a msgid), in the order of time. `officer_id`: one officer's alone."""
    booked = session.scalars(
        select(Appointment)
        .where(
            Appointment.unit_id == unit_id,
            Appointment.day >= local_date(at),
            Appointment.starts_at > at,
            Appointment.state == AppointmentState.BOOKED.value,
            *([Appointment.officer_id == officer_id] if officer_id else []),
        )
        .options(
            joinedload(Appointment.officer),
            joinedload(Appointment.person),
            joinedload(Appointment.business_type),
        )
        .order_by(Appointment.starts_at, Appointment.id)
    ).all()
    if not booked:
        return []
    first, last = booked[0].day, booked[-1].day
    works = set(open_days(session, unit_id or 0, first, last))
    gone = away(session, unit_id, first, last, officers={each.officer_id for each in booked})
    found = []
    for each in booked:
        why = _why(each, gone.get(each.officer_id, ())) if each.day in works else CLOSED
        if why:
            found.append((each, why))
    return found


def _why(appointment: Appointment, gone: Sequence[Away]) -> str:
    span = Span(appointment.starts_at, appointment.ends_at)
    return next((each.kind for each in gone if not each.on_break and each.span.overlaps(span)), "")
