"""What an actor may see, per noun: the one definition that lists, detail pages, searches, exports and files share.

Each function gives a condition for a WHERE clause over one table. A row outside of it does not exist for the actor: 404.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from models.account import Account
from models.appointment import Appointment
from models.case import Case, ServiceRecord
from models.ownership import Owner
from models.person import Person
from models.referral import Referral
from models.staff import Absence
from models.visit import Visit
from rules.actor import Actor
from rules.permissions import Permission as P


def sent_referrals(actor: Actor) -> ColumnElement[bool]:
    """The referrals of the actor's own referring unit."""
    if not actor.may(P.REFERRAL_FOLLOW):
        return false()
    return Referral.referring_unit_id == actor.unit_id


def received_referrals(actor: Actor) -> ColumnElement[bool]:
    """The referrals that were sent to the actor's receiving unit, in any state: the supervisor's view."""
    if not (actor.may(P.REFERRAL_TAKE_IN) or actor.may(P.ROSTER_READ)):
        return false()
    return Referral.receiving_unit_id == actor.unit_id


def referrals(actor: Actor) -> ColumnElement[bool]:
    """Every referral the actor may see for whatever reason."""
    if actor.may(P.REFERRAL_READ_ALL):
        return true()
    reasons: list[ColumnElement[bool]] = []
    if actor.may(P.REFERRAL_FOLLOW):
        reasons.append(sent_referrals(actor))
    if actor.may(P.REFERRAL_TAKE_IN):
        reasons.append(received_referrals(actor))
    if actor.may(P.CASE_WORK):
        reasons.append(Referral.id.in_(select(Case.referral_id).where(own_cases(actor))))
    return or_(false(), *reasons)


def detailed_referrals(actor: Actor) -> ColumnElement[bool]:
    """The referrals whose personal data (ID, telephones, address, files) the actor may open: not those of READ_ALL."""
    return referrals(_without_read_all(actor))


def own_cases(actor: Actor) -> ColumnElement[bool]:
    """The cases assigned to the actor now, in the unit he works for now: who moves to another centre leaves them."""
    if not actor.may(P.CASE_WORK):
        return false()
    return and_(Case.case_manager_id == actor.user_id, Case.unit_id == actor.unit_id)


def unit_cases(actor: Actor) -> ColumnElement[bool]:
    """All cases of the actor's unit: the supervisor's view."""
    if not (actor.may(P.CASE_TRANSFER) or actor.may(P.ROSTER_READ)):
        return false()
    return Case.unit_id == actor.unit_id


def cases(actor: Actor) -> ColumnElement[bool]:
    """Every case the actor may see, referring units included (they read the reply form)."""
    if actor.may(P.REFERRAL_READ_ALL):
        return true()
    reasons: list[ColumnElement[bool]] = []
    if actor.may(P.CASE_TRANSFER) or actor.may(P.ROSTER_READ):
        reasons.append(unit_cases(actor))
    if actor.may(P.CASE_WORK):
        reasons.append(own_cases(actor))
    if actor.may(P.REFERRAL_FOLLOW):
        sent = select(Referral.id).where(Referral.id == Case.referral_id, sent_referrals(actor))
        reasons.append(exists(sent))
    return or_(false(), *reasons)


def detailed_cases(actor: Actor) -> ColumnElement[bool]:
    """The cases whose person and reply form the actor may read: not those of READ_ALL."""
    return cases(_without_read_all(actor))


def worked_cases(actor: Actor) -> ColumnElement[bool]:
    """The cases the actor may act on (records, extension, closing): own ones, and the unit's for its supervisor."""
    return or_(own_cases(actor), unit_cases(actor))


def unit_service_records(actor: Actor) -> ColumnElement[bool]:
    """All service records of the actor's unit: the supervisor's view."""
    if not (actor.may(P.CASE_TRANSFER) or actor.may(P.ROSTER_READ)):
        return false()
    return ServiceRecord.unit_id == actor.unit_id


