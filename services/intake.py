"""收案/派案: a supervisor takes a referral in and names the case manager. Spec 1-referral §5.1."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Row, select

from models.case import Assignment, Case
from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from models.scopes import received_referrals
from reports import mails
from rules.actor import Actor
from rules.due_dates import first_due
from rules.names import mask_name
from rules.referral_flow import Move
from services import outbox
from services.case_managers import chosen_case_manager
from services.referral_moves import passed_on
from services.timeline import add_entry, change_state
from services.transaction import AnySession


def take_in(
    session: AnySession, referral_id: int, *, case_manager_id: int, by: Actor, at: datetime, base_url: str
) -> Case:
    """The new case, with its first assignment, timeline entry and the mail to the case manager.

    Locks the referral before anything is looked at, so that it cannot move to another centre meanwhile.
    Raises `AlreadyDone` naming who took it in, `FieldFault` at `case_manager_id`, `NotFound` outside of the
    actor's unit.
    """
    referral = _locked(session, referral_id, by)
    before, after = change_state(session, referral_id, Move.TAKE_IN, by=by)
    manager = chosen_case_manager(session, case_manager_id, unit_id=referral.unit_id, field="case_manager_id")
    case = Case(
        referral_id=referral_id,
        unit_id=referral.unit_id,
        supervisor_id=by.user_id,
        case_manager_id=manager.id,
        taken_in_at=at,
        due_date=first_due(referral.referral_date),
        assignments=[Assignment(case_manager_id=manager.id, assigned_at=at, assigned_by_id=by.user_id)],
    )
    session.add(case)
    session.flush()
    detail = {"case_id": case.id, "case_manager_id": manager.id, "case_manager": manager.get_full_name()}
    add_entry(session, referral_id, Move.TAKE_IN, by=by, at=at, before=before, after=after, detail=detail)
    letter = mails.case_assigned(
        case_id=case.id,
        referral_id=referral_id,
        masked_name=mask_name(referral.name),
        due=case.due_date,
        base_url=base_url,
    )
    outbox.queue(
        session,
        key=f"case-assigned:{case.id}",
        to=manager.email,
        subject=letter.subject,
        body=letter.body,
        at=at,
        referral_id=referral_id,
    )
    return case


def _locked(session: AnySession, referral_id: int, by: Actor) -> Row[int, date, str]:
    found = session.execute(
        select(Unit.id.label("unit_id"), Referral.referral_date, Person.name)
        .select_from(Referral)
        .join(Unit, Unit.id == Referral.receiving_unit_id)
        .join(Person, Person.id == Referral.person_id)
        .where(Referral.id == referral_id, received_referrals(by))
        .with_for_update(of=Referral)
    ).one_or_none()
    if found is None:
        raise passed_on(session, referral_id, by)
    return found
