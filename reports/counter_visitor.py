"""What an officer sees of the visitor at hand: owners, open referral case, earlier services, why it came to this counter.

Only what belongs to the actor's own centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from models.account import Account
from models.appointment import Appointment
from models.case import Case
from models.codes import Identity
from models.ownership import Owner
from models.referral import Referral
from models.scopes import detailed_cases
from models.visit import Decision, Visit
from reports.owners import owners_of
from reports.phone_checks import phone_check
from reports.session import ReadSession
from rules.actor import Actor
from rules.desk import AppointmentState
from rules.judgement import PhoneCheck
from rules.visit_flow import State

EARLIER = 10


@dataclass(frozen=True)
class OpenCase:
    """A case of the referral line. `may_open`: the actor may read its history."""

    case_id: int
    manager: str
    may_open: bool


@dataclass(frozen=True)
class Visitor:
    """`earlier`: services at this centre, newest first; `coming`: appointments still to come; `reason`: of the decision."""

    visit: Visit
    identities: Sequence[str]
    owners: Sequence[Owner]
    cases: Sequence[OpenCase]
    earlier: Sequence[Visit]
    coming: Sequence[Appointment]
    reason: Sequence[dict[str, Any]]
    phone_check: PhoneCheck | None


def visitor(session: ReadSession, actor: Actor, visit: Visit) -> Visitor:
    """Of a visit that the actor may see. A fixed number of statements."""
    identities = session.scalars(
        select(Identity.label).where(Identity.code.in_(visit.identities or [-1]))
    ).all()
    reason = session.scalar(
        select(Decision.reason).where(Decision.visit_id == visit.id).order_by(Decision.id.desc()).limit(1)
    )
    asked = phone_check(session, visit)
    if visit.person_id is None:
        return Visitor(visit, identities, (), (), (), (), reason or (), asked)
    return Visitor(
        visit,
        identities,
        owners_of(session, visit.unit_id, visit.person_id),
        _cases(session, actor, visit),
        _earlier(session, visit),
        _coming(session, visit),
        reason or (),
        asked,
    )


def _cases(session: ReadSession, actor: Actor, visit: Visit) -> Sequence[OpenCase]:
    rows = session.execute(
        select(Case.id, Account.name, detailed_cases(actor))
        .join(Referral, Referral.id == Case.referral_id)
        .join(Account, Account.id == Case.case_manager_id)
        .where(Referral.person_id == visit.person_id, Case.unit_id == visit.unit_id, Case.closed_on.is_(None))
        .order_by(Case.id.desc())
    )
    return [OpenCase(case_id, manager, bool(may_open)) for case_id, manager, may_open in rows]


def _earlier(session: ReadSession, visit: Visit) -> Sequence[Visit]:
    return session.scalars(
        select(Visit)
        .where(
            Visit.person_id == visit.person_id,
            Visit.unit_id == visit.unit_id,
            Visit.id != visit.id,
            Visit.state == State.SERVED,
        )
        .order_by(Visit.day.desc(), Visit.id.desc())
        .options(joinedload(Visit.business_type), joinedload(Visit.officer))
        .limit(EARLIER)
    ).all()


def _coming(session: ReadSession, visit: Visit) -> Sequence[Appointment]:
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.person_id == visit.person_id,
            Appointment.unit_id == visit.unit_id,
            Appointment.day > visit.day,
            Appointment.state == AppointmentState.BOOKED,
        )
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.officer), joinedload(Appointment.business_type))
        .limit(EARLIER)
    ).all()
