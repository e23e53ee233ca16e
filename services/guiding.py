"""引導: what reception does with a visit after the check-in: send it to the counter, or elsewhere when it takes too long.

Spec 2-dispatch §3; 接待台 rules 六, 十三, 十四. Each step takes its turn at the centre's desk.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from models.notice import Notice
from models.visit import Decision, Visit
from reports.counter_post import beside
from reports.desk_now import CounterNow, counters_now, ticket
from rules.actor import Actor
from rules.desk import NoticeKind
from rules.errors import NotFound, RuleBroken
from rules.texts import N_
from rules.visit_flow import MOVES, REFUSALS, Move, State, check, check_reason
from rules.waiting import unanswered, waited
from services import notices, visit_undo
from services.dispatching import dispatch_elsewhere, dispatch_to
from services.transaction import AnySession
from services.visit_moves import NO_VISIT, held, make_move

RING = N_("接待台正引導 %(ticket)s 前往 %(counter)s 號櫃台，請預作接案準備。")
LONG_WAIT = N_("%(ticket)s 已等候 %(minutes)s 分鐘，請向接待台說明預估等候時間。")


def redirect(session: AnySession, visit_id: int, *, by: Actor, at: datetime, reason: str = "") -> Decision:
    """After too long a wait: to another counter by the rule, deputies first. Raises `RuleBroken` if there is none."""
    visit = _ready_for(session, visit_id, Move.REDIRECT, reason, by)
    return dispatch_elsewhere(session, visit, by=by, at=at, reason=reason)


def override(
    session: AnySession, visit_id: int, *, counter_id: int, reason: str, by: Actor, at: datetime
) -> Decision:
    """To the counter that reception chose; counted in the tally. Raises `FieldFault` at `reason` or `counter_id`."""
    visit = _ready_for(session, visit_id, Move.OVERRIDE, reason, by)
    return dispatch_to(session, visit, counter_id, reason=check_reason(Move.OVERRIDE, reason), by=by, at=at)


def send(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> None:
    """接待台 rule 十三: it rings at the counter, which acknowledges. Sending again rings again."""
    visit = held(session, visit_id, by=by)
    before = visit_undo.remember(visit, "sent_at", "acknowledged_at")
    make_move(session, visit, Move.SEND, by=by, at=at, detail=before, sent_at=at, acknowledged_at=None)
    assert visit.officer_id is not None and visit.counter is not None
    notices.tell(
        session,
        visit.unit_id,
        NoticeKind.RING,
        RING,
        to=visit.officer_id,
        at=at,
        by=by,
        visit_id=visit.id,
        ticket=_ticket(visit),
        counter=visit.counter.number,
    )


def neighbours(session: AnySession, visit: Visit, *, at: datetime) -> Sequence[CounterNow]:
    """Whom to ask when the counter has not acknowledged after 60 s: next in number on the same floor and on duty; else
    nobody."""
    if visit.counter is None or not unanswered(visit.sent_at, visit.acknowledged_at, at):
        return ()
    return beside(counters_now(session, visit.unit_id, at), visit.counter.id)


def leave(session: AnySession, visit_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """The visitor has gone; the reason is kept. Raises `FieldFault` at `reason`."""
    visit = held(session, visit_id, by=by)
    make_move(session, visit, Move.LEAVE, by=by, at=at, reason=reason)


def notify_officer(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> None:
    """接待台 rule 六: tells the officer that somebody waits too long; once, until it is acknowledged."""
    visit = held(session, visit_id, by=by)
    if not any(by.may(permission) for permission in MOVES[Move.REDIRECT].permissions):
        raise NotFound(NO_VISIT)
    if State(visit.state) is not State.WAITING or visit.officer_id is None:
        raise RuleBroken(REFUSALS[State(visit.state)])
    told = select(Notice.id).where(
        Notice.visit_id == visit.id,
        Notice.kind == NoticeKind.LONG_WAIT.value,
        Notice.to_id == visit.officer_id,
        Notice.acknowledged_at.is_(None),
    )
    if session.scalar(told.limit(1)) is not None:
        return
    notices.tell(
        session,
        visit.unit_id,
        NoticeKind.LONG_WAIT,
        LONG_WAIT,
        to=visit.officer_id,
        at=at,
        by=by,
        visit_id=visit.id,
        ticket=_ticket(visit),
        minutes=waited(visit.queue_from, at),
    )


def _ready_for(session: AnySession, visit_id: int, move: Move, reason: str, by: Actor) -> Visit:
    """The visit, if the move may be made: asked before the decision is, for that costs more and says less."""
    visit = held(session, visit_id, by=by)
    if not any(by.may(permission) for permission in MOVES[move].permissions):
        raise NotFound(NO_VISIT)
    check(move, State(visit.state), reason)
    return visit


def _ticket(visit: Visit) -> str:
    return ticket(visit.business_type.letter, visit.number)
