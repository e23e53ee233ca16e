"""A day at the front desk through the real services: check-ins, calls, services, refusals."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from models.account import Account
from models.desk_rules import BusinessType
from models.person import Person
from models.visit import Visit
from rules.actor import Actor
from rules.desk import Outcome
from rules.visit_flow import State
from services import counter, reception
from services.transaction import AnySession
from tests.factories import make_referral

Act = Callable[[str], Actor]


def arrive(
    session: AnySession,
    act_as: Act,
    *,
    letter: str = "A",
    at: datetime,
    new_case: bool | None = None,
    person: Person | None = None,
) -> Visit:
    """Checks a visitor in at the centre of `reception`, and dispatches. Without a `person`, one who was referred there."""
    person = person or make_referral(session).person
    by = act_as("reception")
    kind = session.scalars(
        select(BusinessType).where(BusinessType.unit_id == by.unit_id, BusinessType.letter == letter)
    ).one()
    data = reception.CheckIn(
        business_type_id=kind.id,
        submission_key=str(uuid.uuid4()),
        person_id=person.id,
        new_case=new_case,
        note="" if new_case is None else "民眾出示介紹卡",
    )
    return reception.check_in(session, data, by=by, at=at)


def officer_of(session: AnySession, visit: Visit) -> str:
    return session.scalars(select(Account.username).where(Account.id == visit.officer_id)).one()


def serve(session: AnySession, act_as: Act, visit: Visit, *, at: datetime, minutes: int | None = 10) -> Visit:
    """Called, started and, unless `minutes` is None, ended so much later."""
    by = act_as(officer_of(session, visit))
    counter.call(session, visit.id, by=by, at=at)
    counter.start(session, visit.id, by=by, at=at + timedelta(minutes=1))
    if minutes is not None:
        end = at + timedelta(minutes=1 + minutes)
        counter.end(session, visit.id, outcome=Outcome.CONSULTED, by=by, at=end)
    return visit


def serve_all(session: AnySession, act_as: Act, visits: list[Visit], *, at: datetime) -> None:
    """In the order of their tickets; each counter one after the other."""
    for place, visit in enumerate(visits):
        if visit.state == State.WAITING.value:
            serve(session, act_as, visit, at=at + timedelta(minutes=15 * place))
