"""更換「一案到底就服員」: reception notes the reason, a complaint reaches the supervisor at once (接待台 rule 九).

The owner stays until the supervisor has decided.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from models.ownership import ChangeRequest, Owner
from models.scopes import visits
from models.visit import Visit
from reports.desk_now import ticket
from rules.actor import Actor
from rules.desk import NoticeKind
from rules.errors import FieldFault, NotFound, RuleBroken
from rules.permissions import Permission as P
from rules.texts import N_, check_block
from services import desk, notices
from services.transaction import AnySession

MAX_REASON = 500
OPEN = "open"

NO_PERSON = N_("找不到這筆資料，可能不在您可處理的範圍。")
NOT_OWNED = N_("這位民眾的這項業務目前不是由這位就服員承辦，請重新選擇。")
WITHOUT_REASON = N_("請記錄民眾想更換就服員的事由，讓督導了解。")
ASKED_BEFORE = N_("這位民眾的這項業務已有一筆更換申請在等督導處理，請不要重複登錄。")

COMPLAINT = N_("%(who)s 有民眾對服務不滿或陳情，要求更換就服員%(officer)s（%(type)s），請立即協助。")
REQUEST = N_("%(who)s 有民眾希望更換就服員%(officer)s（%(type)s），事由已登錄，請審閱。")
AT_RECEPTION = N_("接待台")


def request(
    session: AnySession,
    *,
    person_id: int,
    business_type_id: int,
    officer_id: int,
    reason: str,
    complaint: bool,
    visit_id: int | None,
    by: Actor,
    at: datetime,
) -> ChangeRequest:
    """Raises `NotFound`, `FieldFault` at business_type_id or reason, `RuleBroken` for a second one under way.

    The same words sent twice are one request. The notice names the ticket and the officer, never the visitor.
    """
    if not by.may(P.VISIT_RECEIVE):
        raise NotFound(NO_PERSON)
    desk.hold(session, by.unit_id)
    owner = session.scalars(
        select(Owner).where(
            Owner.unit_id == by.unit_id,
            Owner.person_id == person_id,
            Owner.business_type_id == business_type_id,
            Owner.officer_id == officer_id,
        )
    ).first()
    if owner is None:
        raise FieldFault("business_type_id", NOT_OWNED)
    said = check_block(reason, field="reason", limit=MAX_REASON)
    if not said:
        raise FieldFault("reason", WITHOUT_REASON)
    visit = _visit(session, visit_id, person_id, by)
    if known := _under_way(session, owner):
        if (known.reason, known.complaint, known.made_by_id) != (said, complaint, by.user_id):
            raise RuleBroken(ASKED_BEFORE)
        return known
    asked = ChangeRequest(
        unit_id=owner.unit_id,
        person_id=person_id,
        business_type_id=business_type_id,
        visit_id=visit.id if visit else None,
        officer_id=officer_id,
        reason=said,
        complaint=complaint,
        made_at=at,
        made_by_id=by.user_id,
    )
    session.add(asked)
    notices.tell(
        session,
        owner.unit_id,
        NoticeKind.COMPLAINT if complaint else NoticeKind.CHANGE_REQUEST,
        COMPLAINT if complaint else REQUEST,
        to=P.DESK_SUPERVISE,
        at=at,
        by=by,
        visit_id=asked.visit_id,
        who=ticket(visit.business_type.letter, visit.number) if visit else AT_RECEPTION,
        officer=owner.officer.get_full_name(),
        type=owner.business_type.name,
    )
    session.flush()
    return asked


def _visit(session: AnySession, visit_id: int | None, person_id: int, by: Actor) -> Visit | None:
    """The visit at which it was said. Raises `NotFound` for somebody else's."""
    if visit_id is None:
        return None
    found = session.scalars(
        select(Visit).where(Visit.id == visit_id, Visit.person_id == person_id, visits(by))
    ).first()
    if found is None:
        raise NotFound(NO_PERSON)
    return found


def _under_way(session: AnySession, owner: Owner) -> ChangeRequest | None:
    return session.scalars(
        select(ChangeRequest).where(
            ChangeRequest.unit_id == owner.unit_id,
            ChangeRequest.person_id == owner.person_id,
            ChangeRequest.business_type_id == owner.business_type_id,
            ChangeRequest.state == OPEN,
        )
    ).first()
