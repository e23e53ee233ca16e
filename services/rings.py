"""知道了 on a notice. On the ring of the reception it is the counter's answer as well: somebody is on the way."""

from __future__ import annotations

from datetime import datetime

from models.notice import Notice
from models.visit import Visit
from rules.actor import Actor
from rules.desk import NoticeKind
from rules.visit_flow import State
from services import counter, notices
from services.transaction import AnySession


def acknowledge(session: AnySession, notice_id: int, *, by: Actor, at: datetime) -> None:
    """Raises `NotFound` for somebody else's notice; one that is acknowledged already is no error."""
    notices.acknowledge(session, notice_id, by=by, at=at)
    notice = session.get_one(Notice, notice_id)
    if notice.kind != NoticeKind.RING or notice.visit_id is None:
        return
    visit = session.get_one(Visit, notice.visit_id)
    rings = visit.state == State.WAITING and visit.sent_at is not None and visit.acknowledged_at is None
    if rings and visit.officer_id == by.user_id:
        counter.acknowledge(session, visit.id, by=by, at=at)
