"""人工指定分派: an administrator names the receiving unit where no rule found one. Spec 1-referral §4.2."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update

from models.organisation import Unit
from models.person import Person
from models.referral import Referral
from models.timeline import TimelineEntry
from reports import mails
from reports.waiting import ROUTE
from rules.actor import Actor
from rules.errors import AlreadyDone, NotFound, RuleBroken
from rules.names import mask_name
from rules.permissions import Permission
from rules.referral_flow import REFUSALS, State
from rules.routing import Basis
from rules.texts import N_
from services.correspondence import write_to_supervisors
from services.routing import chosen_unit
from services.timeline import add_entry
from services.transaction import AnySession


def route_by_hand(
    session: AnySession, referral_id: int, unit_id: int, *, by: Actor, at: datetime, base_url: str
) -> Unit:
    """Once, while the referral is submitted and has no unit; the unit's supervisors get a mail.

    Raises `AlreadyDone` naming who chose which unit, `FieldFault` at `unit_id`, `NotFound`.
    """
    if not by.may(Permission.REFERRAL_ROUTE):
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    unit = chosen_unit(session, unit_id)
    changed = session.execute(
        update(Referral)
        .where(
            Referral.id == referral_id,
            Referral.receiving_unit_id.is_(None),
            Referral.state == State.SUBMITTED,
        )
        .values(
            receiving_unit_id=unit.id,
            routing_basis=Basis.MANUAL.value,
            routing_prefix=None,
            version=Referral.version + 1,
        )
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if changed != 1:
        raise _refusal(session, referral_id)
    detail = {"unit_id": unit.id, "unit": unit.name, "basis": Basis.MANUAL.value}
    state = State.SUBMITTED
    add_entry(session, referral_id, ROUTE, by=by, at=at, before=state, after=state, detail=detail)
    _write_to_supervisors(session, referral_id, unit, at=at, base_url=base_url)
    return unit


def _write_to_supervisors(
    session: AnySession, referral_id: int, unit: Unit, *, at: datetime, base_url: str
) -> None:
    referral = session.execute(
        select(Person.name, Unit.name.label("unit_name"), Referral.version)
        .select_from(Referral)
        .join(Person, Person.id == Referral.person_id)
        .join(Unit, Unit.id == Referral.referring_unit_id)
        .where(Referral.id == referral_id)
    ).one()
    letter = mails.referral_routed(
        referral_id=referral_id,
        masked_name=mask_name(referral.name),
        referring_unit=referral.unit_name,
        base_url=base_url,
    )
    occasion = f"referral-routed:{referral_id}:{referral.version}"
    write_to_supervisors(session, referral_id, unit.id, letter, occasion=occasion, at=at)


def _refusal(session: AnySession, referral_id: int) -> RuleBroken:
    found = session.execute(
        select(Referral.state, Referral.receiving_unit_id).where(Referral.id == referral_id)
    ).first()
    if found is None:
        return NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    if found.receiving_unit_id is None:
        return RuleBroken(REFUSALS[State(found.state)])
    last = session.scalars(
        select(TimelineEntry)
        .where(TimelineEntry.referral_id == referral_id, TimelineEntry.move == ROUTE)
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    ).first()
    if last:
        return AlreadyDone(
            N_("此轉介單已由 %(who)s 指定給 %(unit)s"), who=last.actor_name, unit=last.detail["unit"]
        )
    return AlreadyDone(N_("此轉介單已經有收案單位,不需要再指定。"))
