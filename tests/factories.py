"""Rows for tests, valid by default. Each call makes another person with a number of his own."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import select

from models.account import Account
from models.case import Assignment, Case, ServiceRecord
from models.codes import Identity, Indicator, RefusalReason, ServiceKind
from models.crypto import KEYS
from models.desk import Counter, Desk, Post
from models.desk_rules import BusinessType
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from models.staff import Absence
from models.visit import Visit
from rules import national_id
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import Basis as JudgedBy
from rules.due_dates import first_due
from rules.errors import FieldFault
from rules.referral_flow import Move, State
from rules.routing import Basis
from rules.visit_flow import State as VisitState
from services.demo.cast import HSINCHU
from services.demo.desk_tables import seed_desk
from services.desk import draw_ticket
from services.people import write_suffixes
from services.timeline import add_entry
from services.transaction import AnySession

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""115/11/20 10:00 in Taipei, as the clock of the tests."""

_numbers = itertools.count(1_000_000)


def fresh_number(letter: str = "A", second: str = "1") -> str:
    """A number nobody has, with its check digit. `second`: 1 man, 2 woman, 8 and 9 resident certificates."""
    digits = next(_numbers)
    for last in range(10):
        try:
            return national_id.inspect(f"{letter}{second}{digits:07}{last}").number
        except FieldFault:
            continue
    raise AssertionError("one of ten last digits always fits")


def make_person(session: AnySession, **values: Any) -> Person:
    number = national_id.inspect(values.pop("national_id", None) or fresh_number())
    person = Person(
        **{
            "name": "唐三藏",
            "birthday": date(1980, 7, 7),
            "phone": "0912345678",
            "home_phone": "03-5123456",
            "other_phone": None,
            "address": "新竹市東區東大路二段60號",
            "postal_code": "30054",
            "changed_at": AT,
            **values,
        },
        national_id=number.number,
        national_id_hash=KEYS.search_hash(number.number),
        national_id_kind=number.kind,
        sex=number.sex,
    )
    session.add(person)
    session.flush()
    write_suffixes(session, person)
    return person


def make_referral(
    session: AnySession,
    *,
    person: Person | None = None,
    referrer: str = "referrer",
    unit: str | None = "13",
    indicators: tuple[int, ...] = (1, 2),
    identities: tuple[int, ...] = (2,),
    at: datetime = AT,
    **values: Any,
) -> Referral:
    """Sent by `referrer` of the cast; `unit` is the code of the receiving unit, None: unrouted."""
    person = person or make_person(session)
    sender = session.scalars(select(Account).where(Account.username == referrer)).one()
    receiving = session.scalars(select(Unit).where(Unit.code == unit)).one() if unit else None
    referral = Referral(
        **{
            "person": person,
            "referring_unit_id": sender.unit_id,
            "receiving_unit": receiving,
            "routing_basis": Basis.POSTAL_CODE if receiving else Basis.UNROUTED,
            "routing_prefix": person.postal_code[:3] if receiving else None,
            "postal_code": person.postal_code,
            "referral_date": local_date(at),
            "submitted_at": at,
            "submitted_by": sender,
            "state": State.SUBMITTED,
            "brief": "曾任餐飲內場三年,目前待業。",
            "expectation": "希望找白天班的工作。",
            "consent_at": at,
            "submission_key": str(uuid.uuid4()),
            **values,
        },
        indicators=list(session.scalars(select(Indicator).where(Indicator.code.in_(indicators)))),
        identities=list(session.scalars(select(Identity).where(Identity.code.in_(identities)))),
    )
    session.add(referral)
    session.flush()
    by = Actor(sender.id, sender.name, sender.unit_id)
    add_entry(session, referral.id, "submit", by=by, at=at, before=None, after=State.SUBMITTED)
    session.flush()
    return referral


