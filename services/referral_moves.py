"""What else may become of a referral that waits: returned, passed on to another centre, or withdrawn. Spec 1-referral §2.

Each locks the referral in the actor's scope first, so that of two who press at once the second sees what the first
has done.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select

from models.organisation import Unit
from models.referral import Referral
from models.scopes import received_referrals, sent_referrals
from models.timeline import TimelineEntry
from reports import mails
from rules.actor import Actor
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.gather import Gather
from rules.names import mask_name
from rules.permissions import Permission
from rules.referral_flow import Move, check_reason
from rules.routing import Basis
from rules.texts import N_
from services.correspondence import write_to_referrer, write_to_supervisors
from services.routing import chosen_unit
from services.timeline import DONE_BY, make_move
from services.transaction import AnySession

# The moves after which another centre has the referral, and what the former one reads then.
PASSED_ON = {
    Move.REROUTE: N_("此轉介單已由 %(who)s 改派至 %(unit)s"),
    Move.RESUBMIT: N_("此轉介單已由 %(who)s 補正後重新送出，改由 %(unit)s 收案"),
}


def return_(
    session: AnySession, referral_id: int, *, reason: str, base_url: str, by: Actor, at: datetime
) -> Referral:
    """退回 to the referring unit, which corrects it and sends it again; with a mail to who sent it.

    Raises `AlreadyDone` naming who was first, `FieldFault` at `reason`, `NotFound` outside of the actor's unit.
    """
    referral = received(session, referral_id, by)
    make_move(session, referral_id, Move.RETURN, by=by, at=at, reason=reason)
    session.refresh(referral)
    letter = mails.referral_returned(
        referral_id=referral_id,
        masked_name=mask_name(referral.person.name),
        unit_name=_unit_name(referral),
        base_url=base_url,
    )
    write_to_referrer(session, referral, letter, occasion=_occasion(Move.RETURN, referral), at=at)
    return referral


def reroute(
    session: AnySession,
    referral_id: int,
    *,
    unit_id: int,
    reason: str,
    base_url: str,
    by: Actor,
    at: datetime,
) -> Referral:
    """改派其他中心: it waits there, routed by hand, with a mail to the supervisors there and to who sent it.

    Raises `AlreadyDone` naming who was first and where it went, `FieldFault` at `unit_id` or `reason`, `NotFound`.
    """
    referral = received(session, referral_id, by)
    former = session.get_one(Unit, referral.receiving_unit_id)
    gather = Gather()
    with gather:
        unit = _other_unit(session, unit_id, former)
    with gather:
        check_reason(Move.REROUTE, reason)
    gather.raise_any()
    detail = {
        "from_id": former.id,
        "from": former.name,
        "unit_id": unit.id,
        "unit": unit.name,
        "basis": Basis.MANUAL.value,
    }
    make_move(session, referral_id, Move.REROUTE, by=by, at=at, reason=reason, detail=detail)
    session.refresh(referral)
    referral.receiving_unit = unit
    referral.routing_basis = Basis.MANUAL.value
    referral.routing_prefix = None
    session.flush()
    _tell_of_rerouting(session, referral, former, unit, base_url=base_url, at=at)
    return referral


def withdraw(
    session: AnySession, referral_id: int, *, reason: str, base_url: str, by: Actor, at: datetime
) -> Referral:
    """撤回 by anybody of the referring unit who may send, with a mail to the supervisors where it waited.

    Raises `AlreadyDone` naming who was first, `FieldFault` at `reason`, `NotFound` outside of the actor's unit.
    """
    referral = _locked(session, referral_id, sent_referrals(by))
    if referral is None:
        raise _not_found()
    make_move(session, referral_id, Move.WITHDRAW, by=by, at=at, reason=reason)
    session.refresh(referral)
    if referral.receiving_unit_id is not None:
        letter = mails.referral_withdrawn(
            referral_id=referral_id,
            masked_name=mask_name(referral.person.name),
            referring_unit=referral.referring_unit.name,
            base_url=base_url,
        )
        occasion = _occasion(Move.WITHDRAW, referral)
        write_to_supervisors(
            session, referral_id, referral.receiving_unit_id, letter, occasion=occasion, at=at
        )
    return referral


def received(session: AnySession, referral_id: int, by: Actor) -> Referral:
    """The referral, locked, if the actor's unit has it to take in. Raises what `passed_on` says if it had it once."""
    referral = _locked(session, referral_id, received_referrals(by))
    if referral is None:
        raise passed_on(session, referral_id, by)
    return referral


def passed_on(session: AnySession, referral_id: int, by: Actor) -> RuleBroken:
    """Why the actor's unit cannot see the referral: who passed it on to whom; or it never had it, and hears nothing."""
    if not by.may(Permission.REFERRAL_TAKE_IN):
        return _not_found()
    moved = select(TimelineEntry).where(
        TimelineEntry.referral_id == referral_id, TimelineEntry.move.in_(PASSED_ON)
    )
    for entry in session.scalars(moved.order_by(TimelineEntry.id.desc())):
        if entry.detail.get("from_id") == by.unit_id is not None:
            move, unit = Move(entry.move), entry.detail["unit"]
            text = PASSED_ON[move] if unit else DONE_BY[move]
            return AlreadyDone(text, who=entry.actor_name, unit=unit)
    return _not_found()


def _tell_of_rerouting(
    session: AnySession, referral: Referral, former: Unit, unit: Unit, *, base_url: str, at: datetime
) -> None:
    masked_name = mask_name(referral.person.name)
    here = mails.referral_rerouted_here(
        referral_id=referral.id,
        masked_name=masked_name,
        referring_unit=referral.referring_unit.name,
        former_unit=former.name,
        base_url=base_url,
    )
    elsewhere = mails.referral_rerouted(
        referral_id=referral.id,
        masked_name=masked_name,
        former_unit=former.name,
        unit_name=unit.name,
        base_url=base_url,
    )
    occasion = _occasion(Move.REROUTE, referral)
    write_to_supervisors(session, referral.id, unit.id, here, occasion=occasion, at=at)
    write_to_referrer(session, referral, elsewhere, occasion=f"{occasion}:referrer", at=at)


def _other_unit(session: AnySession, unit_id: int, former: Unit) -> Unit:
    unit = chosen_unit(session, unit_id)
    if unit.id == former.id:
        raise FieldFault("unit_id", N_("轉介單已經在%(unit)s，請選擇其他收案單位。"), unit=unit.name)
    return unit


def _locked(session: AnySession, referral_id: int, scope: ColumnElement[bool]) -> Referral | None:
    return session.scalar(
        select(Referral)
        .where(Referral.id == referral_id, scope)
        .with_for_update(of=Referral)
        .execution_options(populate_existing=True)
    )


def _not_found() -> NotFound:
    return NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))


def _unit_name(referral: Referral) -> str:
    return referral.receiving_unit.name if referral.receiving_unit else ""


def _occasion(move: Move, referral: Referral) -> str:
    """A referral may be returned again: its version tells the two occasions apart."""
    return f"referral-{move}:{referral.id}:{referral.version}"
