"""督導轉案: an open case goes to another case manager of the same unit. Spec 1-referral §5.6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from models.account import Account
from models.case import Assignment, Case
from models.scopes import unit_cases
from models.timeline import TimelineEntry
from reports import mails
from rules.actor import Actor
from rules.errors import AlreadyDone, FieldFault, RuleBroken, StaleVersion
from rules.names import mask_name
from rules.referral_flow import Move
from rules.texts import N_
from services import outbox
from services.case_managers import chosen_case_manager
from services.cases import lock
from services.timeline import make_move
from services.transaction import AnySession


@dataclass(frozen=True)
class Handover:
    """A transfer that has been made: the case, its new assignment, and both case managers."""

    case: Case
    assignment: Assignment
    giver: Account
    taker: Account


def transfer(
    session: AnySession, case_id: int, *, from_id: int, to_id: int, by: Actor, at: datetime, base_url: str
) -> Case:
    """The case with its new case manager, a further assignment, the timeline entry and a mail to both.

    Raises as `hand_over` does.
    """
    done = hand_over(session, case_id, from_id=from_id, to_id=to_id, by=by, at=at)
    _write_to_both(session, done, at=at, base_url=base_url)
    return done.case


def hand_over(
    session: AnySession, case_id: int, *, from_id: int, to_id: int, by: Actor, at: datetime
) -> Handover:
    """The transfer without its mails. Whoever refuses has written nothing.

    `from_id` is the case manager whom the supervisor saw when deciding: whoever presses with an outdated page
    hears who transferred the case to whom. Raises `AlreadyDone`, `FieldFault` at `to_id`, `NotFound`.
    """
    case = lock(session, case_id, unit_cases(by))
    if case.case_manager_id != from_id:
        raise _too_late(session, case.referral_id)
    giver = session.get_one(Account, from_id)
    if to_id == from_id:
        raise FieldFault(
            "to_id", N_("%(who)s 已經是這個個案的個管員,請選擇其他人。"), who=giver.get_full_name()
        )
    taker = chosen_case_manager(session, to_id, unit_id=case.unit_id, field="to_id")
    detail = {
        "case_id": case.id,
        "from_id": giver.id,
        "from": giver.get_full_name(),
        "to_id": taker.id,
        "to": taker.get_full_name(),
    }
    make_move(session, case.referral_id, Move.TRANSFER, by=by, at=at, detail=detail)
    case.case_manager_id = taker.id
    assignment = Assignment(
        case_id=case.id, case_manager_id=taker.id, assigned_at=at, assigned_by_id=by.user_id
    )
    session.add(assignment)
    session.flush()
    return Handover(case, assignment, giver, taker)


def _write_to_both(session: AnySession, done: Handover, *, at: datetime, base_url: str) -> None:
    """Whoever has left (the account is disabled) gets none: the mailbox may be somebody else's by now."""
    case, giver, taker = done.case, done.giver, done.taker
    masked_name = mask_name(case.referral.person.name)
    received = mails.case_received(
        case_id=case.id,
        referral_id=case.referral_id,
        masked_name=masked_name,
        due=case.due_date,
        giver_name=giver.get_full_name(),
        base_url=base_url,
    )
    handed_over = mails.case_handed_over(
        case_id=case.id,
        referral_id=case.referral_id,
        masked_name=masked_name,
        taker_name=taker.get_full_name(),
    )
    for part, reader, letter in (("to", taker, received), ("from", giver, handed_over)):
        if reader.active:
            outbox.queue(
                session,
                key=f"case-transferred-{part}:{done.assignment.id}",
                to=reader.email,
                subject=letter.subject,
                body=letter.body,
                at=at,
                referral_id=case.referral_id,
            )


def _too_late(session: AnySession, referral_id: int) -> RuleBroken:
    """The page showed another case manager than the case has by now: who transferred it, and to whom."""
    last = session.scalars(
        select(TimelineEntry)
        .where(TimelineEntry.referral_id == referral_id, TimelineEntry.move == Move.TRANSFER)
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return StaleVersion(N_("這個個案的個管員與畫面上的不同,請重新整理頁面後再選一次。"))
    return AlreadyDone(
        N_("此個案已由 %(who)s 轉給 %(to)s,請確認是否仍要轉案。"),
        who=last.actor_name,
        to=last.detail["to"],
    )
