"""The rows that a supervisor has ticked, as the pages of a bulk show them. Two questions, one statement each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select

from models.account import Account
from models.case import Case
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from reports.session import ReadSession


@dataclass(frozen=True)
class Ticked:
    """`key`: number of the referral to be taken in, or of the case to be transferred. `day`: of the referral, or due."""

    key: int
    day: date
    person_id: int
    name: str
    referring_unit: str
    manager_id: int | None = None
    manager: str = ""


def referrals(session: ReadSession, ids: Collection[int], *where: ColumnElement[bool]) -> Sequence[Ticked]:
    """Who has waited longest comes first."""
    found = session.execute(
        select(Referral.id, Referral.referral_date, Person.id, Person.name, Unit.name)
        .join(Person, Person.id == Referral.person_id)
        .join(Unit, Unit.id == Referral.referring_unit_id)
        .where(Referral.id.in_(ids), *where)
        .order_by(Referral.referral_date, Referral.id)
    )
    return [Ticked(*row) for row in found]


def cases(session: ReadSession, *where: ColumnElement[bool], limit: int) -> Sequence[Ticked]:
    """What is due first comes first, so that cases shared out evenly are shared out evenly in haste too."""
    found = session.execute(
        select(Case.id, Case.due_date, Person.id, Person.name, Unit.name, Case.case_manager_id, Account.name)
        .join(Referral, Referral.id == Case.referral_id)
        .join(Person, Person.id == Referral.person_id)
        .join(Unit, Unit.id == Referral.referring_unit_id)
        .join(Account, Account.id == Case.case_manager_id)
        .where(*where)
        .order_by(Case.due_date, Case.id)
        .limit(limit)
    )
    return [Ticked(*row) for row in found]
