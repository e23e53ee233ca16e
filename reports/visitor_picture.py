"""The visitor in one look: all that reception sees of a person before the check-in. Spec 2-dispatch §3.

A fixed number of statements, whatever is known. Only what belongs to the actor's own centre.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.appointment import Appointment
from models.desk_rules import BusinessType
from models.person import Person
from reports import visitor_records as records
from reports.evidence import evidence
from reports.session import ReadSession
from reports.visitor_records import AgreedTransfer, OpenCase, OwnerNow, PastVisit, Programme
from rules.calendar import local_date
from rules.desk import Disability
from rules.judgement import Evidence, Judgement, judge
from rules.visit_flow import OPEN_STATES

DISABLED = 3
"""Code of 身心障礙者 in the list of identities (`rules.identities`)."""


@dataclass(frozen=True)
class Proposal:
    """What is known about one business type, and the judgement that follows."""

    business_type: BusinessType
    evidence: Evidence
    judgement: Judgement


@dataclass(frozen=True)
class Picture:
    """`identities`: codes that referrals to this centre, or earlier visits, know of; `programmes`: their groups, first
    priority first. `disability_known`: a system match (就服系統身分別勾稽). `transfers`: agreed, for
    reception to execute while the visitor is there (接待台 rule 七). `visits`: newest first.
    """

    person: Person
    proposals: Mapping[int, Proposal]
    owners: Mapping[int, OwnerNow]
    appointments: tuple[Appointment, ...]
    cases: tuple[OpenCase, ...]
    identities: tuple[int, ...]
    programmes: tuple[Programme, ...]
    disability_known: bool
    open_visits: Mapping[int, str]
    transfers: tuple[AgreedTransfer, ...]
    visits: tuple[PastVisit, ...]

    @property
    def disability(self) -> Disability:
        """What the screen proposes."""
        return Disability.CONFIRMED if self.disability_known else Disability.NONE


def picture(session: ReadSession, unit_id: int, person: Person, *, at: datetime) -> Picture:
    """Of a person that the actor has found, at the actor's centre. `open_visits`: today's, tickets by business type."""
    day = local_date(at)
    types = session.scalars(
        select(BusinessType)
        .where(BusinessType.unit_id == unit_id, BusinessType.active.is_(True))
        .order_by(BusinessType.position, BusinessType.id)
    ).all()
    known = evidence(session, unit_id, person, [one.id for one in types], day)
    rows = records.visits(session, unit_id, person)
    visits = [records.past_visit(*row) for row in rows]
    referred = records.identities_of_referrals(session, unit_id, person)
    identities = tuple(sorted(referred.union(*(row[0].identities for row in rows))))
    return Picture(
        person=person,
        proposals={one.id: Proposal(one, known[one.id], judge(known[one.id], day)) for one in types},
        owners=records.owners(session, unit_id, person, at),
        appointments=tuple(records.appointments(session, unit_id, person, day)),
        cases=records.open_cases(session, unit_id, person),
        identities=identities,
        programmes=records.programmes(session, unit_id, identities),
        disability_known=DISABLED in identities
        or any(visit.disability == Disability.CONFIRMED for visit, *_ in rows),
        open_visits={
            visit.business_type_id: visit.ticket
            for visit in visits
            if visit.day == day and visit.state in OPEN_STATES
        },
        transfers=records.transfers(session, unit_id, person),
        visits=tuple(visits),
    )
