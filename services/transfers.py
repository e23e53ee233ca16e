"""永久轉案: two officers agree, the visitor consents, reception executes (櫃台 rules 七, 十四; 接待台 rule 七).

The supervisor is told of every proposal. The owner changes only when reception executes it; the next visit goes to the
new one. What can be executed no more is withdrawn: its giver is the owner no longer, or its taker leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import joinedload

from models.account import Account
from models.ownership import Owner, PermanentTransfer
from models.scopes import visits
from models.visit import Visit
from reports.desk_now import departed
from reports.staff import people_with
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import NoticeKind
from rules.errors import AlreadyDone, FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_, check_block, check_line
from services import desk, notices, ownership
from services.transaction import AnySession

MAX_REASON = 500
MAX_NOTE = 200
PROPOSED, ACCEPTED, DECLINED, EXECUTED, WITHDRAWN = (
    "proposed",
    "accepted",
    "declined",
    "executed",
    "withdrawn",
)
OPEN = (PROPOSED, ACCEPTED)
STATE_TEXT = {
    PROPOSED: N_("等待對方同意"),
    ACCEPTED: N_("待接待台執行"),
    DECLINED: N_("對方不同意"),
    EXECUTED: N_("已永久轉案"),
    WITHDRAWN: N_("已撤回"),
}

# All that a card shows, in the statement of the list.
WITH_NAMES = (
    joinedload(PermanentTransfer.person),
    joinedload(PermanentTransfer.business_type),
    joinedload(PermanentTransfer.from_officer),
    joinedload(PermanentTransfer.to_officer),
)

NO_TRANSFER = N_("找不到這筆轉案，可能不在您可處理的範圍。")
NOT_OWNER = N_("這位民眾的這項業務目前不是由您承辦，請由承辦的就服員提出轉案。")
NO_CONSENT = N_("請先取得民眾同意並勾選，再提出轉案。")
NO_OFFICER = N_("請選擇本中心的另一位就服員。")
PENDING = N_("這位民眾的這項業務已有一筆轉案在處理中，請先完成或撤回那一筆。")
CHANGED_OWNER = N_("承辦的就服員在提出之後已經更換，這筆轉案不能執行，請由提出的就服員或督導撤回。")
GONE = N_("%(other)s 已離職或不再服務櫃台，這筆轉案不能執行，請由提出的就服員或督導撤回。")
DONE = N_("這筆轉案已由他人處理：%(state)s。")
WITHOUT_REASON = N_("請說明轉案的原因（例：身分別變更或新增）。")

TOLD_OTHER = N_("%(officer)s 提出將一位民眾的%(type)s永久轉案給您，請同意或說明不同意的原因。")
TOLD_SUPERVISOR = N_("%(officer)s 提出將一位民眾的%(type)s永久轉案給%(other)s。")
TOLD_RECEPTION = N_("%(officer)s 與%(other)s已議定一筆%(type)s永久轉案，請當場執行。")
TOLD_ANSWER = N_("%(officer)s 不同意您提出的永久轉案。")
TOLD_WITHDRAWN = N_("%(officer)s 轉給%(other)s的一筆%(type)s永久轉案已撤回，不必再處理。")
TOLD_DONE = N_("接待台已執行永久轉案：%(type)s由%(officer)s轉給%(other)s。")


def visible(actor: Actor) -> ColumnElement[bool]:
    """Those an actor may see: his own at the counter, all of the centre at reception and for the supervisor."""
    if actor.may(P.VISIT_RECEIVE) or actor.may(P.DESK_SUPERVISE):
        return PermanentTransfer.unit_id == actor.unit_id
    if not actor.may(P.VISIT_SERVE):
        return false()
    mine = or_(PermanentTransfer.from_id == actor.user_id, PermanentTransfer.to_id == actor.user_id)
    return (PermanentTransfer.unit_id == actor.unit_id) & mine


def pending(session: AnySession, unit_id: int) -> Sequence[PermanentTransfer]:
    """Agreed upon, to be executed at reception; oldest first."""
    return session.scalars(
        select(PermanentTransfer)
        .where(PermanentTransfer.unit_id == unit_id, PermanentTransfer.state == ACCEPTED)
        .order_by(PermanentTransfer.answered_at, PermanentTransfer.id)
        .options(*WITH_NAMES)
    ).all()


def officers_beside(session: AnySession, actor: Actor) -> Sequence[Account]:
    """The other officers of the centre, without those who have left or are about to."""
    staying = _still_here(session, actor.unit_id or 0, date.max)
    return [account for account in staying if account.id != actor.user_id]


def owned(session: AnySession, person_id: int, business_type_id: int, *, by: Actor) -> Owner:
    """What the actor may propose to give away. Raises `NotFound`, and `RuleBroken` for another officer's person."""
    owner = session.scalars(
        select(Owner).where(
            Owner.unit_id == by.unit_id,
            Owner.person_id == person_id,
            Owner.business_type_id == business_type_id,
        )
    ).first()
    if owner is None or not by.may(P.VISIT_SERVE):
        raise NotFound(NO_TRANSFER)
    if owner.officer_id != by.user_id:
        raise RuleBroken(NOT_OWNER)
    return owner


