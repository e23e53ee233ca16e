"""預約: booked, moved, cancelled, and kept at check-in. Spec 2-dispatch §5; 櫃台 rule 二.

Each step holds the centre's desk, so two officers at one slot follow each other and the second is told; the unique
index of the table stands behind it. Nothing turns a missed appointment into anything: it stays booked and past.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models import scopes
from models.appointment import Appointment
from models.desk_rules import BusinessType
from models.person import Person
from reports.appointments import free_slots, next_free, of_day, today_for
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import AppointmentState
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken, StaleVersion
from rules.permissions import Permission
from rules.texts import N_, check_block, check_line
from services import desk
from services.appointment_slots import take
from services.transaction import AnySession

MATERIAL_LIMIT = 500
REASON_LIMIT = 200

NO_APPOINTMENT = N_("找不到這筆預約，可能不在您可查看的範圍。")
NO_PERSON = N_("找不到這位民眾，請重新查詢。")
SENT_BEFORE = N_("這張預約表單已經送出過，請重新開啟後再填寫。")
PASSED = N_("預約時間已過，不能再改期或取消；請另外登錄新的預約。")
ENDED = {
    AppointmentState.KEPT: N_("這筆預約已經報到，不能再改期或取消。"),
    AppointmentState.CANCELLED: N_("這筆預約已經取消。"),
    AppointmentState.MOVED: N_("這筆預約已經改期，請看新的預約。"),
}


def book(
    session: AnySession,
    *,
    person_id: int,
    business_type_id: int,
    officer_id: int,
    starts_at: datetime,
    material: str,
    key: str,
    by: Actor,
    at: datetime,
) -> Appointment:
    """The same form again (`key`) gives the appointment that the first sending made.

    Raises `FieldFault` at person_id, business_type_id, officer_id, starts_at or material, `AlreadyDone` naming who booked
    the slot a moment ago, `StaleVersion` for a key that something else was sent with.
    """
    _begin(session, by)
    material = check_block(material, field="material", limit=MATERIAL_LIMIT)
    if known := _sent(session, key):
        same = (known.person_id, known.business_type_id, known.officer_id, known.starts_at, known.made_by_id)
        if same != (person_id, business_type_id, officer_id, starts_at, by.user_id):
            raise StaleVersion(SENT_BEFORE)
        return known
    if session.scalar(select(Person.id).where(Person.id == person_id, scopes.centre_persons(by))) is None:
        raise FieldFault("person_id", NO_PERSON)
    _check_type(session, business_type_id, by)
    return take(
        session,
        person_id=person_id,
        business_type_id=business_type_id,
        officer_id=officer_id,
        starts_at=starts_at,
        material=material,
        key=key,
        by=by,
        at=at,
    )


def move(
    session: AnySession,
    appointment_id: int,
    *,
    officer_id: int,
    starts_at: datetime,
    key: str,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> Appointment:
    """To another slot, of another officer too: a new row, to which the old one leads. The same form again gives that row.

    Raises as `book` does, and a `RuleBroken` for an appointment that is kept, cancelled, moved or past.
    """
    _begin(session, by)
    old = _own(session, appointment_id, by)
    if known := _sent(session, key):
        if old.moved_to_id != known.id:
            raise StaleVersion(SENT_BEFORE)
        return known
    _require_coming(old, at)
    old.ended_reason = check_line(reason, field="reason", limit=REASON_LIMIT)
    old.state = AppointmentState.MOVED.value
    session.flush()  # its slot is free now, also for a time that overlaps it
    new = take(
        session,
        person_id=old.person_id,
        business_type_id=old.business_type_id,
        officer_id=officer_id,
        starts_at=starts_at,
        material=old.material,
        key=key,
        by=by,
        at=at,
    )
    old.moved_to_id = new.id
    session.flush()
    return new


def cancel(session: AnySession, appointment_id: int, *, reason: str, by: Actor, at: datetime) -> Appointment:
    """Raises `FieldFault` at `reason`, and a `RuleBroken` for one that is kept, cancelled, moved or past."""
    _begin(session, by)
    appointment = _own(session, appointment_id, by)
    _require_coming(appointment, at)
    missing = N_("請填寫取消的原因，例如民眾來電取消。")
    appointment.ended_reason = check_line(reason, field="reason", limit=REASON_LIMIT, missing=missing)
    appointment.state = AppointmentState.CANCELLED.value
    session.flush()
    return appointment


def keep(
    session: AnySession, *, person_id: int, business_type_id: int, by: Actor, at: datetime
) -> Appointment | None:
    """Whoever arrives keeps today's appointment of this business (接待台 rule 八), early or late; of several, the nearest.

    The caller, who checks the person in, holds the desk. None: there is none.
    """
    booked = session.scalars(
        select(Appointment).where(
            Appointment.unit_id == by.unit_id,
            Appointment.person_id == person_id,
            Appointment.business_type_id == business_type_id,
            Appointment.day == local_date(at),
            Appointment.state == AppointmentState.BOOKED.value,
        )
    ).all()
    if not booked:
        return None
    nearest = min(booked, key=lambda one: (abs(one.starts_at - at), one.id))
    nearest.state = AppointmentState.KEPT.value
    session.flush()
    return nearest


def _begin(session: AnySession, by: Actor) -> None:
    if not by.may(Permission.APPOINTMENT_WRITE):
        raise NotFound(NO_APPOINTMENT)
    desk.hold(session, by.unit_id)


def _sent(session: AnySession, key: str) -> Appointment | None:
    return session.scalars(select(Appointment).where(Appointment.submission_key == key)).first()


def _own(session: AnySession, appointment_id: int, by: Actor) -> Appointment:
    found = session.scalars(
        select(Appointment)
        .where(Appointment.id == appointment_id, scopes.appointments(by))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(NO_APPOINTMENT)
    return found


def _require_coming(appointment: Appointment, at: datetime) -> None:
    state = AppointmentState(appointment.state)
    if state is not AppointmentState.BOOKED:
        raise AlreadyDone(ENDED[state])
    if appointment.starts_at <= at:
        raise RuleBroken(PASSED)


def _check_type(session: AnySession, business_type_id: int, by: Actor) -> None:
    offered = select(BusinessType.id).where(
        BusinessType.id == business_type_id,
        BusinessType.unit_id == by.unit_id,
        BusinessType.active.is_(True),
    )
    if session.scalar(offered) is None:
        raise FieldFault("business_type_id", N_("請選擇業務類型。"))


__all__ = [
    "book",
    "cancel",
    "free_slots",
    "keep",
    "move",
    "next_free",
    "of_day",
    "today_for",
]
