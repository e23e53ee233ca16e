"""The one door through which a referral changes its state, and the entry that goes with each change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from models.referral import Referral
from models.timeline import TimelineEntry
from rules.actor import Actor
from rules.errors import AlreadyDone, NotFound
from rules.referral_flow import MOVES, Move, State, check, check_reason
from rules.texts import N_
from services.transaction import AnySession

# What the loser of a race reads: who was first, and what he did.
DONE_BY: Mapping[Move, str] = {
    Move.TAKE_IN: N_("此轉介單已由 %(who)s 收案"),
    Move.CLOSE: N_("此個案已由 %(who)s 結案"),
    Move.REOPEN: N_("此個案已由 %(who)s 重新開啟"),
    Move.RETURN: N_("此轉介單已由 %(who)s 退回"),
    Move.RESUBMIT: N_("此轉介單已由 %(who)s 重新送出"),
    Move.WITHDRAW: N_("此轉介單已由 %(who)s 撤回"),
}


def make_move(
    session: AnySession,
    referral_id: int,
    move: Move,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Change the state and write the entry, as `change_state` does; both or neither."""
    before, after = change_state(session, referral_id, move, by=by, reason=reason)
    add_entry(
        session,
        referral_id,
        move,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=check_reason(move, reason),
        detail=detail,
    )


def change_state(
    session: AnySession, referral_id: int, move: Move, *, by: Actor, reason: str = ""
) -> tuple[State, State]:
    """The first half of a move, for services whose entry tells what comes to be in between (a case's number).

    They write the entry themselves, with the states before and after that come back. Changes the state if it
    is still the one the move starts from, and locks the referral's row until the transaction ends, so that
    two moves on one referral follow each other. Raises `AlreadyDone` naming who was first, a `RuleBroken`
    when the state never allowed the move, `FieldFault` at `reason`. The caller has looked the referral up in
    the actor's scope.
    """
    transition = MOVES[move]
    if not by.may(transition.permission):
        raise NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    check_reason(move, reason)
    before = next(iter(transition.from_states))
    after = transition.to_state or before
    changed = session.execute(
        update(Referral)
        .where(Referral.id == referral_id, Referral.state == before)
        .values(state=after, version=Referral.version + 1)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if changed != 1:
        raise refusal(session, referral_id, move)
    return before, after


def add_entry(
    session: AnySession,
    referral_id: int,
    move: str,
    *,
    by: Actor,
    at: datetime,
    before: State | None,
    after: State,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    values = entry_values(
        referral_id, move, by=by, at=at, before=before, after=after, reason=reason, detail=detail
    )
    session.add(TimelineEntry(**values))


def entry_values(
    referral_id: int,
    move: str,
    *,
    by: Actor,
    at: datetime,
    before: State | None,
    after: State,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The columns of an entry, for who writes many in one statement."""
    return {
        "referral_id": referral_id,
        "at": at,
        "actor_id": by.user_id,
        "actor_name": by.name,
        "move": move,
        "from_state": before,
        "to_state": after,
        "reason": reason,
        "detail": dict(detail or {}),
    }


def refusal(session: AnySession, referral_id: int, move: Move) -> Exception:
    """Why the move came too late: the last change of state, with its author; or what the state itself forbids."""
    last = session.scalars(
        select(TimelineEntry)
        .where(TimelineEntry.referral_id == referral_id, TimelineEntry.move.in_(DONE_BY))
        .order_by(TimelineEntry.id.desc())
        .limit(1)
    ).first()
    if last:
        return AlreadyDone(DONE_BY[Move(last.move)], who=last.actor_name)
    state = session.scalar(select(Referral.state).where(Referral.id == referral_id))
    if state is None:
        return NotFound(N_("找不到這筆資料,可能已移除,或不在您可查看的範圍。"))
    try:
        check(move, State(state), "-")
    except Exception as error:
        return error
    return AlreadyDone(N_("此筆資料剛被其他人修改,請重新整理後再試一次。"))
