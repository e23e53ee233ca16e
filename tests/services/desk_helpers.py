"""What the tests of the front desk's services say in one word: a check-in, an appointment, a record of evidence."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.appointment import Appointment
from models.desk import Counter, Desk
from models.desk_rules import BusinessType
from models.desk_staff import Attendance
from models.evidence import EvidenceRecord
from models.ownership import Owner
from models.person import Person
from models.visit import Visit
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import AttendanceKind, EvidenceKind
from services.reception import CheckIn, check_in, find_person
from services.transaction import AnySession, transaction
from tests.factories import AT


def unit_of(session: AnySession) -> int:
    return session.scalars(select(Desk.unit_id)).first() or 0


def business_type(session: AnySession, letter: str = "A") -> BusinessType:
    return session.scalars(
        select(BusinessType).where(BusinessType.letter == letter, BusinessType.unit_id == unit_of(session))
    ).one()


def officer(session: AnySession, number: int) -> Account:
    return session.scalars(select(Account).where(Account.username == f"counter{number}")).one()


def counter(session: AnySession, number: int) -> Counter:
    return session.scalars(
        select(Counter).where(Counter.number == number, Counter.unit_id == unit_of(session))
    ).one()


def arrive(
    session: AnySession,
    by: Actor,
    person: Person | None = None,
    letter: str = "A",
    *,
    at: datetime = AT,
    **values: Any,
) -> Visit:
    """Checked in, in a transaction of its own."""
    data = CheckIn(
        **{
            "business_type_id": business_type(session, letter).id,
            "submission_key": str(uuid.uuid4()),
            "person_id": person.id if person else None,
            "visitor": "" if person else "陳老闆",
            **values,
        }
    )
    with transaction(session):
        return check_in(session, data, by=by, at=at)


def known_person(session: AnySession, person: Person, by: Actor) -> Person:
    """Looked up by the actor, as reception does before it checks in."""
    with transaction(session):
        find_person(session, person.national_id, by=by, at=AT, screen="test")
    return person


def away(session: AnySession, *numbers: int, kind: AttendanceKind = AttendanceKind.LEAVE) -> None:
    for number in numbers:
        session.add(
            Attendance(
                unit_id=unit_of(session),
                officer_id=officer(session, number).id,
                kind=kind.value,
                starts_at=AT - timedelta(hours=2),
            )
        )
    session.commit()


def make_owner(session: AnySession, person: Person, number: int, letter: str = "A") -> Owner:
    owner = Owner(
        unit_id=unit_of(session),
        person_id=person.id,
        business_type_id=business_type(session, letter).id,
        officer_id=officer(session, number).id,
        since=AT - timedelta(days=90),
    )
    session.add(owner)
    session.commit()
    return owner


def make_evidence(
    session: AnySession,
    person: Person,
    kind: EvidenceKind,
    *,
    number: int | None = None,
    on: date = date(2026, 6, 1),
    letter: str = "A",
    unit_id: int | None = None,
) -> EvidenceRecord:
    record = EvidenceRecord(
        unit_id=unit_id or unit_of(session),
        kind=kind.value,
        national_id=person.national_id,
        national_id_hash=person.national_id_hash,
        business_type_id=business_type(session, letter).id,
        recorded_on=on,
        officer_id=officer(session, number).id if number else None,
    )
    session.add(record)
    session.commit()
    return record


def make_appointment(
    session: AnySession, person: Person, number: int = 1, letter: str = "A", *, at: datetime = AT
) -> Appointment:
    appointment = Appointment(
        unit_id=unit_of(session),
        officer_id=officer(session, number).id,
        person_id=person.id,
        business_type_id=business_type(session, letter).id,
        day=local_date(at),
        starts_at=at,
        ends_at=at + timedelta(minutes=30),
        made_at=at - timedelta(days=7),
        made_by_id=officer(session, number).id,
        submission_key=str(uuid.uuid4()),
    )
    session.add(appointment)
    session.commit()
    return appointment


def clone_officer(session: AnySession, number: int) -> Account:
    """One more officer of the centre."""
    one = officer(session, 1)
    account = Account(
        username=f"counter{number}",
        first_name="",
        last_name="",
        email=f"counter{number}@example.org",
        name=f"就服員{number}",
        active=True,
        unit_id=one.unit_id,
    )
    session.add(account)
    session.flush()
    return account
