"""What a centre has of one person: visits, owners, appointments, cases and identities. One statement each.

`reports.visitor_picture` puts them together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from models.account import Account
from models.appointment import Appointment
from models.case import Case
from models.desk import CounterGroup
from models.desk_rules import BusinessType, IdentityGroup
from models.ownership import Owner, PermanentTransfer
from models.person import Person
from models.referral import Referral, ReferralIdentity
from models.visit import Visit
from reports.desk_now import CounterNow, counters_now, ticket
from reports.session import ReadSession
from rules.desk import AppointmentState
from rules.dispatch import Presence
from rules.visit_flow import State

ON_TODAY = (AppointmentState.BOOKED.value, AppointmentState.KEPT.value)
MOST_VISITS = 50


@dataclass(frozen=True)
class OwnerNow:
    """一案到底: the officer of the person for a business type. Without a counter he sits nowhere today, or has left."""

    business_type_id: int
    officer_id: int
    officer: str
    since: datetime
    counter: int | None
    presence: Presence


@dataclass(frozen=True)
class OpenCase:
    """個案服務單 of the referral line, open at this centre."""

    case_id: int
    referral_id: int
    manager: str
    taken_in_at: datetime
    due_date: date


@dataclass(frozen=True)
class PastVisit:
    visit_id: int
    day: date
    ticket: str
    business_type_id: int
    business_type: str
    state: State
    officer: str


@dataclass(frozen=True)
class AgreedTransfer:
    """永久轉案 that both officers agreed to, for reception to execute (接待台 rule 七)."""

    transfer_id: int
    business_type_id: int
    business_type: str
    giver: str
    taker: str


@dataclass(frozen=True)
class Programme:
    """A counter group that serves one of the visitor's identities first."""

    group_id: int
    group: str
    identity_code: int


def visits(
    session: ReadSession, unit_id: int, person: Person
) -> Sequence[tuple[Visit, str, str, str | None]]:
    rows = session.execute(
        select(Visit, BusinessType.letter, BusinessType.name, Account.name)
        .join(BusinessType, BusinessType.id == Visit.business_type_id)
        .outerjoin(Account, Account.id == Visit.officer_id)
        .where(Visit.person_id == person.id, Visit.unit_id == unit_id)
        .order_by(Visit.day.desc(), Visit.id.desc())
        .limit(MOST_VISITS)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def past_visit(visit: Visit, letter: str, business_type: str, officer: str | None) -> PastVisit:
    return PastVisit(
        visit.id,
        visit.day,
        ticket(letter, visit.number),
        visit.business_type_id,
        business_type,
        State(visit.state),
        officer or "",
    )


def owners(session: ReadSession, unit_id: int, person: Person, at: datetime) -> Mapping[int, OwnerNow]:
    sits: dict[int | None, CounterNow] = {one.officer_id: one for one in counters_now(session, unit_id, at)}
    rows = session.execute(
        select(Owner.business_type_id, Owner.officer_id, Account.name, Owner.since)
        .join(Account, Account.id == Owner.officer_id)
        .where(Owner.unit_id == unit_id, Owner.person_id == person.id)
    )
    return {
        business_type_id: OwnerNow(
            business_type_id,
            officer_id,
            name,
            since,
            sits[officer_id].number if officer_id in sits else None,
            sits[officer_id].presence if officer_id in sits else Presence.UNSTAFFED,
        )
        for business_type_id, officer_id, name, since in rows
    }


def appointments(session: ReadSession, unit_id: int, person: Person, day: date) -> Sequence[Appointment]:
    return session.scalars(
        select(Appointment)
        .where(
            Appointment.person_id == person.id,
            Appointment.day == day,
            Appointment.unit_id == unit_id,
            Appointment.state.in_(ON_TODAY),
        )
        .order_by(Appointment.starts_at)
        .options(joinedload(Appointment.officer), joinedload(Appointment.business_type))
    ).all()


def open_cases(session: ReadSession, unit_id: int, person: Person) -> tuple[OpenCase, ...]:
    rows = session.execute(
        select(Case.id, Case.referral_id, Account.name, Case.taken_in_at, Case.due_date)
        .join(Referral, Referral.id == Case.referral_id)
        .join(Account, Account.id == Case.case_manager_id)
        .where(Referral.person_id == person.id, Case.unit_id == unit_id, Case.closed_on.is_(None))
        .order_by(Case.id.desc())
    )
    return tuple(OpenCase(*row) for row in rows)


def identities_of_referrals(session: ReadSession, unit_id: int, person: Person) -> set[int]:
    return set(
        session.scalars(
            select(ReferralIdentity.code)
            .join(Referral, Referral.id == ReferralIdentity.referral_id)
            .where(Referral.person_id == person.id, Referral.receiving_unit_id == unit_id)
        )
    )


def programmes(session: ReadSession, unit_id: int, identities: Iterable[int]) -> tuple[Programme, ...]:
    rows = session.execute(
        select(CounterGroup.id, CounterGroup.name, IdentityGroup.identity_code)
        .join(CounterGroup, CounterGroup.id == IdentityGroup.group_id)
        .where(
            IdentityGroup.unit_id == unit_id,
            IdentityGroup.identity_code.in_(identities),
            CounterGroup.active.is_(True),
        )
        .order_by(IdentityGroup.priority, IdentityGroup.identity_code)
    )
    return tuple(Programme(*row) for row in rows)


def transfers(session: ReadSession, unit_id: int, person: Person) -> tuple[AgreedTransfer, ...]:
    giver, taker = aliased(Account), aliased(Account)
    rows = session.execute(
        select(
            PermanentTransfer.id,
            PermanentTransfer.business_type_id,
            BusinessType.name,
            giver.name.label("giver"),
            taker.name.label("taker"),
        )
        .join(BusinessType, BusinessType.id == PermanentTransfer.business_type_id)
        .join(giver, giver.id == PermanentTransfer.from_id)
        .join(taker, taker.id == PermanentTransfer.to_id)
        .where(
            PermanentTransfer.unit_id == unit_id,
            PermanentTransfer.person_id == person.id,
            PermanentTransfer.state == "accepted",
        )
        .order_by(PermanentTransfer.id)
    )
    return tuple(AgreedTransfer(*row) for row in rows)
