"""What an officer does at the counter with the visit at hand: 叫號, 服務開始, 服務結束, and taking a step back.

Each step holds the centre's turn first, so that two tabs, two counters or reception and counter follow each other. An
officer works at the counter where he is posted today; `expected` is the state that the user saw. Spec 2-dispatch §5.
"""

from __future__ import annotations

from datetime import datetime

from models.appointment import Appointment
from models.visit import Visit
from rules.actor import Actor
from rules.desk import AppointmentState, NoticeKind, Outcome
from rules.errors import FieldFault, RuleBroken
from rules.texts import N_, check_block
from rules.visit_flow import Move, State
from services import appointments, notices, ownership, visit_undo
from services.alarm import emergency
from services.counter_exits import NextTime, book, leave, next_appointment, refuse
from services.counter_hand import check_hands_free, check_order, mine, my_counter
from services.transaction import AnySession
from services.visit_moves import held, make_move

MAX_NOTE = 500
NOT_RUNG = N_("接待台沒有通知這位民眾前往櫃台，或您已經回覆。")
NO_OUTCOME = N_("請選擇服務結果。")


def call(
    session: AnySession, visit_id: int, *, by: Actor, at: datetime, expected: State | None = None
) -> Visit:
    """叫號. Another one than the next of the queue needs the right to pick, and is counted. Answers a ring as well."""
    visit = mine(session, visit_id, by=by, at=at)
    counter = my_counter(session, by=by, at=at)
    check_hands_free(session, visit, counter, (State.SERVING, State.CALLED), by=by, at=at)
    picked = check_order(session, visit, counter, by=by)
    columns = ("called_at", "calls", "picked", "acknowledged_at", "officer_id", "counter_id", "group_id")
    group_id = visit.group_id if visit.counter_id == counter.id else counter.group_id
    here = {"counter": counter.number, "counter_id": counter.id, "group_id": group_id}
    detail = {**visit_undo.remember(visit, *columns), **here, "picked": picked}
    rung = visit.sent_at is not None and visit.acknowledged_at is None
    make_move(
        session,
        visit,
        Move.CALL,
        by=by,
        at=at,
        expected=expected,
        detail=detail,
        called_at=at,
        calls=visit.calls + 1,
        picked=visit.picked or picked,
        officer_id=by.user_id,
        acknowledged_at=at if rung else visit.acknowledged_at,
        counter_id=counter.id,
        group_id=group_id,
    )
    return visit


def call_again(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> Visit:
    visit = mine(session, visit_id, by=by, at=at)
    make_move(session, visit, Move.CALL_AGAIN, by=by, at=at, called_at=at, calls=visit.calls + 1)
    return visit


def acknowledge(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> Visit:
    """Answers the ring of the reception: somebody is on the way. Raises `RuleBroken` when nothing rings."""
    visit = mine(session, visit_id, by=by, at=at)
    if visit.state == State.WAITING and (visit.sent_at is None or visit.acknowledged_at is not None):
        raise RuleBroken(NOT_RUNG)
    make_move(session, visit, Move.ACKNOWLEDGE, by=by, at=at, acknowledged_at=at)
    return visit


def no_show(
    session: AnySession, visit_id: int, *, left: bool, by: Actor, at: datetime, reason: str = ""
) -> Visit:
    """Called and not come: to the end of the queue, as if arrived now, or gone for good, which needs a reason."""
    if left:
        return leave(session, visit_id, reason=reason, by=by, at=at)
    visit = mine(session, visit_id, by=by, at=at)
    make_move(
        session,
        visit,
        Move.NO_SHOW,
        by=by,
        at=at,
        reason=reason,
        queue_from=at,
        called_at=None,
        sent_at=None,
        acknowledged_at=None,
    )
    return visit


def start(
    session: AnySession, visit_id: int, *, by: Actor, at: datetime, expected: State | None = None
) -> Visit:
    """服務開始. A second one while a service is open is refused with the ticket of the open one; the database refuses it too.

    The officer becomes the owner of a new case.
    """
    visit = mine(session, visit_id, by=by, at=at)
    check_hands_free(session, visit, visit.counter, (State.SERVING,), by=by, at=at)
    make_move(
        session,
        visit,
        Move.START,
        by=by,
        at=at,
        expected=expected,
        detail=visit_undo.remember(visit, "started_at", "officer_id"),
        started_at=at,
        officer_id=by.user_id,
    )
    ownership.own(session, visit, by=by, at=at)
    return visit


def end(
    session: AnySession,
    visit_id: int,
    *,
    outcome: Outcome | str,
    note: str = "",
    next_time: NextTime | None = None,
    by: Actor,
    at: datetime,
    expected: State | None = None,
) -> Visit:
    """服務結束, with the result and, in the same press, the next appointment. Raises faults of `outcome` and `note`."""
    visit = mine(session, visit_id, by=by, at=at)
    chosen = _outcome(outcome)
    kept = check_block(note, field="note", limit=MAX_NOTE)
    before = State(visit.state)
    detail = visit_undo.remember(visit, "ended_at")
    if next_time and before is State.SERVING:
        made = next_appointment(session, visit, next_time, officer_id=by.user_id, by=by, at=at)
        detail["appointment"] = made.id
    make_move(
        session,
        visit,
        Move.END,
        by=by,
        at=at,
        expected=expected,
        detail=detail,
        ended_at=at,
        outcome=chosen.value,
        outcome_note=kept,
    )
    return visit


def undo(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> Visit:
    """Takes back the actor's last step of this visit within two minutes; with it what the step made."""
    visit = held(session, visit_id, by=by)
    entry, back = visit_undo.undoable(session, visit, by=by, at=at)
    if back is State.SERVING:
        check_hands_free(session, visit, visit.counter, (State.SERVING,), by=by, at=at)
    visit_undo.take_back(session, visit, entry, back, by=by, at=at)
    if entry.move == Move.SEND:
        notices.settle(session, visit.id, (NoticeKind.RING,), by=by, at=at)
    if entry.move == Move.START:
        ownership.give_back(session, visit, by=by, at=at)
    made = session.get(Appointment, entry.detail.get("appointment", 0))
    if made and made.state == AppointmentState.BOOKED and made.starts_at > at:
        appointments.cancel(session, made.id, reason=N_("服務結束已收回"), by=by, at=at)
    return visit


def _outcome(text: Outcome | str) -> Outcome:
    try:
        return Outcome(text)
    except ValueError:
        raise FieldFault("outcome", NO_OUTCOME) from None


__all__ = [
    "NextTime",
    "acknowledge",
    "book",
    "call",
    "call_again",
    "emergency",
    "end",
    "leave",
    "no_show",
    "refuse",
    "start",
    "undo",
]
