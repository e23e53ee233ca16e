"""接待台: checking visitors in. Spec 2-dispatch §3; 接待台 rules 一, 二, 四, 八, 十二.

Finding visitors is in `services.visitors`, correcting what was judged in `services.rejudging`, what follows the check-in in
`services.guiding`; all are offered here too.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.desk_rules import BusinessType
from models.visit import Visit
from reports.desk_now import ticket
from reports.desk_waits import LongWait, long_waits, waits
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import FieldFault, NotFound, StaleVersion
from rules.permissions import Permission
from rules.texts import N_, check_line, tidy_line
from rules.visit_flow import Move, State
from rules.waiting import queue_from
from services import appointments, desk
from services.confirmation import CheckIn, judged, refuse_second
from services.dispatching import dispatch
from services.guiding import leave, neighbours, notify_officer, override, redirect, send
from services.rejudging import identify, rejudge
from services.transaction import AnySession
from services.visit_moves import NO_VISIT, add_entry
from services.visitors import Finding, find_person, receivable, register_visitor

MAX_VISITOR, MAX_SECTION = 60, 40

NO_BUSINESS_TYPE = N_("請選擇業務類型。")
NO_VISITOR = N_("請先查詢民眾，或填寫雇主（無證件民眾）的稱呼。")
SENT_BEFORE = N_("這張報到表單已經送出過，號碼牌 %(ticket)s；若要為另一位民眾或業務報到，請重新查詢。")


def check_in(session: AnySession, data: CheckIn, *, by: Actor, at: datetime) -> Visit:
    """Judges, draws the ticket, dispatches. The same submission key gives the same visit again.

    Raises `FieldFault` at business_type_id, visitor, note, asked_officer_id, known, identities, disability_evidence;
    `StaleVersion` for a key that somebody else was checked in with; `RuleBroken` for a second open visit of the same
    business type today; `NotFound` for a person not looked up.
    """
    if not by.may(Permission.VISIT_RECEIVE):
        raise NotFound(NO_VISIT)
    desk.hold(session, by.unit_id)
    assert by.unit_id is not None
    known = session.scalars(select(Visit).where(Visit.submission_key == data.submission_key)).first()
    if known is not None:
        return _same(known, data, by)
    business_type = _business_type(session, by.unit_id, data.business_type_id)
    person = receivable(session, data.person_id, by=by, at=at) if data.person_id is not None else None
    missing = "" if person else NO_VISITOR
    visitor = check_line(data.visitor, field="visitor", limit=MAX_VISITOR, missing=missing)
    if person:
        refuse_second(session, by.unit_id, person, business_type, at)
    columns = judged(session, by.unit_id, person, business_type, data, at)
    appointment = (
        appointments.keep(session, person_id=person.id, business_type_id=business_type.id, by=by, at=at)
        if person
        else None
    )
    day = local_date(at)
    visit = Visit(
        unit_id=by.unit_id,
        day=day,
        number=desk.draw_ticket(session, by.unit_id, day),
        business_type=business_type,
        person=person,
        visitor="" if person else visitor,
        state=State.CHECKED_IN.value,
        section=check_line(data.section, field="section", limit=MAX_SECTION),
        volunteer=check_line(data.volunteer, field="volunteer", limit=MAX_SECTION),
        checked_in_at=at,
        checked_in_by_id=by.user_id,
        queue_from=queue_from(at, appointment.starts_at if appointment else None),
        appointment=appointment,
        submission_key=data.submission_key,
        **columns,
    )
    session.add(visit)
    session.flush()
    add_entry(
        session, visit, Move.CHECK_IN, by=by, at=at, before=None, after=State.CHECKED_IN, detail=data.answer
    )
    dispatch(session, visit, by=by, at=at)
    return visit


def _same(visit: Visit, data: CheckIn, by: Actor) -> Visit:
    """A key that was used at another centre tells nothing about what happened there; somebody else's ticket is not handed
    out because a form was filled in again."""
    if visit.unit_id != by.unit_id:
        raise NotFound(NO_VISIT)
    asked = (data.person_id, data.business_type_id, "" if data.person_id else tidy_line(data.visitor))
    came_as = None if visit.visitor else visit.person_id  # who had no papers may have been identified since
    if asked != (came_as, visit.business_type_id, visit.visitor):
        raise StaleVersion(SENT_BEFORE, ticket=ticket(visit.business_type.letter, visit.number))
    return visit


def _business_type(session: AnySession, unit_id: int, business_type_id: int) -> BusinessType:
    found = session.get(BusinessType, business_type_id)
    if found is None or found.unit_id != unit_id or not found.active:
        raise FieldFault("business_type_id", NO_BUSINESS_TYPE)
    return found


__all__ = [
    "CheckIn",
    "Finding",
    "LongWait",
    "check_in",
    "find_person",
    "identify",
    "leave",
    "long_waits",
    "neighbours",
    "notify_officer",
    "override",
    "redirect",
    "register_visitor",
    "rejudge",
    "send",
    "waits",
]
