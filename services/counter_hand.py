"""What an officer has in hand at the counter: whose visit it is, what is open, who is next.

Used by the steps (`services.counter`, `services.counter_exits`) once they hold the centre's turn.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select

from models.desk import Counter
from models.visit import Visit
from reports.counter_post import counter_of
from reports.desk_now import ticket
from reports.left_over import left_over
from rules.actor import Actor
from rules.calendar import local_date
from rules.errors import NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.roc_dates import show
from rules.texts import N_
from rules.visit_flow import State
from services.transaction import AnySession
from services.visit_moves import NO_VISIT, held, refusal

NO_POST = N_("您今天沒有排定櫃台，請督導在櫃台輪值清冊登錄後再作業。")
ELSEWHERE = N_("%(ticket)s 派在 %(number)s 號櫃台，請由該櫃台作業。")
STILL_SERVING = N_("%(ticket)s 還在服務中，請先按「服務結束」，再接下一位。")
OPEN_SINCE = N_("%(day)s 的 %(ticket)s 還沒有按「服務結束」，請先結束並說明，再接下一位。")
STILL_CALLED = N_("%(ticket)s 已經叫號，請先開始服務，或登記未到。")
OUT_OF_ORDER = N_("前面還有 %(ticket)s 在等候，請按順序叫號。")


def mine(session: AnySession, visit_id: int, *, by: Actor, at: datetime) -> Visit:
    """The visit, held, if it is with this officer or at the counter where he is posted."""
    visit = held(session, visit_id, by=by)
    if not by.may(P.VISIT_SERVE):
        raise NotFound(NO_VISIT)
    if visit.officer_id == by.user_id:
        return visit
    if visit.counter_id is None:
        raise refusal(session, visit)
    counter = my_counter(session, by=by, at=at)
    if visit.counter_id != counter.id:
        raise RuleBroken(
            ELSEWHERE, ticket=ticket_of(visit), number=visit.counter.number if visit.counter else ""
        )
    return visit


def my_counter(session: AnySession, *, by: Actor, at: datetime) -> Counter:
    counter = counter_of(session, by.unit_id, by.user_id, local_date(at))
    if counter is None:
        raise RuleBroken(NO_POST)
    return counter


def check_hands_free(
    session: AnySession,
    visit: Visit,
    counter: Counter | None,
    states: tuple[State, ...],
    *,
    by: Actor,
    at: datetime,
) -> None:
    other = session.scalars(
        select(Visit)
        # Who was called on an earlier day and forgotten is in nobody's hands.
        .where(_at_hand(visit, counter, by), Visit.state.in_(states), ~left_over(local_date(at)))
        .limit(1)
    ).first()
    if other is None:
        return
    if other.state == State.CALLED:
        raise RuleBroken(STILL_CALLED, ticket=ticket_of(other))
    if other.day != local_date(at):
        raise RuleBroken(OPEN_SINCE, ticket=ticket_of(other), day=show(other.day))
    raise RuleBroken(STILL_SERVING, ticket=ticket_of(other))


def check_order(session: AnySession, visit: Visit, counter: Counter, *, by: Actor) -> bool:
    """Whether the visit is called out of order. Raises `RuleBroken` without the right to do so."""
    first = session.scalars(
        select(Visit)
        # Whoever was left waiting on an earlier day holds up nobody today.
        .where(_at_hand(visit, counter, by), Visit.state == State.WAITING, Visit.day == visit.day)
        .order_by(Visit.queue_from, Visit.id)
        .limit(1)
    ).first()
    if first is None or (visit.queue_from, visit.id) < (first.queue_from, first.id):
        return False
    if not by.may(P.VISIT_PICK):
        raise RuleBroken(OUT_OF_ORDER, ticket=ticket_of(first))
    return True


def ticket_of(visit: Visit) -> str:
    return ticket(visit.business_type.letter, visit.number)


def _at_hand(visit: Visit, counter: Counter | None, by: Actor) -> ColumnElement[bool]:
    """What else this officer or this counter has."""
    here = or_(Visit.officer_id == by.user_id, Visit.counter_id == (counter.id if counter else None))
    return (Visit.unit_id == visit.unit_id) & (Visit.id != visit.id) & here
