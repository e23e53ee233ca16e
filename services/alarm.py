"""緊急求助: one press at a counter calls reception, the neighbours and the supervisors. Spec 2-dispatch §6."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from models.notice import Notice
from reports.counter_post import beside, counter_of, people_at
from reports.desk_now import counters_now
from rules.actor import Actor
from rules.calendar import local_date
from rules.desk import NoticeKind
from rules.errors import NotFound
from rules.permissions import Permission as P
from rules.texts import N_
from services import desk
from services.notices import tell
from services.transaction import AnySession
from services.visit_moves import NO_VISIT

ONE_ALARM_WITHIN = timedelta(seconds=30)
ALARM = N_("%(number)s 號櫃台 %(officer)s 請求緊急協助，請立即前往。")
ALARM_WITHOUT_POST = N_("%(officer)s 請求緊急協助，請立即前往。")


def emergency(session: AnySession, *, by: Actor, at: datetime) -> None:
    """Calls reception, the supervisors and the nearest on duty on either side. Never refused: without a post the officer's name must do.

    Pressed again within half a minute it is the same alarm.
    """
    if not by.may(P.VISIT_SERVE):
        raise NotFound(NO_VISIT)
    desk.hold(session, by.unit_id)
    assert by.unit_id is not None
    rings = Notice.kind == NoticeKind.EMERGENCY, Notice.made_by_id == by.user_id
    if session.scalar(select(Notice.id).where(*rings, Notice.made_at > at - ONE_ALARM_WITHIN).limit(1)):
        return
    counter = counter_of(session, by.unit_id, by.user_id, local_date(at))
    near = beside(counters_now(session, by.unit_id, at), counter.id) if counter else ()
    readers: list[int | P] = [P.VISIT_RECEIVE, P.DESK_SUPERVISE, *people_at(near)]
    template, number = (ALARM, counter.number) if counter else (ALARM_WITHOUT_POST, 0)
    for reader in readers:
        tell(
            session,
            by.unit_id,
            NoticeKind.EMERGENCY,
            template,
            to=reader,
            at=at,
            by=by,
            number=number,
            officer=by.name,
        )
