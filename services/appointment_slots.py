"""A slot of the book is taken: after a look at the day, the officer, and the person. For who books and who moves."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from models.account import Account
from models.appointment import Appointment
from reports import attendance
from reports.appointments import TAKEN, open_days, posted_officers, slot_minutes
from rules.actor import Actor
from rules.calendar import local_date, local_time_text
from rules.clock import time_text
from rules.errors import AlreadyDone, FieldFault
from rules.roc_dates import show
from rules.slots import MOST_DAYS_AHEAD, Span, slots
from rules.texts import N_
from services.transaction import AnySession

IN_THE_PAST = N_("%(when)s 已經過去，請選擇之後的時段。")
TOO_FAR = N_("只能預約 %(last)s 以前的時段。")
CLOSED = N_("%(day)s 中心不上班，請選擇其他日期。")
NO_POST = N_("%(who)s 在 %(day)s 沒有排定櫃台，請選擇其他就服員或日期。")
NO_SLOT = N_("%(when)s 不是預約時段，請從預約簿點選空的時段。")
AWAY = N_("%(who)s 在這個時段請假或不在中心，請改選其他時段。")
NO_OFFICER = N_("這位人員不是本中心的就服員，請重新選擇。")
TAKEN_BY = N_("這個時段剛被 %(who)s 預約走了，請改選其他時段。")
TAKEN_NOW = N_("這個時段剛被預約走了，請改選其他時段。")
SAME_TIME_ELSEWHERE = N_("這位民眾這個時段已有其他安排，請改選其他時段。")
SAME_TIME = N_("這位民眾在 %(when)s 已有 %(officer)s 的預約，不能同時再約一個。")


def take(
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
    """The new row, once the slot and the person are free. The caller holds the desk."""
    span = _checked_slot(session, officer_id, starts_at, by=by, at=at)
    _require_free(session, officer_id, span, by=by)
    _require_person_free(session, person_id, span, by=by)
    appointment = Appointment(
        unit_id=by.unit_id,
        officer_id=officer_id,
        person_id=person_id,
        business_type_id=business_type_id,
        day=local_date(starts_at),
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        material=material,
        made_at=at,
        made_by_id=by.user_id,
        submission_key=key,
    )
    try:
        with session.begin_nested():
            session.add(appointment)
    except IntegrityError as error:  # an officer of two centres has one day, but two desks to hold
        raise AlreadyDone(TAKEN_NOW) from error
    return appointment


def _checked_slot(
    session: AnySession, officer_id: int, starts_at: datetime, *, by: Actor, at: datetime
) -> Span:
    """The slot that begins then, whoever may have it. Raises `FieldFault` at officer_id or starts_at."""
    day = local_date(starts_at)
    if starts_at <= at:
        raise FieldFault("starts_at", IN_THE_PAST, when=local_time_text(starts_at))
    last = local_date(at) + timedelta(days=MOST_DAYS_AHEAD)
    if day > last:
        raise FieldFault("starts_at", TOO_FAR, last=show(last))
    unit_id = by.unit_id or 0
    if not open_days(session, unit_id, day, day):
        raise FieldFault("starts_at", CLOSED, day=show(day))
    if not any(post.officer_id == officer_id for post in posted_officers(session, unit_id, day, day)):
        raise FieldFault("officer_id", NO_POST, who=_name(session, officer_id, by), day=show(day))
    slot = next(
        (slot for slot in slots(day, slot_minutes(session, unit_id)) if slot.starts_at == starts_at), None
    )
    if slot is None:
        raise FieldFault("starts_at", NO_SLOT, when=local_time_text(starts_at))
    gone = attendance.away(session, unit_id, day, day, officers=[officer_id]).get(officer_id, ())
    for each in gone:
        if not each.on_break and each.span.overlaps(slot):
            raise FieldFault("starts_at", AWAY, who=_name(session, officer_id, by))
    return slot


def _require_free(session: AnySession, officer_id: int, span: Span, *, by: Actor) -> None:
    """Whichever centre it is for. Names who was first, of the own centre alone."""
    taken = session.scalars(
        select(Appointment).where(
            Appointment.officer_id == officer_id,
            Appointment.day == local_date(span.starts_at),
            Appointment.state.in_(TAKEN),
        )
    )
    for each in taken:
        if span.overlaps(Span(each.starts_at, each.ends_at)):
            if each.unit_id != by.unit_id:
                raise AlreadyDone(TAKEN_NOW)
            who = session.scalar(select(Account.name).where(Account.id == each.made_by_id))
            raise AlreadyDone(TAKEN_BY, who=who)


def _require_person_free(session: AnySession, person_id: int, span: Span, *, by: Actor) -> None:
    """Whichever officer or centre it is with: nobody is in two places at once. Of another centre's nothing is told."""
    theirs = session.scalars(
        select(Appointment).where(
            Appointment.person_id == person_id,
            Appointment.day == local_date(span.starts_at),
            Appointment.state.in_(TAKEN),
        )
    )
    for each in theirs:
        if span.overlaps(Span(each.starts_at, each.ends_at)):
            if each.unit_id != by.unit_id:
                raise FieldFault("person_id", SAME_TIME_ELSEWHERE)
            raise FieldFault(
                "person_id",
                SAME_TIME,
                when=time_text(each.starts_at),
                officer=each.officer.get_full_name(),
            )


def _name(session: AnySession, officer_id: int, by: Actor) -> str:
    """Of the centre's own staff alone: another number in a form tells nobody's name."""
    own = select(Account.name).where(Account.id == officer_id, Account.unit_id == by.unit_id)
    name = session.scalar(own)
    if name is None:
        raise FieldFault("officer_id", NO_OFFICER)
    return name