def propose(
    session: AnySession,
    *,
    person_id: int,
    business_type_id: int,
    to_id: int | None,
    reason: str,
    consent: bool,
    visit_id: int | None = None,
    by: Actor,
    at: datetime,
) -> PermanentTransfer:
    """By the owner. Raises `NotFound`, `FieldFault`s, `RuleBroken` when another one is under way."""
    desk.hold(session, by.unit_id)
    owner = owned(session, person_id, business_type_id, by=by)
    other = next((account for account in officers_beside(session, by) if account.id == to_id), None)
    if other is None:
        raise FieldFault("to_id", NO_OFFICER)
    said = check_block(reason, field="reason", limit=MAX_REASON)
    if not said:
        raise FieldFault("reason", WITHOUT_REASON)
    if not consent:
        raise FieldFault("consent", NO_CONSENT)
    _refuse_second(session, owner, by=by, at=at)
    _check_visit(session, visit_id, person_id, by)
    transfer = PermanentTransfer(
        unit_id=owner.unit_id,
        person_id=person_id,
        business_type_id=business_type_id,
        visit_id=visit_id,
        from_id=by.user_id,
        to_id=other.id,
        reason=said,
        consent=True,
        proposed_at=at,
        proposed_by_id=by.user_id,
    )
    session.add(transfer)
    session.flush()
    words = _words(transfer)
    _tell(session, transfer, TOLD_OTHER, to=other.id, by=by, at=at, **words)
    _tell(session, transfer, TOLD_SUPERVISOR, to=P.DESK_SUPERVISE, by=by, at=at, **words)
    return transfer


def answer(
    session: AnySession, transfer_id: int, *, agreed: bool, note: str = "", by: Actor, at: datetime
) -> None:
    """By the officer who is to get the person. Declining needs a note (`FieldFault`)."""
    transfer = _held(session, transfer_id, PermanentTransfer.to_id == by.user_id, by=by)
    _require(transfer, PROPOSED)
    said = check_line(note, field="note", limit=MAX_NOTE)
    if not agreed and not said:
        raise FieldFault("note", N_("請說明不同意的原因。"))
    transfer.state = ACCEPTED if agreed else DECLINED
    transfer.answered_at, transfer.answer_note = at, said
    _settle(session, transfer, transfer.to_id, by=by, at=at)
    if agreed:
        _tell(session, transfer, TOLD_RECEPTION, to=P.VISIT_RECEIVE, by=by, at=at, **_words(transfer))
    else:
        _tell(session, transfer, TOLD_ANSWER, to=transfer.from_id, by=by, at=at, officer=by.name)


def withdraw(session: AnySession, transfer_id: int, *, by: Actor, at: datetime) -> None:
    """By who proposed it, or the supervisor: whoever proposed it may be gone. Until it is executed."""
    theirs = true() if by.may(P.DESK_SUPERVISE) else PermanentTransfer.from_id == by.user_id
    transfer = _held(session, transfer_id, theirs, by=by)
    _require(transfer, *OPEN)
    _withdraw(session, transfer, by=by, at=at)


def withdraw_all(session: AnySession, *which: ColumnElement[bool], by: Actor, at: datetime) -> int:
    """Of the open ones those that can be executed no more. The caller holds the desk."""
    found = session.scalars(
        select(PermanentTransfer)
        .where(PermanentTransfer.unit_id == by.unit_id, PermanentTransfer.state.in_(OPEN), *which)
        .order_by(PermanentTransfer.id)
        .options(*WITH_NAMES)
    ).all()
    for transfer in found:
        _withdraw(session, transfer, by=by, at=at)
    session.flush()
    return len(found)


