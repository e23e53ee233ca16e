"""The ways out of a counter without a service: 無法接案, an appointment for another day, and gone. Spec 2-dispatch §2.

Nobody is just sent away (櫃台 rule 五).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.appointment import Appointment
from models.desk_review import Refusal
from models.visit import Decision, Visit
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import NoticeKind
from rules.errors import FieldFault, RuleBroken
from rules.permissions import Permission as P
from rules.refusals import GROUND_TEXT, Ground, check_refusal
from rules.texts import N_
from rules.visit_flow import Move, State
from services import appointments
from services.counter_hand import mine, ticket_of
from services.dispatching import dispatch
from services.notices import tell
from services.transaction import AnySession
from services.visit_moves import held, make_move

NOBODY_TO_BOOK = N_("沒有身分資料的來賓不能預約，請先請接待台按「登錄身分」。")
ANOTHER_DAY = N_("改約要選今天以後的日子；今天還能服務的民眾請留在等候名單。")
NO_OFFICER = N_("請選擇預約的就服員。")
REFUSED = N_("%(number)s 號櫃台 %(officer)s 無法接 %(ticket)s，已重新派案，請審閱說明。")
# A visit without a counter, as it was before it was dispatched.
NOWHERE: Mapping[str, Any] = {
    "counter_id": None,
    "officer_id": None,
    "group_id": None,
    "counted": False,
    "duty_list_id": None,
    "called_at": None,
    "sent_at": None,
    "acknowledged_at": None,
}


@dataclass(frozen=True)
class NextTime:
    """The next appointment, made in the same press as the end of the service. `key`: of the form, against double clicks."""

    starts_at: datetime
    key: str
    material: str = ""


def refuse(
    session: AnySession,
    visit_id: int,
    *,
    ground: Ground | str,
    explanation: str,
    by: Actor,
    at: datetime,
    expected: State | None = None,
) -> Decision:
    """無法接案 (櫃台 rule 九): goes to the supervisor's review, and the visit is dispatched again to somebody else at once.

    The visitor keeps the place in the queue. Raises faults of `ground` and `explanation`.
    """
    visit = mine(session, visit_id, by=by, at=at)
    chosen, explained = check_refusal(ground, explanation)
    counter, counter_id = visit.counter, visit.counter_id
    make_move(
        session,
        visit,
        Move.REFUSE,
        by=by,
        at=at,
        reason=GROUND_TEXT[chosen],
        expected=expected,
        detail={"ground": chosen.value, "counter": counter.number if counter else None},
        **NOWHERE,
    )
    session.add(
        Refusal(
            unit_id=visit.unit_id,
            visit_id=visit.id,
            counter_id=counter_id,
            officer_id=by.user_id,
            business_type_id=visit.business_type_id,
            refused_at=at,
            ground=chosen.value,
            explanation=explained,
        )
    )
    tell(
        session,
        visit.unit_id,
        NoticeKind.REFUSAL,
        REFUSED,
        to=P.DESK_SUPERVISE,
        at=at,
        by=by,
        visit_id=visit.id,
        number=counter.number if counter else 0,
        officer=by.name,
        ticket=ticket_of(visit),
    )
    session.flush()
    return dispatch(session, visit, by=by, at=at)


def book(
    session: AnySession,
    visit_id: int,
    *,
    starts_at: datetime,
    key: str,
    material: str = "",
    officer_id: int | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> Appointment:
    """Another day instead of today (接待台 rule 十一, 櫃台 rule 五): with this officer, or with whom the supervisor names."""
    if by.may(P.DESK_SUPERVISE):
        visit = held(session, visit_id, by=by)
        if officer_id is None:
            raise FieldFault("officer_id", NO_OFFICER)
    else:
        visit = mine(session, visit_id, by=by, at=at)
        officer_id = officer_id or by.user_id
    if local_date(starts_at) <= visit.day:
        raise FieldFault("starts_at", ANOTHER_DAY)
    made = next_appointment(
        session, visit, NextTime(starts_at, key, material), officer_id=officer_id, by=by, at=at
    )
    make_move(session, visit, Move.BOOK, by=by, at=at, reason=reason, booked_id=made.id)
    return made


def leave(session: AnySession, visit_id: int, *, reason: str, by: Actor, at: datetime) -> Visit:
    """Gone without a service; raises a fault of `reason` without one."""
    visit = mine(session, visit_id, by=by, at=at)
    make_move(session, visit, Move.LEAVE, by=by, at=at, reason=reason)
    return visit


def next_appointment(
    session: AnySession, visit: Visit, wanted: NextTime, *, officer_id: int, by: Actor, at: datetime
) -> Appointment:
    if visit.person_id is None:
        raise RuleBroken(NOBODY_TO_BOOK)
    return appointments.book(
        session,
        person_id=visit.person_id,
        business_type_id=visit.business_type_id,
        officer_id=officer_id,
        starts_at=wanted.starts_at,
        material=wanted.material,
        key=wanted.key,
        by=by,
        at=at,
    )