def make_case(
    session: AnySession,
    *,
    referral: Referral | None = None,
    manager: str = "manager",
    supervisor: str = "supervisor",
    at: datetime = AT,
    **values: Any,
) -> Case:
    """Open, taken in by `supervisor` and assigned to `manager` at `at`; the referral is of the same moment."""
    named = select(Account).where(Account.username.in_((manager, supervisor)))
    accounts = {account.username: account for account in session.scalars(named)}
    boss, worker = accounts[supervisor], accounts[manager]
    referral = referral or make_referral(session, unit=worker.unit.code, at=at)
    case = Case(
        **{
            "referral": referral,
            "unit": worker.unit,
            "supervisor": boss,
            "case_manager": worker,
            "taken_in_at": at,
            "due_date": first_due(referral.referral_date),
            **values,
        }
    )
    session.add(case)
    referral.state = State.OPEN
    session.flush()
    session.add(
        Assignment(case_id=case.id, case_manager_id=worker.id, assigned_at=at, assigned_by_id=boss.id)
    )
    by = Actor(boss.id, boss.name, boss.unit_id)
    add_entry(session, referral.id, Move.TAKE_IN, by=by, at=at, before=State.SUBMITTED, after=State.OPEN)
    session.flush()
    return case


def make_record(
    session: AnySession,
    case: Case,
    *,
    services: tuple[int, ...] = (1,),
    reasons: tuple[int, ...] = (),
    served_on: date | None = None,
    **values: Any,
) -> ServiceRecord:
    """Provided with `services`, or with `reasons` why not; written by the case manager."""
    record = ServiceRecord(
        **{
            "case": case,
            "unit_id": case.unit_id,
            "served_on": served_on or local_date(AT),
            "provided": not reasons,
            "recorded_at": AT,
            "author_id": case.case_manager_id,
            "submission_key": str(uuid.uuid4()),
            **values,
        },
        services=[]
        if reasons
        else list(session.scalars(select(ServiceKind).where(ServiceKind.code.in_(services)))),
        reasons=list(session.scalars(select(RefusalReason).where(RefusalReason.code.in_(reasons)))),
    )
    session.add(record)
    session.flush()
    return record


def make_absence(session: AnySession, username: str, first: date, last: date) -> Absence:
    account_id = session.scalars(select(Account.id).where(Account.username == username)).one()
    absence = Absence(account_id=account_id, starts_on=first, ends_on=last)
    session.add(absence)
    session.flush()
    return absence


def close_case(session: AnySession, case: Case, *, on: date | None = None) -> None:
    case.closed_on = on or local_date(AT)
    case.closed_at = AT
    case.referral.state = State.CLOSED
    session.flush()


def make_desk(session: AnySession, unit_code: str = HSINCHU, at: datetime = AT) -> Desk:
    """The front desk of the demo world's centre: counters 1 to 8 with their officers, groups, types and rules."""
    desk = seed_desk(session, unit_code, at=at)
    session.commit()
    return desk


def make_visit(
    session: AnySession,
    *,
    officer: str | None = "counter1",
    letter: str = "A",
    state: VisitState = VisitState.WAITING,
    person: Person | None = None,
    at: datetime = AT,
    **values: Any,
) -> Visit:
    """A new case of `make_desk`'s centre, dispatched to the counter of `officer`; None: to nobody. Serving and served
    ones began at `at`."""
    desk = session.scalars(select(Desk)).first()
    unit_id = desk.unit_id if desk else 0
    kind = session.scalars(
        select(BusinessType).where(BusinessType.unit_id == unit_id, BusinessType.letter == letter)
    ).one()
    seat = session.execute(
        select(Counter, Post.officer_id)
        .join(Post, Post.counter_id == Counter.id)
        .join(Account, Account.id == Post.officer_id)
        .where(Account.username == (officer or "counter1"))
    ).one()
    reception = session.scalars(select(Account.id).where(Account.username == "reception")).one()
    dispatched = {
        "counter_id": seat[0].id,
        "group_id": seat[0].group_id,
        "officer_id": seat[1],
        "dispatched_at": at,
        "counted": True,
    }
    begun = state in (VisitState.SERVING, VisitState.SERVED)
    visit = Visit(
        **{
            "unit_id": unit_id,
            "day": local_date(at),
            "number": draw_ticket(session, unit_id, local_date(at)),
            "business_type": kind,
            "person": person or make_person(session),
            "state": state.value if officer else VisitState.CHECKED_IN.value,
            "new_case": True,
            "basis": JudgedBy.NOTHING_FOUND.value,
            "checked_in_at": at,
            "checked_in_by_id": reception,
            "queue_from": at,
            "started_at": at if begun else None,
            "ended_at": at if state is VisitState.SERVED else None,
            "submission_key": str(uuid.uuid4()),
            **(dispatched if officer else {}),
            **values,
        }
    )
    session.add(visit)
    session.flush()
    return visit
