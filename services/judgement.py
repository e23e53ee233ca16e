"""Old or new (接待台 rule 一): what the evidence about a visitor says, and the picture that reception confirms it by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.desk_rules import BusinessType
from models.person import Person
from models.visit import Visit
from reports import visitor_picture
from reports.evidence import NO_RULE, evidence
from reports.visitor_picture import Picture, Proposal
from rules import judgement as rule
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import Basis
from rules.errors import NotFound
from rules.judgement import Evidence, Judgement, PhoneCheck
from rules.permissions import Permission
from services.people import NO_PERSON
from services.transaction import AnySession


def judge(
    session: AnySession,
    unit_id: int,
    person: Person | None,
    business_type: BusinessType,
    *,
    at: datetime,
    phone_check: PhoneCheck | None = None,
    besides: int = 0,
) -> Judgement:
    """What the evidence says of one business type. Who has no person has no records either: new. `besides`: the visit
    in question, lest its own service speak for it."""
    day, known = local_date(at), Evidence(NO_RULE)
    if person:
        known = evidence(session, unit_id, person, [business_type.id], day, besides=besides)[business_type.id]
    return rule.judge(replace(known, phone_check=phone_check), day)


def known_after_all(session: AnySession, visit: Visit) -> Judgement | None:
    """Who had no papers was taken for new. What the evidence says of him once he is identified, if it says old."""
    if not (visit.visitor and visit.person and visit.basis == Basis.NOTHING_FOUND):
        return None
    at = visit.checked_in_at
    found = judge(session, visit.unit_id, visit.person, visit.business_type, at=at, besides=visit.id)
    return None if found.new_case else found


def officer_by_evidence(session: AnySession, visit: Visit) -> int | None:
    """Whose old case a visit is when no owner is written down: whom the evidence of its judgement names."""
    if visit.basis == Basis.PHONE_CHECK:
        return visit.asked_officer_id
    if visit.person is None or visit.basis in (Basis.RECEPTION, Basis.NOTHING_FOUND):
        return None
    at = visit.checked_in_at
    return judge(session, visit.unit_id, visit.person, visit.business_type, at=at).officer_id


def picture(session: AnySession, person: Person, *, by: Actor, at: datetime) -> Picture:
    """Of a person that the actor has found. Raises `NotFound` without the right to receive."""
    if by.unit_id is None or not by.may(Permission.VISIT_RECEIVE):
        raise NotFound(NO_PERSON)
    return visitor_picture.picture(session, by.unit_id, person, at=at)


__all__ = ["Picture", "Proposal", "judge", "known_after_all", "officer_by_evidence", "picture"]
