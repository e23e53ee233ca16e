"""接待台 rule 十二: the recruitment section gets ready while a volunteer walks the employer upstairs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.notice import Notice
from models.visit import Visit
from reports.desk_now import ticket
from rules.actor import Actor
from rules.desk import Distribution, NoticeKind
from rules.names import surname
from rules.texts import N_
from services import notices
from services.transaction import AnySession

EMPLOYER_COMES = N_("%(ticket)s 求才雇主將由志工陪同前往 %(counter)s 號櫃台，請%(surname)s就服員預作接案。")
EMPLOYER_COMES_FOR = N_(
    "%(ticket)s 求才雇主（%(section)s）將由志工陪同前往 %(counter)s 號櫃台，請%(surname)s就服員預作接案。"
)


def announce(session: AnySession, visit: Visit, *, by: Actor, at: datetime) -> None:
    """Tells the officer to whose counter an employer has just been moved, by whichever way; each officer once for a visit."""
    if visit.business_type.distribution != Distribution.EMPLOYER:
        return
    if visit.officer is None or visit.counter is None or _told(session, visit):
        return
    notices.tell(
        session,
        visit.unit_id,
        NoticeKind.EMPLOYER,
        EMPLOYER_COMES_FOR if visit.section else EMPLOYER_COMES,
        to=visit.officer.id,
        at=at,
        by=by,
        visit_id=visit.id,
        ticket=ticket(visit.business_type.letter, visit.number),
        counter=visit.counter.number,
        surname=surname(visit.officer.get_full_name()),
        section=visit.section,
    )


def _told(session: AnySession, visit: Visit) -> bool:
    told = select(Notice.id).where(
        Notice.visit_id == visit.id,
        Notice.kind == NoticeKind.EMPLOYER.value,
        Notice.to_id == visit.officer_id,
    )
    return session.scalar(told.limit(1)) is not None