def service_records(actor: Actor) -> ColumnElement[bool]:
    """The service records of the cases the actor may see."""
    if actor.may(P.REFERRAL_READ_ALL):
        return true()
    reasons: list[ColumnElement[bool]] = []
    if actor.may(P.CASE_TRANSFER) or actor.may(P.ROSTER_READ):
        reasons.append(unit_service_records(actor))
    if actor.may(P.CASE_WORK):
        reasons.append(ServiceRecord.case_id.in_(select(Case.id).where(own_cases(actor))))
    return or_(false(), *reasons)


def unit_staff(actor: Actor) -> ColumnElement[bool]:
    """The accounts of the actor's own unit, for whoever keeps their days of absence."""
    if not actor.may(P.ABSENCE_WRITE):
        return false()
    return Account.unit_id == actor.unit_id


def absences(actor: Actor) -> ColumnElement[bool]:
    """The days of absence of the actor's own unit."""
    return Absence.account_id.in_(select(Account.id).where(unit_staff(actor)))


DESK_STAFF = (P.VISIT_RECEIVE, P.VISIT_SERVE, P.DESK_SUPERVISE, P.UNENDED_CHECK)


def visits(actor: Actor) -> ColumnElement[bool]:
    """The visits of the actor's own centre, for those who work at its front desk."""
    if not any(actor.may(permission) for permission in DESK_STAFF):
        return false()
    return Visit.unit_id == actor.unit_id


def appointments(actor: Actor) -> ColumnElement[bool]:
    """The appointments of the actor's own centre."""
    if not actor.may(P.APPOINTMENT_READ):
        return false()
    return Appointment.unit_id == actor.unit_id


def centre_persons(actor: Actor) -> ColumnElement[bool]:
    """Whom the actor's centre knows: by a visit, an appointment, an owner, or a referral that it received."""
    if not any(actor.may(permission) for permission in (*DESK_STAFF, P.APPOINTMENT_READ)):
        return false()
    known = (
        select(Visit.id).where(Visit.person_id == Person.id, Visit.unit_id == actor.unit_id),
        select(Appointment.id).where(
            Appointment.person_id == Person.id, Appointment.unit_id == actor.unit_id
        ),
        select(Owner.id).where(Owner.person_id == Person.id, Owner.unit_id == actor.unit_id),
        select(Referral.id).where(
            Referral.person_id == Person.id, Referral.receiving_unit_id == actor.unit_id
        ),
    )
    return or_(*(each.correlate(Person).exists() for each in known))


def centre_rows(actor: Actor, unit_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The rows of a table that the actor's centre keeps; `unit_id` is the table's column."""
    if not any(
        actor.may(permission) for permission in (*DESK_STAFF, P.DESK_TABLE_READ, P.COUNTER_ROSTER_READ)
    ):
        return false()
    return unit_id == actor.unit_id


def trail_entries(actor: Actor) -> ColumnElement[bool]:
    """Every entry of the trail, for the auditor."""
    return true() if actor.may(P.TRAIL_READ) else false()


def watched_persons(actor: Actor) -> ColumnElement[bool]:
    """Persons of whom the actor may read who looked: anybody for the auditor, those sent to the unit for its supervisor."""
    if actor.may(P.TRAIL_READ):
        return true()
    if not actor.may(P.TRAIL_READ_UNIT) or actor.unit_id is None:
        return false()
    return or_(
        Person.id.in_(select(Referral.person_id).where(Referral.receiving_unit_id == actor.unit_id)),
        Person.id.in_(select(Visit.person_id).where(Visit.unit_id == actor.unit_id)),
    )


def _without_read_all(actor: Actor) -> Actor:
    return Actor(
        user_id=actor.user_id,
        name=actor.name,
        unit_id=actor.unit_id,
        permissions=actor.permissions - {P.REFERRAL_READ_ALL},
        address=actor.address,
    )
