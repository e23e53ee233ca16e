"""The persons of an officer who has left go to the successors for good, business type by business type (資訊 rule 二).

With them go the appointments that nobody could take before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import insert, select, update

from models.account import Account
from models.desk_rules import BusinessType
from models.ownership import Departure, Owner, OwnerChange, PermanentTransfer
from reports.desk_now import departed
from reports.staff import people_with
from reports.succession import estate
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import Kind, NoticeKind
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_
from services import desk, dispatching, notices, transfers
from services.inherited_appointments import Heirs, pass_on
from services.ownership import Cause
from services.transaction import AnySession

NOBODY_NAMED = N_("請選擇本中心的另一位就服員。")
NO_DEPARTURE = N_("找不到這筆離職登錄。")
IS_BACK = N_("%(officer)s 已回任，不再移轉他的民眾。")
TOLD_HAND_OVER = N_("%(officer)s 的%(type)s舊案共 %(count)s 位民眾已移轉給%(other)s。")
FAR = date.max  # whoever has left, or is to leave on a day that is recorded already


def hand_over(
    session: AnySession,
    departure_id: int,
    *,
    successors: Mapping[int, int],
    by: Actor,
    at: datetime,
) -> Mapping[int, int]:
    """`successors`: business type → officer. The persons of each type go to its successor, whole or not at all.

    Gives how many went, by business type. May be done type by type; the departure is settled when nobody is left. Raises
    `RuleBroken` when the officer came back.
    """
    if not by.may(P.OFFICER_DEPART):
        raise NotFound(NO_DEPARTURE)
    desk.hold(session, by.unit_id)
    departure = session.scalars(
        select(Departure).where(Departure.id == departure_id, Departure.unit_id == by.unit_id)
    ).first()
    if departure is None:
        raise NotFound(NO_DEPARTURE)
    if departure.officer_id not in departed(session, departure.unit_id, FAR):
        raise RuleBroken(IS_BACK, officer=departure.officer.get_full_name())
    went: dict[int, int] = {}
    for type_id, officer_id in successors.items():
        successor = other_officer(session, officer_id, departure.officer, by, f"successor-{type_id}")
        kind = session.scalars(
            select(BusinessType).where(BusinessType.id == type_id, BusinessType.unit_id == by.unit_id)
        ).first()
        if successor is None or kind is None:
            raise FieldFault(f"successor-{type_id}", NOBODY_NAMED)
        went[type_id] = _give_all(session, departure, kind, successor, by=by, at=at)
        if kind.kind == Kind.JOB_SEEKING or departure.successor_id is None:
            departure.successor_id = successor.id
    left = session.scalar(
        select(Owner.id)
        .where(Owner.unit_id == departure.unit_id, Owner.officer_id == departure.officer_id)
        .limit(1)
    )
    if left is None:
        departure.handed_over_at = at
    departure.changed_at, departure.changed_by_id, departure.changed_by_name = at, by.user_id, by.name
    session.flush()
    _pass_on(session, departure, successors, by=by, at=at)
    # Who waited without a counter because nobody was named has somebody now.
    dispatching.redispatch_waiting(session, departure.unit_id, by=with_rights(by), at=at)
    return went


def _give_all(
    session: AnySession,
    departure: Departure,
    kind: BusinessType,
    successor: Account,
    *,
    by: Actor,
    at: datetime,
) -> int:
    """In a fixed number of statements, however many persons there are. What was agreed about them is void."""
    theirs = (
        Owner.unit_id == departure.unit_id,
        Owner.officer_id == departure.officer_id,
        Owner.business_type_id == kind.id,
    )
    persons = session.scalars(select(Owner.person_id).where(*theirs).order_by(Owner.person_id)).all()
    if not persons:
        return 0
    session.execute(
        insert(OwnerChange),
        [
            {
                "unit_id": departure.unit_id,
                "person_id": person_id,
                "business_type_id": kind.id,
                "from_id": departure.officer_id,
                "to_id": successor.id,
                "cause": Cause.DEPARTURE.value,
                "at": at,
                "by_id": by.user_id,
            }
            for person_id in persons
        ],
    )
    session.execute(
        update(Owner)
        .where(*theirs)
        .values(officer_id=successor.id, since=at, version=Owner.version + 1)
        .execution_options(synchronize_session=False)
    )
    transfers.withdraw_all(
        session,
        PermanentTransfer.from_id == departure.officer_id,
        PermanentTransfer.business_type_id == kind.id,
        by=by,
        at=at,
    )
    notices.tell(
        session,
        departure.unit_id,
        NoticeKind.TRANSFER,
        TOLD_HAND_OVER,
        to=successor.id,
        at=at,
        by=by,
        officer=departure.officer.get_full_name(),
        type=kind.name,
        count=len(persons),
        other=successor.get_full_name(),
    )
    return len(persons)


def _pass_on(
    session: AnySession, departure: Departure, successors: Mapping[int, int], *, by: Actor, at: datetime
) -> None:
    """Of these business types, what the officer who left is still booked for."""
    left = estate(session, departure.unit_id, departure.officer, max(departure.left_on, local_date(at)))
    heirs = Heirs.of(departure, left.deputies, successors)
    for appointment in left.appointments:
        if appointment.business_type_id in successors:
            pass_on(session, appointment, heirs, by=with_rights(by), at=at)


def successors_among(
    session: AnySession, successors: Mapping[int, int], officer: Account, by: Actor
) -> Mapping[int, int]:
    """Raises `FieldFault` at `successor-<business type>` for who cannot be one."""
    for type_id, officer_id in successors.items():
        other_officer(session, officer_id, officer, by, f"successor-{type_id}")
    return successors


def other_officer(
    session: AnySession, account_id: int | None, officer: Account, by: Actor, field_name: str
) -> Account | None:
    """Another officer of the centre who is still there."""
    if account_id is None:
        return None
    gone = departed(session, by.unit_id or 0, FAR)
    for account in people_with(session, by.unit_id or 0, P.VISIT_SERVE):
        if account.id == account_id and account.id != officer.id and account.id not in gone:
            return account
    raise FieldFault(field_name, NOBODY_NAMED)


def with_rights(by: Actor) -> Actor:
    """Who sees a departure through may do what it takes: dispatch the visits anew and move the appointments."""
    rights = {P.DESK_SUPERVISE, P.APPOINTMENT_READ, P.APPOINTMENT_WRITE}
    return replace(by, permissions=by.permissions | rights)
