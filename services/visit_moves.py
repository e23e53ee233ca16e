"""The one door through which a visit changes its state, and the entry that goes with each change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from models.scopes import visits
from models.visit import Visit, VisitEntry
from rules.actor import Actor
from rules.desk import NoticeKind
from rules.errors import AlreadyDone, NotFound, RuleBroken
from rules.texts import N_
from rules.visit_flow import MOVES, Move, State, check, check_reason
from services import desk, notices
from services.transaction import AnySession

NO_VISIT = N_("找不到這筆到訪，可能不在您可查看的範圍。")
# Whom a move makes needless to ring for: the visit has come, or goes elsewhere.
_AT_THE_COUNTER = (NoticeKind.RING, NoticeKind.LONG_WAIT)
SETTLED: Mapping[Move, tuple[NoticeKind, ...]] = {
    Move.JUDGE: _AT_THE_COUNTER,
    Move.DISPATCH: (NoticeKind.UNDISPATCHED,),
    Move.REDIRECT: _AT_THE_COUNTER,
    Move.OVERRIDE: (*_AT_THE_COUNTER, NoticeKind.UNDISPATCHED),
    Move.ACKNOWLEDGE: (NoticeKind.RING,),
    Move.CALL: _AT_THE_COUNTER,
    Move.REFUSE: _AT_THE_COUNTER,
    Move.RECALL: _AT_THE_COUNTER,
    Move.BOOK: (*_AT_THE_COUNTER, NoticeKind.UNDISPATCHED),
    Move.LEAVE: (*_AT_THE_COUNTER, NoticeKind.UNDISPATCHED),
}
DONE_BY = N_("%(who)s 剛剛已對這位民眾進行其他作業，請看最新狀態。")


def held(session: AnySession, visit_id: int, *, by: Actor) -> Visit:
    """The visit as it stands now that the centre's turn is ours. Raises `NotFound` outside of the actor's centre."""
    desk.hold(session, by.unit_id)
    visit = session.scalars(
        select(Visit).where(Visit.id == visit_id, visits(by)).execution_options(populate_existing=True)
    ).first()
    if visit is None:
        raise NotFound(NO_VISIT)
    return visit


def make_move(
    session: AnySession,
    visit: Visit,
    move: Move,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
    expected: State | None = None,
    **values: Any,
) -> None:
    """Changes the state with `values` in one conditional update and writes the entry.

    `expected`: the state that the user saw; another one means that somebody was first. Raises `NotFound` without the
    permission, `AlreadyDone` naming who was first, `RuleBroken` for a wrong state, `FieldFault` at `reason`. The caller
    holds the desk (`held`).
    """
    transition = MOVES[move]
    if not any(by.may(permission) for permission in transition.permissions):
        raise NotFound(NO_VISIT)
    before = State(visit.state)
    if expected is not None and before is not expected:
        raise refusal(session, visit)
    after = check(move, before, reason)
    set_state(session, visit, before, after, **values)
    if settled := SETTLED.get(move):
        notices.settle(session, visit.id, settled, by=by, at=at)
    add_entry(
        session,
        visit,
        move,
        by=by,
        at=at,
        before=before,
        after=after,
        reason=check_reason(move, reason),
        detail=detail,
    )


def set_state(session: AnySession, visit: Visit, before: State, after: State, **values: Any) -> None:
    """The conditional update, for moves and for what takes them back."""
    session.flush()
    changed = session.execute(
        update(Visit)
        .where(Visit.id == visit.id, Visit.state == before, Visit.version == visit.version)
        .values(state=after.value, version=Visit.version + 1, **values)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if changed != 1:
        raise refusal(session, visit)
    session.refresh(visit)


def add_entry(
    session: AnySession,
    visit: Visit,
    move: Move,
    *,
    by: Actor,
    at: datetime,
    before: State | None,
    after: State,
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    session.add(
        VisitEntry(
            visit_id=visit.id,
            at=at,
            actor_id=by.user_id,
            actor_name=by.name,
            move=move.value,
            from_state=before.value if before else None,
            to_state=after.value,
            reason=reason,
            detail=dict(detail or {}),
        )
    )


def last_entry(session: AnySession, visit: Visit) -> VisitEntry | None:
    return session.scalars(
        select(VisitEntry).where(VisitEntry.visit_id == visit.id).order_by(VisitEntry.id.desc()).limit(1)
    ).first()


def refusal(session: AnySession, visit: Visit) -> RuleBroken:
    """Why the move came too late, with the name of who was first."""
    last = last_entry(session, visit)
    return AlreadyDone(DONE_BY, who=last.actor_name if last else "")
