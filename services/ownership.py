"""一案到底: who serves a person per business type, and every change of it as a row that stays. Spec 2-dispatch §4.

The officer who starts the service of a new case becomes the owner; so does who first serves an old case that nobody has
been written down for. The caller holds the desk.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select

from models.ownership import Owner, OwnerChange
from models.visit import Visit
from reports.counter_post import counter_of
from reports.owners import owners_of
from rules.actor import Actor
from rules.calendar import local_date
from services.judgement import known_after_all, officer_by_evidence
from services.transaction import AnySession


class Cause(StrEnum):
    NEW_CASE = "new_case"
    FIRST_SERVICE = "first_service"  # an old case of the time before the system
    TRANSFER = "transfer"
    DEPARTURE = "departure"
    UNDO = "undo"


# What a start brings about and its undoing takes back.
STARTED = (Cause.NEW_CASE, Cause.FIRST_SERVICE)


def own(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> bool:
    """Writes down whose case it is when a service starts, or its visitor is identified; gives whether that changed anything.

    A new case belongs to its officer. An old one without an owner too, unless the evidence names another officer who still
    sits at the centre: then it is his, and this one stands in for him. Who came without papers, and turned out to be an old
    case after he had been called, counts as new all the same, yet is taken from nobody.
    """
    if visit.person_id is None:
        return False
    to_id, cause = visit.officer_id, Cause.NEW_CASE
    known = known_after_all(session, visit) if visit.new_case else None
    if known or not visit.new_case:
        if _owned(session, visit):
            return False
        named = known.officer_id if known else officer_by_evidence(session, visit)
        to_id, cause = _seated(session, visit, named, local_date(at)) or to_id, Cause.FIRST_SERVICE
    return give(
        session,
        unit_id=visit.unit_id,
        person_id=visit.person_id,
        business_type_id=visit.business_type_id,
        to_id=to_id,
        cause=cause,
        visit_id=visit.id,
        by=by,
        at=at,
    )


def give_back(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> bool:
    """Undoes `own` of a start that is taken back, unless the person has been given to somebody else since."""
    if visit.person_id is None:
        return False
    made = session.scalars(
        select(OwnerChange)
        .where(
            OwnerChange.person_id == visit.person_id,
            OwnerChange.unit_id == visit.unit_id,
            OwnerChange.business_type_id == visit.business_type_id,
        )
        .order_by(OwnerChange.id.desc())
        .limit(1)
    ).first()
    if made is None or made.visit_id != visit.id or made.cause not in STARTED:
        return False
    return give(
        session,
        unit_id=visit.unit_id,
        person_id=visit.person_id,
        business_type_id=visit.business_type_id,
        to_id=made.from_id,
        cause=Cause.UNDO,
        visit_id=visit.id,
        by=by,
        at=at,
    )


def give(
    session: AnySession,
    *,
    unit_id: int,
    person_id: int,
    business_type_id: int,
    to_id: int | None,
    cause: Cause | str,
    by: Actor,
    at: datetime,
    visit_id: int | None = None,
) -> bool:
    """The person belongs to this officer from now on; `to_id` None: to nobody. Whether that changed anything."""
    owner = session.scalars(
        select(Owner).where(
            Owner.unit_id == unit_id,
            Owner.person_id == person_id,
            Owner.business_type_id == business_type_id,
        )
    ).first()
    before = owner.officer_id if owner else None
    if before == to_id:
        return False
    if owner is None:
        assert to_id is not None
        session.add(
            Owner(
                unit_id=unit_id,
                person_id=person_id,
                business_type_id=business_type_id,
                officer_id=to_id,
                since=at,
            )
        )
    elif to_id is None:
        session.delete(owner)
    else:
        owner.officer_id, owner.since = to_id, at
    session.add(
        OwnerChange(
            unit_id=unit_id,
            person_id=person_id,
            business_type_id=business_type_id,
            from_id=before,
            to_id=to_id,
            cause=Cause(cause).value,
            visit_id=visit_id,
            at=at,
            by_id=by.user_id,
        )
    )
    session.flush()
    return True


def _owned(session: AnySession, visit: Visit) -> bool:
    owner = select(Owner.id).where(
        Owner.unit_id == visit.unit_id,
        Owner.person_id == visit.person_id,
        Owner.business_type_id == visit.business_type_id,
    )
    return session.scalar(owner) is not None


def _seated(session: AnySession, visit: Visit, officer_id: int | None, day: date) -> int | None:
    """The officer whom the evidence names, if he has a counter here on the day."""
    return officer_id if counter_of(session, visit.unit_id, officer_id or 0, day) else None


__all__ = ["Cause", "give", "give_back", "own", "owners_of"]