def execute(session: AnySession, transfer_id: int, *, by: Actor, at: datetime) -> PermanentTransfer:
    """At reception, at once (接待台 rule 七): the owner changes. Raises `RuleBroken` when the owner is another one by now."""
    if not by.may(P.VISIT_RECEIVE):
        raise NotFound(NO_TRANSFER)
    transfer = _held(session, transfer_id, visible(by), by=by)
    _require(transfer, ACCEPTED)
    owner = session.scalar(
        select(Owner.officer_id).where(
            Owner.unit_id == transfer.unit_id,
            Owner.person_id == transfer.person_id,
            Owner.business_type_id == transfer.business_type_id,
        )
    )
    if owner != transfer.from_id:
        raise RuleBroken(CHANGED_OWNER)
    here = {account.id for account in _still_here(session, transfer.unit_id, local_date(at))}
    if transfer.to_id not in here:
        raise RuleBroken(GONE, other=transfer.to_officer.get_full_name())
    ownership.give(
        session,
        unit_id=transfer.unit_id,
        person_id=transfer.person_id,
        business_type_id=transfer.business_type_id,
        to_id=transfer.to_id,
        cause="transfer",
        visit_id=transfer.visit_id,
        by=by,
        at=at,
    )
    transfer.state, transfer.executed_at, transfer.executed_by_id = EXECUTED, at, by.user_id
    _settle(session, transfer, P.VISIT_RECEIVE, by=by, at=at)
    for reader in (transfer.from_id, transfer.to_id, P.DESK_SUPERVISE):
        _tell(session, transfer, TOLD_DONE, to=reader, by=by, at=at, **_words(transfer))
    return transfer


def _held(
    session: AnySession, transfer_id: int, condition: ColumnElement[bool], *, by: Actor
) -> PermanentTransfer:
    desk.hold(session, by.unit_id)
    found = session.scalars(
        select(PermanentTransfer).where(
            PermanentTransfer.id == transfer_id, PermanentTransfer.unit_id == by.unit_id, condition
        )
    ).first()
    if found is None:
        raise NotFound(NO_TRANSFER)
    return found


def _require(transfer: PermanentTransfer, *states: str) -> None:
    if transfer.state not in states:
        raise AlreadyDone(DONE, state=STATE_TEXT[transfer.state])


def _refuse_second(session: AnySession, owner: Owner, *, by: Actor, at: datetime) -> None:
    """One that an earlier owner proposed is in nobody's way."""
    same = (
        PermanentTransfer.person_id == owner.person_id,
        PermanentTransfer.business_type_id == owner.business_type_id,
    )
    withdraw_all(session, *same, PermanentTransfer.from_id != owner.officer_id, by=by, at=at)
    known = select(PermanentTransfer.id).where(
        PermanentTransfer.unit_id == owner.unit_id, PermanentTransfer.state.in_(OPEN), *same
    )
    if session.scalar(known) is not None:
        raise RuleBroken(PENDING)


def _check_visit(session: AnySession, visit_id: int | None, person_id: int, by: Actor) -> None:
    """The visit at which it was agreed. Raises `NotFound` for somebody else's."""
    if visit_id is None:
        return
    theirs = select(Visit.id).where(Visit.id == visit_id, Visit.person_id == person_id, visits(by))
    if session.scalar(theirs) is None:
        raise NotFound(NO_TRANSFER)


def _still_here(session: AnySession, unit_id: int, day: date) -> Sequence[Account]:
    gone = departed(session, unit_id, day)
    return [account for account in people_with(session, unit_id, P.VISIT_SERVE) if account.id not in gone]


def _words(transfer: PermanentTransfer) -> dict[str, str]:
    return {
        "officer": transfer.from_officer.get_full_name(),
        "other": transfer.to_officer.get_full_name(),
        "type": transfer.business_type.name,
    }


def _withdraw(session: AnySession, transfer: PermanentTransfer, *, by: Actor, at: datetime) -> None:
    """Nobody is asked for it any more; both officers are told unless the giver takes it back himself."""
    transfer.state, transfer.answered_at = WITHDRAWN, transfer.answered_at or at
    for reader in (transfer.to_id, P.VISIT_RECEIVE):
        _settle(session, transfer, reader, by=by, at=at)
    if by.user_id != transfer.from_id:
        for reader in (transfer.from_id, transfer.to_id):
            _tell(session, transfer, TOLD_WITHDRAWN, to=reader, by=by, at=at, **_words(transfer))


def _settle(
    session: AnySession, transfer: PermanentTransfer, reader: int | P, *, by: Actor, at: datetime
) -> None:
    """What this reader was asked for is done or no longer wanted."""
    if transfer.visit_id is not None:
        notices.settle(session, transfer.visit_id, (NoticeKind.TRANSFER,), to=reader, by=by, at=at)


def _tell(
    session: AnySession,
    transfer: PermanentTransfer,
    template: str,
    *,
    to: int | P,
    by: Actor,
    at: datetime,
    **words: str,
) -> None:
    notices.tell(
        session,
        transfer.unit_id,
        NoticeKind.TRANSFER,
        template,
        to=to,
        at=at,
        by=by,
        visit_id=transfer.visit_id,
        **words,
    )
