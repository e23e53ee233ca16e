"""接待台: a judgement corrected, and who came without papers identified. Spec 2-dispatch §3; 接待台 rules 一, 二, 四.

Whoever still waits is dispatched anew by what is known now, with his place in the queue. Whoever has been called stays
where he is, and so does the case that was counted for him there.
"""

from __future__ import annotations

from datetime import datetime

from models.visit import Visit
from reports.phone_checks import answer_of
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import Distribution
from rules.errors import AlreadyDone, NotFound, RuleBroken
from rules.permissions import Permission
from rules.roc_dates import show
from rules.texts import N_
from rules.visit_flow import MOVES, OPEN_STATES, Move, State
from rules.waiting import queue_from
from services import appointments, ownership
from services.confirmation import CheckIn, judged, refuse_second
from services.dispatching import dispatch
from services.transaction import AnySession
from services.visit_moves import NO_VISIT, held, make_move
from services.visitors import receivable

IDENTIFIED = N_("這次到訪已經登錄另一位民眾的身分，請看最新狀態。")
EMPLOYERS_NEED_NONE = N_("求才雇主的到訪不需要登錄身分。")
EARLIER_DAY = N_("%(day)s 的到訪不能再登錄身分；請在民眾下次報到時查詢身分證字號。")


def rejudge(session: AnySession, visit_id: int, data: CheckIn, *, by: Actor, at: datetime) -> Visit:
    """`new_case`, `note`, phone check, identities and disability of `data` replace what was stored, and the visit is
    dispatched anew. Nothing changed: nothing happens. Raises as `check_in` does."""
    visit = _received(session, visit_id, by=by)
    _judge_again(session, visit, data, by=by, at=at)
    return visit


def identify(session: AnySession, visit_id: int, data: CheckIn, *, by: Actor, at: datetime) -> Visit:
    """登錄身分: the visit belongs to `person_id` of `data` from now on, and keeps the name it was checked in under.

    Who still waits is judged by the rest of `data`, as at the check-in, and keeps an appointment of today. Who is being
    served, or was today, is not moved or judged: the officer becomes the owner, as at the start of a service. The same
    person again is no error. Raises `AlreadyDone` when the visit has another person, `RuleBroken` for an employer, for a
    second open visit of the same business today, and for a visit of an earlier day; `NotFound` for a person not looked up.
    """
    visit = _received(session, visit_id, by=by)
    person = receivable(session, data.person_id or 0, by=by, at=at)
    if visit.person_id == person.id:
        return visit
    if visit.person_id is not None:
        raise AlreadyDone(IDENTIFIED)
    if visit.business_type.distribution == Distribution.EMPLOYER:
        raise RuleBroken(EMPLOYERS_NEED_NONE)
    state, today = State(visit.state), visit.day == local_date(at)
    if not today and state is not State.SERVING:
        raise RuleBroken(EARLIER_DAY, day=show(visit.day))
    if state in OPEN_STATES:
        refuse_second(session, visit.unit_id, person, visit.business_type, at)
    make_move(session, visit, Move.IDENTIFY, by=by, at=at, person_id=person.id)
    if state in MOVES[Move.JUDGE].from_states:
        booked = _keep_appointment(session, visit, by=by, at=at)
        # An old case has an owner now whom it can go to.
        _judge_again(session, visit, data, anew=booked or not visit.new_case, by=by, at=at)
    elif visit.started_at is not None:
        ownership.own(session, visit, by=by, at=at)
    return visit


def _received(session: AnySession, visit_id: int, *, by: Actor) -> Visit:
    visit = held(session, visit_id, by=by)
    if not by.may(Permission.VISIT_RECEIVE):
        raise NotFound(NO_VISIT)
    return visit


def _keep_appointment(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> bool:
    """Whether there is one; its hour decides the place in the queue, as if it had been known at the arrival."""
    assert visit.person_id is not None
    kept = appointments.keep(
        session, person_id=visit.person_id, business_type_id=visit.business_type_id, by=by, at=at
    )
    if kept is None:
        return False
    visit.appointment, visit.queue_from = kept, queue_from(visit.checked_in_at, kept.starts_at)
    return True


def _judge_again(
    session: AnySession, visit: Visit, data: CheckIn, *, by: Actor, at: datetime, anew: bool = False
) -> None:
    """`anew`: the judgement may stand as it was, yet another counter may follow from it."""
    columns = judged(session, visit.unit_id, visit.person, visit.business_type, data, visit.checked_in_at)
    before = {name: getattr(visit, name) for name in columns}
    if not anew and before == columns and data.answer == answer_of(session, visit):
        return
    # What was typed stands in the reason alone, from where the retention schedule can take it.
    note = columns["basis_note"]
    detail = {
        when: {name: value for name, value in kept.items() if name != "basis_note"}
        for when, kept in (("before", before), ("after", columns))
    }
    make_move(
        session,
        visit,
        Move.JUDGE,
        by=by,
        at=at,
        reason=note,
        detail={**detail, **data.answer},
        counter_id=None,
        officer_id=None,
        group_id=None,
        counted=False,
        duty_list_id=None,
        sent_at=None,
        acknowledged_at=None,
        **columns,
    )
    dispatch(session, visit, by=by, at=at)
